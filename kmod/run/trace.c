// SPDX-License-Identifier: GPL-2.0
/* The tracepoints of trace.h. */
#include "vmxfs.h"

#define CREATE_TRACE_POINTS
#include "run/trace.h"
