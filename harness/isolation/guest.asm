; SPDX-License-Identifier: GPL-2.0
; The guest of all runs: in real mode, protected mode (with and without PAE paging) and
; 64-bit mode it reads and writes all that an instruction can reach. It is a list of
; slots, of which the mask in its memory says which are to be executed. A slot that
; faults, or that causes a VM exit, is over, and the next one follows.
;
; isolation.h has the same addresses.
%include "layout.inc"

; ---- slots ----

%assign count 0

; Where what this slot reads goes: 16 bytes
%define D	(DUMP + count * 16)

%macro slot 0
	always
	bt dword [MASK + count / 32 * 4], count % 32
	jnc near %$end
%endmacro

; One that is executed whatever the mask says
%macro always 0
%push slot
slot_%[MODE]_%[count]:
	mov dword [NEXT], %$end
%endmacro

%macro endslot 0
%$end:
%pop
%assign count count + 1
%endmacro

; One that is among those of each run of a sweep
%macro core 0
	slot
%assign core_%[count] 1
%endmacro

; A slot of one instruction, or of bytes
%macro one 1+
	slot
	%1
	endslot
%endmacro

; The same at CPL 3. It comes back by an interrupt, or by whatever else.
%macro user 1+
%if MODE > 16
	slot
%if MODE = 64
	push USER_DATA
	push USER_STACK
	push 2
	push USER_CODE64
	push %%user
	iretq
%else
	push dword USER_DATA
	push dword USER_STACK
	push dword 2
	push dword USER_CODE32
	push dword %%user
	iretd
%endif
%%user:
	%1
	int 0x30
	endslot
%else
	slot
	endslot
%endif
%endmacro

; A slot that reads an MSR, and one that writes it
%macro msr_read 1
	slot
	mov ecx, %1
	rdmsr
	mov [D], eax
	mov [D + 4], edx
	endslot
%endmacro

%macro msr_write 1
	slot
	mov ecx, %1
	mov edx, 0x00001eef
	mov eax, 0x5ec2e000 | (%1 & 0xff)
	wrmsr
	endslot
	; with few bits, which more of them take
	slot
	mov ecx, %1
	xor edx, edx
	mov eax, 1
	wrmsr
	endslot
%endmacro

; To all MSRs that Linux, or vmxfs, has values in
%macro all_msrs 1
	%1 0xc0000080		; IA32_EFER
	%1 0xc0000081		; IA32_STAR
	%1 0xc0000082		; IA32_LSTAR
	%1 0xc0000083		; IA32_CSTAR
	%1 0xc0000084		; IA32_FMASK
	%1 0xc0000100		; IA32_FS_BASE
	%1 0xc0000101		; IA32_GS_BASE
	%1 0xc0000102		; IA32_KERNEL_GS_BASE
	%1 0xc0000103		; IA32_TSC_AUX
	%1 0x174		; IA32_SYSENTER_CS
	%1 0x175		; IA32_SYSENTER_ESP
	%1 0x176		; IA32_SYSENTER_EIP
	%1 0x277		; IA32_PAT
	%1 0x1d9		; IA32_DEBUGCTL
	%1 0x1b			; IA32_APIC_BASE
	%1 0x3a			; IA32_FEATURE_CONTROL
	%1 0x3b			; IA32_TSC_ADJUST
	%1 0x48			; IA32_SPEC_CTRL
	%1 0xe1			; IA32_UMWAIT_CONTROL
	%1 0x140		; MISC_FEATURES_ENABLES
	%1 0x1a0		; IA32_MISC_ENABLE
	%1 0x1c4		; IA32_XFD
	%1 0x1c5		; IA32_XFD_ERR
	%1 0x2ff		; IA32_MTRR_DEF_TYPE
	%1 0x38f		; IA32_PERF_GLOBAL_CTRL
	%1 0x570		; IA32_RTIT_CTL
	%1 0x6a0		; IA32_U_CET
	%1 0x6a2		; IA32_S_CET
	%1 0x6a4		; IA32_PL0_SSP
	%1 0x6a7		; IA32_PL3_SSP
	%1 0x6a8		; IA32_INTERRUPT_SSP_TABLE_ADDR
	%1 0x6e0		; IA32_TSC_DEADLINE
	%1 0x6e1		; IA32_PKRS
	%1 0x808		; x2APIC TPR
	%1 0x830		; x2APIC ICR
	%1 0xd90		; IA32_BNDCFGS
	%1 0xda0		; IA32_XSS
	%1 0x14ce		; IA32_LBR_CTL
%endmacro

; A register of the width of the mode: r(a) is RAX or EAX
%macro widths 0
%if MODE = 64
%define ax_	rax
%define bx_	rbx
%define cx_	rcx
%define dx_	rdx
%define sp_	rsp
%else
%define ax_	eax
%define bx_	ebx
%define cx_	ecx
%define dx_	edx
%define sp_	esp
%endif
%endmacro

%macro read_cr 1
	slot
	mov ax_, %1
	mov [D], ax_
	endslot
%endmacro

%macro read_selector 1
	slot
	mov eax, %1
	mov [D], eax
	endslot
%endmacro

%macro write_register 2		; register, value
	slot
	mov eax, %2
	mov %1, ax_
	endslot
%endmacro

; ---- what each mode executes; the slots have the same numbers in all modes ----

%macro payload 0
	widths
	; -- reading
	slot
	mov [D], ax_
	mov [D + 8], dx_
	endslot
	slot
	mov [D], bx_
	mov [D + 8], cx_
	endslot
%assign number 8
%rep 4
	slot
%if MODE = 64
%assign second number + 1
	mov [D], r%[number]
	mov [D + 8], r%[second]
%endif
	endslot
%assign number number + 2
%endrep
	slot
	mov [D], esi
	mov [D + 4], edi
	mov [D + 8], ebp
	endslot
	always			; without this there is no XGETBV
	mov ax_, cr4
	or eax, 0x40600		; OSXSAVE, OSFXSR, OSXMMEXCPT
	mov cr4, ax_
	endslot
	slot
	mov eax, -1
	mov edx, -1
	xsave [XSAVE1]
	endslot
	slot
	xor ecx, ecx
	xgetbv
	mov [D], eax
	mov [D + 4], edx
	endslot
	slot
	mov ecx, 1
	xgetbv
	mov [D], eax
	mov [D + 4], edx
	endslot
	one fxsave [FXSAVE1]
	one stmxcsr [D]
	one fnstcw [D]
	always
	mov ax_, cr4
	or eax, 0x410000	; FSGSBASE, PKE
	mov cr4, ax_
	endslot
	read_cr cr0
	read_cr cr2
	read_cr cr3
	read_cr cr4
	slot
%if MODE = 64
	mov rax, cr8
	mov [D], eax
%endif
	endslot
	read_cr dr0
	read_cr dr1
	read_cr dr2
	read_cr dr3
	read_cr dr6
	read_cr dr7
	slot
	smsw eax
	mov [D], eax
	endslot
	read_selector cs
	read_selector ss
	read_selector ds
	read_selector es
	read_selector fs
	read_selector gs
	one sldt [D]
	one str [D]
	one sgdt [D]
	one sidt [D]
	core
	rdtscp
	mov [D], ecx
	endslot
	slot			; RDPID EAX, or RAX
	db 0xf3, 0x0f, 0xc7, 0xf8
	mov [D], eax
	endslot
	slot			; RDPKRU
	xor ecx, ecx
	db 0x0f, 0x01, 0xee
	mov [D], eax
	endslot
	slot
%if MODE = 64
	rdfsbase rax
	rdgsbase rbx
	mov [D], rax
	mov [D + 8], rbx
%endif
	endslot
	core
%if MODE = 64
	swapgs
	rdgsbase rax
	mov [D], rax
	mov rbx, 0x00001eef00000000
	wrgsbase rbx
	swapgs
%endif
	endslot
	slot
	vmovdqu [D], xmm7
	endslot
	slot
	xor ecx, ecx
	rdpmc
	mov [D], eax
	endslot
	slot			; memory that is never mapped
	mov eax, [dword HOLE]
	mov [D], eax
	endslot
	slot			; RDSSP
	xor eax, eax
	db 0xf3, 0x0f, 0x1e, 0xc8
	mov [D], eax
	endslot
	slot
	mov eax, 1
	xor ecx, ecx
	cpuid
	mov [D], ebx
	mov [D + 4], ecx
	endslot
	slot
	in al, 0x80
	mov [D], al
	endslot
	all_msrs msr_read
	; -- by way of where it goes: the fault's address is in CR2
	core
	syscall
	endslot
	one sysenter
	read_cr cr2
%assign reads count
	; -- writing
	core
	mov ecx, 0xc0000102
	mov edx, 0x00001eef
	mov eax, edx
	wrmsr
	endslot
	core
	mov ecx, 0xc0000082
	mov edx, 0x00001eef
	mov eax, edx
	wrmsr
	endslot
	all_msrs msr_write
	core			; each component that there is, and more and more of them
	xor ecx, ecx
	xor edx, edx
	mov eax, 7
	xsetbv
	endslot
	core			; With AVX alone it clears what AVX-512 has above it.
	vpcmpeqd ymm2, ymm2, ymm2
	endslot
	slot
	xor ecx, ecx
	xor edx, edx
	mov eax, 0xe7
	xsetbv
	endslot
	core
	xor ecx, ecx
	xor edx, edx
	mov eax, 0x2e7
	xsetbv
	endslot
	slot
	xor ecx, ecx
	xor edx, edx
	mov eax, 0x602e7
	xsetbv
	endslot
	core
	vpcmpeqd ymm0, ymm0, ymm0
	vpcmpeqd ymm3, ymm3, ymm3
	vpcmpeqd ymm7, ymm7, ymm7
	endslot
	one pcmpeqd xmm1, xmm1
	core			; zmm0, zmm1 and, where there are as many, zmm31
	vpternlogd zmm0, zmm0, zmm0, 0xff
	vpternlogd zmm1, zmm1, zmm1, 0xff
%if MODE = 64
	vpternlogd zmm31, zmm31, zmm31, 0xff
%endif
	endslot
	one kxnorw k1, k1, k1
	core			; WRPKRU
	mov eax, 0x55555554
	xor ecx, ecx
	xor edx, edx
	db 0x0f, 0x01, 0xef
	endslot
	core
	mov dword [SCRATCH], 0x3f80
	ldmxcsr [SCRATCH]
	endslot
	core
	fninit
	fldpi
	fldpi
	mov dword [SCRATCH], 0xf7f
	fldcw [SCRATCH]
	endslot
	slot
	mov eax, -1
	mov edx, -1
	xrstor [XRSTOR1]
	endslot
	slot
	mov eax, -1
	mov edx, -1
	xsaveopt [XSAVE2]
	endslot
	slot
	mov eax, -1
	mov edx, -1
	xsavec [XSAVE2]
	endslot
	slot
	mov eax, -1
	mov edx, -1
	xsaves [XSAVE2]
	endslot
	slot
	mov eax, -1
	mov edx, -1
	xrstors [XSAVE2]
	endslot
	one fxrstor [XRSTOR1]
	slot			; XCR0 back to the least
	xor ecx, ecx
	xor edx, edx
	mov eax, 1
	xsetbv
	endslot
	write_register dr0, 0x1111
	write_register dr1, 0x2222
	write_register dr2, 0x3333
	write_register dr3, 0x4444
	write_register dr6, 0xffff4ff5
	write_register dr7, 0x700
	core
	mov eax, 0x4aa
	mov dr7, ax_
	endslot
	write_register dr7, 0x400
	write_register cr2, 0x5ec2e
	core
%if MODE = 64
	mov eax, 2		; what Linux has below that, it can do without
	mov cr8, rax
%endif
	endslot
	core
%if MODE = 64
	mov rbx, 0x00001eef11110000
	wrfsbase rbx
	wrgsbase rbx
%endif
	endslot
	one clts
	slot
	mov eax, 0xa
	lmsw ax
	endslot
	slot			; NE, ET, MP, TS, AM, WP, one bit after the other
	mov ax_, cr0
	xor eax, 0x8
	mov cr0, ax_
	endslot
	core
	mov ax_, cr0
	xor eax, 0x50002
	mov cr0, ax_
	endslot
	slot
	mov ax_, cr0
	xor eax, 0x40000000	; CD, without NW
	mov cr0, ax_
	endslot
	slot
	mov ax_, cr0
	xor eax, 0x60000000	; CD, NW
	mov cr0, ax_
	endslot
	slot
	mov ax_, cr0
	xor eax, 0x20
	mov cr0, ax_
	endslot
%assign bit 0
%rep 26
%if bit <> 5 && bit <> 12
	slot			; each bit of CR4 but PAE and LA57
	mov ax_, cr4
	xor eax, 1 << bit
	mov cr4, ax_
	endslot
%endif
%assign bit bit + 1
%endrep
	slot
	mov ax_, cr3
	mov cr3, ax_
	endslot
	one lgdt [GDT_POINTER]
	one lidt [IDT_POINTER_OF_MODE]
	slot
	xor eax, eax
	lldt ax
	endslot
	slot
%if MODE > 16
	mov eax, KERNEL_DATA
	mov ds, eax
	mov es, eax
%endif
	mov fs, eax
	mov gs, eax
	endslot
	one invlpg [0]
	slot
	mov eax, 2
	invpcid eax_width, [SCRATCH]
	endslot
	one wbinvd
	one invd
	one out 0x80, al
	one in al, 0x71
	slot
	mov dx, 0xcf8
	in eax, dx
	endslot
	one hlt
	one pause
	one cpuid
	one rdtsc
	one rdrand eax
	one rdseed eax
	slot
	xor eax, eax
	xor ecx, ecx
	xor edx, edx
	monitor
	endslot
	slot
	mov eax, 0
	mov ecx, 0
	mwait
	endslot
	slot			; TPAUSE EAX, until 0
	xor eax, eax
	xor edx, edx
	db 0x66, 0x0f, 0xae, 0xf0
	endslot
	slot			; UMONITOR EAX; UMWAIT EAX
	xor eax, eax
	xor edx, edx
	db 0xf3, 0x0f, 0xae, 0xf0
	db 0xf2, 0x0f, 0xae, 0xf0
	endslot
	one int3
	one db 0xf1		; INT1
	one int 0x80
	slot			; with RFLAGS.NT, AC, IOPL and DF
%if MODE = 64
	push 0x47402
	popfq
%else
	push dword 0x47402
	popfd
%endif
	endslot
	one sti
	one cli
	slot
	xor eax, eax
	getsec
	endslot
	slot			; ENCLS, ENCLU, ENCLV, PCONFIG
	xor eax, eax
	db 0x0f, 0x01, 0xcf
	endslot
	slot
	xor eax, eax
	db 0x0f, 0x01, 0xd7
	endslot
	slot
	xor eax, eax
	db 0x0f, 0x01, 0xc0
	endslot
	slot
	xor eax, eax
	db 0x0f, 0x01, 0xc5
	endslot
	slot
	xor eax, eax
	mov ecx, 1
	vmfunc
	endslot
	one vmcall
	one vmlaunch
	one vmresume
	one vmxoff
	one vmxon [SCRATCH]
	one vmclear [SCRATCH]
	one vmptrld [SCRATCH]
	one vmptrst [SCRATCH]
	slot
	mov eax, 0x6c16		; host RIP
	vmread ax_, ax_
	endslot
	slot
	mov eax, 0x6c16
	vmwrite ax_, ax_
	endslot
	one db 0x0f, 0x01, 0xe8		; SERIALIZE, or SETSSBSY with F3
	one db 0xf3, 0x0f, 0x01, 0xe8	; SETSSBSY
	one db 0xf3, 0x0f, 0x01, 0xea	; SAVEPREVSSP
	one db 0xf3, 0x0f, 0xae, 0xe8	; INCSSP EAX
	one db 0xf3, 0x0f, 0xae, 0x35, SCRATCH & 0xff, SCRATCH >> 8 & 0xff, SCRATCH >> 16, 0
	one db 0xf3, 0x0f, 0x01, 0x2d, SCRATCH & 0xff, SCRATCH >> 8 & 0xff, SCRATCH >> 16, 0
	one db 0xf3, 0x0f, 0x01, 0xee	; CLUI, UIRET and their like
	one db 0xf3, 0x0f, 0x01, 0xef
	one db 0xf2, 0x0f, 0x01, 0xc6	; RDMSRLIST, WRMSRLIST
	one db 0xf3, 0x0f, 0x01, 0xc6
	one db 0xf3, 0x0f, 0x3a, 0xf0, 0xc0, 0	; HRESET
	slot			; SYSRET, with what it then is at CPL 3
	mov ecx, %%back
	mov r11_, 2
	sysret_
%%back:
	endslot
	; -- at CPL 3
	user rdtsc
	user rdtscp
	user cpuid
	user hlt
	user syscall
	user sysenter
	user out 0x80, al
	user sgdt [SCRATCH]
	user smsw eax
	user vmcall
	user rdpmc
	user xgetbv
	user db 0x0f, 0x01, 0xee
	user mov ax_, cr0
	user int 0x80
	user pause
	user vpcmpeqd ymm5, ymm5, ymm5
	user fldpi
%endmacro

; What is written differently in each mode
%macro mode 1
%define MODE %1
bits %1
%if %1 = 64
%define IDT_POINTER_OF_MODE IDT64_POINTER
%define eax_width rax
%define r11_ r11d
%define sysret_ o64 sysret
%elif %1 = 32
%define IDT_POINTER_OF_MODE IDT32_POINTER
%define eax_width eax
%define r11_ edx
%define sysret_ sysret
%else
%define IDT_POINTER_OF_MODE IVT_POINTER
%define eax_width eax
%define r11_ edx
%define sysret_ sysret
%endif
%assign count 0
%endmacro

; ---- the image ----

org 0

bits 32
	; A vCPU that is as clone made it begins here.
	jmp CODE32

times NUMBERS - ($ - $$) db 0
	dd SLOTS, READS, SPIN

times IVT - ($ - $$) db 0
%rep 256
	dw (handler16 - $$) & 0xffff, CODE16 >> 4
%endrep

times IDT32 - ($ - $$) db 0
%rep 256
	dw (handler32 - $$) & 0xffff, KERNEL_CODE32, 0xee00, (handler32 - $$) >> 16
%endrep

times GDT - ($ - $$) db 0
	dq 0
	dq 0x00cf9b000000ffff	; KERNEL_CODE32
	dq 0x00cf93000000ffff	; KERNEL_DATA
	dq 0x00cffb000000ffff	; USER_CODE32
	dq 0x00cff3000000ffff	; USER_DATA
	dq 0x00af9b000000ffff	; KERNEL_CODE64
	dq 0x00affb000000ffff	; USER_CODE64
	dw 0x67, TSS, 0x8900, 0	; KERNEL_TSS, which all modes can read
	dd 0, 0
GDT_END:

times TSS - ($ - $$) db 0
	dd 0
	; 32-bit: ESP0, SS0; 64-bit: RSP0, whose upper half must be 0 in 64-bit mode
	dd STACK
tss_ss0:
	dd 0

times GDT_POINTER - ($ - $$) db 0
	dw GDT_END - $$ - GDT - 1
	dd GDT, 0
times IDT32_POINTER - ($ - $$) db 0
	dw 0x7ff
	dd IDT32, 0
times IDT64_POINTER - ($ - $$) db 0
	dw 0xfff
	dd IDT64, 0
times IVT_POINTER - ($ - $$) db 0
	dw 0x3ff
	dd IVT, 0

times IDT64 - ($ - $$) db 0
%rep 256
	dw (handler64 - $$) & 0xffff, KERNEL_CODE64, 0xee00, (handler64 - $$) >> 16
	dd 0, 0
%endrep

; Present, writable, user; the last one is a page of 2 MB
times PML4 - ($ - $$) db 0
	dq PDPT + 7
times PDPT - ($ - $$) db 0
	dq PD + 7
times PD - ($ - $$) db 0
	dq 0x87
times PAE_PDPT - ($ - $$) db 0
	dq PD + 1

; An XSAVE image for XRSTOR: all that the processor can take of AVX and AVX-512
times XRSTOR1 - ($ - $$) db 0
	dw 0x37f
	times 22 db 0
	dd 0x1f80, 0
	times 480 db 0x5e
	dq 0x2e7
	times 56 db 0
	times 2200 db 0xa5

; ---- code ----

times CODE16 - ($ - $$) db 0
mode 16
	cli
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, STACK & 0xffff
	lidt [IVT_POINTER]
	payload
	mov byte [DONE], 1
end16:
	vmcall
	jmp end16
handler16:
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, STACK & 0xffff
	jmp word [NEXT]
times CODE32 - ($ - $$) db 0
mode 32
	cli
	mov esp, STACK
	mov dword [NEXT], begin32_1
	lgdt [GDT_POINTER]
begin32_1:
	mov dword [NEXT], begin32_2
	lidt [IDT32_POINTER]
begin32_2:
	mov dword [tss_ss0], KERNEL_DATA
	mov dword [NEXT], begin32
	mov eax, KERNEL_TSS
	ltr ax
begin32:
	payload
	mov byte [DONE], 1
end32:
	vmcall
	jmp end32
handler32:
	mov eax, KERNEL_DATA
	mov ss, eax
	mov ds, eax
	mov es, eax
	mov esp, STACK
	jmp dword [NEXT]

	; It goes on for ever, and destroys what others have.
spin:
	mov eax, cr4
	or eax, 0x40600
	mov cr4, eax
.1:
	vpcmpeqd ymm0, ymm0, ymm0
	vpcmpeqd ymm3, ymm3, ymm3
	fldpi
	fldpi
	jmp .1
SPIN	equ spin
times CODE64 - ($ - $$) db 0
mode 64
	cli
	mov esp, STACK
	mov dword [NEXT], begin64_1
	lgdt [GDT_POINTER]
begin64_1:
	mov dword [NEXT], begin64_2
	lidt [IDT64_POINTER]
begin64_2:
	mov dword [NEXT], begin64
	mov eax, KERNEL_TSS
	ltr ax
begin64:
	payload
	mov byte [DONE], 1
end64:
	vmcall
	jmp end64
handler64:
	xor eax, eax
	mov ss, eax
	mov esp, STACK
	jmp qword [NEXT]

SLOTS	equ count
READS	equ reads

; ---- where each slot is, in each mode ----

%macro table 1
%assign i 0
%rep SLOTS
	dd slot_%[%1]_%[i]
%assign i i + 1
%endrep
%endmacro

times TABLES - ($ - $$) db 0
	table 16
	table 32
	table 64
times CORE - ($ - $$) db 0
%assign i 0
%rep SLOTS
%ifdef core_%[i]
	db 1
%else
	db 0
%endif
%assign i i + 1
%endrep
times IMAGE_SIZE - ($ - $$) db 0
