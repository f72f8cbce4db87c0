; SPDX-License-Identifier: GPL-2.0
; Guests of target.c, as NVMM's tests have them: each kind of operand and of address once.
; What is to come of one is beside it. SDM, volume 2, each instruction.

DEVICE	equ 0x8000		; of the memory guests: not mapped
DATA	equ 0x8000		; of the I/O guests: mapped
PORT	equ 0x55

	bits 64
	section .text

; guest NAME, WANTED, OFFSET: what the device has there in the end; of I/O, how many bytes
; and whether they come in
%macro guest 3
	%push guest
	section .rodata
%$name:	db %1, 0
	section .table
	dq %$name, %$begin, %$end, %2, %3
	section .text
%$begin:
%endmacro

%macro done 0
%$end:
	%pop
%endmacro

%macro over 0
	mov ecx, -1		; an MSR that nobody has
	rdmsr
%endmacro

%macro table 1
	section .table progbits alloc noexec write align=8
	global %1
%1:
	section .text
%endmacro

%macro end_of_table 0
	section .table
	dq 0
	section .text
%endmacro

; ---- memory, 64-bit code ----

	table guests_64

	guest "mov", 0x5507, 0
	mov rbx, DEVICE
	mov qword [rbx], 0x1234	; an immediate
	mov esi, 2
	mov qword [rbx + rsi*4], 0x4321	; with a scaled index
	mov r9, [rbx]
	mov r10, [rbx + 8]
	add r9, r10
	mov [rbx], r9
	mov byte [rbx], 7	; leaves the others
	over
	done

	guest "or", 0x258f, 0
	mov rbx, DEVICE
	mov qword [rbx], 0x2000
	mov al, 0x0f
	or [rbx], al
	mov cx, 0x500
	or [rbx], cx
	mov edx, 0x80
	or rdx, [rbx]		; the other way round
	mov [rbx], rdx
	over
	done

	guest "and", 0x3ff0, 0
	mov rbx, DEVICE
	mov qword [rbx], 0x3fff
	mov eax, 0x3ff5
	and [rbx], rax
	mov cl, 0xf3
	and [rbx], cl
	mov rdx, -16
	and rdx, [rbx]
	mov [rbx], rdx
	over
	done

	guest "xor", 0x6699, 0
	mov rbx, DEVICE
	mov qword [rbx], 0x7777
	mov eax, 0x1111
	xor [rbx], rax
	mov cx, 0xff
	xor [rbx], cx
	over
	done

	guest "address-size-32", 0x11cd, 0
	mov rbx, 0xffffffff00000000 + DEVICE
	mov rsi, 0xffffffff00000001
	mov qword [ebx], 0x2bcd	; bits 63:32 count for nothing
	mov byte [ebx + esi], 0x11
	over
	done

	guest "offset-64", 0xab15, 0
	mov eax, 0xab10
	mov [qword DEVICE], rax	; the forms of MOV that have it
	mov al, [qword DEVICE]
	or al, 5
	mov [qword DEVICE], al
	over
	done

	guest "stos", 0x56789a, 0
	mov edi, DEVICE
	mov al, 0x9a
	mov ecx, 1
	rep stosb
	mov ax, 0x5678
	stosw
	over
	done

	guest "lods", 0x89abcdef, 0
	mov ebx, DEVICE
	mov esi, DEVICE + 16
	mov dword [rsi], 0x89abcdef
	lodsw
	mov [rbx], ax
	lodsb
	mov [rbx + 2], al
	lodsb
	mov [rbx + 3], al
	over
	done

	guest "movs", 0xfedcba9876543210, 0
	mov edi, DEVICE
	mov esi, DEVICE + 8
	mov dword [rsi], 0x76543210
	mov dword [rsi + 4], 0xfedcba98
	mov ecx, 4
	rep movsb
	mov ecx, 2
	rep movsw		; both operands are the device's
	over
	done

	guest "movzx-byte", 0x78, 0
	mov ebx, DEVICE
	mov qword [rbx], 0x12345678
	mov rax, -1
	movzx eax, byte [rbx]	; clears bits 63:32, too
	mov [rbx], rax
	over
	done

	guest "movzx-word", 0x5678, 0
	mov ebx, DEVICE
	mov qword [rbx], 0x12345678
	mov rax, -1
	movzx rax, word [rbx]
	mov [rbx], rax
	over
	done

%macro compare 3		; size, what is there, one more
	cmp %1 [rbx], %2
	jne %%no
	cmp %1 [rbx], %3
	jge %%no
	jmp %%yes
%%no:	mov qword [rbx + 8], 1
%%yes:
%endmacro

	guest "cmp", 0, 8
	mov ebx, DEVICE
	mov rax, 0xfffffffff2345678
	mov [rbx], rax
	compare byte, 0x78, 0x79
	compare word, 0x5678, 0x5679
	compare dword, 0xf2345678, 0xf2345679
	compare qword, -0xdcba988, -0xdcba987
	over
	done

	guest "sub", 0xf00000000, 0
	mov ebx, DEVICE
	mov qword [rbx], 0x1000a0ff
	mov cl, 0xff
	sub [rbx], cl		; 0x1000a000
	mov cx, 0xa000
	sub [rbx], cx		; 0x10000000
	mov rcx, 0xf10000000
	sub rcx, [rbx]
	mov [rbx], rcx
	over
	done

	guest "test", 1, 0
	mov ebx, DEVICE
	mov qword [rbx], 0xa0ff
	test byte [rbx], 0x0f
	jz %$wrong
	test word [rbx], 0x0f00
	jnz %$wrong
	test dword [rbx], 0xa000
	jz %$wrong
	mov qword [rbx], 1
%$wrong:
	over
	done

	guest "xchg", 0xaabbcc, 0
	mov ebx, DEVICE
	mov eax, 0xaa0000
	mov ecx, 0xbb00
	mov edx, 0xcc
	xchg [rbx], rax
	xchg [rbx], cx
	xchg dl, [rbx]
	over
	done

	guest "xchg-address-32", 0x778899, 0
	mov ebx, DEVICE
	xor eax, eax
	mov qword [rbx], 0x778899
	xchg [ebx], rax
	mov qword [rbx], 0
	xchg [ebx], rax
	over
	done

	guest "rep-mov", 5, 0
	mov ebx, DEVICE
	mov ecx, 5
	db 0xf3			; REP, which MOV ignores
	mov [rbx], rcx
	over
	done

	guest "sign-extension", 1, 0
	mov ebx, DEVICE
	mov qword [rbx], -1
	cmp byte [rbx], -1
	jne %$wrong
	cmp word [rbx], byte -1	; an immediate of a byte
	jne %$wrong
	cmp dword [rbx], byte -1
	jne %$wrong
	cmp qword [rbx], byte -1
	jne %$wrong
	mov qword [rbx], 1
%$wrong:
	over
	done

%macro bit 4			; size, place, bit, what it is
	bt %1 [rbx + %2], %3
	j%4 %$wrong
%endmacro

	guest "bt", 1, 0
	mov ebx, DEVICE
	mov word [rbx + 8], 0x8001
	mov dword [rbx + 16], 0x80000001
	mov rax, 0x8000000000000001
	mov [rbx + 24], rax
	bit word, 8, 0, nc
	bit word, 8, 1, c
	bit word, 8, 255, nc	; modulo the operand's size
	bit dword, 16, 0, nc
	bit dword, 16, 1, c
	bit dword, 16, 255, nc
	bit qword, 24, 0, nc
	bit qword, 24, 1, c
	bit qword, 24, 255, nc
	cmp word [rbx + 8], 0x8001	; none of it is changed
	jne %$wrong
	cmp dword [rbx + 16], 0x80000001
	jne %$wrong
	cmp [rbx + 24], rax
	jne %$wrong
	mov qword [rbx], 1
%$wrong:
	over
	done

	guest "bt-register", 1, 0
	mov ebx, DEVICE
	mov qword [rbx + 16], 8
	mov ecx, 64 + 3		; reaches beyond the operand
	bt [rbx + 8], rcx
	jnc %$wrong
	mov rcx, -64 + 3	; and below
	bt [rbx + 24], rcx
	jnc %$wrong
	mov qword [rbx], 1
%$wrong:
	over
	done

	end_of_table

; ---- memory, real mode ----

	table guests_16

	bits 16
	guest "mov", 0x34, 0x123
	mov bx, DEVICE + 0x123
	mov dx, 0x1234
	mov [bx], dl
	over
	done

	guest "mov-base-index", 0x4567, 0x125
	mov bx, DEVICE + 0x120
	mov di, 5
	mov dx, 0x4567
	mov [bx + di], dx
	over
	done

	guest "mov-base-index-displacement", 0x789, 0x121
	mov bp, DEVICE + 0x120	; SS
	mov si, 3
	mov dx, 0x789
	mov [bp + si - 2], dx
	over
	done

	guest "sizes", 0x3012, 0x128
	mov bp, DEVICE + 0x120
	mov si, 4
	mov di, 12
	mov dx, -1
	mov eax, 2
	mov ebx, 0x10
	mov ecx, 0x3000
	mov [bp + si + 4], dx		; 16-bit operand and address
	and [bp + si + 4], eax		; 32-bit operand
	movzx ebp, bp
	movzx esi, si
	or [ss:ebp + esi + 4], bx	; 32-bit address
	or [bp + di - 4], ecx
	over
	done

	guest "displacement", 0x21, 0x456
	mov byte [DEVICE + 0x456], 0x21
	over
	done

	guest "xchg", 0x2143, 0x456
	mov bp, DEVICE + 0x456
	mov di, 4
	mov bx, 0x2100
	mov cx, 0x43
	xchg [bp], bx
	xchg cl, [bp + di - 4]
	over
	done

	guest "bt", 1, 0x456
	mov bx, DEVICE + 0x460
	mov word [bx], 0x8001
	mov dword [bx + 4], 0x80000001
	bt word [bx], 0
	jnc %$wrong
	bt word [bx], 1
	jc %$wrong
	bt word [bx], 255
	jnc %$wrong
	bt dword [bx + 4], 0
	jnc %$wrong
	bt dword [bx + 4], 1
	jc %$wrong
	bt dword [bx + 4], 255
	jnc %$wrong
	cmp word [bx], 0x8001
	jne %$wrong
	cmp dword [bx + 4], 0x80000001
	jne %$wrong
	mov word [DEVICE + 0x456], 1
%$wrong:
	over
	done

	end_of_table
	bits 64

; ---- I/O, 64-bit code ----

	table guests_io

%macro in_twice 2		; register, size
	mov ebx, DATA
	in %1, PORT
	mov [rbx], %1
	mov edx, PORT
	in %1, dx
	mov [rbx + %2], %1
	over
%endmacro

	guest "in-byte", 2, 1
	in_twice al, 1
	done

	guest "in-word", 4, 1
	in_twice ax, 2
	done

	guest "in-dword", 8, 1
	in_twice eax, 4
	done

%macro string 3			; instruction, its register, how often
	mov e%2, DATA
	mov ecx, %3
	mov edx, PORT
	rep %1
	over
%endmacro

	guest "insb", 5, 1
	string insb, di, 5
	done

	guest "insw", 28, 1
	string insw, di, 14
	done

	guest "insd", 28, 1
	string insd, di, 7
	done

%macro out_twice 2
	mov ebx, DATA
	mov %1, [rbx]
	out PORT, %1
	mov edx, PORT
	mov %1, [rbx + %2]
	out dx, %1
	over
%endmacro

	guest "out-byte", 2, 0
	out_twice al, 1
	done

	guest "out-word", 4, 0
	out_twice ax, 2
	done

	guest "out-dword", 8, 0
	out_twice eax, 4
	done

	guest "outsb", 5, 0
	string outsb, si, 5
	done

	guest "outsw", 16, 0
	string outsw, si, 8
	done

	guest "outsd", 28, 0
	string outsd, si, 7
	done

	end_of_table

	section .note.GNU-stack noalloc noexec nowrite progbits
