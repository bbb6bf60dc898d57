#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# extract: what is written answers as the whole does, and is all there or not at all.
load common
of_part extract

# Questions about all kinds of memory.
questions() {
	echo 'vtop ffffffff81000000 ffffffff81400010 ffff888000001000 ffffffff8fff0000 c0000000 c1000000 c1400010 0 1000 ffffc90000000000'
	awk 'BEGIN {
		for (page = 0; page < 8448; page += 61)
			printf "ptov %x\nrd -p %x 3\n", page * 4096, page * 4096 + 4080
	}'
	echo 'rd -p 9ffff 1; region ffffffff81400010 c1000000 0; regions; pt; tasks; iomem; panic; log; info'
}

# The facts of info by their values alone, without facts about the container.
told='None if it.get("fact", "").split("_")[0] in ("dump", "writer", "compression", "pages", "vmcoreinfo", "sandbox", "summary")'
told+=' else {k: v for k, v in it.items() if k != "source"}'

# ask FILE...: the answers, without facts about the container and the sources of facts.
ask() {
	[ -e script ] || questions >script
	"$KWALK" -q -j -x script "$@" 2>complaints |
		json_values "$told" | sed '/^null$/d; s/"page_state":"zero"/"page_state":"present"/'
}

# written OPTIONS FILE...: extract of FILE... to new has the same answers.
written() {
	"$KWALK" -q -c "extract -l all -f $1 -w new" "${@:2}" >answers
	ask "${@:2}" >whole
	ask new >got
	[ "$(wc -l <whole)" -gt 250 ]
	diff whole got
	[ "$(echo new*)" = new ]
}

# header FIELD: what readelf says of it.
header() { readelf -hW new 2>/dev/null | sed -n "s/^ *$1: *//p"; }

@test "each mode as an ELF core: 32 bits only for i386 without PAE where all fits" {
	needs readelf
	dump x86_64 x86_64-5level-kaslr pae-kaslr i386 i386-highmem
	written '' x86_64
	[ "$(header Class)" = ELF64 ]
	[ "$(header Machine)" = 'Advanced Micro Devices X86-64' ]
	written '' x86_64-5level-kaslr
	written '' pae-kaslr
	[ "$(header Class)" = ELF64 ]
	[ "$(header Machine)" = 'Intel 80386' ]
	written '' i386
	[ "$(header Class)" = ELF32 ]
	written '' i386-highmem
	# High memory has no address, and a segment of its own.
	high=$("$KWALK" -q -j -c info i386-highmem | json_values 'it["value"] if it.get("fact") == "high_memory" else ""' | grep 0x)
	readelf -lW new 2>/dev/null | awk '$1 == "LOAD" { print $3, $4 }' >segments
	grep -qi "^0xffffffff 0x0*$(printf %x $((high - 0xc0000000)))\$" segments || { echo "$high"; cat segments; return 1; }
	# Frames that are stored on both sides of that end.
	sed "s,^include ,&$DUMPS/,; s/memsz=864M/memsz=863M/; s/^segment paddr=896M .*/segment paddr=895M memsz=2M\nsegment paddr=897M filesz=0 memsz=127M/" \
		"$DUMPS/i386-highmem.txt" | cat - <(echo 'at 896M-4: u32 1 2') >across.txt
	"$MKDUMP" across.txt across
	written '' across
	"$KWALK" -q -c 'rd -p 37fffffc 2' new | grep '00000001 00000002'
	# High memory has no address in the direct map.
	describe far <<-END
		include $DUMPS/i386-qemu.txt
		segment paddr=0x100000000 memsz=4K offset=0
	END
	written '' far
	[ "$(header Class)" = ELF64 ]
}

@test "each mode and codec as a kdump-compressed file" {
	local codec

	dump x86_64 x86_64-5level pae i386
	for codec in zlib snappy zstd; do
		written "-z $codec" x86_64
		"$KWALK" -q -j -c info new | grep -q "\"compression\",\"value\":\"$codec\""
		"$KWALK" -q -j -c info new | grep -q '"makedumpfile, 64-bit, header version 6"'
	done
	written '-z zstd' x86_64-5level
	written '-z zstd' pae
	written '-zzlib' i386
	"$KWALK" -q -j -c info new | grep -q '"makedumpfile, 32-bit, header version 6"'
}

@test "every container can be written as each other" {
	local name files

	dump x86_64 x86_64-lime kdump-flat kdump-zlib kdump-zstd kdump-32 x86_64-pnxnum
	for name in x86_64-lime kdump-flat kdump-zlib kdump-zstd kdump-32 x86_64-pnxnum; do
		written '' "$name"
		written '-z zstd' "$name"
	done
	# Those without a note do not tell the kernel: the root and the levels are given.
	for name in raw raws lime avml qemu vmss vmem; do
		python3 "$BATS_TEST_DIRNAME/containers.py" "$name" x86_64 "x.$name"
		case $name in
		raws) files=(x.raws.0@0 x.raws.100000@0x100000) ;;
		vmem) files=(x.vmem x.vmem.vmsn) ;;
		*) files=("x.$name") ;;
		esac
		written '' "${files[@]}"
		grep -q ELF answers
		written '-z zlib' "${files[@]}"
	done
}

@test "a note that a dump lacks is the one found in memory, completed" {
	dump x86_64-raw
	"$KWALK" -q -j -c info x86_64-raw | grep -q '"fact":"vmcoreinfo"'
	"$KWALK" -q -c 'extract -l all -w new' x86_64-raw
	! "$KWALK" -q -j -c info new | grep -q '"fact":"vmcoreinfo"' || false
	"$KWALK" -q -j -c info new | grep -q '"levels".*VMCOREINFO'
	# The note comes before the memory, which has it too.
	head -c 4096 new | strings >text
	grep -qx 'KWALK_EXTRACT=all' text
	grep -qx 'NUMBER(pgtable_l5_enabled)=0' text
	[ "$(grep -c '^PAGESIZE=4096$' text)" = 1 ]
	# Each line ends with one newline, also the last one that was found.
	python3 - <<-'END'
	text = open("new", "rb").read(4096).partition(b"OSRELEASE=")[2].partition(b"\0")[0]
	assert b"\nKWALK_EXTRACT=all\n" in text and b"\n\n" not in text, text
	END
}

# notes FILE: each note's name, size and type, as readelf reads them.
notes() { readelf -nW "$1" 2>/dev/null | awk '/^  .*0x/ { print $1, $2 }'; }

@test "registers stay: the kernel's notes, and QEMU's" {
	needs readelf
	dump x86_64-5level-qemu
	describe stopped <<-END
		include $DUMPS/x86_64.txt
		note CORE prstatus pid=3 ip=0xffffffff81000010 sp=0xffffc90000003f00
		note CORE prstatus pid=4 ip=0xffffffff81000020 sp=0xffffc90000004f00
	END
	for name in stopped x86_64-5level-qemu; do
		"$KWALK" -q -c "extract -l all -w $name.elf; extract -l all -z zlib -w $name.kdump" "$name"
		notes "$name" | grep -v VMCOREINFO >want
		# Where there are only QEMU's, other tools get theirs of them.
		notes "$name.elf" | grep "^$(head -1 want | cut -d' ' -f1) " | diff want -
		[ -s want ]
		"$KWALK" -q -j -c panic "$name" 2>/dev/null >whole || [ $? = 1 ]
		[ -s whole ]
		for new in "$name.elf" "$name.kdump"; do
			{ "$KWALK" -q -j -c panic "$new" 2>/dev/null || true; } | diff whole -
		done
	done
	grep -q '"cr3":"0x' whole
	# Byte for byte.
	python3 - <<-'END'
		name = b"CORE" + bytes(4)
		whole, *new = (open(file, "rb").read().split(name)[1:] for file in ("stopped", "stopped.elf", "stopped.kdump"))
		want = [note[:336] for note in whole]
		assert len(want) == 3 and all([note[:336] for note in notes] == want for notes in new)
	END
}

@test "readelf agrees: segments are disjoint, and mapped as the kernel does" {
	needs readelf
	dump x86_64-kaslr
	"$KWALK" -q -c 'extract -l all -w new' x86_64-kaslr
	readelf -lW new 2>complaints | awk '$1 == "LOAD" { print $3, $4 }' >segments
	[ ! -s complaints ]
	# The kernel's image comes first, as in /proc/vmcore.
	head -1 segments | grep -q '^0xffffffff'
	page_offset=$("$KWALK" -q -j -c info new | json_values 'it.get("fact") == "page_offset" and it["value"]' | grep 0x)
	[ "$(wc -l <segments)" -gt 1 ]
	tail -n +2 segments | while read -r vaddr paddr; do
		[ $((vaddr - paddr)) = $((page_offset)) ]
	done
}

@test "more segments than e_phnum can tell" {
	needs readelf
	python3 - <<-'END' >many
		import struct
		nr = 70000
		head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 128, 64, 0, 64, 56, 65535, 64, 1, 0)
		section = bytes(44) + struct.pack("<IQQ", nr, 0, 0)
		phdrs = [struct.pack("<IIQQQQQQ", 1, 7, (1 << 22) + (i << 12), 0, i << 13, 4096, 4096, 0) for i in range(nr)]
		data = head + section + b"".join(phdrs)
		with open("many", "wb") as file:
		    file.write(data)
		    file.seek(1 << 22)
		    file.write(b"first")
		    file.truncate((1 << 22) + (nr << 12))
	END
	"$KWALK" -q -j -c 'extract -l all -w new' many | json_hold 'it["pages"] == 70000'
	readelf -hW new 2>/dev/null | grep -q '65535 (70001)'
	"$KWALK" -q -j -c info new | json_hold 'it.get("fact") != "pages_present" or it["value"] == 70000'
}

@test "pages of zeros take no room" {
	dump x86_64
	"$KWALK" -q -j -c 'extract -l all -w new' x86_64 | json_hold 'it["zero"] > 7000 and it["bytes"] > 30000000'
	[ "$(du -k new | cut -f1)" -lt 1000 ]
	"$KWALK" -q -j -c 'extract -l all -z zlib -w new2' x86_64 | json_hold 'it["zero"] > 7000 and it["bytes"] < 400000'
	# A sparse image of a terabyte: its holes are not read.
	"$KWALK" -q -c 'rd -p -8 -r start 0 33554432' x86_64 2>/dev/null ||
		python3 "$BATS_TEST_DIRNAME/containers.py" raw x86_64 start
	truncate -s 1T start
	patiently "$KWALK" -q -j -o root=1410000 -o levels=4 -o arch=x86_64 -c 'extract -l all -w new3' start |
		json_hold 'it["pages"] == 1 << 28 and it["bytes"] > 1 << 40'
	[ "$(du -k new3 | cut -f1)" -lt 2000 ]
}

@test "vtop names once the state of a page that the original dump lacks, too" {
	describe filtered <<-END
	include $DUMPS/x86_64-missing.txt
	kdump level=31
	END
	"$KWALK" -q -c 'extract -l all -w copy' filtered
	answers copy 'vtop ffff888001f80000' <<<'ffff888001f80000 page_state=filtered page_reason=-'
	"$KWALK" -q -c 'vtop ffff888001f80000' copy >text
	[ "$(grep -o filtered text | wc -l)" = 1 ]
}

@test "what is left out, cut off or damaged counts as left out, and is no error" {
	local name

	dump kdump-incomplete kdump-wrong-bitmap x86_64-cut x86_64-missing
	for name in kdump-incomplete kdump-wrong-bitmap x86_64-cut; do
		"$KWALK" -q -j -c 'extract -l all -f -w new; extract -l all -f -z zlib -w new2' "$name" 2>/dev/null |
			json_hold 'it["status"] == "ok" and it["left_out"] > 0'
		"$KWALK" -q -j -c info new 2>complaints | json_values 'it.get("fact")' | grep -qx pages_filtered
		[ ! -s complaints ]
		"$KWALK" -q -j -c info new2 2>complaints | json_values 'it.get("fact")' | grep -qx pages_filtered
		[ ! -s complaints ]
	done
	"$KWALK" -q -j -c 'extract -l all -f -w new' kdump-wrong-bitmap 2>/dev/null | json_hold 'it["unreadable"] > 0'
}

@test "bytes that are no whole page stay so in an ELF core" {
	describe odd <<-END
		segment paddr=0 memsz=0x9fc00
		segment paddr=0x100200 memsz=0x300
		segment paddr=0x100800 memsz=0x2000
		at 0x9fbf8: u64 1
		at 0x100200: seq 96 1 3
		at 0x1027f8: u64 2
	END
	"$KWALK" -q -o arch=x86_64 -c 'extract -l all -w new' odd
	"$KWALK" -q -j -o arch=x86_64 -o root=0 -o levels=4 -c 'rd -p 9fbf8 2; rd -p 100200 95; rd -p 100500; rd -p 1027f8 2; rd -p 100000' odd >whole 2>&1 || true
	"$KWALK" -q -j -o arch=x86_64 -o root=0 -o levels=4 -c 'rd -p 9fbf8 2; rd -p 100200 95; rd -p 100500; rd -p 1027f8 2; rd -p 100000' new >got 2>&1 || true
	diff whole got
	grep -q 'absent' got
}

@test "OUT is not replaced without -f, and an input never" {
	dump x86_64
	cp x86_64 before
	ln -s x86_64 symbolic
	echo old >there
	ln -s nowhere dangling
	fails 1 'extract: there exists; -f replaces it' -c 'extract -l all -w there' x86_64
	fails 1 'extract: dangling exists; -f replaces it' -c 'extract -l all -w dangling' x86_64
	[ "$(cat there)" = old ]
	for name in x86_64 ./x86_64 symbolic; do
		fails 1 'not overwritten' -c "extract -l all -f -w $name" x86_64
	done
	fails 1 'no/where: No such file' -c 'extract -l all -w no/where' x86_64
	fails 1 '/dev/null is not a regular file' -c 'extract -l all -f -w /dev/null' x86_64
	cmp x86_64 before
	"$KWALK" -q -c 'extract -l all -f -w there' x86_64
	"$KWALK" -q -c 'extract -l all -wthere2; extract -l all -w "there 3" > answers' x86_64
	cmp there there2
	cmp there 'there 3'
	[ "$(echo there*)" = 'there there 3 there2' ]
	[ -L dangling ]
}

@test "a folder that cannot be written, a full disk: nothing is left" {
	dump x86_64
	mkdir closed
	chmod a-w closed
	if ! touch closed/x 2>/dev/null; then
		fails 1 'Permission denied' -c 'extract -l all -w closed/new' x86_64
	fi
	# A file that may not become so large stands for a disk that becomes full.
	(
		ulimit -f 64
		fails 1 'new: File too large' -c 'extract -l all -w new' x86_64
		fails 1 'new: File too large' -c 'extract -l all -z zlib -w new' x86_64
	)
	[ "$(echo new*)" = 'new*' ]
	mkdir small
	if unshare -rm sh -c 'mount -t tmpfs -o size=256k none small' 2>/dev/null; then
		unshare -rm sh -c "mount -t tmpfs -o size=64k none small
			'$KWALK' -q -c 'extract -l all -z zlib -w small/new' x86_64
			echo \$? >status; ls small >left" 2>complaints
		[ "$(cat status)" = 1 ]
		[ ! -s left ]
		complains @line 'extract: small/new: 1' 'would take about'
	fi
}

nothing_is_left() { [ "$(echo new*)" = 'new*' ]; }

# writes_huge: stays at the third piece of it.
writes_huge() {
	echo >huge
	truncate -s 40G huge
	held write 3 "$KWALK" -q -o root=0 -o levels=4 -o arch=x86_64 -o phys_base=0 -c 'extract -l all -z zlib -w new' huge 2>complaints
	[ "$(echo new.*)" != 'new.*' ]
}

# ended_by SIGNAL STATUS: while it is written, and nothing is left.
ended_by() {
	local got=0

	writes_huge
	# shellcheck disable=SC2154 # by held
	kill "-$1" "$held"
	goes_on
	wait "$held" || got=$?
	[ $got = "$2" ] || { echo "status $got"; cat complaints; return 1; }
	# The helper may take a moment.
	until_true nothing_is_left
}

@test "a file that appears meanwhile is not replaced either" {
	local got=0

	writes_huge
	echo mine >new
	goes_on
	wait "$held" || got=$?
	[ $got = 1 ]
	complains @line 'extract: new:' 'File exists'
	[ "$(cat new*)" = mine ]
}

@test "Ctrl-C, or the end of kwalk, leaves nothing" {
	ended_by INT 1
	complains @line 'extract:' 'interrupted: nothing was written'
	ended_by KILL 137
}

@test "extract: what it does not take" {
	dump x86_64
	fails 1 '-w OUT missing' -c 'extract -f' x86_64
	fails 1 '-l most is not one of: tables frames' -c 'extract -l most -w new' x86_64
	fails 1 '-z lzo is not one of: zlib snappy zstd' -c 'extract -z lzo -w new' x86_64
	fails 1 'only process takes arguments' -c 'extract -w new 1' x86_64
	[ "$(echo new*)" = 'new*' ]
}

@test "text: columns are as wide as their values" {
	dump x86_64
	"$KWALK" -q -c 'extract -l all -w a_dump_with_a_long_name.core' x86_64 >text
	[ "$(wc -l <text)" = 2 ]
	# The second column begins where its heading does.
	[[ "$(head -1 text)" =~ ^(FILE\ +)LEVEL ]]
	line=$(tail -1 text)
	[[ "${line:${#BASH_REMATCH[1]}}" =~ ^all\  ]]
}
