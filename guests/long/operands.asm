; SPDX-License-Identifier: GPL-2.0
; Operands in memory, in 64-bit mode: see inc/pages.inc and
; inc/operands.inc.
%include "../long/pages.asm"
%include "operands.inc"
