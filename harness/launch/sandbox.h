/* SPDX-License-Identifier: GPL-2.0 */
/* What the process gives up before the guest runs: rights, files, system calls. */
#ifndef SANDBOX_H
#define SANDBOX_H

/*
 * Both end the program, with a message, if they can't. The first is before there are threads;
 * the second is for all threads that there are.
 */
void sandbox_give_up_rights(const char *user, const char *root);
void sandbox_give_up_system_calls(void);

#endif
