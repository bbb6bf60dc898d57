#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# mkdump: its dumps as another reader sees them, and its complaints.
load common

# complains_at LINE TEXT: the description on standard input is refused there.
complains_at() {
	cat >bad.txt
	if "$MKDUMP" bad.txt out 2>complaints; then
		return 1
	fi
	grep -qF "bad.txt:$1: " complaints && grep -qF -- "$2" complaints
}

@test "every description builds" {
	for name in "$DUMPS"/*.txt; do
		"$MKDUMP" "$name" out 2>complaints ||
			grep -q 'built without this compression' complaints
	done
}

@test "readelf agrees with the description" {
	command -v readelf || skip "no readelf"
	dump x86_64
	readelf -lW x86_64 >headers
	grep -Eq 'LOAD +0x[0-9a-f]+ 0xffff888000100000 0x0*100000 0x1f00000 0x1f00000' headers
	readelf -nW x86_64 >notes
	grep -Eq 'CORE +0x0*150' notes
	grep -q VMCOREINFO notes
}

@test "numbers, names and items, byte by byte" {
	describe out <<-END
	let a 0x10
	default a 1
	default b a+2*3|1<<8
	entry 4
	segment paddr=0 memsz=64 offset=4096
	at a[1]: u32 b seq 2 0xa 0x10 u16 -1 u8 1
	at 0x30: str "#\"\n\0" fill 2 0xee
	poke 4096: u8 0x7f
	truncate 4152
	END
	od -An -v -tx1 -j4096 out | tr -d ' \n' >bytes
	# 0x10 + 4 * 1: b = 22 | 256
	head -c $((2 * 20)) bytes | grep -q "^7f0*$"
	[[ $(<bytes) == *160100000a0000001a000000ffff01* ]]
	[[ $(<bytes) == *23220a00eeee* ]]
	[ "$(stat -c %s out)" -eq 4152 ]
}

@test "complaints name the line" {
	complains_at 2 "unknown statement 'segmant'" <<-END
	# a comment
	segmant paddr=0
	END
	complains_at 1 "unknown name 'nothing'" <<<'at nothing: u64 1'
	complains_at 2 'no segment holds 0x2000' <<-END
	segment paddr=0 memsz=4K
	at 0x2000: u64 1
	END
	complains_at 1 'does not fit' <<<'at 0: u8 256'
	complains_at 1 'is set already' <<<'let P 2'
	complains_at 1 "without 'end'" <<<'note VMCOREINFO'
	complains_at 1 "unknown field 'size'" <<<'segment size=1'
	complains_at 1 'cannot open' <<<'include no-such-file'
	complains_at 1 'before u8' <<<'at 0: 1'
	complains_at 1 "expected ')'" <<<'at (0: u8 1'
}
