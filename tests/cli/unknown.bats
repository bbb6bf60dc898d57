#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What cannot be known: each command says what is missing, and what would tell it; what is
# wrong is named, and nothing of the other answers is lost.
load common

@test "without symbols and types: which file or option would tell" {
	dump x86_64-bare
	while IFS='|' read -r command text; do
		fails 1 @unknown "$text" -c "$command" x86_64-bare
	done <<-'END'
		sym schedule|sym schedule vmlinux VMCOREINFO kallsyms
		sym ffffffff81002000|sym ffffffff81002000 vmlinux
		sym -l|sym vmlinux
		rd -s ffff888000001000|rd vmlinux
		rd -S ffff888000001000|rd vmlinux
		tasks|tasks task_struct vmlinux
		set 1|set 1 task_struct vmlinux
		vtop -p 1 0|vtop -p 1 task_struct vmlinux
		vmas -p 1|vmas -p 1 task_struct vmlinux
		pagemap -p 1|pagemap -p 1 task_struct vmlinux
		shared 1 2|shared 1 task_struct vmlinux
		ptov -a -u 1000|ptov task_struct vmlinux
		pfn_to_page 1|pfn_to_page 1 memory_model -o memory_model=
		page_to_pfn ffffea0000000040|page_to_pfn memory_model -o memory_model=
		virt_to_page ffff888000001000|virt_to_page memory_model -o memory_model=
		frames|frames struct_page_size -o struct_page_size=
		zones|zones pglist_data vmlinux
		slabs|slabs kmem_cache vmlinux
		areas|areas vmap_area_list vmlinux
		iomem|iomem iomem_resource vmlinux
		ioports|ioports ioport_resource vmlinux
		log|log prb vmlinux
		panic|panic vmlinux
	END
	"$KWALK" -q -c panic x86_64-bare 2>complaints | grep -q '^PANIC  *it is not known whether the kernel panicked'
	# The values are shown nevertheless.
	answers -s 1 x86_64-bare 'rd -s ffff888000001000 2' <<-END
		* status=error
		ffff888000001000 status=ok values.#=2
	END
	# That a name is not known is not said of a kernel whose symbols are not known.
	echo 'RIP: 0010:schedule+0x10/0x40' >oops
	"$KWALK" -q -c 'annotate oops' x86_64-bare | grep -q 'schedule+0x10/0x40: no symbols are known: no vmlinux was given'
}

@test "user addresses without a process ask whose they are" {
	vmlinux 64
	dump x86_64-tasks
	fails 1 'page: 1123: has no page this is a user address -p or set' -c 'page 1123' vmlinux x86_64-tasks
	fails 1 'rd: 1123: is not mapped; this is a user address: choose its process with -P or set' -c 'rd 1123' vmlinux x86_64-tasks
	fails 1 'rd: 1123: user address: choose its process -P' -j -c 'rd 1123' vmlinux x86_64-tasks
	fails 1 @unreadable 'rd 1000000000 absent' -c 'rd -p 1000000000; rd -P 1 9000; rd ffffc90000009000' vmlinux x86_64-tasks
	not grep 'of which' complaints
	fails 1 'rd: 0: pass -P PID' -c 'rd -u 0' vmlinux x86_64-tasks
	fails 1 @no-answer 'rd -P 99' -c 'rd -P 99 1' vmlinux x86_64-tasks
	fails 1 @no-answer 'search -P 99' -c 'search -P 99 1' vmlinux x86_64-tasks
	fails 1 @no-answer 'vtop -p 99' -c 'vtop -p 99 1' vmlinux x86_64-tasks
	fails 1 'pagemap: END is missing: without a process' -c 'pagemap 7' vmlinux x86_64-tasks
	not grep -q 'all pages of' complaints
	# a process where an address is needed, and the reverse
	fails 1 'END is missing: for all pages of the process, use -p 3' -c 'pagemap 3' vmlinux x86_64-tasks
	fails 1 @unknown 'pagemap -p init' -c 'pagemap init' vmlinux x86_64-tasks
	fails 1 @no-answer 'vtop -p 7f0000001000 address' -c 'vtop -p 7f0000001000 3' vmlinux x86_64-tasks
	fails 1 @no-answer 'vtop -p 999' -c 'vtop -p 999 3' vmlinux x86_64-tasks
	not grep -q 'address?' complaints
	fails 1 'slabs: the list of slab caches cannot be followed' -c slabs vmlinux x86_64-tasks
	grep -q 'cannot be followed: its head at ffffffff814[0-9a-f]* leads to 0, and 8 is not mapped$' complaints
	fails 1 'slabs: kmalloc-96: the list of slab caches cannot be followed' -c 'slabs -w kmalloc-96' vmlinux x86_64-tasks
}

@test "a root that is not a table is reported" {
	dump x86_64-slabs
	vmlinux 64
	fails 0 'ROOT 50000: 50000 is not a page table: the use of its frame is slab' -c 'vtop -r 50000 0' vmlinux x86_64-slabs
	describe tables <<-END
	include $DUMPS/x86_64-slabs.txt
	at memmap+64*0x10+48: u32 ~0x200
	END
	fails 0 '10000 is a pud, which is not a top-level table' -c 'vtop -r 10000 0' vmlinux tables
	fails 0 '' -c 'vtop -r 32000 0; vtop -r 30000 0' vmlinux x86_64-slabs
	not grep -q ROOT complaints
}

@test "a wrong word is named, and all other words are answered" {
	vmlinux 64
	dump x86_64-tasks
	while IFS='|' read -r command wrong right; do
		"$KWALK" -q -j -c "$command" vmlinux x86_64-tasks >answers 2>complaints && { echo "$command"; return 1; }
		[ "$(grep -cv '"status":"error"' answers)" = "$right" ] || { echo "$command"; cat answers; return 1; }
		[ "$(grep -c '"status":"error"' answers)" = "$(wc -l <complaints)" ] || { echo "$command"; cat answers complaints; return 1; }
		for word in $wrong; do
			grep -q "^kwalk: [a-z_]*: $word: " complaints || { echo "$command: $word"; cat complaints; return 1; }
		done
	done <<-'END'
		vtop zz ffff888000000000 10000000000000000 init_task 0xg init_task+|zz 10000000000000000 init_task+ 0xg|2
		ptov 1000 zz 2000 1+|zz 1+|2
		ptov -a 1000 zz 2000|zz|2
		virt_to_page zz ffff888000001000|zz|1
		pfn_to_page zz 1 10000000000000000|zz 10000000000000000|1
		page_to_pfn zz ffffea0000000040 ffffea0000000041|zz ffffea0000000041|1
		phys_to_page 1000 zz|zz|1
		btop zz 1000 10000000000000000|zz 10000000000000000|1
		ptob 1 ffffffffffffffff|ffffffffffffffff|1
		page zz ffff888001c01000|zz|1
		region zz 0|zz|1
		sym zz init_task 10000000000000000|zz 10000000000000000|1
		pte 0 zz 10000000000000000 1067|zz 10000000000000000|2
		tasks nobody 1 99|nobody 99|1
		whatis zz -22 10000000000000000|zz 10000000000000000|1
		iomem zz 10000000000000000|zz 10000000000000000|0
		shared 1 99 nobody|99 nobody|0
		help regions xyzzy|xyzzy|1
	END
}

@test "a long reason is written once, and then refers to the first argument" {
	dump x86_64
	head -c 2000000 x86_64 >short
	fails 1 @unknown 'ptov 1000 root' -q -o levels=4 -c 'ptov 1000 2000 3000; ptov 4000' short
	[ "$(grep -c 'root is not known' complaints)" = 2 ]
	complains @unknown 'ptov 2000' 'the same reason as for 1000'
	complains @unknown 'ptov 3000'
	"$KWALK" -q -j -o levels=4 -c 'ptov 1000 2000' short 2>complaints |
		json_hold '"root is not known" in it["message"]'
}
