/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints, for perf and trace-cmd. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vmxfs

#if !defined(VMXFS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VMXFS_TRACE_H

#include <linux/tracepoint.h>
#include "cpu/instructions.h"
#include "vcpu/vcpu.h"

TRACE_EVENT(vmxfs_entry,
	TP_PROTO(int vcpu, const struct vmxfs_event *event),
	TP_ARGS(vcpu, event),
	TP_STRUCT__entry(
		__field(int, vcpu)
		__field(u64, rip)
		__field(u32, info)
		__field(u32, code)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu;
		__entry->rip = vmcs_read(VMCS_GUEST_RIP);
		__entry->info = event ? event->info : 0;
		__entry->code = event ? event->code : 0;
	),
	TP_printk("vcpu %d rip %#llx inject %#x code %#x",
		  __entry->vcpu, __entry->rip, __entry->info, __entry->code)
);

TRACE_EVENT(vmxfs_exit,
	TP_PROTO(int vcpu, const struct vmxfs_exit *exit, bool reported),
	TP_ARGS(vcpu, exit, reported),
	TP_STRUCT__entry(
		__field(int, vcpu)
		__field(u32, reason)
		__field(u64, qualification)
		__field(u64, rip)
		__field(u32, info)
		__field(bool, reported)
	),
	TP_fast_assign(
		__entry->vcpu = vcpu;
		__entry->reason = exit->reason;
		__entry->qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);
		__entry->rip = vmcs_read(VMCS_GUEST_RIP);
		__entry->info = exit->intr_info;
		__entry->reported = reported;
	),
	TP_printk("vcpu %d reason %#x qualification %#llx rip %#llx info %#x %s",
		  __entry->vcpu, __entry->reason, __entry->qualification, __entry->rip,
		  __entry->info, __entry->reported ? "reported" : "silent")
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH run
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
