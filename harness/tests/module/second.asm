; SPDX-License-Identifier: GPL-2.0
; What kexec goes to, and a panic: says on the serial line whether it found the processor
; out of VMX operation, and how many others take an INIT, which in VMX root operation they
; don't; then it switches the power of Bochs off. It has the form of a bzImage that is
; entered in 64-bit mode (Linux, Documentation/x86/boot.rst).
bits 64
org 0

SERIAL	equ 0x3f8
APIC_ICR equ 0xfee00300
INIT	equ 0xc4500			; to all but itself
SIPI	equ 0xc4600
OTHERS	equ 0x8000			; their code in real-address mode, a page
COUNT	equ OTHERS + 0xff0
CR4_VMXE equ 13

	times 0x1f1 - ($ - $$) db 0
	db 1				; setup_sects
	times 0x1fe - ($ - $$) db 0
	dw 0xaa55			; boot_flag
	jmp short $ + 0x6a		; its operand is the header's length
	db 'HdrS'
	dw 0x20f			; version
	times 0x211 - ($ - $$) db 0
	db 1				; loadflags: LOADED_HIGH
	times 0x22c - ($ - $$) db 0
	dd 0x7fffffff			; initrd_addr_max
	dd 0x200000			; kernel_alignment
	db 1				; relocatable_kernel
	db 21				; min_alignment, a power of 2
	dw 0x3				; xloadflags: 64-bit entry, above 4 GB too
	dd 0x7ff			; cmdline_size
	times 0x258 - ($ - $$) db 0
	dq 0x1000000			; pref_address
	dd 0x100000			; init_size
	times 0x400 + 0x200 - ($ - $$) db 0

entry:
	lea rsi, [rel off]
	mov rax, cr4
	bt rax, CR4_VMXE
	jc found
	; In VMX root operation this would fail otherwise than by #UD, and the
	; bit could not be cleared: nothing has to be tried, setting it is enough.
	bts rax, CR4_VMXE
	mov cr4, rax
	btr rax, CR4_VMXE
	mov cr4, rax
	jmp say
found:
	lea rsi, [rel on]
say:
	call print

; The first 4 GB mapped to themselves, with the local APIC: kexec maps what is RAM.
	lea rdi, [rel tables]
	add rdi, 0xfff
	and rdi, -0x1000
	mov rbx, rdi
	xor eax, eax
	mov ecx, 2 * 4096 / 8
	rep stosq
	lea rax, [rbx + 0x1000 + 3]	; present, writable
	mov [rbx], rax
	lea rax, [rbx + 0x2000 + 3]
	mov ecx, 4
	lea rdi, [rbx + 0x1000]
.pointer:
	mov [rdi], rax
	add rdi, 8
	add rax, 0x1000
	loop .pointer
	mov eax, 0x83			; and of 2 MB
	mov ecx, 4 * 512
	lea rdi, [rbx + 0x2000]
.map:
	mov [rdi], rax
	add rdi, 8
	add rax, 0x200000
	loop .map
	mov cr3, rbx

	lea rsi, [rel other]
	mov edi, OTHERS
	mov ecx, other_end - other
	rep movsb
	mov dword [COUNT], 0
	mov ebx, APIC_ICR
	mov dword [rbx], INIT
	call pause
	mov dword [rbx], SIPI | OTHERS >> 12
	call pause
	mov al, [COUNT]
	add [rel number], al
	lea rsi, [rel took]
	call print

	lea rsi, [rel power]
	mov dx, 0x8900
.off:
	lodsb
	out dx, al
	jmp .off

; The string at RSI
print:
	mov dx, SERIAL + 5
.wait:
	in al, dx
	test al, 0x20			; transmitter holding register empty
	jz .wait
	lodsb
	test al, al
	jz pause			; what is on its way takes time
	mov dx, SERIAL
	out dx, al
	jmp print

pause:
	mov ecx, 1000000
	loop $
	ret

bits 16
other:
	lock inc byte [cs:COUNT - OTHERS]
.halt:
	hlt
	jmp .halt
other_end:
bits 64

off	db 'kexec: out of VMX operation', 13, 10, 0
on	db 'kexec: CR4.VMXE is 1', 13, 10, 0
took	db 'kexec: INIT was taken by '
number	db '0', 13, 10, 0
power	db 'Shutdown'
	times 16 db 0
tables:
