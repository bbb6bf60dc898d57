#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# pt: what a whole table maps, as ranges.
load common

@test "the kernel's half: every range, its rights and its cache type" {
	dump x86_64
	answers x86_64 pt <<-END
	* command=pt input=- status=ok start=0xffff888000000000 end=0xffff8880001fffff \
		page_size=4096 writable=true executable=false user=false global=true cache=WB \
		region=direct-map
	* start=0xffff888000200000 end=0xffff888001ffffff page_size=2097152 writable=true \
		executable=false user=false global=true cache=WB
	* start=0xffffc90000000000 end=0xffffc90000001fff page_size=4096 writable=true \
		executable=false region=vmalloc
	* start=0xffffc90000003000 end=0xffffc90000003fff page_size=4096 writable=false \
		executable=false global=true
	* start=0xffffea0000000000 end=0xffffea00001fffff page_size=2097152 writable=true \
		executable=false region=vmemmap
	* start=0xffffffff81000000 end=0xffffffff811fffff page_size=2097152 writable=false \
		executable=true user=false global=true region=kernel-image
	* start=0xffffffff81200000 end=0xffffffff813fffff page_size=2097152 writable=false \
		executable=false
	* start=0xffffffff81400000 end=0xffffffff817fffff page_size=2097152 writable=true \
		executable=false
	* start=0xffffffffff5fd000 end=0xffffffffff5fdfff page_size=4096 writable=true \
		executable=false user=false cache=UC
	* start=0xffffffffff600000 end=0xffffffffff600fff page_size=4096 writable=false \
		executable=false user=true global=true region=vsyscall
	END
}

@test "only what is writable, executable, both" {
	dump x86_64
	answers x86_64 'pt -w ffffffff81000000' <<-END
	* start=0xffffffff81400000 writable=true
	* start=0xffffffffff5fd000 writable=true
	END
	answers x86_64 'pt -x' <<<'* start=0xffffffff81000000 end=0xffffffff811fffff executable=true'
	answers x86_64 'pt -W' </dev/null
	dump i386
	answers i386 'pt -W c0000000 c03fffff' <<<'* start=0xc0000000 end=0xc03fffff page_size=4096 writable=true executable=true'
}

@test "a part of it: from a start, up to its last byte" {
	dump x86_64
	answers x86_64 'pt ffff888000123456 ffff888000123456' <<<'* start=0xffff888000123000 end=0xffff888000123fff'
	answers x86_64 'pt ffffc90000001000 ffffc90000002fff; pt ffffc90000001000 +0x2000; pt ffffc90000001000 +8192' <<-END
		* start=0xffffc90000001000 end=0xffffc90000001fff
		* start=0xffffc90000001000 end=0xffffc90000001fff
		* start=0xffffc90000001000 end=0xffffc90000001fff
	END
	answers x86_64 'pt ffffc90000001000 ffffc90000003000 | cat' <<-END
	* start=0xffffc90000001000
	* start=0xffffc90000003000
	END
	answers x86_64 'pt 0 ffff7fffffffffff' </dev/null
	answers x86_64 'pt ffffffffff600000' <<<'* start=0xffffffffff600000'
}

@test "a range ends where flags, size, cache type or the table's rights change" {
	dump x86_64-entries
	vmlinux 64
	answers vmlinux x86_64-entries 'pt 0 ffff' <<-END
	* start=0x1000 end=0x1fff writable=true executable=true user=true global=false cache=WB
	* start=0x2000 end=0x2fff writable=true executable=false user=true
	* start=0x3000 end=0x3fff writable=false executable=true user=true
	* start=0x4000 end=0x4fff writable=true executable=true user=false
	* start=0x5000 end=0x5fff user=true cache=WB
	* start=0x6000 end=0x6fff cache=WC
	* start=0x7000 end=0x7fff cache=UC-
	* start=0x8000 end=0x8fff cache=UC
	* start=0x9000 end=0x9fff cache=WP
	* start=0xa000 end=0xafff cache=UC-
	* start=0xb000 end=0xbfff cache=WT
	* start=0xc000 end=0xcfff writable=false user=false global=true
	* start=0xd000 end=0xdfff writable=true executable=false
	* start=0xe000 end=0xefff writable=true executable=true user=true
	* start=0xf000 end=0xffff writable=false executable=true user=true
	END
}

@test "corrupt entries are reported, with the range that they stand for" {
	dump x86_64-entries
	answers -s 1 x86_64-entries 'pt 600000 a00000' <<-END
	* status=corrupt start=0x600000 end=0x9fffff level=pmd message=*
	* start=0xa00000 page_size=2097152 cache=UC-
	END
	complains @format 'pt 600000 9fffff pmd'
}

@test "tables that are not in the dump are reported, once for each gap" {
	dump x86_64-missing
	answers -s 1 x86_64-missing 'pt 0 27fffffffff' <<-END
	* status=ok start=0x0 end=0x3fff writable=true
	* status=unreadable start=0x200000 end=0x3fffff level=pte reason=filtered message=*
	* status=unreadable start=0x400000 end=0x5fffff level=pte reason=absent
	* status=unreadable start=0x40000000 end=0x7fffffff level=pmd reason=filtered
	* status=unreadable start=0x8000000000 end=0xffffffffff level=pud reason=filtered
	* status=unreadable start=0x10000000000 end=0x27fffffffff level=pud reason=absent
	END
	complains @unreadable 'pt 8000000000 ffffffffff pud 1f90000 filtered'
}

@test "i386 and PAE" {
	dump i386 pae
	answers i386 pt <<-END
	* start=0xc0000000 end=0xc03fffff page_size=4096 writable=true executable=true user=false \
		global=true cache=WB region=direct-map
	* start=0xc0400000 end=0xc1ffffff page_size=4194304
	* start=0xc2800000 end=0xc2801fff page_size=4096 writable=true region=-
	* start=0xc2803000 end=0xc2803fff page_size=4096 writable=false
	* start=0xffffc000 end=0xffffcfff page_size=4096 cache=UC
	END
}

@test "bad bounds" {
	dump x86_64 i386
	fails 1 'pt: ffff888000000fff: END is below START' -c 'pt ffff888000001000 ffff888000000fff' x86_64
	fails 1 'pt: +0: SIZE must not be 0' -c 'pt 1000 +0' x86_64
	fails 1 'pt: +4096x: not a number' -c 'pt 1000 +4096x' x86_64
	fails 1 'pt: +2: reaches past the last address' -c 'pt ffffffffffffffff +2' x86_64
	fails 1 @unknown 'pt zz' -c 'pt zz 2' x86_64
	fails 1 'not a valid address for' -c 'pt 800000000000' x86_64
	fails 1 'not a valid address for' -c 'pt 100000000' i386
	fails 1 'unknown option -z' -c 'pt -z' x86_64
	fails 1 'pt: 3: too many arguments' -c 'pt 1 2 3' x86_64
}
