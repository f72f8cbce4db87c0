/* SPDX-License-Identifier: GPL-2.0 */
/* A local APIC, in xAPIC mode. SDM, "Advanced Programmable Interrupt Controller" */
#ifndef LAPIC_H
#define LAPIC_H

#include <stdbool.h>
#include <stdint.h>

#include "timer.h"

struct machine;
struct vcpu;

#define LAPIC_ADDRESS	0xfee00000ull
#define LAPIC_SIZE	0x1000

/* Delivery modes: SDM, figure "Interrupt Command Register (ICR)" */
enum { DELIVER_FIXED, DELIVER_LOWEST, DELIVER_NMI = 4, DELIVER_INIT, DELIVER_STARTUP };

/*
 * Registers by (offset >> 4): index, name, which bits can be written. SDM, table "Local APIC Register Address Map"
 */
#define LAPIC_REGISTERS(R) \
	R(0x02, ID,		0) \
	R(0x03, VERSION,	0) \
	R(0x08, TPR,		0xff) \
	R(0x0a, PPR,		0) \
	R(0x0b, EOI,		0) \
	R(0x0d, LDR,		0xff000000) \
	R(0x0e, DFR,		0xf0000000) \
	R(0x0f, SVR,		0x11ff) \
	R(0x28, ESR,		0) \
	R(0x30, ICR,		0xccfff) \
	R(0x31, ICR_HIGH,	0xff000000) \
	R(0x32, LVT_TIMER,	0x710ff) \
	R(0x33, LVT_THERMAL,	0x117ff) \
	R(0x34, LVT_COUNTER,	0x117ff) \
	R(0x35, LVT_LINT0,	0x1f7ff) \
	R(0x36, LVT_LINT1,	0x1f7ff) \
	R(0x37, LVT_ERROR,	0x110ff) \
	R(0x38, INITIAL_COUNT,	0xffffffff) \
	R(0x39, CURRENT_COUNT,	0) \
	R(0x3e, DIVIDE,		0xb)

#define R(index, name, writable) LAPIC_##name = index,
enum lapic_register { LAPIC_REGISTERS(R) LAPIC_NREGISTERS };
#undef R

/* Sets of vectors: eight registers of 32 bits, from this one on */
#define LAPIC_ISR	0x10
#define LAPIC_TMR	0x18
#define LAPIC_IRR	0x20

/**
 * struct lapic - a local APIC
 * @regs: its registers
 * @base: IA32_APIC_BASE
 * @deadline: IA32_TSC_DEADLINE
 * @start: when the timer was set
 * @expired: it has come to its end, and counts no more until it is set
 * @timer: of the timer
 */
struct lapic {
	uint32_t regs[0x40];
	uint64_t base;
	uint64_t deadline;
	uint64_t start;
	bool expired;
	struct timer timer;
	struct vcpu *vcpu;
};

void lapic_create(struct vcpu *vcpu);
void lapic_reset(struct lapic *lapic);

/* The vector that the processor is to take, or -1; lapic_take() then gives it up. */
int lapic_pending(const struct lapic *lapic);
int lapic_take(struct lapic *lapic);

/* Its registers; its MSRs: false if that raises #GP, or it is none of them */
void lapic_mmio(struct lapic *lapic, bool write, uint64_t offset, unsigned int size, void *data);
bool lapic_rdmsr(struct lapic *lapic, uint32_t msr, uint64_t *value);
bool lapic_wrmsr(struct lapic *lapic, uint32_t msr, uint64_t value);

/* CR8 was changed by the guest */
void lapic_set_cr8(struct lapic *lapic, uint8_t cr8);

/**
 * lapic_deliver() - an interrupt message
 * @machine: its local APICs are asked
 * @destination: APIC ID, or a set of logical ones
 * @logical: which of both
 * @mode: DELIVER_*
 * @vector: vector
 * @level: its end is to be told to the I/O APIC
 */
void lapic_deliver(struct machine *machine, uint32_t destination, bool logical,
		   unsigned int mode, uint8_t vector, bool level);
/* A write to memory that is such a message. SDM, "Message Signalled Interrupts" */
void lapic_msi(struct machine *machine, uint64_t address, uint32_t data);

#endif
