; SPDX-License-Identifier: GPL-2.0
; Real-address mode: EPTP switching, see inc/switch.inc.
%include "real.inc"

%define POINTER		si

start:
	real_mode
%include "switch.inc"
