// SPDX-License-Identifier: GPL-2.0
/* Section "Console Device": one port, with a queue for each direction. */
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "devices.h"
#include "loop.h"
#include "virtio.h"

#define CLASS_SERIAL	0x078000
#define PIECE		4096
enum { RECEIVE, TRANSMIT, N_QUEUES };

struct console {
	struct virtio virtio;
	int out;
	struct watch in;
	bool at_end;	/* of what comes in: nobody is there any more */
};

/* Input waits in the file until there is a buffer for it. */
static void console_input(void *opaque)
{
	struct console *console = opaque;
	struct chain chain;
	uint8_t bytes[PIECE];
	ssize_t size;

	if (!virtio_pop(&console->virtio, RECEIVE, &chain)) {
		console->in.wanted = false;
		return;
	}
	size = chain.write_size < PIECE ? chain.write_size : PIECE;
	size = read(console->in.fd, bytes, size);
	console->at_end = size <= 0;
	console->in.wanted = !console->at_end;
	virtio_push(&console->virtio, RECEIVE, &chain,
		    size > 0 ? chain_write(&chain, 0, bytes, size) : 0);
}

/* What can't be written is lost, as on a line to which nobody listens. */
static void console_output(struct console *console)
{
	unsigned int chains = VIRTQUEUE_MAX;
	struct chain chain;
	ssize_t done;

	while (chains-- && virtio_pop(&console->virtio, TRANSMIT, &chain)) {
		uint32_t left = chain.read_size;

		while (left) {
			done = writev(console->out, chain.read, chain.n_read);
			if (done <= 0)
				break;
			left -= done;
			chain.n_read = chain_cut(chain.read, chain.n_read, done, left);
		}
		virtio_push(&console->virtio, TRANSMIT, &chain, 0);
	}
}

static void console_notify(struct virtio *virtio, unsigned int queue)
{
	struct console *console = (struct console *)virtio;

	if (queue == TRANSMIT)
		console_output(console);
	else
		loop_want(&console->in, !console->at_end);
}

static void console_reset(struct virtio *virtio)
{
	loop_want(&((struct console *)virtio)->in, false);
}

static const struct virtio_type type = {
	.name = "console",
	.id = 3,
	.class = CLASS_SERIAL,
	.n_queues = N_QUEUES,
	.notify = console_notify,
	.reset = console_reset,
};

void console_create(struct machine *machine, int in, int out)
{
	struct console *console = calloc(1, sizeof(*console));

	if (!console)
		abort();
	console->out = out;
	console->in = (struct watch){ .fd = in, .ready = console_input, .opaque = console };
	loop_add(&console->in);
	virtio_create(machine, &console->virtio, &type, 0);
}
