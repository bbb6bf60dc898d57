#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Page tables and notes of real arm64 guests, Debian's 6.1 (48 bits) and 6.12 (52 bits, or what a CPU without them
# has left), 6.1 built for pages of 64K, and kernels of tests/real/small-kernel (36, 39 and 42 bits, KASAN). The
# emulated MMU of the same guests and their own kernels are the witnesses.
load common
load witnesses

@test "pages of 4K, 48 bits" {
	witnessed guest-arm64-4k-48 <<-END
	levels 4
	va_bits 48
	END
}

@test "pages of 4K, 39 bits: three levels" {
	witnessed guest-arm64-4k-39 <<-END
	levels 3
	page_size 4096
	va_bits 39
	page_offset 0xffffff8000000000
	END
}

@test "KASAN with software tags: tagged pointers of the guest, and the shadow, which repeats one page" {
	witnessed guest-arm64-4k-48-swtags </dev/null
	# The shadow has 16 TiB. Some entries of its repeated tables restrict rights, others do not.
	"$KWALK" -q -j guest-arm64-4k-48-swtags -c 'pt ffff700000000000 ffff7fffffffffff' >answers
	tail -n 1 answers | grep -q '"end":"0xffff7fffffffffff"'
	"$KWALK" -q -j guest-arm64-4k-48-swtags -c check >answers || true
	grep -q '"status":"ok","check":"tables"' answers
}

@test "pages of 4K, 52 bits: five levels" {
	witnessed guest-arm64-4k-52 <<-END
	levels 5
	va_bits 52
	END
}

@test "pages of 16K, 36 bits: two levels" {
	witnessed guest-arm64-16k-36 <<-END
	levels 2
	page_size 16384
	va_bits 36
	page_offset 0xfffffff000000000
	END
}

@test "pages of 16K, 52 bits: four levels" {
	witnessed guest-arm64-16k-52 <<-END
	levels 4
	page_size 16384
	END
}

@test "pages of 16K, a kernel for 52 bits on a CPU that has 47" {
	witnessed guest-arm64-16k-47 <<-END
	levels 3
	va_bits 47
	page_offset 0xfff0000000000000
	END
}

@test "pages of 64K, 42 bits: two levels" {
	witnessed guest-arm64-64k-42 <<-END
	levels 2
	page_size 65536
	va_bits 42
	page_offset 0xfffffc0000000000
	END
}

@test "pages of 64K, 52 bits: three levels" {
	witnessed guest-arm64-64k-52 <<-END
	levels 3
	page_size 65536
	va_bits 52
	END
}

@test "pages of 64K, a kernel for 52 bits on a CPU that has 48" {
	witnessed guest-arm64-64k-48 <<-END
	levels 3
	va_bits 48
	page_offset 0xfff0000000000000
	END
}

@test "the kernel's table by the value of TTBR1_EL1, which points to the last 64 of 1024 entries" {
	local root wanted

	# the whole page of the table, in which few entries are used
	sed 's/^\(segment paddr=0x40000000 .*memsz=\)0x621000/\10x620000/
		s/^segment paddr=0x40621000 .*/segment paddr=0x40620000 vaddr=0x40620000 memsz=0x10000/
		s/^segment paddr=0x40622000 .*/segment paddr=0x40630000 vaddr=0x40630000 filesz=0 memsz=0x1b0000/' \
		"$DUMPS/guest-arm64-64k-48.txt" | describe whole
	sed '/^notes$/d; /^note VMCOREINFO/,/^end/d' whole.txt | describe alone
	wanted=$(expected kernel guest-arm64-64k-48 | sed 's/ cache=.*//')
	# TTBR1_EL1, the same with an ASID and CnP, swapper_pg_dir
	for root in 40621e00 7000040621e01 40620000; do
		answers -o root="$root" whole "vtop $(asked kernel guest-arm64-64k-48)" <<<"$wanted"
		answers -o root="$root" -o page_size=65536 -o va_bits=48 alone \
			"vtop $(asked kernel guest-arm64-64k-48)" <<<"$wanted"
		facts -o root="$root" -o page_size=65536 -o va_bits=48 alone <<-END
		config_va_bits 52
		END
	done
	fails 1 'nor a value of TTBR0_EL1' -q whole -c 'vtop -r 40621e00 400000'
	# no table can begin there
	fails 1 'no top-level table' -q -o root=40621000 whole -c 'vtop ffff52a3c0000000'
}

@test "the halves end where the CPU's 48 bits end, although the table has 52" {
	dump guest-arm64-64k-48
	"$KWALK" -q -j guest-arm64-64k-48 -c 'regions; check' >answers || true
	grep '"region"' answers | head -3 >regions
	json_values '[it["region"], it["start"], it["end"]]' regions >halves
	diff - halves <<-END
	["user","0x0","0xffffffffffff"]
	["non-canonical","0x1000000000000","0xfffeffffffffffff"]
	["direct-map","0xffff000000000000","0xffff7fffffffffff"]
	END
	grep -q '"status":"ok","check":"tables"' answers
	grep -q '"status":"ok","check":"direct-map"' answers
	# the first entries of the table are not in this dump, and the CPU does not use them
	not grep -q filtered answers
	answers guest-arm64-64k-48 'vtop fff0000000000000 fffeffffffffffff 1000000000000 ffff000000000000' <<-END
	fff0000000000000 status=non-canonical region=non-canonical
	fffeffffffffffff status=non-canonical region=non-canonical
	1000000000000 status=non-canonical region=non-canonical
	ffff000000000000 status=not-mapped region=direct-map
	END
}
