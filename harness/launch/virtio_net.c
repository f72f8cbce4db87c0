// SPDX-License-Identifier: GPL-2.0
/* Section "Network Device": one queue for each direction, and no offloads. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "devices.h"
#include "loop.h"
#include "virtio.h"

#define CLASS_ETHERNET	0x020000
#define F_MAC		(1ull << 5)
/* struct virtio_net_hdr, before each frame: all 0 but for num_buffers, which is 1 */
#define HEADER		12
#define NUM_BUFFERS	10
#define FRAME_MAX	65536
enum { RECEIVE, TRANSMIT, N_QUEUES };

struct net {
	struct virtio virtio;
	struct watch in;
	bool datagrams;	/* one may be empty, which is not the end */
	uint8_t frame[HEADER + FRAME_MAX];
};

/* Frames wait in the file until there is a buffer; one that is too large for it is lost. */
static void net_input(void *opaque)
{
	struct net *net = opaque;
	struct chain chain;
	ssize_t size;

	if (!virtio_is_live(&net->virtio, RECEIVE) ||
	    !virtqueue_has(&net->virtio.queues[RECEIVE])) {
		net->in.wanted = false;
		return;
	}
	size = read(net->in.fd, net->frame + HEADER, FRAME_MAX);
	if ((size < 0 && errno == EAGAIN) || (!size && net->datagrams))
		return;
	if (size <= 0) {
		net->in.wanted = false;
		return;
	}
	if (!virtio_pop(&net->virtio, RECEIVE, &chain))
		return;
	size += HEADER;
	if (size > chain.write_size)
		size = 0;
	virtio_push(&net->virtio, RECEIVE, &chain, chain_write(&chain, 0, net->frame, size));
}

static void net_output(struct net *net)
{
	unsigned int chains = VIRTQUEUE_MAX;
	struct chain chain;

	while (chains-- && virtio_pop(&net->virtio, TRANSMIT, &chain)) {
		unsigned int n = chain.read_size <= HEADER ? 0 :
				 chain_cut(chain.read, chain.n_read, HEADER,
					   chain.read_size - HEADER);

		/* A network may lose a frame. */
		if (n && writev(net->in.fd, chain.read, n) < 0)
			n = 0;
		virtio_push(&net->virtio, TRANSMIT, &chain, 0);
	}
}

static void net_notify(struct virtio *virtio, unsigned int queue)
{
	struct net *net = (struct net *)virtio;

	if (queue == TRANSMIT)
		net_output(net);
	else
		loop_want(&net->in, true);
}

static void net_reset(struct virtio *virtio)
{
	loop_want(&((struct net *)virtio)->in, false);
}

static const struct virtio_type type = {
	.name = "net",
	.id = 1,
	.class = CLASS_ETHERNET,
	.n_queues = N_QUEUES,
	.features = F_MAC,
	.notify = net_notify,
	.reset = net_reset,
};

int net_open_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -1;
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &request)) {
		close(fd);
		return -1;
	}
	return fd;
}

void net_create(struct machine *machine, int fd, const uint8_t mac[6])
{
	struct net *net = calloc(1, sizeof(*net));
	socklen_t size = sizeof(int);
	int kind = 0;

	if (!net)
		abort();
	net->datagrams = !getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) && kind == SOCK_DGRAM;
	net->frame[NUM_BUFFERS] = 1;
	memcpy(net->virtio.config, mac, 6);
	net->in = (struct watch){ .fd = fd, .ready = net_input, .opaque = net };
	loop_add(&net->in);
	virtio_create(machine, &net->virtio, &type, 0);
}
