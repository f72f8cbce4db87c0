/* SPDX-License-Identifier: GPL-2.0 */
/* The file system: its files as text, and as the ioctls of programs. */
#ifndef VMXFS_FILES_H
#define VMXFS_FILES_H

#include <linux/fs.h>
#include <linux/seq_file.h>
#include "life/life.h"
#include "memory/memory.h"
#include "program/program.h"
#include "run/run.h"
#include "vmcs/vmcs.h"

/* ---- table.c: the files of a vCPU ---- */

/**
 * struct vmxfs_format - what a file of a vCPU holds
 * @mode: permissions
 * @min_words: how many words a line has that is written, at least
 * @max_words: and at most; 0 if @store takes whole lines
 * @show: writes its text
 * @store: takes the words of a line, or the line without newline, and may change them; 1
 *	means that the vCPU is to end, -EAGAIN that the line, which is as it was, has to wait
 *	for vmxfs_vcpu.exc
 * @clear: does what O_TRUNC means
 * @always: it can be read in every state
 * @loose: the last line need not end in a newline
 * @size: how long the text may be expected to be, in bytes, if it is long
 * @fops: of a file that is no text
 *
 * All run with the vCPU locked.
 */
struct vmxfs_format {
	umode_t mode;
	u8 min_words;
	u8 max_words;
	int (*show)(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
	int (*store)(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
	void (*clear)(struct vmxfs_vcpu *vcpu, int which);
	bool always;
	bool loose;
	size_t size;
	const struct file_operations *fops;
};

/* The most that any format has */
#define VMXFS_WORDS_MAX	6

/**
 * struct vmxfs_file - a file of a vCPU's directory
 * @name: its name
 * @format: what it holds
 * @which: which of several files of this format
 */
struct vmxfs_file {
	const char *name;
	const struct vmxfs_format *format;
	int which;
};

extern const struct vmxfs_file vmxfs_files[];
extern const size_t vmxfs_files_count;
#define VMXFS_CTL (&vmxfs_files[0])
const struct vmxfs_file *vmxfs_file_find(const char *name);

/* ---- text.c: files that hold text ---- */

/**
 * struct vmxfs_open - an open file of a vCPU
 * @vcpu: whose, with a reference
 * @file: which
 * @owns: the vCPU ends when this file is closed
 */
struct vmxfs_open {
	struct vmxfs_vcpu *vcpu;
	const struct vmxfs_file *file;
	bool owns;
};

extern const struct file_operations vmxfs_text_fops;
int vmxfs_text_open(struct file *file, struct vmxfs_vcpu *vcpu, const struct vmxfs_file *kind,
		    bool owns);
ssize_t vmxfs_text_write(struct file *file, const char __user *buf, size_t count, loff_t *pos);
int vmxfs_text_release(struct inode *inode, struct file *file);

/* ---- inode.c, directory.c, clone.c, segment_file.c, fs.c: the file system ---- */

extern struct dentry *vmxfs_root, *vmxfs_segment_dir;
extern const struct inode_operations vmxfs_vcpu_iops, vmxfs_segment_dir_iops;
extern const struct file_operations vmxfs_clone_fops;
int vmxfs_fs_init(void);
void vmxfs_fs_exit(void);
int vmxfs_vcpu_publish(struct vmxfs_vcpu *vcpu);
struct inode *vmxfs_new_inode(struct super_block *sb, umode_t mode);
struct dentry *vmxfs_add_entry(struct dentry *parent, const char *name, struct inode *inode);
struct dentry *vmxfs_add_dir(struct dentry *parent, const char *name,
			     const struct inode_operations *iops,
			     const struct file_operations *fops, void *private);
struct vmxfs_segment *vmxfs_segment_get(const char *name);

/* ---- ioctl.c: the binary way in ---- */

long vmxfs_ioctl(struct file *file, unsigned int command, unsigned long arg);
int vmxfs_page_mmap(struct file *file, struct vm_area_struct *vma);

/* ---- wait.c, fpregs.c, fields.c: those that are no text ---- */

extern const struct file_operations vmxfs_wait_fops, vmxfs_fpregs_fops, vmxfs_fields_fops;

/* ---- vmcs_file.c: the fields of the VMCS ---- */

/**
 * struct vmxfs_field_name - a row of vmx_fields.h
 * @name: identifier, in upper case
 * @field: encoding
 */
struct vmxfs_field_name {
	const char *name;
	u32 field;
};

extern const struct vmxfs_field_name vmxfs_field_names[];
extern const size_t vmxfs_field_names_count;
int vmxfs_vmcs_write(struct vmxfs_vcpu *vcpu, const char *name, u32 field, u64 value, bool own);

/* ---- operand.c: what lines are made of ---- */

/* Longer than any name of an operand, in bytes */
#define VMXFS_OPERAND_NAME 16

#define VMXFS_NO_FIELD U32_MAX

/**
 * struct vmxfs_operand - a number, or the address of something
 * @value: the number, or the address
 * @offset: what was added to the address
 * @field: the VMCS field that this is the structure for, or VMXFS_NO_FIELD
 * @region: of a region for the insn file
 * @vmx: of the VMCS or the VMXON region
 */
struct vmxfs_operand {
	u64 value;
	u64 offset;
	u32 field;
	bool region;
	bool vmx;
};

int vmxfs_words(char *text, char **word, int max);
int vmxfs_operand_parse(struct vmxfs_vcpu *vcpu, const char *text,
			struct vmxfs_operand *operand);

void vmxfs_show_value(struct seq_file *m, const char *name, u64 value, int digits);

/* ---- exception.c, line.c: exceptions and VM exits by name ---- */

int vmxfs_event_parse(struct vmxfs_vcpu *vcpu, char *text, struct vmxfs_event *event);
const char *vmxfs_exception_name(u8 vector);
size_t vmxfs_exit_format(const struct vmxfs_exit *exit, char *buf);

/* ---- the texts of the files, each in the file that is named after it ---- */

extern bool vmxfs_unsafe;
int vmxfs_ctl_store(struct vmxfs_vcpu *vcpu, char **line, int one, int unused);
int vmxfs_regs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_regs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);
int vmxfs_regs_set(struct vmxfs_vcpu *vcpu, char *list);
int vmxfs_map_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
int vmxfs_map_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
int vmxfs_ept_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_ept_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);
int vmxfs_field_find(const char *name);
int vmxfs_control_bit(const char *name);
int vmxfs_vmcs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_vmcs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);
int vmxfs_processor_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_processor_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);
int vmxfs_insn_init(void);
void vmxfs_insn_exit(void);
int vmxfs_insn_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_insn_store(struct vmxfs_vcpu *vcpu, char **line, int one, int unused);
struct vmxfs_segment *vmxfs_area_segment(struct vmxfs_vcpu *vcpu, const char *name);
int vmxfs_page_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
int vmxfs_page_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
int vmxfs_bitmap_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
int vmxfs_bitmap_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
int vmxfs_msr_bitmap_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused);
int vmxfs_msr_bitmap_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused);
int vmxfs_msrs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which);
int vmxfs_msrs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which);
void vmxfs_msrs_clear(struct vmxfs_vcpu *vcpu, int which);

#endif
