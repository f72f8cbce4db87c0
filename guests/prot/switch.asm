; SPDX-License-Identifier: GPL-2.0
; 32-bit protected mode without paging: EPTP switching, see inc/switch.inc.
%include "prot.inc"

%define POINTER		esi

start:
	protected_mode
%include "switch.inc"
