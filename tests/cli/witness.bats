#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Second witnesses: one word of a dump is damaged, and another word of the dump contradicts it.
load common

# damaged DUMP [LINE...]: describe "damaged", the dump DUMP with these lines more.
damaged() {
	local dump=$1

	shift
	{
		echo "include $DUMPS/$dump.txt"
		printf '%s\n' "$@"
	} | describe damaged
	[ -e vmlinux ] || vmlinux 64
}

# checked CHECK STATUS TEXT: check has a line about CHECK with this status and text.
checked() {
	"$KWALK" -q -j -c check vmlinux damaged >answers 2>/dev/null || true
	grep -F "\"status\":\"$2\",\"check\":\"$1\"" answers | grep -qF -- "$3" ||
		{ cat answers; return 1; }
}

@test "entries of the image: the kernel's arithmetic gives another frame, or nothing is mapped" {
	local doubt='so an entry is damaged, or a table is the page of another frame'

	damaged x86_64 'at pmd_image[image_row+1]: u64 text_phys+6M|0x1e1|NX'
	answers vmlinux damaged 'vtop ffffffff81201000 ffffffff81001000' <<-END
	ffffffff81201000 status=mapped physical=0x1601000 doubt="the kernel's image should map this address to 1201000, $doubt"
	ffffffff81001000 status=mapped physical=0x1001000 doubt=-
	END
	fails 1 @format "the bytes at ffffffff81200000 are doubtful: the kernel's image should map this address to 1200000" -q -c 'rd ffffffff811ffff8 4' vmlinux damaged
	"$KWALK" -q -c 'rd ffffffff811ffff8; rd -p 1600000' vmlinux damaged
	# Facts that the user set are named first.
	"$KWALK" -q -o phys_base=0 -c 'vtop ffffffff81201000' vmlinux damaged |
		grep -qF "should map this address to 1201000, so -o phys_base= is wrong, an entry is damaged"
	checked tables error "1 page of the kernel's image is not mapped to its place: ffffffff81200000 is mapped to 1600000, not 1200000"

	damaged x86_64 'at pmd_image[image_row+1]: u64 0'
	answers vmlinux damaged 'vtop ffffffff81200010 ffffffff81201000' <<-END
	ffffffff81200010 status=not-mapped doubt="the kernel's image should map this address to 1200010, $doubt"
	ffffffff81201000 status=not-mapped doubt=-
	END
	checked tables error "1 page of the kernel's image is not mapped to its place: nothing is mapped from ffffffff81200000 to ffffffff81200fff"
	damaged x86_64
	checked tables ok
}

# What vm_struct.pages of the first area contains: the struct pages of these frames.
area_pages() { printf 'at 0x1c08000: u64'; printf ' vmemmap_base+64*%s' "$@"; echo; }

@test "entries of areas: the frames of vm_struct.pages, and what ioremap() mapped" {
	damaged x86_64-areas "$(area_pages 0x1c00 0x1c05)"
	checked areas ok
	damaged x86_64-areas "$(area_pages 0x1c00 0x1c06)"
	checked areas error '1 page is not mapped as the vm_struct of its area shows: ffffc90000001000 is mapped to 1c05000, not 1c06000'
	damaged x86_64-areas "$(area_pages 0x1c00 0x1c05)" 'at pte_vmalloc[1]: u64 0'
	checked areas error 'ffffc90000001000 is not mapped, but should be mapped to 1c05000'
	damaged x86_64-areas "$(area_pages 0x1c00 0x1c05)" 'at memmap+64*0x1c05+48: u32 -129'
	checked areas error '1 frame of an area is free, as its struct page shows: 1c05000, mapped at ffffc90000001000'
	# vmalloc() is mapping it: VM_UNINITIALIZED
	damaged x86_64-areas "$(area_pages 0x1c00 0x1c05)" 'at pte_vmalloc[1]: u64 0' 'at structs+24: u64 0x2a'
	checked areas ok
	# the flag exists since 3.10
	for release in "3.9.0 ok" "3.10.0 error"; do
		damaged x86_64-areas "$(area_pages 0x1c00 0x1c05)" 'at pte_vmalloc[1]: u64 0' \
			'note VMCOREINFO' "  OSRELEASE=${release% *}" end
		checked areas "${release#* }"
	done
	damaged x86_64-areas 'at pte_vmalloc[16]: u64 0xfe003000|DATA|PCD'
	checked areas error 'ffffc90000010000 is mapped to fe003000, not fe001000'
}

@test "an area of ioremap() with more pages than can be looked at one by one" {
	damaged x86_64-areas 'at areas+0x180: u64 base+0x30000 base+0x350000030000' \
		'at structs+0xc0: u64 VS+0x100 base+0x30000 0x350000000000 1 0 0 0xfe001000'
	patiently "$KWALK" -q -c check vmlinux damaged >/dev/null 2>&1 || [ $? = 1 ]
	checked areas error 'ffffc90000030000 is mapped to 1c08000, not fe001000'
}

@test "an area in a hole of the layout" {
	damaged x86_64-areas 'at areas+0x180: u64 0xffffe90000000000 0xffffe90000002000' \
		'at structs+0xc8: u64 0xffffe90000000000'
	checked areas error '1 area is in a region that has no areas, so it or a fact is damaged: the area at ffffe90000000000 is in the region hole'
	# the base of vmalloc is too high
	damaged x86_64-areas 'at text_phys+4M+8: u64 0xffffc90040000000'
	checked areas error 'areas are in regions that have no areas, so they or a fact are damaged, the first: the area at ffffc90000000000 is below vmalloc_start, ffffc90040000000'
}

@test "tables of a process: their struct pages show another use" {
	local page='at memmap+64*0x12:'

	for use in anon slab hugetlb other; do
		case $use in
		anon) damaged x86_64-tasks "$page u64 0xfffffc0080014" "at memmap+64*0x12+24: u64 page_offset+0x1d00001" \
			"at memmap+64*0x12+48: u32 0 2" ;;
		slab) damaged x86_64-tasks "$page u64 0xfffffc0000200" "at memmap+64*0x12+48: u32 -1 1" ;;
		hugetlb) damaged x86_64-tasks 'note VMCOREINFO' '  NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-2049' end \
			"$page u64 0xfffffc0000000" "at memmap+64*0x12+48: u32 -2049 1" ;;
		other) damaged x86_64-tasks "$page u64 0xfffffc0000000" "at memmap+64*0x12+48: u32 -1 1" ;;
		esac
		answers vmlinux damaged 'vtop -p 1 1000' <<-END
		1000 status=mapped doubt="the pmd entry leads to 12000, whose struct page shows no page table, but $use memory, so an entry is damaged"
		END
		answers vmlinux damaged 'vtop -p 1 400000' <<<'400000 status=mapped doubt=-'
		checked user-tables error 'no table'
	done
	# PG_table
	damaged x86_64-tasks "$page u64 0xfffffc0000000" "at memmap+64*0x12+48: u32 0xfffffdff 1"
	answers vmlinux damaged 'vtop -p 1 1000' <<<'1000 status=mapped doubt=-'
}

@test "tables of a process with PAE: before 2.6.26, tables of the second level are in a slab cache" {
	local release

	vmlinux pae
	for release in "2.6.25 ok" "2.6.26 error"; do
		damaged pae-half 'at 0x32000[0]: u64 0x34000|P' 'at 0x34000[0]: u64 0x35000|TABLE' \
			'at memmap+32*0x34: u32 0x200' 'at memmap+32*0x34+24: u32 -1 1' \
			'note VMCOREINFO' "  OSRELEASE=${release% *}" end
		checked user-tables "${release#* }" 'table'
	done
}

# counted INIT SHELL [LINE...]: describe "damaged", a dump whose two mm_structs count these numbers of tables.
counted() {
	damaged x86_64-tasks "at mm_init+168: u64 4096*$1" "at mm_shell+168: u64 4096*$2" "${@:3}"
}

@test "tables of a process: their number in the mm_struct" {
	MAP_COUNTS=2 vmlinux 64
	# a table is kept for each huge page: two of init, one of the shell
	for init in 3 4 5; do
		counted "$init" 3
		checked user-tables ok
	done
	counted 6 3
	checked user-tables warning '1 process has another number of tables than it counts: the mm_struct of pid 1 (init) counts 6, but 3 were found'
	counted 3 2
	checked user-tables warning 'the mm_struct of pid 3 (shell) counts 2, but 3 were found'
	# the entry of a table is lost
	counted 3 3 'at pgd_shell: u64 0'
	checked user-tables warning 'the mm_struct of pid 3 (shell) counts 3, but 0 were found'
	# the process runs: one table may not be counted yet; khugepaged holds the lock of the mappings
	counted 3 5
	checked user-tables warning 'counts 5, but 3 were found'
	counted 3 5 'at t_shell+144: u32 1'
	checked user-tables ok
	counted 3 6 'at t_shell+144: u32 1'
	checked user-tables warning 'counts 6, but 3 were found'
	counted 3 5 'at mm_shell+152: u64 1'
	checked user-tables ok
	# with KPTI, the LDT is in an entry of the kernel's half that only the process has
	counted 3 6 'at pgd_shell[272]: u64 0x60000|TABLE' 'at 0x60000[0]: u64 0x61000|TABLE' 'at 0x61000[0]: u64 0x62000|TABLE'
	checked user-tables ok
	counted 3 8 'at pgd_shell[272]: u64 0x60000|TABLE' 'at 0x60000[0]: u64 0x61000|TABLE' 'at 0x61000[0]: u64 0x62000|TABLE'
	checked user-tables warning 'counts 8, but 3 were found'
}

# max_pfn VALUE: describe "damaged", a dump with this max_pfn, whose node ends at frame 2000. The node has the numbers of its zone.
max_pfn() {
	damaged x86_64-free-lists 'note VMCOREINFO' '  OFFSET(pglist_data.node_start_pfn)=0' \
		'  OFFSET(pglist_data.node_spanned_pages)=8' end "at text_phys+4M+0x28: u64 $1"
}

@test "max_pfn: the nodes' end" {
	local variable='vmlinux symbol max_pfn, its value in the dump'

	FREE_LISTS=1 vmlinux 64
	max_pfn 0
	checked facts error "max_pfn: the nodes' spans says 0x2000, but $variable says 0x0"
	max_pfn 0x1fff
	checked facts error "max_pfn: $variable says 0x1fff, but the nodes' end says 0x2000"
	"$KWALK" -q -j -c frames vmlinux damaged >got
	json_hold "it['doubts'][0]['fact'] == 'max_pfn'" got
	max_pfn 0x2001
	checked facts error "$variable says 0x2001, but the nodes' end says 0x2000"
	# memory was removed
	max_pfn 0x2200
	checked facts ok
}

# device_memory FLAGS RELEASE: describe "damaged". The node ends at the end of a section with these flags, above max_pfn.
device_memory() {
	damaged x86_64-free-lists 'note VMCOREINFO' "  OSRELEASE=$2" '  OFFSET(pglist_data.node_start_pfn)=0' \
		'  OFFSET(pglist_data.node_spanned_pages)=8' end 'at text_phys+4M+0x28: u64 0x2000' \
		"at mem_sections+16*3: u64 vmemmap_base|$1 page_offset+0x22100" 'at 0x22100: u64 ~0' 'at zones_at: u64 0 0x20000'
}

@test "max_pfn: private memory of a device is above it, and memory that was added before 4.13" {
	FREE_LISTS=1 vmlinux 64
	device_memory 0x3 6.15.0
	checked facts ok
	device_memory 0x7 6.15.0
	checked facts error "says 0x2000, but the nodes' end says 0x20000"
	device_memory 0x7 2.6.32
	checked facts ok
}

@test "bases: a value that is no base is a contradiction" {
	local base

	for base in 0x0000c90000000000 0xffffc90000001000 0xfeffc90000000000 0xffff800000000000; do
		damaged x86_64 "at text_phys+4M+8: u64 $base"
		checked facts error "vmlinux symbol vmalloc_base, its value in the dump says $(printf %#x "$base")"
	done
	damaged x86_64 'at text_phys+4M: u64 0xffff88c000000000'
	checked facts error 'but vmlinux symbol page_offset_base, its value in the dump says 0xffff88c000000000'
	"$KWALK" -q -j -c info vmlinux damaged >got
	grep '"fact":"page_offset"' got >answer
	json_hold "it['value'] == '0xffff888000000000' and it['contradicted'].endswith('says 0xffff88c000000000')" answer
}

# model DUMP STATUS TEXT [LINE...]: what check says of the facts of a dump, whose System.map has these lines and mem_section.
model()
{
	printf '%s\n' 'ffffffff81000000 T _text' 'ffffffff81000000 T startup_64' "${@:4}" >System.map
	"$KWALK" -q -j -c check System.map "$1" >answers 2>/dev/null || true
	grep -F "\"status\":\"$2\",\"check\":\"facts\"" answers | grep -qF -- "$3" || { cat answers; return 1; }
}

@test "the model of memory: vmemmap_base is in a kernel of every model, vmemmap_populate() is not" {
	local base='ffffffff81400010 D vmemmap_base' section='ffffffff81402800 D mem_section'

	dump x86_64-sparse x86_64
	model x86_64-sparse ok '' "$base" "$section" 'ffffffff81402c00 D next'
	model x86_64-sparse ok '' "$section" 'ffffffff81402c00 D next'
	model x86_64-sparse error 'VMCOREINFO says sparsemem, but System.map symbols says vmemmap' \
		'ffffffff81003000 T vmemmap_populate' "$base" "$section" 'ffffffff81402c00 D next'
	model x86_64 ok '' "$base" 'ffffffff81400020 D mem_section' 'ffffffff81400028 D next'
}
