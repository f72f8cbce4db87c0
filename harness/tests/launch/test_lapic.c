// SPDX-License-Identifier: GPL-2.0
/* The local APIC's timer. SDM, "APIC Timer", "TSC-Deadline Mode" */
#include "unit/unit.h"

#include "machine.h"

#define TIMER_VECTOR	0x40
#define PERIODIC	0x20000
#define DEADLINE	0x40000
#define MASKED		0x10000
#define MSR_TSC_DEADLINE 0x6e0
#define DIVIDE_BY_1	0xb

static struct machine machine;
static struct vcpu *const vcpu = &machine.vcpus[0];
static uint64_t now;

/* ---- what it calls ---- */

uint64_t timer_now(void)
{
	return now;
}

void timer_init(struct timer *timer, void (*fire)(void *opaque), void *opaque)
{
	*timer = (struct timer){ TIMER_NEVER, fire, opaque, NULL };
}

void timer_set(struct timer *timer, uint64_t deadline)
{
	timer->deadline = deadline;
}

/* Both clocks have a tick of a nanosecond. */
uint64_t vcpu_bus_hz(const struct vcpu *of)
{
	return SECOND;
}

uint64_t vcpu_tsc_time(struct vcpu *of, uint64_t tsc)
{
	return tsc;
}

void vcpu_kick(struct vcpu *of)
{
}

void vcpu_nmi(struct vcpu *of)
{
}

void vcpu_init(struct vcpu *of)
{
}

void vcpu_startup(struct vcpu *of, uint8_t vector)
{
}

void vcpu_set_cr8(struct vcpu *of, uint8_t cr8)
{
}

void ioapic_eoi(struct ioapic *ioapic, uint8_t vector)
{
}

/* ---- a guest ---- */

static void write_to(unsigned int index, uint32_t value)
{
	lapic_mmio(&vcpu->lapic, true, index << 4, 4, &value);
}

static uint32_t read_from(unsigned int index)
{
	uint32_t value;

	lapic_mmio(&vcpu->lapic, false, index << 4, 4, &value);
	return value;
}

/* Up to a time; returns how many interrupts have come. */
static unsigned int pass(uint64_t until)
{
	struct timer *timer = &vcpu->lapic.timer;
	unsigned int n = 0;

	while (timer->deadline <= until && n < 1000) {
		if (now < timer->deadline)
			now = timer->deadline;
		timer->deadline = TIMER_NEVER;
		timer->fire(timer->opaque);
		if (lapic_pending(&vcpu->lapic) >= 0) {
			assert_int_equal(lapic_take(&vcpu->lapic), TIMER_VECTOR);
			write_to(LAPIC_EOI, 0);
			n++;
		}
	}
	now = until;
	return n;
}

static int begin(void **state)
{
	now = SECOND;
	machine.n_vcpus = 1;
	vcpu->machine = &machine;
	lapic_create(vcpu);
	write_to(LAPIC_SVR, 0x1ff);
	write_to(LAPIC_DIVIDE, DIVIDE_BY_1);
	return 0;
}

/* ---- tests ---- */

static void test_once(void **state)
{
	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR);
	write_to(LAPIC_INITIAL_COUNT, 1000);
	now += 400;
	assert_int_equal(read_from(LAPIC_CURRENT_COUNT), 600);
	assert_int_equal(pass(2 * SECOND), 1);
	assert_int_equal(read_from(LAPIC_CURRENT_COUNT), 0);
	/* What is written then is no new beginning. */
	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR | MASKED);
	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR);
	write_to(LAPIC_DIVIDE, DIVIDE_BY_1);
	assert_int_equal(pass(3 * SECOND), 0);
	write_to(LAPIC_INITIAL_COUNT, 1000);
	assert_int_equal(pass(4 * SECOND), 1);
}

static void test_periodic(void **state)
{
	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR | PERIODIC);
	write_to(LAPIC_INITIAL_COUNT, 1000000);
	assert_int_equal(pass(now + 10500000), 10);
	write_to(LAPIC_INITIAL_COUNT, 0);
	assert_int_equal(pass(now + SECOND), 0);
}

/* Not a thousand million interrupts in a second */
static void test_periodic_of_one_tick(void **state)
{
	unsigned int n;

	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR | PERIODIC);
	write_to(LAPIC_INITIAL_COUNT, 1);
	n = pass(now + 10000000);
	assert_in_range(n, 40, 60);
}

static void test_deadline(void **state)
{
	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR | DEADLINE);
	assert_true(lapic_wrmsr(&vcpu->lapic, MSR_TSC_DEADLINE, now + 1000));
	assert_int_equal(pass(now + 2000), 1);
	/* A change of the mode disarms it, in both directions. */
	assert_true(lapic_wrmsr(&vcpu->lapic, MSR_TSC_DEADLINE, now + 1000));
	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR);
	assert_int_equal(pass(now + 2000), 0);
	write_to(LAPIC_INITIAL_COUNT, 1000);
	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR | DEADLINE);
	write_to(LAPIC_LVT_TIMER, TIMER_VECTOR);
	assert_int_equal(pass(now + 2000), 0);
}

/* SDM, figure "Interrupt Command Register (ICR)": of the low half, bits 12, 13, 16, 17 and from 20 on */
static void test_read_only_bits(void **state)
{
	write_to(LAPIC_ICR, UINT32_MAX & ~0xc0000);
	assert_int_equal(read_from(LAPIC_ICR), 0xcfff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_once, begin),
		cmocka_unit_test_setup(test_periodic, begin),
		cmocka_unit_test_setup(test_periodic_of_one_tick, begin),
		cmocka_unit_test_setup(test_deadline, begin),
		cmocka_unit_test_setup(test_read_only_bits, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
