// SPDX-License-Identifier: GPL-2.0
#include "uart.h"

#include <string.h>
#include <unistd.h>

#include "machine.h"

#define UART_IRQ	4

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCRATCH };	/* IIR is FCR when it is written */

#define IER_RECEIVED	0x01
#define IER_SENT	0x02
#define IER_LINE	0x04
#define IIR_NONE	0x01
#define IIR_SENT	0x02
#define IIR_RECEIVED	0x04
#define IIR_LINE	0x06
#define IIR_FIFO	0xc0
#define FCR_ENABLE	0x01
#define FCR_CLEAR_INPUT	0x02
#define LCR_DIVISOR	0x80
#define MCR_OUT2	0x08
#define MCR_LOOP	0x10
#define LSR_RECEIVED	0x01
#define LSR_OVERRUN	0x02
#define LSR_EMPTY	0x60
#define MSR_READY	0xb0	/* DCD, DSR, CTS */

/* The interrupt that comes first; TI PC16550D, table "Interrupt Control Functions" */
static uint8_t uart_iir(const struct uart *uart)
{
	if (uart->ier & IER_LINE && uart->overrun)
		return IIR_LINE;
	if (uart->ier & IER_RECEIVED && uart->n_input)
		return IIR_RECEIVED;
	if (uart->ier & IER_SENT && uart->sent)
		return IIR_SENT;
	return IIR_NONE;
}

/* On a PC, OUT2 lets the interrupt through. */
static void uart_update(struct uart *uart)
{
	ioapic_set(&uart->machine->ioapic, UART_IRQ,
		    uart_iir(uart) != IIR_NONE && uart->mcr & MCR_OUT2);
}

unsigned int uart_room(const struct uart *uart)
{
	return (uart->fifo ? UART_FIFO : 1) - uart->n_input;
}

void uart_receive(struct uart *uart, const void *data, unsigned int size)
{
	unsigned int room = uart_room(uart);

	if (size > room) {
		uart->overrun = true;
		size = room;
	}
	memcpy(uart->input + uart->n_input, data, size);
	uart->n_input += size;
	uart_update(uart);
}

static void uart_tell_room(const struct uart *uart)
{
	if (uart->room)
		uart->room();
}

static uint8_t uart_take(struct uart *uart)
{
	uint8_t first = uart->input[0];

	if (!uart->n_input)
		return 0;
	memmove(uart->input, uart->input + 1, --uart->n_input);
	uart_tell_room(uart);
	return first;
}

static void uart_send(struct uart *uart, uint8_t byte)
{
	uart->sent = true;
	if (uart->mcr & MCR_LOOP)
		uart_receive(uart, &byte, 1);
	else if (write(uart->out, &byte, 1) < 0)
		return;	/* nobody is at the other end, as on any serial line */
}

/* In loopback, the modem's lines are those that it drives itself. */
static uint8_t uart_msr(const struct uart *uart)
{
	uint8_t mcr = uart->mcr;

	if (!(mcr & MCR_LOOP))
		return MSR_READY;
	return (mcr & 2) << 3 | (mcr & 1) << 5 | (mcr & 4) << 4 | (mcr & 8) << 4;
}

static uint8_t uart_lsr(struct uart *uart)
{
	uint8_t lsr = LSR_EMPTY | (uart->n_input ? LSR_RECEIVED : 0) |
		      (uart->overrun ? LSR_OVERRUN : 0);

	uart->overrun = false;
	return lsr;
}

static uint8_t uart_read_iir(struct uart *uart)
{
	uint8_t iir = uart_iir(uart);

	if (iir == IIR_SENT)
		uart->sent = false;
	return iir | (uart->fifo ? IIR_FIFO : 0);
}

static uint8_t uart_read_register(struct uart *uart, unsigned int reg)
{
	bool divisor = uart->lcr & LCR_DIVISOR;

	switch (reg) {
	case DATA:
		return divisor ? uart->divisor : uart_take(uart);
	case IER:
		return divisor ? uart->divisor >> 8 : uart->ier;
	case IIR:
		return uart_read_iir(uart);
	case LCR:
		return uart->lcr;
	case MCR:
		return uart->mcr;
	case LSR:
		return uart_lsr(uart);
	case MSR:
		return uart_msr(uart);
	default:
		return uart->scratch;
	}
}

static uint64_t uart_read(void *device, uint64_t offset, unsigned int size)
{
	struct uart *uart = device;
	uint8_t value = uart_read_register(uart, offset);

	uart_update(uart);
	return value;
}

static void uart_write_divisor(struct uart *uart, unsigned int reg, uint8_t value)
{
	uart->divisor = reg == DATA ? (uart->divisor & 0xff00) | value :
				      (uart->divisor & 0xff) | value << 8;
}

static void uart_write_register(struct uart *uart, unsigned int reg, uint8_t value)
{
	switch (reg) {
	case DATA:
		uart_send(uart, value);
		break;
	case IER:
		/* Who enables it when the transmitter is empty gets it at once. */
		if (value & IER_SENT && !(uart->ier & IER_SENT))
			uart->sent = true;
		uart->ier = value & 0x0f;
		break;
	case IIR:
		uart->fifo = value & FCR_ENABLE;
		if (value & FCR_CLEAR_INPUT || !uart->fifo)
			uart->n_input = 0;
		uart_tell_room(uart);
		break;
	case LCR:
		uart->lcr = value;
		break;
	case MCR:
		uart->mcr = value & 0x1f;
		break;
	case SCRATCH:
		uart->scratch = value;
		break;
	}
}

static void uart_write(void *device, uint64_t offset, unsigned int size, uint64_t value)
{
	struct uart *uart = device;

	if (uart->lcr & LCR_DIVISOR && offset <= IER)
		uart_write_divisor(uart, offset, value);
	else
		uart_write_register(uart, offset, value);
	uart_update(uart);
}

static const struct bus_ops ops = { uart_read, uart_write };

void uart_reset(struct uart *uart)
{
	*uart = (struct uart){ .out = uart->out, .room = uart->room, .machine = uart->machine };
	uart_tell_room(uart);
	uart_update(uart);
}

void uart_create(struct machine *machine)
{
	struct uart *uart = &machine->uart;

	uart->machine = machine;
	uart->out = STDOUT_FILENO;
	bus_add(&machine->ports, 0x3f8, 8, &ops, uart);
}
