// SPDX-License-Identifier: GPL-2.0
/* libFuzzer's: the device is DEVICE, and what its driver does comes from the input. */
#include "hostile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hostile_stream stream = { .data = data, .size = size };
	struct hostile_count count = { 0 };

	if (size)
		hostile_run(DEVICE, &stream, -1, &count);
	return 0;
}
