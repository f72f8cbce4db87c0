; SPDX-License-Identifier: GPL-2.0
; VM exits to a host of one's own: guests, and what the host does after the VM exit. CPUID,
; VMCALL and the instructions before them are the same bytes in 32 bits and in 64.
%include "root.inc"

%define CR0_CD		0x40000000
%define IA32_RTIT_OUTPUT_BASE	0x560
%define IA32_RTIT_OUTPUT_MASK	0x561
%define IA32_RTIT_CTL	0x570
%define RTIT_ONE_RANGE	0x7f			; of 128 bytes
%define RTIT_TRACE_OS	0x5

%define EPT_PML4	0x1e000
%define EPT_PDPT	0x1f000
%define EPT_ALL		0x7			; read, write, execute
%define EPT_WRITE_BACK	0x30
%define EPT_LARGE	0x80

section .text
bits 64
; ---- guests ----
$cpuid:
	cpuid
$hlt:
	hlt

; All flags that privilege level 0 can have without another effect
flags:
	push strict dword 0x244ed5
	popfq
$vmcall:
	vmcall

; Registers that no VM exit loads
registers:
	mov eax, 0x11111111
	mov ebx, 0x22222222
	mov ecx, 0x33333333
	mov edx, 0x44444444
	mov esi, 0x55555555
	mov edi, 0x66666666
	mov ebp, 0x77777777
	vmcall

; CR2, DR6, MSRs that are in no field
others:
	mov eax, 0x12345678
	mov cr2, rax
	mov eax, 0xffff0ff1
	mov dr6, rax
	vmcall

; An address of 57 bits
far_guest:
	mov rsi, 1 << 48
	mov rax, [rsi + marker]
	vmcall

; The MSR in ECX gets EDX:EAX.
$wrmsr:
	wrmsr
	vmcall

; The address range is monitored when the VM exit comes.
$monitor:
	xor ecx, ecx
	xor edx, edx
	mov eax, PML5
	monitor
	vmcall

; Without paging, with the memory as the segments' base: the guest enters IA-32e mode by itself. Its CR3 is
; that of 4-level paging already.
bits 32
enter_ia32e:
	mov ecx, IA32_EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov eax, cr0
	or eax, CR0_PG
	mov cr0, eax
in_ia32e:
	cpuid
; a read of the page that is the APIC-access page
read_apic:
	mov eax, [BITMAP + 0x10]
	vmcall
; a locked access, without and with CR0.CD
uncached:
	mov eax, cr0
	or eax, CR0_CD
	mov cr0, eax
cached:
	lock add dword [marker], 1
locked:
	vmcall
bits 64

; ---- before VM entry ----
; The MSR area at RBX is made the VM-exit MSR-store area; where it is then, it can be mended.
store_area:
	mov rax, [rbx]
	mov [EXIT_STORE], rax
	mov rax, [rbx + 8]
	mov [EXIT_STORE + 8], rax
	vmlaunch
	done

; EPT of the first 4 GiB, each address its own, in the last two pages; in 32 bits
bits 32
launch_ept:
	mov eax, [base]
	add eax, EPT_PDPT + EPT_ALL
	mov [EPT_PML4], eax
	mov eax, EPT_ALL + EPT_WRITE_BACK + EPT_LARGE
	mov edi, EPT_PDPT
.next:
	mov [edi], eax
	add edi, 8
	add eax, 0x40000000
	jnc .next
	vmlaunch
	done
bits 64

; Intel PT traces to the last page but one.
launch_traced:
	xor edx, edx
	mov ecx, IA32_RTIT_OUTPUT_BASE
	mov eax, [base]
	add eax, EPT_PML4
	wrmsr
	mov ecx, IA32_RTIT_OUTPUT_MASK
	mov eax, RTIT_ONE_RANGE
	wrmsr
	mov ecx, IA32_RTIT_CTL
	mov eax, RTIT_TRACE_OS
	wrmsr
	vmlaunch
untrace:
	mov ecx, IA32_RTIT_CTL
	xor eax, eax
	xor edx, edx
	wrmsr
	done

; VMRESUME of a VMCS that was launched and not cleared before VMXOFF and VMXON; RAX is 1 if the guest
; goes on by it, 0 if not.
after_vmxoff:
	xor dword [resumed], 1
	jz .done
	mov ebx, [base]
	lea eax, [rbx + VMXON_REGION]
	mov [pointer], rax
	vmxoff
	vmxon [pointer]
	jbe .done
	lea eax, [rbx + VMCS_REGION]
	mov [pointer], rax
	vmptrld [pointer]
	jbe .done
	xor eax, eax
	vmresume
	done
.done:
	mov eax, 1
	done

; ---- after the VM exit ----

; MWAIT waits for ever, without interrupts, if the range is still monitored.
$mwait:
	xor eax, eax
	xor ecx, ecx
	mwait
	done

; An I/O instruction at privilege level 3 looks into the TSS.
user_io:
	push USER_DATA32
	push USER_STACK
	push 2
	push USER_CODE64
	push user_in
	iretq
user_in:
	in al, 0x80
	done

; The stack of privilege level 0 comes from the TSS, too.
user_int:
	push USER_DATA32
	push USER_STACK
	push 2
	push USER_CODE64
	push user_done
	iretq
user_done:
	done

; Another fault, right after the VM exit
bad_selector:
	mov eax, 0x1f0
	mov ds, eax
	done

; An address of 57 bits
far_marker:
	mov rsi, 1 << 48
	mov rax, [rsi + marker]
	done

; Another VM exit entry, for another RIP
another:
	mov byte [marker], 1
	jmp exit64

bits 32
; A selector of the LDT
ldt_selector:
	mov eax, 0x14
	mov ds, eax
	done
; The stack of privilege level 0 comes from a TSS of 32 bits.
user_int_32:
	push USER_DATA32
	push USER_STACK
	push 2
	push USER_CODE32
	push user_done
	iretd
; A stack above 64 KByte
wide_stack:
	push 0x12345678
	cmp dword [esp], 0x12345678
	je .right
	ud2
.right:
	done
; The last bytes of 4 GiB are within the limit of a segment, but in no page.
far_ds:
	mov eax, [ds:0xfffffff0]
far_es:
	mov eax, [es:0xfffffff0]
far_fs:
	mov eax, [fs:0xfffffff0]
far_gs:
	mov eax, [gs:0xfffffff0]
far_ss:
	mov eax, [ss:0xfffffff0]
far_cs:
	mov eax, [cs:0xfffffff0]
; Reads and writes of the first page, by each segment
%macro near_by 1
near_%1:
	mov eax, [%1:marker]
	mov [%1:marker], eax
	done
%endmacro
	near_by ds
	near_by es
	near_by fs
	near_by gs
near_cs:
	mov eax, [cs:marker]
	done
write_cs:
	mov [cs:marker], eax
	done

section .data
align 16
marker:
	dq 0
resumed:
	dq 0
; MSR areas of one entry: index, reserved, value
%macro area 4
align 16
%1:
	dd %2, %3
	dq %4
%endmacro
	area star, 0xc0000081, 0, 0x1234567800000000
	area star_other, 0xc0000081, 0, 0x8765432100000000
	area kernel_gs_base, 0xc0000102, 0, 0x12345678
	area sysenter_cs, 0x174, 0, 0x1234
	area sysenter_esp, 0x175, 0, 0x12345678
	area sysenter_eip, 0x176, 0, 0x87654321
	area pat, 0x277, 0, 0x0007040600070400
	area efer_nxe_64, 0xc0000080, 0, 0xd00
	; What an area can't have
	area fs_base, 0xc0000100, 0, 0
	area gs_base, 0xc0000101, 0, 0
	area x2apic_first, 0x800, 0, 0
	area x2apic_tpr, 0x808, 0, 0
	area x2apic_last, 0x8ff, 0, 0
	area reserved_low, 0xc0000081, 1, 0
	area reserved_high, 0xc0000081, 0x80000000, 0
	area smm_monitor, 0x9b, 0, 0
	area efer_reserved, 0xc0000080, 0, 0x8000000000000d00
	area pat_reserved, 0x277, 0, 0x0207040600070400
	area kernel_gs_noncanonical, 0xc0000102, 0, 0x8000000000000000
; Page-directory-pointer tables of a 32-bit host, with what is reserved
align 32
pdptes_reserved:
	dq 0x3, 0, 0, 0
