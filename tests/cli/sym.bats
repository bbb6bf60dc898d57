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
	complains @unknown 'sym no_such_symbol'
	complains @unknown 'vtop no_such_symbol'
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
	no_such_symbol status=error error=unknown message=~no_such_symbol
	END
}

@test "a pointer's value in the note is not the address of a symbol" {
	dump x86_64
	facts x86_64 <<<'mem_section 0xffff888000020000'
	answers -s 1 x86_64 'sym mem_section; rd mem_section; vtop swapper_pg_dir' <<-END
	mem_section status=error message=*
	mem_section status=error
	swapper_pg_dir status=mapped
	END
	complains @unknown 'rd mem_section VMCOREINFO'
	# where it is an array its address is there
	describe array <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  SYMBOL(mem_section)=%x{text+0x400020}
	end
	END
	answers array 'sym mem_section' <<<'mem_section status=ok address=0xffffffff81400020'
}

# Adds to vmlinux two functions of one name, of two files.
name_twice() {
	objcopy --add-symbol one.c=.text:0,file \
		--add-symbol twice=.text:0x10,local,function \
		--add-symbol two-b.c=.text:0,file \
		--add-symbol twice=.text:0x20,local,function vmlinux
}

@test "a name that several symbols have: sym shows all, an expression needs one" {
	needs objcopy
	dump x86_64
	vmlinux 64
	name_twice
	answers -s 1 vmlinux x86_64 'sym twice; vtop twice; vtop twice@one.c twice@two-b.c twice@two-b.c+4; sym vmlinux:twice@two-b.c twice@three.c' <<-END
	twice name=twice address=0xffffffff81000010 file=one.c
	twice name=twice address=0xffffffff81000020 file=two-b.c
	twice status=error \
		message="~twice@one.c (ffffffff81000010), twice@two-b.c (ffffffff81000020)"
	twice@one.c status=mapped virtual=0xffffffff81000010
	twice@two-b.c status=mapped virtual=0xffffffff81000020
	twice@two-b.c+4 virtual=0xffffffff81000024
	vmlinux:twice@two-b.c address=0xffffffff81000020
	twice@three.c status=error message="~from a file three.c"
	END
	# those at one address are one
	objcopy --add-symbol same=.text:0x30,local --add-symbol same=.text:0x30,global vmlinux
	answers vmlinux x86_64 'vtop same; sym same' <<-END
	same status=mapped virtual=0xffffffff81000030
	same address=0xffffffff81000030
	END
}

@test "per-CPU variables: of a CPU, of all, and never an address by themselves" {
	dump x86_64-purpose
	vmlinux 64
	answers -s 1 vmlinux x86_64-purpose 'vtop cpu_info; vtop cpu_info:1 &cpu_info:1+4; region cpu_info:all; rd -8 cpu_info:all 2; vtop cpu_info:2; vtop schedule:0 schedule:all' <<-END
	cpu_info status=error message="~per-CPU variable"
	cpu_info:1 status=mapped virtual=0xffff88800003c200
	&cpu_info:1+4 status=mapped virtual=0xffff88800003c204
	cpu_info:0 percpu_symbol=cpu_info+0x0 cpu=0
	cpu_info:1 percpu_symbol=cpu_info+0x0 cpu=1
	cpu_info:0 address=0xffff88800003a200 values.#=2
	cpu_info:1 address=0xffff88800003c200 values.#=2
	cpu_info:2 status=error message="~no CPU 2"
	schedule:0 status=error message="~not a per-CPU variable"
	schedule:all status=error message="~not a per-CPU variable"
	END
	answers -s 1 vmlinux x86_64-purpose 'sym cpu_info cpu_info:all ffff88800003c210; sym phys_startup:0' <<-END
	cpu_info address=0x200 percpu=true cpu=-
	cpu_info:0 address=0xffff88800003a200 cpu=0
	cpu_info:1 address=0xffff88800003c200 cpu=1
	ffff88800003c210 name=cpu_info offset=16 cpu=1
	phys_startup:0 status=error
	END
}

@test "type, file and line; names with a part; all names; names that are near" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'sym schedule; sym init_task linux_banner phys_startup' <<-END
	schedule type=T file=~vmlinux.c line=*
	init_task type=D line=-
	linux_banner type=R
	phys_startup type=A
	END
	"$KWALK" -c 'sym schedule+4' vmlinux x86_64 >out
	grep -q '^ffffffff81002004 (T) schedule+0x4 .*vmlinux\.c:[0-9]*$' out
	answers -s 1 vmlinux x86_64 'sym -q memory_f migrate_p; sym -q no_such_part; sym -l nowhere' <<-END
	memory_f name=memory_failure file=~vmlinux.c
	migrate_p name=migrate_pages
	no_such_part status=error
	nowhere status=error
	END
	[ "$("$KWALK" -c 'sym -l' vmlinux x86_64 | cut -d' ' -f1,3 | sort)" = "$(
		nm vmlinux | cut -d' ' -f1,3 | sort)" ]
	answers vmlinux x86_64 'sym -q memory_f' <<<'memory_f name=memory_failure'
	answers -s 1 vmlinux x86_64 'sym schedul init_taks shedlue; vtop schedul' <<-END
	schedul status=error message="~did you mean schedule?"
	init_taks status=error message="~did you mean init_task?"
	shedlue status=error message="~in vmlinux"
	schedul status=error message="~did you mean schedule?"
	END
}

@test "a symbol as the kernel's traces have it" {
	dump x86_64
	vmlinux 64
	answers -s 1 vmlinux x86_64 'vtop schedule+0x10/0xc7; vtop schedule+0x10/zz 10/20' <<-END
	schedule+0x10/0xc7 status=mapped virtual=0xffffffff81002010
	schedule+0x10/zz status=error
	10/20 status=error
	END
}

@test "file and line by each version of DWARF, without its index of addresses, compressed" {
	local compiler version line

	needs addr2line
	dump x86_64
	for compiler in gcc clang; do
		command -v $compiler >/dev/null || continue
		for version in 2 3 4 5; do
			X86_CC=$compiler DEBUG=-gdwarf-$version vmlinux 64
			line=$(addr2line -e vmlinux ffffffff81002000)
			line=${line##*:} line=${line%% *}
			objcopy --remove-section .debug_aranges vmlinux
			answers vmlinux x86_64 'sym schedule' <<-END || { echo "$compiler $version"; return 1; }
				schedule file=~vmlinux.c line=$line unit=~vmlinux.c
			END
		done
	done
	objcopy --compress-debug-sections=zlib vmlinux
	"$KWALK" -c 'sym schedule' vmlinux x86_64 | grep "vmlinux.c:$line$"
}

@test "lines are the same whether symbols are asked one after the other, alone or backwards" {
	local name

	dump x86_64
	DEBUG=-g vmlinux 64
	for index in yes no; do
		[ $index = yes ] || objcopy --remove-section .debug_aranges vmlinux
		"$KWALK" -q vmlinux x86_64 -c 'sym -q -v s' | grep '\.c:' | cut -d ' ' -f 1,4- >listed
		[ "$(wc -l <listed)" -ge 2 ]
		tac listed | while read -r name; do
			echo "sym ${name%% *}"
		done >backwards
		"$KWALK" -q vmlinux x86_64 -x backwards | tac | cut -d ' ' -f 1,4- | diff listed -
	done
}

@test "lines of a long list, where each unit has code in several sections" {
	local i

	dump x86_64
	# The code at the higher addresses is first in each line table. It is not in the list, but a
	# function above it is. The functions of a unit are far apart, and lines become lower, too.
	for i in {10..49}; do
		cat >"part$i.c" <<-END
		__attribute__((section(".text.pipes"))) int other$i(void) { return $i; }
		#line ${i}00
		__attribute__((section(".text.zz"))) int many_a$i(void) { return 1; }
		__attribute__((section(".text.zy"))) int many_c$i(void) { return 2; }
		#line ${i}90
		__attribute__((section(".text.zx"))) int many_d$i(void) { return 3; }
		#line ${i}50
		__attribute__((section(".text.zx"))) int many_e$i(void) { return 4; }
		END
		printf 'many_%s part%s.c:%s\n' "a$i" "$i" "${i}00" "c$i" "$i" "${i}01" "d$i" "$i" "${i}90" "e$i" "$i" "${i}50"
	done >wanted
	echo '__attribute__((section(".text.pipes"))) int many_b(void) { return 1; }' >part50.c
	echo "many_b part50.c:1" >>wanted
	${X86_CC:-${CC:-cc}} -m64 -mcmodel=kernel -g -O1 -ffreestanding -fno-pic -fcf-protection=none \
		-fno-asynchronous-unwind-tables -c part*.c
	ld -m elf_x86_64 -r -o many.o part*.o
	MORE=$PWD/many.o vmlinux 64
	sort -o wanted wanted
	"$KWALK" -q vmlinux x86_64 -c 'sym -q -v many_' | cut -d ' ' -f 3- | sort | diff - wanted
	# more than 100 symbols: their lines only on request
	"$KWALK" -q vmlinux x86_64 -c 'sym -q many_' | cut -d ' ' -f 3- | sort | diff - <(sed 's/ .*//' wanted)
	"$KWALK" -q vmlinux x86_64 -c 'sym -q many_a' | cut -d ' ' -f 3- | sort | diff - <(grep many_a wanted)
	# one after the other: the code of each unit begins at the end of another unit's code
	sed 's/^/sym /; s/ part.*//' wanted >asked
	"$KWALK" -q vmlinux x86_64 -x asked | cut -d ' ' -f 3- | diff - wanted
}

@test "an offset that the user set and the dump contradicts makes each address doubtful" {
	local line offset

	dump x86_64-kaslr
	vmlinux 64
	offset=$("$KWALK" -q -j -c info vmlinux x86_64-kaslr | sed -n 's/.*"fact":"kaslr_offset","value":"\(0x[0-9a-f]*\)".*/\1/p')
	[ -n "$offset" ]
	for line in 'sym schedule' 'sym -q sched' 'whatis schedule' 'region schedule' 'vtop schedule'; do
		"$KWALK" -q -j -o kaslr_offset=1000000 -c "$line" vmlinux x86_64-kaslr 2>complaints >answer || [ $? = 1 ]
		grep -q '"doubts":\[{"fact":"kaslr_offset","why":"option -o says 0x1000000, but VMCOREINFO .* says '"$offset"'"}' answer
		"$KWALK" -q -j -o "kaslr_offset=$offset" -c "$line" vmlinux x86_64-kaslr 2>complaints >answer
		not grep -q '"fact":"kaslr_offset"' answer
		[ ! -s complaints ]
	done
	"$KWALK" -q -o kaslr_offset=1000000 -c 'sym schedule; sym schedule' vmlinux x86_64-kaslr 2>complaints >answer
	[ "$(grep -c 'sym: doubtful: kaslr_offset' complaints)" = 2 ]
	[ "$(grep -c 'warning: kaslr_offset' complaints)" = 1 ]
}
