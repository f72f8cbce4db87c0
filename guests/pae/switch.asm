; SPDX-License-Identifier: GPL-2.0
; PAE paging: EPTP switching, see inc/switch.inc.
%include "pae.inc"

%define POINTER		esi

start:
	pae_mode
%include "switch.inc"
