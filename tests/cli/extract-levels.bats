#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Levels of extract: what each hands on of a dump, and that the rest is not there.
load common
of_part extract

# json LINES FILE...: the answers, but for the state of the page that a mapping ends at, and that
# its use is unknown: these are what a level leaves out.
json() {
	"$KWALK" -q -j "${@:2}" -c "$1" 2>/dev/null |
		sed -E 's/,"page_(state|reason)":"[a-z, ]*"//g; s/,"use":"unknown"//g'
}

# of_processes FORMAT FILE...: the line for each process that has mappings.
of_processes() {
	"$KWALK" -q -j "${@:2}" -c tasks 2>/dev/null >tasks.json || return 0
	json_values "'$1'.replace('%d', str(it['tgid'])) if it.get('mm') else None" tasks.json |
		grep -v None | sort -u
}

# same LEVEL LINES [VMLINUX] DUMP: OUT of that level answers as the dump does, with a vmlinux
# and without, as an ELF core and as a kdump-compressed file.
same() {
	local level=$1 lines=$2 dump=${!#} files=("${@:3:$#-3}") form

	for form in "" "-z zlib"; do
		# Of some kernels not all is known, nor what processes they have.
		"$KWALK" -q "${@:3}" -c "extract -f $form -l $level -w out" >/dev/null || [ $? -eq 1 ]
		json "$lines" "$dump" | looked_at >whole
		json "$lines" out | looked_at >part
		diff whole part
		[ -s whole ]
		json "$lines" "${files[@]}" "$dump" | looked_at >whole
		json "$lines" "${files[@]}" out | looked_at >part
		diff whole part
	done
}

tables='regions; iomem; ioports; tasks; check; pt; vtop -k ffffffff81000000 ffff888001200000 c0000000 c1200000 0; ptov 0 1000 200000; ptov -a 30000 1200000; areas'

# every_mode LEVEL LINES: of a small kernel in each paging mode.
every_mode() {
	vmlinux 64
	dump x86_64-tasks x86_64-5level x86_64-tasks-isolated x86_64-raw
	same "$1" "$2; $(of_processes 'vmas -p %d; pt -p %d; pagemap -p %d' vmlinux x86_64-tasks)" \
		vmlinux x86_64-tasks
	same "$1" "$2" vmlinux x86_64-5level
	same "$1" "$2" vmlinux x86_64-tasks-isolated
	same "$1" "${2/check; }" vmlinux x86_64-raw # OUT knows more facts
	vmlinux pae
	dump pae-purpose pae-kpti
	same "$1" "$2" vmlinux pae-purpose
	same "$1" "$2" vmlinux pae-kpti
	vmlinux 32
	dump i386-purpose i386-discontig
	same "$1" "$2" vmlinux i386-purpose
	same "$1" "$2" vmlinux i386-discontig
}

@test "tables: what it promises is answered as by the whole, in every mode" {
	every_mode tables "$tables"
}

@test "frames: the same, and the answers about frames" {
	every_mode frames "$tables; frames; zones; slabs"
}

@test "kernel: the same, and what the kernel's memory says" {
	vmlinux 64
	dump x86_64-purpose x86_64-slabs
	same kernel "$tables; frames; zones; slabs; log; panic" vmlinux x86_64-purpose
	same kernel "$tables; frames; zones; slabs; log; panic" vmlinux x86_64-slabs
	vmlinux 64 2.6.18
	dump x86_64-slabs-2.6.18
	same kernel "frames; slabs" vmlinux x86_64-slabs-2.6.18
}

# holds FILE TEXT...: whether the file has any of the texts.
holds() {
	local text

	[ -s "$1" ] || echo "$1 has nothing"
	for text in "${@:2}"; do
		grep -qaF -- "$text" "$1" && echo "$text"
	done
	return 0
}

@test "no byte is handed on of a process, or beside the words that are kept" {
	describe canaries <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_daemon+200: str "secret in a slab\0"
	at mm_shell+0x600: str "secret of nobody\0"
	at vars+0x700: str "secret beside variables\0"
	END
	describe names <<-END
	include $DUMPS/x86_64-resources.txt
	at 30M+4K+0x10: str "secret name\0"
	END
	vmlinux 64
	[ "$(holds canaries secret 'text of init' 'heap of init' 'nobody may')" = \
		"$(printf '%s\n' secret 'text of init' 'heap of init' 'nobody may')" ]
	[ "$(holds names secret)" = secret ]
	for files in "vmlinux canaries" canaries "vmlinux names" names; do
		for level in tables frames; do
			# shellcheck disable=SC2086 # files are several words
			"$KWALK" -q $files -c "extract -f -l $level -w out" || [ $? = 1 ]
			[ -z "$(holds out secret 'text of init' 'heap of init' 'nobody may')" ]
		done
	done
}

@test "the memory of the processes that were asked for, and of no other" {
	vmlinux 64
	dump x86_64-tasks
	"$KWALK" -q vmlinux x86_64-tasks -c "extract -l process -w init init; extract -l process -w shell 3"
	[ "$(holds init 'text of init' 'heap of init' 'nobody may')" = \
		"$(printf '%s\n' 'text of init' 'heap of init' 'nobody may')" ]
	[ -z "$(holds shell 'text of init' 'heap of init' 'nobody may')" ]
	json 'rd -8 -P init 1000 4; rd -8 -P init 3000 4' vmlinux x86_64-tasks >whole
	json 'rd -8 -P init 1000 4; rd -8 -P init 3000 4' vmlinux init >part
	diff whole part
}

@test "what was cleared of a page is no zero" {
	vmlinux 64
	dump x86_64-tasks
	"$KWALK" -q vmlinux x86_64-tasks -c 'extract -w out; extract -z zlib -w packed'
	for file in out packed; do
		answers -s 1 vmlinux $file 'rd ffff888000030010; rd ffff888000030600; vtop -p 1 3000' <<-END
		ffff888000030010 values.0=0xffff888000030210
		ffff888000030600 status=error message=~"left out by extract"
		3000 status=mapped page_state=filtered page_reason="left out by extract"
		END
		"$KWALK" -q -j $file -c info >facts
		[ "$(json_values 'it["value"] if it.get("fact") == "dump_extract" else "-"' facts | grep -v '^"\?-')" = tables ]
	done
}

@test "what the completed note leads to is there" {
	vmlinux 32
	describe nodes <<-END # the only node's node_spanned_pages
		include $DUMPS/i386-qemu.txt
		at 0x1400300+208: u32 0x2000
	END
	"$KWALK" -q -c 'extract -w out' vmlinux nodes
	"$KWALK" -q -c info out | grep "^max_pfn *2000 *the nodes' spans"
	BUS=1 vmlinux 64
	dump x86_64-qemu
	"$KWALK" -q -c 'extract -f -w out' vmlinux x86_64-qemu
	strings out | grep -x 'NUMBER(HUGETLB_PAGE_DTOR)=2' # marks huge pages
}

# extracted FILE FACT: its value in info.
extracted() { "$KWALK" -q -j -c info "$1" | json_values "it['value'] if it['fact'] == '$2' else ''" | grep . | tr -d '"'; }

@test "an extract of an extract states its own content" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -c 'extract -l kernel --scrub -w first' vmlinux x86_64-tasks
	"$KWALK" -q -c 'extract -l tables -w second' vmlinux first
	"$KWALK" -q -c 'extract -l all -w third' second
	[ "$(extracted first dump_extract)" = kernel ]
	[ "$(extracted second dump_extract)" = tables ]
	[ "$(head -c 8192 second | strings | grep -c '^KWALK_EXTRACT=')" = 1 ]
	# All of that is no more than that was, and its names are no truer.
	[ "$(extracted third dump_extract)" = tables ]
	[ -n "$(extracted first dump_scrubbed)" ]
	[ "$(extracted third dump_scrubbed)" = "$(extracted first dump_scrubbed)" ]
}

@test "a level that this kwalk does not know left memory out, too" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -c 'extract -l tables -w out' vmlinux x86_64-tasks
	[ "$(extracted out dump_extract)" = tables ]
	"$KWALK" -q -j -c 'rd ffff888000000000' vmlinux out >known || true
	grep -q 'left out by extract' known
	LC_ALL=C sed -i 's/KWALK_EXTRACT=tables/KWALK_EXTRACT=tablet/' out
	[ "$(extracted out dump_extract)" = unknown ]
	"$KWALK" -q -j -c 'rd ffff888000000000' vmlinux out >other || true
	cmp known other
}

@test "the manifest lists what was kept, by kind" {
	vmlinux 64
	dump x86_64-tasks
	"$KWALK" -q -j vmlinux x86_64-tasks -c 'extract -l tables --manifest list -w out' >answer
	[ "$(wc -l <list)" -eq 1 ]
	json_hold 'it["status"] == "ok" and it["level"] == "tables" and it["lacks"] == 0 and it["lacking"] == []' list
	json_hold 'it["file"] == "out" and it["format"] == "ELF"' list answer
	json_hold 'sum(k["pages"] for k in it["kinds"]) == it["pages"]' list
	json_hold '{k["kind"] for k in it["kinds"]} == {"page-table", "facts"}' list
	json_hold 'all(k["bytes"] == 4096 * k["pages"] for k in it["kinds"] if k["kind"] == "page-table")' list
	json_hold 'all(0 < k["bytes"] < 4096 * k["pages"] for k in it["kinds"] if k["kind"] == "facts")' list
}

@test "parts of a level that the dump lacks are reported, and the rest is written" {
	vmlinux 64
	dump x86_64-missing
	fails 1 'extract page tables not in the dump' -q -j vmlinux x86_64-missing \
		-c 'extract --manifest list -w out'
	json_hold 'it["status"] == "incomplete"' list
	json_hold 'any(l["part"] == "page tables" for l in it["lacking"])' list
	json 'vtop ffffffff81000000; pt' vmlinux x86_64-missing >whole
	json 'vtop ffffffff81000000; pt' vmlinux out >part
	diff whole part
}

@test "a process whose mappings cannot all be read" {
	describe gate <<-END
	include $DUMPS/x86_64-tasks.txt
	at mm_init+0x90: u64 2
	at text_phys+4M+0x20e00: u64 0xffffffffff600001 0xffffffffff601000 0 0 0 5 0 0
	END
	vmlinux 64
	objcopy --add-symbol gate_vma=.data:0x20e00,object vmlinux
	# sanitizers notice mappings that are not released
	fails 1 'is not a vm_area_struct: its range would be ffffffffff600001' -q vmlinux gate -c 'extract -l process -w out init'
}

@test "wrong levels, processes and manifests" {
	vmlinux 64
	dump x86_64-tasks
	fails 1 '-l: most is not one of' -q vmlinux x86_64-tasks -c 'extract -l most -w out'
	fails 1 'needs the processes' -q vmlinux x86_64-tasks -c 'extract -l process -w out'
	fails 1 'only process takes arguments' -q vmlinux x86_64-tasks -c 'extract -w out 1'
	fails 1 @no-answer 'extract 77' -q vmlinux x86_64-tasks -c 'extract -l process -w out 77'
	fails 1 'OUT and the manifest have the same name, out' -q vmlinux x86_64-tasks -c 'extract -w out --manifest out'
	[ ! -e out ]
	echo kept >list
	fails 1 'exists -f' -q vmlinux x86_64-tasks -c 'extract -w out --manifest list'
	[ "$(cat list)" = kept ]
	[ ! -e out ]
	fails 1 'is the dump' -q vmlinux x86_64-tasks -c 'extract -f -w out --manifest ./out'
	"$KWALK" -q vmlinux out -c regions >./regions
	"$KWALK" -q vmlinux x86_64-tasks -c 'extract -f -w out --manifest list'
	json_hold 'it["file"] == "out"' list
}
