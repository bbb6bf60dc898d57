#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Symbols and types that were compressed, or split off into files of their own.
load common

# The build-id that mkvmlinux writes, as a path.
id=c0/ffee00c0ffee00c0ffee00c0ffee00c0ffee00

# split [BUILD-ID]: vmlinux becomes full, stripped with a link, and vmlinux.debug.
split() {
	BUILD_ID=${1:-} vmlinux 64
	mv vmlinux full
	objcopy --only-keep-debug full vmlinux.debug
	objcopy --strip-all --add-gnu-debuglink=vmlinux.debug full stripped
	[ -z "$(nm stripped 2>/dev/null)" ]
}

# known FILE...: symbols and types are; the dump itself has neither.
known() {
	"$KWALK" -q -j "$@" x86_64-qemu -c 'info; sym schedule' >answers 2>complaints ||
		{ cat answers complaints; return 1; }
	if ! grep -q '"name":"schedule","address":"0xffffffff81002000"' answers ||
		! grep -q '"struct_page_size","value":64,"source":"vmlinux debug information"' answers; then
		cat answers
		return 1
	fi
}

# found BY PATH FILE...: they are, in the debug file PATH.
found() {
	known "${@:3}"
	grep -qF "\"vmlinux_debug\",\"value\":\"$2\",\"source\":\"$1\"" answers || { cat answers; return 1; }
}

# without_debug: the last answers name no debug file.
without_debug() {
	not grep vmlinux_debug answers
}

# lacks FILE...: symbols are not known.
lacks() {
	if "$KWALK" -q -j "$@" x86_64-qemu -c 'sym schedule' >answers 2>complaints; then
		cat answers
		return 1
	fi
	"$KWALK" -q -j "$@" x86_64-qemu -c info >answers 2>/dev/null
	grep -q '"vmlinux_symbols","value":"none"' answers && without_debug
}

@test "compressed debug sections" {
	local how

	dump x86_64-qemu
	vmlinux 64
	for how in zlib zlib-gnu; do
		objcopy --compress-debug-sections=$how vmlinux packed
		readelf -StW packed | grep -qE 'ZLIB|zdebug_info'
		known packed
	done
}

@test "compressed by what libdw may lack: types, or why there are none" {
	dump x86_64-qemu x86_64-tasks
	vmlinux 64
	objcopy --compress-debug-sections=zstd vmlinux packed || skip "no zstd in objcopy"
	known packed && return
	"$KWALK" -q -j packed x86_64-tasks -c tasks >answers 2>complaints || true
	complains @unknown 'tasks packed' 'has debug information that libdw cannot read'
}

# swell FILE SECTION: it says that it unpacks to 128 MiB.
swell() {
	python3 - "$@" "$(readelf -SW "$1" | sed -n "s/.* $2 .* \([0-9a-f]\{6\}\) [0-9a-f]\{6\} .*/\1/p")" <<-END
	import struct, sys
	name, section, offset = sys.argv[1:]
	file, at = bytearray(open(name, "rb").read()), int(offset, 16)
	if section.startswith(".zdebug"):
	    struct.pack_into(">Q", file, at + 4, 128 << 20)
	else:
	    struct.pack_into("<Q", file, at + 8, 128 << 20)
	open(name, "wb").write(file)
	END
}

@test "a small file whose debug sections unpack to a large one is not unpacked" {
	local how section

	dump x86_64-tasks
	vmlinux 64
	for how in zlib:.debug_info zlib-gnu:.zdebug_info; do
		section=${how#*:}
		objcopy --compress-debug-sections="${how%:*}" vmlinux packed
		swell packed "$section"
		"$KWALK" -q -j packed x86_64-tasks -c tasks >answers 2>complaints || true
		complains @unknown 'tasks packed' 'its unpacked size is impossible for a kernel'
	done
}

@test "a split vmlinux: both files, in any order, or one" {
	needs eu-strip
	dump x86_64-qemu
	split
	found 'command line' vmlinux.debug stripped vmlinux.debug
	found 'command line' vmlinux.debug vmlinux.debug stripped
	known vmlinux.debug
	without_debug
	lacks stripped
	complains @line 'schedule: stripped'
	eu-strip -f vmlinux.debug -o stripped full
	found 'command line' vmlinux.debug stripped vmlinux.debug
	known vmlinux.debug
}

@test "files that do not belong together" {
	dump x86_64-qemu
	split
	BUILD_ID=0xdeadbeef vmlinux 64
	objcopy --only-keep-debug vmlinux other.debug
	fails 2 @usage 'other.debug stripped' stripped other.debug x86_64-qemu
	fails 2 @usage 'full vmlinux' full vmlinux x86_64-qemu
	fails 2 @usage 'vmlinux.debug other.debug' vmlinux.debug other.debug x86_64-qemu
	known full vmlinux.debug
	vmlinux 32
	objcopy --only-keep-debug vmlinux other.debug
	fails 2 @usage 'other.debug stripped' stripped other.debug x86_64-qemu
}

@test "found by the link: beside it, in .debug, in a tree; by build-id" {
	local place

	dump x86_64-qemu
	split
	mkdir -p sub/.debug tree/.build-id/c0 "tree$PWD/sub" empty
	mv stripped vmlinux.debug sub
	for place in sub sub/.debug "tree$PWD/sub" tree; do
		[ "$place" = sub ] || mv sub/vmlinux.debug "$place/"
		KWALK_DEBUG_PATH=empty:tree "$KWALK" -q -j sub/stripped x86_64-qemu -c info | grep vmlinux_debug >answer
		grep -q '"source":".gnu_debuglink"' answer
		grep -q "$place/vmlinux.debug\"" answer
		KWALK_DEBUG_PATH=empty:tree known sub/stripped
		[ "$place" = sub ] || mv "$place/vmlinux.debug" sub/
	done
	# Without a path that was asked for, nothing is looked for.
	KWALK_DEBUG_PATH='' lacks sub/stripped
	mv sub/vmlinux.debug tree/.build-id/$id.debug
	KWALK_DEBUG_PATH=tree:empty found build-id tree/.build-id/$id.debug sub/stripped
	KWALK_DEBUG_PATH=empty lacks sub/stripped
}

@test "one of another build is not taken, by build-id or by checksum" {
	dump x86_64-qemu
	split
	BUILD_ID=0xdeadbeef vmlinux 64
	objcopy --only-keep-debug vmlinux vmlinux.debug
	KWALK_DEBUG_PATH=. lacks stripped
	split none # only the link's checksum proves that the file belongs to it
	readelf -n full | grep -q 'Build ID' && return 1
	KWALK_DEBUG_PATH=. found .gnu_debuglink "$PWD/vmlinux.debug" stripped
	found 'command line' vmlinux.debug stripped vmlinux.debug
	printf x >>vmlinux.debug
	KWALK_DEBUG_PATH=. lacks stripped
	fails 2 @usage 'vmlinux.debug stripped' stripped vmlinux.debug x86_64-qemu
}

@test "a link leads to no other folder, nor to itself, and a pipe is not waited for" {
	dump x86_64-qemu
	split
	mkdir sub
	mv stripped sub
	objcopy --remove-section=.gnu_debuglink sub/stripped
	{ printf '../vmlinux.debug\0\0\0\0'; printf 'abcd'; } >"$PWD/link"
	objcopy --add-section .gnu_debuglink=link sub/stripped
	KWALK_DEBUG_PATH=. lacks sub/stripped
	printf 'stripped' >"$PWD/link"
	objcopy --remove-section=.gnu_debuglink sub/stripped
	objcopy --add-section .gnu_debuglink=link sub/stripped
	KWALK_DEBUG_PATH=. lacks sub/stripped
	printf 'stripped\0\0\0\0abcd' >"$PWD/link"
	objcopy --remove-section=.gnu_debuglink sub/stripped
	objcopy --add-section .gnu_debuglink=link sub/stripped
	KWALK_DEBUG_PATH=. lacks sub/stripped
	rm vmlinux.debug
	split
	rm vmlinux.debug
	mkfifo vmlinux.debug
	KWALK_DEBUG_PATH=. lacks stripped
}

# Both share all their types, which dwz moves to supplement. Of DWARF 5 it knows
# no section that clang makes.
supplemented() {
	needs dwz
	X86_CC="${X86_CC:-${CC:-cc}} -gdwarf-4" vmlinux 64
	cp vmlinux again
	dwz -m supplement -M "$1" vmlinux again
	readelf -SW vmlinux | grep -q gnu_debugaltlink
}

@test "dwz's supplement: by its path, absolute or relative, by build-id" {
	local supplement

	dump x86_64-qemu
	mkdir sub
	supplemented "$PWD/supplement"
	KWALK_DEBUG_PATH=. known vmlinux
	supplemented ../sub/supplement
	mv vmlinux sub/vmlinux
	mv supplement sub/supplement
	KWALK_DEBUG_PATH=. known sub/vmlinux
	supplement=$(readelf -n sub/supplement | sed -n 's/.*Build ID: //p')
	mkdir -p "tree/.build-id/${supplement:0:2}"
	mv sub/supplement "tree/.build-id/${supplement:0:2}/${supplement:2}.debug"
	KWALK_DEBUG_PATH=tree known sub/vmlinux
	# Of a split one it is the debug file that has a supplement.
	objcopy --only-keep-debug sub/vmlinux vmlinux.debug
	objcopy --strip-all --add-gnu-debuglink=vmlinux.debug sub/vmlinux stripped
	KWALK_DEBUG_PATH=tree found .gnu_debuglink "$PWD/vmlinux.debug" stripped
	KWALK_DEBUG_PATH=tree known stripped vmlinux.debug
}

@test "dwz's supplement: members and enumerators in it, the rest beside it" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -j vmlinux x86_64-tasks -c 'tasks; vmas -p 1' >want
	supplemented "$PWD/supplement"
	KWALK_DEBUG_PATH=. "$KWALK" -q -j vmlinux x86_64-tasks -c 'tasks; vmas -p 1' >answers
	[ -s want ]
	cmp want answers
}

@test "dwz's supplement: missing, or of another file, and no type is guessed" {
	dump x86_64-tasks
	supplemented "$PWD/supplement"
	KWALK_DEBUG_PATH='' "$KWALK" -q -j vmlinux x86_64-tasks -c tasks >answers 2>complaints && return 1
	complains @unknown 'tasks vmlinux dwz' 'has its types in a supplementary file'
	mv supplement kept
	KWALK_DEBUG_PATH=. "$KWALK" -q -j vmlinux x86_64-tasks -c tasks >answers 2>complaints && return 1
	complains @unknown 'tasks vmlinux dwz'
	printf x >>kept
	objcopy --remove-section=.note.gnu.build-id kept supplement
	KWALK_DEBUG_PATH=. "$KWALK" -q -j vmlinux x86_64-tasks -c tasks >answers 2>complaints && return 1
	complains @unknown 'tasks vmlinux dwz'
}

# opened NAME: vmlinux with a .gnu_debugaltlink to NAME; what was opened is in the
# file "opened".
opened() {
	{ printf '%s\0' "$1"; printf '0123456789abcdef0123'; } >altlink
	rm -f opened
	objcopy --add-section .gnu_debugaltlink=altlink plain vmlinux
	OPENED=$PWD/opened LD_PRELOAD=$PWD/opened.so ASAN_OPTIONS=verify_asan_link_order=0 \
		KWALK_DEBUG_PATH=$PWD/tree "$KWALK" -q -c info vmlinux x86_64-qemu >/dev/null 2>&1
	grep -q "^open .*x86_64-qemu" opened || { cat opened; return 1; }
}

# never PATTERN: nothing was opened, nor looked at, that has it in its name.
never() {
	not grep "$1" opened
}

@test "a supplement's name opens nothing but a file in the folders of debug files" {
	${CC:-cc} -shared -fPIC -o opened.so "$BATS_TEST_DIRNAME/opened.c" ||
		no_compiler
	dump x86_64-qemu
	vmlinux 64
	mv vmlinux plain
	mkdir -p tree/sub tree-of-another
	echo text | tee aim tree/aim tree/sub/aim >tree-of-another/aim
	opened aim
	grep -q "^open $PWD/aim" opened
	opened ./tree/../aim
	grep -q "^open $PWD/aim" opened
	opened "$PWD/tree/sub/../aim"
	grep -q "^open $PWD/tree/aim" opened
	mkdir here
	mv plain here/plain
	cd here
	ln -s ../tree ../x86_64-qemu ../opened.so .
	opened ../tree/sub/aim
	grep -q 'tree/sub/aim' opened
	opened ../aim
	never aim
	opened ../tree-of-another/aim
	never aim
	opened ../tree/../aim
	never aim
	opened "${PWD%/here}/aim"
	never aim
	opened /dev/full
	never /dev/full
	opened tree/../../../../../../../../../../../../../../../../../../../../../dev/full
	never /dev/full
	# Where it may be looked at, it must be a file to be opened.
	mkfifo aim
	opened aim
	grep -q '^look .*here/aim' opened
	never '^open .*/aim'
	ln -sf /dev/full aim
	opened aim
	never '^open .*\(aim\|full\)'
}
