/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mounting, and loading the module: 0 or a negative errno.
 */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>

int module_load(const char *path);
int module_remove(void);
bool module_is_loaded(void);

int fs_mount(void);
int fs_unmount(int flags);
bool fs_is_mounted(void);

#endif
