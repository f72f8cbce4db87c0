/* SPDX-License-Identifier: GPL-2.0 */
/* A guest in which one instruction is executed, and what it and its memory are made of. */
#ifndef ARENA_H
#define ARENA_H

#include "../forms.h"
#include "target.h"

#define PAGE		0x1000u

/* Offsets in what the guest's system has, which is at a mode's @system */
#define VECTORS		0x0000	/* of real mode */
#define HANDLERS	0x1000	/* a HLT for each vector, HANDLER_SIZE bytes apart */
#define HANDLER_SIZE	16
#define GDT		0x2000
#define IDT		0x2800
#define TSS		0x3000
#define SYSTEM_STACK	0x4f00	/* its top */
#define STACK		0x5000	/* the instruction's, of one page */
#define TABLES		0x8000
#define CODE		0x1e000	/* two pages */
#define SYSTEM_SIZE	0x20000

/* In the window, pages FIRST to LAST of each group are the device's. */
#define WINDOW_PAGES	4
#define REAL_PAGES	20

enum paging { PAGING_NONE, PAGING_32, PAGING_PAE, PAGING_4 };

struct mode {
	const char *name;
	const struct form *forms, *end;
	enum paging paging;
	unsigned int code_size;	/* 2, 4, 8 */
	uint64_t system;	/* where it is, both linear and physical */
	uint64_t window;	/* linear */
	uint64_t base;		/* of the data segments */
	unsigned int pages;	/* of the window */
};

/* What one trial is; both guests have the same. */
struct trial {
	const struct form *form;
	unsigned int cpl;
	uint64_t rip;
	uint64_t gprs[VMX_X64_NGPR];
	uint64_t cr0, cr4, efer;
	uint32_t data_limit, code_limit;
	uint64_t pages[REAL_PAGES];	/* flags of their entries */
	uint64_t code_page;
};

/* A guest whose window is RAM, or a device in part */
struct arena {
	struct vmx_vcpu *vcpu;
	uint8_t *system, *window;
	unsigned int assists;
	unsigned int tables;	/* how many pages there are */
};

void arena_begin(struct arena *arena, const struct mode *mode, bool all_ram);
/* All of the trial but the window's and the stack's contents */
void arena_set(struct arena *arena, const struct mode *mode, const struct trial *trial);
void arena_end(struct arena *arena, const struct mode *mode);
bool is_device(const struct mode *mode, unsigned int page);
/* Where the window is in guest-physical memory */
uint64_t window_physical(const struct mode *mode, unsigned int page);

#define ENTRY_P		0x1ull
#define ENTRY_RW	0x2ull
#define ENTRY_US	0x4ull
#define ENTRY_A		0x20ull
#define ENTRY_D		0x40ull
#define ENTRY_XD	(1ull << 63)

#define CR0_PE		0x1ull
#define CR0_WP		0x10000ull
#define CR0_AM		0x40000ull
#define CR0_PG		0x80000000ull
#define CR4_PAE		0x20ull
#define CR4_SMEP	0x100000ull
#define CR4_SMAP	0x200000ull

#endif
