#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# sym, and symbols as addresses.
load common

@test "a name's address and an address' name" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'sym schedule; sym ffffffff81002004 ffffffff81400020' <<-END
	schedule command=sym status=ok name=schedule address=0xffffffff81002000
	ffffffff81002004 status=ok name=schedule offset=4
	ffffffff81400020 status=ok name=mem_section address=0xffffffff81400020
	END
}

@test "an address behind a function's end is that function's" {
	local end

	dump x86_64
	vmlinux 64
	# a return address behind a last call that does not return
	end=$(nm -S vmlinux | awk '/ memory_failure$/ { print $1, $2 }')
	end=$(printf %x $((0x${end% *} + 0x${end#* })))
	answers vmlinux x86_64 "sym $end; region $end" <<-END
	$end status=ok name=memory_failure
	$end status=ok symbol=~memory_failure+0x
	END
	# a gap is no padding, and rodata not behind text
	answers -s 1 vmlinux x86_64 'sym ffffffff81002200 ffffffff81001fff' <<-END
	ffffffff81002200 status=error message=~covers
	ffffffff81001fff status=error message=~covers
	END
}

@test "KASLR: link addresses plus the offset" {
	dump x86_64-kaslr i386-kaslr
	vmlinux 64
	answers vmlinux x86_64-kaslr 'sym schedule linux_banner ffffffff9b202000' <<-END
	schedule status=ok address=0xffffffff9b202000
	linux_banner status=ok address=0xffffffff9b400000
	ffffffff9b202000 status=ok name=schedule
	END
	vmlinux 32
	answers vmlinux i386-kaslr 'sym schedule mem_map' <<-END
	schedule status=ok address=0xc1402000
	mem_map status=ok address=0xc1800000
	END
}

@test "KASLR moves no offset in the per-CPU area and no absolute symbol" {
	dump x86_64-kaslr i386-kaslr
	vmlinux 64
	answers vmlinux x86_64-kaslr 'sym this_cpu_off phys_startup' <<-END
	this_cpu_off status=ok address=0x100
	phys_startup status=ok address=0x1000000
	END
	# i386 links the per-CPU area where the image is
	vmlinux 32
	answers vmlinux i386-kaslr 'sym phys_startup this_cpu_off' <<-END
	phys_startup status=ok address=0x1000000
	this_cpu_off status=ok address=0xc1970100
	END
}

@test "a symbol is an address: SYMBOL, SYMBOL+OFFSET, &SYMBOL, sums" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'vtop schedule schedule+0x10 &schedule page_offset_base+8 &schedule+10+10' <<-END
	schedule status=mapped virtual=0xffffffff81002000 physical=0x1002000
	schedule+0x10 status=mapped virtual=0xffffffff81002010 physical=0x1002010
	&schedule status=mapped virtual=0xffffffff81002000
	page_offset_base+8 status=mapped virtual=0xffffffff81400008
	&schedule+10+10 status=mapped virtual=0xffffffff81002020
	END
}

@test "unknown symbols, and symbols without a vmlinux" {
	dump x86_64
	vmlinux 64
	answers -s 1 vmlinux x86_64 'sym no_such_symbol schedule; vtop no_such_symbol' <<-END
	no_such_symbol status=error message=*
	schedule status=ok
	no_such_symbol status=error
	END
	complains 'kwalk: sym: no_such_symbol: '
	complains 'kwalk: vtop: no_such_symbol: '
	# the note has a few
	answers x86_64 'sym swapper_pg_dir _stext' <<-END
	swapper_pg_dir status=ok address=0xffffffff81410000
	_stext status=ok address=0xffffffff81000000
	END
}

@test "a symbol of vmlinux without a place in memory is not said to be unknown" {
	dump small
	vmlinux 64
	answers -s 1 vmlinux small 'sym schedule no_such_symbol' <<-END
	schedule status=error message="~kaslr_offset is not known"
	no_such_symbol status=error message="~no symbol"
	END
}

@test "a pointer's value in the note is no symbol's address" {
	dump x86_64
	facts x86_64 <<<'mem_section 0xffff888000020000'
	answers -s 1 x86_64 'sym mem_section; rd mem_section; vtop swapper_pg_dir' <<-END
	mem_section status=error message=*
	mem_section status=error
	swapper_pg_dir status=mapped
	END
	complains 'VMCOREINFO does not name it'
	# where it is an array its address is there
	describe array <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  SYMBOL(mem_section)=%x{text+0x400020}
	end
	END
	answers array 'sym mem_section' <<<'mem_section status=ok address=0xffffffff81400020'
}
