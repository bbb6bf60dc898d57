#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Processes, their mappings and their pages, as x86_64-tasks.inc describes them.
load common

@test "tasks: idle ones, processes with their threads, kernel threads" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks tasks <<-END
	* status=ok command=tasks pid=0 tgid=0 comm=swapper/0 task=0xffffffff81420800 mm=- root=- \
		idle_cpu=0
	* pid=0 comm=swapper/1 task=0xffff888000030500 idle_cpu=1 active_mm=-
	* pid=1 tgid=1 comm=init task=0xffff888000030000 mm=0xffff888000031000 root=0x32000 \
		active_mm=- idle_cpu=-
	* pid=5 tgid=1 comm=init-worker task=0xffff888000030100 mm=0xffff888000031000 root=0x32000
	* pid=2 tgid=2 comm=kthreadd mm=- root=- active_mm=0xffff888000031000
	* pid=3 tgid=3 comm=shell mm=0xffff888000031100 root=0x33000
	* pid=4 tgid=4 comm=shell mm=- root=-
	END
}

# task_struct.stack, the lowest address; text leaves it out.
@test "tasks: the kernel stack of each" {
	vmlinux 64
	describe stacks <<-END
	include $DUMPS/x86_64-tasks.txt
	at vars+8: u64 data+0x4000
	at t_init+8: u64 0xffffc90000010000
	at t_thread+8: u64 0xffffc90000018000
	END
	answers vmlinux stacks 'tasks 0 1 5 2' <<-END
	0 comm=swapper/0 stack=0xffffffff81404000
	0 comm=swapper/1 stack=-
	1 comm=init stack=0xffffc90000010000
	5 comm=init-worker stack=0xffffc90000018000
	2 comm=kthreadd stack=-
	END
	"$KWALK" -q -c 'tasks 1' vmlinux stacks >text
	not grep -qi 'stack\|c90000010000' text
}

@test "tasks: oom_score_adj of each process, which its threads share" {
	vmlinux 64
	describe scores <<-END
	include $DUMPS/x86_64-tasks.txt
	at s_init+24: u16 -1000
	at s_shell+24: u16 1000 0xffff
	# a signal_struct that is not mapped
	at t_idle1+88: u64 0xffff888003f00000
	END
	answers vmlinux scores tasks <<-END
	* comm=swapper/0 oom_score_adj=0
	* comm=swapper/1 oom_score_adj=-
	* pid=1 oom_score_adj=-1000
	* pid=5 tgid=1 oom_score_adj=-1000
	* pid=2 comm=kthreadd oom_score_adj=0
	* pid=3 oom_score_adj=1000
	* pid=4 oom_score_adj=0
	END
	"$KWALK" -q -c tasks vmlinux scores >text
	not grep -qi 'oom\|-1000' text
	# Types that do not have it.
	vmlinux 64 3.12.9
	dump x86_64-tasks-old
	answers vmlinux x86_64-tasks-old 'tasks 1' <<<'1 pid=1 oom_score_adj=-'
}

@test "tasks by pid, name and address; an argument that names no task is refused" {
	dump x86_64-tasks
	vmlinux 64
	answers -s 1 vmlinux x86_64-tasks 'tasks 5 shell ffff888000030200 77 nobody' <<-END
	5 pid=5 comm=init-worker
	shell pid=3
	shell pid=4
	ffff888000030200 pid=2 comm=kthreadd
	77 status=error error=no-answer
	nobody status=error
	END
}

@test "tasks -a: arguments, where their memory is in the dump" {
	local long
	long=$(printf 'x%.0s' {1..200})
	describe args <<-END
		include $DUMPS/x86_64-tasks.txt
		at mm_init+0x78: u64 0x4f00 0x4f1a
		at mm_shell+0x78: u64 0x700000 0x700010
		at mm_init+0x98: u64 0x4f20 0x4f32
		at mm_shell+0x98: u64 0x4f20 0x4f10
		at pte_user[4]: u64 0x1c05000|P|RW|US|A|D|NX
		at 0x1c05f20: str "HOME=/\0TERM=linux\0"
		at 0x1c05f00: str "/sbin/init\0--with\0a b$(printf '\e')[1m\0"
	END
	vmlinux 64
	answers vmlinux args 'tasks -a 1 2 3' <<-END
	1 pid=1 args.#=3 args.0=/sbin/init args.1=--with args_message=- args_cut=- env.#=2 env.1=TERM=linux
	2 pid=2 args=- args_message=- env=-
	3 pid=3 args=- args_message=~"not mapped" env=- env_message="the environment of the process cannot be at 4f20 to 4f10"
	END
	"$KWALK" -q -c 'tasks -a 1 3' vmlinux args >text
	grep -E '  /sbin/init --with a b\?\[1m$' text
	grep -xF '  ENV: HOME=/ TERM=linux' text
	grep -F '(not known: 700000 is not mapped' text
	"$KWALK" -q -c 'ps -a 1' vmlinux args | grep -F '/sbin/init'
	# More than is read; a title without a NUL at its end; an end before the start.
	describe long <<-END
		include $DUMPS/x86_64-tasks.txt
		at mm_init+0x78: u64 0x3000 0x6000
		at pte_user[4]: u64 0x1c03000|P|RW|US|A|D|NX 0x1c03000|P|RW|US|A|D|NX
		$(for i in {0..20}; do printf 'at 0x1c03000+%d: str "%s"\n' $((i * 200)) "$long"; done)
		at mm_shell+0x78: u64 0x6000 0x3000
	END
	"$KWALK" -q -j -c 'tasks -a 1' vmlinux long | json_hold 'it["args_cut"] is True and [len(arg) for arg in it["args"]] == [4096]'
	"$KWALK" -q -j -c 'tasks -a 3' vmlinux long | json_hold 'it["args_message"] == "the arguments of the process cannot be at 6000 to 3000"'
}

@test "a page that was swapped out: the file or device that has it" {
	describe swapped <<-END
		include $DUMPS/x86_64-tasks.txt
		at text_phys+4M+0x2c10: u64 d+0x1c05a00
		at 0x1c05a00: u64 3 u32 0 0x20000 u64 d+file_init
	END
	vmlinux 64
	answers vmlinux swapped 'vtop -p 1 6000; pte 17ffffffffdb9600' <<-END
	6000 status=swapped swap_type=2 swap_offset=4660 swap_file=/bin/init
	* kind=swapped swap_type=2 swap_offset=4660 swap_file=/bin/init
	END
	"$KWALK" -q -c 'vtop -p 1 6000' vmlinux swapped | grep -x '  SWAP: type 2, offset 4660, in /bin/init'
	# An area that is not in use, or whose file is not known, has no name.
	dump x86_64-tasks
	answers vmlinux x86_64-tasks 'vtop -p 1 6000' <<<'6000 status=swapped swap_type=2 swap_file=-'
}

@test "lists that loop or are damaged are cut, and followed from their other end" {
	dump x86_64-tasks-damaged
	vmlinux 64
	answers -s 1 vmlinux x86_64-tasks-damaged 'tasks' <<-END
	* pid=0 idle_cpu=0
	* pid=0 idle_cpu=1
	* pid=1
	* pid=5
	* pid=2
	* pid=3
	* pid=4
	* status=error \
		message="~list of threads is cut after its entry at ffff888000030038: ffff888003ffffd8 is not mapped"
	* status=error \
		message="~list of tasks is cut after its entry at ffff888000030310: this entry points to task ffff888000030200, which points back to ffff888000030010"
	END
}

@test "a link that skips tasks loses none of them" {
	vmlinux 64
	describe skipping <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_init+tasks: u64 d+t_daemon+tasks
	END
	answers -s 1 vmlinux skipping 'tasks' <<-END
	* pid=0 idle_cpu=0
	* pid=0 idle_cpu=1
	* pid=1
	* pid=5
	* pid=4
	* pid=3
	* pid=2
	* status=error \
		message="~list of tasks is cut after its entry at ffff888000030010: this entry points to task ffff888000030400, which points back to ffff888000030310"
	END
}

@test "older kernels: threads in a ring, idle tasks in runqueues, mappings in a list" {
	dump x86_64-tasks-old
	vmlinux 64 3.12.9
	answers -s 1 vmlinux x86_64-tasks-old 'tasks; vmas -p 1; vmas -p 3' <<-END
	* pid=0 comm=swapper/0 idle_cpu=0
	* pid=0 comm=swapper/1 idle_cpu=1
	* pid=1
	* pid=5 tgid=1
	* pid=2
	* pid=3
	* pid=4
	* command=vmas status=ok start=0x1000 end=0x2fff flags=r-xp
	* start=0x3000 end=0x7fff flags=rw-p file=[heap]
	* start=0x20000 end=0x2ffff flags=rw-p file=[stack]
	# the list comes back to its first one, the tree to its top
	* start=0x20000 end=0x21fff flags=r--p file=-
	* start=0x22000 end=0x23fff
	* start=0x30000 end=0x30fff
	* start=0x32000 end=0x32fff
	* status=error message="~list of mappings is damaged after 2 mappings"
	* status=error \
		message="~tree of mappings is damaged after 4 mappings: the tree contains ffff8800000382d8 twice"
	END
}

@test "before 3.15 the vdso's mapping is named by its place" {
	vmlinux 64 3.12.9
	describe vdso <<-END
	include $DUMPS/x86_64-tasks-old.txt
	# mm->context.vdso; vm_ops, and pages where a special mapping's struct is since
	at mm_init+56: u64 0x1000
	at 0x38000+48: u64 data+0x209c0 0 0 d+0x39000
	END
	answers -s 0 vmlinux vdso 'vmas -p 1' <<-END
	* start=0x1000 end=0x2fff file=[vdso]
	* start=0x3000 file=[heap]
	* start=0x20000 file=[stack]
	END
}

@test "files before 2.6.20, and names that were taken out of their hash table before 2.6.38" {
	local poison deleted release

	while read -r release poison deleted; do
		vmlinux 64 "$release"
		{
			echo "include $DUMPS/x86_64-tasks-old.txt"
			grep -E '^let (file|mount|dentry|names|ops)|^at (file|mount|dentry|names|ops)' "$DUMPS/x86_64-tasks.txt"
			cat <<-END
			at 0x38000+64: u64 d+file_init
			at 0x38080+64: u64 d+file_gone
			at dentry_gone+16: u64 $poison
			END
		} | describe files
		answers vmlinux files 'vmas -p 1' <<-END
		* start=0x1000 file=/bin/init
		* start=0x3000 file="/bin/gone${deleted:+ ($deleted)}"
		* start=0x20000
		END
	done <<-END
	2.6.15 0x200200 deleted
	2.6.15 0xffff880000039000
	3.12.9 0 deleted
	3.12.9 0x200200 deleted
	3.12.9 0xdead000000200200 deleted
	3.12.9 0xdead000000200208
	END
}

@test "before 4.12 the guard page of a stack is not shown" {
	local release

	for release in 2.6.32.19 2.6.32.20 2.6.32-5-amd64 2.6.35 2.6.36 3.12.9 4.12.1; do
		vmlinux 64 "$release"
		describe guard <<-END
		include $DUMPS/x86_64-tasks-old.txt
		note VMCOREINFO
		  OSRELEASE=$release
		end
		at text_phys+2M: str "Linux version $release (builder@example.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)\n\0"
		# the upper of two that grow downwards has none; nor has one of a single page
		at 0x38080: u64 0x1e000 0x20000 d+0x38100 d+0x38000 d+mm_init 0x173
		at 0x38100: u64 0x20000 0x30000 d+0x38180 d+0x38080 d+mm_init 0x173
		at 0x38180: u64 0x40000 0x41000 0 d+0x38100 d+mm_init 0x173
		END
		case $release in
		2.6.32.19 | 2.6.35 | 4.12.1) lowest=0x1e000 ;;
		*) lowest=0x1f000 ;;
		esac
		answers vmlinux guard 'vmas -p 1' <<-END
		* start=0x1000
		* start=$lowest end=0x1ffff
		* start=0x20000 end=0x2ffff
		* start=0x40000 end=0x40fff
		END
	done
	# a kernel with the gap that replaced it has a variable that says so
	vmlinux 64 3.12.9
	objcopy --add-symbol stack_guard_gap=.data:0x40,global,object vmlinux
	describe guard <<-END
	include $DUMPS/x86_64-tasks-old.txt
	at 0x38100: u64 0x20000 0x30000 0 d+0x38080 d+mm_init 0x173
	END
	answers vmlinux guard 'vmas -p 1' <<-END
	* start=0x1000
	* start=0x3000
	* start=0x20000 end=0x2ffff file=[stack]
	END
}

@test "vmas: as /proc/PID/maps shows them" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -j -c 'vmas -p 1' vmlinux x86_64-tasks >mappings
	json_hold '("path" in it) == (it.get("file", "")[:1] == "/") and it.get("path", "") in ("", it.get("file"))' mappings
	grep -q '"file":"\[heap\]"' mappings
	grep -q '"path":"/bin/init"' mappings
	answers vmlinux x86_64-tasks 'vmas -p 1; vmas -p ffff888000031100' <<-END
	* start=0x1000 end=0x2fff flags=r-xp offset=0x17000 file=/bin/init vma=0xffff888000038000
	* start=0x3000 end=0x7fff flags=rw-p offset=0x0 file=[heap]
	* start=0x10000 end=0x11fff flags=rw-s offset=0x2000 file="/dev/zero (deleted)"
	* start=0x14000 end=0x14fff flags=r-xp offset=0x0 file=[vdso]
	* start=0x20000 end=0x2ffff flags=rw-p file=[stack]
	* start=0x200000 end=0x5fffff flags=rw-p file="[anon:pool of buffers]"
	* start=0x20000 end=0x24fff flags=r--p offset=0x40000 file="/bin/gone (deleted)"
	END
}

@test "sizes in columns are one word of KiB, which sort -n sorts" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'vmas 1' <<-END
	* start=0x1000 end=0x2fff size=8192
	* size=20480
	* size=8192
	* size=4096
	* size=65536
	* size=4194304
	END
	"$KWALK" -q -c 'vmas 1' vmlinux x86_64-tasks | tail -n +2 | sort -n -k3 | awk '{ print $3 }' | tr '\n' ' ' >sizes
	[ "$(<sizes)" = 'SIZE 4K 8K 8K 20K 64K 4096K ' ]
	"$KWALK" -q -c mem vmlinux x86_64-tasks | awk 'NR > 1 && $2 != 4 * $1 "K" { print; bad = 1 } END { exit bad || NR < 5 }'
	"$KWALK" -q -c 'tasks 1' vmlinux x86_64-tasks | grep -qE ' +0K( |$)'
}

@test "vmas: the vsyscall page, of processes that have it while the kernel has it" {
	local flags mode gate

	# context.flags of the mm; vsyscall_mode: EMULATE, XONLY, NONE
	while read -r flags mode gate; do
		describe gates <<-END
		include $DUMPS/x86_64-tasks.txt
		at mm_init+0x90: u64 $flags
		at text_phys+4M+0x20e00: u64 0xffffffffff600000 0xffffffffff601000 0 0 0 5 0 0
		at text_phys+4M+0x20e80: u32 $mode 1
		END
		vmlinux 64
		objcopy --add-symbol gate_vma=.data:0x20e00,object --add-symbol vsyscall_mode=.data:0x20e80,object vmlinux
		"$KWALK" -q -j -c 'vmas -p 1' vmlinux gates >mappings
		[ "$(grep -c '"start":"0xffffffffff600000","end":"0xffffffffff600fff","flags":"r-xp".*"file":"\[vsyscall\]"' mappings)" = "$gate" ] ||
			{ echo "$flags $mode:"; cat mappings; return 1; }
	done <<-END
	2 0 1
	6 1 1
	2 2 0
	1 0 0
	4 0 0
	END
}

@test "vmas: what only touches the heap was called so before 6.6" {
	local release file

	describe brk <<-END
	include $DUMPS/x86_64-tasks.txt
	# start_brk and brk: the mapping from 3000 to 7fff ends where they begin
	at mm_init+32: u64 0x8000 0x9000
	END
	vmlinux 64
	while read -r release file; do
		answers vmlinux brk -o "release=$release" 'vmas -p 1' <<-END
		* start=0x1000
		* start=0x3000 file=$file
		* start=0x10000
		* start=0x14000
		* start=0x20000
		* start=0x200000
		END
	done <<-END
	6.5.13 [heap]
	6.6.0 -
	END
}

# maple_arange_64 and maple_range_64 of 32 bits: parent, 20 pivots, 21 slots; parent,
# 31 pivots, 32 slots (include/linux/maple_tree.h).
@test "vmas: maple trees of 32 bits" {
	describe tree <<-END
	include $DUMPS/i386-purpose.txt
	let mm 0x31000
	let root_node 0x34000
	let leaf_a 0x34100
	let leaf_b 0x34200
	let vma 0x38000
	at t_init+16: u32 d+mm d+mm
	# mm_mt (lock, flags, root), task_size, pgd, start_brk, brk, start_stack
	at mm: u32 0 0x302 d+root_node|0x1a page_offset pgd_virt 0x300000 0x300000 0x2ff00
	at root_node: u32 d+mm|1 0xfff 0x4fff
	at root_node+84: u32 0 d+leaf_a|0xc d+leaf_b|0xc
	at leaf_a: u32 d+root_node|6 0x1fff 0x2fff 0x4fff
	at leaf_a+128: u32 d+vma 0 d+vma+0x80
	at leaf_b: u32 d+root_node|0xe 0x1ffff 0x2ffff -1
	at leaf_b+128: u32 0 d+vma+0x100
	# vm_start, vm_end, next, prev, vm_mm, vm_flags
	at vma: u32 0x1000 0x2000 0 0 d+mm 5
	at vma+0x80: u32 0x3000 0x5000 0 0 d+mm 3
	at vma+0x100: u32 0x20000 0x30000 0 0 d+mm 0x73
	END
	vmlinux 32
	answers vmlinux tree 'vmas -p 1' <<-END
	* start=0x1000 end=0x1fff flags=r-xp
	* start=0x3000 end=0x4fff flags=rw-p
	* start=0x20000 end=0x2ffff file=[stack]
	END
}

@test "vmas: what a damaged maple tree still leads to, and what is missing" {
	dump x86_64-tasks-damaged
	vmlinux 64
	answers -s 1 vmlinux x86_64-tasks-damaged 'vmas -p init' <<-END
	* start=0x1000 end=0x2fff
	* start=0x10000 end=0x11fff
	* status=error pid=1 message="~the mappings of pid 1 are damaged: mappings are missing after 2fff: ffff888000038080 is not a vm_area_struct"
	* status=error \
		message="~after 11fff: the maple node at ffff888000034200 has the parent ffff888000034100, but should have the node at ffff888000034000; pagemap shows the pages"
	END
}

@test "vmas: a path that loops is reported" {
	describe loop <<-END
	include $DUMPS/x86_64-tasks.txt
	at dentry_bin_root+24: u64 d+dentry_init
	at mount_bin+32: u64 0
	END
	vmlinux 64
	answers -s 1 vmlinux loop 'vmas -p 1' <<-END
	* start=0x1000 file=- message="~the path of the file is too long"
	* start=0x3000
	* start=0x10000
	* start=0x14000
	* start=0x20000
	* start=0x200000
	END
}

@test "vtop -p: by pid, name, task and mm, each its own table" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'vtop -p 1 1123; vtop -p init-worker 1123; vtop -p ffff888000030000 1123; vtop -p 0xffff888000031000 1123; vtop -p 3 20123 1123; vtop -p kthreadd 1123; vtop -p 1 5000 6000 ffff888000030000; vtop 1123' <<-END
	1123 status=mapped physical=0x1c01123 levels.0.entry_address=0x32000
	1123 physical=0x1c01123
	1123 physical=0x1c01123
	1123 physical=0x1c01123
	20123 physical=0x1c02123 levels.0.entry_address=0x33000
	1123 status=not-mapped
	# a kernel thread in the table that it borrowed
	1123 physical=0x1c01123
	5000 status=prot-none physical=0x1c05000
	6000 status=swapped swap_type=2 swap_offset=4660
	ffff888000030000 physical=0x30000 levels.0.entry_address=0x32888
	1123 status=not-mapped
	END
}

@test "a thread that has ended: its process lives in another thread, or nowhere" {
	# the first thread of process 1 has left its mm; pid 4 has none
	describe left <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_init+32: u64 0 0
	END
	vmlinux 64
	answers vmlinux left 'vtop -p 1 200000; vtop -p 5 200000; pagemap -p 1 200000 3fffff; vmas -p 1; set 1; set 4; vtop -p 4 ffff888000030000; vtop -p 2 1123' <<-END
	200000 status=mapped physical=0x1c00000 root=0x32000 pid=1 comm=init owner_pid=5 owner_comm=init-worker
	200000 status=mapped pid=5 owner_pid=-
	* status=mapped physical=0x1c00000 pid=1
	$(for i in {1..6}; do echo '* command=vmas pid=1'; done)
	1 pid=1 mm=- root=0x32000 owner_pid=5
	4 pid=4 mm=- root=- owner_pid=-
	ffff888000030000 status=mapped root=0x1410000 pid=4 comm=-
	1123 status=mapped root=0x32000 pid=2 owner_pid=5
	END
	"$KWALK" -q -c 'vtop -p 1 200000; vtop -p 4 ffff888000030000' vmlinux left >out 2>complaints
	grep -qx '  TABLE: 32000, of pid 1 (init), by the mm of pid 5 (init-worker)' out
	grep -qx "  TABLE: 1410000, the kernel's own" out
	grep -qx 'kwalk: warning: pid 1 (init) has ended, but its process lives: what is shown belongs to its thread 5 (init-worker)' complaints
	for command in 'vtop -p 4 200000' 'rd -P 4 200000' 'pagemap -p 4 200000' 'pt -p 4' 'set 4; vtop 1000'; do
		fails 1 'pid 4 (shell) has no user memory' -q -c "$command" vmlinux left
	done
	"$KWALK" -q -c 'whatis -p 4 200000 10; whatis -p 2 200000; rd -P 2 1123; whatis -p 1 200000' vmlinux left >out 2>complaints
	grep -qx '200000 *virtual *a user address, but pid 4 (shell) has no user memory' out
	grep -qx '200000 *virtual *a user address, but pid 2 (kthreadd) has no user memory' out
	grep -q '^200000 *virtual *a user address of pid 1 (init): 200000 to' out
	[ "$(grep -cx 'kwalk: warning: pid 2 (kthreadd) has no user memory, but a borrowed page table: what it maps belongs to pid 5 (init-worker)' complaints)" = 2 ]
	"$KWALK" -q -c 'region -p 4 200000' vmlinux left | grep -q 'PAGE: pid 4 (shell) has no user memory'
	# its thread has the files, too
	describe left-files <<-END
	include $DUMPS/x86_64-files.txt
	at t_init+32: u64 0 0
	at t_thread+112: u64 d+cred d+cred d+t_shell_files
	END
	answers vmlinux left-files 'files 1' <<-END
	1 pid=1 fd=0 kind=file path=/bin/init
	1 fd=2
	1 fd=5
	1 fd=519
	END
}

@test "set: what follows speaks of that process" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'set; set 1; vtop 1123; vtop -u 1123; vtop ffffffff81000000; rd -u -8 1000 4; vtop -p 2001; vtop -p ffff888000030000; set; vmas -p; set kthreadd; vtop 3000' <<-END
	* command=set status=none
	1 command=set status=ok pid=1 comm=init mm=0xffff888000031000 root=0x32000 user_root=-
	1123 physical=0x1c01123
	1123 physical=0x1c01123
	ffffffff81000000 physical=0x1000000 levels.0.entry_address=0x1410ff8
	1000 command=rd values.0=0x74 values.1=0x65 values.2=0x78 values.3=0x74
	2001 physical=0x1c02001
	ffff888000030000 physical=0x30000 levels.0.entry_address=0x32888
	* pid=1
	* file=/bin/init
	* file=[heap]
	* start=0x10000
	* start=0x14000
	* start=0x20000
	* start=0x200000
	kthreadd pid=2 mm=- active_mm=0xffff888000031000 owner_pid=1 owner_comm=init root=0x32000
	3000 physical=0x1c03000
	END
}

@test "processes that cannot be chosen" {
	dump x86_64-tasks
	vmlinux 64
	fails 1 'shell several pids 3, 4' -q vmlinux x86_64-tasks -c 'set shell'
	fails 1 @no-answer 'vtop -p 99' -q vmlinux x86_64-tasks -c 'vtop -p 99 0'
	describe other <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_daemon+32: u64 d+mm_shell+0x40000
	END
	fails 1 'set 4 page table address not mapped' -q vmlinux other -c 'set 4'
	# an mm that no task has, whose table does not map itself
	fails 1 'no task mm_struct ffff888000034000' -q vmlinux x86_64-tasks -c 'vtop -p ffff888000034000 0'
	fails 1 'kthreadd no mappings' -q vmlinux x86_64-tasks -c 'vmas -p 2'
	fails 1 'kthreadd no pages' -q vmlinux x86_64-tasks -c 'pagemap -p 2'
	fails 1 'rd no process is chosen set' -q vmlinux x86_64-tasks -c 'rd -u 1000'
	fails 1 'not a user address' -q vmlinux x86_64-tasks -c 'set 1; rd -u 7fffffffffff 2'
	fails 1 'vmas: no process is chosen: name one (vmas PROCESS), or choose one with set' -q vmlinux x86_64-tasks -c 'vmas'
	fails 1 'vmas: no process is chosen: name one (vmas PROCESS), or choose one with set' -q vmlinux x86_64-tasks -c 'vm'
	fails 1 'shared both have the same mm' -q vmlinux x86_64-tasks -c 'shared 1 5'
	fails 1 @unknown 'tasks task_struct vmlinux' -q x86_64-tasks -c 'tasks'
}

@test "set, of no process: the one chosen before stays" {
	dump x86_64-tasks
	vmlinux 64
	fails 1 @no-answer 'set nope 3 shell' -q vmlinux x86_64-tasks -c 'set 3; set nope'
	fails 1 @no-answer 'set nope' -q vmlinux x86_64-tasks -c 'set 3; set none; set nope'
	not grep stays complaints
}

@test "an mm that the list does not lead to is taken where its table proves it" {
	describe lost <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_init+tasks+16: u64 0
	at t_thread+tasks+16: u64 0
	END
	vmlinux 64
	answers vmlinux lost 'vtop -p ffff888000031000 1123' <<-END
	1123 physical=0x1c01123
	END
	fails 1 @no-answer 'set nope mm ffff888000031000' -q vmlinux lost -c 'set ffff888000031000; set nope'
}

@test "pagemap: each page of a process, and what is missing within its mappings" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'pagemap -p 1' <<-END
	* command=pagemap status=mapped virtual=0x1000 physical=0x1c01000 page_size=4096 \
		pfn=0x1c01 page=0xffffea0000070040 region=user writable=false executable=true \
		user=true cache=WB page_state=present kind=- levels=- input=-
	* virtual=0x2000 physical=0x1c02000
	* virtual=0x3000 physical=0x1c03000 writable=true executable=false
	* status=not-mapped virtual=0x4000 size=4096 level=pte physical=-
	* status=prot-none virtual=0x5000 physical=0x1c05000
	* status=swapped virtual=0x6000 swap_type=2 swap_offset=4660
	* status=swapped virtual=0x7000 swap_type=2 swap_offset=4661
	* virtual=0x10000 physical=0x1c10000
	* virtual=0x11000 physical=0x1610000 kind=zero-page
	* status=not-mapped virtual=0x14000 size=4096
	$(for i in $(seq 32 47); do printf '* status=not-mapped virtual=0x%x000 size=4096\n' "$i"; done)
	* virtual=0x200000 physical=0x1c00000 page_size=2097152 kind=thp
	* virtual=0x400000 physical=0x1e00000 page_size=2097152
	END
}

@test "pagemap: ranges, of a process and of the kernel" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'pagemap -p 1 7000 11fff; pagemap ffffc90000000000 ffffc900001fffff; set 1; pagemap 400000 ffffff' <<-END
	* status=swapped virtual=0x7000 swap_offset=4661
	$(for i in $(seq 8 15); do printf '* status=not-mapped virtual=0x%x000 size=4096\n' "$i"; done)
	* virtual=0x10000
	* virtual=0x11000
	* virtual=0xffffc90000000000 physical=0x1c00000 region=vmalloc
	* virtual=0xffffc90000001000 physical=0x1c05000
	* status=not-mapped virtual=0xffffc90000002000
	* virtual=0xffffc90000003000 physical=0x1c07000
	$(for i in $(seq 4 511); do printf '* status=not-mapped virtual=0x%x\n' $((0xffffc90000000000 + i * 4096)); done)
	1 command=set
	* virtual=0x400000 physical=0x1e00000
	$(for i in $(seq 3 7); do printf '* status=not-mapped virtual=0x%x level=pmd size=2097152\n' $((i << 21)); done)
	END
}

@test "pagemap in text: runs, totals" {
	dump x86_64-tasks
	vmlinux 64
	run "$KWALK" -q vmlinux x86_64-tasks -c 'pagemap -p 1'
	[ "$status" = 0 ]
	[[ ${lines[0]} == START* ]]
	[[ ${lines[1]} =~ ^1000\ +2fff\ +1c01000\ +4K\ +2\ +mapped\ +r-xu ]]
	[[ ${lines[5]} =~ ^6000\ +7fff\ +-\ +-\ +2\ +swapped.*type\ 2,\ offset\ 4660 ]]
	[[ ${lines[10]} =~ ^200000\ +5fffff\ +1c00000\ +2M\ +2\ +mapped\ +rwxu.*thp ]]
	[ "${lines[11]}" = "total: mapped 4116 KiB, not-mapped 72 KiB, prot-none 4 KiB, swapped 8 KiB" ]
}

@test "pagemap: a table that is missing is reported, and the rest is listed" {
	describe lost <<-END
	include $DUMPS/x86_64-tasks.txt
	at pmd_user[1]: u64 64M|TABLE
	END
	vmlinux 64
	answers -s 1 vmlinux lost 'pagemap -p 1 3000 5fffff' <<-END
	* virtual=0x3000
	* status=not-mapped
	* status=prot-none
	* status=swapped
	* status=swapped
	$(for i in $(seq 8); do echo '* status=not-mapped'; done)
	* virtual=0x10000
	* virtual=0x11000
	$(for i in $(seq 0x12 0x1ff); do echo '* status=not-mapped'; done)
	$(for i in $(seq 512); do echo '* status=unreadable reason=absent level=pte'; done)
	* virtual=0x400000
	END
	complains @line 'pagemap: 512' 'pages or gaps'
}

@test "shared: frames in common, with every address" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'shared 1 3' <<-END
	* command=shared status=ok physical=0x1610000 size=4096 kind=zero-page mappings.#=2 \
		mappings.0.pid=1 mappings.0.virtual=0x11000 mappings.1.pid=3 \
		mappings.1.virtual=0x22000
	# in init also through a large page
	* physical=0x1c02000 size=4096 mappings.#=3 mappings.0.pid=1 mappings.0.virtual=0x202000 \
		mappings.1.pid=1 mappings.1.virtual=0x2000 mappings.2.pid=3 \
		mappings.2.virtual=0x20000
	* physical=0x1c10000 mappings.#=3
	* physical=0x1c3f000 mappings.#=2 mappings.0.virtual=0x23f000 mappings.1.virtual=0x23000
	* physical=0x1e00000 size=2097152 mappings.#=2 mappings.0.virtual=0x400000 \
		mappings.1.virtual=0x200000
	END
}

@test "isolated tables: a process' own copy says what it may execute" {
	describe isolated <<-END
	include $DUMPS/x86_64-tasks.txt
	at pgd_init[0]: u64 pud_user|TABLE|NX
	at pgd_init+4K: u64 0
	END
	vmlinux 64
	# no copy: the entry above is not the same without NX
	answers vmlinux isolated 'set 1; vtop 1123' <<-END
	1 user_root=-
	1123 executable=false levels.0.entry_address=0x32000
	END
	# nor where another page's table is named there
	describe isolated <<-END
	include $DUMPS/x86_64-tasks.txt
	at pgd_init[0]: u64 pud_user|TABLE|NX
	at pgd_init+4K: u64 pud_direct|TABLE
	END
	answers vmlinux isolated 'set 1; vtop 1123' <<-END
	1 user_root=-
	1123 executable=false levels.0.entry_address=0x32000
	END
	dump x86_64-tasks-isolated
	answers vmlinux x86_64-tasks-isolated 'set 1; vtop 1123; vtop -p 1 ffff888000030000' <<-END
	1 root=0x3a000 user_root=0x3b000
	1123 physical=0x1c01123 executable=true levels.0.entry_address=0x3b000
	ffff888000030000 physical=0x30000 levels.0.entry_address=0x3a888
	END
}

@test "pagemap: the huge zero page has 512 frames" {
	describe huge <<-END
	include $DUMPS/x86_64-tasks.txt
	# huge_zero_pfn
	at vars+0x1e0: u64 0x1c00
	at pmd_user[1]: u64 28M|0xe5 30M|0xe5
	END
	vmlinux 64
	# entries of 2M: at 1c00000 and after
	answers vmlinux huge 'pagemap -p 1 200000 5fffff' <<-END
	* virtual=0x200000 physical=0x1c00000 kind=zero-page
	* virtual=0x400000 physical=0x1e00000 kind=thp
	END
}

# A task_struct: exit_state and CPU, parent; an OLD one has rss_stat too.
@test "tasks: state, CPU, parent, memory, and what CPUs ran" {
	local state want

	describe info <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_init: u64 1
	at t_init+96: u32 0 1 u64 init_task
	at t_thread+96: u32 0 1 u64 init_task
	at t_kthreadd+96: u32 0 0 u64 init_task
	at t_shell+96: u32 32 0 u64 d+t_init
	# pages of files, anonymous ones, swap, shared memory; -1 on CPU 0, 3 on CPU 1
	at mm_init+56: u64 10 0x700 20 0x704 1000 0x708 5 0x70c
	at cpu0+0x700: u32 -1 0 0 0
	at cpu1+0x700: u32 3 0 7 0
	END
	vmlinux 64
	answers -s 1 vmlinux info 'tasks 1 kthreadd 3 init-worker; tasks -r 32000 33000 1410000 123000' <<-END
	1 pid=1 ppid=0 cpu=1 state=S rss=151552 root=0x32000
	kthreadd ppid=0 cpu=0 state=R rss=-
	3 ppid=1 state=Z
	init-worker rss=151552
	32000 pid=1
	32000 pid=5
	33000 pid=3
	1410000 status=error message="~kernel's own page table"
	123000 status=error message="~no task has this table"
	END
	for state in 2:D 4:T 8:t 0x40:P 0x402:I 0x100:R; do
		describe state <<-END
		include $DUMPS/x86_64-tasks.txt
		at t_init: u64 ${state%:*}
		END
		answers vmlinux state 'tasks 1' <<<"1 state=${state#*:}"
	done
	# 4.14 gave a parked task another bit
	for want in 4.14.1:P 4.13.0:R; do
		describe state <<-END
		include $DUMPS/x86_64-tasks.txt
		at t_init: u64 0x40
		END
		answers -o release=${want%:*} vmlinux state 'tasks 1' <<<"1 state=${want#*:}"
	done
}

@test "tasks: what runqueues say ran, and pages that threads count by themselves" {
	describe old <<-END
	include $DUMPS/x86_64-tasks-old.txt
	at cpu0+0x310: u64 d+t_init
	at cpu1+0x310: u64 d+t_idle1
	at mm_init+64: u64 10 20 1000 5
	at t_init+116: u32 -2 4 9 1
	at t_thread+116: u32 1 0 9 0
	END
	vmlinux 64 3.2.0-4-amd64
	answers vmlinux old 'tasks 1 init-worker 2' <<-END
	1 running=true cpu=0 rss=159744
	init-worker running=false rss=159744
	2 running=false rss=-
	END
	"$KWALK" -q -c 'tasks 1' vmlinux old 2>/dev/null | grep -q ' >R '
}

# pda RELEASE: a dump of two CPUs whose offsets are in their PDAs; standard input: where these are.
pda() {
	{
		cat <<-END
		include $DUMPS/x86_64-tasks-old.txt
		let pda0 0x3e000
		let pda1 0x3e018
		at pda0: u64 d+t_init d+cpu0 u32 0 0
		at pda1: u64 d+t_idle1 d+cpu1 u32 1 0
		at cpu0+0x310: u64 d+t_init
		at cpu1+0x310: u64 d+t_idle1
		END
		cat
	} | describe pdas
	vmlinux 64 "$1"
}

@test "per-CPU variables of kernels before 2.6.30, whose offsets are in PDAs" {
	pda 2.6.26-2-amd64 <<<'at vars+0x100: u64 d+pda0 d+pda1'
	answers vmlinux pdas 'tasks 1 2' <<-END
	1 running=true cpu=0
	2 running=false
	END
	# since 2.6.27 by a pointer
	pda 2.6.28-1-amd64 <<-'END'
	at vars+0x100: u64 d+0x3e100 0
	at 0x3e100: u64 d+pda0 d+pda1
	END
	answers vmlinux pdas 'tasks 1' <<<'1 running=true cpu=0'
	answers vmlinux pdas 'sym runqueues:1' <<<'* address=0xffff88000003c300'
	# before 2.6.16 they were an array
	pda 2.6.15-1-amd64 <<<'at vars+0x100: u64 d+t_init d+cpu0 u32 0 0 u64 d+t_idle1 d+cpu1 u32 1 0'
	answers vmlinux pdas 'tasks 1' <<<'1 running=true cpu=0'
}

# What 2.6.11 has instead of members and symbols that came by 2.6.18.
@test "2.6.11: threads linked by their pids, runqueues and CPUs by their old names" {
	local task

	{
		cat <<-END
		include $DUMPS/x86_64-tasks-old.txt
		let ring 232
		at vars+thread: u64 0 0
		at t_init+thread: u64 0 0
		at t_thread+thread: u64 0 0
		at vars+ring: u64 init_task+ring init_task+ring
		at t_init+ring: u64 d+t_thread+ring d+t_thread+ring
		at t_thread+ring: u64 d+t_init+ring d+t_init+ring
		END
		for task in kthreadd shell daemon; do
			echo "at t_$task+ring: u64 d+t_$task+ring d+t_$task+ring"
		done
		cat <<-END
		at cpu0+0x310: u64 d+t_init
		at cpu1+0x310: u64 d+t_idle1
		at vars+0x100: u64 d+t_init d+cpu0 u32 0 0 u64 d+t_idle1 d+cpu1 u32 1 0
		END
	} | describe pids
	vmlinux 64 2.6.11-1-amd64
	answers vmlinux pids tasks <<-END
	* pid=0 idle_cpu=0
	* pid=0 idle_cpu=1 running=true cpu=1
	* pid=1 tgid=1 running=true cpu=0
	* pid=5 tgid=1 running=false
	* pid=2
	* pid=3
	* pid=4
	END
}

@test "a PDA that is another CPU's is not believed, and who runs is not said" {
	pda 2.6.26-2-amd64 <<<'at vars+0x100: u64 d+pda0 d+pda0'
	answers -s 1 vmlinux pdas 'tasks 1 2' <<-END
	1 running=true cpu=0
	2 running=-
	* status=error message="~does not belong to CPU 1"
	END
	fails 1 'does not belong to CPU 1' -q -c 'sym runqueues:all' vmlinux pdas
	grep -w runqueues:0 output
}

@test "vmas, vm, files: a process as a word, or the one that caused the panic" {
	local line

	vmlinux 64
	# CPU 0, which ran pid 3, caused the panic.
	printf 'include %s\nat text_phys+4M+0x20b00: u64 0 0 1 0x80 3\nat cpu0+0x320: u64 d+t_shell\n' "$DUMPS/x86_64-files.txt" | describe panicked
	for line in 'vmas -p 3' 'vmas 3' 'vm 3' vmas vm 'set 3; vmas'; do
		"$KWALK" -q -j -c "$line" vmlinux panicked | grep '"command":"vmas"' >got || true
		[ "$line" != 'vmas -p 3' ] || cp got want
		cmp want got
	done
	"$KWALK" -q -j -c 'vmas 1' vmlinux panicked >got
	grep -q '"start":"0x3000"' got
	not cmp -s want got
	for line in 'files 3' files; do
		"$KWALK" -q -j -c "$line" vmlinux panicked | sed 's/"input":"3",//' >got
		[ "$line" != 'files 3' ] || cp got want
		cmp want got
	done
	[ -s want ]
	"$KWALK" -q -j -c 'set 1; vmas' vmlinux panicked | grep -q '"start":"0x3000"'
	fails 1 'vmas: 3: a process is already chosen by an option' -q -c 'vmas -p 1 3' vmlinux panicked
	fails 1 'vmas 1: too many arguments' -q -c 'vmas 3 1' vmlinux panicked
	fails 1 'vmas: no task has this pid' -q -c 'vmas nobody' vmlinux panicked
}

# misfit OFFSET WHAT: prints the doubt about types if init_task contains WHAT at this offset.
misfit()
{
	describe shuffled <<-END
	include $DUMPS/x86_64-tasks.txt
	at vars+$1: $2
	END
	"$KWALK" -q -j vmlinux shuffled -c 'tasks' >answers 2>/dev/null || true
	grep -o '"why":"[^"]*"' answers | sort -u
}

@test "types that contradict init_task are doubtful, and so are answers from structs, but no address" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -j vmlinux x86_64-tasks -c 'tasks; info' >answers
	not grep -qE 'doubts|fit' answers
	misfit 32 'u64 d+mm_shell' | grep -F 'they do not fit this dump: init_task.mm is ffff888000031100, not null'
	misfit 8 'u64 d+0x1008' | grep -F 'init_task.stack is ffff888000001008, not the start of a page'
	misfit 72 'str "other\0"' | grep -F 'init_task.comm is not swapper'
	misfit 48 'u32 7' | grep -F 'init_task.pid is 7, not 0'
	misfit 16 'u64 d+0x2000 d+0x2000' | grep -F 'init_task.tasks is not in a list'
	# one link is damaged, but the list is there
	[ -z "$(misfit 16 'u64 d+0x2000')" ]
	misfit 32 'u64 d+mm_shell' >/dev/null
	"$KWALK" -q vmlinux shuffled -c 'tasks; vtop schedule; ptov -u 1c02000' >answers 2>complaints || true
	not grep -q DOUBTFUL answers
	[ "$(grep -c 'doubtful: types (they do not fit' complaints)" = 2 ]
	for line in 'struct task_struct.pid ffff888000030000' 'p init_task.pid' 'p ((struct task_struct *)0xffff888000030000)->pid' 'list -h init_task task_struct.tasks -s task_struct.pid'; do
		"$KWALK" -q vmlinux shuffled -c "$line" >answers 2>complaints || true
		grep -q 'doubtful: types (they do not fit' complaints
		"$KWALK" -q vmlinux x86_64-tasks -c "$line" >answers 2>complaints || true
		not grep -q doubtful complaints
	done
	"$KWALK" -q vmlinux shuffled -c 'vtop -p init 2000' | grep -q 'DOUBTFUL: types (they do not fit'
	"$KWALK" -q -j vmlinux shuffled -c 'info; check' >answers || true
	grep -q '"fact":"summary".*types: vmlinux, but they do not fit this dump: init_task.mm' answers
	grep -q '"status":"warning","check":"facts","message":"types: they do not fit' answers
}

# timed: the tasks with times, policies and states.
timed() {
	export X86_CC="${X86_CC:-cc} -DTIMES"
	vmlinux 64
	describe timed <<-END
	include $DUMPS/x86_64-tasks.txt
	at cpu0+0x300: u64 0 init_task d+t_shell 5000000000
	at cpu1+0x300: u64 0 d+t_idle1 d+t_idle1 4000000000
	# policy, utime, stime, last_arrival
	at t_init+168: u32 0 0 u64 1500000000 250000000 2500000000
	at t_thread+168: u32 1 0 u64 0 0 1000000000
	at t_kthreadd+168: u32 2 0 u64 0 0 4999000000
	at t_shell+168: u32 3 0 u64 0 0 4000000000
	at t_daemon+168: u32 8 0 u64 0 0 6000000000
	at t_init+152: u64 500000000
	at t_init: u64 1
	at t_kthreadd: u64 2
	at t_kthreadd+136: u64 d+0x61000
	at t_daemon+96: u32 0x20
	END
}

@test "tasks -l, -m: the task that ran last is first" {
	timed
	answers vmlinux timed 'tasks -l 1 5 2 3 4; tasks -lu' <<-END
	1 pid=1 last_arrival=2500000000 since=-
	5 pid=5 last_arrival=1000000000
	2 pid=2 last_arrival=4999000000
	3 pid=3 last_arrival=4000000000
	4 pid=4
	* pid=4 last_arrival=6000000000
	* pid=3 last_arrival=4000000000
	* pid=1 last_arrival=2500000000
	* pid=5 last_arrival=1000000000
	END
	answers vmlinux timed 'tasks -m' <<-END
	* pid=4 since=-
	* pid=2 since=~0.001
	* pid=3 since=~1.0
	* pid=1 since=~2.5
	* pid=5 since=~4.0
	* comm=swapper/0 since=-
	* comm=swapper/1 since=-
	END
	"$KWALK" -q -c 'ps -m init' vmlinux timed | grep -q ' 0 00:00:02.500  '
	ln -s "$KWALK" kwalk-crash
	echo 'ps -m init' | ./kwalk-crash -s vmlinux timed >line || [ $? = 1 ]
	grep -Eqx '\[0 00:00:02.500\] \[[A-Z]{2}\]  PID: 1 +TASK: [0-9a-f]+  CPU: .*  COMMAND: "init"' line
	# types without a clock
	unset X86_CC
	vmlinux 64
	fails 1 @unknown 'clocks runqueues' -c 'tasks -m' vmlinux timed
}

@test "tasks -t, -s: times, and the saved stack pointer of a task that no CPU ran" {
	timed
	answers vmlinux timed 'ps -t 1; ps -s 2 3; ps 1' <<-END
	1 pid=1 start_time=~0.5 utime=~1.5 stime=~0.25 sp=-
	2 pid=2 sp=0xffff888000061000 utime=-
	3 pid=3 sp=- running=true
	1 pid=1 start_time=- policy=NORMAL
	END
}

@test "tasks -p: ancestors first; parents that form a circle" {
	timed
	cat >>timed.txt <<-END
	at t_init+104: u64 init_task
	at t_shell+104: u64 d+t_init
	at t_kthreadd+104: u64 d+t_daemon
	at t_daemon+104: u64 d+t_kthreadd
	END
	"$MKDUMP" timed.txt circle
	answers vmlinux circle 'ps -p 3' <<-END
	3 pid=0
	3 pid=1
	3 pid=3 ppid=1
	END
	answers -s 1 vmlinux circle 'ps -p 2' <<-END
	2 status=error message=~"only 63 ancestors"
	$(for i in {1..32}; do printf '2 pid=4\n2 pid=2\n'; done)
	END
}

@test "tasks -k, -u, -G, -A, -y, -g, -S: crash's letters choose" {
	timed
	pids() { "$KWALK" -q -j -c "$1" vmlinux timed | sed 's/.*"pid":\([0-9]*\),.*/\1/' | xargs; }
	[ "$(pids 'ps -k')" = '0 0 2' ]
	# a process that has ended is no kernel thread
	[ "$(pids 'ps -u')" = '1 5 3 4' ]
	[ "$(pids 'ps -G')" = '0 0 1 2 3 4' ]
	[ "$(pids 'ps -Gu')" = '1 3 4' ]
	[ "$(pids 'ps -A')" = '0 3' ]
	[ "$(pids 'ps -y rr,FIFO')" = '5 2' ]
	[ "$(pids 'ps -y 3')" = '3' ]
	[ "$(pids 'ps -g 5')" = '1 5' ]
	[ "$(pids 'ps -y FIFO -g 1')" = '5' ]
	# a policy that is not known has no name
	answers vmlinux timed 'ps 4' <<<'4 pid=4 policy=- state=Z'
	fails 1 @usage '-y RR2' -c 'ps -y FIFO,RR2' vmlinux timed
	fails 1 @usage '-y' -c 'ps -y FIFO,' vmlinux timed
	fails 1 @usage '-k -u' -c 'ps -k -u' vmlinux timed
	answers vmlinux timed 'ps -S; ps -Su' <<-END
	* state=R tasks=4 pid=-
	* state=S tasks=1
	* state=D tasks=1
	* state=Z tasks=1
	* state=R tasks=2
	* state=S tasks=1
	* state=Z tasks=1
	END
	# -r of crash shows limits, and -r of tasks takes a root
	fails 1 @usage 'ps task -R signal.rlim' -c 'ps -r 33000' vmlinux timed
	# The process that was chosen before stays chosen.
	fails 1 @no-answer "panicked stays chosen" -c 'set 1; set -p; set' vmlinux timed
	[ "$(grep -c '"pid":1,' output)" = 2 ]
	[ "$(pids 'tasks -r 33000')" = 3 ]
}

@test "tasks: a CPU that the kernel does not have" {
	vmlinux 64
	describe cpu <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_shell+100: u32 512
	END
	fails 1 @format ffff888000030300 -c 'tasks 3' vmlinux cpu
	not grep -q '"cpu":512' output
	grep -q '"pid":3' output
}
