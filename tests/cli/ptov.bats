#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# ptov: only where the kernel maps memory directly.
load common

@test "x86-64: memory, its last byte, and beyond" {
	dump x86_64
	answers x86_64 'ptov 0 0x1234 1ffffff 1000000 2000000 fee00000 fffffffffffff' <<-END
	0 command=ptov status=ok physical=0x0 virtual=0xffff888000000000
	0x1234 status=ok physical=0x1234 virtual=0xffff888000001234
	1ffffff status=ok virtual=0xffff888001ffffff
	1000000 status=ok virtual=0xffff888001000000
	2000000 status=no-direct-mapping virtual=- message=*
	fee00000 status=no-direct-mapping virtual=-
	fffffffffffff status=no-direct-mapping virtual=-
	END
}

@test "a virtual address is none of memory, and vtop is named" {
	dump x86_64 i386
	answers -s 1 x86_64 'ptov ffffffff81002000 1000 10000000000000; ptov -a ffff888000001000; phys_to_page ffff888000001000' <<-END
	ffffffff81002000 command=ptov status=error \
		message="~more than 52 bits; for a virtual address, use vtop"
	1000 status=ok
	10000000000000 status=error
	ffff888000001000 command=ptov status=error message="~vtop"
	ffff888000001000 command=phys_to_page status=error message="~vtop"
	END
	complains @usage 'ptov ffffffff81002000' 'not a physical address'
	# Of 32 bits it may be both.
	answers i386 'ptov c1002000 b1002000 140000000' <<-END
	c1002000 status=no-direct-mapping message="~; for a virtual address, use vtop"
	b1002000 status=no-direct-mapping message=*
	140000000 status=no-direct-mapping message=*
	END
	grep -v c1002000 answers | not grep vtop
}

@test "a physical address is of no process, and phys_to_page is named" {
	dump x86_64
	answers -s 1 x86_64 'page 1c00000 7f1234567000; virt_to_page 1c00000' <<-END
	1c00000 status=error message="~; for a physical address, use phys_to_page"
	7f1234567000 status=error message=*
	1c00000 command=virt_to_page status=error message="~phys_to_page"
	END
	grep 7f1234567000 answers | not grep phys_to_page
}

@test "five levels, KASLR, SME" {
	dump x86_64-5level x86_64-kaslr x86_64-sme
	answers x86_64-5level 'ptov 1c00123' <<<'1c00123 status=ok virtual=0xff11000001c00123'
	answers x86_64-kaslr 'ptov 1c00123' <<<'1c00123 status=ok virtual=0xffff9c2381c00123'
	answers x86_64-sme 'ptov 1c00123' <<<'1c00123 status=ok virtual=0xffff888001c00123'
}

@test "i386 and PAE: low memory only" {
	dump i386 pae
	answers i386 'ptov 0 1ffffff 2000000' <<-END
	0 status=ok virtual=0xc0000000
	1ffffff status=ok virtual=0xc1ffffff
	2000000 status=no-direct-mapping virtual=-
	END
	answers pae 'ptov 1ffffff 140000000' <<-END
	1ffffff status=ok virtual=0xc1ffffff
	140000000 status=no-direct-mapping virtual=-
	END
}

@test "-a: every address that maps a frame" {
	dump x86_64 x86_64-5level i386 pae
	answers x86_64 'ptov -a 1c00123' <<-END
	1c00123 command=ptov status=ok physical=0x1c00123 conflict=false writable_alias=false \
		mappings.#=2 mappings.0.virtual=0xffff888001c00123 mappings.0.page_size=2097152 \
		mappings.0.region=direct-map mappings.0.writable=true mappings.0.executable=false \
		mappings.0.user=false mappings.0.cache=WB mappings.0.pid=- \
		mappings.1.virtual=0xffffc90000000123 mappings.1.page_size=4096 \
		mappings.1.region=vmalloc
	END
	answers x86_64 'ptov -a 1200000 fee00fff 2000000' <<-END
	1200000 mappings.#=2 mappings.0.virtual=0xffff888001200000 \
		mappings.1.virtual=0xffffffff81200000 mappings.1.region=kernel-image \
		mappings.1.writable=false
	fee00fff mappings.#=1 mappings.0.virtual=0xffffffffff5fdfff mappings.0.cache=UC \
		mappings.0.region=fixmap
	2000000 status=ok conflict=false writable_alias=false mappings.#=0
	END
	answers x86_64-5level 'ptov -a 1c00000' <<-END
	1c00000 mappings.#=2 mappings.0.virtual=0xff11000001c00000 \
		mappings.1.virtual=0xffa0000000000000
	END
	answers i386 'ptov -a 1c00000 fee00000' <<-END
	1c00000 mappings.#=2 mappings.0.virtual=0xc1c00000 mappings.0.page_size=4194304 \
		mappings.1.virtual=0xc2800000 writable_alias=false
	fee00000 mappings.#=1 mappings.0.virtual=0xffffc000
	END
	answers pae 'ptov -a 140000000' <<-END
	140000000 mappings.#=1 mappings.0.virtual=0xc2804000
	END
}

@test "-a: cache types that differ" {
	dump x86_64-aliases
	answers x86_64-aliases 'ptov -a 1d00000 fd000000 fd001000 1d00000' <<-END
	1d00000 conflict=true mappings.#=2 mappings.0.cache=WB mappings.1.cache=UC- \
		mappings.1.virtual=0xffffc90000010000
	fd000000 conflict=true mappings.#=2 mappings.0.cache=WC mappings.1.cache=UC
	fd001000 conflict=false mappings.#=2 mappings.0.cache=UC- mappings.1.cache=UC-
	1d00000 conflict=true mappings.#=2
	END
	"$KWALK" -q -c 'ptov -a 1d00000' x86_64-aliases | grep -q 'cache conflict'
	# Nothing but different bits is known where the kernel's release is not.
	echo >none
	answers -s 0 -o arch=x86_64 -o levels=4 -o root=1410000 -o vmcoreinfo=none x86_64-aliases 'ptov -a fd000000 1c00000' <<-END
	fd000000 conflict=- mappings.#=2 mappings.0.cache=-
	1c00000 conflict=false
	END
}

@test "-a: what is read-only, or runs, and can be written elsewhere" {
	dump x86_64-aliases x86_64
	answers x86_64-aliases 'ptov -a 1d01000 1d02000 1c07000 fd003000 1c00000 1000000' <<-END
	1d01000 writable_alias=true mappings.#=2 mappings.0.writable=true \
		mappings.1.executable=true mappings.1.writable=false
	1d02000 writable_alias=true
	1c07000 writable_alias=true
	fd003000 writable_alias=false mappings.#=2
	1c00000 writable_alias=false mappings.#=2
	1000000 writable_alias=true
	END
	"$KWALK" -q -c 'ptov -a 1d01000' x86_64-aliases | grep -q 'writable alias'
}

@test "-a: large pages, and one page many times" {
	dump x86_64-aliases
	answers x86_64-aliases 'ptov -a 1e12345 fd002000' <<-END
	1e12345 mappings.#=2 mappings.1.virtual=0xffffc90000a12345 mappings.1.page_size=2097152
	fd002000 mappings.#=512 mappings.0.virtual=0xffffc90000c00000 \
		mappings.511.virtual=0xffffc90000dff000
	END
}

@test "-a: bad arguments, and tables that are missing" {
	dump x86_64 x86_64-missing
	answers -s 1 x86_64 'ptov -a xyz 1c00000' <<-END
	xyz status=error
	1c00000 mappings.#=2
	END
	fails 1 'unknown option -z' -c 'ptov -z 0' x86_64
	fails 1 @usage 'ptov PHYS' -c 'ptov -a' x86_64
	describe none <<-END
	include $DUMPS/x86_64-bare.txt
	at text_phys+2M: str "no banner"
	END
	fails 1 'is not known' -c 'ptov -a 1000' none
	describe gap <<-END
	include $DUMPS/x86_64-4level.inc
	include $DUMPS/x86_64-note.inc
	at pmd_vmalloc[3]: u64 0x7000000|KTABLE
	at pmd_vmalloc[4]: u64 0x1c00000|0x2000|PS|P
	END
	answers -s 1 gap 'ptov -a 1c00000' <<-END
	1c00000 mappings.#=2
	* status=error message=*
	END
	complains @unreadable 'ptov 2 ffffc90000600000 ffffc900007fffff pte 7000000 absent' 'the answer may be incomplete'
}

@test "-a: tables that name each other without end" {
	describe endless <<-END
	include $DUMPS/x86_64-5level.inc
	include $DUMPS/x86_64-note.inc
	at root[300]: u64 0x30000|KTABLE
	at 0x30000: u64 seq 256 0x30000|KTABLE 0 seq 256 0x31000|KTABLE 0
	END
	answers -s 1 endless 'ptov -a 1c00000' <<-END
	1c00000 mappings.#=1 mappings.0.virtual=0xff11000001c00000
	* status=error message=~'point to each other'
	END
}
