#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# check: what looks damaged or contradicts itself.
load common

# kernel [LINE...]: describe "damaged", the x86-64 kernel with these lines more.
kernel() {
	{
		echo "include $DUMPS/x86_64-4level.inc"
		echo "include $DUMPS/x86_64-note.inc"
		printf '%s\n' "$@"
	} | describe damaged
}

# line CHECK STATUS [TEXT]: the last answers have that line.
line() {
	grep -F "\"status\":\"$2\",\"check\":\"$1\"" answers | grep -qF -- "${3-}" ||
		{ cat answers; return 1; }
}

# check_of STATUS FILE...: run it; exit status STATUS.
check_of() {
	local got=0 want=$1

	shift
	"$KWALK" -q -j "$@" -c check >answers 2>complaints || got=$?
	[ "$got" = "$want" ] || { echo "exit status $got"; cat answers; return 1; }
}

@test "nothing wrong, in each mode" {
	needs_part devices
	local mode rights

	for mode in x86_64:64 pae:pae i386:32; do
		rights=ok
		[ "$mode" != i386:32 ] || rights=inapplicable # has no NX
		dump "${mode%:*}-resources"
		vmlinux "${mode#*:}"
		answers vmlinux "${mode%:*}-resources" check <<-END
		* command=check input=- status=ok check=facts message=*
		* status=ok check=root
		* status=ok check=page_offset
		* status=ok check=tables
		* status=ok check=direct-map
		* status=$rights check=write-execute
		* status=ok check=user-access
		* status=ok check=user-tables
		* status=ok check=kernel-half message='~0 processes have the same entries as'
		* status=$rights check=user-rights
		* status=ok check=cache
		* status=ok check=iomem message=~7
		* status=ok check=ioports message=~2
		* check=tasks
		* check=vmas
		* check=files
		* check=areas
		* check=slabs
		* check=free-lists
		* check=log
		* status=ok check=io-tables \
			message='there are no tables: the kernel has no PCI support'
		* check=summary message='~looked at: 1' \
			message='~kernel tables, tables of 0 of 0 processes, 7 resources of iomem, 2 resources of ioports, 1 tasks'
		END
	done
	dump x86_64-5level
	check_of 0 x86_64-5level
	line direct-map ok
	line iomem not-checked iomem_resource
	"$KWALK" -q -c check x86_64-5level | grep -q '^root  *ok  *swapper_pg_dir (ffffffff81410000) is at 1410000'
}

@test "facts that contradict each other" {
	dump x86_64-contradiction
	vmlinux 64
	check_of 1 vmlinux x86_64-contradiction
	line facts error
}

@test "facts set wrongly by hand" {
	dump x86_64
	check_of 1 -o phys_base=200000 x86_64
	line facts error 'phys_base: option -o says 0x200000, but VMCOREINFO NUMBER(phys_base) says 0x0'
	line root error 'root is not known'
	check_of 0 -o root=1410000 x86_64
	line root not-checked 'set with -o'
	# The table of a process, as bare memory may need it, is no damage.
	check_of 1 -o root=1411000 x86_64
	line facts warning 'root: option -o says 0x1411000'
	check_of 1 -o page_offset=ffff888000200000 x86_64
	line page_offset error 'but the page table says'
	line direct-map error 'pages of the direct map are mapped to wrong physical addresses'
}

@test "a direct map with a hole, and with a page that is another" {
	kernel 'at pte_direct[5]: u64 0'
	check_of 0 damaged
	line direct-map warning '4096 bytes of memory, which may be RAM or reserved, are not mapped, the first are 5000 to 5fff'
	kernel 'at pte_direct[6]: u64 0x7000|DATA'
	check_of 1 damaged
	line direct-map error '1 page of the direct map is mapped to a wrong physical address: ffff888000006000 is mapped to 7000, not 6000'
	# Where resources tell, only RAM counts: the first ends at 9fbff.
	describe damaged <<-END
	include $DUMPS/x86_64-resources.txt
	at pte_direct[0x9f]: u64 0
	END
	vmlinux 64
	check_of 0 vmlinux damaged
	line direct-map warning '3072 bytes of RAM are not mapped, the first are 9f000 to 9fbff'
}

@test "frames that the kernel takes out of the direct map" {
	printf '.globl __kfence_pool\n.type __kfence_pool, @object\n.set __kfence_pool, 0xffffffff81477000\n' >more.s
	MORE=more.s vmlinux 64
	hidden() {
		{
			echo "include $DUMPS/x86_64-hidden.txt"
			printf '%s\n' "$@"
		} | describe hidden
	}
	hidden
	check_of 0 vmlinux hidden
	line direct-map ok 'except 4096 bytes of secretmem and 20480 bytes of KFENCE and 4096 bytes of corrupted memory'
	# The frame before, and those behind the pool, even one of a slab.
	hidden 'at pte_direct[0x71]: u64 0' 'at pte_direct[0x86]: u64 0' 'at pte_direct[0x88]: u64 0' \
		"at memmap+0x88*64: u64 kfence_object 0 0 0 0 0 u32 ~0 1"
	check_of 0 vmlinux hidden
	line direct-map warning '12288 bytes of memory, which may be RAM or reserved, are not mapped, the first are 71000 to 71fff'
	# Where the second object is no slab, the pool ends before it.
	hidden 'at memmap+0x84*64: u64 0'
	check_of 0 vmlinux hidden
	line direct-map warning '8192 bytes of memory, which may be RAM or reserved, are not mapped, the first are 84000 to 85fff'
	# The end of the pool is searched once: a larger one costs 190 more hits.
	hidden 'repeat 190 128 memmap+0x86*64: u64 kfence_object' 'container kdump'
	"$KWALK" -q --stats -c 'vtop ffff888000080010; vtop ffff888000080020' vmlinux hidden 2>costs |
		grep -c 'KFENCE' | grep -x 2
	mapfile -t hits < <(sed -n 's/^kwalk: stats: vtop .* hits=\([0-9]*\) .*/\1/p' costs)
	[ "${hits[0]}" -gt 190 ]
	[ "${hits[1]}" -lt 190 ]
}

@test "free memory that DEBUG_PAGEALLOC takes out of the direct map" {
	cat >more.s <<-'END'
	.globl _debug_pagealloc_enabled
	.type _debug_pagealloc_enabled, @object
	.set _debug_pagealloc_enabled, 0xffffffff81477008
	END
	MORE=more.s vmlinux 64
	# The kernel leaves the inverted frame in the entry. 74 and 75 are free, 76 is reserved, 77 is in use.
	pagealloc() {
		describe pagealloc <<-END
		include $DUMPS/x86_64-pages.txt
		repeat 1024 64 memmap+0x1c00*64+52: u32 1
		at pmd_user[1]: u64 0
		at text_phys+0x477008: u32 $1
		at memmap+0x74*64+40: u64 1 u32 -129 0
		at memmap+0x76*64: u64 1<<12 0 0 0 0 0 u32 -1 1
		at pte_direct[0x74]: u64 seq 4 (~0x74000&0xffffffffff000)|NX|A -4096
		at memmap+0x77*64+48: u32 -1 1
		$2
		END
	}
	pagealloc 1 'at pte_direct[0x77]: u64 0x77000|DATA'
	check_of 0 vmlinux pagealloc
	line direct-map ok 'except 12288 bytes of free memory (DEBUG_PAGEALLOC)'
	answers vmlinux pagealloc 'vtop ffff888000074010 ffff888000077010; whatis ffff888000075000; region ffff888000076000' <<-END
	ffff888000074010 status=not-mapped physical=- swap_type=- hidden="free memory (DEBUG_PAGEALLOC)"
	ffff888000077010 status=mapped hidden=-
	ffff888000075000 text="~not mapped: free memory (DEBUG_PAGEALLOC)"
	ffff888000076000 virt_to_phys=false why_not="~free memory (DEBUG_PAGEALLOC)"
	END
	# of reserved frames, only RAM is freed: 76 is not in System RAM
	pagealloc 1 "$(
		cat <<-END
		include $DUMPS/resources.inc
		at text_phys+4M+0x2d00: u64 0 ~0 0 0x80000200 0 0 0 resource
		at 30M: u64 0x1000 0x75fff resource_name 0x80000200 0 iomem_root 0 0
		END
	)"
	answers vmlinux pagealloc 'vtop ffff888000075010 ffff888000076010' <<-END
	ffff888000075010 hidden="free memory (DEBUG_PAGEALLOC)"
	ffff888000076010 status=not-mapped hidden=-
	END
	# memory in use that is not mapped; and a kernel in which DEBUG_PAGEALLOC is off
	pagealloc 1
	check_of 0 vmlinux pagealloc
	line direct-map warning '4096 bytes of memory, which may be RAM or reserved, are not mapped, the first are 77000 to 77fff'
	answers vmlinux pagealloc 'vtop ffff888000077010' <<<'ffff888000077010 status=not-mapped hidden=-'
	pagealloc 0
	check_of 0 vmlinux pagealloc
	line direct-map warning '16384 bytes'
}

@test "pages of the kernel that are mapped to nothing" {
	vmlinux 64
	describe nowhere <<-END
	include $DUMPS/x86_64-resources.txt
	at pte_vmalloc[17]: u64 0x200001c03000|DATA
	END
	check_of 1 vmlinux nowhere
	line tables error '1 page is mapped to an address that is neither memory nor a device: the pte entry 8000200001c03163 at '
	line tables error ' maps ffffc90000011000 to 200001c03000; with bit 45 flipped, the address would be in frame 1c03'
}

@test "pages that can write to the kernel's text or read-only data" {
	vmlinux 64
	kernel 'at pte_vmalloc[17]: u64 text_phys+0x1000|DATA'
	check_of 1 vmlinux damaged
	line write-execute warning "1 page can write to the kernel's text or read-only data: ffffc90000011000 is mapped to 1001000, text"
	kernel 'at pte_vmalloc[17]: u64 text_phys+0x1000|P|G|A|NX'
	check_of 1 vmlinux damaged
	line write-execute ok
}

@test "memory that can be written and run" {
	kernel 'at pte_vmalloc[16]: u64 0x1d02000|KTABLE 0x1d03000|KTABLE'
	check_of 0 damaged
	line write-execute warning '8192 bytes of the kernel are writable and executable, the first are ffffc90000010000 to ffffc90000010fff'
	dump i386
	check_of 0 i386
	line write-execute inapplicable 'this paging mode'
	line user-rights inapplicable 'this paging mode'
	not grep -E 'summary.*; not: .*(write-execute|user-rights)' answers
}

@test "memory of processes that can be written and run" {
	vmlinux 64
	dump x86_64-tasks
	check_of 0 vmlinux x86_64-tasks
	line user-rights warning '6291456 bytes of processes are writable and executable, the first are 200000 to 3fffff of pid 1 (init)'
	describe other <<-END
	include $DUMPS/x86_64-tasks.txt
	at pmd_user[1]: u64 0x0
	at pmd_user[2]: u64 0x0
	at 0x36000[1]: u64 0x0
	END
	check_of 0 vmlinux other
	line user-rights ok 'no page of 2 processes is both writable and executable'
	# a frame that two processes map in this way, and whose mappings are counted
	users 'at pmd_user[1]: u64 0 0' 'at 0x36000[1]: u64 0' \
		'at memmap+64*0x50+24: u64 d+mm_init|1' 'at memmap+64*0x50: u64 0' 'at memmap+64*0x50+48: u32 1' \
		'at pte_user[3]: u64 0x50000|P|RW|US|A|D' 'at 0x37000[0x20]: u64 0x50000|P|RW|US|A|D'
	line user-rights warning '8192 bytes of processes are writable and executable, the first are 3000 to 3fff of pid 1 (init)'
}

@test "kernel pages that processes may touch" {
	kernel 'at pte_fixmap+4K+8: u64 0x1d03000|TABLE|NX'
	check_of 1 damaged
	line user-access error '4096 bytes of the kernel'
	line user-access error 'the first are ffffffffff601000 to ffffffffff601fff'
}

@test "clocks that processes may read in the fixmap of old kernels" {
	local release page

	# with names of the slots, at 600 and 601 below the top ffffffffff7ff000; only
	# to be read, and the slot beside them is not one
	vmlinux 64 3.12.9
	for page in 'P|US|NX 0x1d04000|P|NX' 'P|US|NX 0x1d04000|P|US|NX' 'TABLE|NX' 'P|US'; do
		describe clock <<-END
		include $DUMPS/x86_64-tasks-old.txt
	at mm_shell: u64 0 0
		at pmd_fixmap[506]: u64 pte_fixmap|TABLE
		at pte_fixmap[0x1a6]: u64 0xfed00000|P|US|NX|PCD 0x1d03000|$page
		END
		case $page in
		*'|P|NX')
			check_of 0 vmlinux clock
			line user-access ok
			;;
		*0x1d04000*)
			check_of 1 vmlinux clock
			line user-access error '4096 bytes of the kernel'
			line user-access error 'ffffffffff5a8000'
			;;
		*)
			check_of 1 vmlinux clock
			line user-access error 'ffffffffff5a7000'
			;;
		esac
	done
	# before 3.1 it could be run
	vmlinux 64 2.6.39
	describe clock <<-END
	include $DUMPS/x86_64-tasks-old.txt
	at mm_shell: u64 0 0
	at pmd_fixmap[506]: u64 pte_fixmap|TABLE
	at pte_fixmap[0x1a6]: u64 0xfed00000|P|US|PCD 0x1d03000|P|US|NX
	END
	check_of 0 -o release=2.6.39 vmlinux clock
	line user-access ok
	# without, at the places that they had
	for release in 3.14.1 3.15.1; do
		for page in 'P|US|NX' 'TABLE|NX' 'P|US'; do
			describe clock <<-END
			include $DUMPS/x86_64-era.inc
			note VMCOREINFO
			  OSRELEASE=$release
			end
			at text_phys+2M: str "Linux version $release (builder@example.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)\n\0"
			at pmd_fixmap[506]: u64 pte_fixmap|TABLE
			at pte_fixmap[510]: u64 0xfed00000|$page
			END
			case $release/$page in
			3.14.1/P*NX)
				check_of 0 clock
				line user-access ok
				;;
			*)
				check_of 1 clock
				line user-access error ffffffffff5fe000
				;;
			esac
		done
	done
}

@test "frames with different cache types" {
	kernel 'at pte_vmalloc[16]: u64 0x1d00000|DATA|PCD'
	check_of 1 damaged
	line cache error '1 mapping has another cache type than the direct map: 1d00000 is mapped as WB at ffff888001d00000 and as UC- at ffffc90000010000'
	kernel 'at pte_vmalloc[16]: u64 0xfd000000|DATA|PWT 0xfd000000|DATA|PCD|PWT'
	check_of 0 damaged
	line cache warning '1 frame is mapped with different cache types: fd000000 is mapped as WC at ffffc90000010000 and as UC at ffffc90000011000'
	# A large page and a small one in the middle of it.
	kernel 'at pmd_vmalloc[5]: u64 0xfd000000|DATA|PS|PCD' 'at pte_vmalloc[16]: u64 0xfd123000|DATA'
	check_of 0 damaged
	line cache warning 'fd123000 is mapped as UC- at ffffc90000b23000 and as WB at ffffc90000010000'
}

@test "-v lists the places that a line counts" {
	needs_part devices
	kernel 'at pte_vmalloc[16]: u64 0xfd000000|DATA|PWT 0xfd000000|DATA|PCD|PWT 0xfd001000|DATA 0xfd001000|DATA|PCD'
	answers damaged 'check -v' <<-END
	$(for check in facts root page_offset tables direct-map write-execute user-access; do echo "* check=$check"; done)
	* status=not-checked check=user-tables
	* status=not-checked check=kernel-half
	* status=not-checked check=user-rights
	* check=cache message="~2 frames" places.0="~fd000000 is mapped as WC" places.1="~fd001000 is mapped as WB" \
		places.2=-
	* check=iomem
	* check=ioports
	* check=tasks
	* check=vmas
	* check=files
	* check=areas
	* check=slabs
	* check=free-lists
	* check=log
	* check=io-tables
	* status=not-checked check=summary \
		message="looked at: 13 facts, kernel tables; not: user-tables, kernel-half, user-rights, iomem, ioports, tasks, vmas, files, areas, slabs, free-lists, log, io-tables"
	END
	"$KWALK" -q -c 'check -v' damaged | grep -A2 '^cache' | tail -n 1 |
		grep -qx '  fd001000 is mapped as WB at ffffc90000012000 and as UC- at ffffc90000013000'
	fails 1 'check: more: too many arguments' -c 'check more' damaged
	check_of 0 damaged
	not grep -q places answers
}

@test "cache types of processes: against the direct map, and of a device" {
	vmlinux 64
	describe damaged <<-END
	include $DUMPS/x86_64-tasks.txt
	at pte_user[0x40]: u64 0xfd000000|P|RW|US|PCD|NX
	at pte_vmalloc[16]: u64 0xfd000000|DATA
	END
	check_of 1 vmlinux damaged
	line cache warning '1 frame is mapped with different cache types: fd000000 is mapped as WB at ffffc90000010000 and as UC- at 40000 of pid 1'
	describe damaged <<-END
	include $DUMPS/x86_64-tasks.txt
	at 0x37000[0x40]: u64 0x1d00000|P|RW|US|PCD|NX
	END
	check_of 1 vmlinux damaged
	line cache error '1 mapping has another cache type than the direct map: 1d00000 is mapped as WB at ffff888001d00000 and as UC- at 40000 of pid 3'
	describe sound <<-END
	include $DUMPS/x86_64-tasks.txt
	END
	check_of 0 vmlinux sound
	line cache ok 'the kernel and 2 processes map no frame'
}

@test "what was not looked at is not said to be right" {
	describe damaged <<-END
	include $DUMPS/x86_64-5level.inc
	include $DUMPS/x86_64-note.inc
	at root[300]: u64 0x30000|KTABLE
	at 0x30000: u64 seq 256 0x30000|KTABLE 0 seq 256 0x31000|KTABLE 0
	END
	check_of 1 damaged
	line tables error 'tables point to each other in a loop'
	line user-access not-checked 'only a part of the tables was checked: processes can access no page of the kernel'
	line cache not-checked 'only a part of'
	kernel 'at pmd_vmalloc[3]: u64 0x7000000|KTABLE'
	check_of 1 damaged
	line write-execute not-checked 'only a part of'
}

@test "of tables of processes that cannot be read nothing is ok" {
	vmlinux 64
	describe damaged <<-END
	include $DUMPS/x86_64-tasks.txt
	at 0x36000[1]: u64 0
	at pmd_user[1]: u64 0 0
	at pgd_shell[2]: u64 seq 24 0x7000000|TABLE 0x1000
	END
	check_of 1 vmlinux damaged
	line user-rights not-checked 'only a part of the tables was checked: no page of 2 processes'
	line cache not-checked 'only a part of the tables was checked'
	line user-tables error '24 parts of tables are not in the dump, or outside of memory, the first: the pud entry at 7000000 (absent), for 10000000000 to 17fffffffff of pid 3 (shell)'
	line summary not-checked 'tables of 2 of 2 processes'
	line summary not-checked 'user-rights, cache'
	"$KWALK" -q -j -c triage vmlinux damaged >answers
	json_hold '{"check": "user-rights", "status": "not-checked"}.items() <= {k: v for f in it["findings"] if f["check"] == "user-rights" for k, v in f.items()}.items()' answers
	json_hold 'it["checked"].startswith("looked at: ") and " user-rights, cache" in it["checked"]' answers
	json_hold 'all(f["status"] != "ok" and f["check"] != "summary" for f in it["findings"])' answers
}

# users LINE...: describe "damaged", processes with struct pages, with these lines more.
users() {
	{
		cat <<-END
		include $DUMPS/x86_64-slabs.txt
		let area 0x38000
		at mm_init+8: u64 d+0x34200|0xa
		at 0x34200: u64 d+mm_init|1 0x2fff 0x7fff ~0
		at 0x34200+128: u64 0 d+area
		at area: u64 0x3000 0x8000 0 0 d+mm_init 0x73
		END
		printf '%s\n' "$@"
	} | describe damaged
	"$KWALK" -q -j vmlinux damaged -c check >answers 2>complaints || true
}

@test "entries of processes that make no sense" {
	vmlinux 64
	users
	line user-tables ok '8 tables of 2 processes map '
	# pages of unknown use are not among those that count right
	line user-tables ok 'mapped frames were not compared with the counts in their struct pages'
	users 'at pte_user[3]: u64 0x200001c03000|P|RW|US|A|D|NX'
	line user-tables error "1 entry points outside of memory: the pte entry 8000200001c03067 at 12018 maps 3000 of pid 1 (init) to 200001c03000, which is not memory"
	# what a driver put there may be any frame
	users 'at pte_user[3]: u64 0x200001c03000|P|RW|US|A|D|NX' 'at area: u64 0x3000 0x8000 0 0 d+mm_init 0x473'
	line user-tables ok
	users 'at pmd_user[4]: u64 0xdeadbeefdeadb085'
	line user-tables error '1 entry has a bit set that must be 0: the pmd entry at 11020 (deadbeefdeadb085), for 800000 to 9fffff of pid 1 (init)'
	users 'at pmd_user[4]: u64 0xbbbbbbbbbbbbbbbb'
	line user-tables error 'the pmd entry at 11020 (bbbbbbbbbbbbbbbb, SLUB_RED_INACTIVE), for 800000 to 9fffff of pid 1 (init)'
	# one bit is wrong: what was there
	users 'at pte_user[3]: u64 0x200001c03000|P|RW|US|A|D|NX'
	line user-tables error 'maps 3000 of pid 1 (init) to 200001c03000, which is not memory; with bit 45 flipped, the address would be in frame 1c03'
	users 'at pmd_user[0]: u64 0x200000012000|TABLE'
	line user-tables error 'the pte entry at 200000012000 (absent), for 0 to 1fffff of pid 1 (init); with bit 45 flipped, the address would be in frame 12'
	users 'at pmd_user[4]: u64 pmd_user|TABLE'
	line user-tables error '1 table is used at two levels: the pmd table at 11000 is also used as a pte table, for 800000 of pid 1 (init)'
	users 'at pud_user[1]: u64 pgd_init|TABLE'
	line user-tables error '1 table is used at two levels: the pgd table at 32000 is also used as a pmd table, for 40000000 of pid 1 (init)'
}

@test "frames of the kernel that processes map, and pages mapped more often than they count" {
	vmlinux 64
	users 'at pte_user[3]: u64 0x50000|P|RW|US|A|D|NX'
	line user-tables error "1 frame that is free or belongs to the kernel is mapped by a process: the pte entry 8000000000050067 at 12018 maps 3000 of pid 1 (init) to 50000, a slab"
	users 'at pte_user[3]: u64 0x1000000|P|US|A'
	line user-tables error "to 1000000, the kernel's text"
	users 'at pte_user[3]: u64 0x33000|P|RW|US|A|NX' 'at memmap+64*0x33+52: u32 1'
	line user-tables ok # a table that was not met yet and has no mark
	users 'at pte_user[3]: u64 0x11000|P|RW|US|A|NX'
	line user-tables error 'to 11000, a page table'
	users 'at memmap+64*0x50+24: u64 d+mm_init|1' 'at memmap+64*0x50: u64 0' 'at memmap+64*0x50+48: u32 0' \
		'at pte_user[3]: u64 0x50000|P|RW|US|A|D|NX' 'at 0x37000[0x20]: u64 0x50000|P|RW|US|A|D|NX'
	line user-tables error '1 page has more mappings than its struct page counts: the struct page of 50000 counts 1 mappings, but the page has 2, for example at 3000 of pid 1 and at 20000 of pid 3'
	users 'at memmap+64*0x50+24: u64 d+mm_init|1' 'at memmap+64*0x50: u64 0' 'at memmap+64*0x50+48: u32 1' \
		'at pte_user[3]: u64 0x50000|P|RW|US|A|D|NX' 'at 0x37000[0x20]: u64 0x50000|P|RW|US|A|D|NX'
	line user-tables ok
	# a table whose entries are all alike is reported at once
	users 'at memmap+64*0x50+24: u64 d+mm_init|1' 'at memmap+64*0x50: u64 0' 'at memmap+64*0x50+48: u32 0' \
		'at pmd_user[5]: u64 0x60000|TABLE' 'at 0x60000: u64 seq 512 0x50000|P|RW|US|A|D|NX 0'
	line user-tables error '50000 counts 1 mappings, but the page has 512, for example at a00000 of pid 1 and'
	# a count lower than the count of a page that is not mapped
	users 'at memmap+64*0x50+24: u64 d+mm_init|1' 'at memmap+64*0x50: u64 0' 'at memmap+64*0x50+48: u32 0xffffff85' \
		'at pte_user[3]: u64 0x50000|P|RW|US|A|D|NX'
	line user-tables error '50000 counts 0 mappings, but the page has 1, for example at 3000 of pid 1'
}

@test "the report does not depend on the number of threads" {
	local change

	vmlinux 64
	for change in 'at pmd_user[4]: u64 pmd_user|TABLE' 'at pmd_user[5]: u64 0x37000|TABLE' \
		'at pte_user[3]: u64 0x200001c03000|P|RW|US|A|D' 'at 0x37000[0x20]: u64 0x50000|P|RW|US|A|D|NX'; do
		users 'container kdump' "$change" # only tables that must be decompressed are read by threads
		"$KWALK" -q vmlinux damaged -c 'check -v' >all || true
		python3 -c 'import os, sys; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); os.execv(sys.argv[1], sys.argv[1:])' \
			"$KWALK" -q vmlinux damaged -c 'check -v' >one || true
		grep error one
		cmp all one
		users "$change"
		"$KWALK" -q vmlinux damaged -c 'check -v' >one || true
		diff <(grep -v '^facts' all) <(grep -v '^facts' one)
	done
}

@test "threads do not read shared tables again and again" {
	local i t m pgd next before nr=128 hits

	vmlinux 64
	# processes that share 514 tables, each with a top-level table of its own
	{
		cat <<-END
		include $DUMPS/x86_64-slabs.txt
		container kdump
		at 0x3fc000: u64 0x3fe000|TABLE
		at 0x3fe000: u64 seq 512 0x400000|TABLE 0x1000
		repeat 512 0x1000 0x400000: u64 0x1c03000|P|US|A|NX
		at t_daemon+tasks: u64 d+0x700000+tasks
		at vars+24: u64 d+0x700000+$((nr - 1))*0x100+tasks
		END
		for ((i = 0; i < nr; i++)); do
			t=$((0x700000 + i * 0x100)) m=$((0x710000 + i * 0x100)) pgd=$((0x800000 + i * 0x1000))
			next="d+$((t + 0x100))+tasks"
			((i + 1 < nr)) || next=init_task+tasks
			((i)) && before="d+$((t - 0x100))+tasks" || before=d+t_daemon+tasks
			cat <<-END
			at $t: u64 0 0 $next $before d+$m d+$m u32 $((100 + i)) $((100 + i)) u64 d+$t+0x80+head d+$t+0x80+head
			at $t+72: str "many\0"
			at $t+88: u64 d+$t+0x80
			at $t+0x80+head: u64 d+$t+thread d+$t+thread
			at $m: u32 0 0x302 u64 0 0 d+$pgd
			at $pgd: u64 0x3fc000|TABLE
			END
		done
	} | describe damaged
	"$KWALK" -q -j --stats vmlinux damaged -c check >answers 2>costs || true
	line user-tables error "$((nr - 1)) tables are used at two places"
	hits=$(sed -n 's/^kwalk: stats: check .* hits=\([0-9]*\) .*/\1/p' costs)
	# without a bound, each process would cost 514 hits
	[ "$hits" -gt 514 ]
	[ "$hits" -lt $((nr * 514 * 2 / 3)) ]
}

@test "memory that runs out makes no table a table that is used at two places" {
	local nr got

	! sanitized || skip "the allocator of the sanitizers is another"
	vmlinux 64
	users
	${CC:-cc} -shared -fPIC -o faults.so "$BATS_TEST_DIRNAME/faults.c" || no_compiler
	# attempt NUMBER: check, while the allocation with this number fails
	attempt() {
		LD_PRELOAD=$PWD/faults.so FAULT=malloc:$1 FAULT_COUNTS=$PWD/counts \
			"$KWALK" -q -j vmlinux damaged -c check 2>complaints
	}
	attempt 1000000 >answers
	nr=$(awk '$1 == "malloc" { print $2 }' counts)
	[ "$nr" -gt 0 ]
	for ((; nr > 0; nr--)); do
		got=0
		attempt "$nr" >>answers || got=$?
		[ "$got" -le 2 ] || { cat complaints; false; }
	done
	grep -q 'out of memory' answers
	# what the other checks call an error is one with enough memory, too
	"$KWALK" -q -j vmlinux damaged -c check | grep '"status":"error","check"' >true-errors || true
	not grep -vxFf true-errors <(grep '"status":"error","check"' answers)
}

@test "a table that is shared, with more rights behind the second entry" {
	vmlinux 64
	users 'at 0x60000[3]: u64 0x59000|P|RW|US|A|D' 'at pmd_user[6]: u64 0x60000|P|RW|US|A'
	line user-rights warning '6295552 bytes'
	users 'at 0x60000[3]: u64 0x59000|P|RW|US|A|D' 'at pmd_user[5]: u64 0x60000|P|US|A 0x60000|P|RW|US|A'
	line user-rights warning '6295552 bytes'
	line user-tables error '1 table is used at two places: the pte table at 60000 is also used as a pte table, for c00000 of pid 1 (init)'
	users 'at pmd_user[6]: u64 0x37000|TABLE'
	line user-tables error '1 table is used at two places: the pte table at 37000 is also used as a pte table, for 0 of pid 3 (shell)'
}

@test "a frame that counts no mapping, and one of shared memory that counts fewer" {
	vmlinux 64
	users 'at memmap+64*0x59+48: u32 0xffffffff 1' 'at pte_user[3]: u64 0x59000|P|RW|US|A|D|NX'
	line user-tables error '1 frame that is free or belongs to the kernel is mapped by a process: the pte entry 8000000000059067 at 12018 maps 3000 of pid 1 (init) to 59000, whose struct page counts no mapping'
	users 'at memmap+64*0x59+48: u32 0xffffffff 1' 'at pte_user[3]: u64 0x59000|P|RW|US|A|D|NX' \
		'at area: u64 0x3000 0x8000 0 0 d+mm_init 0x473'
	line user-tables ok
	users 'at memmap+64*0x50+24: u64 d+mm_init' 'at memmap+64*0x50: u64 1<<19' 'at memmap+64*0x50+48: u32 0' \
		'at pte_user[3]: u64 0x50000|P|RW|US|A|D|NX' 'at 0x37000[0x20]: u64 0x50000|P|RW|US|A|D|NX'
	line user-tables error '50000 counts 1 mappings, but the page has 2'
}

@test "a page that a process maps without a reference, which only a driver may do" {
	vmlinux 64
	# anonymous, with a right number of mappings
	users 'at memmap+64*0x50+24: u64 d+mm_init|1' 'at memmap+64*0x50: u64 0' 'at memmap+64*0x50+48: u32 0 0' \
		'at pte_user[3]: u64 0x50000|P|RW|US|A|D|NX'
	line user-tables error '1 frame that is free or belongs to the kernel is mapped by a process: the pte entry 8000000000050067 at 12018 maps 3000 of pid 1 (init) to 50000, whose struct page counts no reference'
	users 'at pte_user[3]: u64 0x59000|P|RW|US|A|D|NX'
	line user-tables error '1 frame that is free or belongs to the kernel is mapped by a process: the pte entry 8000000000059067 at 12018 maps 3000 of pid 1 (init) to 59000, whose struct page counts no reference'
	users 'at pte_user[3]: u64 0x59000|P|RW|US|A|D|NX' 'at memmap+64*0x59+52: u32 1'
	line user-tables ok
	users 'at pte_user[3]: u64 0x59000|P|RW|US|A|D|NX' 'at area: u64 0x3000 0x8000 0 0 d+mm_init 0x473'
	line user-tables ok
	# pages of mappings that cannot be read
	users 'at 0x37000[0x20]: u64 0x59000|P|RW|US|A|D|NX' 'at mm_shell+8: u64 d+0x34300|0xa'
	line user-tables not-checked '1 mapped pages have no reference, but the mappings of their processes'
}

@test "pages of a process that it cannot reach" {
	vmlinux 64
	users 'at pte_user[3]: u64 0x1c03000|P|RW|A|D|NX'
	line user-tables error '1 page is mapped by a process that cannot access it: the pte entry 8000000001c03063 at 12018 maps 3000 of pid 1 (init) to 1c03000, but the user bit is clear in this entry or in an entry above'
	users 'at pmd_user[0]: u64 pte_user|KTABLE'
	line user-tables error '5 pages are mapped by processes that cannot access them, the first: the pte entry 1c01025 at 12008 maps 1000 of pid 1 (init)'
	# where it is not known what they are mappings of
	users 'at 0x36000[0]: u64 0x37000|KTABLE' 'at mm_shell+8: u64 d+0x34300|0xa'
	line user-tables not-checked 'the use of the frames of 4 pages cannot be read'
	users 'at pte_user[3]: u64 0x1c03000|P|RW|A|D|NX' 'at area: u64 0x3000 0x8000 0 0 d+mm_init 0x473'
	line user-tables ok
	# a mapping of hugetlb without rights, and one that may be read
	users 'at pte_user[3]: u64 0x1c03000|P|RW|A|D|NX' 'at area: u64 0x3000 0x8000 0 0 d+mm_init 0x400070'
	line user-tables ok
	users 'at pte_user[3]: u64 0x1c03000|P|RW|A|D|NX' 'at area: u64 0x3000 0x8000 0 0 d+mm_init 0x400071'
	line user-tables error '1 page is mapped by a process that cannot access it'
}

@test "a slab in a driver's mapping: remap_pfn_range() maps it, vm_insert_page() does not" {
	local slab=('at memmap+64*0x1b00: u64 slab' 'at pte_user[3]: u64 0x1b00000|P|RW|US|A|D|NX')
	vmlinux 64
	users "${slab[@]}" 'at area: u64 0x3000 0x8000 0 0 d+mm_init 0x473'
	line user-tables ok
	users "${slab[@]}" 'at area: u64 0x3000 0x8000 0 0 d+mm_init 0x10000073'
	line user-tables error '1 frame that is free or belongs to the kernel is mapped by a process: the pte entry 8000000001b00067 at 12018 maps 3000 of pid 1 (init) to 1b00000, a slab'
}

@test "each frame of a large page that a process maps" {
	vmlinux 64
	users 'at memmap+64*0x1c80: u64 slab'
	line user-tables error '1 frame that is free or belongs to the kernel is mapped by a process: the pmd entry 1c000e7 at 11008 maps 280000 of pid 1 (init) to 1c80000, a slab'
	# those beside, and others than the first, once
	users 'at memmap+64*0x1bff: u64 slab' 'at memmap+64*0x1e00: u64 0'
	line user-tables ok
	users 'at memmap+64*0x1dff: u64 slab' 'at pmd_user[2]: u64 28M|0xe7'
	line user-tables error '1 frame that is free or belongs to the kernel is mapped by a process: the pmd entry 1c000e7 at 11008 maps 3ff000 of pid 1 (init) to 1dff000, a slab'
	users 'at memmap+64*0x1c00: u64 slab' 'at pmd_user[2]: u64 28M|0xe7'
	line user-tables error '2 frames that are free or belong to the kernel'
}

@test "the frames of any number of gigabytes that one table maps" {
	vmlinux 64
	users 'segment paddr=4G memsz=512G filesz=0' 'at pud_user[4]: u64 seq 17 4G|0xe7 1G'
	line user-tables not-checked 'only the first 4194304 frames of large pages that are not compound pages were checked'
	line summary not-checked user-tables
	users 'segment paddr=4G memsz=512G filesz=0' 'at pud_user[4]: u64 seq 15 4G|0xe7 1G'
	line user-tables not-checked 'the use of the frames of'
}

@test "the kernel's half of the tables of processes" {
	local vmemmap='(vmemmap_base>>39)&511' change

	vmlinux 64
	users
	line kernel-half ok "2 processes have the same entries as the kernel's table"
	users "at pgd_shell[$vmemmap]: u64 pud_vmalloc|k"
	line kernel-half error "1 entry differs from the kernel's table: the pgd entry 4063 at 33ea0, for ffffea0000000000 to ffffea7fffffffff of pid 3 (shell), is 7063 in the kernel's table"
	# missing, where all are there from the start; where there is none; other rights
	for change in '511]: u64 0' '(vmalloc_base>>39)&511]: u64 0' '300]: u64 0x60000|k' "$vmemmap]: u64 pud_vmemmap|P|A"; do
		users "at pgd_shell[$change"
		line kernel-half error 'of pid 3 (shell), is '
	done
	# what the CPU sets, the global bit, the remap of its LDT
	for change in "$vmemmap]: u64 pud_vmemmap|P|RW|G" '272]: u64 0x60000|TABLE'; do
		users "at pgd_shell[$change"
		line kernel-half ok
	done
	check_of 0 -o root=32000 vmlinux damaged
	line kernel-half not-checked "the root is not proved to be swapper_pg_dir"
	line summary not-checked "kernel-half (the root is not proved to be swapper_pg_dir)"

	# before 5.9 entries of vmalloc come when they are needed
	users 'at pgd_shell[(vmalloc_base>>39)&511]: u64 0'
	check_of 1 -o release=5.9.0 vmlinux damaged
	line kernel-half error 'the pgd entry 0 at 33c90'
	check_of 0 -o release=5.8.18 vmlinux damaged
	line kernel-half ok
	vmlinux 64 3.12.9
	for change in '0 ok' 'pud_vmemmap|k error'; do
		describe damaged <<-END
		include $DUMPS/x86_64-tasks-old.txt
		at mm_shell: u64 0 0
		at pgd_shell[(vmalloc_base>>39)&511]: u64 ${change% *}
		END
		check_of "$([ "${change#* }" = ok ] && echo 0 || echo 1)" vmlinux damaged
		line kernel-half "${change#* }"
	done
}

# own LINE...: describe "damaged", the kernel $mode, whose first task has a table of its own at
# 32000, with these lines.
own() {
	{
		cat <<-END
		include $DUMPS/$mode-resources.txt
		let d page_offset
		at text_phys+4M+0x20810: u32 d+0x31000 d+0x31000 1 1
		at 0x31000: u32 0 0x302 0 0 d+0x32000
		END
		printf '%s\n' "$@"
	} | describe damaged
	"$KWALK" -q -j vmlinux damaged -c check >answers 2>complaints || true
}

@test "the same with two levels, and with PAE's tables, which are shared or copied" {
	local mode=i386 half="differs from the kernel's table: the"
	local direct='at 0x32000[row_direct]: u32 pte_direct|KTABLE seq 7 4M|0x1e3 4M'
	local fixmap='at 0x32000[1023]: u32 pte_fixmap|KTABLE' kmap='at 0x32000[kmap>>22]: u32 pte_kmap|KTABLE'

	vmlinux 32
	own "$direct" "$fixmap" "$kmap"
	line kernel-half ok "1 process has the same entries as the kernel's table"
	own "$direct" "$fixmap"
	line kernel-half error "1 entry $half pgd entry 0 at 32ff4, for ff400000 to ff7fffff of pid 1 (), is 9063 in the kernel's table"
	own "$direct" "$fixmap" "$kmap" 'at 0x32000[row_vmalloc]: u32 0x60000|KTABLE'
	line kernel-half error "1 entry $half pgd entry 60063 at 32c28, for c2800000"

	mode=pae
	vmlinux pae
	own 'at 0x32000[3]: u64 pmd_direct|P'
	line user-rights ok 'no page of 1 process is both writable and executable'
	line cache ok 'the kernel and 1 process map no frame'
	line kernel-half ok "1 process has the same entries as the kernel's table"
	local copy='at 0x32000[3]: u64 0x33000|P'
	direct='at 0x33000[0]: u64 pte_direct|KTABLE seq 15 2M|DATA|PS 2M'
	local text='at 0x33000[text_phys>>21]: u64 text_phys|0x1e1'
	fixmap='at 0x33000[511]: u64 pte_fixmap|KTABLE' kmap='at 0x33000[508]: u64 pte_kmap|KTABLE'
	own "$copy" "$direct" "$text" "$fixmap" "$kmap"
	line kernel-half ok "1 process has the same entries as the kernel's table"
	# vmalloc's entry there may be left from an unmapped area, and is no damage
	own "$copy" "$direct" "$text" "$fixmap" "$kmap" 'at 0x33000[(vmalloc_start>>21)&511]: u64 0x60000|KTABLE'
	line kernel-half ok '1 process has'
	own "$copy" "$direct" "$text" "$kmap"
	line kernel-half error "1 entry $half pmd entry 0 at 33ff8, for ffe00000 to ffffffff of pid 1 (), is 5063 in the kernel's table"
	own "$copy" "$direct" "$text" "$fixmap" "$kmap" 'at 0x33000[1]: u64 4M|DATA|PS'
	line kernel-half error "1 entry $half pmd entry 80000000004001e3 at 33008, for c0200000"
	own 'at 0x32000[3]: u64 0x7000000|P'
	line kernel-half not-checked '1 table is not in the dump: either the table at 7000000 of pid 1 (), or the table at 2000 of the kernel'
}

@test "a pointer to no mm, and the mm that it would lead to with one bit changed" {
	vmlinux 64
	describe damaged <<-END
	include $DUMPS/x86_64-tasks.txt
	at pgd_shell[(page_offset>>39)&511]: u64 pud_direct|k
	at t_shell+32: u64 d+mm_init+0x2000000000
	END
	check_of 1 vmlinux damaged
	line user-tables error '1 process has no table: pid 3 (shell): mm ffff88a000031000 is not an mm_struct: ffff88a000031'
	line user-tables error 'with bit 37 flipped, mm would be ffff888000031000, which is an mm_struct'
	line user-rights warning
	line summary not-checked 'tables of 1 of 2 processes'
	answers -s 1 vmlinux damaged 'tasks 3' <<-END
	3 pid=3 mm=0xffff88a000031000 root=-
	3 status=error message=~"pid 3 (shell): mm ffff88a000031000 is not an mm_struct: " \
		message=~"with bit 37 flipped, mm would be ffff888000031000, which is an mm_struct"
	END
}

@test "tables that are missing, corrupt or without end" {
	kernel 'at pmd_vmalloc[3]: u64 0x7000000|KTABLE' 'at pmd_vmalloc[4]: u64 0x1c00000|0x2000|PS|P'
	check_of 1 damaged
	line tables error '1 part of the tables is not in the dump: the pte entry at 7000000 (absent), for ffffc90000600000 to ffffc900007fffff'
	line tables error '1 entry has a bit set that must be 0'
	describe damaged <<-END
	include $DUMPS/x86_64-5level.inc
	include $DUMPS/x86_64-note.inc
	at root[300]: u64 0x30000|KTABLE
	at 0x30000: u64 seq 256 0x30000|KTABLE 0 seq 256 0x31000|KTABLE 0
	END
	check_of 1 damaged
	line tables error 'tables point to each other in a loop'
}

@test "a table of zeros that was left out is no damage" {
	# RAM says iomem, but the ELF core has nothing there
	describe damaged <<-END
	include $DUMPS/x86_64-resources.txt
	at 30M+0x40: u64 0x100000 0x7ffffff
	at pmd_vmalloc[3]: u64 0x7000000|KTABLE
	END
	vmlinux 64
	check_of 0 vmlinux damaged
	line tables not-checked '1 part of the tables was left out of the dump: the pte entry at 7000000 (absent)'
	line write-execute not-checked 'only a part of the tables'
}

@test "resource lists that loop" {
	dump x86_64-resources-loop
	vmlinux 64
	check_of 1 vmlinux x86_64-resources-loop
	line iomem error '3 branches of the tree are damaged'
	line ioports error 'loops'
	describe damaged <<-END
	include $DUMPS/x86_64-resources.txt
	at 30M+0x1b0: u64 resource+0x140
	END
	check_of 1 vmlinux damaged
	line iomem error '1 branch of the tree is damaged: the resource at '
}

@test "lists of tasks" {
	local change

	vmlinux 64
	dump x86_64-tasks x86_64-tasks-damaged
	check_of 0 vmlinux x86_64-tasks
	line tasks ok '7 tasks, in lists'
	check_of 1 vmlinux x86_64-tasks-damaged
	line tasks error 'damaged in 2 places, the first: the list of threads is cut after'
	line user-tables not-checked 'processes are missing, because lists of tasks are damaged'
	line summary not-checked 'of at least '
	# a name without an end, and pids beyond the most there are
	for change in '72: fill 16 65' '48: u32 0x400001 1' '48: u32 1 0x400001' '48: u32 ~0 1'; do
		describe damaged <<-END
		include $DUMPS/x86_64-tasks.txt
		at t_init+$change
		END
		check_of 1 vmlinux damaged
		line tasks error ' is not a task: its '
	done
}

@test "mappings of processes: damage, a wrong count, and what is missing in the dump" {
	local lines status text

	MAP_COUNTS=1 vmlinux 64
	dump x86_64-tasks-damaged
	check_of 1 vmlinux x86_64-tasks-damaged
	line vmas error '3 places of the mappings are damaged, the first: the mappings of pid 1 (init): mappings are missing after 2fff: ffff888000038080 is not a vm_area_struct'
	line vmas not-checked 'processes are missing, because lists of tasks are damaged'
	while IFS='|' read -r status lines text; do
		printf 'include %s\nat mm_init+160: u32 6\nat mm_shell+160: u32 1\n%b\n' "$DUMPS/x86_64-tasks.txt" "$lines" |
			describe damaged
		check_of "$([ "$status" = error ]; echo $((!$?)))" vmlinux damaged
		line vmas "$status" "$text" || return 1
	done <<-'END'
	ok||7 mappings of 2 processes, in trees or lists that are complete
	error|at mm_shell+160: u32 4|1 place of the mappings is damaged: the mm_struct of pid 3 (shell) counts 4 mappings, but 1 were found
	error|at leaf_a+136: u64 0|1 place of the mappings is damaged: the mm_struct of pid 1 (init) counts 6 mappings, but 5 were found
	error|at leaf_shell+136: u64 d+vma+0x100|the vm_area_struct at ffff888000038100 belongs to the mm at ffff888000031000
	error|at leaf_shell+136: u64 d+vma+(1<<45)|1 place of the mappings is damaged: the mappings of pid 3 (shell): the first mappings are missing: ffffa88000038000 is not mapped
	error|at mm_shell+8: u64 d+0x34300+(1<<45)+0xa|ffffa88000034300 is not mapped
	not-checked|at mm_shell+160: u32 4\nat mm_shell+152: u64 1|1 place seems damaged, but the mappings were being changed: the mm_struct of pid 3 (shell) counts 4
	error|at mm_shell+160: u32 4\nat mm_shell+152: u64 0x100|counts 4 mappings
	not-checked|at pte_vmalloc[20]: u64 0xfd000000+DATA\nat leaf_shell+136: u64 vmalloc_base+0x14000|1 part of the mappings is missing: the mappings of pid 3 (shell): the first mappings are missing: ffffc90000014000 (physical fd000000) is not in the dump
	END
}

@test "a process without an mm_struct has no mappings that could be checked" {
	vmlinux 64
	describe damaged <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_shell+32: u64 d+mm_init+0x2000000000
	END
	check_of 1 vmlinux damaged
	line vmas not-checked '1 process has no mm_struct'
}

@test "lists of areas: damage, a list that was being changed, and what is missing in the dump" {
	vmlinux 64
	dump x86_64-areas x86_64-areas-damaged
	check_of 1 vmlinux x86_64-areas # its tasks are not described
	line areas ok 'areas of vmalloc, in complete lists, without overlaps'
	check_of 1 vmlinux x86_64-areas-damaged
	line areas error '5 places of the lists are damaged, the first: the list of areas is cut after its entry at '
	# the vmap_area is larger than its vm_struct
	describe damaged <<-END
	include $DUMPS/x86_64-areas.txt
	at areas+8: u64 base+0x5000
	END
	check_of 1 vmlinux damaged
	line areas error '1 place of the lists is damaged: the areas at ffffc90000000000 and ffffc90000004000 overlap'
	printf '.globl vmap_area_lock\n.type vmap_area_lock, @object\n.set vmap_area_lock, 0xffffffff81477000\n' >more.s
	MORE=more.s vmlinux 64
	describe locked <<-END
	include $DUMPS/x86_64-areas-damaged.txt
	at text_phys+0x477000: u32 1
	END
	check_of 1 vmlinux locked
	line areas not-checked '5 places of the lists seem damaged, but a list was locked'
	vmlinux 64 6.12.9
	describe locked <<-END
	include $DUMPS/x86_64-areas-nodes.txt
	at areas+link: u64 VA+0x80+link+(1<<45)
	at 0x45000+32: u32 1
	END
	check_of 0 vmlinux locked
	line areas not-checked 'seems damaged, but a list was locked'
	describe damaged <<-END
	include $DUMPS/x86_64-areas-nodes.txt
	at areas+link: u64 VA+0x80+link+(1<<45)
	END
	check_of 1 vmlinux damaged
	line areas error '1 place of the lists is damaged: the list of areas is cut'
}

@test "no page table at all" {
	local check

	describe none <<-END
	include $DUMPS/x86_64-bare.txt
	at text_phys+2M: str "no banner"
	END
	check_of 1 none
	line root error
	for check in page_offset tables direct-map write-execute user-access user-tables kernel-half user-rights cache; do
		line $check not-checked "the kernel's page table is unknown"
	done
	line summary not-checked "not: page_offset, tables, direct-map"
}

@test "a page that old kernels have for the clock is no fault where the release is not known" {
	dump era-2.6.11
	"$KWALK" -q -j -c check era-2.6.11 | json_hold 'it.get("check") != "user-access" or it["status"] == "ok"'
	"$KWALK" -q -j -o release=3.15.0 -c check era-2.6.11 | json_hold 'it.get("check") != "user-access" or it["status"] == "error"'
}

@test "lists of free blocks: each kind of damage is named with its zone, order and type" {
	local lines status text

	FREE_LISTS=1 vmlinux 64
	dump x86_64-free-lists
	check_of 0 vmlinux x86_64-free-lists
	line free-lists ok '4 lists of zones have 5 free blocks of 7 frames, which agrees with struct pages and counts'
	while IFS='|' read -r status lines text; do
		printf 'include %s\n%b\n' "$DUMPS/x86_64-free-lists.txt" "$lines" | describe free
		check_of "$([ "$status" = error ]; echo $((!$?)))" vmlinux free
		line free-lists "$status" "$text" || return 1
	done <<-'END'
	error|at memmap+64*0x117+16: u64 vzone+96|1 place of the lists is damaged: zone Normal, order 0, type 1: ffffea0000004508 points to ffffea00000045c8, which points back to ffffffff81403860
	error|at memmap+64*0x110+48: u32 -1|1 place of the lists is damaged: zone Normal, order 0, type 0: frame 110 is not marked as free by its struct page
	error|at memmap+64*0x11c+40: u64 3|1 place of the lists is damaged: zone Normal, order 1, type 1: frame 11c begins a block of order 3 according to its struct page
	error|at zones_at+72: u64 4|1 place of the lists is damaged: zone Normal, order 0: the zone counts 4 blocks, but its lists have 3
	error|at memmap+64*0x118+8: u64 vlists+64*0x11d\nat memmap+64*0x11d: u64 0 vzone+136 vlists+64*0x118 0 0 1 u32 -129|order 1, type 1: frame 11d is not aligned to a block of this order
	error|at zones_at: u64 0x111|1 place of the lists is damaged: zone Normal, order 0, type 0: frame 110 belongs to another zone
	error|at memmap+64*0x114+8: u64 vlists+64*0x117+8\nat memmap+64*0x117+16: u64 vzone+96 vlists+64*0x114|order 0, type 1: ffffea00000045c8 is in the list, but is not a struct page
	error|at memmap+64*0x114+8: u64 vlists+64*0x114-(1<<45)|order 0, type 1: ffffea0000004508 points to ffffca0000004508, which is not mapped
	error|at zones_at+104: u64 vlists+64*0x114|order 0, type 1: the list ends with ffffea00000045c8, but the head of the list points back to ffffea0000004508
	error|at memmap+64*0x120: u64 0 0 0 0 0 1 u32 -129|1 range of frames is free as struct pages show, but is in no list: frames 120 to 121
	error|at memmap+64*0x100: u64 0 0 0 0 0 0 u32 -129\nat memmap+64*0x11f: u64 0 0 0 0 0 0 u32 -129|2 ranges of frames are free as struct pages show, but are in no list, the first: frames 100 to 100
	not-checked|at zones_at+72: u64 4\nat zones_at+160: u32 1|1 place of the lists seems damaged, but its zone was being changed: zone Normal, order 0: the zone counts 4 blocks
	END
}

# unlisted TEXT [LINE...]: check says TEXT about frames that are free, but in no list.
unlisted() {
	local text=$1

	shift
	{
		echo "include $DUMPS/x86_64-free-lists.txt"
		echo 'at memmap+64*0x120: u64 0 0 0 0 0 1 u32 -129'
		printf '%s\n' "$@"
	} | describe free
	"$KWALK" -q -j -c check vmlinux free >answers 2>/dev/null || true
	if [ -n "$text" ]; then
		grep -F "$text" answers
	else
		not grep -E 'free as struct pages show' answers
	fi
}

@test "frames that are free, but in no list, where nothing explains it" {
	local size

	FREE_LISTS=1 vmlinux 64
	unlisted 'in no list: frames 120 to 121'
	# the zone was being changed
	unlisted '' 'at zones_at+160: u32 1'
	# a list was not read to its end
	unlisted '' 'at memmap+64*0x117+16: u64 vzone+96'
	# 0xa2 is in a hole of memory
	unlisted '1 range' 'at memmap+64*0xa2: u64 0 0 0 0 0 0 u32 -129'
	# with PREEMPT_RT, the owner of the lock shows that the zone was being changed
	FREE_LISTS=2 vmlinux 64
	size=$'note VMCOREINFO\n  SIZE(zone)=192\nend'
	unlisted 'in no list: frames 120 to 121' "$size"
	unlisted '' "$size" 'at zones_at+184: u64 init_task'
	unlisted 'in no list: frames 120 to 121' "$size" 'at zones_at+164: u32 0xdead4ead u64 -1 -1'
	# the kernel starts
	printf '.globl system_state\n.type system_state, @object\n.set system_state, 0xffffffff81477000\n' >more.s
	FREE_LISTS=1 MORE=more.s vmlinux 64
	unlisted 'in no list: frames 120 to 121' 'at text_phys+0x477000: u32 2'
	unlisted '' 'at text_phys+0x477000: u32 1'
}

@test "lists of free frames of CPUs: a damaged one, and a count that they do not have" {
	FREE_LISTS=1 vmlinux 64
	printf 'include %s\nat zones_at+152: u64 0x400\n%s\n' "$DUMPS/x86_64-free-lists.txt" "$(
		for ((i = 0; i < 14; i++)); do
			echo "at cpu0+0x410+16*$i: u64 d+cpu0+0x410+16*$i d+cpu0+0x410+16*$i"
			echo "at cpu1+0x410+16*$i: u64 d+cpu1+0x410+16*$i d+cpu1+0x410+16*$i"
		done
	)" >lists.txt
	describe kept <lists.txt
	check_of 0 vmlinux kept
	line free-lists ok
	{ cat lists.txt; echo 'at cpu1+0x400: u32 3'; } | describe kept
	check_of 1 vmlinux kept
	line free-lists error 'CPU 1 counts 3 free frames in its lists of zone Normal, but the lists have 0'
	{ cat lists.txt; echo 'at cpu1+0x410: u64 0 0'; } | describe kept
	check_of 1 vmlinux kept
	line free-lists error 'the list of free frames of CPU 1 in zone Normal is damaged at '
}

# Pages of each kind that makedumpfile -d distinguishes, some of them left out.
@test "--needs: which pages a filtered dump lacks, and which questions need them" {
	vmlinux 64
	# filtered LEVEL FRAME...: without these frames, of 4 KiB each, in ascending order
	filtered() {
		local at=0x100000 frame

		mkdir "in$1"
		cp "$DUMPS"/x86_64-*.inc "$DUMPS"/x86_64.inc "$DUMPS"/x86_64-*.txt "in$1/"
		sed -i '/^segment paddr=1M/d' "in$1/x86_64-4level.inc"
		{
			printf 'include %s\n' "in$1/x86_64-pages.txt"
			printf 'container kdump\nkdump level=%s\n' "$1"
			for frame in "${@:2}" 0x2000000; do
				printf 'segment paddr=%#x memsz=%#x\n' "$at" $((frame - at))
				at=$((frame + 4096))
				[ "$frame" = 0x2000000 ] || printf 'segment paddr=%s memsz=4K filesz=0\n' "$frame"
			done
		} | describe "level$1"
	}
	filtered 1
	answers vmlinux level1 'check --needs' <<-END
	* need=kernel status=in-dump missing=0 dump_level=31
	* need=page-cache status=in-dump missing=0 dump_level=25
	* need=user status=in-dump missing=0 dump_level=23
	* need=free status=in-dump missing=0 dump_level=15 message=-
	* need=command questions=slabs status=partly
	* need=summary status=ok dump_level=1 message="makedumpfile -d 1 wrote the dump"
	END
	filtered 14 0x1c20000 0x1c33000
	answers vmlinux level14 'check --needs' <<-END
	* need=kernel status=in-dump
	* need=page-cache status=partly missing=1
	* need=user status=partly missing=1
	* need=free status=in-dump
	* need=command questions=slabs status=partly
	* need=summary message="makedumpfile -d 14 wrote the dump; -d 17 keeps all that is missing"
	END
	"$KWALK" -q -c 'check --needs' vmlinux level14 | grep -E '^page-cache +partly .* 1 +25  content of files'
	# A page table: no level may leave it out. Free frames: the level should have left them out.
	filtered 31 0x1c36000
	answers -s 1 vmlinux level31 'check --needs' <<-END
	* need=kernel status=lost missing=1 message="all levels keep these frames, so makedumpfile took them for frames of another kind; the first is 1c36. A version of makedumpfile that knows this kernel, or -d 1, keeps them"
	* need=page-cache status=in-dump
	* need=user status=in-dump
	* need=free status=in-dump message="8 of these frames are in the dump, although level 31 leaves them out: makedumpfile did not recognize them"
	* need=command questions=slabs status=partly
	* need=summary dump_level=31 message="makedumpfile -d 31 wrote the dump"
	END
	# extract leaves out what it was asked to.
	needs_part extract
	"$KWALK" -q -c 'extract -l tables -w out' vmlinux level1
	"$KWALK" -q -j -c 'check --needs' vmlinux out >answers
	json_values '(it["need"], it["status"])' answers | grep unknown
	grep "kwalk's extract wrote the dump" answers
}
