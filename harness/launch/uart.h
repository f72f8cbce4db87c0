/* SPDX-License-Identifier: GPL-2.0 */
/* A 16550 at 3F8H, the console. TI PC16550D */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

#define UART_FIFO	16

/**
 * struct uart - a serial port
 * @ier, @lcr, @mcr, @scratch: registers
 * @divisor: of the clock; nothing here depends on it
 * @fifo: there is one; else it is as if it had one byte
 * @input, @n_input: what has come, oldest first
 * @overrun: more has come than it can hold
 * @sent: the transmitter has become empty, which is an interrupt until somebody looks
 * @out: where output goes, a file descriptor
 * @room: called when there is room for input again
 */
struct uart {
	uint8_t ier, lcr, mcr, scratch;
	uint16_t divisor;
	bool fifo;
	uint8_t input[UART_FIFO];
	unsigned int n_input;
	bool overrun, sent;
	int out;
	void (*room)(void);
	struct machine *machine;
};

void uart_create(struct machine *machine);
void uart_reset(struct uart *uart);
/* How many bytes it takes now; and bytes that have come on the line */
unsigned int uart_room(const struct uart *uart);
void uart_receive(struct uart *uart, const void *data, unsigned int size);

#endif
