; SPDX-License-Identifier: GPL-2.0
; 64-bit mode: EPTP switching, see inc/switch.inc.
%include "long.inc"

%define POINTER		rsi

start:
	long_mode
%include "switch.inc"
