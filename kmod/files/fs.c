// SPDX-License-Identifier: GPL-2.0
/*
 * The file system. One instance, whose dentries stay in the dcache:
 *
 *	clone caps segment/ N/{ctl,wait,regs,...}
 */
#define pr_fmt(fmt) "vmxfs: " fmt

#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/sysfs.h>
#include <asm/cpufeature.h>
#include "files/files.h"

#define VMXFS_MAGIC	0x564d5846	/* "VMXF" */

static int fs_caps_show(struct seq_file *m, void *unused)
{
	struct vmxfs_kept kept;
	int err = vmxfs_kept_probe(&kept);

	if (err == -ENOMEM)
		return err;
	vmxfs_caps_show(m);
	/* Without VMX nothing is known of VMWRITE. */
	if (!err) {
		seq_printf(m, "vmwrite.access_rights_reserved %d\n", kept.reserved);
		seq_printf(m, "vmwrite.access_rights_l %d\n", kept.l);
	}
	seq_printf(m, "vmxfs.unsafe %d\n", vmxfs_unsafe);
	seq_printf(m, "vmxfs.mtf %d\n", vmxfs_mtf);
	seq_printf(m, "vmxfs.processors %u\n", num_online_cpus());
	seq_printf(m, "vmxfs.self_snoop %d\n", boot_cpu_has(X86_FEATURE_SELFSNOOP));
	return 0;
}

static int fs_caps_open(struct inode *inode, struct file *file)
{
	return single_open(file, fs_caps_show, NULL);
}

static const struct file_operations vmxfs_caps_fops = {
	.owner = THIS_MODULE,
	.open = fs_caps_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static int fs_add_root_file(const char *name, umode_t mode, const struct file_operations *fops)
{
	struct inode *inode = vmxfs_new_inode(vmxfs_root->d_sb, S_IFREG | mode);

	if (inode) {
		inode->i_op = &vmxfs_vcpu_iops;
		inode->i_fop = fops;
	}
	return PTR_ERR_OR_ZERO(vmxfs_add_entry(vmxfs_root, name, inode));
}

static void vmxfs_evict_inode(struct inode *inode)
{
	clear_inode(inode);
	/* A folder has no reference, and the files of the root belong to nobody. */
	if (!S_ISREG(inode->i_mode) || !inode->i_private)
		return;
	/* Whatever its file_operations are */
	if (inode->i_op == &vmxfs_vcpu_iops)
		vmxfs_vcpu_put(inode->i_private);
	else
		vmxfs_segment_put(inode->i_private);
}

static const struct super_operations vmxfs_super_ops = {
	.statfs = simple_statfs,
	.drop_inode = generic_delete_inode,
	.evict_inode = vmxfs_evict_inode,
};

static int vmxfs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct inode *root;
	int err;

	sb->s_magic = VMXFS_MAGIC;
	sb->s_op = &vmxfs_super_ops;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_time_gran = 1;
	root = vmxfs_new_inode(sb, S_IFDIR | 0700);
	if (!root)
		return -ENOMEM;
	root->i_op = &simple_dir_inode_operations;
	root->i_fop = &simple_dir_operations;
	set_nlink(root, 3);
	sb->s_root = d_make_root(root);
	if (!sb->s_root)
		return -ENOMEM;
	vmxfs_root = sb->s_root;

	err = 0;
#define VMXFS_ROOT_FILE(name, mode) \
	err = err ?: fs_add_root_file(#name, mode, &vmxfs_##name##_fops);
#include "vmxfs_files.h"
	if (err)
		return err;
#define VMXFS_ROOT_FOLDER(name) \
	vmxfs_##name##_dir = vmxfs_add_dir(vmxfs_root, #name, &vmxfs_##name##_dir_iops, \
					   &simple_dir_operations, NULL);
#include "vmxfs_files.h"
	return PTR_ERR_OR_ZERO(vmxfs_segment_dir);
}

static int vmxfs_get_tree(struct fs_context *fc)
{
	return get_tree_single(fc, vmxfs_fill_super);
}

static const struct fs_context_operations vmxfs_context_ops = {
	.get_tree = vmxfs_get_tree,
};

static int vmxfs_init_fs_context(struct fs_context *fc)
{
	fc->ops = &vmxfs_context_ops;
	return 0;
}

/* The last mount is gone, and with it all vCPUs. */
static void vmxfs_kill_sb(struct super_block *sb)
{
	if (sb->s_root)
		vmxfs_vcpu_quit_all(false);
	kill_litter_super(sb);
}

static struct file_system_type vmxfs_type = {
	.owner = THIS_MODULE,
	.name = "vmxfs",
	.init_fs_context = vmxfs_init_fs_context,
	.kill_sb = vmxfs_kill_sb,
};
MODULE_ALIAS_FS("vmxfs");

int __init vmxfs_fs_init(void)
{
	int err;

	err = sysfs_create_mount_point(fs_kobj, "vmx");
	if (err)
		return err;
	err = register_filesystem(&vmxfs_type);
	if (err)
		sysfs_remove_mount_point(fs_kobj, "vmx");
	return err;
}

void vmxfs_fs_exit(void)
{
	unregister_filesystem(&vmxfs_type);
	sysfs_remove_mount_point(fs_kobj, "vmx");
}
