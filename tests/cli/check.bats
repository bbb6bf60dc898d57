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
	local mode rights

	for mode in x86_64:64 pae:pae i386:32; do
		rights=ok
		[ "$mode" != i386:32 ] || rights=warning # has no NX
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
		* status=ok check=cache
		* status=ok check=iomem message=~7
		* status=ok check=ioports message=~2
		* check=tasks
		* status=ok check=io-tables message='there are none: the kernel knows no PCI functions'
		END
	done
	dump x86_64-5level
	check_of 0 x86_64-5level
	line direct-map ok
	line iomem warning 'not checked: no symbol'
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
	line root warning 'set with -o'
	# The table of a process, as bare memory may need it, is no damage.
	check_of 1 -o root=1411000 x86_64
	line facts warning 'root: option -o says 0x1411000'
	check_of 1 -o page_offset=ffff888000200000 x86_64
	line page_offset error 'but the page table says'
	line direct-map error 'are not where the direct map has them'
}

@test "a direct map with a hole, and with a page that is another" {
	kernel 'at pte_direct[5]: u64 0'
	check_of 0 damaged
	line direct-map warning '4096 bytes of memory (RAM or reserved, not known which) are not mapped, the first are 5000 to 5fff'
	kernel 'at pte_direct[6]: u64 0x7000|DATA'
	check_of 1 damaged
	line direct-map error '1 pages are not where the direct map has them, the first: ffff888000006000 is mapped to 7000, not 6000'
	# Where resources tell, only RAM counts: the first ends at 9fbff.
	describe damaged <<-END
	include $DUMPS/x86_64-resources.txt
	at pte_direct[0x9f]: u64 0
	END
	vmlinux 64
	check_of 0 vmlinux damaged
	line direct-map warning '3072 bytes of RAM are not mapped, the first are 9f000 to 9fbff'
}

@test "memory that can be written and run" {
	kernel 'at pte_vmalloc[16]: u64 0x1d02000|KTABLE 0x1d03000|KTABLE'
	check_of 0 damaged
	line write-execute warning '8192 bytes can be written and run, the first are ffffc90000010000 to ffffc90000010fff'
	dump i386
	check_of 0 i386
	line write-execute warning 'not checked'
}

@test "memory of processes that can be written and run" {
	vmlinux 64
	dump x86_64-tasks
	check_of 0 vmlinux x86_64-tasks
	line user-rights warning '6291456 bytes of processes can be written and run, the first are 200000 to 3fffff of pid 1 (init)'
	describe other <<-END
	include $DUMPS/x86_64-tasks.txt
	at pmd_user[1]: u64 0x0
	at pmd_user[2]: u64 0x0
	at 0x36000[1]: u64 0x0
	END
	check_of 0 vmlinux other
	line user-rights ok 'nothing of 2 processes can be both written and run'
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
	line cache error '1 mapping has another type than the direct map: 1d00000 is WB at ffff888001d00000 and UC- at ffffc90000010000'
	kernel 'at pte_vmalloc[16]: u64 0xfd000000|DATA|PWT 0xfd000000|DATA|PCD|PWT'
	check_of 0 damaged
	line cache warning '1 frame is mapped with different types: fd000000 is WC at ffffc90000010000 and UC at ffffc90000011000'
	# A large page and a small one in the middle of it.
	kernel 'at pmd_vmalloc[5]: u64 0xfd000000|DATA|PS|PCD' 'at pte_vmalloc[16]: u64 0xfd123000|DATA'
	check_of 0 damaged
	line cache warning 'fd123000 is UC- at ffffc90000b23000 and WB at ffffc90000010000'
}

@test "-v lists the places that a line counts" {
	kernel 'at pte_vmalloc[16]: u64 0xfd000000|DATA|PWT 0xfd000000|DATA|PCD|PWT 0xfd001000|DATA 0xfd001000|DATA|PCD'
	answers damaged 'check -v' <<-END
	$(for check in facts root page_offset tables direct-map write-execute user-access; do echo "* check=$check"; done)
	* check=cache message="~2 frames" places.0="~fd000000 is WC" places.1="~fd001000 is WB" places.2=-
	* check=iomem
	* check=ioports
	* check=tasks
	* check=io-tables
	END
	"$KWALK" -q -c 'check -v' damaged | grep -A2 '^cache' | tail -n 1 |
		grep -qx ' \{24\}fd001000 is WB at ffffc90000012000 and UC- at ffffc90000013000'
	fails 1 'check: more: takes no arguments' -c 'check more' damaged
	check_of 0 damaged
	! grep -q places answers
}

@test "cache types of processes: against the direct map, and of a device" {
	vmlinux 64
	describe damaged <<-END
	include $DUMPS/x86_64-tasks.txt
	at pte_user[0x40]: u64 0xfd000000|P|RW|US|PCD|NX
	at pte_vmalloc[16]: u64 0xfd000000|DATA
	END
	check_of 0 vmlinux damaged
	line cache warning '1 frame is mapped with different types: fd000000 is WB at ffffc90000010000 and UC- at 40000 of pid 1'
	describe damaged <<-END
	include $DUMPS/x86_64-tasks.txt
	at 0x37000[0x40]: u64 0x1d00000|P|RW|US|PCD|NX
	END
	check_of 1 vmlinux damaged
	line cache error '1 mapping has another type than the direct map: 1d00000 is WB at ffff888001d00000 and UC- at 40000 of pid 3'
	dump x86_64-tasks
	check_of 0 vmlinux x86_64-tasks
	line cache ok 'by the kernel and 2 processes'
}

@test "what was not looked at is not said to be right" {
	describe damaged <<-END
	include $DUMPS/x86_64-5level.inc
	include $DUMPS/x86_64-note.inc
	at root[300]: u64 0x30000|KTABLE
	at 0x30000: u64 seq 256 0x30000|KTABLE 0 seq 256 0x31000|KTABLE 0
	END
	check_of 1 damaged
	line tables error 'name each other without end'
	line user-access warning 'only a part of the tables was checked: no page of the kernel is open'
	line cache warning 'only a part of'
	kernel 'at pmd_vmalloc[3]: u64 0x7000000|KTABLE'
	check_of 1 damaged
	line write-execute warning 'only a part of'
}

@test "tables that are missing, corrupt or without end" {
	kernel 'at pmd_vmalloc[3]: u64 0x7000000|KTABLE' 'at pmd_vmalloc[4]: u64 0x1c00000|0x2000|PS|P'
	check_of 1 damaged
	line tables error '1 parts are not in the dump, the first is the pte entry at 7000000 (absent), for ffffc90000600000 to ffffc900007fffff'
	line tables error '1 entries have a bit set that must be 0'
	describe damaged <<-END
	include $DUMPS/x86_64-5level.inc
	include $DUMPS/x86_64-note.inc
	at root[300]: u64 0x30000|KTABLE
	at 0x30000: u64 seq 256 0x30000|KTABLE 0 seq 256 0x31000|KTABLE 0
	END
	check_of 1 damaged
	line tables error 'name each other without end'
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
	line tables warning '1 parts were left out of the dump, the first is the pte entry at 7000000 (absent)'
	line write-execute warning 'only a part of the tables'
}

@test "resource lists that loop" {
	dump x86_64-resources-loop
	vmlinux 64
	check_of 1 vmlinux x86_64-resources-loop
	line iomem error '3 branches of the tree are damaged'
	line ioports error 'loops'
}

@test "lists of tasks" {
	vmlinux 64
	dump x86_64-tasks x86_64-tasks-damaged
	check_of 0 vmlinux x86_64-tasks
	line tasks ok '7, in lists'
	check_of 1 vmlinux x86_64-tasks-damaged
	line tasks error 'damaged in 2 places, the first: the list of threads is cut after'
}

@test "no page table at all" {
	describe none <<-END
	include $DUMPS/x86_64-bare.txt
	at text_phys+2M: str "no banner"
	END
	check_of 1 none
	line root error
}
