#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# mem: the balance of memory.
load common

@test "mem: each frame once, and lines add up" {
	local name

	vmlinux 64
	dump x86_64-kmem x86_64-areas x86_64-purpose
	for name in x86_64-kmem x86_64-areas x86_64-purpose; do
		"$KWALK" -q -j -c mem vmlinux $name >answers
		python3 - answers <<-END
			import json, sys
			lines = {it["what"]: it for it in map(json.loads, open(sys.argv[1]))}
			parts = [it["pages"] for it in lines.values() if it.get("part") == "all"]
			assert sum(parts) == lines["all"]["pages"] == 8192, lines
			assert all(it["bytes"] == it["pages"] * 4096 for it in lines.values()), lines
			for it in lines.values():
			    assert "part" in it or it["what"] == "all", it
			    of = [that["pages"] for that in lines.values() if that.get("part") == it["what"]]
			    assert sum(of) <= it["pages"], (it, of)
		END
	done
}

# What the described dump maps in vmalloc, and which stacks and tables it has, is in its text.
@test "mem: vmalloc, stacks, tables, free frames and unaccounted ones" {
	vmlinux 64
	dump x86_64-kmem
	answers vmlinux x86_64-kmem 'mem -v' <<-END
	* command=mem what=all pages=8192 bytes=33554432 part=-
	* what=slab pages=8 part=all
	* what=vmalloc pages=11 part=all
	* what=stack pages=8 part=all
	* what=pgd pages=2 part=all
	* what=free pages=16 bytes=65536 part=all
	* what=free-percpu pages=524 part=all
	* what=unaccounted pages=7623 part=all
	* what=other pages=1 part=unaccounted
	* what=unknown pages=7622 part=unaccounted
	* what=slab-cache name=kmalloc-96 pages=6 part=slab
	* what=slab-cache pages=4 part=slab
	* what=blocks order=0 count=1 pages=1
	* what=frames pages=7622
	END
}

@test "mem: files, hugetlb, and struct pages that make no sense" {
	vmlinux 64
	dump x86_64-pages
	answers -s 1 vmlinux x86_64-pages 'mem -v' <<-END
	* what=all pages=8192
	* what=anon pages=5
	* what=ksm pages=1
	* what=file pages=5
	* what=hugetlb pages=512
	* what=hugetlb-used pages=512 part=hugetlb
	* what=slab pages=2
	* what=vmalloc pages=2
	* what=page-table pages=1
	* what=pgd pages=2
	* what=movable pages=1
	* what=offline pages=1
	* what=reserved pages=1
	* what=memblock pages=1 part=reserved
	* what=free pages=8
	* what=damaged pages=2
	* what=unaccounted pages=7649
	* what=other pages=2
	* what=unknown pages=7647
	* what=process pid=1
	* what=process pid=3
	* what=file part=file name=/init filesystem=ext4 inode=4711
	* what=file part=file name="/bin/gone (deleted)"
	* what=file part=file inode=4712
	* what=file part=file
	* what=file part=file
	* what=blocks order=0
	* what=frames
	* status=error message="the struct pages of 2 frames cannot be read or make no sense, the first is frame 1c42"
	END
}

@test "mem: pages of a block device are buffers" {
	vmlinux 64
	printf 'include %s\nat 0x3a500: str "bdev\\0"\n' "$DUMPS/x86_64-pages.txt" | describe bdev
	"$KWALK" -q -j -c mem vmlinux bdev >answers || [ $? = 1 ]
	json_hold 'it["pages"] == 2 and it["part"] == "file"' <(grep '"what":"buffers"' answers)
	json_hold 'it["pages"] == 5' <(grep '"what":"file"' answers)
}

@test "mem: a process that was dumped without types of struct page" {
	dump x86_64-bare
	fails 1 'mem: ' -q -c mem x86_64-bare
}

@test "triage and frames have the numbers of mem" {
	vmlinux 64
	dump x86_64-kmem
	"$KWALK" -q -j -c 'mem; frames; triage' vmlinux x86_64-kmem >answers || [ $? = 1 ]
	python3 - answers <<-END
		import json, sys
		rows = [json.loads(line) for line in open(sys.argv[1])]
		mem = {it["what"]: it["pages"] for it in rows if it["command"] == "mem"}
		uses = {it["use"]: it["frames"] for it in rows if it["command"] == "frames"}
		triage = next(it for it in rows if it["command"] == "triage")
		assert {use: mem[use] for use in uses} == uses, (mem, uses)
		assert {it["what"]: it["pages"] for it in triage["memory"]["balance"]} == mem, triage["memory"]
	END
}

@test "frames -w, slabs -w: what points to memory, and what it points to" {
	vmlinux 64
	# two objects of the cache point to init_task, and to each other; a list of free frames' page has one of them
	printf 'include %s\nat 0x50010: u64 init_task d+0x50070\nat 0x50070: u64 init_task\nat 0x111008: u64 d+0x50010\n' \
		"$DUMPS/x86_64-kmem.txt" | describe held
	# described dumps lack most frames
	"$KWALK" -q -j -c 'slabs -w kmalloc-96; frames -w other' vmlinux held >answers 2>complaints && return 1
	grep -x 'kwalk: slabs: kmalloc-96: 96 frames of the kernel are not in the dump, and may also contain such pointers' complaints
	json_hold 'it["pointers"] == 2 and it["direction"] == "to"' \
		<(grep '"command":"slabs".*"name":"init_task"' answers)
	json_hold 'it["direction"] == "by" and it["pointers"] == 1 and it["physical"] == "0x111008"' \
		<(grep '"command":"slabs".*"kind":"use","name":"other"' answers)
	json_hold 'it["direction"] == "to" and it["pointers"] == 1' \
		<(grep '"command":"frames".*"name":"kmalloc-96"' answers)
	fails 1 @usage 'slabs -w' -q -c 'slabs -w' vmlinux held
	fails 1 'slabs: none: no slab cache has this name' -q -c 'slabs -w none' vmlinux held
	fails 1 'frames: wrong is not a use of frames; the command frames lists all uses' -q -c 'frames -w wrong' vmlinux held
}

# counters NAME LINE...: the dump NAME of a kernel that has counters. The described inodes are not counted.
counters() {
	cat >counters.c <<-'END'
	enum node_stat_item { NR_LRU_BASE, NR_SLAB_RECLAIMABLE_B, NR_SLAB_UNRECLAIMABLE_B, NR_FILE_PAGES, NR_SWAPCACHE };
	struct counter { long lock, count; };
	struct hstate { int demote; unsigned int order; unsigned long nr_huge_pages, free_huge_pages; };
	long vm_zone_stat[2] = { 1 }, vm_node_stat[5] = { 1 }, _totalram_pages = 1;
	struct hstate hstates[2] = { { 1 } };
	int hugetlb_max_hstate = 1, sysctl_overcommit_ratio = 1;
	unsigned long sysctl_overcommit_kbytes = 1, vm_committed_as[2] = { 1 };
	void *blockdev_superblock = (void *)1;
	enum node_stat_item unused_node_item;
	END
	MORE=$PWD/counters.c vmlinux 64
	nm vmlinux | sed -nE 's/(.*) D (vm_[a-z_]*|_totalram_pages|hstates|huge[a-z_]*|sysctl[a-z_]*)$/let \2 0x\1-0xffffffff81000000+text_phys/p' >symbols.inc
	describe "$1" <<-END
	include $DUMPS/x86_64-kmem.txt
	$(cat symbols.inc)
	at vm_zone_stat: u64 2000 7
	at vm_node_stat: u64 0 150 50 800 30
	at _totalram_pages: u64 8000
	at hstates: u32 0 9 u64 2 1 u32 0 18 u64 0 0
	at hugetlb_max_hstate: u32 2
	at sysctl_overcommit_ratio: u32 50
	at sysctl_overcommit_kbytes: u64 0
	at vm_committed_as: u64 400
	$(printf '%s\n' "${@:2}")
	END
}

@test "mem -i: the counters of the kernel, as kmem -i of crash" {
	counters counted
	answers vmlinux counted 'kmem -i' <<-END
	* command=mem what="TOTAL MEM" pages=8000 bytes=32768000 percent=-
	* what=FREE pages=2000 percent=25 of="TOTAL MEM"
	* what=USED pages=6000 percent=75
	* what=BUFFERS message="the members of struct inode are unknown"
	* what=CACHED message="the members of struct inode are unknown"
	* what=SLAB pages=200 percent=2
	* what="TOTAL HUGE" pages=1024 percent=-
	* what="HUGE FREE" pages=512 percent=50 of="TOTAL HUGE"
	* what="TOTAL SWAP" pages=0
	* what="SWAP USED" pages=0 percent=0 of="TOTAL SWAP"
	* what="SWAP FREE" pages=0
	* what="COMMIT LIMIT" pages=3488
	* what=COMMITTED pages=400 percent=11 of="TOTAL LIMIT"
	END
	"$KWALK" -q -c 'kmem -i' vmlinux counted >text
	grep -qx 'FREE  *2000  *8000 KiB  *25% of TOTAL MEM' text
	grep -qx 'BUFFERS  *-  *-  *-  *the members of struct inode are unknown' text
}

@test "mem -i: a limit in kilobytes, negative counters, and a kernel without counters" {
	counters other 'at sysctl_overcommit_kbytes: u64 4000' 'at vm_zone_stat: u64 -5' 'at vm_committed_as: u64 -3' 'at hugetlb_max_hstate: u32 99'
	answers vmlinux other 'mem -i' <<-END
	* what="TOTAL MEM"
	* what=FREE pages=0
	* what=USED pages=8000
	* what=BUFFERS
	* what=CACHED
	* what=SLAB pages=200
	* what="TOTAL HUGE" message="~hstate"
	* what="HUGE FREE" message="~hstate"
	* what="TOTAL SWAP"
	* what="SWAP USED"
	* what="SWAP FREE"
	* what="COMMIT LIMIT" pages=1000
	* what=COMMITTED pages=0 percent=0
	END
	vmlinux 64
	dump x86_64-kmem
	fails 1 @unknown totalram_pages -c 'mem -i' vmlinux x86_64-kmem
	fails 1 @usage "-i and -v" -c 'mem -i -v' vmlinux x86_64-kmem
}
