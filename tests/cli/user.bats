#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# User addresses: set, -p or -r names the process, alike in all commands.
load common

@test "set is obeyed by all commands, and set none ends it" {
	dump x86_64-tasks
	vmlinux 64
	answers -s 1 vmlinux x86_64-tasks 'set 1; vtop 1123; rd -8 1000 4; virt_to_page 1123; region 1123; pt 1000 1fff; pagemap 1000 +4096; set none; vtop 1123; rd 1000; region 1123' <<-END
	1 command=set pid=1
	1123 command=vtop physical=0x1c01123 root=0x32000 pid=1 comm=init
	1000 command=rd pid=1 values.0=0x74 values.1=0x65 values.2=0x78 values.3=0x74
	1123 command=virt_to_page pfn=0x1c01 pid=1
	1123 command=region region=user pid=1 comm=init physical=0x1c01123 mapping.file=/bin/init
	* command=pt start=0x1000 end=0x1fff pid=1
	* command=pagemap virtual=0x1000 physical=0x1c01000 pid=1
	* command=set status=none message="no process is chosen any more"
	1123 command=vtop status=not-mapped pid=-
	1000 command=rd status=error
	1123 command=region pid=- mapping=-
	END
}

@test "-p in all commands; -P in rd, where -p is physical" {
	dump x86_64-tasks
	vmlinux 64
	answers -s 1 vmlinux x86_64-tasks 'page -p 1 1123; virt_to_page -p init 1123; region -p 1 1123 2000; rd -8 -P 1 1000 2; rd -P 1 ffff888000030000; vmas -p 1 | head -1; rd -p -P 1 1000; page -p 99 1123' <<-END
	1123 command=page pfn=0x1c01 pid=1
	1123 command=virt_to_page pfn=0x1c01 pid=1
	1123 pid=1 physical=0x1c01123
	2000 pid=1
	1000 values=0x74,0x65 pid=1
	ffff888000030000 status=ok pid=1
	* pid=1
	* status=error message="~so it takes no process"
	* status=error error=no-answer message="~-p 99: "
	END
}

@test "-r: a table by its address or a value of CR3" {
	dump x86_64-tasks
	vmlinux 64
	# a PCID and the bit that keeps the TLB
	answers -s 1 vmlinux x86_64-tasks 'vtop -r 32000 1123 ffffffff81000000; vtop -r 8000000000032fff 1123; rd -8 -r 32000 1000 2; rd -R 32000 1000; region -r 32000 1123; vmas -r 33000; pagemap -r 32000 1000 1fff; vtop -r 1410000 1123; vtop -r ffff888000032000 1; vtop -r 3ff00000000 1; vtop -p 1 -r 32000 1' <<-END
	1123 physical=0x1c01123 root=0x32000 pid=1 comm=init
	ffffffff81000000 physical=0x1000000 levels.0.entry_address=0x32ff8
	1123 physical=0x1c01123 root=0x32000
	1000 values=0x74,0x65 pid=1
	1000 pid=1
	1123 pid=1 mapping.file=/bin/init
	* command=vmas pid=3
	* command=pagemap virtual=0x1000 pid=1
	1123 status=not-mapped root=0x1410000 pid=-
	* status=error message="~nor a value of CR3"
	* status=error error=unreadable
	* status=error message="~exclude each other"
	END
	run "$KWALK" -q vmlinux x86_64-tasks -c 'vtop -r 32000 1123; vtop -r 1410000 1123'
	[[ $output == *'TABLE: 32000, of pid 1 (init)'*"TABLE: 1410000, the kernel's own"* ]]
	# the tables of user mode, one page above
	dump x86_64-tasks-isolated
	answers vmlinux x86_64-tasks-isolated 'vtop -r 3b001 1123; vtop -r 3a001 1123' <<-END
	1123 executable=true pid=1 levels.0.entry_address=0x3b000
	1123 executable=false pid=1 levels.0.entry_address=0x3a000
	END
}

@test "the bit of encrypted memory in a CR3 is no address" {
	local mask

	dump x86_64-sme
	mask=$("$KWALK" -q -c info x86_64-sme | awk '$1 == "sme_mask" { print $2 }')
	answers x86_64-sme "vtop -r $(printf %x $((0x$mask | 0x1410000))) ffffffff81000000" <<-END
	ffffffff81000000 status=mapped physical=0x1000000 root=0x1410000
	END
}

@test "a table that a CPU happened to use is named as such" {
	dump pae-qemu
	answers pae-qemu 'vtop 1000 c1000000' <<-END
	1000 root=0x1410fe0
	c1000000 root=-
	END
	run "$KWALK" -q pae-qemu -c 'vtop 1000'
	[[ $output == *'TABLE: 1410fe0, CR3 of the first CPU'* ]]
}

@test "without a process TABLE names the kernel's table, and how to choose another" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -c 'vtop 21000' vmlinux x86_64-tasks >answers
	grep -x "  TABLE: 1410000, the kernel's own, because no process is chosen: use -p PID or set" answers
	"$KWALK" -q -c 'vtop schedule; set 1; vtop 21000' vmlinux x86_64-tasks >answers
	not grep 'no process' answers
	"$KWALK" -q -o root=32000 -c 'vtop 21000' vmlinux x86_64-tasks >answers
	not grep 'TABLE' answers
	answers vmlinux x86_64-tasks 'vtop 21000' <<-END
	21000 status=not-mapped root=- table=- pid=-
	END
}

@test "commands that use such a table report it, once" {
	dump pae-qemu
	run "$KWALK" -q pae-qemu -c 'rd 1000; page 1000; virt_to_page 1000; rd c1000000 1'
	[ "$(grep -c 'user addresses are looked up in the page table at 1410fe0 of an unknown process (CR3 of the first CPU)' <<<"$output")" = 1 ]
	run "$KWALK" -q pae-qemu -c 'rd c1000000 1'
	[[ $output != *'user addresses'* ]]
}

@test "a pointer into a struct page is not taken for the page that backs it" {
	dump x86_64
	vmlinux 64
	answers -s 1 vmlinux x86_64 'page ffffea0000040000 ffffea0000040010; region ffffea0000040000 ffffea0000040010' <<-END
	ffffea0000040000 pfn=0x1000
	ffffea0000040010 status=error message="~16 bytes inside the struct page at ffffea0000040000"
	ffffea0000040000 region=vmemmap struct_page=0xffffea0000040000 struct_page_pfn=0x1000
	ffffea0000040010 struct_page=0xffffea0000040000 struct_page_pfn=0x1000
	END
}
