/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mounting, and loading the module: 0 or a negative errno.
 */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>

/* Of a file; @parameters are separated by blanks. */
int module_load(const char *path, const char *parameters);

/* The module that has come from this file. */
int module_remove(const char *path);
bool module_is_loaded(void);

int fs_mount(void);
int fs_unmount(int flags);
bool fs_is_mounted(void);

#endif
