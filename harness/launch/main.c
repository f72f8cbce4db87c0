// SPDX-License-Identifier: GPL-2.0
/* vmxlaunch: a machine that runs Linux. README.md walks through all of it. */
#include <err.h>
#include <sys/resource.h>
#include <signal.h>

#include "loop.h"
#include "machine.h"
#include "monitor.h"
#include "open.h"
#include "options.h"
#include "sandbox.h"
#include "terminal.h"

static struct machine machine;

/* The guest's memory counts as locked, which a user is allowed little of. */
static void raise_limit(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	/* If it can't be raised, vmxfs says whether it is enough. */
	setrlimit(RLIMIT_MEMLOCK, &all);
}

static void build(struct options *options)
{
	raise_limit();
	machine_create(&machine, options->memory, options->lock);
	if (options->tsc_hz)
		machine.tsc_hz = options->tsc_hz;
	machine_add_vcpus(&machine, options->processors);
	open_devices(&machine, options);
	if (options->monitor)
		monitor_create(&machine, options->monitor);
	terminal_create(&machine);
}

/* From power-on to power-off, or a reset. Returns what has ended it. */
static enum machine_request run_once(const struct boot *boot)
{
	enum machine_request request;

	machine_reset(&machine);
	boot_load(&machine, boot);
	machine_run(&machine);
	loop_run(&machine);
	request = machine.request;
	machine_stop(&machine);
	return request;
}

int main(int argc, char **argv)
{
	enum machine_request request;
	struct options options;
	struct boot boot = { 0 };
	unsigned int i;

	/* Who listens no more is told by an error where something is written. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	options_parse(&options, argc, argv);
	boot.kernel = boot_read(options.kernel);
	if (options.initrd)
		boot.initrd = boot_read(options.initrd);
	boot.command_line = options.command_line;
	boot.entry = options.entry;

	build(&options);
	sandbox_give_up_rights(options.user, options.root);
	pthread_mutex_lock(&machine.lock);
	for (i = 0; i < machine.n_vcpus; i++)
		vcpu_start(&machine.vcpus[i]);
	/* When all of them wait, none is still being made. */
	machine_stop(&machine);
	sandbox_give_up_system_calls();

	do
		request = run_once(&boot);
	while (request == REQUEST_RESET && !options.no_reboot);
	machine_end(&machine);
	return request == REQUEST_FAILED ? 1 : 0;
}
