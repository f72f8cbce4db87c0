// SPDX-License-Identifier: GPL-2.0
/* Section "Entropy Device": it fills each buffer with random bytes. */
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "devices.h"
#include "virtio.h"

#define CLASS_OTHER	0x00ff00
/* Of a buffer no more is filled at once; the driver then asks again. */
#define PIECE		4096

struct rng {
	struct virtio virtio;
	int fd;
};

static void rng_notify(struct virtio *virtio, unsigned int queue)
{
	struct rng *rng = (struct rng *)virtio;
	uint8_t bytes[PIECE];
	unsigned int chains = VIRTQUEUE_MAX;
	struct chain chain;
	ssize_t size;

	while (chains-- && virtio_pop(virtio, queue, &chain)) {
		size = chain.write_size < PIECE ? chain.write_size : PIECE;
		size = rng->fd < 0 ? getrandom(bytes, size, 0) : read(rng->fd, bytes, size);
		virtio_push(virtio, queue, &chain, size > 0 ? chain_write(&chain, 0, bytes, size) : 0);
	}
}

static const struct virtio_type type = {
	.name = "rng",
	.id = 4,
	.class = CLASS_OTHER,
	.n_queues = 1,
	.notify = rng_notify,
};

void rng_create(struct machine *machine, int fd)
{
	struct rng *rng = calloc(1, sizeof(*rng));

	if (!rng)
		abort();
	rng->fd = fd;
	virtio_create(machine, &rng->virtio, &type, 0);
}
