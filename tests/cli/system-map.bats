#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A System.map in vmlinux's place: symbols without sizes, types or a release.
load common

# map 64|32|pae [RELEASE]: System.map of that vmlinux, with the symbol that an
# x86 kernel starts at.
map() {
	local start=startup_64

	[ "$1" = 64 ] || start=startup_32
	vmlinux "$@"
	{
		nm -n vmlinux
		nm vmlinux | sed -n "s/ _text\$/ $start/p"
	} | sort >System.map
	mv vmlinux real
}

# said NAME VALUE [FILE...]: what info says of a fact: its value, or its source.
said() {
	"$KWALK" -q "${@:3}" -c info >answers 2>complaints
	grep -qE "^$1 .*$2" answers || { cat answers complaints; return 1; }
}

@test "symbols, moved by KASLR, and facts from them" {
	dump x86_64-kaslr
	map 64
	answers System.map x86_64-kaslr 'sym schedule schedule+4 ffffffff9b202010' <<-END
	schedule status=ok address=0xffffffff9b202000
	schedule+4 status=ok
	ffffffff9b202010 status=ok name=schedule offset=16
	END
	"$KWALK" -q -j real x86_64-kaslr -c 'sym schedule' | grep -q 0xffffffff9b202000
	# The last symbol has no size, but the image ends.
	fails 0 '' System.map x86_64-kaslr -c 'sym &_end'
	fails 1 'no symbol covers' System.map x86_64-kaslr -c 'sym &_end+10'
	said page_offset 'ffff9c2380000000 +System.map symbol page_offset_base, its value in the dump' System.map x86_64-kaslr
	said vmlinux_kind System.map System.map x86_64-kaslr
	"$KWALK" -q System.map x86_64-kaslr -c 'info -v' | grep -E '^kaslr_offset .*SYMBOL\(_stext\) minus _stext of System.map'
	"$KWALK" -v System.map x86_64-kaslr -c info 2>&1 | grep 'fact: vmlinux\|fact: page_offset: .*System.map symbol'
}

@test "facts that vmlinux and a map give alike" {
	local width name

	for name in 64/x86_64-qemu 32/i386-kaslr 32/i386-discontig pae/pae pae/pae-kaslr 32/i386-highmem; do
		width=${name%/*} name=${name#*/}
		dump "$name"
		map "$width"
		"$KWALK" -q -j real "$name" -c 'info; regions; vtop schedule init_task linux_banner' >with 2>/dev/null || true
		"$KWALK" -q -j System.map "$name" -c 'info; regions; vtop schedule init_task linux_banner' >without 2>/dev/null || true
		python3 - <<-'END'
		import json
		def facts(name):
		    return {tuple(a.get(k) for k in ("command", "fact", "region", "input")):
		            [a.get(k) for k in ("value", "start", "end", "physical", "status")]
		            for a in map(json.loads, open(name))
		            if not str(a.get("fact")).startswith(("vmlinux", "summary")) and a.get("region") != "hole"}
		ours, theirs = facts("without"), facts("with")
		assert len(ours) > 15, ours
		ours.pop(("regions", None, "fixmap", None), None) # how long it is types tell
		wrong = {k: (v, theirs[k]) for k, v in ours.items() if theirs.get(k, v) != v}
		assert not wrong, wrong
		assert all(k in ours for k in theirs if k[0] == "vtop")
		END
	done
}

# carry INCLUDE OPTION...: the dump "kernel" with a kallsyms of its own, and its
# System.map.
carry() {
	{
		echo "include $DUMPS/$1"
		"$DUMPS/mkkallsyms" "${@:2}"
	} >kernel.txt
	"$MKDUMP" kernel.txt kernel
	"$DUMPS/mkkallsyms" "${@:2}" --map | sed 's/^\(.*\) . max_pfn$/&\n\1 B max_pfn_twice/' >System.map
}

@test "compared with the note's symbols, which prove no code, and with kallsyms" {
	dump x86_64
	map 64
	said vmlinux_match 'agrees with the dump in what was compared +symbols of VMCOREINFO' System.map x86_64
	carry x86_64-kaslr.txt
	said vmlinux_match 'matches the dump +addresses in kallsyms' System.map kernel
	carry pae.txt --pointer=4
	said vmlinux_match 'matches the dump +addresses in kallsyms' System.map kernel
}

@test "a function that is longer in another build, and moves those after it" {
	carry x86_64-kaslr.txt
	sed -i 's/^ffffffff8102aec0 t filler_699$/ffffffff8102aed0 t filler_699/
		s/^ffffffff811ff000 T _etext/ffffffff8102af00 T _etext/' System.map
	said vmlinux_match 'does not belong to the dump +kallsyms' System.map kernel
	complains @warning System.map 'filler_699 at ffffffff9b22aec0"'
	"$KWALK" -q System.map kernel -c 'sym &filler_699' 2>/dev/null | grep -q ffffffff9b22aec0
}

@test "of another kernel: both values, facts doubtful, --strict refuses" {
	dump x86_64
	map 64
	sed -i 's/^\(.*\) D init_uts_ns$/ffffffff81fff080 D init_uts_ns/' System.map
	grep -q ffffffff81fff080 System.map
	said vmlinux_match 'does not belong to the dump' System.map x86_64
	complains @warning 'System.map VMCOREINFO' 'SYMBOL of VMCOREINFO is "init_uts_ns at'
	complains @warning 'System.map ffffffff81fff080'
	said max_pfn 'System.map symbol max_pfn, its value in the dump \(doubtful' System.map x86_64
	fails 2 @format 'System.map --strict' --strict System.map x86_64 -c info
	# No banner where the map says, and no note.
	dump x86_64-qemu
	map 64
	sed -i 's/^.* linux_banner$/ffffffff81001000 R linux_banner/' System.map
	fails 2 @format 'System.map --strict' -o kaslr_offset=0 --strict System.map x86_64-qemu -c info
}

@test "with a stripped vmlinux: symbols of the one, types and content of the other" {
	dump x86_64-qemu
	map 64
	objcopy --strip-all --keep-section='.debug*' real stripped
	"$KWALK" -q -j stripped System.map x86_64-qemu -c 'sym schedule' | grep -q 0xffffffff81002000
	said vmlinux_debug 'System.map +command line' System.map stripped x86_64-qemu
	said page_offset 'System.map symbol page_offset_base' stripped System.map x86_64-qemu
	# One file matches; this dump has nothing to compare the other with.
	said vmlinux_match 'not compared' stripped System.map x86_64-qemu
	sed -i 's/^.* linux_banner$/ffffffff81001000 R linux_banner/' System.map
	fails 2 @usage 'System.map stripped linux_banner' stripped System.map x86_64-qemu
	fails 2 @usage System.map System.map System.map x86_64-qemu
}

@test "found where no vmlinux is, if it is one, of use, and proved" {
	local name release=6.1.0-18-amd64

	mkdir -p debug/boot made
	carry x86_64.txt --code-only
	rm System.map # the folder of the dump would be searched, too
	"$DUMPS/mkkallsyms" --map >made/System.map
	for name in boot/System.map-$release System.map-$release System.map; do
		KWALK_DEBUG_PATH=debug said vmlinux none kernel
		cp made/System.map "debug/$name"
		KWALK_DEBUG_PATH=debug said vmlinux "debug/$name +found by" kernel
		said vmlinux_match 'matches the dump +addresses in kallsyms' made/System.map kernel
		KWALK_DEBUG_PATH=debug said max_pfn 'System.map symbol max_pfn' kernel
		rm "debug/$name"
	done
	cp made/System.map debug
	# Nothing is to be gained, or nothing proves it.
	carry x86_64.txt
	rm System.map
	KWALK_DEBUG_PATH=debug said vmlinux none kernel
	dump x86_64
	KWALK_DEBUG_PATH=debug said vmlinux none x86_64
	carry x86_64.txt --code-only
	rm System.map
	sed -i s/ffffffff81003600/ffffffff81003610/ debug/System.map
	KWALK_DEBUG_PATH=debug said vmlinux none kernel
	echo 'ffffffffffffffff B The real System.map is elsewhere' >debug/System.map
	KWALK_DEBUG_PATH=debug said vmlinux none kernel
	[ ! -s complaints ]
	vmlinux 64
	mv vmlinux debug
	KWALK_DEBUG_PATH=debug said vmlinux debug/vmlinux kernel
}

@test "a stub, a module's symbols, damage" {
	dump x86_64
	echo 'ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package' >System.map
	fails 2 'System.map holds no symbols; its first line says linux-image-<version>-dbg' System.map x86_64
	map 64
	cp System.map good
	printf 'ffffffffc0000000 t init_module\t[loop]\n' >>System.map
	fails 2 'System.map line module kallsyms' System.map x86_64
	for line in 'ffffffff81000000 T' 'ffffffff8100000g T x' 'c1000000 T x' 'ffffffff81000000 T two words' \
		'ffffffff81000000T x' ''; do
		{ cat good; echo "$line"; } >System.map
		fails 2 'System.map line not format' System.map x86_64
	done
	head -c -3 good >System.map
	fails 2 'System.map cut short' System.map x86_64
	grep -v startup good >System.map
	fails 2 'System.map x86 arm64' System.map x86_64
	map 32
	fails 2 'System.map i386 x86_64' System.map x86_64
	fails 2 'dump System.map' System.map
}

@test "KASLR does not move absolute symbols outside the image" {
	local offset

	dump x86_64-kaslr
	offset=$("$KWALK" -q -j -c info x86_64-kaslr | sed -n 's/.*"fact":"kaslr_offset","value":"\([^"]*\)".*/\1/p')
	cat >System.map <<-'END'
	ffffffff81000000 T _text
	ffffffff81000000 T startup_64
	ffffffff81002000 T schedule
	ffffffff81430000 A _end
	ffffffff865233dc A xen_elfnote_phys32_entry_value
	fffffffffffffff0 a FOLD_CONSTANT
	END
	answers System.map x86_64-kaslr 'sym _end schedule xen_elfnote_phys32_entry_value FOLD_CONSTANT' <<-END
	_end address=$(printf '%#x' $((0xffffffff81430000 + offset)))
	schedule address=$(printf '%#x' $((0xffffffff81002000 + offset)))
	xen_elfnote_phys32_entry_value address=0xffffffff865233dc
	FOLD_CONSTANT address=0xfffffffffffffff0
	END
}
