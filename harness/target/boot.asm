; SPDX-License-Identifier: GPL-2.0
; The boot sector of the emulator's disk. It reads what lies behind it into memory
; and enters Linux at its 64-bit entry point: a boot loader and a kernel that
; unpacks itself would take the emulator longer than all of the kernel's start.
;
; harness/vmxcheck/bootdisk.py writes the disk, and fills in what is at `pieces`.
; Linux, Documentation/x86/boot.rst, "64-bit Boot Protocol"
;
; With MULTIBOOT it enters a kernel as GRUB would, with what bootdisk.py has of the
; multiboot information at PARAMS.
; Multiboot Specification version 0.6.96, "Machine state", "Boot information format"

%define PARAMS		0x10000		; struct boot_params: also in bootdisk.py
%define E820_ENTRIES	PARAMS + 0x1e8
%define E820_TABLE	PARAMS + 0x2d0
%define MAP		0x8000		; what the BIOS says of the memory
%define TABLES		0x1000		; three pages
%define ATA		0x1f0
%include "long_mode.inc"
%ifdef MULTIBOOT
%define MMAP_LENGTH	PARAMS + 44
%define MAGIC		0x2badb002
%endif

		org	0x7c00
		bits	16
		jmp	0:start
start:		xor	ax, ax
		mov	ds, ax
		mov	es, ax
		mov	ss, ax
		mov	sp, 0x7c00

; INT 15h, E820h: the memory, an entry of 20 bytes a call. Multiboot has its size before it.
		mov	di, MAP
		xor	ebx, ebx
.next:
%ifdef MULTIBOOT
		mov	dword [di], 20
		add	di, 4
%endif
		mov	eax, 0xe820
		mov	edx, 0x534d4150		; "SMAP"
		mov	ecx, 20
		int	0x15
		jc	.done
		inc	byte [entries]
		add	di, 20
		test	ebx, ebx
		jnz	.next
.done:
		mov	ax, 0x2401		; A20 on
		int	0x15
		cli
		lgdt	[gdtr]
		mov	eax, cr0
		or	al, 1
		mov	cr0, eax
		jmp	CODE32:in_protected

		bits	32
in_protected:	mov	ax, DATA
		mov	ds, ax
		mov	es, ax
		mov	ss, ax
		mov	esi, pieces
.piece:		lodsd
		mov	edi, eax		; where to
		lodsd
		xchg	eax, ebp		; sectors
		test	ebp, ebp
		jz	.read

; READ SECTORS, up to 256 at once; the sectors of the disk are read one after the other.
.command:	mov	ecx, 256
		cmp	ebp, ecx
		jae	.go
		mov	ecx, ebp
.go:		mov	dx, ATA + 2
		mov	al, cl
		out	dx, al
		mov	eax, [sector]
		mov	bl, 3
.address:	inc	edx
		out	dx, al
		shr	eax, 8
		dec	bl
		jnz	.address
		inc	edx
		or	al, 0xe0		; LBA, the first drive
		out	dx, al
		inc	edx
		mov	al, 0x20
		out	dx, al
		add	[sector], ecx
		sub	ebp, ecx
.sector:	mov	dx, ATA + 7
.wait:		in	al, dx
		and	al, 0x88		; BSY, DRQ
		cmp	al, 0x08
		jne	.wait
		mov	dx, ATA
		mov	ebx, ecx
		mov	ecx, 128
		rep	insd
		mov	ecx, ebx
		loop	.sector
		test	ebp, ebp
		jnz	.command
		jmp	.piece

.read:
%ifdef MULTIBOOT
		movzx	eax, byte [entries]
		imul	eax, 24
		mov	[MMAP_LENGTH], eax
		mov	eax, MAGIC
		mov	ebx, PARAMS
		jmp	[entry]
%endif
		mov	al, [entries]
		mov	[E820_ENTRIES], al
		mov	esi, MAP
		mov	edi, E820_TABLE
		mov	ecx, 20 * 32 / 4
		rep	movsd

; The first gigabyte is mapped to itself.
		mov	edi, TABLES
		xor	eax, eax
		mov	ecx, 3 * 4096 / 4
		rep	stosd
		mov	dword [TABLES], TABLES + 0x1000 + 3
		mov	dword [TABLES + 0x1000], TABLES + 0x2000 + 3
		mov	edi, TABLES + 0x2000
		mov	eax, 0x83		; present, writable, 2 MB
		mov	ecx, 512
.map:		mov	[edi], eax
		add	eax, 0x200000
		add	edi, 8
		loop	.map
		long_mode TABLES, CODE64:in_long

		bits	64
in_long:	mov	esi, PARAMS
		mov	eax, [entry]
		jmp	rax

		align	8, db 0
gdt:		dq	0
CODE32:		equ	$ - gdt
		dq	0x00cf9b000000ffff
CODE64:		equ	$ - gdt
		dq	0x00af9b000000ffff
DATA:		equ	$ - gdt
		dq	0x00cf93000000ffff
gdtr:		dw	$ - gdt - 1
		dd	gdt
sector:		dd	1
entries:	db	0

; Bootdisk.py writes from here on: the entry point, then the address and the number
; of sectors of each piece, and zeros.
		times	440 - ($ - $$) db 0
entry:		dd	0
pieces:		times	10 dd 0
		times	510 - ($ - $$) db 0
		dw	0xaa55
