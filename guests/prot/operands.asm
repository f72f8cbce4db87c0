; SPDX-License-Identifier: GPL-2.0
; Operands in memory, in 32-bit protected mode, with 32-bit paging: see inc/pages.inc and
; inc/operands.inc.
%include "../prot/pages.asm"
%include "operands.inc"
