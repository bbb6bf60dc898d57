#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# LKCD, sadump and Xen's cores: the same memory answers the same, as libkdumpfile
# reads it where that reads it right; what is damaged is never another page's.
load common

# rare FORMAT DUMP OUTPUT [NAME=VALUE...]: DUMP's memory in that format.
rare() {
	python3 "$BATS_TEST_DIRNAME/rare.py" "$@"
}

# Some of every page of the memory, and questions about addresses.
ask() {
	echo 'vtop ffffffff81000000 ffff888001c00123 ffffc90000001ff8 ffff888000001000 ffffffff8fff0000 c0000000 c1000000 c1400010 0 1000'
	echo 'regions; region ffff888001c00123 c1000000; pfn_to_page 1c00 ffff; ptov 1c00123 100000001000'
	awk 'BEGIN { for (page = 0; page < 8448; page += 3) printf "rd -p %x 8\n", page * 4096 + page % 64 * 64 }'
	echo 'rd -p 1fffff8; rd -p 2000000; rd -p 100001c00000'
}

# same DESCRIPTION FORMAT [NAME=VALUE...]
same() {
	local name=$1

	shift
	[ -e "$name" ] || dump "$name"
	python3 "$BATS_TEST_DIRNAME/containers.py" note "$name" "$name.note"
	rare "$1" "$name" "$name.$1" "${@:2}"
	ask >script
	"$KWALK" -q -j -x script -o vmcoreinfo="$name.note" "$name" >whole \
		2>/dev/null || [ $? -eq 1 ]
	"$KWALK" -q -j -x script -o vmcoreinfo="$name.note" "$name.$1" >got \
		2>complaints || [ $? -eq 1 ]
	! grep -q '^kwalk: warning' complaints || { head -n 3 complaints; return 1; }
	cmp whole got || { diff whole got | cut -c 1-300 | head -n 6; return 1; }
	[ "$(grep -c '"status":"ok"' got)" -gt 2600 ]
}

# put FILE OFFSET BYTES
put() {
	printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# library FILE COUNT: is some of each page of FILE for libkdumpfile what it is for
# kwalk? COUNT pages are there. In CI it must be there.
library() {
	[ -e library ] ||
		${CC:-cc} -o library "$BATS_TEST_DIRNAME/library.c" -lkdumpfile 2>log || {
		[ -z "$CI" ] || { cat log; return 1; }
		skip "no libkdumpfile"
	}
	./library "$1" >theirs
	awk '{ print "rd -p " $1 " 8" }' theirs >questions
	"$KWALK" -q -j -o arch=x86_64 -x questions "$1" | python3 -c '
import json, sys
for line in sys.stdin:
    a = json.loads(line)
    print(a["input"], "".join(f"{int(v, 16):016x}" for v in a["values"]))' >ours
	[ "$(wc -l <theirs)" = "$2" ]
	cmp ours theirs
}

@test "LKCD: each compression and version, 32 bits too, several passes" {
	same x86_64 lkcd
	facts -o vmcoreinfo=x86_64.note x86_64.lkcd <<-END
	dump_format LKCD
	compression zlib
	release 6.1.0-18-amd64
	pages_present 8096
	END
	same x86_64 lkcd compression=1
	same x86_64 lkcd compression=0 version=10
	same x86_64 lkcd version=8 start=65536
	same x86_64 lkcd version=5 bits=64 start=65536
	same x86_64 lkcd version=2 bits=64 compression=1 start=65536
	same x86_64 lkcd version=1 bits=64 compression=1 start=65536
	same x86_64 lkcd passes=1
	same x86_64-5level lkcd
	same i386 lkcd machine=i686
	same pae lkcd machine=i386 version=7 bits=32 start=65536
	same pae lkcd machine=i386 version=1 bits=32 start=65536 compression=1
}

@test "LKCD, as libkdumpfile reads it" {
	dump x86_64 pae
	rare lkcd x86_64 zlib
	library zlib 8096
	rare lkcd x86_64 rle compression=1 version=5 bits=64 start=65536
	library rle 8096
	rare lkcd pae raw compression=0 machine=i686
	library raw 8096
}

@test "LKCD: memory that the dump lacks" {
	dump x86_64
	rare lkcd x86_64 all
	answers -s 1 -o arch=x86_64 all 'rd -p a0000; rd -p 2000000; rd -p 100000000000' <<-END
	a0000 status=error message=~absent
	2000000 status=error message=~absent
	100000000000 status=error message=~absent
	END
	rare lkcd x86_64 used level=4
	answers -s 1 -o arch=x86_64 used 'rd -p a0000; rd -p 2000000' <<-END
	a0000 status=error message=~filtered
	2000000 status=error message=~absent
	END
	rare lkcd x86_64 big big=1
	fails 2 'big big-endian x86' -q -c info big
	rare lkcd x86_64 ppc machine=ppc64
	fails 2 'ppc ppc64 x86' -q -c info ppc
	rare lkcd x86_64 new version=11
	fails 2 'new version 11' -q -c info new
}

@test "LKCD cut short and damaged" {
	local size at

	dump x86_64
	rare lkcd x86_64 raw compression=0
	rare lkcd x86_64 short end=0
	answers -s 1 -o arch=x86_64 short 'rd -p 1c00000; rd -p a0000; rd -p 2000000' <<-END
	1c00000 values.0=0x1122334455667788
	a0000 status=error message=~truncated
	2000000 status=error message=~truncated
	END
	complains @warning 'short:'
	size=$(stat -c %s raw)
	head -c $((size / 2)) raw >short
	answers -s 1 -o arch=x86_64 short 'rd -p 0; rd -p 1fff000' <<-END
	0 values.#=1
	1fff000 status=error message=~truncated
	END
	for at in 1 7 8 100 741 742 262143 262144; do
		head -c $at raw >short
		fails 2 'short' -q -c info short
	done
	# Page 1 says that it is page 0, or one far away, or none; flags; size; data.
	put raw $((262144 + 4112)) '\0\0'
	answers -s 1 -o arch=x86_64 raw 'rd -p 0; rd -p 1000; rd -p 2000' <<-END
	0 status=error message=~damaged
	1000 status=error message=~damaged
	2000 values.0=0x3063
	END
	complains @warning '' 'wrong address'
	put raw $((262144 + 4112)) '\0\20\0\1'
	answers -s 1 -o arch=x86_64 raw 'rd -p 0; rd -p 1000; rd -p 1001000; rd -p 2000' <<-END
	0 values.#=1
	1000 status=error message=~damaged
	1001000 status=error message=~damaged
	2000 values.0=0x3063
	END
	put raw $((262144 + 4112)) '\1\20\0\0'
	answers -s 1 -o arch=x86_64 raw 'rd -p 0; rd -p 1000' <<-END
	0 values.#=1
	1000 status=error message=~damaged
	END
	complains @warning 'raw:' 'no page header at offset 0x'
	rare lkcd x86_64 wrong
	put wrong $((262144 + 16 + 2)) '\377\377'
	answers -s 1 -o arch=x86_64 wrong 'rd -p 0; rd -p 1c00000' <<-END
	0 status=error message=~damaged
	1c00000 values.0=0x1122334455667788
	END
}

@test "sadump: a partition and its backup" {
	same x86_64 sadump
	same x86_64-5level sadump media=1
	same i386 sadump efer=0
	facts -o vmcoreinfo=x86_64.note x86_64.sadump <<-END
	dump_format sadump
	arch x86_64
	pages_present 8096
	END
	rare sadump x86_64 less from=1f00 to=1fe0
	answers -s 1 -o arch=x86_64 less 'rd -p 1c00000; rd -p 1fdf000; rd -p 1fe0000; rd -p a0000; rd -p 2000000' <<-END
	1c00000 values.0=0x1122334455667788
	1fdf000 status=error message=~filtered
	1fe0000 values.#=1
	a0000 status=error message=~absent
	2000000 status=error message=~absent
	END
	# frames that are no multiple of eight: bits of one byte, the highest first
	rare sadump x86_64 odd from=1f03 to=1fe6
	answers -s 1 -o arch=x86_64 odd 'rd -p 1f02000; rd -p 1f03000; rd -p 1fe5000; rd -p 1fe6000' <<-END
	1f02000 values.#=1
	1f03000 status=error message=~filtered
	1fe5000 status=error message=~filtered
	1fe6000 values.#=1
	END
	rare sadump x86_64 disk disk=1
	fails 2 'disk set makedumpfile' -q -c info disk
}

@test "sadump cut short and damaged" {
	local at

	dump x86_64
	rare sadump x86_64 whole
	for at in 100 4096 8191 12287 20000 20479; do
		head -c $at whole >short
		fails 2 'short' -q -c info short
	done
	head -c 20000000 whole >short
	answers -s 1 -o arch=x86_64 short 'rd -p 1000; rd -p 1c00000' <<-END
	1000 values.0=0x2063
	1c00000 status=error message=~truncated
	END
	complains @warning 'short:'
	# A bit of the bitmap, its size, the block's size.
	cp whole bit
	put bit $((12288 + 4096 + 100)) '\377'
	put bit $((12288 + 4096 + 101)) '\376'
	fails 2 'bit trusted' -q -o arch=x86_64 -c info bit
	cp whole size
	put size $((4096 + 56)) '\377\377\377\177'
	fails 2 'size bitmaps' -q -o arch=x86_64 -c info size
	cp whole size
	put size $((4096 + 90)) '\1'
	fails 2 'size bitmaps' -q -o arch=x86_64 -c info size
	cp whole size
	put size $((4096 + 41)) '\40'
	fails 2 'size second block' -q -o arch=x86_64 -c info size
}

@test "Xen: a core of a guest" {
	dump x86_64
	same x86_64 xen
	same x86_64-5level xen mixed=1
	facts -o vmcoreinfo=x86_64.note x86_64.xen <<-END
	dump_format Xen
	pages_present 8096
	END
	library x86_64.xen 8096
	rare xen x86_64 pv pv=1
	fails 2 'pv paravirtualised' -q -c info pv
	head -c 20000000 x86_64.xen >short
	fails 2 'short' -q -c info short
	# sh_offset of .xen_pages: the ELF header would be memory; of .xen_pfn: the names
	# of sections would be the last frame's number.
	cp x86_64.xen pages
	printf '\0\0' | dd of=pages bs=1 seek=$((64 + 2 * 64 + 24)) conv=notrunc status=none
	fails 2 'pages .xen_pages overlap' -q -c info pages
	cp x86_64.xen frames
	printf '\10' | dd of=frames bs=1 seek=$((64 + 3 * 64 + 24)) conv=notrunc status=none
	fails 2 'frames .xen_pfn overlap' -q -c info frames
}

@test "what is not read is named" {
	printf '\250\31\1\163\141\217\43\375%4096s' '' >s390
	fails 2 's390 x86' -q -c info s390
	printf 'LibxlFmtXENF%4096s' '' >save
	fails 2 'save dump-core' -q -c info save
}
