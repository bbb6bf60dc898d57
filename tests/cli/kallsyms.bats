#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Symbols and types from the dump itself, without a vmlinux.
load common

# carry INCLUDE OPTION...: the dump "kernel", INCLUDE with a symbol table of its own. Each table is made once.
carry() {
	local table="$BATS_FILE_TMPDIR/table ${*:2}"

	[ -e "$table" ] || "$DUMPS/mkkallsyms" "${@:2}" >"$table"
	{ echo "include $DUMPS/$1"; cat "$table"; } >kernel.txt
	"$MKDUMP" kernel.txt kernel
}

# damage LINE...: the same with some of its bytes changed.
damage() {
	{ cat kernel.txt; printf '%s\n' "$@"; } >damaged.txt
	"$MKDUMP" damaged.txt kernel
}

# What all x86-64 tables say.
names_64() {
	cat <<-END
	schedule status=ok name=schedule address=0xffffffff81002000 offset=0 source=kallsyms
	_text status=ok address=0xffffffff81000000
	&filler_699 status=ok address=0xffffffff8102aec0
	sys_0123456789 status=ok address=0xffffffff81003300
	twice status=ok address=0xffffffff81003000 type=t
	twice status=ok address=0xffffffff81003100 type=T
	linux_banner status=ok address=0xffffffff81200000
	ffffffff81002010 status=ok name=schedule offset=16
	ffffffff81000000 status=ok name=_text offset=0
	_end status=ok address=0xffffffff81800000
	END
}
asked_64='sym schedule _text &filler_699 sys_0123456789 twice linux_banner ffffffff81002010 ffffffff81000000 _end'

@test "every layout and encoding, named by the note" {
	for way in '2.6 absolute' '4.6 absolute' '4.6 relative' '4.6 percpu' '4.20 absolute' '4.20 percpu' '6.2 percpu' '6.4 percpu' '6.4 relative' '7.0 place'; do
		echo "$way"
		carry x86_64.txt --note --layout="${way% *}" --values="${way#* }"
		names_64 | answers kernel "$asked_64"
	done
}

@test "every layout and encoding, found in the image" {
	for way in '2.6 absolute' '4.6 absolute' '4.6 relative' '4.6 percpu' '4.20 absolute' '4.20 percpu' '6.2 percpu' '6.4 percpu' '6.4 relative' '7.0 place'; do
		echo "$way"
		carry x86_64.txt --layout="${way% *}" --values="${way#* }"
		names_64 | answers kernel "$asked_64"
	done
}

@test "as many markers as a real kernel has, found in the image" {
	# High halves of pointers look like the first of markers that are words.
	for way in '2.6 absolute' '4.6 percpu' '4.20 percpu' '7.0 place'; do
		echo "$way"
		carry x86_64.txt --layout="${way% *}" --values="${way#* }" --fillers=6000
		names_64 | answers kernel "$asked_64"
	done
	carry i386.txt --pointer=4 --layout=4.6 --values=relative --fillers=6000
	answers kernel 'sym schedule' <<<'schedule address=0xc1002000'
}

@test "tables at any multiple of their alignment, found in the image" {
	for length in 0 1 2 3 4 5 6 7; do
		echo "$length"
		carry x86_64.txt --layout=7.0 --values=place --fillers=$((700 + length))
		names_64 | answers kernel "$asked_64"
	done
}

@test "from memory that does not stay: /proc/kcore, compressed pages" {
	local many='sym &filler_699 schedule &filler_698'

	${CC:-cc} -shared -fPIC -o no-mmap.so "$BATS_TEST_DIRNAME/no-mmap.c" ||
		no_compiler
	carry x86_64.txt --note
	cp kernel kcore
	for what in "$many; $asked_64" "$asked_64"; do
		"$KWALK" -q -j -c "$what" kernel >want
		LD_PRELOAD=$PWD/no-mmap.so ASAN_OPTIONS=verify_asan_link_order=0 \
			"$KWALK" -q -j -c "$what" kcore | sed 's/,"live":true//' | cmp want
		describe packed <<-END
		include kernel.txt
		container kdump
		END
		# Pages that drive others out of the cache, in between.
		"$KWALK" -q -j -c "$what; rd -p 100000 1048576; $what" kernel >want
		"$KWALK" -q -j -c "$what; rd -p 100000 1048576; $what" packed | cmp want
	done
}

@test "with KASLR, and with five levels" {
	carry x86_64-kaslr.txt --note
	answers kernel 'sym schedule ffffffff9b202001' <<-END
	schedule status=ok address=0xffffffff9b202000
	ffffffff9b202001 name=schedule offset=1
	END
	carry x86_64-5level.txt
	answers kernel 'sym schedule' <<-END
	schedule status=ok address=0xffffffff81002000
	END
}

@test "i386 and PAE: plain offsets, addresses, from their own place" {
	for kernel in i386 pae; do
		for way in '2.6 absolute' '4.6 relative' '6.4 relative' '7.0 place'; do
			for note in --note --pointer=4; do
				echo "$kernel $way $note"
				carry $kernel.txt --pointer=4 --layout="${way% *}" --values="${way#* }" $note
				answers kernel 'sym schedule linux_banner c1002004' <<-END
				schedule status=ok address=0xc1002000
				linux_banner status=ok address=0xc1200000
				c1002004 status=ok name=schedule offset=4
				END
			done
		done
	done
}

@test "per-CPU symbols are offsets, and name no address" {
	carry x86_64.txt --note
	answers -s 1 kernel 'sym cpu_number 1235' <<-END
	cpu_number status=ok address=0x1234
	1235 status=error
	END
}

@test "names longer than 127 tokens" {
	carry x86_64.txt --note
	long=l$(printf 'ong%.0s' {1..100})
	answers kernel "sym $long ffffffff81003201" <<-END
	$long status=ok address=0xffffffff81003200
	ffffffff81003201 name=$long offset=1
	END
}

@test "nothing lies beyond the last symbol" {
	carry x86_64.txt --note
	answers -s 1 kernel 'sym ffffffff81800000 ffffffff81800001 ffffffff80fffff0' <<-END
	ffffffff81800000 name=_end
	ffffffff81800001 status=error
	ffffffff80fffff0 status=error
	END
}

@test "facts and regions from what symbols name" {
	carry x86_64.txt --note
	facts kernel <<-END
	page_offset 0xffff888000000000
	vmalloc_start 0xffffc90000000000
	vmemmap 0xffffea0000000000
	max_pfn 0x2000
	vmlinux none
	END
	answers kernel 'region ffffc90000000000 schedule' <<-END
	ffffc90000000000 status=ok region=vmalloc start=0xffffc90000000000 end=0xffffe8ffffffffff
	schedule status=ok region=kernel-image symbol=schedule+0x0 section=text
	END
}

@test "QEMU's dump without a note: all from kallsyms" {
	carry x86_64-qemu.txt --btf
	facts kernel <<-END
	release 6.1.0-18-amd64
	swapper_pg_dir 0xffffffff81410000
	root 0x1410000
	page_offset 0xffff888000000000
	vmalloc_start 0xffffc90000000000
	memory_model vmemmap
	struct_page_size 72
	END
}

# place: gives vmlinux the symbols of the kernel's notes, and another place for the mask, where the dump has 0.
place() {
	objcopy --strip-symbol sme_me_mask vmlinux
	objcopy --add-symbol sme_me_mask=.text:0x400100,global \
		--add-symbol __start_notes=.text:0x23f000,global \
		--add-symbol __stop_notes=.text:0x23f03c,global vmlinux
}

@test "the mask of encrypted memory is at the place that a proven vmlinux gives" {
	local id=c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00

	# kallsyms and vmlinux give two places, so the answer shows whether kallsyms was read.
	carry x86_64-qemu.txt --build-id=$id
	damage 'at text_phys+0x400038: u64 0x800000000000'
	vmlinux 64
	facts vmlinux kernel <<<'sme_mask 0x800000000000'
	place
	facts vmlinux kernel <<<'sme_mask 0x0'
	# A vmlinux with the same banner and another build-id proves nothing.
	BUILD_ID=0xd00dee00c0ffee00c0ffee00c0ffee00c0ffee00 vmlinux 64
	place
	facts vmlinux kernel <<<'sme_mask 0x800000000000'
}

@test "mem_section is a pointer where the next symbol is near, else an array" {
	carry x86_64-qemu.txt
	facts kernel <<<'mem_section 0xffff888000020000'
	# SMALLEST_ARRAY of src/kernel/page.c
	behind='--without=max_pfn --without=high_memory --without=sme_me_mask --without=__pgtable_l5_enabled'
	# shellcheck disable=SC2086
	carry x86_64-qemu.txt $behind
	facts kernel <<<'mem_section 0xffffffff81400020'
	# a System.map has no sizes either
	# shellcheck disable=SC2086
	"$DUMPS/mkkallsyms" --map $behind >System.map
	dump x86_64-qemu
	facts System.map x86_64-qemu <<<'mem_section 0xffffffff81400020'
	"$DUMPS/mkkallsyms" --map >System.map
	facts System.map x86_64-qemu <<<'mem_section 0xffff888000020000'
}

@test "a table without data symbols: functions only" {
	carry x86_64.txt --note --code-only
	answers -s 1 kernel 'sym schedule init_task' <<-END
	schedule status=ok address=0xffffffff81002000
	init_task status=error
	END
	complains @unknown 'sym init_task kallsyms CONFIG_KALLSYMS_ALL' 'which has only functions'
	fails 1 @unknown 'sym schedulr kallsyms schedule?' -q -c 'sym schedulr' kernel
	# a variable is not near to a function by chance
	fails 1 @unknown 'sym schdulex kallsyms' -q -c 'sym schdulex' kernel
	not grep -q 'did you mean' complaints
	# proved by the interrupt table where there is no note
	carry x86_64-qemu.txt --code-only
	answers kernel 'sym schedule' <<-END
	schedule status=ok address=0xffffffff81002000
	END
}

@test "types from BTF between its two symbols" {
	carry x86_64.txt --note --btf
	answers kernel 'region ffffffffff5a7000 ffffffffff5a6fff' <<-END
	ffffffffff5a7000 status=ok region=fixmap start=0xffffffffff5a7000 end=0xffffffffff5fffff
	ffffffffff5a6fff status=ok region=hole
	END
	# a damaged one is ignored and does no harm
	damage 'at text_phys+0x240000: u32 0xffffffff'
	answers kernel 'region ffffffffff5a7000' <<-END
	ffffffffff5a7000 status=ok region=unknown start=0xffffffffff000000 end=0xffffffffff5fcfff
	END
}

@test "damaged tables are no symbols, and all else goes on" {
	carry x86_64.txt --note
	for line in \
		'at k_num_syms: u32 0' \
		'at k_num_syms: u32 0xffffffff' \
		'at k_num_syms: u32 100000' \
		'at k_names: fill 64 0' \
		'at k_names: fill 64 255' \
		'at k_token_index: fill 512 255' \
		'at k_token_table: fill 0x300 65' \
		'at k_relative_base: u64 0' \
		'at k_relative_base: u64 text+8' \
		'at k_offsets: fill 2048 127'; do
		echo "$line"
		damage "$line"
		answers -s 1 kernel 'sym schedule; vtop ffffffff81002000' <<-END
		schedule status=error message=*
		ffffffff81002000 status=mapped physical=0x1002000
		END
	done
}

@test "tokens: the table and the index contradict each other, or a character is no token" {
	local line

	carry x86_64.txt --note
	for line in 'at k_token_index+100: u16 1' 'at k_token_table+7: u8 126'; do
		damage "$line"
		"$KWALK" -q -j -c 'sym schedule filler_699; check' kernel >answers 2>complaints || [ $? = 1 ]
		grep '"name":"schedule"' answers
		grep -F 'kallsyms is damaged, so symbols may be missing: token_table' complaints
		grep '"status":"error","check":"facts"' answers | grep -F 'kallsyms is damaged'
		# nothing is concluded from a missing symbol
		not grep 'no PCI support' answers
	done
	not grep '"name":"filler_699"' answers
	# the table shows where the tokens are
	damage 'at k_token_index+100: u16 1'
	"$KWALK" -q -j -c 'sym filler_699' kernel 2>/dev/null | grep '"name":"filler_699"'
	damage ''
	"$KWALK" -q -j -c check kernel >answers 2>&1 || true
	not grep 'kallsyms is damaged' answers
	grep 'no PCI support' answers
}

# The number of the first symbol of this name, and its place in kallsyms_seqs_of_names, as the table
# of "kernel" has them.
number_of() {
	"$KWALK" -q -j -c 'sym -l' kernel | grep -o '"name":"[^"]*"' | cut -d'"' -f4 | grep -nFx "$1" | head -n 1 | awk -F: '{ print $1 - 1 }'
}
place_of() {
	"$KWALK" -q -j -c 'sym -l' kernel | grep -o '"name":"[^"]*"' | cut -d'"' -f4 | LC_ALL=C sort | grep -nFx "$1" | head -n 1 | awk -F: '{ print $1 - 1 }'
}

# disordered STATUS TEXT: check says this about kallsyms_seqs_of_names, or does not name it (STATUS ok).
disordered() {
	"$KWALK" -q -j -c check kernel >answers 2>/dev/null || true
	if [ "$1" = ok ]; then
		not grep kallsyms_seqs_of_names answers
	else
		grep '"status":"error","check":"facts"' answers | grep "so symbols may be missing: $2"
	fi
}

@test "the order of the names, in every layout" {
	local way

	for way in '6.2 percpu' '6.4 percpu' '6.4 relative' '6.4 absolute' '7.0 place'; do
		echo "$way"
		carry x86_64.txt --note --layout="${way% *}" --values="${way#* }"
		disordered ok
		damage 'at k_seqs: u8 0xff'
		disordered error 'entry 0 of kallsyms_seqs_of_names, 167'
		damage 'at k_seqs: u8 0 0 100'
		disordered error '[a-z_0-9]* ([0-9a-f]*) is before [a-z_0-9]* ([0-9a-f]*) in kallsyms_seqs_of_names'
		# other bytes are no order
		damage 'at k_seqs: fill 2000 0xff'
		disordered ok
	done
	carry x86_64.txt --layout=6.4
	damage 'at k_seqs: u8 0xff'
	disordered error 'entry 0 of kallsyms_seqs_of_names'
	carry i386.txt --pointer=4 --values=relative --note --layout=6.4
	damage 'at k_seqs: u8 0xff'
	disordered error 'entry 0 of kallsyms_seqs_of_names'
}

@test "a name that is out of order may be any name: nothing is concluded from a missing symbol" {
	local name

	carry x86_64.txt --note --layout=6.4 --also=pci_root_buses
	for name in pci_root_buses sci_root_buses; do
		sed "s/pci_root_buses/$name/" kernel >damaged
		"$KWALK" -q -j -c check damaged >answers 2>/dev/null || true
		not grep 'no PCI support' answers
	done
	fails 1 @unknown 'pci_root_buses kallsyms damaged sci_root_buses phys_base' -q -c 'sym pci_root_buses' damaged
	# elsewhere the order shows that the name is missing
	fails 1 @unknown 'no symbol "filler_7000" in the dump' -q -c 'sym filler_7000' damaged
}

@test "the order of names with suffixes, which LTO cuts off" {
	carry x86_64.txt --note --layout=6.4 --also='schedule.llvm.12'
	disordered ok
	# as if sorted without the suffix: "schedule" twice, then by address
	damage "at k_seqs+3*$(place_of schedule): u8 0 0 $(number_of schedule.llvm.12) 0 0 $(number_of schedule)"
	disordered ok
}

@test "tables are found behind bytes that extract left out" {
	carry x86_64.txt
	# Two bytes in the page before them: what is there goes on at an odd address.
	damage 'note KWALK type=1: u64 0x120f u16 2 0 0x100 0x103 0xfff'
	"$KWALK" -q -c 'sym schedule' kernel | grep '^ffffffff81002000 (T) schedule$'
}

@test "damaged tables are not found by searching either" {
	carry x86_64.txt
	for line in \
		'at k_num_syms: u32 700' \
		'at k_names: u8 255' \
		'at k_markers+4: u32 1' \
		'at k_token_index+100: u16 1' \
		'at k_relative_base: u64 text+8'; do
		echo "$line"
		damage "$line"
		answers -s 1 kernel 'sym schedule; vtop ffffffff81002000' <<-END
		schedule status=error message=*
		ffffffff81002000 status=mapped
		END
	done
}

@test "the note's addresses may be anything" {
	carry x86_64.txt --note
	for key in names num_syms token_table token_index offsets relative_base; do
		for at in 0 fffffffffffffff0 ffffffff81fffff0 800000000000; do
			damage 'note VMCOREINFO' "  SYMBOL(kallsyms_$key)=$at" end
			answers -s 1 kernel 'sym no_such_symbol; vtop ffffffff81002000' <<-END
			no_such_symbol status=error
			ffffffff81002000 status=mapped
			END
		done
	done
}

@test "i386: the areas below cpu_entry_area, which the IDT begins" {
	carry i386.txt --pointer=4 --values=relative --note --code-only
	idt='let handler text+0x1100
at root[1019]: u32 pte_kmap|KTABLE
at root[1021]: u32 0x6000|KTABLE
at 0x6000: u32 text_phys+0x202000|0x161
at text_phys+0x202000: u16 handler&0xffff 0x60 0x8e00 handler>>16'
	damage "$idt"
	answers -s 1 kernel 'region ff000000 fec00000 febfdfff febfe000 ff400000' <<-END
	ff000000 region=ldt-remap start=0xff000000 end=0xff3fffff
	fec00000 region=kmap start=0xfec00000 end=0xfeffffff
	febfdfff region=vmalloc end=0xfebfdfff
	febfe000 region=hole
	ff400000 status=error
	END
	# another handler's gate is no IDT: nothing is guessed
	damage "$idt" 'at text_phys+0x202000: u16 0'
	answers -s 1 kernel 'region ff000000' <<-END
	ff000000 status=error
	END
}

@test "i386: 4.15 to 4.18 have no LDT between kmap and cpu_entry_area" {
	idt='let handler text+0x1100
at root[1020]: u32 pte_kmap|KTABLE
at root[1021]: u32 0x6000|KTABLE
at 0x6000: u32 text_phys+0x202000|0x161
at text_phys+0x202000: u16 handler&0xffff 0x60 0x8e00 handler>>16
at root[1019]: u32 0'
	want='ff000000 region=kmap start=0xff000000 end=0xff3fffff
feffdfff region=vmalloc end=0xfeffdfff
feffe000 region=hole'
	# pkmap_page_table shows it
	carry i386.txt --pointer=4 --values=relative --note
	damage "$idt"
	answers kernel 'region ff000000 feffdfff feffe000' <<<"$want"
	# without data symbols the release does
	carry i386.txt --pointer=4 --values=relative --note --code-only
	damage "$idt" 'note VMCOREINFO' '  OSRELEASE=4.17.3' end
	answers kernel 'region ff000000 feffdfff feffe000' <<<"$want"
	# where a newer one would have kmap there is no table
	damage "$idt"
	answers -s 1 kernel 'region ff000000' <<<'ff000000 status=error'
	# and none of a release that is not known
	damage "$idt" 'note VMCOREINFO' '  OSRELEASE=unknown' end
	answers -s 1 kernel 'region ff000000' <<<'ff000000 status=error'
}

# Two modules in a list: "first" has lost its symbols, "second" has two and a label.
modules='let m1 0x1e10000
let m2 0x1e20000
let v page_offset
at text_phys+0x400400: u64 v+m1 v+m2
at m1: u64 v+m2 text+0x400400 str "first\0"
at m1+80: u64 0xffffc8ffffff0000
at m2: u64 text+0x400400 v+m1 str "second\0"
at m2+80: u64 v+m2+0x100
at m2+0x100: u64 v+m2+0x200 5 v+m2+0x400 v+m2+0x440
at m2+0x218: u32 1 u8 2 0 u16 1 u64 0xffffffffc0000100 0x40
at m2+0x230: u32 8 u8 0x12 0 u16 1 u64 0xffffffffc0000140 0x10
at m2+0x248: u32 14 u8 0 0 u16 1 u64 0xffffffffc0000180 0
at m2+0x260: u32 8 u8 0x12 0 u16 0 u64 0 0
at m2+0x400: str "\0m_open\0m_end\0label\0"'

@test "symbols of modules" {
	carry x86_64.txt --note --btf
	damage "$modules"
	answers kernel 'sym m_open ffffffffc000013f ffffffffc0000140 label' <<-END
	m_open status=ok address=0xffffffffc0000100 size=64 module=second
	ffffffffc000013f status=ok name=m_open offset=63 module=second
	ffffffffc0000140 status=ok name=m_end offset=0
	label status=ok address=0xffffffffc0000180
	END
	answers -s 1 kernel 'sym second:m_open vmlinux:m_open first:m_open; vtop second:m_open+4; sym -l second; sym m_opne' <<-END
	second:m_open status=ok address=0xffffffffc0000100 module=second
	vmlinux:m_open status=error message="~in vmlinux"
	first:m_open status=error message="~in the module first"
	second:m_open+4 virtual=0xffffffffc0000104
	second name=m_open
	second name=m_end
	second name=label
	m_opne status=error message="~did you mean m_open?"
	END
	"$KWALK" -q -c 'sym m_open' kernel | grep -x 'ffffffffc0000100 m_open \[second\]'
	answers kernel 'region ffffffffc0000104' <<-END
	ffffffffc0000104 region=modules symbol=m_open+0x4
	END
	answers -s 1 kernel 'sym ffffffffc0000150 ffffffffc0000181 m_none' <<-END
	ffffffffc0000150 status=error
	ffffffffc0000181 status=error
	m_none status=error
	END
}

@test "the module behind a function of an oops says which is meant" {
	carry x86_64.txt --note --btf
	damage "$modules"
	answers kernel 'vtop m_open+0x4/0x40 [second]; whatis m_open+0x4/0x40   [second] ffffffffc0000104; sym m_open+0x4/0x40 [second]; region m_open+0x4/0x40 [second]' <<-END
	* command=vtop virtual=0xffffffffc0000104
	* command=whatis symbol=m_open+0x4
	ffffffffc0000104 command=whatis symbol=m_open+0x4
	* command=sym name=m_open offset=4 module=second
	* command=region virtual=0xffffffffc0000104
	END
	answers -s 1 kernel 'vtop m_open+0x4/0x40 [first]; whatis m_open+0x4/0x40 [first] [second]; vtop [second] m_open' <<-END
	* status=error message="~in the module first"
	* status=error message="~in the module first"
	* input=[second] status=error
	* input=[second] status=error
	m_open command=vtop virtual=0xffffffffc0000100
	END
}

@test "damaged lists and tables of modules end" {
	carry x86_64.txt --note --btf
	for line in \
		'at m2: u64 v+m1' \
		'at m2: u64 v+m2' \
		'at m2: u64 0' \
		'at m2: u64 -1' \
		'at m1: u64 0xffffffffffff0000' \
		'at m2+0x108: u32 -1' \
		'at m2+0x118: u64 0' \
		'at m2+0x118: u64 -1' \
		'at m2+0x218: fill 0x60 255' \
		'at m2+0x400: fill 0x40 65'; do
		echo "$line"
		damage "$modules" "$line"
		patiently "$KWALK" -q -c 'sym m_open m_none ffffffffc0000100; vtop ffffffff81002000' kernel >output 2>&1 || [ $? = 1 ]
		grep -q 1002000 output
	done
}

@test "VMCOREINFO found in memory, and proved" {
	note='OSRELEASE=6.1.0-18-amd64\nSYMBOL(init_uts_ns)=ffffffff81400080\nSYMBOL(swapper_pg_dir)=ffffffff81410000\nNUMBER(phys_base)=0\n'
	cat >kernel.txt <<-END
		include $DUMPS/x86_64-bare.txt
		at text_phys+4M+0x80: str "Linux\0"
		at 0x1e00000: str "OSRELEASE=5.4.0\nSYMBOL(init_uts_ns)=ffffffff81400080\nSYMBOL(swapper_pg_dir)=ffffffff81410000\nNUMBER(phys_base)=4096\n"
		at 0x1e01000: str "$note"
		at text_phys+4M+0x80+130: str "6.1.0-18-amd64\0"
		END
	"$MKDUMP" kernel.txt kernel
	facts kernel <<-END
	release 6.1.0-18-amd64
	vmcoreinfo 0x1e01000
	swapper_pg_dir 0xffffffff81410000
	root 0x1410000
	END
	# a root that is given stays, the note is proved by the kernel's own
	"$KWALK" -q -o root=10000 -c info kernel >output
	grep -E '^root +10000 +option -o' output
	grep -E '^vmcoreinfo +1e01000' output
	# one that names another release than the kernel in memory is not taken
	damage 'at text_phys+4M+0x80+130: str "6.9.9\0\0\0\0\0\0\0\0\0\0"'
	"$KWALK" -q -c info kernel >output
	not grep -q vmcoreinfo output
}

@test "not found in the image, but named by a note that is found in memory" {
	# The markers, which only a search needs, are gone.
	carry x86_64-qemu.txt --note
	note=$("$DUMPS/mkkallsyms" --note | sed -n 's/^  \(SYMBOL.*\)=%x{text+\(.*\)}/\1 \2/p' |
		while read -r key at; do printf '%s=%x\\n' "$key" $((0xffffffff81000000 + at)); done)
	sed -i '/^note VMCOREINFO/,/^end/d' kernel.txt
	damage 'at k_markers: fill 16 255' \
		"at 0x1e01000: str \"OSRELEASE=6.1.0-18-amd64\nSYMBOL(init_uts_ns)=ffffffff81400080\nSYMBOL(swapper_pg_dir)=ffffffff81410000\nNUMBER(phys_base)=0\n$note\""
	answers kernel "$asked_64" < <(names_64)
	facts kernel <<<'vmcoreinfo 0x1e01000'
}

@test "the bit that shares memory with the host, by the dump's own physical_mask" {
	for way in --note ''; do
		carry x86_64-tdx.txt ${way:+"$way"}
		answers kernel 'vtop ffffc90000004010 10' <<-END
		ffffc90000004010 status=mapped physical=0x1c06010 page_state=present
		10 status=prot-none physical=0x1c01010
		END
		facts kernel <<<'sme_mask 0x8000000000000'
	done
	# a vmlinux of this kernel that was stripped of the symbol says nothing against it
	vmlinux 64
	objcopy --strip-symbol=sme_me_mask --strip-symbol=physical_mask vmlinux
	facts vmlinux kernel <<<'sme_mask 0x8000000000000'
	# not before TDX and what RHEL 9 has carried back
	facts -o release=5.14.0 kernel <<<'sme_mask 0x8000000000000'
	facts -o release=5.13.19 kernel <<<'sme_mask 0x0'
}

# header [AT=VALUE...]: the offset by a copy of the setup header at params, of which
# some words are others; "-" where it says nothing. Documentation/x86/boot.rst
header() {
	local change lines=()

	for change; do
		lines+=("at params+${change%%=*}: ${change#*=}")
	done
	damage "let params $params" 'at params+0x1fe: u8 0x55 0xaa 0xeb' \
		'at params+0x202: str "HdrS" u16 0x20a' \
		'at params+0x230: u32 0x200000' 'at params+0x258: u64 0x1000000' \
		"${lines[@]}"
	"$KWALK" -q -c 'info -v' kernel |
		awk '/image.s preferred address$/ { print $2 }'
}

@test "KASLR by the setup header's preferred address" {
	for way in boot_params ''; do
		carry x86_64-kaslr.txt --note ${way:+--also=$way}
		# where the symbol says, or anywhere in the image
		params=text_phys+0x3a00
		[ -n "$way" ] || params=text_phys+0x208400
		[ "$(header)" = 1a200000 ]
		[ "$(header 0x206='u16 0x20f')" = 1a200000 ]
		[ "$(header 0x206='u16 0x209')" = - ] # 2.10 has the address
		[ "$(header 0x1fe='u8 0x54')" = - ]
		[ "$(header 0x1ff='u8 0xab')" = - ]
		[ "$(header 0x200='u8 0xea')" = - ]
		[ "$(header 0x202='str "HdrT"')" = - ]
		[ "$(header 0x230='u32 0')" = - ]
		[ "$(header 0x230='u32 0x400000')" = - ]
		[ "$(header 0x230='u32 0x100000')" = 1a200000 ]
		[ "$(header 0x258='u64 0')" = - ]
		[ "$(header 0x258='u64 0x1200000')" = 1a000000 ]
		[ "$(header 0x230='u32 1' 0x258='u64 0x3fffffff')" = -0x24dfffff ]
		[ "$(header 0x230='u32 1' 0x258='u64 0x40000000')" = - ]
	done
	# without _text there is nothing to compare
	carry x86_64-kaslr.txt --note --also=boot_params --without=_text
	params=text_phys+0x3a00
	[ "$(header)" = - ]
}

@test "a base by kallsyms counts where the table has it" {
	carry x86_64.txt --note
	for base in 0xffffa00000000000 0xffff888000001000 0x888000000000; do
		damage "at text_phys+4M: u64 $base"
		facts kernel <<<'page_offset 0xffff888000000000'
		"$KWALK" -q -c 'info -v' kernel |
			grep -Eq "^page_offset +${base#0x} +differs +kallsyms symbol page_offset_base"
	done
}
