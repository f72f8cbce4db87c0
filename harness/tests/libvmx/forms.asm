; SPDX-License-Identifier: GPL-2.0
; Forms of instructions that access memory, for code of BITS bits: each is executed on RAM
; by the processor, and on what is no RAM by the assist, and must do the same. forms.h has
; the layout.
;
; Where they access: what D and S point to, which may be either. Where it is asked for, CX
; is small, and so is DX, as a bit's number.

bits BITS

%if BITS == 16
%define D di
%define S si
%define MOFFS 0x1840
%define INDEXED bx + di
%elif BITS == 32
%define D edi
%define S esi
%define MOFFS 0x10001840
%define INDEXED edi + ecx * 4
%else
%define D rdi
%define S rsi
%define MOFFS qword 0x10001840
%define INDEXED rdi + rcx * 4
default abs
%endif

; Status flags that the SDM leaves undefined
CF equ 0x1
PF equ 0x4
AF equ 0x10
ZF equ 0x40
SF equ 0x80
OF equ 0x800
; Which registers are small numbers
SMALL_C equ 0x10000
SMALL_DX equ 0x20000

; form UNDEFINED | SMALL, INSTRUCTION
%macro form 2+
%%form:
	dd %1
	db %%end - %%code
%%code:
	%2
%%end:
	times 15 - (%%end - %%code) db 0x90
	%defstr TEXT %2
	db TEXT
	times 64 - ($ - %%form) db 0
%endmacro

; Each of MNEMONIC by register, from register, and by both kinds of immediate
%macro arithmetic 2		; UNDEFINED, MNEMONIC
	form %1, %2 [D], dl
	form %1, %2 [D], ch
	form %1, %2 [D + 3], dx
	form %1, %2 [D], edx
	form %1, %2 bh, [D]
	form %1, %2 dx, [D]
	form %1, %2 edx, [D - 5]
	form %1, %2 byte [D], 0x81
	form %1, %2 word [D], 0x8123
	form %1, %2 word [D], byte -2
	form %1, %2 dword [D], 0x81234567
	form %1, %2 dword [D], byte -2
%if BITS == 64
	form %1, %2 [D], sil
	form %1, %2 [D], r9b
	form %1, %2 [D], r9
	form %1, %2 r10, [D]
	form %1, %2 r10d, [D]
	form %1, %2 qword [D], -0x12345678
	form %1, %2 qword [D], byte -2
%endif
%endmacro

%macro unary 2
	form %1, %2 byte [D]
	form %1, %2 word [D]
	form %1, %2 dword [D + 0x7f]
%if BITS == 64
	form %1, %2 qword [D]
%endif
%endmacro

%macro locked 2+
	form %1, lock %2
%endmacro

%macro shift 1
	form AF, %1 byte [D], 1
	form AF, %1 dword [D], 1
	form AF | OF, %1 byte [D], 3
	form AF | OF, %1 word [D], 15
	form AF | OF, %1 dword [D], 31
	form AF | OF | SMALL_C, %1 dword [D], cl
	form AF | OF | CF, %1 byte [D], cl
	form AF | OF | CF, %1 word [D], cl
%if BITS == 64
	form AF | OF, %1 qword [D], 63
	form AF | OF, %1 qword [D], cl
%endif
%endmacro

%macro rotate 1
	form 0, %1 byte [D], 1
	form 0, %1 dword [D], 1
	form OF, %1 byte [D], 3
	form OF, %1 word [D], 15
	form OF, %1 dword [D], cl
	form OF, %1 byte [D], cl
%if BITS == 64
	form OF, %1 qword [D], 63
	form OF, %1 qword [D], cl
%endif
%endmacro

%macro bit 1
	form OF | SF | AF | PF, %1 word [D], 5
	form OF | SF | AF | PF, %1 dword [D], 255
	form OF | SF | AF | PF | SMALL_DX, %1 [D], dx
	form OF | SF | AF | PF | SMALL_DX, %1 [D], edx
%if BITS == 64
	form OF | SF | AF | PF, %1 qword [D], 63
	form OF | SF | AF | PF | SMALL_DX, %1 [D], rdx
%endif
%endmacro

%macro strings 1		; prefix
	form SMALL_C, %1 movsb
	form SMALL_C, %1 movsw
	form SMALL_C, %1 movsd
	form SMALL_C, %1 stosb
	form SMALL_C, %1 stosw
	form SMALL_C, %1 stosd
	form SMALL_C, %1 lodsb
	form SMALL_C, %1 lodsw
	form SMALL_C, %1 lodsd
	form SMALL_C, %1 cmpsb
	form SMALL_C, %1 cmpsd
	form SMALL_C, %1 scasb
	form SMALL_C, %1 scasw
	form SMALL_C, %1 scasd
%if BITS == 64
	form SMALL_C, %1 movsq
	form SMALL_C, %1 stosq
	form SMALL_C, %1 lodsq
	form SMALL_C, %1 cmpsq
	form SMALL_C, %1 scasq
	form SMALL_C, %1 a32 movsd
	form SMALL_C, %1 a32 stosb
	form SMALL_C, %1 a32 scasb
%endif
%endmacro

section .rodata
	align 8

%define NAME forms %+ BITS
	global NAME
NAME:

; MOV and its like
	form 0, mov [D], al
	form 0, mov [D], bh
	form 0, mov [D], ax
	form 0, mov [D], eax
	form 0, mov al, [D]
	form 0, mov bh, [D]
	form 0, mov bx, [D]
	form 0, mov ebx, [D]
	form 0, mov byte [D], 0x12
	form 0, mov word [D], 0x8765
	form 0, mov dword [D], 0x87654321
	form SMALL_C, mov [INDEXED + 0x20], edx
	form SMALL_C, mov edx, [INDEXED - 0x20]
	form 0, mov edi, [D]
	form 0, mov al, [MOFFS]
	form 0, mov ax, [MOFFS]
	form 0, mov eax, [MOFFS]
	form 0, mov [MOFFS], al
	form 0, mov [MOFFS], eax
	form 0, mov word [D], ss
	form 0, movzx dx, byte [D]
	form 0, movzx edx, byte [D]
	form 0, movzx edx, word [D]
	form 0, movsx dx, byte [D]
	form 0, movsx edx, byte [D]
	form 0, movsx edx, word [D]
	form 0, movbe dx, [D]
	form 0, movbe edx, [D]
	form 0, movbe [D], dx
	form 0, movbe [D], edx
	form 0, movnti [D], edx
%if BITS == 64
	form 0, mov [D], r8
	form 0, mov [D], spl
	form 0, mov r13, [D]
	form 0, mov r13b, [D]
	form 0, mov qword [D], -0x12345678
	form 0, mov rax, [MOFFS]
	form 0, mov [MOFFS], rax
	form 0, mov rdx, [edi]
	form SMALL_C, mov [edi + ecx * 8], rdx
	form 0, mov [dword 0x10001840], rdx
	form 0, movzx rdx, byte [D]
	form 0, movsx rdx, byte [D]
	form 0, movsx r12, word [D]
	form 0, movsxd rdx, dword [D]
	form 0, movbe rdx, [D]
	form 0, movbe [D], r11
	form 0, movnti [D], r11
%endif

; Arithmetic
	arithmetic 0, add
	arithmetic AF, or
	arithmetic 0, adc
	arithmetic 0, sbb
	arithmetic AF, and
	arithmetic 0, sub
	arithmetic AF, xor
	arithmetic 0, cmp
	form AF, test [D], dl
	form AF, test [D], dx
	form AF, test [D], edx
	form AF, test byte [D], 0x81
	form AF, test dword [D], 0x81234567
	unary 0, inc
	unary 0, dec
	unary 0, neg
	unary 0, not
	locked 0, add [D], edx
	locked AF, or byte [D], 0x55
	locked 0, inc word [D]
	locked 0, not dword [D]
	locked OF | SF | AF | PF, bts dword [D], 7
	shift shl
	shift shr
	shift sar
	rotate rol
	rotate ror
	rotate rcl
	rotate rcr
	form AF | OF, shld [D], edx, 7
	form AF | OF | SMALL_C, shld [D], edx, cl
	form AF | OF, shrd [D], edx, 30
	form AF | OF, shrd [D], edx, cl
	form AF | OF, shld [D], dx, 9
	bit bt
	bit bts
	bit btr
	bit btc

; Exchanges
	form 0, xchg [D], dl
	form 0, xchg [D], bh
	form 0, xchg [D], dx
	form 0, xchg edx, [D]
	form 0, xadd [D], dl
	form 0, xadd [D], dx
	form 0, xadd [D], edx
	form 0, cmpxchg [D], dl
	form 0, cmpxchg [D], dx
	form 0, cmpxchg [D], ebx
	locked 0, cmpxchg [D], ebx
	form 0, cmpxchg8b [D]
	locked 0, cmpxchg8b [D]
%if BITS == 64
	form 0, xchg [D], r14
	form 0, xadd [D], r14
	form 0, cmpxchg [D], r14
%endif

; Conditions
	form 0, seto [D]
	form 0, setno [D]
	form 0, setc [D]
	form 0, setnc [D]
	form 0, setz [D]
	form 0, setnz [D]
	form 0, setbe [D]
	form 0, seta [D]
	form 0, sets [D]
	form 0, setns [D]
	form 0, setpe [D]
	form 0, setpo [D]
	form 0, setl [D]
	form 0, setge [D]
	form 0, setle [D]
	form 0, setg [D]
	form 0, cmovo edx, [D]
	form 0, cmovnc edx, [D]
	form 0, cmovz dx, [D]
	form 0, cmova edx, [D]
	form 0, cmovs edx, [D]
	form 0, cmovpe edx, [D]
	form 0, cmovl edx, [D]
	form 0, cmovg edx, [D]
%if BITS == 64
	form 0, cmovc rdx, [D]
%endif

; The stack is in RAM.
	form 0, push word [D]
	form 0, pop word [D]
%if BITS == 64
	form 0, push qword [D]
	form 0, pop qword [D]
%else
	form 0, push dword [D]
	form 0, pop dword [D]
%endif

; Strings
	strings {}
	strings rep
	form SMALL_C, repne cmpsb
	form SMALL_C, repne cmpsd
	form SMALL_C, repne scasb
	form SMALL_C, repne scasw
	form SMALL_C, repne movsw

%define END forms %+ BITS %+ _end
	global END
END:

section .note.GNU-stack noalloc noexec nowrite progbits
