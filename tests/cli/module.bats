#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The files of modules: source lines of their functions, with a dump and without.
load common

# module FILE [FLAG...]: a module file that is linked as kbuild links it.
module() {
	${X86_CC:-${CC:-cc}} -m64 -mcmodel=kernel -O1 -g -ffreestanding -fno-pic -fno-stack-protector \
		-fno-asynchronous-unwind-tables -fcf-protection=none "${@:2}" -c "$DUMPS/module.c" -o part.o &&
		ld -m elf_x86_64 -r --build-id="${BUILD_ID:-0x1234567812345678123456781234567812345678}" \
			-o "$1" part.o
}

text=ffffffffc0000040 unlikely=ffffffffc0000800

# loaded FILE [SECTION=ADDRESS...]: the dump "loaded", in which this file is the module test_mod.
loaded() {
	{
		echo "include $DUMPS/x86_64-areas.txt"
		echo 'at pmd_fixmap[0]: u64 0x90000|TABLE'
		echo 'at 0x90000: u64 0x91000|0x161 0x92000|P|G|A|NX'
		"$DUMPS/mkmodule" "$1" .text=$text .text.unlikely=$unlikely \
			.note.gnu.build-id=ffffffffc0001010,0x92010 "${@:2}"
	} >loaded.txt
	"$MKDUMP" loaded.txt loaded
}

@test "variables of a module have the types in its file" {
	local format

	vmlinux 64
	for format in -gdwarf-4 -gdwarf-5 -gz; do
		module test_mod.ko $format
		loaded test_mod.ko .rodata=ffffffffc0001100,0x92100
		"$KWALK" -q -c 'p thing_state' -c 'p thing_limits' vmlinux loaded test_mod.ko >answers
		grep -q 'THING_BUSY' answers
		grep -q '3, -4, 5' answers
		"$KWALK" -q -c 'p thing_pair' vmlinux loaded test_mod.ko | grep -qx 'thing_pair = {first = 6, second = 7}'
	done
	"$KWALK" -q -c 'p thing_limits' vmlinux loaded >answers 2>&1
	grep -q 'debug file of its module' answers
	grep -qv -- '-4' answers
}

@test "types are not taken from the file of another build of a module" {
	vmlinux 64
	module test_mod.ko
	loaded test_mod.ko .rodata=ffffffffc0001100,0x92100
	module test_mod.ko -DOTHER
	"$KWALK" -q -c 'p thing_limits' vmlinux loaded test_mod.ko >answers 2>&1
	grep -q 'debug file of its module' answers
}

@test "the build-id in the memory of another module does not count" {
	vmlinux 64
	module test_mod.ko
	loaded test_mod.ko .rodata=ffffffffc0001100,0x92100
	{
		cat loaded.txt
		cat <<-'END'
		let other 0x46000
		at module+8: u64 d+other+8 data+0x2f00
		at text_phys+4M+0x2f00: u64 d+module+8 d+other+8
		at other+8: u64 data+0x2f00 d+module+8
		at other+24: str "other\0"
		at other+80: u64 module_base+0x3000 u32 0x1000 0 0x1000
		at 0x90000[3]: u64 0x93000|P|G|A|NX
		at 0x93010: u32 4 8 3 str "GNU\0" u64 0x1111111111111111
		END
	} | describe both
	"$KWALK" -q -c 'p thing_state' vmlinux both test_mod.ko >answers
	grep -q 'THING_BUSY' answers
	BUILD_ID=0x1111111111111111 module test_mod.ko
	"$KWALK" -q -c 'p thing_state' vmlinux both test_mod.ko >answers 2>&1
	grep -q 'test_mod.ko: is not used, because .* has another build-id' answers
	not grep -q 'THING_BUSY' answers
}

# functions FILE: each function with its section, its offset there and its size.
functions() {
	readelf -sW "$1" | awk '$4 == "FUNC" { print $8, $7, $2, $3 }' | while read -r name section at size; do
		echo "$name" "$(readelf -SW "$1" | sed -n "s/^ *\[ *$section\] \([^ ]*\).*/\1/p")" $((16#$at)) "$size"
	done
}

# line_of FILE SECTION OFFSET: what addr2line says, without the folder.
line_of() {
	addr2line -e "$1" -j "$2" "$(printf '%#x' "$3")" | sed 's,.*/,,; s, (disc.*,,'
}

@test "each byte of the functions of a module has the line that addr2line shows" {
	vmlinux 64
	for format in -gdwarf-4 -gdwarf-5 -gz; do
		module test_mod.ko $format
		loaded test_mod.ko
		functions test_mod.ko >list
		[ "$(wc -l <list)" = 3 ]
		: >commands
		while read -r name section at size; do
			base=$((16#$text))
			[ "$section" = .text ] || base=$((16#$unlikely))
			for ((i = 0; i < size; i++)); do
				printf 'sym %x\n' $((base + at + i)) >>commands
				line_of test_mod.ko "$section" $((at + i))
			done
		done <list >want
		"$KWALK" -q -j -x commands vmlinux loaded test_mod.ko >answers
		python3 -c '
import json, os, sys
for line in sys.stdin:
    answer = json.loads(line)
    print(os.path.basename(answer.get("file", "??")), answer.get("line", 0), sep=":")' <answers >got
		diff want got
		[ "$(wc -l <got)" -gt 80 ]
	done
}

@test "bt shows the functions that addr2line -i shows for an address in a module" {
	local format name at size i

	# of clang's code addr2line does not show all inlined functions
	[[ ${X86_CC:-} != *clang* ]] || X86_CC=gcc
	vmlinux 64
	for format in -gdwarf-4 -gdwarf-5 -gz 'no aranges'; do
		if [ "$format" = 'no aranges' ]; then # as clang leaves it out
			objcopy -R .debug_aranges -R .rela.debug_aranges test_mod.ko
		else
			module test_mod.ko "$format"
		fi
		loaded test_mod.ko
		read -r at size < <(functions test_mod.ko | sed -n 's/thing_work .text //p')
		: >got
		: >want
		for ((i = 0; i < size; i += 6)); do
			{
				cat loaded.txt
				echo 'at text_phys+4M+0x20b20: u64 1'
				printf 'note QEMU cpu rip=%#x ' $((16#$text + at + i))
				echo 'rsp=page_offset+0x63f10 rbp=0 cs=0x10 cr3=root cr4=0x20'
			} >ran.txt
			"$MKDUMP" ran.txt ran
			"$KWALK" -q -j -c 'bt -c 0' vmlinux ran test_mod.ko >answers || true
			python3 -c '
import json, os, sys
for line in sys.stdin:
    it = json.loads(line)
    if "symbol" in it and "line" in it:
        print(it["symbol"].split("+")[0], os.path.basename(it["file"]) + ":" + str(it["line"]),
              it["inlined"])' <answers >>got
			addr2line -i -f -e test_mod.ko -j .text "$(printf '%#x' $((at + i)))" |
				sed 's,.*/,,; s, (disc.*,,' | paste -d ' ' - - | sed '$!s/$/ True/; $s/$/ False/' >>want
		done
		diff want got
		grep -q '^inlined .* True$' got
	done
}

# lines_are FILE LINKED: annotate shows, for each return address in the functions of FILE, the line
# that addr2line shows for LINKED, the program that ld makes of FILE.
lines_are() {
	local name at size linked i line

	: >oops
	: >want
	while read -r name _ at size; do
		linked=$(readelf -sW "$2" | awk -v name="$name" '$4 == "FUNC" && $8 == name { print $2 }')
		for ((i = 1; i < size; i++)); do
			line=$(addr2line -e "$2" "$(printf '%#x' $((16#$linked + i - 1)))" | sed 's,.*/,,; s, (disc.*,,')
			[[ $line == *:[1-9]* ]] || continue
			printf ' %s+%#x/%#x [test_mod]\n' "$name" "$i" "$size" >>oops
			printf '%s+%#x %s\n' "$name" "$i" "$line" >>want
		done
	done < <(functions "$1")
	[ "$(wc -l <want)" -gt 60 ]
	"$KWALK" -q -c 'annotate oops' vmlinux "$1" >all
	sed -n 's/^    ^ .*\]: //p' all | sed 's/ (inlined: .*)//; s,^\([^ ]*\) \[test_mod\]\, .*/,\1 ,' | diff want -
}

@test "lines of the file of a module for i386" {
	local format

	# clang leaves a gap between functions, and a kernel counts the gap as a part of the first
	[[ ${X86_CC:-} != *clang* ]] || X86_CC=gcc
	vmlinux 32
	for format in -gdwarf-4 -gdwarf-5; do
		${X86_CC:-${CC:-cc}} -m32 -O1 -g $format -ffreestanding -fno-pic -fno-stack-protector \
			-fcf-protection=none -c "$DUMPS/module.c" -o test_mod.ko
		ld -m elf_i386 --unresolved-symbols=ignore-all -e 0 -o linked test_mod.ko
		lines_are test_mod.ko linked
	done
}

@test "sym, whatis and annotate show the lines of a module in the dump" {
	vmlinux 64
	module test_mod.ko
	loaded test_mod.ko
	objcopy --only-keep-debug test_mod.ko test-mod.ko.debug
	strip -g test_mod.ko
	work=$(functions test_mod.ko | sed -n 's/thing_work .text \(.*\) .*/\1/p')
	work=$(printf %x $((16#$text + work)))
	line=$(line_of test-mod.ko.debug .text $((16#$work - 16#$text)))
	answers vmlinux loaded test-mod.ko.debug "sym thing_work; whatis $work thing_work" <<-END
	thing_work name=thing_work module=test_mod line=${line#*:}
	$work source=~module.c:${line#*:}
	thing_work source=~module.c:${line#*:}
	END
	# up to the next symbol: a compiler may place it in the same section, or in the next
	next=$(functions test_mod.ko | awk -v own="$((16#$work - 16#$text))" '$2 == ".text" && $3 > own { print $3 }' |
		sort -n | head -n 1)
	size=$((next ? 16#$text + next - 16#$work : 16#$unlikely - 16#$work))
	printf ' thing_work+0x8/%#x [test_mod]\n' "$size" >oops
	"$KWALK" -q -c 'annotate oops' vmlinux loaded test-mod.ko.debug >all
	grep -q "^    ^ .*: $(printf %x $((16#$work + 8))), thing_work+0x8 \[test_mod\], .*module.c:" all
	# without the file there are symbols, but no lines
	answers vmlinux loaded "sym thing_work" <<<'thing_work name=thing_work file=- line=-'
	# with no vmlinux, too, the file is taken, and refused with the reason
	"$KWALK" -c 'sym schedule' test-mod.ko.debug loaded 2>complaints || true
	grep -q 'test-mod.ko.debug: is not used, because the dump has no symbols of a module test_mod' complaints
	# the stripped module has none
	run "$KWALK" -c 'sym thing_work' vmlinux loaded test_mod.ko
	[ "$status" = 2 ]
	[[ $output == *'test_mod.ko: is a module without debug information; give its debug file'* ]]
}

@test "the file of another build or module is refused" {
	vmlinux 64
	module test_mod.ko
	loaded test_mod.ko
	BUILD_ID=0x99 module short.ko
	BUILD_ID=0x9234567812345678123456781234567812345678 module id.ko
	module symbols.ko -DOTHER
	objcopy --remove-section=.note.gnu.build-id symbols.ko
	for file in id short symbols; do
		"$KWALK" -c 'sym thing_work' vmlinux loaded $file.ko >got 2>complaints
		grep -q "^kwalk: warning: $file.ko: is not used, because " complaints
		grep -qx '[0-9a-f]* ([tT]) thing_work \[test_mod\]' got
		run "$KWALK" --strict -c 'sym thing_work' vmlinux loaded $file.ko
		[ "$status" = 2 ]
	done
	"$KWALK" -c 'sym thing_work' vmlinux loaded id.ko 2>&1 | grep -q 'has another build-id'
	"$KWALK" -c 'sym thing_work' vmlinux loaded symbols.ko 2>&1 | grep -q 'of 3 symbols of the module'
	"$KWALK" -c 'sym thing_work' vmlinux loaded short.ko 2>&1 | grep -q 'has another build-id'
	# without a build-id in the file or in memory, the symbols decide
	objcopy --remove-section=.note.gnu.build-id test_mod.ko plain.ko
	"$KWALK" -c 'sym thing_work' vmlinux loaded plain.ko 2>&1 | grep -q 'module.c:'
	sed '/^at 0x92010:/d' loaded.txt >bare.txt
	"$MKDUMP" bare.txt bare
	"$KWALK" -c 'sym thing_work' vmlinux bare id.ko 2>&1 | grep -q 'module.c:'
	objcopy --set-section-flags .modinfo=alloc --update-section .modinfo=<(printf 'name=absent\0') test_mod.ko absent.ko
	"$KWALK" -c 'sym thing_work' vmlinux loaded absent.ko 2>&1 |
		grep -q 'the dump has no symbols of a module absent'
	${X86_CC:-${CC:-cc}} -m32 -fno-pic -g -c "$DUMPS/module.c" -o narrow.ko
	run "$KWALK" -c 'sym thing_work' vmlinux loaded narrow.ko
	[ "$status" = 2 ]
	[[ $output == *'narrow.ko: is a module for another machine than '* ]]
}

@test "annotate without a dump: functions of a module whose file is given" {
	vmlinux 64
	module test_mod.ko
	objcopy --only-keep-debug test_mod.ko test-mod.ko.debug
	read -r at size < <(functions test_mod.ko | sed -n 's/helper .text //p')
	read -r work rest < <(functions test_mod.ko | sed -n 's/thing_work .text //p')
	# Compilers differ in the order of functions. The last one ends anywhere.
	end=$((work > at ? work + 0x200 : at))
	{
		printf 'RIP: 0010:helper+0x5/%#x [test_mod]\n' "$size"
		printf ' helper+%#x/%#x [test_mod]\n' $((size - 1)) "$size"
		printf ' thing_work+0x10/%#x [test_mod 1234567812345678123456781234567812345678]\n' $((end - work))
		printf ' helper+0x1/%#x [test_mod]\n' $((size - 1))
		printf ' thing_none+0x2/0x20 [test_mod]\n'
		printf ' call+0x4/0x40 [a_driver]\n'
	} >oops
	{
		echo "helper+0x5 [test_mod], *$(line_of test_mod.ko .text $((at + 5)))"
		# a return address: the line of the call before it
		echo "helper+$(printf %#x $((size - 1))) [test_mod], *$(line_of test_mod.ko .text $((at + size - 2)))"
		echo "thing_work+0x10 [test_mod], *$(line_of test_mod.ko .text $((work + 15)))"
		echo "in the debug file of the module test_mod, helper has $(printf %#x "$size") bytes: is the file of another build?"
		echo "the debug file of the module test_mod has no such function"
		echo "the symbols of the module a_driver are only in a dump; its debug file (a_driver.ko) would show the source line"
	} >want
	for file in test_mod.ko test-mod.ko.debug; do
		"$KWALK" -q -c 'annotate oops' vmlinux $file >all
		sed -n 's/^    ^ .*\]: //p' all | sed 's/ (inlined: .*)//; s|\], .*/module\.c|], *module.c|' >got
		diff want got
		grep -q 'thing_work+0x10 .*module\.c:[0-9]* (inlined: inlined; called at .*module\.c:34)$' all
	done
	# the file of a module is no dump
	run "$KWALK" -c 'annotate oops' test_mod.ko
	[ "$status" = 2 ]
	[[ $output == *'test_mod.ko is the file of a module, not a dump; give a dump or a vmlinux, too'* ]]
}

# found PATH...: with the test's file at this path, a line is shown.
found() {
	mkdir -p "$(dirname "$1")"
	cp test-mod.ko.debug "$1"
	"$KWALK" "${@:2}" -c 'sym thing_work' k/vmlinux loaded >out 2>&1
	rm "$1"
	grep -q ' thing_work \[test_mod\] .*module.c:[1-9]' out
}

@test "the file of a module is found beside vmlinux or by its build-id" {
	vmlinux 64
	mkdir k
	mv vmlinux k/
	module test_mod.ko
	loaded test_mod.ko
	objcopy --only-keep-debug test_mod.ko test-mod.ko.debug
	export KWALK_DEBUG_PATH=$PWD/none:$PWD/debug
	not found unused
	for name in test_mod.ko.debug test-mod.ko.debug test_mod.ko test-mod.ko; do
		found k/$name
		found k/$name --sandbox=no
	done
	found debug/.build-id/12/34567812345678123456781234567812345678.debug
	not found debug/.build-id/12/34567812345678123456781234567812345679.debug
	not found debug/test_mod.ko.debug
	for place in lib usr/lib; do
		found debug/$place/modules/6.1.0-18-amd64/kernel/drivers/test/test-mod.ko.debug
		found debug/$place/modules/6.1.0-18-amd64/test_mod.ko --sandbox=no
	done
	not found debug/lib/modules/6.1.0-19-amd64/test-mod.ko.debug
	# links that form a cycle, and folders below each other without end
	deep=$PWD/debug/lib/modules/6.1.0-18-amd64/$(printf 'd/%.0s' {1..200})
	mkdir -p "$deep"
	ln -s .. debug/lib/modules/6.1.0-18-amd64/up
	not found unused
	rm -r debug
	# if nothing is to be searched, not even here
	KWALK_DEBUG_PATH='' not found k/test_mod.ko.debug
	# the file of another build is not used, and is not worth a warning
	module k/test_mod.ko -DOTHER
	"$KWALK" -c 'sym thing_work' k/vmlinux loaded >out 2>&1
	not grep -q 'module.c\|warning' out
	# nor a pipe, a folder, or a damaged file
	rm k/test_mod.ko
	mkfifo k/test_mod.ko
	mkdir k/test-mod.ko.debug
	head -c 3000 test-mod.ko.debug >k/test_mod.ko.debug
	"$KWALK" -c 'sym thing_work' k/vmlinux loaded >out 2>&1
	grep -qx '[0-9a-f]* ([tT]) thing_work \[test_mod\]' out
	# the name of the module in the dump leads to no other folder
	cp test-mod.ko.debug evil.ko.debug
	sed '$a at module+24: str "../evil\\0"' loaded.txt >evil.txt
	"$MKDUMP" evil.txt evil
	${CC:-cc} -shared -fPIC -o opened.so "$BATS_TEST_DIRNAME/opened.c"
	OPENED=$PWD/opened LD_PRELOAD=$PWD/opened.so ASAN_OPTIONS=verify_asan_link_order=0 \
		"$KWALK" -c 'sym thing_work' k/vmlinux evil >out 2>&1
	not grep -q 'module.c' out
	grep -q vmlinux opened
	not grep -q 'evil\.ko' opened
}

@test "damaged files of modules are refused, or have no lines" {
	vmlinux 64
	module test_mod.ko
	loaded test_mod.ko .rodata=ffffffffc0001100,0x92100
	python3 "$BATS_TEST_DIRNAME/module_damage.py" test_mod.ko damaged >damages
	[ "$(wc -l <damages)" -gt 20 ]
	while read -r name want; do
		got=0
		"$KWALK" -c 'sym thing_work ffffffffc0000045' -c 'p thing_state thing_limits' vmlinux loaded "damaged/$name.ko" >out 2>&1 || got=$?
		[ "$got" -lt 3 ] || { echo "$name: exit status $got"; cat out; return 1; }
		grep -qF "$want" out || { echo "$name: not: $want"; cat out; return 1; }
	done <damages
	# any byte of the headers and of the symbol table
	size=$(wc -c <test_mod.ko)
	for ((at = 0; at < 64 || at > size - 64; at += 3)); do
		cp test_mod.ko hurt.ko
		printf '\377' | dd of=hurt.ko bs=1 seek="$at" conv=notrunc status=none
		got=0
		"$KWALK" -q -c 'sym thing_work' vmlinux loaded hurt.ko >out 2>&1 || got=$?
		[ "$got" -lt 3 ] || { echo "byte $at: exit status $got"; cat out; return 1; }
	done
}

@test "compressed files of modules, given and found" {
	local pack end file

	vmlinux 64
	module test_mod.ko
	loaded test_mod.ko
	work=$(functions test_mod.ko | sed -n 's/thing_work .text \(.*\) .*/\1/p')
	line=$(line_of test_mod.ko .text "$work")
	mkdir -p debug/lib/modules/6.1.0-18-amd64/extra beside
	cp vmlinux beside
	for pack in 'gzip -nc|gz' 'xz -c|xz' 'zstd -qc|zst'; do
		end=${pack#*|} file=test_mod.ko.${pack#*|}
		command -v "${pack%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # words
		${pack%|*} test_mod.ko >"$file"
		answers vmlinux loaded "$file" 'sym thing_work' <<<"thing_work line=${line#*:}" || {
			grep -q 'needs libarchive' complaints && skip "no libarchive"
			return 1
		}
		cp "$file" "beside/test-mod.ko.$end"
		answers beside/vmlinux loaded 'sym thing_work' <<<"thing_work line=-"
		KWALK_DEBUG_PATH=$PWD/none answers beside/vmlinux loaded 'sym thing_work' <<<"thing_work line=${line#*:}"
		rm "beside/test-mod.ko.$end"
		cp "$file" debug/lib/modules/6.1.0-18-amd64/extra
		KWALK_DEBUG_PATH=$PWD/debug answers vmlinux loaded 'sym thing_work' <<<"thing_work line=${line#*:}"
		rm debug/lib/modules/6.1.0-18-amd64/extra/*
		# cut short, it is refused
		head -c 1000 "$file" >"cut.ko.$end"
		run "$KWALK" -c 'sym thing_work' vmlinux loaded "cut.ko.$end"
		[ "$status" = 2 ]
	done
}

@test "info lists the files of modules, used and refused" {
	vmlinux 64
	module test_mod.ko
	loaded test_mod.ko
	module other.ko -DOTHER
	"$KWALK" -q -j -c info vmlinux loaded other.ko test_mod.ko 2>/dev/null |
		grep '"fact":"module_file"' >files
	answer='it["value"], it["source"], it["module"], it["used"], "reason" in it'
	json_values "$answer" files | diff - <(echo '["other.ko","command line","test_mod",false,true]'
		echo '["test_mod.ko","command line","test_mod",true,false]')
	"$KWALK" -q -c info vmlinux loaded other.ko 2>/dev/null |
		grep -q '^module_file  *other.ko  *command line: .*is not used, because'
	# files that are found
	mkdir k
	cp vmlinux test_mod.ko k
	export KWALK_DEBUG_PATH=$PWD/none
	"$KWALK" -q -j -c 'info; sym thing_work; info' k/vmlinux loaded | grep '"fact":"module_file"' >files
	json_values "$answer" files | diff - <(echo "[\"k/test_mod.ko\",\"found\",\"test_mod\",true,false]")
	cp other.ko k/test_mod.ko
	"$KWALK" -q -j -c 'info; sym thing_work; info' k/vmlinux loaded | grep '"fact":"module_file"' >files
	json_values "$answer" files | diff - <(echo "[\"k/test_mod.ko\",\"found\",\"test_mod\",false,true]")
}

@test "mod: a row a module, and whose letters of taint" {
	vmlinux 64
	dump x86_64-areas x86_64-tasks
	answers vmlinux x86_64-areas 'mod; lsmod; mod -t' <<-END
	* command=mod status=ok address=0xffff888000042000 module=test_mod \
		base=0xffffffffc0000000 size=12288 file=-
	* command=mod module=test_mod
	* command=mod rows=0
	END
	describe none <<-END
	include $DUMPS/x86_64-areas.txt
	at text_phys+4M+0x2f00: u64 data+0x2f00 data+0x2f00
	END
	answers vmlinux none mod <<<'* command=mod status=ok rows=0'
	# word 2 is the name
	[ "$("$KWALK" -q -c mod vmlinux x86_64-areas | awk 'NR > 1 { print $2 }')" = test_mod ]
}
