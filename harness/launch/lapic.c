// SPDX-License-Identifier: GPL-2.0
#include "lapic.h"

#include <string.h>

#include "machine.h"

#define MSR_APIC_BASE		0x1b
#define MSR_TSC_DEADLINE	0x6e0
#define BASE_BSP		0x100
#define BASE_ENABLE		0x800

#define VERSION_VALUE		0x01050014	/* six LVT entries, EOI broadcasts can be left out */
#define SVR_ENABLE		0x100
#define SVR_NO_BROADCAST	0x1000
#define LVT_MASKED		0x10000
#define TIMER_MODE(lvt)		((lvt) >> 17 & 3)
enum { TIMER_ONCE, TIMER_PERIODIC, TIMER_DEADLINE };

#define ICR_LOGICAL		0x800
#define ICR_ASSERT		0x4000
#define ICR_LEVEL		0x8000
#define ICR_SHORTHAND(icr)	((icr) >> 18 & 3)
enum { SHORTHAND_NONE, SHORTHAND_SELF, SHORTHAND_ALL, SHORTHAND_OTHERS };

#define DFR_FLAT		0xf

/* A guest that wants interrupts faster than they can be had gets them as fast as this, in ns. */
#define PERIOD_MIN		200000

static const uint32_t writable[0x40] = {
#define R(index, name, bits) [index] = bits,
	LAPIC_REGISTERS(R)
#undef R
};

/* ---- sets of vectors ---- */

static void vectors_set(uint32_t *set, uint8_t vector, bool to)
{
	uint32_t bit = 1u << vector % 32;

	set[vector / 32] = to ? set[vector / 32] | bit : set[vector / 32] & ~bit;
}

static bool vectors_have(const uint32_t *set, uint8_t vector)
{
	return set[vector / 32] >> vector % 32 & 1;
}

static int vectors_highest(const uint32_t *set)
{
	int i;

	for (i = 7; i >= 0; i--)
		if (set[i])
			return 32 * i + 31 - __builtin_clz(set[i]);
	return -1;
}

/* ---- interrupts ---- */

static bool lapic_enabled(const struct lapic *lapic)
{
	return lapic->base & BASE_ENABLE && lapic->regs[LAPIC_SVR] & SVR_ENABLE;
}

/* SDM, "Task and Processor Priorities" */
static unsigned int lapic_ppr(const struct lapic *lapic)
{
	unsigned int tpr = lapic->regs[LAPIC_TPR];
	int served = vectors_highest(&lapic->regs[LAPIC_ISR]);

	if (served >= 0 && (unsigned int)served >> 4 > tpr >> 4)
		return served & 0xf0;
	return tpr;
}

int lapic_pending(const struct lapic *lapic)
{
	int vector = vectors_highest(&lapic->regs[LAPIC_IRR]);

	if (!lapic_enabled(lapic) || vector < 0 ||
	    (unsigned int)vector >> 4 <= lapic_ppr(lapic) >> 4)
		return -1;
	return vector;
}

int lapic_take(struct lapic *lapic)
{
	int vector = lapic_pending(lapic);

	vectors_set(&lapic->regs[LAPIC_IRR], vector, false);
	vectors_set(&lapic->regs[LAPIC_ISR], vector, true);
	return vector;
}

static void lapic_accept(struct lapic *lapic, unsigned int mode, uint8_t vector, bool level)
{
	switch (mode) {
	case DELIVER_FIXED:
	case DELIVER_LOWEST:
		if (!lapic_enabled(lapic) || vector < 16)
			return;
		vectors_set(&lapic->regs[LAPIC_IRR], vector, true);
		vectors_set(&lapic->regs[LAPIC_TMR], vector, level);
		vcpu_kick(lapic->vcpu);
		return;
	case DELIVER_NMI:
		vcpu_nmi(lapic->vcpu);
		return;
	case DELIVER_INIT:
		vcpu_init(lapic->vcpu);
		return;
	case DELIVER_STARTUP:
		vcpu_startup(lapic->vcpu, vector);
		return;
	}
}

/* SDM, "Determining IPI Destination" */
static bool lapic_is_meant(const struct lapic *lapic, uint32_t destination, bool logical)
{
	uint32_t ldr = lapic->regs[LAPIC_LDR] >> 24;

	if (!logical)
		return destination == lapic->vcpu->number || destination == 0xff;
	if (lapic->regs[LAPIC_DFR] >> 28 == DFR_FLAT)
		return destination & ldr;
	return (destination == 0xff || destination >> 4 == ldr >> 4) && destination & ldr & 15;
}

void lapic_deliver(struct machine *machine, uint32_t destination, bool logical,
		   unsigned int mode, uint8_t vector, bool level)
{
	unsigned int i;

	for (i = 0; i < machine->n_vcpus; i++) {
		struct lapic *lapic = &machine->vcpus[i].lapic;

		if (!lapic_is_meant(lapic, destination, logical))
			continue;
		lapic_accept(lapic, mode, vector, level);
		/* All have the same priority, so the first is as good as the others. */
		if (mode == DELIVER_LOWEST)
			return;
	}
}

void lapic_msi(struct machine *machine, uint64_t address, uint32_t data)
{
	if (address >> 20 != LAPIC_ADDRESS >> 20)
		return;
	lapic_deliver(machine, address >> 12 & 0xff, address >> 2 & 1, data >> 8 & 7, data,
		      data >> 15 & 1);
}

static void lapic_eoi(struct lapic *lapic)
{
	int vector = vectors_highest(&lapic->regs[LAPIC_ISR]);

	if (vector < 0)
		return;
	vectors_set(&lapic->regs[LAPIC_ISR], vector, false);
	if (vectors_have(&lapic->regs[LAPIC_TMR], vector) &&
	    !(lapic->regs[LAPIC_SVR] & SVR_NO_BROADCAST))
		ioapic_eoi(&lapic->vcpu->machine->ioapic, vector);
}

/* SDM, "Issuing Interprocessor Interrupts" */
static void lapic_send(struct lapic *lapic, uint32_t icr, uint32_t destination)
{
	struct machine *machine = lapic->vcpu->machine;
	unsigned int mode = icr >> 8 & 7, shorthand = ICR_SHORTHAND(icr), i;

	/* "INIT level de-assert" does nothing since the Pentium 4. */
	if (mode == DELIVER_INIT && icr & ICR_LEVEL && !(icr & ICR_ASSERT))
		return;
	if (shorthand == SHORTHAND_NONE) {
		lapic_deliver(machine, destination, icr & ICR_LOGICAL, mode, icr, false);
		return;
	}
	for (i = 0; i < machine->n_vcpus; i++) {
		bool self = &machine->vcpus[i].lapic == lapic;

		if (shorthand == SHORTHAND_ALL || self == (shorthand == SHORTHAND_SELF))
			lapic_accept(&machine->vcpus[i].lapic, mode, icr, false);
	}
}

/* ---- the timer ---- */

/* SDM, figure "Divide Configuration Register" */
static uint64_t lapic_timer_hz(const struct lapic *lapic)
{
	uint32_t divide = lapic->regs[LAPIC_DIVIDE];
	unsigned int shift = (((divide >> 1 & 4) | (divide & 3)) + 1) & 7;

	return vcpu_bus_hz(lapic->vcpu) >> shift;
}

static uint64_t lapic_timer_ticks(const struct lapic *lapic)
{
	return scale(timer_now() - lapic->start, lapic_timer_hz(lapic), SECOND);
}

static uint32_t lapic_current_count(const struct lapic *lapic)
{
	uint64_t count = lapic->regs[LAPIC_INITIAL_COUNT], ticks = lapic_timer_ticks(lapic);

	if (!count || lapic->expired ||
	    TIMER_MODE(lapic->regs[LAPIC_LVT_TIMER]) == TIMER_DEADLINE)
		return 0;
	if (TIMER_MODE(lapic->regs[LAPIC_LVT_TIMER]) == TIMER_PERIODIC)
		return count - ticks % count;
	return ticks < count ? count - ticks : 0;
}

/* How many periods are left out, if they are too short */
static uint64_t lapic_short_periods(const struct lapic *lapic)
{
	return scale(PERIOD_MIN, lapic_timer_hz(lapic), SECOND) / lapic->regs[LAPIC_INITIAL_COUNT];
}

static void lapic_arm(struct lapic *lapic)
{
	uint64_t count = lapic->regs[LAPIC_INITIAL_COUNT];
	unsigned int mode = TIMER_MODE(lapic->regs[LAPIC_LVT_TIMER]);
	uint64_t at = TIMER_NEVER, periods = 1;

	if (mode == TIMER_DEADLINE) {
		if (lapic->deadline)
			at = vcpu_tsc_time(lapic->vcpu, lapic->deadline);
	} else if (count && !lapic->expired) {
		if (mode == TIMER_PERIODIC)
			periods = lapic_timer_ticks(lapic) / count + 1 + lapic_short_periods(lapic);
		at = lapic->start + scale(count * periods, SECOND, lapic_timer_hz(lapic)) + 1;
	}
	timer_set(&lapic->timer, at);
}

static void lapic_fire(void *opaque)
{
	struct lapic *lapic = opaque;
	uint32_t lvt = lapic->regs[LAPIC_LVT_TIMER];

	lapic->deadline = 0;
	lapic->expired = TIMER_MODE(lvt) == TIMER_ONCE;
	if (!(lvt & LVT_MASKED))
		lapic_accept(lapic, DELIVER_FIXED, lvt, false);
	if (TIMER_MODE(lvt) == TIMER_PERIODIC)
		lapic_arm(lapic);
}

/* ---- registers ---- */

void lapic_set_cr8(struct lapic *lapic, uint8_t cr8)
{
	if (lapic->regs[LAPIC_TPR] >> 4 != cr8)
		lapic->regs[LAPIC_TPR] = cr8 << 4;
}

static uint32_t lapic_read(const struct lapic *lapic, unsigned int index)
{
	switch (index) {
	case LAPIC_ID:
		return lapic->vcpu->number << 24;
	case LAPIC_VERSION:
		return VERSION_VALUE;
	case LAPIC_PPR:
		return lapic_ppr(lapic);
	case LAPIC_CURRENT_COUNT:
		return lapic_current_count(lapic);
	}
	return lapic->regs[index];
}

/* SDM, "TSC-Deadline Mode": the change to it, or from it, disarms the timer. */
static void lapic_change_mode(struct lapic *lapic, uint32_t old)
{
	unsigned int mode = TIMER_MODE(lapic->regs[LAPIC_LVT_TIMER]);

	if ((TIMER_MODE(old) == TIMER_DEADLINE) != (mode == TIMER_DEADLINE)) {
		lapic->deadline = 0;
		lapic->expired = true;
	}
	lapic_arm(lapic);
}

/* What a write does beside being stored */
static void lapic_write(struct lapic *lapic, unsigned int index, uint32_t value)
{
	uint32_t *reg = &lapic->regs[index], old = *reg;

	*reg = (*reg & ~writable[index]) | (value & writable[index]);
	switch (index) {
	case LAPIC_TPR:
		vcpu_set_cr8(lapic->vcpu, *reg >> 4);
		break;
	case LAPIC_EOI:
		lapic_eoi(lapic);
		break;
	case LAPIC_ICR:
		lapic_send(lapic, *reg, lapic->regs[LAPIC_ICR_HIGH] >> 24);
		break;
	case LAPIC_SVR:
		/* A disabled one masks its LVT entries. */
		if (!(value & SVR_ENABLE))
			for (index = LAPIC_LVT_TIMER; index <= LAPIC_LVT_ERROR; index++)
				lapic->regs[index] |= LVT_MASKED;
		break;
	case LAPIC_INITIAL_COUNT:
		lapic->start = timer_now();
		lapic->expired = false;
		lapic_arm(lapic);
		break;
	case LAPIC_LVT_TIMER:
		lapic_change_mode(lapic, old);
		break;
	case LAPIC_DIVIDE:
		lapic_arm(lapic);
		break;
	}
}

/* Registers are 16 bytes apart; what is between is not to be accessed, and reads as 0. */
void lapic_mmio(struct lapic *lapic, bool write, uint64_t offset, unsigned int size, void *data)
{
	unsigned int index = offset >> 4;
	uint32_t value = 0;

	if (index >= 0x40 || offset & 15 || size != 4) {
		if (!write)
			memset(data, 0, size);
		return;
	}
	if (write) {
		memcpy(&value, data, sizeof(value));
		lapic_write(lapic, index, value);
	} else {
		value = lapic_read(lapic, index);
		memcpy(data, &value, sizeof(value));
	}
}

bool lapic_rdmsr(struct lapic *lapic, uint32_t msr, uint64_t *value)
{
	if (msr != MSR_APIC_BASE && msr != MSR_TSC_DEADLINE)
		return false;
	*value = msr == MSR_APIC_BASE ? lapic->base : lapic->deadline;
	return true;
}

bool lapic_wrmsr(struct lapic *lapic, uint32_t msr, uint64_t value)
{
	if (msr == MSR_APIC_BASE) {
		/* It can be disabled, but not be elsewhere. */
		if ((value ^ lapic->base) & ~(uint64_t)BASE_ENABLE)
			return false;
		lapic->base = value;
		return true;
	}
	if (msr != MSR_TSC_DEADLINE)
		return false;
	if (TIMER_MODE(lapic->regs[LAPIC_LVT_TIMER]) == TIMER_DEADLINE) {
		lapic->deadline = value;
		lapic_arm(lapic);
	}
	return true;
}

/* SDM, "Local APIC State After Power-Up or Reset" */
void lapic_reset(struct lapic *lapic)
{
	unsigned int i;

	memset(lapic->regs, 0, sizeof(lapic->regs));
	for (i = LAPIC_LVT_TIMER; i <= LAPIC_LVT_ERROR; i++)
		lapic->regs[i] = LVT_MASKED;
	lapic->regs[LAPIC_DFR] = UINT32_MAX;
	lapic->regs[LAPIC_SVR] = 0xff;
	lapic->base = LAPIC_ADDRESS | BASE_ENABLE | (lapic->vcpu->number ? 0 : BASE_BSP);
	lapic->deadline = 0;
	lapic->expired = false;
	timer_set(&lapic->timer, TIMER_NEVER);
}

void lapic_create(struct vcpu *vcpu)
{
	struct lapic *lapic = &vcpu->lapic;

	lapic->vcpu = vcpu;
	timer_init(&lapic->timer, lapic_fire, lapic);
	lapic_reset(lapic);
}
