#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# files: open files of processes.
load common

@test "files: a descriptor of a file that was freed" {
	vmlinux 64
	describe freed <<-END
	include $DUMPS/x86_64-files.txt
	at file_gone+40: u64 0
	at file_pipe+40: u64 ~0
	END
	answers vmlinux freed 'files 3' <<-END
	3 fd=0 freed=-
	* fd=2 freed=true path="/bin/gone (deleted)"
	* fd=5 freed=true
	* fd=519 freed=-
	END
	"$KWALK" -q -c 'files 3' vmlinux freed >text
	grep -q '(freed: without references) /bin/gone (deleted)$' text
	[ "$(grep -c freed: text)" = 2 ]
	# since 6.13
	vmlinux 64 7.0.1
	describe freed <<-END
	include $DUMPS/x86_64-files.txt
	at file_init+40: u64 0
	at file_gone+40: u64 0xe000000000000000
	at file_pipe+40: u64 0xa000000000000000
	END
	answers vmlinux freed 'files 3' <<-END
	3 fd=0 freed=-
	* fd=2 freed=true
	* fd=5 freed=-
	* fd=519 freed=-
	END
}

@test "files: a name that is looked up is not in the hash table, and was not deleted" {
	vmlinux 64
	describe looked <<-END
	include $DUMPS/x86_64-files.txt
	at dentry_gone+56: u64 0
	END
	answers vmlinux looked 'files 3' <<-END
	3 fd=0
	* fd=2 path="/bin/gone (no inode)"
	* fd=5
	* fd=519
	END
}

@test "files: descriptors, kinds, offsets and paths" {
	vmlinux 64
	dump x86_64-files
	answers vmlinux x86_64-files 'files 3; set 3; files; tasks 3' <<-END
	3 pid=3 fd=0 kind=file offset=4660 path=/bin/init file=0xffff888000039000
	3 fd=2 kind=directory path="/bin/gone (deleted)"
	3 fd=5 kind=pipe path=pipe:[4711]
	3 fd=519 kind=- size=- offset=7 inode=- path="/dev/zero (deleted)"
	3 command=set
	* command=files pid=3 fd=0 input=-
	* fd=2
	* fd=5
	* fd=519
	3 command=tasks uid=1234
	END
}

# inode MODE: file 0 of process 3 has an inode of this mode, and of 5000000000 bytes.
inode() {
	describe sized <<-END
	include $DUMPS/x86_64-files.txt
	at file_init+32: u64 d+0x3ac00
	# f_mode: a symbolic link or a socket of a file system is open with O_PATH only
	at file_init: u64 0x4000
	# i_mode, i_size
	at 0x3ac00: u64 $1
	at 0x3ac00+0x38: u64 5000000000
	END
}

# Devices, pipes and sockets have no size.
@test "files: dentry, inode and size" {
	local mode

	vmlinux 64
	for mode in 0100644 040755 0120777; do
		inode $((mode))
		answers vmlinux sized 'files 3' <<-END
		3 fd=0 dentry=0xffff888000039580 inode=0xffff88800003ac00 size=5000000000 offset=4660
		3 fd=2
		3 fd=5
		3 fd=519
		END
	done
	for mode in 010600 020600 060600 0140777; do
		inode $((mode))
		answers vmlinux sized 'files 3' <<-END
		3 fd=0 inode=0xffff88800003ac00 size=-
		3 fd=2
		3 fd=5
		3 fd=519
		END
	done
}

# check_files DUMP STATUS MESSAGE: what check says of the references of open files.
check_files() {
	"$KWALK" -q -j -c check vmlinux "$1" >answers 2>complaints || :
	grep -F "\"status\":\"$2\",\"check\":\"files\"" answers | grep -qF -- "\"message\":\"$3" ||
		{ cat answers; return 1; }
}

@test "check: files with fewer references than descriptors" {
	local of='1 open file has fewer references than descriptors: '

	vmlinux 64
	dump x86_64-files
	check_files x86_64-files ok '4 descriptors of 4 open files, which have a reference for each"'
	# another descriptor of the same process
	describe more <<-END
	include $DUMPS/x86_64-files.txt
	at pointers+7*8: u64 d+file_init d+file_init
	END
	check_files more error "${of}ffff888000039000 (/bin/init) counts 1 reference, but has 3 descriptors: first 0 of pid 3 (shell), last 8 of pid 3 (shell)\""
	# the table of a second process. Two processes with one table have its descriptors once.
	describe shared <<-END
	include $DUMPS/x86_64-files.txt
	at t_daemon+128: u64 d+t_shell_files
	END
	check_files shared ok '4 descriptors of 4 '
	describe other <<-END
	include $DUMPS/x86_64-files.txt
	at t_daemon+128: u64 d+0x3a7f0
	at 0x3a7f0: u64 1 d+table
	END
	check_files other error "3 open files have fewer references than descriptors, the first: ffff888000039000 (/bin/init) counts 1 reference, but has 2 descriptors: first 0 of pid 3 (shell), last 0 of pid 4 (shell)\""
	# file_gone has a second reference
	[ "$(grep -c '"files"' answers)" = 1 ]
	describe freed <<-END
	include $DUMPS/x86_64-files.txt
	at file_gone+40: u64 0
	END
	check_files freed error "${of}ffff888000039080 (/bin/gone (deleted)) counts no reference, but is descriptor 2 of pid 3 (shell)\""
	"$KWALK" -q -c 'check -v' vmlinux other >text || :
	[ "$(grep -c '^  .* counts 1 reference, but has 2 descriptors' text)" = 3 ]
	# since 6.13: f_ref
	vmlinux 64 7.0.1
	describe ref <<-END
	include $DUMPS/x86_64-files.txt
	at file_init+40: u64 0
	at file_gone+40: u64 ~0
	# too many to be counted
	at file_pipe+40: u64 0xa000000000000000
	END
	check_files ref error "${of}ffff888000039080 (/bin/gone (deleted)) counts no reference, but"
	describe ref <<-END
	include $DUMPS/x86_64-files.txt
	at pointers+8: u64 d+file_init d+file_init
	at file_init+40: u64 1
	END
	check_files ref error "${of}ffff888000039000 (/bin/init) counts 2 references, but has 3 descriptors: first 0 of pid 3 (shell), last 2 of pid 3 (shell)\""
}

@test "check: tables of descriptors that cannot be read" {
	vmlinux 64
	describe lost <<-END
	include $DUMPS/x86_64-files.txt
	at pointers+8: u64 d+0x7ff00000
	END
	check_files lost not-checked '1 table or count of references cannot be read: struct file ffff88807ff00000: '
	describe table <<-END
	include $DUMPS/x86_64-files.txt
	at table+8: u64 d+0x7ff00000
	END
	check_files table not-checked '1 table or count of references cannot be read: files_struct ffff88800003a600: '
	describe table <<-END
	include $DUMPS/x86_64-files.txt
	at table: u32 0x40000001
	END
	check_files table not-checked '1 table or count of references cannot be read: files_struct ffff88800003a600: the table at ffff88800003a620 is damaged'
	# no types
	"$KWALK" -q -j -c check table >answers 2>complaints || :
	grep -q '"status":"not-checked","check":"files","message":"' answers
}

@test "files: damage is reported, and what can be shown is" {
	vmlinux 64
	printf 'include %s\nat table: u32 0x80000000\n' "$DUMPS/x86_64-files.txt" | describe bad
	fails 1 'files: 3: the table at ffff88800003a620 is damaged: no process has 2147483648 descriptors' -q -c 'files 3' vmlinux bad
	printf 'include %s\nat pointers+8: u64 d+0x7ff00000\n' "$DUMPS/x86_64-files.txt" | describe bad
	answers -s 1 vmlinux bad 'files 3' <<-END
	3 fd=0 path=/bin/init
	3 fd=1 path=- message=*
	3 fd=2
	3 fd=5
	3 fd=519
	END
	printf 'include %s\nat table+8: u64 0xdead000000000000\n' "$DUMPS/x86_64-files.txt" | describe bad
	fails 1 'files: 3: ' -q -c 'files 3' vmlinux bad
	printf 'include %s\nat pipe_ops+8: u64 text+0x3200\n' "$DUMPS/x86_64-files.txt" | describe bad
	fails 1 'files: 3: the file system makes the name of the file with a function that is not known, at ' -q -c 'files 3' vmlinux bad
}

@test "files: which process?" {
	vmlinux 64
	dump x86_64-files
	fails 1 'files: no process is chosen: name one (files PROCESS), or choose one with set' -q -c files vmlinux x86_64-files
	fails 1 @no-answer 'files nobody' -q -c 'files nobody' vmlinux x86_64-files
	fails 1 @unknown 'files task_struct' -q -c 'files 1' x86_64-files
}

@test "files: a table whose parts contradict each other" {
	local bits='include '$DUMPS'/x86_64-files.txt
		at table: u32 576 0 u64 d+pointers d+0x3e048 d+0x3e000 d+0x3e090
		at file_init+40: u64 0
		at 0x3e000: u64 0x25
		at 0x3e040: u64 0x80'

	vmlinux 64 7.0.1
	describe whole <<<"$bits"
	answers vmlinux whole 'files 3' <<-END
	3 fd=0
	* fd=2
	* fd=5
	* fd=519
	END
	# one bit of max_fds: no more rows than the bitmaps have room for
	describe many <<<"$bits"$'\nat table: u32 0x20000240'
	fails 1 @format ffff88800003a620 -c 'files 3' vmlinux many
	[ "$(wc -l <output)" -lt 8 ]
	describe none <<<"$bits"$'\nat table: u32 0'
	fails 1 @format ffff88800003a620 -c 'files 3' vmlinux none
	# a file in a descriptor that is free
	describe stray <<<"$bits"$'\nat 0x3e000: u64 0x5'
	fails 1 @format 'descriptor 5' -c 'files 3' vmlinux stray
	# an array without files
	describe empty <<<"$bits"$'\nat table+8: u64 d+0x3d000\nat 0x3d000: u64 0'
	fails 1 @format ffff88800003a620 -c 'files 3' vmlinux empty
	# a descriptor that is being opened
	describe opening <<<"$bits"$'\nat 0x3e000: u64 0x35'
	answers vmlinux opening 'files 3' <<-END
	3 fd=0
	* fd=2
	* fd=5
	* fd=519
	END
}

@test "files: two inodes of one file" {
	vmlinux 64
	describe inodes <<-END
	include $DUMPS/x86_64-files.txt
	at dentry_init+56: u64 d+inode_file
	at file_init+32: u64 0x5a5a5a5a5a5a5a00
	END
	fails 1 @format 5a5a5a5a5a5a5a00 -c 'files 3' vmlinux inodes
}

# named NAME LINE...: the files of process 3, whose names and kinds have second witnesses.
named() {
	{
		echo "include $DUMPS/x86_64-files.txt"
		# exe_file; d_hash and d_sb; i_rdev
		echo "at mm_init+$exe: u64 d+file_init"
		echo 'at dentry_init+32: u32 0x25b9f23f'
		echo 'at file_init+32: u64 d+0x3ac00'
		echo 'at 0x3ac00: u64 0x81a4'
		# the inodes of x86_64-files.txt are too near for i_rdev
		echo 'at file_gone+32: u64 0'
		echo 'at dentry_gone+56: u64 0'
		printf '%s\n' "${@:2}"
	} | describe "$1"
}

@test "files: names, kinds and descriptors have second witnesses" {
	export X86_CC="${X86_CC:-cc} -DWITNESS"
	local exe own

	vmlinux 64
	printf 'include %s\n' "$DUMPS/x86_64-files.txt" | describe plain
	exe=$("$KWALK" -q -j -c 'struct -o mm_struct.exe_file' vmlinux plain | grep -o '"offset":[0-9]*')
	exe=${exe#*:}
	own='at dentry_init+40: u64 d+dentry_init+88
at dentry_init+88: str "init\0"
at dentry_gone+40: u64 d+dentry_gone+88
at dentry_gone+88: str "gone\0"
at dentry_zero+40: u64 d+dentry_zero+88
at dentry_zero+88: str "dev/zero\0"
at dentry_bin+40: u64 d+dentry_bin+88
at dentry_bin+88: str "bin\0"'
	named whole "$own"
	answers vmlinux whole 'files 3' <<-END
	3 fd=0 path=/bin/init kind=file
	* fd=2
	* fd=5 kind=pipe
	* fd=519
	END
	# one letter: the hash belongs to another name. Process 1's program shows how this kernel hashes.
	named letter "$own" 'at dentry_gone+32: u32 0x23540ceb' 'at dentry_gone+88: str "gond\0"'
	fails 1 @format 'ffff888000039700 has the name gond' -c 'files 3' vmlinux letter
	# the parent
	named parent "$own" 'at dentry_gone+32: u32 0x23540ceb' 'at dentry_gone+24: u64 d+dentry_root'
	fails 1 @format 'd_parent ffff888000039400' -c 'files 3' vmlinux parent
	# the length, an early NUL, and the name of another dentry
	named length "$own" 'at dentry_init+36: u32 3'
	fails 1 @format 'ffff888000039580 has a name of 3 bytes' -c 'files 3' vmlinux length
	named early "$own" 'at dentry_init+90: u32 0'
	fails 1 @format 'ffff888000039580 has a name of 4 bytes' -c 'files 3' vmlinux early
	named other "$own" 'at dentry_gone+32: u32 0x23540ceb' 'at dentry_gone+40: u64 d+dentry_bin+88' 'at dentry_gone+36: u32 3'
	fails 1 @format 'ffff888000039700 has the name bin' -c 'files 3' vmlinux other
	# a file system's own hash, and a name that is being changed (an odd d_seq)
	named own-hash "$own" 'at dentry_gone+32: u32 0x23540cec' 'at dentry_bin: u32 1'
	named moving "$own" 'at dentry_gone+32: u32 0x23540cec' 'at dentry_gone+4: u32 3'
	for dump in own-hash moving; do
		answers vmlinux $dump 'files 3' <<-END
		3 fd=0 message=-
		3 fd=2 path="/bin/gone (no inode)" message=-
		* fd=5
		* fd=519
		END
	done
	# a short name that is not in the room of its dentry
	named outside "$own" 'at dentry_init+40: u64 d+0x3af00' 'at 0x3af00: str "init\0"'
	answers vmlinux outside 'files 3' <<-END
	3 fd=0 path=/bin/init message=-
	* fd=2
	* fd=5
	* fd=519
	END
	# a longer one would not fit into the room
	named long "$own" 'at dentry_gone+36: u32 33'
	fails 1 @format 'ffff888000039700 has a name of 33 bytes' -c 'files 3' vmlinux long
	# the parent is in another file system
	named system "$own" 'at dentry_gone+80: u64 d+0x3ad00' 'at dentry_bin+80: u64 d+0x3ae00'
	fails 1 @format 'their d_sb differ' -c 'files 3' vmlinux system
	named mount "$own" 'at dentry_init+80: u64 d+0x3ad00' 'at mount_bin+40: u64 d+0x3ae00'
	fails 1 @format 'of different file systems' -c 'files 3' vmlinux mount
	# types of files that do not exist, and that i_rdev contradicts
	named none "$own" 'at 0x3ac00: u64 0xf1a4'
	fails 1 @format 'is 170644, which is no type of file' -c 'files 3' vmlinux none
	named anonymous "$own" 'at 0x3ac00: u64 0x180'
	answers vmlinux anonymous 'files 3' <<-END
	3 fd=0 path=/bin/init kind=- message=-
	* fd=2
	* fd=5
	* fd=519
	END
	named device "$own" 'at 0x3ac00: u64 0x21a4'
	fails 1 @format 'is a character-device by its i_mode, but its i_rdev is 0' -c 'files 3' vmlinux device
	named link "$own" 'at 0x3ac00: u64 0xa1a4'
	fails 1 @format 'which cannot be open as /bin/init' -c 'files 3' vmlinux link
	named pipe "$own" 'at inode_pipe: u64 0x8180'
	fails 1 @format 'which cannot be open as pipe:[4711]' -c 'files 3' vmlinux pipe
}

@test "files: a descriptor that open_fds has and fd has not" {
	vmlinux 64 7.0.1
	describe slot <<-END
	include $DUMPS/x86_64-files.txt
	at table: u32 576 0 u64 d+pointers d+0x3e048 d+0x3e000 d+0x3e090
	at file_init+40: u64 0
	at 0x3e000: u64 0x27
	at 0x3e040: u64 0x80
	END
	answers vmlinux slot 'files 3' <<-END
	* fd=0
	* fd=2
	* fd=5
	* fd=519
	END
	complains warning 1 'has no file'
}
