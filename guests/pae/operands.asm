; SPDX-License-Identifier: GPL-2.0
; Operands in memory, in protected mode with PAE paging: see inc/pages.inc and
; inc/operands.inc.
%include "../pae/pages.asm"
%include "operands.inc"
