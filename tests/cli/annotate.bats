#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# annotate: texts with addresses, which are explained below their lines.
load common

# annotated STATUS COMMAND FILE...: the explanations of addresses, without their marks, in the
# file notes; the notes that the report gives in the file said; what happened in the file verdict; the rest in the file text; complaints in
# complaints.
annotated() {
	local want=$1 command=$2 got=0 first=${2%%;*}

	shift 2
	"$KWALK" -q -c "$command" "$@" >all 2>complaints || got=$?
	grep '^    ^ ' all | sed 's/^    ^ //' >notes || true
	"$KWALK" -j -q -c "$first" "$@" 2>&- |
		sed -n 's/.*"input":"\([^"]*\)".*"kind":"report","text":"\(.*\)"}$/\1: \2/p' |
		sed 's/\\"/"/g' >said || true
	if [ -s said ]; then
		grep -vxFf said notes >left || true
		mv left notes
	fi
	"$KWALK" -q -c "${first/annotate/annotate -s}" "$@" 2>&- | grep -ve '^No report of the kernel' -e '^The text has only a part' >verdict || true
	grep -v '^    ^ ' all | tail -n +$(($(wc -l <verdict) + 1)) >text || true
	[ "$got" = "$want" ] || {
		echo "exit status $got, not $want"
		cat all complaints
		return 1
	}
}

# noted LINE: one of the explanations begins so.
noted() {
	awk -v want="$1" 'index($0, want) == 1 { found = 1 } END { exit !found }' notes ||
		{ echo "no note: $1"; cat all; return 1; }
}

@test "the address of a fault is explained although an earlier line contained the same number" {
	dump x86_64-slabs
	vmlinux 64
	cat >oops <<-'END'
	obj ffff8880000500c0 func ffffffffc0700040
	obj ffff8880000500c0 func ffffffffc0700040
	BUG: unable to handle page fault for address: ffffffffc0700040
	CR2: ffffffffc0700040
	END
	annotated 0 'annotate -p 1 oops' vmlinux x86_64-slabs
	noted 'ffffffffc0700040: modules, '
	[ "$(grep -c '^ffffffffc0700040' notes)" = 1 ]
	[ "$(grep -c '^ffff8880000500c0' notes)" = 1 ]
	grep -A1 'BUG: unable' all | grep -q '\^ ffffffffc0700040'
}

@test "an oops: symbols, registers, control registers, stack, code" {
	dump x86_64-slabs
	vmlinux 64
	sized >oops <<-'END'
	BUG: kernel NULL pointer dereference, address: 0000000000000028
	PGD 32067 P4D 32067 PUD 0
	PGD 10067 P4D 10067 PUD 11067 PMD 12067 PTE 8000000001c03067
	CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-18-amd64 #1
	RIP: 0010:schedule+0x2/@
	Code: 90 90 <48> 83
	RSP: 0018:ffffc90000013e78 EFLAGS: 00010246
	RAX: ffffffffffffffea RBX: ffff8880000500c0 RCX: dead000000000122
	RDX: 0000000000000000 RSI: 0000000000000005 RDI: fff7888001c20000
	R13: ffff888000030000 R14: 6b6b6b6b6b6b6b6b R15: 0000000000001008
	CR2: 0000000000000028 CR3: 0000000000032000 CR4: 00000000003506f0
	Call Trace:
	 <TASK>
	 ? asm_exc_divide_error+0x4/@
	 brd_submit_bio+0x10/0x50 [brd]
	 [<ffffffff81002004>] ffff8880000500c0
	 </TASK>
	Modules linked in: test_mod
	---[ end trace 0123456789abcdef ]---
	END
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	cmp text oops
	noted '0000000000000028: in the first page: an offset from a NULL pointer?; pid 1' ||
		noted '0000000000000028: in the first page: an offset from a NULL pointer?'
	noted '32067: points to the pgd page table of pid 1 (init), for 0 to ffffffffffffffff, not to a pud page table'
	noted '10067: points to the pud page table of pid 1 (init), for 0 to 7fffffffff'
	noted '11067: points to the pmd page table of pid 1 (init), for 0 to 3fffffff'
	noted '12067: points to the pte page table of pid 1 (init), for 0 to 1fffff'
	noted '8000000001c03067: frame 1c03, zone DMA'
	[ "$(grep -c '^10067: ' notes)" = 1 ]
	noted "schedule+0x2/$(extent schedule): ffffffff81002002, schedule+0x2"
	noted 'Code: ffffffff81002000 to ffffffff81002003: the dump has '
	noted 'ffffc90000013e78: stack of pid 1 (init), 392 of 16384 bytes deep'
	noted 'ffffffffffffffea: ERR_PTR(-EINVAL), -22; or 0x16 before NULL'
	noted 'ffff8880000500c0: object ffff8880000500c0 of cache kmalloc-96, free'
	noted 'dead000000000122: LIST_POISON2'
	noted 'fff7888001c20000: not canonical; with bit 51 flipped ffff888001c20000, frame 1c20'
	noted 'ffff888000030000: '
	noted '6b6b6b6b6b6b6b6b: POISON_FREE'
	noted '0000000000032000: root of the page table of pid 1 (init)'
	noted "asm_exc_divide_error+0x4/$(extent asm_exc_divide_error): ffffffff8"
	noted 'brd_submit_bio+0x10/0x50 [brd]: this kernel has no such symbol in a module brd'
	noted 'ffffffff81002004: schedule+0x4'
	# each once; a small number says nothing; a mark of an end is no address
	[ "$(grep -c ffff8880000500c0: notes)" = 1 ]
	not grep -q 0000000000000005 notes
	not grep -q 0123456789abcdef notes
}

@test "frames: page:, pfn:, Bad page map, MCE and EDAC" {
	dump x86_64-pages
	vmlinux 64
	cat >log <<-'END'
	page:ffffea0000070800 refcount:1 mapcount:0 mapping:0000000000000000 index:0x7 pfn:0x1c20
	flags: 0x17ffffc0000000(node=0|zone=2|lastcpupid=0x1fffff)
	BUG: Bad page state in process init  pfn:01c21
	BUG: Bad page map in process init  pte:8000000001c03067 pmd:00012067
	mce: [Hardware Error]: CPU 1: Machine Check: 0 Bank 7: 8c00004000010092
	mce: [Hardware Error]: TSC 0 ADDR 1c22000 MISC 86
	EDAC MC0: 1 CE memory read error on CPU_SrcID#0 (channel:0 slot:0 page:0x1c23 offset:0x80 grain:32 syndrome:0x0)
	Memory failure: 0x1c80: recovery action for dirty page: Recovered
	{1}[Hardware Error]:   physical_address: 0x0000000001c24040
	END
	annotated 0 'annotate -p 1 log' vmlinux x86_64-pages
	cmp text log
	noted 'ffffea0000070800: struct page of frame 1c20, zone DMA, file ext4 on sda1 inode 4711 /init within ext4 page 7'
	noted '0x1c20: frame 1c20, zone DMA, file ext4'
	noted '01c21: frame 1c21, zone DMA, file tmpfs'
	noted '8000000001c03067: frame 1c03, zone DMA, anon page 0 of pid 1 at 3000'
	noted '00012067: points to the pte page table of pid 1 (init), for 0 to 1fffff'
	noted '1c22000: frame 1c22, zone DMA, file ext4 on sda1 inode 4712'
	noted '0x1c23: frame 1c23, zone DMA, file page 9'
	noted '0x1c80: frame 1c80, zone DMA, free'
	noted '0x0000000001c24040: frame 1c24, zone DMA'
	[ "$(wc -l <notes)" = 9 ]
}

@test "user addresses are of the process that the text or -p names" {
	dump x86_64-tasks
	vmlinux 64
	cat >log <<-'END'
	CPU: 0 PID: 1 Comm: init Tainted: G
	RIP: 0x1008
	RSP: 0000000000003010
	END
	annotated 0 'annotate log' vmlinux x86_64-tasks
	noted '0000000000003010: a user address of pid 1 (init): 3000 to 7fff rw-p [heap]'
	noted '0x1008: a user address of pid 1 (init): 1000 to 2fff'
	printf 'CPU: 0 PID: 1 Comm: other\nRDI: 0000000000003020\n' >other
	annotated 0 'annotate other' vmlinux x86_64-tasks
	[ ! -s notes ]
	annotated 0 'annotate -p 1 log' vmlinux x86_64-tasks
	noted '0x1008: a user address of pid 1 (init): 1000 to 2fff r-xp /bin/init+0x17008'
	annotated 0 'annotate -p 1 other' vmlinux x86_64-tasks
	noted '0000000000003020: a user address of pid 1'
}

# of_this_boot: lines that show that a text is about the boot of x86_64-tasks: the table of pid 1.
of_this_boot() {
	yes x | head -17
	printf 'CPU: 0 PID: 1 Comm: init\nCR3: 0000000000032000\n'
}

@test "user addresses before the line with PID and Comm are of that process" {
	dump x86_64-tasks
	vmlinux 64
	# the shell has its pages at 20000, init others at 3000; each address is explained of each
	cat >log <<-'END'
	CPU: 1 PID: 3 Comm: shell Not tainted
	RDI: 0000000000020010
	BUG: unable to handle page fault for address: 0000000000003018
	#PF: supervisor instruction fetch in kernel mode
	PGD 10067 P4D 10067 PUD 11067 PMD 12067 PTE 8000000001c03067
	Oops: 0011 [#1] PREEMPT SMP PTI
	CPU: 0 PID: 1 Comm: init Tainted: G
	RIP: 0010:0x3018
	CR2: 0000000000003018 CR3: 0000000000032000
	---[ end trace ]---
	BUG: unable to handle page fault for address: 0000000000020018
	CPU: 0 PID: 3 Comm: shell Tainted: G
	RDI: 0000000000003018
	END
	annotated 0 'annotate log' vmlinux x86_64-tasks
	noted '0000000000003018: a user address of pid 1 (init): 3000 to 7fff rw-p [heap]'
	noted '0000000000020018: a user address of pid 3 (shell): '
	[ "$(grep -c 3018: notes)" = 1 ]
	# the report is of one process, however many lines are before its line
	{ echo 'BUG: unable to handle page fault for address: 0000000000003018'; of_this_boot; } >log
	annotated 0 'annotate log' vmlinux x86_64-tasks
	noted '0000000000003018: a user address of pid 1 (init)'
	# named only later, an address is explained again
	printf 'address: 0000000000003018\nCPU: 0 PID: 1 Comm: init\nCR2: 0000000000003018\n' >log
	annotated 0 'annotate log' vmlinux x86_64-tasks
	noted '0000000000003018: a user address of an unknown process'
	noted '0000000000003018: a user address of pid 1 (init): 3000'
	# a process that is gone
	{
		printf 'BUG: unable to handle page fault for address: 0000000000003018\nCPU: 0 PID: 77 Comm: gone\n---[ end trace ]---\n'
		of_this_boot
	} >log
	annotated 0 'annotate log' vmlinux x86_64-tasks
	noted '0000000000003018: a user address of pid 77, a process that is not in the dump'
}

@test "entries of page tables of 32 bits, and entries that lead nowhere" {
	vmlinux 64
	dump x86_64-device-frames
	echo 'BUG: Bad page map in process init  pte:8000200001c03067 pmd:00012067' >log
	echo 'PGD 10067 P4D 10067 PUD 300000012067' >>log
	annotated 0 'annotate -p 1 log' vmlinux x86_64-device-frames
	grep -qx '8000200001c03067: 200001c03000 is neither memory nor a device that the kernel lists' notes
	grep -qx '300000012067: 300000012000 is neither memory nor a device that the kernel lists' notes
	not grep flipped notes
	dump pae
	vmlinux pae
	"$KWALK" -q -j -c 'vtop c1000000' vmlinux pae >walk
	pgd=$(json_values 'it["levels"][0]["entry"][2:]' walk)
	echo "*pdpt = 000000000$pgd *pde = 0000000000000000" >log
	annotated 0 'annotate log' vmlinux pae
	noted "000000000$pgd: points to the pmd page table of the kernel, for c0000000 to ffffffff"
}

@test "an entry of the kernel is not swapped: DEBUG_PAGEALLOC removes the present bit" {
	printf 'include %s/i386.txt\nat pte_direct[0x300]: u32 0x300062\n' "$DUMPS" | describe unmapped
	vmlinux 32
	printf '%s\n' 'BUG: unable to handle kernel paging request at c0300ca4' '*pde = 00003063 *pte = 00300062' >oops
	# a header, which does not show the boot
	annotated 0 'annotate oops' vmlinux unmapped
	not grep swap notes
	sed -i 's/BUG: unable to handle.* at/address:/' oops
	annotated 0 'annotate oops' vmlinux unmapped
	noted '00003063: points to the pte page table of the kernel, for c0000000 to c03fffff'
	noted '00300062: not present; memory of the kernel is not swapped, so this is frame 300 if only the present bit was removed'
	sed -i 's/c0300ca4/00300ca4/' oops
	annotated 0 'annotate oops' vmlinux unmapped
	noted '00300062: swapped, swap 17:6144'
	# old kernels print no word before the address
	dump x86_64-tasks
	vmlinux 64
	printf '%s\n' 'BUG: unable to handle kernel paging request at ffff888000300ca4' 'PTE ffffffffffffa00' >oops
	annotated 0 'annotate -p 1 oops' vmlinux x86_64-tasks
	noted 'ffffffffffffa00: not present; memory of the kernel is not swapped'
	sed -i 's/ffff888000300ca4/0000000000300ca4/' oops
	annotated 0 'annotate -p 1 oops' vmlinux x86_64-tasks
	noted 'ffffffffffffa00: swapped, swap 1:2'
}

@test "registers as gdb prints them, and addresses alone in a line" {
	dump x86_64-slabs
	vmlinux 64
	cat >log <<-'END'
	cr2: 28
	rip            0xffffffff81002006  0xffffffff81002006 <schedule+6>
	cr3            0x32000    [ PDBR=0 PCID=0 ]
	ffffffff81002002
	0xffff888000030000
	END
	annotated 0 'annotate log' vmlinux x86_64-slabs
	noted '28: in the first page'
	noted '0xffffffff81002006: schedule+0x6'
	noted '0x32000: root of the page table of pid 1 (init)'
	noted 'ffffffff81002002: schedule+0x2'
	noted '0xffff888000030000: frame 30'
}

@test "where code that cannot be read would begin is no error pointer" {
	dump x86_64 i386
	vmlinux 64
	printf 'RIP: 0010:0x0\nCode: Unable to access opcode bytes at 0xffffffffffffffd6.\n' >log
	printf 'Code: Unable to access opcode bytes at RIP 0xffffffff8100002a.\nRCX: ffffffffffffffd6\n' >>log
	annotated 0 'annotate log' vmlinux x86_64
	noted '0xffffffffffffffd6: the start of the code bytes in the text, 42 bytes before the instruction at 0'
	noted '0xffffffff8100002a: the start of the code bytes in the text, 42 bytes before the instruction at ffffffff81000054'
	noted 'ffffffffffffffd6: ERR_PTR(-ENOMSG)'
	# the access set CR2
	printf 'Code: Unable to access opcode bytes at 0xffffffffffffffd6.\nCR2: ffffffffffffffd6\n' >log
	annotated 0 'annotate log' vmlinux x86_64
	[ "$(wc -l <notes)" = 1 ]
	printf 'Code: Unable to access opcode bytes at 0xffffffffffffffd6.\ncr2=ffffffffffffffd6\n' >log
	annotated 0 'annotate log' vmlinux x86_64
	[ "$(wc -l <notes)" = 1 ]
	vmlinux 32
	echo 'Code: Unable to access opcode bytes at 0xffffffd6.' >log
	annotated 0 'annotate log' vmlinux i386
	noted '0xffffffd6: the start of the code bytes in the text, 42 bytes before the instruction at 0'
}

@test "of another boot: the image is moved, the rest is not explained" {
	local offset

	dump x86_64-kaslr
	vmlinux 64
	offset=$("$KWALK" -q -j -c info vmlinux x86_64-kaslr | sed -n 's/.*"fact":"kaslr_offset","value":"\([^"]*\)".*/\1/p')
	[ -n "$offset" ]
	cat >log <<-'END'
	RIP: 0010:[<ffffffff91002002>]
	RBX: ffff888001c20000 RCX: dead000000000100
	Kernel Offset: 0x10000000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)
	END
	printf 'Linux version 6.1.0-18-amd64\nRIP: 0010:[<%x>]\nKernel Offset: 0x%x from 0xffffffff81000000\n' \
		$((0xffffffff81002004 + offset)) "$offset" >>log
	annotated 0 'annotate log' vmlinux x86_64-kaslr
	cmp text log
	noted "ffffffff91002002: in this kernel $(printf %x $((0xffffffff81002002 + offset))), schedule+0x2"
	noted 'dead000000000100: LIST_POISON1'
	not grep -q ffff888001c20000: notes
	noted "$(printf %x $((0xffffffff81002004 + offset))): schedule+0x4"
}

@test "i386: Kernel Offset: disabled is also printed with KASLR; segments, and CR2 with 16 digits" {
	dump i386-kaslr
	vmlinux 32
	local offset symbol

	offset=$("$KWALK" -q -j -c info vmlinux i386-kaslr | sed -n 's/.*"fact":"kaslr_offset","value":"\([^"]*\)".*/\1/p')
	[ $((offset)) != 0 ]
	symbol=$("$KWALK" -q -j -c 'sym schedule' vmlinux i386-kaslr | json_values 'it["address"][2:]' | tr -d '"')
	sized >log <<-END
	BUG: unable to handle page fault for address: f7fffff4
	EIP: schedule+0x2/@
	EAX: $symbol EBX: 00000000 ECX: 00000000 EDX: 00000000
	DS: 007b ES: 007b FS: 00d8 GS: 0033 SS: 0068 EFLAGS: 00200082
	CR0: 80050033 CR2: 00000000f7fffff8 CR3: 0100b340 CR4: 00350ef0
	Kernel Offset: disabled
	END
	# the line does not show the offset 0, so it does not show another boot either
	annotated 0 'annotate log' vmlinux i386-kaslr
	noted 'f7fffff4: nothing shows that the text is about the boot in the dump'
	not grep '^c' notes
	sed -i '/Kernel Offset/d; s/BUG: unable to handle page fault for //; s/ EFLAGS.*//' log
	annotated 0 'annotate log' vmlinux i386-kaslr
	noted 'f7fffff4: '
	noted "$symbol: schedule"
	noted '00000000f7fffff8: '
	# More than 32 bits are no address, and too few digits are cut off.
	echo 'EAX: 1f7fffff8 EBX: 33' >log
	annotated 0 'annotate log' vmlinux i386-kaslr
	noted '1f7fffff8: too many digits'
	noted '33: too few digits'
}

@test "a function of another size is reported" {
	dump x86_64
	vmlinux 64
	echo ' schedule+0x4/0x1f40' >log
	annotated 0 'annotate log' vmlinux x86_64
	grep -qx "schedule+0x4/0x1f40: the text is about another kernel: here schedule has $(extent schedule) bytes, not 0x1f40; 0 of 1 sizes agree: its functions and addresses are not explained by this kernel" notes
	[ "$(wc -l <notes)" = 1 ]
	echo ' no_such_function+0x4/0x40' >log
	annotated 0 'annotate log' vmlinux x86_64
	noted 'no_such_function+0x4/0x40: this kernel has no such symbol'
}

@test "words that cannot be read are named, and nothing else is lost" {
	dump x86_64
	vmlinux 64
	printf 'RAX: ffffffff810020040 RBX: ffffffff81002002\nRCX: 123456 RDX: ffffffff81002004\nschedule+0x' >log
	annotated 0 'annotate log; sym schedule' vmlinux x86_64
	noted 'ffffffff810020040: the number does not fit in 64 bits'
	noted '123456: too few digits'
	noted 'schedule+0x: the symbol is incomplete'
	noted 'ffffffff81002002: schedule+0x2'
	noted 'ffffffff81002004: schedule+0x4'
	grep -q '^ffffffff81002000 (T) schedule' text
}

@test "what is no text, and what is no file" {
	dump x86_64
	vmlinux 64
	printf 'RBX: ffffffff81002002\tx\001\n\0\377ffffffff81002004\n' >log
	annotated 1 'annotate log' vmlinux x86_64
	grep -q 'kwalk: annotate: log: line 1 is not text: byte 24 is 01' complaints
	[ "$(wc -l <complaints)" = 1 ]
	printf 'RBX: ffffffff81002002\tx?\n??ffffffff81002004\n' | cmp - text
	noted 'ffffffff81002002: schedule'
	fails 1 'annotate nothing No such file' -q -c 'annotate nothing' x86_64
	mkdir folder
	fails 1 'annotate folder directory' -q -c 'annotate folder' x86_64
	fails 1 'annotate: log: too many arguments' -q -c 'annotate log log' x86_64
}

@test "from a pipe, empty, without a newline, CRLF" {
	dump x86_64
	vmlinux 64
	[ "$(echo 'at ffffffff81002004' | "$KWALK" -q -c annotate vmlinux x86_64 | wc -l)" = 2 ]
	[ "$(printf 'at ffffffff81002004\r\n' | "$KWALK" -q -c 'annotate -' vmlinux x86_64 | head -1)" = 'at ffffffff81002004' ]
	: | "$KWALK" -q -c annotate vmlinux x86_64 >all
	[ "$(grep -c '^No report of the kernel' all)" = 1 ]
	: >log
	annotated 0 'annotate log' vmlinux x86_64
	[ "$(wc -l <all)" = 1 ]
	"$KWALK" -j annotate log | grep -q '"report":"none"'
}

@test "addresses of devices are no addresses of the CPU" {
	dump x86_64-tasks
	vmlinux 64
	cat >log <<-'END'
	[   41.300010] arm-smmu 16200000.iommu: Unhandled context fault: fsr=0x402, iova=0xffff888000030300, cb=6
	[   41.300030] arm-smmu 16200000.iommu: FAR    = 0000000000200040
	[   41.300040] plumgpu 0000:0c:00.0: plumgpu:   in page starting at address 0x0000000000201000 from client 0x1b
	[   41.300050] sorrel sorrel-3d0: fault at address 0xffff888000030300
	END
	annotated 0 'annotate -p 1 log' vmlinux x86_64-tasks
	noted '0xffff888000030300: an address of a device, not of the CPU'
	noted '0000000000200040: an address of a device'
	noted '0x0000000000201000: an address of a device'
	not grep -q 'task_struct\|pid 1' notes
	echo 'RBX: ffff888000030300' >>log
	annotated 0 'annotate -p 1 log' vmlinux x86_64-tasks
	noted 'ffff888000030300: '
}

@test "a text of very many boots" {
	dump x86_64-tasks
	vmlinux 64
	{
		yes 'Linux version 6.1.0-18-amd64' | head -100000
		echo 'RBX: ffffffff81002002'
	} >log
	timeout "$PATIENCE" "$KWALK" -q -c 'annotate -p 1 log' vmlinux x86_64-tasks >all
	grep -q '^    ^ ffffffff81002002: schedule+0x2' all
}

@test "a long line in which a name may begin at each second byte" {
	dump x86_64
	vmlinux 64
	{
		for line in {1..30}; do
			yes '$a' | head -32000 | tr -d '\n'
			echo ' RBX: ffffffff81002002'
		done
	} >log
	timeout "$PATIENCE" "$KWALK" -q -c 'annotate log' vmlinux x86_64 >all
	grep -q '^ *^ ffffffff81002002: schedule+0x2' all
}

@test "JSON: an object for each address" {
	dump x86_64-slabs
	vmlinux 64
	printf 'x\nRBX: ffff8880000500c0 R14: 6b6b6b6b6b6b6b6b\n schedule+0x4/@\n' | sized >log
	answers vmlinux x86_64-slabs 'annotate log' <<-END
	ffff8880000500c0 command=annotate line=2 kind=slab-object allocated=false \
		text="~kmalloc-96, free"
	6b6b6b6b6b6b6b6b line=2 kind=poison name=POISON_FREE
	schedule+0x4/$(extent schedule) line=3 kind=symbol symbol=schedule+0x4
	END
}

# oops_of MODE OFFSET LINKED: a vmlinux with functions of many lines, and the file oops about a boot of it.
oops_of() {
	local ip='EIP: 0060:' at size name

	[ "$1" != 64 ] || ip='RIP: 0010:'
	[ "$1" != arm64 ] || ip='pc : '
	{
		for i in 1 2 3 4; do
			printf 'int work_%s(int *p)\n{\n\tint sum = *p;\n\n\tfor (int i = 0; i < %s; i++)\n\t\tsum += p[i] * i;\n\tp[3] = sum;\n\n\treturn sum;\n}\n' "$i" "$((i + 2))"
		done
	} >more.c
	MORE=more.c vmlinux "$1"
	nm -S vmlinux | sed -n 's/^\([0-9a-f]*\) \([0-9a-f]*\) T work_/\1 \2 work_/p' >functions
	[ "$(wc -l <functions)" = 4 ]
	: >oops
	: >addresses
	while read -r at size name; do
		size=$(extent "$name")
		size=${size#0x}
		printf "${ip}%s+0x%x/0x%x\n${ip}[<%x>]\n %s+0x%x/0x%x\n" "$name" 3 "$((0x$size))" \
			"$((0x$at + $2 + 34))" "$name" 9 "$((0x$size))" >>oops
		printf '%x\n%x\n%x\n' "$((0x$at + 3))" "$((0x$at + 34))" "$((0x$at + 8))" >>addresses
	done <functions
	echo "Kernel Offset: $(printf '0x%x' "$2") from 0x$3 (relocation range: 0x$3-0x$3)" >>oops
}

@test "an oops without a dump: lines as addr2line gives them, with the offset of its boot" {
	local mode offset linked at size name

	while read -r mode offset linked; do
		oops_of "$mode" "$offset" "$linked"
		annotated 0 'annotate oops' vmlinux
		cmp text oops
		sed -n 's/.*, more\.c:\([0-9]*\), text.*/\1/p' notes >lines
		# clang gives code that belongs to no line the line 0, which addr2line shows as "?".
		addr2line -e vmlinux <addresses | sed -n 's/.*:\([0-9][0-9]*\).*/\1/p' | diff - lines
		grep -q . lines
	done <<-END
	64 0x2c00000 ffffffff81000000
	32 0x7000000 c1000000
	pae 0x7000000 c1000000
	END
	# The start of a function is no return address: its line is not of the function before it.
	read -r at size name < <(sed -n 2p functions)
	printf ' ? %s+0x0/%s\n' "$name" "$(extent "$name")" >start
	annotated 0 'annotate start' vmlinux
	sed -n 's/.*, more\.c:\([0-9]*\), text.*/\1/p' notes >lines
	addr2line -e vmlinux "$at" | sed -n 's/.*:\([0-9][0-9]*\).*/\1/p' | diff - lines
	# The text does not show where the image is: its numbers prove nothing, its symbols do.
	sed '/Kernel Offset/d' oops >none
	annotated 0 'annotate none' vmlinux
	[ "$(grep -c 'more\.c:' notes)" = "$(awk 'NR % 3 != 2' addresses | addr2line -e vmlinux | grep -c ':[0-9]')" ]
	sed 's/Kernel Offset.*/Kernel Offset: disabled/; s/\[<.*>\]/[<'"$(sed -n '1s/ .*//p' functions)"'>]/' oops >disabled
	annotated 0 'annotate disabled' vmlinux
	[ "$(grep -v 'its release' notes | grep -c 'work_')" = "$(grep -c 'work_' none)" ] # with i386, "disabled" proves nothing
	oops_of 64 0 ffffffff81000000
	sed 's/Kernel Offset.*/Kernel Offset: disabled/; s/\[<.*>\]/[<'"$(sed -n '1s/ .*//p' functions)"'>]/' oops >disabled
	annotated 0 'annotate disabled' vmlinux
	noted "$(sed -n '1s/ .*//p' functions): work_"
	oops_of pae 0 c1000000
	# values, and words of memory that nobody has
	printf '6b6b6b6b d0000000\nCR3: 12345000\nCode: 90 <0f> 0b\n' >words
	annotated 0 'annotate words' vmlinux
	noted '6b6b6b6b: POISON_FREE'
	[ "$(wc -l <notes)" = 1 ]
	echo ' call+0x4/0x40 [a_driver]' >module
	annotated 0 'annotate module' vmlinux
	noted 'call+0x4/0x40 [a_driver]: the symbols of the module a_driver are only in a dump'
}

@test "an oops of arm64 without a dump" {
	oops_of arm64 0x1260000 ffff800008000000
	annotated 0 'annotate oops' vmlinux
	sed -n 's/.*, more\.c:\([0-9]*\), text.*/\1/p' notes >lines
	addr2line -e vmlinux <addresses | sed -n 's/.*:\([0-9][0-9]*\).*/\1/p' | diff - lines
	grep -q . lines
	# How many bits of addresses the CPU used is not known.
	sed '1i user pgtable: 4k pages, 52-bit VAs, pgdp=0000000109f02000' oops >wide
	annotated 0 'annotate wide' vmlinux
	[ "$(grep -c 'more\.c:' notes)" = "$(wc -l <lines)" ]
	# The vmlinux shows its release.
	sed '1i CPU: 0 PID: 1 Comm: init Not tainted 5.15.0-91-lab #1' oops >other
	annotated 0 'annotate other' vmlinux
	grep -q 'the text is about Linux 5\.15\.0-91-lab, and this kernel is 6\.1\.0-18-arm64' notes
	not grep 'more\.c:' notes
}

# parts: the file parts.c, whose functions access members of struct part.
parts() {
	cat >parts.c <<-'C'
	struct part {
		int number;
		union { long a; char *b; };
		int cells[4];
		struct part *next;
		struct { short low, high; } pair;
	};

	struct part *part_next(struct part *part) { return part->next; }
	int part_cell(struct part *part, long index) { return part->cells[index]; }
	long part_union(struct part *part) { return part->a; }
	void part_pair(struct part *part) { part->pair = (typeof(part->pair)){ 0 }; }

	static inline __attribute__((always_inline)) void clear(struct part *some) { some->pair.high = 0; some->number++; }
	void part_clear(struct part *part) { clear(part); }

	/* The register gets another value, so it is not the parameter any more. */
	int part_lost(struct part *part)
	{
		int number;

		asm volatile("xor %%edi, %%edi" ::: "rdi");
		asm volatile("mov 0x20(%%rdi), %0" : "=r"(number)::"rdi");
		return number;
	}
	C
}

# fault FILE FUNCTION ACCESS EXTENT [MODULE]: the report of a fault at the instruction of FUNCTION in FILE that accesses
# this memory, with RDI 0 and RSI 2; its address is $address.
fault() {
	local start at

	objdump -d --no-show-raw-insn "$1" | sed -n "/<$2>:$/,/^\$/p" >function
	start=$(sed -n '1s/ .*//p' function)
	at=$(grep -F -- "$3" function | head -1 | sed 's/^ *\([0-9a-f]*\):.*/\1/')
	cat <<-OOPS
	BUG: kernel NULL pointer dereference, address: 00000000000000$address
	#PF: supervisor ${access:-read} access in kernel mode
	#PF: error_code(0x000${code:-0}) - not-present page
	Oops: 000${code:-0} [#1] PREEMPT SMP NOPTI
	CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-18-amd64 #1
	RIP: 0010:$2+0x$(printf %x $((16#$at - 16#$start)))/$4${5:+ [$5]}
	Code: $(objdump -d --start-address=0x"$start" --stop-address="$(printf %#x $((16#$at + 16)))" "$1" |
		awk -F'\t' 'NF > 1 { printf "%s", $2 }' | tr -s ' ' |
		awk -v mark=$((16#$at - 16#$start + 1)) '{ $mark = "<" $mark ">"; print }')
	RSP: 0018:ffffc90000013e78 EFLAGS: 00010246
	RAX: 0000000000000001 RBX: ffff888000030000 RCX: 0000000000000001
	RDX: 0000000000000001 RSI: 0000000000000002 RDI: 0000000000000000
	CR2: 00000000000000$address CR3: 0000000000032000 CR4: 00000000003506f0
	OOPS
}

# names_variable TEXT: the verdict has this sentence, or, if TEXT is "", none about a variable.
names_variable() {
	"$KWALK" annotate -s oops "${FILES[@]}" >verdict || { cat verdict; return 1; }
	! grep -q capstone verdict || skip "without capstone"
	# Further lines of a sentence begin with two blanks.
	sed -z 's/\n  / /g' verdict | grep ' is the \(parameter\|variable\) ' | sed 's, ([^ (]*\(parts\|mod\)\.c:, (parts.c:,' >told || true
	printf '%s' "${1:+$1
}" | diff - told || { cat oops verdict; return 1; }
}

@test "the variable in the bad register, and the member that was accessed" {
	local FILES=(vmlinux) address size

	parts
	MORE=parts.c vmlinux 64
	address=20 fault vmlinux part_next '0x20(%rdi)' "$(extent part_next)" >oops
	names_variable 'RDI is the parameter part (struct part *) of part_next(), and 0x20 is part->next (parts.c:9).'
	cp oops good
	address=18 fault vmlinux part_cell '(%rdi,%rsi,4)' "$(extent part_cell)" >oops
	names_variable 'RDI is the parameter part (struct part *) of part_cell(), and 0x18 is part->cells[2] (parts.c:10).'
	address=08 fault vmlinux part_union '0x8(%rdi)' "$(extent part_union)" >oops
	names_variable 'RDI is the parameter part (struct part *) of part_union(), and 0x8 is part->a or part->b (parts.c:11).'
	address=28 access=write code=2 fault vmlinux part_pair '0x28(%rdi)' "$(extent part_pair)" >oops
	names_variable 'RDI is the parameter part (struct part *) of part_pair(), and 0x28 is part->pair (parts.c:12).'
	address=2a access=write code=2 fault vmlinux part_clear '0x2a(%rdi)' "$(extent part_clear)" >oops
	names_variable 'RDI is the parameter some (struct part *) of the inlined clear(), and 0x2a is some->pair.high (parts.c:14).'
	address=20 fault vmlinux part_lost '0x20(%rdi)' "$(extent part_lost)" >oops
	names_variable ''
	# a dump has the same code
	dump x86_64
	cp good oops
	FILES=(vmlinux x86_64)
	names_variable 'RDI is the parameter part (struct part *) of part_next(), and 0x20 is part->next (parts.c:9).'
	FILES=(vmlinux)
	# another release, another build, another function, other code: nothing
	sed 's/6\.1\.0-18/6.1.0-19/' good >oops
	names_variable ''
	sed 's/ #1$/ #2/' good >oops
	names_variable ''
	sed 's/ Not tainted .*//' good >oops
	names_variable ''
	size=$(extent part_next)
	sed "s,/$size,/$(printf %#x $((size + 16)))," good >oops
	names_variable ''
	sed '/^Code:/s/>.*/> 00 00 00 00 00 00 00 00 00 00 00 00 00 00/' good >oops
	grep -q '^Code: <' oops # the instruction is the first one, and its other bytes differ
	names_variable ''
}

# part_module RELEASE: parts.c as the file part_mod.ko of a module for this release.
part_module() {
	{
		cat parts.c
		cat <<-C
		extern int elsewhere(void);
		int part_call(struct part *part) { int number = part->number; return number + elsewhere() + elsewhere(); }
		int part_last(void) { return 0; }
		__attribute__((section(".modinfo"), used)) static const char info[] = "name=part_mod\0vermagic=$1 SMP mod_unload ";
		__attribute__((section(".gnu.linkonce.this_module"), used)) char this_module[64];
		C
	} >mod.c
	${X86_CC:-${CC:-cc}} -m64 -mcmodel=kernel -O1 -g -ffreestanding -fno-pic -fno-stack-protector \
		-fno-asynchronous-unwind-tables -fcf-protection=none -c mod.c -o part.o
	ld -m elf_x86_64 -r -o part_mod.ko part.o
}

@test "the variable in the bad register, by the file of a module" {
	local FILES=(vmlinux part_mod.ko) address=00 size start end

	parts
	vmlinux 64
	part_module 6.1.0-18-amd64
	# the distance to the next symbol
	read -r start end < <(nm -n part_mod.ko | sed -n '/ part_call$/{N;p}' | awk '{ print $1 }' | paste -sd' ')
	size=$(printf '0x%x' $((16#$end - 16#$start)))
	fault part_mod.ko part_call '(%rdi)' "$size" part_mod >good
	# The kernel has put the addresses of other functions into the code.
	sed -i '/^Code:/s/e8 00 00 00 00/e8 1b 2c 3d 1e/g' good
	grep -q '^Code:.*e8 1b' good
	cp good oops
	names_variable 'RDI is the parameter part (struct part *) of part_call(), and 0 is part->number (parts.c:27).'
	# Code that is not in the file is not compared, and other code is other code.
	objcopy --only-keep-debug part_mod.ko debug.ko
	FILES=(vmlinux debug.ko)
	names_variable ''
	FILES=(vmlinux part_mod.ko)
	sed '/^Code:/s/>.*/> 00 00 00 00 00 00 00 00 00 00 00 00 00 00/' good >oops
	names_variable ''
	cp good oops
	part_module 6.1.0-19-amd64
	names_variable ''
}

@test "a register that spells a text" {
	vmlinux 64
	printf 'RDI: 0000646e6f632d6b R15: 0000000000000000\n' >oops
	annotated 0 'annotate oops' vmlinux
	noted '0000646e6f632d6b: the text "k-cond"'
}

@test "without a dump only annotate runs" {
	vmlinux 64
	sized >oops <<<'RIP: 0010:schedule+0x2/@'
	annotated 0 'ann oops' vmlinux
	noted "schedule+0x2/$(extent schedule): in this kernel ffffffff8100"
	fails 2 'not a dump; give a dump too' -c 'info' vmlinux
	fails 2 'not a dump; give a dump too' -c 'annotate oops' -c 'info' vmlinux
	fails 2 'not a dump; give a dump too' vmlinux
	fails 1 @unreadable 'rd ffffffff81000000' -c 'annotate oops; rd ffffffff81000000' vmlinux
	printf 'ffffffff81000000 T _text\nffffffff81000000 T startup_64\nffffffff81000010 T schedule\n' >System.map
	# the last symbol: its size is not known
	annotated 0 'annotate oops' System.map
	noted "schedule+0x2/$(extent schedule): ffffffff81000012, kernel-image"
	not grep 'not mapped' notes
}

@test "a text about another release, machine or width: said once, and nothing of this kernel" {
	dump x86_64-slabs
	vmlinux 64
	sized >oops <<-'END'
	BUG: unable to handle page fault for address: ffff8880000500c0
	CPU: 0 PID: 1 Comm: init Tainted: G        W         5.15.0-91-lab #101-Lab
	RIP: 0010:schedule+0x2/@
	RBX: ffff8880000500c0 RCX: dead000000000122
	CR2: ffff8880000500c0 CR3: 0000000000032000
	 no_such_function+0x4/0x40
	END
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	printf '%s\n' 'ffff8880000500c0: the text is about Linux 5.15.0-91-lab, and this kernel is 6.1.0-18-amd64: its functions and addresses are not explained by this kernel' \
		'dead000000000122: LIST_POISON2, the previous pointer of an entry that was deleted from a list' | cmp - notes
	# frames are of another kernel's memory, however low
	echo 'page:0000000000000000 pfn:0x12' >>oops
	# -p does not make it a text about this kernel
	annotated 0 'annotate -p 1 oops' vmlinux x86_64-slabs
	[ "$(wc -l <notes)" = 2 ]
	# the next report is of this one, its release comes only after its first line
	sized >>oops <<-'END'
	BUG: unable to handle page fault for address: ffff8880000500d8
	CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-18-amd64 #1
	RIP: 0010:schedule+0x2/@
	CR2: ffff8880000500d8 CR3: 0000000000032000
	END
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	noted 'ffff8880000500d8: object ffff8880000500c0+0x18 of cache kmalloc-96, free'
	noted "schedule+0x2/$(extent schedule): ffffffff81002002"
	[ "$(grep -c ffff8880000500c0: notes)" = 1 ]
	# no complaint that digits are missing
	printf '%s\n' 'EIP: schedule+0x2/0x20' 'EAX: c1402000 EBX: 00000000 ECX: f6834378 EDX: c1f2b3a4' >oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	printf 'schedule+0x2/0x20: the text is about an i386 kernel, and this one is x86_64: its functions and addresses are not explained by this kernel\n' | cmp - notes
	[ ! -s complaints ]
	printf '%s\n' 'pc : schedule+0x4/0x20' 'x29: ffff800008003f00 x28: dead000000000122' 'x0 : 0000000000000000' 'ESR = 0x96000004' >oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	[ "$(wc -l <notes)" = 1 ]
	noted 'schedule+0x4/0x20: the text is about an arm64 kernel'
	printf '%s\n' 'epc : schedule+0x4/0x20' 'epc : ffffffff802ee22c ra : ffffffff802821e4 sp : ffffffc80400bbb0' >oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	noted 'schedule+0x4/0x20: the text is about a riscv64 kernel'
}

@test "a text about a machine that kwalk does not read: nothing of this kernel" {
	local line

	dump x86_64-slabs
	vmlinux 64
	while IFS=: read -r name line; do
		# the size of the function agrees
		{
			printf '%s\n' "$line"
			sized <<<'Call Trace: schedule+0x2/@'
		} >oops
		annotated 0 'annotate oops' vmlinux x86_64-slabs
		[ "$(wc -l <notes)" = 1 ]
		grep -q ": the text is about $name kernel, and this one is x86_64: its functions" notes
	done <<-'END'
	an s390:Krnl PSW : 0704c00180000000 000000017a2b0d1e (schedule+0x2/0x20)
	an s390:Krnl GPRS: 0000000000000000 0000000000000001 6b6b6b6b6b6b6b6b 00000000ffffd4ef
	a powerpc:NIP:  c000000000353484 LR: c00000000033720c CTR: c00000000032d280
	a powerpc:GPR00: c00000000033720c c000003fdce37970 c0000000016eb000 c000003fbafa9990
	a 32-bit arm:pc : [<c019d604>]    lr : [<c018dcc8>]    psr: 000f0193
	a mips:epc   : 8066c218 __schedule+0x2b8/0x7fc
	a sparc:TSTATE: 0000004411001603 TPC: 00000000004a3f20 TNPC: 00000000004a3f24 Y: 00000000
	END
}

@test "of which boot a text is: a function with another address" {
	dump x86_64-slabs
	vmlinux 64
	# schedule is at ffffffff81002000; frames, and what drgn and crash show
	for line in ' [<ffffffff83002002>] ? schedule+0x2/@' '#0 at 0xffffffff83002002 (schedule+0x2/@) in f'; do
		sized <<<"$line" >text
		echo 'obj ffff8880000500c0 func ffffffff81002004' >>text
		annotated 0 'annotate text' vmlinux x86_64-slabs
		grep -q ': the text is about another boot (ffffffff83002002 is in schedule there, which is at ffffffff81002002 here): what lay in its memory is not in this dump' notes
		not grep -q kmalloc-96 notes
		# -p does not make it true
		annotated 0 'annotate -p 1 text' vmlinux x86_64-slabs
		not grep -q kmalloc-96 notes
		# the same address, and the address of a frame, show no other boot
		sed 's/ffffffff83002002/ffffffff81002002/' text >same
		annotated 0 'annotate same' vmlinux x86_64-slabs
		not grep -q 'another boot' notes
		sed 's/ffffffff83002002/ffffc90000013e78/' text >same
		annotated 0 'annotate same' vmlinux x86_64-slabs
		not grep -q 'another boot' notes
	done
	cat >text <<-'END'
	 #1 [ffffc90000013e78] schedule at ffffffff83002002
	 #2 [ffffc90000013e98] schedule at ffffffff83002004
	obj ffff8880000500c0
	END
	annotated 0 'annotate text' vmlinux x86_64-slabs
	grep -q ': the text is about another boot (ffffffff83002002 is in schedule there' notes
	not grep -q kmalloc-96 notes
	sed -i 's/ffffffff83/ffffffff81/' text
	annotated 0 'annotate text' vmlinux x86_64-slabs
	noted 'ffff8880000500c0: object ffff8880000500c0 of cache kmalloc-96'
}

@test "two boots without a banner: Kernel Offset ends a boot, and a broken one is not known" {
	local offset

	dump x86_64-kaslr
	vmlinux 64
	offset=$("$KWALK" -q -j -c info vmlinux x86_64-kaslr | sed -n 's/.*"fact":"kaslr_offset","value":"\([^"]*\)".*/\1/p')
	report() {
		printf 'BUG: kernel NULL pointer dereference, address: 0000000000000008\nRIP: 0010:[<%x>]\n' $((0xffffffff81002000 + ${3:-2} + $1))
		printf 'RBX: ffff888001c20000\nKernel Offset: 0x%x from%s0xffffffff81000000\n' "$1" "$2"
		echo '---[ end Kernel panic - not syncing: Fatal exception ]---'
	}
	{ report $((0x10000000)) ' '; report "$offset" ' ' 4; report $((0x12000000)) ' ' 6; } >log
	annotated 0 'annotate log' vmlinux x86_64-kaslr
	noted "ffffffff91002002: in this kernel $(printf %x $((0xffffffff81002002 + offset))), schedule+0x2"
	noted "$(printf %x $((0xffffffff81002004 + offset))): schedule+0x4"
	noted "ffffffff93002006: in this kernel $(printf %x $((0xffffffff81002006 + offset))), schedule+0x6"
	[ "$(grep -c 'the text is about another boot' notes)" = 2 ]
	# broken by a mailer: the line goes on
	report "$offset" $'\n' >log
	annotated 0 'annotate log' vmlinux x86_64-kaslr
	noted '0000000000000008: in the first page'
	not grep 'nothing shows' notes
}

@test "of which boot a text is: lines of registers in the dump's log, or a table of a process" {
	local text cr3

	vmlinux 64
	{
		echo "include $DUMPS/x86_64-tasks.inc"
		"$DUMPS/mklog" ring --bits=12 --records=3 --message='<4>8.1;RAX: ffffffff81002002 RBX: ffff888000030000 RCX: 0000000000000000' \
			--message='<4>8.1;R13: ffff888000030300 R14: ffffffff81002004 R15: 0000000000000000'
	} | describe logged
	cat >oops <<-'END'
	Nov 27 10:00:01 lab kernel: BUG: unable to handle page fault for address: ffff888000030000
	Nov 27 10:00:01 lab kernel: [    8.100000] RAX: ffffffff81002002 RBX: ffff888000030000 RCX: 0000000000000000
	Nov 27 10:00:01 lab kernel: [    8.100000] R13: ffff888000030300 R14: ffffffff81002004 R15: 0000000000000000
	END
	annotated 0 'annotate oops' vmlinux logged
	noted 'ffff888000030300: '
	not grep 'nothing shows' notes
	# lines of another boot, after or before lines of this one
	sed 's/kernel: \[.*\]/kernel:/; p; s/ffffffff8100200/ffffffff8100300/g' oops >several
	printf '%s\n' 'BUG: one' "$(grep 81002 several)" 'BUG: two' "$(grep 81003 several)" >after
	printf '%s\n' 'BUG: one' "$(grep 81003 several)" 'BUG: two' "$(grep 81002 several)" >before
	for text in after before; do
		annotated 0 "annotate $text" vmlinux logged
		grep -q "lines of the text are not in the dump's log" notes || { cat all; return 1; }
		[ "$(wc -l <notes)" = 1 ]
	done
	# another word in one of the two lines
	sed -i s/ffffffff81002004/ffffffff81002006/ oops
	annotated 0 'annotate oops' vmlinux logged
	noted "ffff888000030000: lines of the text are not in the dump's log"
	[ "$(wc -l <notes)" = 1 ]
	sed -i '/RAX/d' oops
	echo 'CPU: 0 PID: 1 Comm: init' >>oops
	for cr3 in 0000000000032000 0000000000032fff; do
		(cat oops; echo "CR3: $cr3") >longer
		annotated 0 'annotate longer' vmlinux logged
		noted 'ffff888000030300: '
		not grep 'nothing shows' notes
	done
	(cat oops; echo 'CR3: 0000000000036000') >longer
	annotated 0 'annotate longer' vmlinux logged
	noted 'ffff888000030000: nothing shows'
	sed 's/init/other/' oops >longer
	echo 'CR3: 0000000000032000' >>longer
	annotated 0 'annotate longer' vmlinux logged
	noted 'ffff888000030000: nothing shows'
}

@test "of which boot a text is: three lines of the dump's log, with their times" {
	vmlinux 64
	logged() {
		{
			echo "include $DUMPS/x86_64-tasks.inc"
			"$DUMPS/mklog" ring --bits=12 --records=0 --message="<4>$1;lab: bad pointer ffff888000030000" \
				--message="<4>$2;lab: two" --message="<4>$3;lab: three" --message='<4>9;lab: four'
		} | describe logged
	}
	text() {
		printf '<4>[    %s] lab: %s\n' "$1" 'bad pointer ffff888000030000' "$2" two "$3" "${4:-three}" >text
		annotated 0 'annotate text' vmlinux logged
	}
	is_unknown() { grep -qE '^ffff888000030000: (nothing shows|lines of the text are not)' notes && [ "$(wc -l <notes)" = 1 ]; }

	logged 8.100123 8.100124 8.200001
	text 8.100123 8.100124 8.200001
	noted 'ffff888000030000: '
	not grep 'nothing shows' notes
	sed -i 's/\]/&[   T17]/' text
	annotated 0 'annotate text' vmlinux logged
	not grep 'nothing shows' notes
	text 8.100123 8.100124 8.200001 other
	is_unknown
	text 8.100123 8.100124 8.200002
	is_unknown
	# lines of one time are one witness
	logged 8.100123 8.100123 8.200001
	text 8.100123 8.100123 8.200001
	is_unknown
	# a report of another boot after one of this boot; what the ring lost says nothing
	logged 8.100123 8.100124 8.200001
	text 8.100123 8.100124 8.200001
	echo '[    7.900000] lab: before the log' >>text
	annotated 0 'annotate text' vmlinux logged
	not grep -E 'nothing shows|not in the dump' notes
	echo '[    8.150000] BUG: lab: another' >>text
	annotated 0 'annotate text' vmlinux logged
	noted "ffff888000030000: lines of the text are not in the dump's log"
	[ "$(wc -l <notes)" = 1 ]
	annotated 0 'annotate -p 1 text' vmlinux logged
	not grep 'are not in the dump' notes
	# a clock of ticks shows the same times in each boot
	logged 8.104 8.108 8.112
	text 8.104000 8.108000 8.112000
	is_unknown
}

@test "of which boot a text is: a piece of a report is no list of numbers" {
	dump x86_64-slabs
	vmlinux 64
	echo 'RBX ffff8880000500c0' >oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	noted 'ffff8880000500c0: object ffff8880000500c0 of cache kmalloc-96'
	while read -r line; do
		printf '%s\nRBX ffff8880000500c0 ffffffff81002004\n' "$line" >oops
		annotated 0 'annotate oops' vmlinux x86_64-slabs
		grep -q ': nothing shows' notes || { cat all; return 1; }
		[ "$(wc -l <notes)" = 1 ]
	done <<-'END'
	divide error: 0000 [#1] SMP
	lab[90]: segfault at 1234 ip 0000000000401b57 sp 00007fff376a2da0 error 6 in lab[401000+7a000]
	traps: lab[108] general protection ip:401b9d sp:7ffff8e920c0 error:0 in lab[401000+7a000]
	rcu: INFO: rcu_preempt self-detected stall on CPU
	INFO: task lab:90 blocked for more than 122 seconds.
	task:lab             state:S stack:0     pid:1     ppid:0      flags:0x00000002
	Call Trace:
	<TASK> </TASK>
	Call trace:
	Modules linked in: brd
	---[ end trace 0000000000000000 ]---
	RIP: 0010:0xffffffff81002002
	RSP: 0018:0000000000000000 EFLAGS: 00010246
	[    8.100123] lab: a line of the log
	Nov 27 10:00:01 lab kernel: [12345.100123][   T17] lab: a line of the log
	END
}

@test "a text without a release: sizes that agree do not prove the kernel" {
	dump x86_64-slabs
	vmlinux 64
	printf 'Call Trace:\n schedule+0x4/@\n' | sized >oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	grep -q '^schedule.*: nothing shows .*; the text does not show its release: 1 size of functions agrees, but it may agree in another build, too$' notes
	noted "schedule+0x4/$(extent schedule): in this kernel ffffffff81002004, schedule+0x4, "
	annotated 0 'annotate oops' vmlinux
	grep -q '^schedule.*: the text does not show its release: 1 size' notes
	sed -i 's/^Call/Not tainted 6.1.0-18-amd64 #1\n&/' oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	not grep -E 'its release|in this kernel' notes
	printf ' schedule+0x4/@\n' | sized >oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	not grep -E 'its release|in this kernel' notes
}

@test "a text about another build of the same release" {
	local dump own

	dump x86_64-slabs
	vmlinux 64
	for dump in '' x86_64-slabs; do
		own=(vmlinux ${dump:+"$dump"})
		while read -r build; do
			printf '%s\n schedule+0x4/@\n' "$build" | sized >oops
			annotated 0 'annotate oops' "${own[@]}"
			grep -qE '^schedule.*: the text is about another build of Linux 6.1.0-18-amd64 \(#[^ ]+( [^ ]+)?\), and this one is #1 6.1.76-1: its functions' notes ||
				{ cat all; return 1; }
			[ "$(wc -l <notes)" = 1 ]
		done <<-'END'
		CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-18-amd64 #2
		CPU: 0 PID: 1 Comm: init Tainted: G        W  OE      6.1.0-18-amd64 #1  Debian 6.1.76-2
		      Tainted: G        W         6.1.0-18-amd64 #1 Debian 6.1.69-1
		Linux version 6.1.0-18-amd64 (builder@example.org) (gcc-12) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-2 (2024-02-01)
		Linux version 6.1.0-18-amd64 (builder@example.org) (gcc-12) #12 SMP PREEMPT_DYNAMIC Thu Feb 1 10:00:00 UTC 2024
		END
		while read -r build; do
			printf '%s\n schedule+0x4/@\n' "$build" | sized >oops
			annotated 0 'annotate oops' "${own[@]}"
			not grep 'another build' notes
		done <<-'END'
		CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-18-amd64 #1
		CPU: 0 PID: 1 Comm: init Tainted: G        W  OE      6.1.0-18-amd64 #1  Debian 6.1.76-1
		Linux version 6.1.0-18-amd64 (builder@example.org) (gcc-12) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)
		Linux version 6.1.0-18-amd64 (builder@example.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld
		END
	done
	# two builds in one text are two boots
	printf '%s\n schedule+0x4/@\n' 'Not tainted 6.1.0-18-amd64 #1  Debian 6.1.76-1' 'Not tainted 6.1.0-18-amd64 #1  Debian 6.1.76-2' | sized >oops
	annotated 0 'annotate oops' vmlinux
	[ "$(wc -l <notes)" = 2 ]
	noted 'schedule'
	grep -q 'another build' notes
}

@test "code bytes of another boot: a difference says nothing, because each boot is relocated" {
	dump x86_64-slabs
	vmlinux 64
	printf '%s\n' 'Call Trace:' 'RIP: 0010:schedule+0x2/@' 'Code: 90 90 <48> 83' | sized >oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	not grep '^Code: ' notes
	annotated 0 'annotate -p 1 oops' vmlinux x86_64-slabs
	noted 'Code: ffffffff81002000 to ffffffff81002003: the dump has '
	printf '%s\n' 'Call Trace:' 'RIP: 0010:0xffff8880000500c2' 'Code: 90 90 <48> 83' >oops
	annotated 0 'annotate oops' vmlinux x86_64-slabs
	not grep '^Code: ' notes
}

@test "functions of one name: the size in the text decides, or nothing does" {
	cat >System.map <<-'END'
	ffffffff81000000 T _text
	ffffffff81000000 T startup_64
	ffffffff81000100 t m_show
	ffffffff81000300 t t_stop
	ffffffff81000310 t m_show
	ffffffff81000330 t t_stop
	ffffffff81000340 T panic
	ffffffff81000634 T oops_exit
	ffffffff81000700 T last
	END
	printf ' %s\n' m_show+0x10/0x20 t_stop+0x5/0x10 '__pfx_m_show+0x10/0x10' panic+0x1/0x2f4 >oops
	annotated 0 'annotate oops' System.map
	noted 'm_show+0x10/0x20: ffffffff81000320, '
	noted 't_stop+0x5/0x10: 2 functions of this kernel have this name and this size: which one is meant is not known'
	noted '__pfx_m_show+0x10/0x10: 2 functions of this kernel have this name'
	noted 'panic+0x1/0x2f4: ffffffff81000341, '
	# what follows a function is no part of it
	printf ' %s\n' panic+0x341/0x36a t_stop+0x5/0x10 >oops
	annotated 0 'annotate oops' System.map
	[ "$(wc -l <notes)" = 1 ]
	noted 'panic+0x341/0x36a: the text is about another kernel: here panic has 0x2f4 bytes, not 0x36a; 1 of 2 sizes agree'
	echo ' ? __pfx_panic+0x10/0x10' >oops
	annotated 0 'annotate oops' System.map
	noted '__pfx_panic+0x10/0x10: ffffffff81000340, '
	echo ' ? __pfx_panic+0x4/0x10' >oops
	annotated 0 'annotate oops' System.map
	noted '__pfx_panic+0x4/0x10: this kernel has no such symbol'
}

@test "error pointers only where a pointer stood, flipped bits only where they lead, CR2 only of page faults" {
	dump x86_64-slabs
	vmlinux 64
	cat >oops <<-'END'
	general protection fault, probably for non-canonical address 0xdffffc0000000005: 0000
	RIP: 0010:0x0
	RAX: fffffffffffffff4 RBX: 00000000ffffffff RCX: ffffffffffffffff
	R13: dffffc0000000000 R14: fff7888001c20000 R15: ffff0a00ffffff04
	CR2: 0000000000001008 CR3: 0000000000032000
	RIP: 0033:0x7f3e5a1b2c3d
	RAX: ffffffffffffffda RBX: 0000000000000000 RCX: 00007f3e5a1b2c3d
	RDX: 0000000000000000 RSI: 0000000000000000 RDI: ffffffffffffff9c
	R13: 0000000000000000 R14: 0000000000000000 R15: 0000000000000000
	 </TASK>
	RDX: ffffffffffffffea
	END
	annotated 0 'annotate -p 1 oops' vmlinux x86_64-slabs
	noted 'fffffffffffffff4: ERR_PTR(-ENOMEM), -12; or 0xc before NULL'
	noted 'fff7888001c20000: not canonical; with bit 51 flipped ffff888001c20000, frame 1c20'
	noted 'ffffffffffffffea: ERR_PTR(-EINVAL)'
	not grep -E '^(0*1008|ffffffffffffff(da|9c)|0*ffffffff|f{16}|(0x)?dffffc.*|ffff0a00.*):' notes
	sed -i 's/^general protection fault.*/BUG: unable to handle page fault for address: 0000000000001008/' oops
	annotated 0 'annotate -p 1 oops' vmlinux x86_64-slabs
	noted '0000000000001008: a user address of pid 1 (init)'
	# the line with RIP was cut off
	sed -n '/RIP: 0033/s/.*/RSP: 002b:00007ffe96113658 EFLAGS: 00000202 ORIG_RAX: 00000000000000e6/p; /ffffffffffffffda/,$p' oops >rest
	annotated 0 'annotate -p 1 rest' vmlinux x86_64-slabs
	not grep -E '^f+(da|9c):' notes
	noted 'ffffffffffffffea: ERR_PTR(-EINVAL)'
}

@test "the panic of a system that is not Linux has no function, object or line of this dump" {
	local line

	dump x86_64-tasks
	vmlinux 64
	while read -r line; do
		printf '%s\nrip 0xffffffff81002002 schedule+0x2 rdi 0xffff888000030000\n' "$line" >text
		"$KWALK" -q -c 'annotate text' vmlinux x86_64-tasks 2>/dev/null >answer
		[ "$(grep -c ' \^ ' answer)" = 1 ]
		grep -q ' \^ .*: the text is about .*, and not about Linux: ' answer
	done <<-'END'
		Fatal trap 12: page fault while in kernel mode
		#0 at kdb_backtrace+0x65
		uvm_fault( -> e
		ddb{0}>
		vpanic() at netbsd:vpanic
		(XEN) Panic on CPU 2:
		Xen call trace:
		*** STOP: 0x0000000a
		: 00000000 : nt!KeBugCheckEx
		panic[cpu0]/thread=0: BAD TRAP
		panic(cpu 2 caller 0): Kernel trap
		root: Darwin Kernel Version 18.7.0
		Panicked task 0x0: 9375 pages, 27 threads: pid 850:
		: mach_kernel : _panic + 0x81
		vpanic() at panic /frame 0x0
		#11 panic (fmt=0) at /usr/src/sys/kern/kern_shutdown.c:962
		FAULTING_IP: nt!KeSetEvent
		TRAP_FRAME:  0 -- (.trap)
		@BlueScreen: #PF Exception 14 in world 2097152
		World_New@vmkernel#nover
		!!!! X64 Exception Type - 0E(#PF - Page-Fault) !!!!
		"Synchronous Abort" handler, esr 0x96000045
	END
	# A report of Linux on the same console is not of the other system.
	{
		echo '(XEN) rip 0xffffffff81002002'
		echo 'Linux version 6.1.0-test (builder@host) #1 SMP'
		echo 'BUG: at 0xffffffff81002002 schedule+0x2'
		echo '(XEN) rip 0xffffffff81002003'
	} >text
	"$KWALK" -q -c 'annotate text' vmlinux x86_64-tasks 2>/dev/null >answer
	cat answer
	[ "$(grep -c 'hypervisor Xen, and not about Linux' answer)" = 2 ]
	[ "$(sed -n '/BUG/,/XEN/p' answer | grep -c ' \^ ')" -gt 0 ]
}

@test "a release that crash, uname, reportbug or abrt names: the text is about that kernel" {
	local line

	dump x86_64-tasks
	vmlinux 64
	while read -r line; do
		printf '%s\n object ffff888000030000 schedule+0x2\n' " $line" >text
		"$KWALK" -q -c 'annotate text' vmlinux x86_64-tasks >answer
		grep -q ' \^ ffff888000030000: the text is about Linux 5.4.0-4-test, and this kernel is ' answer
		not grep -q ' \^ ffff888000030000: task_struct' answer
		# of this kernel, it is no report
		sed -i "s/5.4.0-4-test/$("$KWALK" -q -j -c info vmlinux x86_64-tasks | sed -n 's/.*"release","value":"\([^"]*\)".*/\1/p')/" text
		"$KWALK" -q -c 'annotate text' vmlinux x86_64-tasks >answer
		not grep -q 'the text\|nothing shows' answer
	done <<-'END'
		RELEASE: 5.4.0-4-test
		Kernel: Linux 5.4.0-4-test (SMP w/4 CPU threads)
		kernel:         5.4.0-4-test
		Linux host 5.4.0-4-test #46-Ubuntu SMP x86_64 GNU/Linux
	END
	printf 'unreferenced object 0xffff888000030000 (size 192):\n' >text
	"$KWALK" -q -c 'annotate text' vmlinux x86_64-tasks | grep -q 'nothing shows that the text is about the boot'
	printf 'panic(cpu 2 caller 0): Kernel trap\nRAX: 0xffff888000030000\n' >text
	"$KWALK" -q -c 'annotate text' vmlinux x86_64-tasks 2>complaints >answer
	[ ! -s complaints ]
}

@test "a long line of names and numbers takes linear time" {
	dump x86_64
	vmlinux 64
	python3 - <<-'END'
	open("names", "w").write("a+" * 300000 + "\n" + "schedule+0x1/" * 50000 + "\n")
	open("numbers", "w").write(" ".join("ffffffff81%06x" % i for i in range(8000)) + "\n")
	END
	for name in names numbers; do
		patiently "$KWALK" -q -c "annotate $name" vmlinux x86_64 >notes
		grep -q '    ^ ' notes
	done
}

@test "the size of a per-CPU variable is not what is up to the next function" {
	dump x86_64-tasks
	vmlinux 64
	echo ' current_task+0x2/0x8' >text
	"$KWALK" -q -c 'annotate text' vmlinux x86_64-tasks >shown
	grep -x '    ^ current_task+0x2/0x8: 322, a place in a per-CPU variable, of which each CPU has a copy; whose is meant is not known' shown
	printf 'Call Trace:\n schedule+0x4/@\n current_task+0x2/0x8\n' | sized >text
	"$KWALK" -q -c 'annotate text' vmlinux x86_64-tasks >shown || true
	grep '^    ^ current_task+0x2/0x8: in this kernel 322, a place in a per-CPU variable, ' shown
}
