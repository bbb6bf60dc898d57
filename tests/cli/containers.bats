#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The same memory in every container gives the same answers, byte for byte, and
# a container that is cut or damaged gives none that differ.
load common

# Files of the dump $1 in the container $2, as the command line takes them.
contain() {
	python3 "$BATS_TEST_DIRNAME/containers.py" "$2" "$1" "$1.$2" || return
	if [ "$2" = raws ]; then
		for file in "$1.raws".*; do
			echo "$file@0x${file##*.}"
		done
	else
		echo "$1.$2"
		[ "$2" != vmem ] || echo "$1.$2.vmsn"
	fi
}

# Questions about all kinds of addresses, answered and not.
ask() {
	echo 'vtop ffffffff81000000 ffffffff81400010 ffff888000001000 ffffffff8fff0000 c0000000 c1000000 c1400010 0 1000 ffffc90000000000 ffffea0000070000 8000000000000000'
	awk 'BEGIN {
		for (page = 0; page < 8448; page += 61)
			printf "ptov %x\nphys_to_page %x\nrd -p %x 3\n", page * 4096, page * 4096 + 2748, page * 4096 + 4080
	}'
	echo 'region ffffffff81400010 ffff888000001000 c1000000 0; regions; pfn_to_page 1c00 1c01 ffff; page_to_pfn ffffea0000070000'
}

# A stream knows which pages are zero, and has one block of memory: where the ELF
# dump has gaps, its pages were not sent.
alike() {
	sed -i '/"input":"f4[0-9a-f]*"/d; s/"page_state":"zero"/"page_state":"present"/; s/dump: filtered"/dump: absent"/' "$@"
}

# same CONTAINER DESCRIPTION...
same() {
	local container=$1 name files facts

	shift
	ask >script
	for name; do
		dump "$name"
		# a stream's one block leaves no hole in memory
		facts=()
		[ "$name" != pae ] || facts=(-o high_memory=c2000000)
		contain "$name" note
		mapfile -t files < <(contain "$name" "$container")
		"$KWALK" -q -j -x script "${facts[@]}" -o vmcoreinfo="$name.note" "$name" \
			>whole 2>/dev/null || [ $? -eq 1 ]
		"$KWALK" -q -j -x script "${facts[@]}" -o vmcoreinfo="$name.note" "${files[@]}" \
			>contained 2>complaints || [ $? -eq 1 ]
		if [ -n "${WARNED:-}" ]; then
			grep -qF "$WARNED" complaints || { cat complaints; return 1; }
		else
			! grep -q '^kwalk: warning' complaints || { cat complaints; return 1; }
		fi
		alike whole contained
		cmp whole contained || { diff whole contained | head -n 6; return 1; }
		[ "$(wc -l <whole)" -gt 200 ]
		[ "$(grep -c '"status":"ok"' whole)" -gt 100 ]
	done
}

# truthful WHOLE PART: every translation and value in PART is the same in WHOLE.
truthful() {
	python3 - "$@" <<-'END'
	import json, sys
	whole, part = ([json.loads(s) for s in open(f)] for f in sys.argv[1:])
	whole = {(a["command"], a.get("input")): a for a in whole}
	for got in part:
	    want = whole.get((got["command"], got.get("input")), {})
	    for key in ("physical", "virtual", "pfn", "page", "values"):
	        if key in got and got[key] != want.get(key):
	            sys.exit(f"{want}\n{got}")
	END
}

# cut FILE SCRIPT ARGUMENT...: FILE cut at many places; what is answered then
# is what the whole file answers.
cut() {
	local file=$1 script=$2 size=0 got at

	shift 2
	size=$(stat -c %s "$file")
	"$KWALK" -q -j -x "$script" "$@" "$file" >whole 2>/dev/null || [ $? -eq 1 ]
	for at in 1 4 8 31 32 33 40 4095 4096 $((size / 7)) $((size / 3)) \
		$((size / 2)) $((size - 4096)) $((size - 9)) $((size - 1)); do
		head -c "$at" "$file" >spoiled
		got=0
		patiently "$KWALK" -q -j -x "$script" "$@" spoiled >part \
			2>complaints || got=$?
		if [ "$got" -gt 2 ]; then
			echo "cut at $at: exit status $got"
			return 1
		fi
		[ "$got" -lt 2 ] || continue
		grep -q 'kwalk: warning' complaints || cmp whole part ||
			{ echo "cut at $at: no warning"; return 1; }
		truthful whole part
	done
}

@test "raw images, one for each range, in any order" {
	same raws x86_64 x86_64-5level i386 pae
	answers x86_64.raws.100000@100000 x86_64.raws.0@0 -o arch=x86_64 \
		'rd -p 1c00000' <<<'1c00000 values.0=0x1122334455667788'
}

@test "LiME" {
	same lime x86_64 x86_64-5level i386 pae
	facts -o vmcoreinfo=x86_64.note x86_64.lime <<-END
	dump_format LiME
	release 6.1.0-18-amd64
	END
}

@test "a raw image is one only where the user says so" {
	dump x86_64
	contain x86_64 raws
	contain x86_64 note
	fails 2 'kwalk x86_64.raws.100000 neither FILE@ADDRESS' -q -c info x86_64.raws.100000
	fails 2 'x86_64.raws.100000 arch=' -q -c info x86_64.raws.100000@100000
	# One file from 0 on, told from others by -o arch= or root=.
	answers -s 1 -o arch=x86_64 x86_64.raws.0 'rd -p 0; rd -p a0000' <<-END
	0 values.#=1
	a0000 status=error message=~absent
	END
	"$KWALK" -q -j -o root=0 -o arch=x86_64 -c info x86_64.raws.0 |
		grep '"fact":"dump_format","value":"raw memory"'
	# What a file is known to be it stays, and a file of that name comes first.
	gzip -c x86_64.raws.0 >gzipped
	fails 2 'gzipped gzip' -q -o arch=x86_64 -c info gzipped
	mv x86_64 dump@1000
	"$KWALK" -q -j -c info dump@1000 | grep '"value":"ELF"'
	fails 2 'no-such-file' -q -o arch=x86_64 -c info no-such-file@1000
	fails 2 'x86_64.raws.0@10x0' -q -o arch=x86_64 -c info x86_64.raws.0@10x0
	fails 2 'x86_64.raws.0 past' -q -o arch=x86_64 -c info x86_64.raws.0@ffffffffffff8000
	fails 2 @usage 'dump@1000 x86_64.raws.0' -q -c info dump@1000 x86_64.raws.0@0
}

# VMware's are refused.
@test "LiME ranges of the same memory that differ: a message shows which one is read" {
	python3 - "$BATS_TEST_DIRNAME" <<-'END'
	import sys
	sys.path.insert(0, sys.argv[1])
	import containers
	for name, second in (("same", b"a"), ("other", b"b")):
	    ranges = [(0x1000, b"a" * 0x3000), (0x3000, second * 0x2000)]
	    containers.write_lime(ranges, name + ".lime")
	END
	answers -o arch=x86_64 other.lime 'rd -p -8 3000; rd -p -8 4000' <<-END
	3000 values.0=0x61
	4000 values.0=0x62
	END
	complains @warning 'other.lime: 3000 3fff 0x2020 0x3040' 'two ranges have different bytes'
	answers -o arch=x86_64 same.lime 'rd -p -8 3000' <<<'3000 values.0=0x61'
	[ "$(grep -c differ complaints)" = 0 ]
}

@test "raw images that overlap: the first is believed, with a warning" {
	printf '%4096s' '' | tr ' ' a >./a
	printf '%4096s' '' | tr ' ' b >./b
	answers -o arch=x86_64 a@1000 b@1800 'rd -p -8 17ff 2; rd -p -8 1fff 2' <<-END
	17ff values.0=0x61 values.1=0x61
	1fff values.0=0x61 values.1=0x62
	END
	complains @warning 'a: b' 'overlaps an image that was given before it'
}

@test "LiME cut short, and what is no header" {
	dump x86_64
	contain x86_64 lime
	contain x86_64 note
	ask >script
	cut x86_64.lime script -o vmcoreinfo=x86_64.note
	head -c 700000 x86_64.lime >short
	answers -s 1 -o arch=x86_64 short 'rd -p 0; rd -p b0000; rd -p 1000000' <<-END
	0 values.#=1
	b0000 status=error message=~absent
	1000000 status=error message=~truncated
	END
	complains @warning 'short: 32461280' 'the file is cut short'
	describe lime <<-END
	container lime
	segment paddr=0x1000 memsz=0x1000
	segment paddr=0x4000 memsz=0x1000
	at 0x1000: u64 1
	at 0x4000: u64 4
	END
	cp lime second
	printf X | dd of=second bs=1 seek=4128 conv=notrunc status=none
	answers -s 1 -o arch=x86_64 second 'rd -p 1000; rd -p 4000' <<-END
	1000 values.0=0x1
	4000 status=error message=~absent
	END
	complains @warning 'second: 0x1020 4128' 'no LiME header'
	# version, first and last address of the first header
	printf '\2' | dd of=lime bs=1 seek=4 conv=notrunc status=none
	fails 2 'lime version 2' -q -o arch=x86_64 -c info lime
	printf '\1\0\0\0\0\60' | dd of=lime bs=1 seek=4 conv=notrunc status=none
	fails 2 'lime 0x3000 0x1fff' -q -o arch=x86_64 -c info lime
	printf '\0\0\0\0\0\0\0\0\377\377\377\377\377\377\377\377' |
		dd of=lime bs=1 seek=8 conv=notrunc status=none
	fails 2 'lime 0xffffffffffffffff' -q -o arch=x86_64 -c info lime
}

@test "LiME: a header that was captured with the memory is no header" {
	# The page cache has the file that LiME was writing.
	describe lime <<-END
	container lime
	segment paddr=0x1000 memsz=0x4000
	at 0x1000: u64 1
	at 0x2000: u64 0x14c694d45 0 0x9ffff
	at 0x3000: u64 3
	END
	answers -o arch=x86_64 lime 'rd -p 1000; rd -p 3000' <<-END
	1000 values.0=0x1
	3000 values.0=0x3
	END
	[ "$(grep -c 'is damaged' complaints)" = 0 ]
	head -c 16000 lime >short
	answers -s 1 -o arch=x86_64 short 'rd -p 1000; rd -p 3000; rd -p 4ff8' <<-END
	1000 values.0=0x1
	3000 values.0=0x3
	4ff8 status=error message=~truncated
	END
	complains @warning 'short: 416'
}

# AVML is compressed with snappy, whose library may be missing.
need_snappy() {
	describe probe <<<'segment paddr=0 memsz=4K'
	contain probe avml
	! "$KWALK" -o arch=x86_64 -c 'rd -p 0' probe.avml 2>&1 |
		grep 'no library' || skip "no snappy"
}

@test "AVML" {
	need_snappy
	same avml x86_64 x86_64-5level i386 pae
	facts -o vmcoreinfo=x86_64.note x86_64.avml <<-END
	dump_format AVML
	compression snappy
	END
}

@test "AVML cut short and damaged" {
	need_snappy
	dump x86_64
	contain x86_64 avml
	contain x86_64 note
	ask >script
	cut x86_64.avml script -o vmcoreinfo=x86_64.note
	python3 "$BATS_TEST_DIRNAME/hurt.py" "$KWALK" x86_64.avml 30 1 -o vmcoreinfo=x86_64.note
}

@test "AVML: ranges whose chunks do not add up are not believed" {
	need_snappy
	dump x86_64
	contain x86_64 avml
	# The second range's header says one page too many: all its chunks are sound,
	# but where they belong is not known. Then it begins where the first one does.
	python3 - <<-'END'
	import struct
	def spoil(name, value):
	    data = bytearray(whole)
	    struct.pack_into("<QQ", data, second + 8, *value)
	    open(name, "wb").write(data)
	whole = open("x86_64.avml", "rb").read()
	second = whole.index(b"AVML", 4)
	first, last = struct.unpack_from("<QQ", whole, second + 8)
	spoil("header", (first, last + 0x1000))
	spoil("overlap", (0, last - first))
	END
	answers -s 1 -o arch=x86_64 header 'rd -p 0; rd -p 100000; rd -p 1c00000' <<-END
	0 values.#=1
	100000 status=error message=~absent
	1c00000 values.0=0x1122334455667788
	END
	complains @warning 'header: 16777216' 'bytes of memory are damaged'
	answers -s 1 -o arch=x86_64 overlap 'rd -p 0; rd -p 90000' <<-END
	0 status=error message=~damaged
	90000 status=error message=~damaged
	END
	complains @warning 'overlap:' 'several ranges contain the same addresses'
}

# Without a mapping: kwalk as it meets /proc/kcore.
unmapped() {
	LD_PRELOAD=$PWD/no-mmap.so ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 \
		patiently "$KWALK" -q -j "$@"
}

# The answers of /proc/kcore equal the answers of the dump, except that each states that the machine runs.
read_kcore() {
	unmapped -x script kcore >answers 2>complaints || [ $? -eq 1 ]
	not grep -v '"live":true' answers
	sed 's/,"live":true//' answers >contained
}

@test "/proc/kcore: read, not mapped, by the segments that have an address" {
	${CC:-cc} -shared -fPIC -o no-mmap.so "$BATS_TEST_DIRNAME/no-mmap.c" ||
		no_compiler
	dump x86_64
	mv x86_64 kcore
	ask >script
	"$KWALK" -q -j -x script kcore >whole 2>/dev/null || [ $? -eq 1 ]
	read_kcore
	cmp whole contained
	unmapped -c info kcore | grep '"value":"running kernel"'
	# vmalloc has no physical address; an old kernel's segments have none at all.
	describe kcore <<-END
	include $DUMPS/x86_64.txt
	segment paddr=64M vaddr=0xffffc90000000000 memsz=64K p_paddr=0xffffffffffffffff
	END
	read_kcore
	cmp whole contained
	describe kcore <<-END
	segment paddr=1M vaddr=0xffff888000000000 memsz=64K p_paddr=0
	segment paddr=2M vaddr=0xffffc90000000000 memsz=64K p_paddr=0
	END
	not unmapped -c info kcore >answers 2>complaints
	complains @format 'kcore: 4.11' 'has no physical addresses'
	# What is no ELF core cannot be read so.
	dump x86_64
	contain x86_64 lime
	mv x86_64.lime kcore
	not unmapped -c info kcore >answers 2>complaints
	complains @format 'kcore:' 'is not a dump in a known format'
	# The image is named before the direct map, and what the kernel has freed of it
	# reads as zeros there.
	dump x86_64
	python3 - <<-'END'
	import struct
	core = bytearray(open("x86_64", "rb").read())
	phoff, = struct.unpack_from("<Q", core, 32)
	phnum, = struct.unpack_from("<H", core, 56)
	headers = bytes(core[phoff:phoff + 56 * phnum])
	size = 6 << 20
	image = struct.pack("<IIQQQQQQ", 1, 7, len(core), 0xffffffff81000000, 1 << 24, size, size, 0)
	core += bytes(size)
	core[phoff:phoff + 56 * (phnum + 1)] = image + headers
	struct.pack_into("<H", core, 56, phnum + 1)
	open("kcore", "wb").write(core)
	END
	read_kcore
	cmp whole contained
	# Gone while it is read: no signal.
	dump x86_64
	head -c 1000000 x86_64 >kcore
	read_kcore
	truthful whole contained
}

@test "QEMU's stream and virsh save" {
	same qemu x86_64 x86_64-5level i386 pae
	same virsh x86_64
	same sparse x86_64 i386
	same microvm x86_64
	same qemu10 x86_64
	same mapped x86_64 i386
	WARNED='memdimm0' same numa x86_64 i386
	"$KWALK" -q -j -o vmcoreinfo=x86_64.note -c info x86_64.virsh |
		grep '"value":"QEMU migration stream"'
}

@test "QEMU: nodes that are missing, and two kinds of memory" {
	dump x86_64
	contain x86_64 numa
	sed 's/ram-node0/ram-node2/g' x86_64.numa >missing
	fails 2 'missing: lacks NUMA node' -q -o arch=x86_64 -c info missing
	sed 's/ram-node0/ram-node1/g' x86_64.numa >twice
	fails 2 'twice: ram-node1 before' -q -o arch=x86_64 -c info twice
	sed 's/\x08memdimm0/\x08memdimm9/; s/\x09ram-node0/\x06pc.ram\x00\x00\x00/' x86_64.numa >both
	fails 2 'both:' -q -o arch=x86_64 -c info both
}

@test "virsh save: packed, unfinished, unknown" {
	dump x86_64
	contain x86_64 virsh
	python3 - <<-'END'
	import struct
	whole = open("x86_64.virsh", "rb").read()
	for packing in (1, 2, 3, 4, 5, 7):
	    open(f"packed{packing}", "wb").write(whole[:28] + struct.pack("<I", packing) + whole[32:])
	open("unfinished", "wb").write(whole.replace(b"LibvirtQemudSave", b"LibvirtQemudPart", 1))
	END
	fails 2 "packed1: 'packed1' gzip -dc" -q -c info packed1
	fails 2 "packed2: bzip2 -dc" -q -c info packed2
	fails 2 "packed3: xz -dc" -q -c info packed3
	fails 2 "packed4: lzop -dc" -q -c info packed4
	fails 2 "packed5: zstd -dc" -q -c info packed5
	fails 2 "packed7: format 7" -q -c info packed7
	# The command that it gives is right.
	header=$((92 + 10))
	{ head -c $header x86_64.virsh; tail -c +$((header + 1)) x86_64.virsh | gzip -1; } >packed
	printf '\1' | dd of=packed bs=1 seek=28 conv=notrunc status=none
	"$KWALK" -c info packed 2>complaints || [ $? = 2 ]
	command=$(sed -n 's/.*that it contains: \(.*\) >STREAM.*/\1/p' complaints)
	bash -c "$command" >stream
	answers -o arch=x86_64 stream 'rd -p 1c00000' <<<'1c00000 values.0=0x1122334455667788'
	answers -o arch=x86_64 unfinished 'rd -p 1c00000' <<<'1c00000 values.0=0x1122334455667788'
	complains @warning 'unfinished:' 'virsh save has not finished this image'
}

@test "QEMU's stream cut short, and what is not understood" {
	dump x86_64
	contain x86_64 qemu
	contain x86_64 note
	ask >script
	cut x86_64.qemu script -o vmcoreinfo=x86_64.note
	python3 - <<-'END'
	import struct
	whole = open("x86_64.qemu", "rb").read()
	def spoil(name, old, new):
	    assert old in whole
	    open(name, "wb").write(whole.replace(old, new, 1))
	spoil("mapped", b"x-ignore", b"mapped-r"[:8])
	spoil("mapped-ram", b"\x08x-ignore", b"\x0amapped-ram")
	spoil("version", b"QEVM\0\0\0\3", b"QEVM\0\0\0\2")
	spoil("block", b"\6pc.ram" + struct.pack(">Q", 32 << 20), b"\6pc.rum" + struct.pack(">Q", 32 << 20))
	spoil("larger", b"\6pc.ram" + struct.pack(">Q", 32 << 20), b"\6pc.ram" + struct.pack(">Q", 1 << 60))
	spoil("beyond", struct.pack(">Q", 0x1fff000 | 8) + b"\6", struct.pack(">Q", 0x2000000 | 8) + b"\6")
	spoil("machine", b"pc-i440fx-7.2", b"pc-z440fx-7.2")
	END
	for name in mapped machine; do
		"$KWALK" -q -j -o vmcoreinfo=x86_64.note -c info "$name" | grep QEMU
	done
	fails 2 'mapped-ram: pc.ram contradict' -q -o arch=x86_64 -c info mapped-ram
	# another stream would follow this command
	contain x86_64 qemu10
	python3 - <<-'END'
	whole = open("x86_64.qemu10", "rb").read()
	assert b"\x08\x00\x0b\x00\x00\x03" in whole
	open("packaged", "wb").write(whole.replace(b"\x08\x00\x0b\x00\x00\x03", b"\x08\x00\x07\x00\x00\x03"))
	END
	answers -s 1 -o arch=x86_64 packaged 'rd -p 100000' <<<'100000 status=error message=~truncated'
	complains @warning 'packaged:' 'pages that are sent again there are shown as they were before'
	# a file that ends among the pages of mapped-ram
	contain x86_64 mapped
	head -c 20M x86_64.mapped >short
	answers -s 1 -o arch=x86_64 short 'rd -p 100000; rd -p 1c00000' <<-END
	100000 status=ok
	1c00000 status=error
	END
	fails 2 'version: version 2' -q -o arch=x86_64 -c info version
	fails 2 'block: pc.ram' -q -o arch=x86_64 -c info block
	fails 2 'larger: blocks' -q -o arch=x86_64 -c info larger
	answers -s 1 -o arch=x86_64 beyond 'rd -p 1c00000' <<<'1c00000 status=error message=~truncated'
	complains @warning 'beyond: 0x10a4' 'so memory after this offset was not read'
}

@test "VMware: memory in the state's file and beside it" {
	same vmss x86_64 x86_64-5level i386 pae
	same vmem x86_64 i386
	answers -o arch=x86_64 x86_64.vmem.vmsn x86_64.vmem 'rd -p 1c00000' \
		<<<'1c00000 values.0=0x1122334455667788'
	contain x86_64 vmss
	fails 2 'x86_64.vmem.vmsn .vmem' -q -o arch=x86_64 -c info x86_64.vmem.vmsn
	fails 2 'x86_64.vmem many' -q -o arch=x86_64 -c info x86_64.vmss x86_64.vmem
	fails 2 'x86_64.vmem neither' -q -c info x86_64.vmem
	ask >script
	cut x86_64.vmss script -o vmcoreinfo=x86_64.note
	head -c 8000000 x86_64.vmem >short
	answers -s 1 -o arch=x86_64 short x86_64.vmem.vmsn 'rd -p 100000; rd -p 1c00000' <<-END
	100000 values.#=1
	1c00000 status=error message=~truncated
	END
	complains @warning 'x86_64.vmem.vmsn: 25161216'
	python3 - <<-'END'
	whole = open("x86_64.vmem.vmsn", "rb").read()
	def spoil(name, old, new):
	    assert old in whole
	    open(name, "wb").write(whole.replace(old, new, 1))
	spoil("unnamed", b"memory", b"memery")
	spoil("lacking", b"regionPPN", b"regionPPM")
	spoil("many", b"regionsCount\2", b"regionsCount\100")
	at = whole.index(b"memory") + 64
	spoil("wild", whole[at:at + 8], b"\xff" * 8)
	# a group of no tags: its offset leads to zeros
	spoil("uncounted", whole[at:at + 8], (at + 64).to_bytes(8, "little"))
	open("stub", "wb").write(whole[:whole.index(b"regionsCount")])
	spoil("old", b"\xd2\xbe\xd2\xbe", b"\xd0\xbe\xd0\xbe")
	END
	fails 2 'uncounted: regions x86_64.vmem' -q -o arch=x86_64 -c info uncounted x86_64.vmem
	fails 2 'unnamed: memory' -q -o arch=x86_64 -c info unnamed x86_64.vmem
	fails 2 'lacking: region' -q -o arch=x86_64 -c info lacking x86_64.vmem
	fails 2 'many: region' -q -o arch=x86_64 -c info many x86_64.vmem
	fails 2 'wild: cut short' -q -o arch=x86_64 -c info wild x86_64.vmem
	fails 2 'stub: cut short' -q -o arch=x86_64 -c info stub x86_64.vmem
	fails 2 'old: 32-bit' -q -o arch=x86_64 -c info old x86_64.vmem
}

@test "mkdump writes the same LiME file" {
	dump x86_64 x86_64-lime
	contain x86_64 lime
	cmp x86_64.lime x86_64-lime
}

@test "VMCOREINFO is found in memory, where there is one" {
	dump x86_64 x86_64-raw
	facts x86_64-raw@0 -o arch=x86_64 <<<'struct_page_size 64'
	"$KWALK" -v -c info x86_64-raw 2>&1 | grep 'vmcoreinfo: 1d00018 (found in memory)'
	contain x86_64 note
	contain x86_64 raws
	python3 - <<-'END'
	import struct
	note = open("x86_64.note", "rb").read()
	memory = bytearray(open("x86_64.raws.100000", "rb").read())
	def put(at, note):
	    note = struct.pack("<III12s", 11, len(note), 0, b"VMCOREINFO") + note
	    memory[at - 0x100000:at - 0x100000 + len(note)] = note
	def save(name):
	    open(name, "wb").write(memory)
	put(0x1d00000, note)
	save("one")
	put(0x1e02000, note)
	save("twice")
	put(0x1c02000, note.replace(b"OSRELEASE=6", b"OSRELEASE=5"))
	save("two")
	put(0x1e02000, b"NOTE" + note)
	save("other")
	struct.pack_into("<I", memory, 0x1e02000 + 4 - 0x100000, 0xffffffff)
	save("long")
	END
	ask >script
	"$KWALK" -q -j -x script x86_64 >whole 2>/dev/null || [ $? -eq 1 ]
	for name in one twice two other long; do
		"$KWALK" -q -j -x script x86_64.raws.0@0 "$name"@100000 >contained 2>complaints || [ $? -eq 1 ]
		grep -v '"command":"rd"' whole >want
		grep -v '"command":"rd"' contained | cmp - want
	done
	# Where the user names the table, nothing is gone through.
	"$KWALK" -v -c 'pte 0' -o root=1410000 -o arch=x86_64 -o levels=4 one@100000 2>&1 | { ! grep 'found in memory'; }
}
