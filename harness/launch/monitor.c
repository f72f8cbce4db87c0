// SPDX-License-Identifier: GPL-2.0
#include "monitor.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "loop.h"
#include "machine.h"

#define LINE_MAX_BYTES	64

/* Loops wait for so many files at most, and for others, too. */
#define CLIENTS_MAX	4

struct client {
	struct watch watch;
	struct machine *machine;
	char line[LINE_MAX_BYTES];
	unsigned int size;
};

struct server {
	struct watch watch;
	struct machine *machine;
};

static unsigned int n_clients;

/* Who does not read what was asked for does not get it. */
__attribute__((format(printf, 2, 3)))
static void monitor_say(const struct client *client, const char *format, ...)
{
	char text[512];
	va_list words;
	int size;

	va_start(words, format);
	size = vsnprintf(text, sizeof(text), format, words);
	va_end(words);
	if (send(client->watch.fd, text, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

/* ---- commands ---- */

static void monitor_status(struct client *client)
{
	const struct machine *machine = client->machine;
	unsigned int i;

	monitor_say(client, "%s, %llu MB\n",
		    machine->state == MACHINE_RUNNING ? "running" : "stopped",
		    (unsigned long long)machine->memory.size >> 20);
	for (i = 0; i < machine->n_vcpus; i++)
		monitor_say(client, "vCPU %u: %llu exits\n", i,
			    (unsigned long long)machine->vcpus[i].exits);
}

static void monitor_stop(struct client *client)
{
	if (client->machine->state == MACHINE_RUNNING)
		machine_stop(client->machine);
}

static void monitor_continue(struct client *client)
{
	machine_run(client->machine);
}

static const char *const gprs[] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
	"r13", "r14", "r15", "rip", "rflags",
};

static const char *const crs[] = { "cr0", "cr2", "cr3", "cr4", "cr8", "xcr0" };

static void monitor_registers_of(struct client *client, struct vcpu *vcpu)
{
	const struct vmx_x64_state *state = vcpu->vmx->state;
	unsigned int i;

	if (vmx_vcpu_getstate(vcpu->vmx, VMX_X64_STATE_GPRS | VMX_X64_STATE_CRS)) {
		monitor_say(client, "error\n");
		return;
	}
	monitor_say(client, "vCPU %u\n", vcpu->number);
	for (i = 0; i < VMX_X64_NGPR; i++)
		monitor_say(client, "%s %#018llx\n", gprs[i], state->gprs[i]);
	for (i = 0; i < VMX_X64_NCR; i++)
		monitor_say(client, "%s %#018llx\n", crs[i], state->crs[i]);
}

/* All at one moment */
static void monitor_registers(struct client *client)
{
	bool running = client->machine->state == MACHINE_RUNNING;
	unsigned int i;

	monitor_stop(client);
	for (i = 0; i < client->machine->n_vcpus; i++)
		monitor_registers_of(client, &client->machine->vcpus[i]);
	if (running)
		machine_run(client->machine);
}

static void monitor_button(struct client *client)
{
	pm_press(&client->machine->pm);
}

static void monitor_reset(struct client *client)
{
	machine_request(client->machine, REQUEST_RESET);
}

static void monitor_quit(struct client *client)
{
	machine_request(client->machine, REQUEST_OFF);
}

static void monitor_help(struct client *client);

static const struct {
	const char *name;
	void (*run)(struct client *client);
	const char *help;
} commands[] = {
	{ "status", monitor_status, "whether it runs, and how often each vCPU has left the guest" },
	{ "stop", monitor_stop, "the guest stops" },
	{ "cont", monitor_continue, "it goes on" },
	{ "registers", monitor_registers, "registers of all vCPUs" },
	{ "button", monitor_button, "press the power button" },
	{ "reset", monitor_reset, "begin again" },
	{ "quit", monitor_quit, "end" },
	{ "help", monitor_help, "this" },
};

static void monitor_help(struct client *client)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		monitor_say(client, "%-10s %s\n", commands[i].name, commands[i].help);
}

static void monitor_command(struct client *client)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(client->line, commands[i].name))
			continue;
		commands[i].run(client);
		monitor_say(client, "ok\n");
		return;
	}
	monitor_say(client, "there is no command '%s'; help lists them\n", client->line);
}

/* ---- the socket ---- */

static void monitor_close(struct client *client)
{
	client->watch.wanted = false;
	loop_remove(&client->watch);
	close(client->watch.fd);
	free(client);
	n_clients--;
}

/* A line that is too long is no command; what is beyond its room is lost. */
static void monitor_input(void *opaque)
{
	struct client *client = opaque;
	char bytes[LINE_MAX_BYTES];
	ssize_t n = read(client->watch.fd, bytes, sizeof(bytes)), i;

	if (n <= 0) {
		monitor_close(client);
		return;
	}
	for (i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			client->line[client->size] = '\0';
			client->size = 0;
			monitor_command(client);
		} else if (client->size < LINE_MAX_BYTES - 1) {
			client->line[client->size++] = bytes[i];
		}
	}
}

static void monitor_accept(void *opaque)
{
	struct server *server = opaque;
	int fd = accept4(server->watch.fd, NULL, NULL, SOCK_CLOEXEC);
	struct client *client = fd < 0 || n_clients == CLIENTS_MAX ? NULL : calloc(1, sizeof(*client));

	if (!client) {
		if (fd >= 0)
			close(fd);
		return;
	}
	client->machine = server->machine;
	client->watch = (struct watch){ .fd = fd, .wanted = true, .ready = monitor_input,
					 .opaque = client };
	loop_add(&client->watch);
	n_clients++;
}

/* The socket of a launcher that has ended, or was killed, is still there. */
static void monitor_remove_old(int fd, const struct sockaddr_un *address)
{
	struct stat stat;

	/* What is no socket refuses a connection, too. */
	if (lstat(address->sun_path, &stat) || !S_ISSOCK(stat.st_mode))
		return;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) && errno == ECONNREFUSED)
		unlink(address->sun_path);
}

void monitor_create(struct machine *machine, const char *path)
{
	static struct server server;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!*path)
		errx(1, "--monitor: a path is expected");
	if (strlen(path) >= sizeof(address.sun_path))
		errx(1, "--monitor %s: the path is too long", path);
	strcpy(address.sun_path, path);
	monitor_remove_old(fd, &address);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		err(1, "--monitor %s", path);
	server.machine = machine;
	server.watch = (struct watch){ .fd = fd, .wanted = true, .ready = monitor_accept,
				       .opaque = &server };
	loop_add(&server.watch);
}
