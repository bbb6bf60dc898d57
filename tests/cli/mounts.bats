#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Paths of dentries and inodes, through the mounts of process 1.
load common

# mounts NAME: a dump of x86_64-pages whose init has a namespace of mounts, and the lines of standard input. / is mount_root,
# whose children are mount_bin on /bin and three mounts that the lines describe. Lists: mnt_mounts, mnt_child.
mounts() {
	vmlinux 64
	describe "$1" <<-END
	include $DUMPS/x86_64-pages.txt
	let nsproxy 0x3a600
	let namespace 0x3a620
	let mount_1 0x3a800
	let mount_2 0x3a880
	let mount_3 0x3a900
	let mounts 48
	let child 64
	at t_init+160: u64 d+nsproxy
	at nsproxy: u64 1 d+namespace
	at namespace: u64 1 d+mount_root
	at mount_root+mounts: u64 d+mount_bin+child d+mount_3+child
	at mount_bin+mounts: u64 d+mount_bin+mounts d+mount_bin+mounts d+mount_1+child d+mount_root+mounts
	at mount_1+mounts: u64 d+mount_1+mounts d+mount_1+mounts d+mount_2+child d+mount_bin+child
	at mount_2+mounts: u64 d+mount_2+mounts d+mount_2+mounts d+mount_3+child d+mount_1+child
	at mount_3+mounts: u64 d+mount_3+mounts d+mount_3+mounts d+mount_root+mounts d+mount_2+child
	let dentry_a 0x3aa00
	let dentry_b 0x3aa80
	at dentry_a: u64 0 0 1 d+dentry_root u32 0 1 u64 d+0x3ab00 0
	at dentry_b: u64 0 0 1 d+dentry_root u32 0 1 u64 d+0x3ab02 0
	at 0x3ab00: str "a"
	at 0x3ab02: str "b"
	at mount_1+16: u64 d+mount_root d+dentry_a 0
	at mount_2+16: u64 d+mount_root d+dentry_b 0
	at mount_3+16: u64 d+mount_root d+dentry_b 0
	$(cat)
	END
}

# path NAME PATH: the path of /init in the file system sda1, which process 1 sees.
path() {
	answers vmlinux "$1" 'ptov -a 1c20000' <<<"1c20000 use=file filesystem=ext4 device=sda1 file=/init path=$2"
}

@test "a file on a mount" {
	mounts one </dev/null
	answers vmlinux one 'ptov -a 1c20000 1c21123 1c22000' <<-END
	1c20000 file=/init path=/bin/init
	# on the root, below the mountpoint
	1c21123 file="/bin/gone (deleted)" path="/bin/gone (deleted)"
	# without a dentry
	1c22000 file=- path=-
	END
	run "$KWALK" -q vmlinux one -c 'ptov -a 1c20000'
	[[ $output == *'  file ext4 on sda1 inode 4711 /bin/init page 7' ]]
}

@test "vfsmounts before 3.3" {
	mounts one </dev/null
	X86_CC="${X86_CC:-${CC:-cc}} -DOLD_MOUNTS" vmlinux 64
	path one /bin/init
}

@test "a file on no mount of process 1" {
	mounts none <<<'at t_init+160: u64 0'
	answers vmlinux none 'ptov -a 1c20000 1c21123' <<-END
	1c20000 file=/init path=-
	1c21123 file="/bin/gone (deleted)" path=-
	END
	run "$KWALK" -q vmlinux none -c 'ptov -a 1c20000'
	[[ $output == *'  file ext4 on sda1 inode 4711 /init within ext4 page 7' ]]
	# its mount belongs to another namespace
	mounts other <<<'at mount_root+mounts: u64 d+mount_1+child d+mount_3+child'
	path other -
	# the mount shows another folder of the file system
	mounts folder <<<'at mount_bin+32: u64 d+dentry_a'
	path folder -
}

@test "a file on several mounts" {
	# mounts of the file, and of all of the file system: the mount with more of it
	mounts more <<-END
	at mount_bin+32: u64 d+dentry_init
	at mount_1+32: u64 d+dentry_bin_root
	at mount_2+32: u64 d+dentry_init
	END
	path more /a/init
	mounts single <<<'at mount_bin+32: u64 d+dentry_init'
	path single /bin
	# equal mounts: the first
	mounts equal <<-END
	at mount_bin+32: u64 0
	at mount_1+32: u64 d+dentry_bin_root
	at mount_2+32: u64 d+dentry_bin_root
	END
	path equal /a/init
	# mount_3 is mounted on the root of mount_bin, and mount_1 shows the same file system
	mounts hidden <<-END
	at mount_1+mounts: u64 d+mount_1+mounts d+mount_1+mounts d+mount_2+child d+mount_bin+child
	at mount_2+mounts: u64 d+mount_2+mounts d+mount_2+mounts d+mount_root+mounts d+mount_1+child
	at mount_bin+mounts: u64 d+mount_3+child d+mount_3+child
	at mount_3+mounts: u64 d+mount_3+mounts d+mount_3+mounts d+mount_bin+mounts d+mount_bin+mounts
	at mount_3+16: u64 d+mount_bin d+dentry_bin_root d+dentry_b
	at mount_1+32: u64 d+dentry_bin_root
	END
	path hidden /a/init
	# the nearest to the root: mount_1 is mounted in mount_2
	mounts nearest <<-END
	at mount_bin+mounts: u64 d+mount_bin+mounts d+mount_bin+mounts d+mount_2+child d+mount_root+mounts
	at mount_2+mounts: u64 d+mount_1+child d+mount_1+child d+mount_3+child d+mount_bin+child
	at mount_1+mounts: u64 d+mount_1+mounts d+mount_1+mounts d+mount_2+mounts d+mount_2+mounts
	at mount_bin+32: u64 0
	at mount_1+32: u64 d+dentry_bin_root
	at mount_3+32: u64 d+dentry_bin_root
	END
	path nearest /b/init
}

@test "damaged lists of mounts" {
	# a circle; a mount that is its own child; a child that is also the parent
	mounts circle <<<'at mount_3+child: u64 d+mount_bin+child'
	path circle /bin/init
	mounts own <<<'at mount_bin+mounts: u64 d+mount_bin+child d+mount_bin+child'
	path own /bin/init
	mounts parent <<<'at mount_3+mounts: u64 d+mount_root+child d+mount_root+child'
	path parent /bin/init
	# links and pointers to nothing
	mounts lost <<<'at mount_bin+child: u64 d+64M d+mount_root+mounts'
	path lost /bin/init
	mounts first <<<'at mount_root+mounts: u64 d+64M d+64M'
	path first -
	mounts proxy <<<'at t_init+160: u64 d+64M'
	path proxy -
	mounts pid <<<'at t_init+48: u32 2'
	path pid -
	mounts root <<<'at namespace+8: u64 d+64M'
	path root -
	# mounts and folders that contain each other
	mounts each <<-END
	at mount_root+16: u64 d+mount_bin d+dentry_init
	END
	path each -
	mounts folders <<<'at dentry_bin+24: u64 d+dentry_bin'
	path folders -
	mounts loop <<<'at dentry_bin_root+24: u64 d+dentry_init'
	answers vmlinux loop 'ptov -a 1c20000' <<<'1c20000 use=file file=- path=-'
}

@test "dentries and inodes of slabs" {
	vmlinux 64
	describe slabs <<-END
	include $DUMPS/x86_64-slabs.txt
	# / and /proc: motd is a file of /proc
	let namespace 0x3f600
	let mount_proc 0x3f700
	let mount_root 0x3f780
	let root_dir 0x3f800
	let proc_dir 0x3f880
	at t_init+160: u64 d+namespace+16
	at namespace: u64 1 d+mount_root 1 d+namespace
	at mount_root: u64 0 0 d+mount_root d+root_dir d+root_dir
	at mount_root+48: u64 d+mount_proc+64 d+mount_proc+64
	at mount_proc: u64 0 0 d+mount_root d+proc_dir d+dentries 0
	at mount_proc+48: u64 d+mount_proc+48 d+mount_proc+48 d+mount_root+48 d+mount_root+48
	at root_dir: u64 0 0 0 d+root_dir u32 0 1 u64 d+texts+48
	at proc_dir: u64 0 0 1 d+root_dir u32 0 4 u64 d+proc_dir+0x70
	at proc_dir+0x70: str "proc"
	at dentries+0x80+80: u64 d+sb
	# the inode has this dentry
	at 0x50488+32: u64 d+dentries+0x80+64
	# a name without an inode
	at dentries+0x100: u64 0 0 1 d+dentries u32 0 4 u64 d+dentries+0x170
	at dentries+0x170: str "none"
	END
	answers vmlinux slabs 'whatis ffff888000050480 ffff888000054080 ffff888000054000 ffff888000054100 ffff888000055008' <<-END
	ffff888000050480 type=inode inode=4711 filesystem=ext4 file=/motd path=/proc/motd \
		text="~inode 4711 at ffff888000050488 of /proc/motd"
	ffff888000054080 type=dentry filesystem=ext4 file=/motd path=/proc/motd text="~dentry of /proc/motd"
	ffff888000054000 type=dentry filesystem=- file="/ (no such file)" path="/proc (no such file)"
	ffff888000054100 type=dentry file="/none (no such file)" path="/proc/none (no such file)"
	# the mount of the struct file is not a mount of process 1
	ffff888000055008 type=file file=/motd path=/motd
	END
	sed '/^at t_init+160/d' slabs.txt >without
	describe unmounted <without
	answers vmlinux unmounted 'whatis ffff888000054080 ffff888000054100' <<-END
	ffff888000054080 filesystem=ext4 file=/motd path=- text="~dentry of /motd within ext4"
	ffff888000054100 path=- text="~dentry of /none (no such file) within its file system"
	END
}
