#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# info: the facts, found from each source.
bats_require_minimum_version 1.5.0
load common

@test "x86-64: from the note and the tables" {
	dump x86_64 x86_64-kaslr x86_64-5level
	facts x86_64 <<-END
	arch x86_64
	levels 4
	release 6.1.0-18-amd64
	page_offset 0xffff888000000000
	kaslr_offset 0x0
	phys_base 0x0
	swapper_pg_dir 0xffffffff81410000
	root 0x1410000
	memory_model vmemmap
	vmemmap 0xffffea0000000000
	struct_page_size 64
	vmlinux none
	END
	# phys_base = 1000000 - 1b200000
	facts x86_64-kaslr <<-END
	arch x86_64
	page_offset 0xffff9c2380000000
	kaslr_offset 0x1a200000
	phys_base -0x1a200000
	swapper_pg_dir 0xffffffff9b610000
	root 0x1410000
	memory_model vmemmap
	vmemmap 0xffffe6c5c0000000
	END
	facts x86_64-5level <<-END
	levels 5
	page_offset 0xff11000000000000
	root 0x1410000
	vmemmap 0xffd4000000000000
	END
}

@test "x86-64: with a vmlinux, and from QEMU's note" {
	dump x86_64-kaslr x86_64-qemu
	vmlinux 64
	facts vmlinux x86_64-kaslr <<-END
	arch x86_64
	page_offset 0xffff9c2380000000
	kaslr_offset 0x1a200000
	memory_model vmemmap
	vmemmap 0xffffe6c5c0000000
	struct_page_size 64
	vmlinux vmlinux
	END
	facts x86_64-qemu <<-END
	arch x86_64
	levels 4
	page_offset 0xffff888000000000
	root 0x1410000
	END
	facts vmlinux x86_64-qemu <<-END
	page_offset 0xffff888000000000
	kaslr_offset 0x0
	phys_base 0x0
	swapper_pg_dir 0xffffffff81410000
	root 0x1410000
	memory_model vmemmap
	vmemmap 0xffffea0000000000
	release 6.1.0-18-amd64
	END
}

@test "i386 and PAE" {
	dump i386 i386-kaslr i386-discontig i386-split-b0000000 pae i386-qemu pae-qemu
	vmlinux 32
	facts i386 <<-END
	arch i386
	levels 2
	page_offset 0xc0000000
	swapper_pg_dir 0xc1410000
	root 0x1410000
	memory_model flatmem
	mem_map 0xc1a00000
	struct_page_size 32
	END
	# KASLR: _stext of the note less vmlinux's
	facts vmlinux i386-kaslr <<-END
	arch i386
	page_offset 0xc0000000
	kaslr_offset 0x400000
	root 0x1810000
	END
	facts i386-discontig <<<'memory_model discontigmem'
	facts i386-split-b0000000 <<-END
	page_offset 0xb0000000
	root 0x1410000
	END
	facts pae <<-END
	arch pae
	levels 3
	page_offset 0xc0000000
	root 0x1410000
	memory_model sparsemem
	END
	facts i386-qemu <<-END
	arch i386
	page_offset 0xc0000000
	root 0x1410000
	END
	facts pae-qemu <<-END
	arch pae
	page_offset 0xc0000000
	root 0x1410fe0
	END
}

@test "-o sets a fact, and info says where it comes from" {
	dump x86_64
	facts -o page_offset=0xffff888000000000 -o phys_base=0 x86_64 <<<'phys_base 0x0'
	python3 - <<-'END'
	import json
	for line in open("answers"):
	    a = json.loads(line)
	    assert a["source"], line
	END
}

@test "sources that disagree are reported" {
	dump x86_64-contradiction
	vmlinux 64
	facts vmlinux x86_64-contradiction <<<'kaslr_offset 0x200000'
	grep '"kaslr_offset"' answers | grep -q '0x0'
	facts -o page_offset=0xffff880000000000 x86_64-contradiction <<<'page_offset 0xffff880000000000'
	grep '"page_offset"' answers | grep -q 0xffff888000000000
}

@test "sparse memory without vmemmap" {
	dump x86_64-sparse
	facts x86_64-sparse <<-END
	page_offset 0xffff880000000000
	memory_model sparsemem
	END
}

@test "a vmlinux of another kernel is named" {
	dump x86_64
	BUILD_ID=0xdead0000 vmlinux 64 5.10.0-28-amd64
	run --separate-stderr "$KWALK" vmlinux x86_64 -c 'ptov 0'
	[ "$status" -le 1 ]
	# shellcheck disable=SC2154 # by run
	[[ $stderr == *vmlinux*5.10.0-28-amd64* ]]
}

@test "info -v: every source, what it says, and the source that is used" {
	dump x86_64
	"$KWALK" -q -j x86_64 -c 'info -v' >answers
	python3 - <<-'END'
	import json
	voices = [json.loads(s) for s in open("answers")]
	def of(fact, verdict):
	    return [(v.get("value"), v["source"]) for v in voices if v["fact"] == fact and v["verdict"] == verdict]
	assert of("phys_base", "taken") == [("0x0", "VMCOREINFO NUMBER(phys_base)")], of("phys_base", "taken")
	assert ("0xffffffff81410000", "VMCOREINFO SYMBOL(init_top_pgt)") in of("swapper_pg_dir", "agrees")
	assert (None, "vmlinux symbol init_top_pgt") in of("swapper_pg_dir", "silent")
	assert all(v["verdict"] != "differs" for v in voices)
	END
	dump x86_64-contradiction
	vmlinux 64
	"$KWALK" -q vmlinux x86_64-contradiction -c 'info -v' 2>/dev/null |
		grep -E '^kaslr_offset .* differs'
	"$KWALK" -q -o phys_base=1000000 x86_64 -c 'info -v' | grep -E '^phys_base +1000000 +taken +option -o'
	fails 1 'unknown option -x' x86_64 -c 'info -x'
}

@test "--strict refuses a vmlinux of another kernel" {
	dump x86_64
	vmlinux 64
	"$KWALK" --strict vmlinux x86_64 -c info >output
	BUILD_ID=0xdead0000 vmlinux 64 5.10.0-9-amd64
	"$KWALK" vmlinux x86_64 -c info >output 2>complaints
	complains @warning vmlinux
	fails 2 @format 'vmlinux --strict' --strict vmlinux x86_64 -c info
}

# differs VALUE...: the warning of the wrong vmlinux has both, no fact that info
# lists leans on it unmarked, and --strict refuses it.
differs() {
	local value

	"$KWALK" -q wrong kernel -c info >answers 2>complaints
	for value; do
		complains @warning wrong "$value"
	done
	grep -q '^vmlinux_match *does not belong to the dump' answers
	if grep -E 'vmlinux (symbol|debug|program)|in vmlinux' answers | grep -v 'doubtful: vmlinux is of another kernel'; then
		return 1
	fi
	fails 2 @format 'wrong --strict' --strict wrong kernel -c info
}

@test "a vmlinux of another build: release, build-id, banner, a debug file" {
	"$MKDUMP" "$DUMPS/x86_64.txt" kernel
	BUILD_ID=0xdead0001 vmlinux 64 5.10.0-9-amd64
	mv vmlinux wrong
	differs '"6.1.0-18-amd64"' '"5.10.0-9-amd64"'
	grep -q '^max_pfn .*doubtful' answers
	# Without a banner, as in a debug file, the build-id is what there is.
	BUILD_ID=0xdead0001 vmlinux 64
	objcopy --only-keep-debug vmlinux wrong
	differs '"c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"' '"dead0001"'
	# Without a build-id the banner of the same release.
	BUILD_ID=none vmlinux 64
	sed 's/#1 SMP/#2 SMP/' vmlinux >wrong
	if cmp -s vmlinux wrong; then
		return 1
	fi
	differs '#1 SMP' '#2 SMP'
	mv vmlinux right
	"$KWALK" -q right kernel -c info | grep -q '^vmlinux_match *matches the dump *linux_banner'
}

@test "a vmlinux of another build with the same banner: the build-id" {
	"$MKDUMP" "$DUMPS/x86_64.txt" kernel
	BUILD_ID=0xdead0001 vmlinux 64
	mv vmlinux wrong
	differs '"c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"' '"dead0001"'
}

@test "garbage as BUILD-ID, as some stable kernels write it: the notes in memory decide" {
	{
		echo "include $DUMPS/x86_64.txt"
		"$DUMPS/mkkallsyms" --build-id=c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00
		printf '%s\n' 'note VMCOREINFO' '  BUILD-ID=0123456789abcdef0123456789abcdef01234567' end
	} >described.txt
	"$MKDUMP" described.txt kernel
	vmlinux 64
	"$KWALK" -q --strict vmlinux kernel -c info >answers 2>complaints
	grep -q '^vmlinux_match *matches the dump *build-id in memory' answers
	[ ! -s complaints ]
	BUILD_ID=0xdead0001 vmlinux 64
	mv vmlinux wrong
	differs '"c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"' '"dead0001"'
}

@test "a fact that is made of doubtful ones is doubtful" {
	"$MKDUMP" "$DUMPS/i386-kaslr.txt" kernel
	BUILD_ID=0xdead0001 vmlinux 32 5.10.0-9-686
	mv vmlinux wrong
	differs '"6.1.0-18-686"' '"5.10.0-9-686"'
	for fact in kaslr_offset max_pfn; do
		grep -q "^$fact .*doubtful" answers
	done
}

@test "a vmlinux whose banner stands elsewhere, though nothing else shows that it is a wrong one" {
	"$MKDUMP" "$DUMPS/x86_64-qemu.txt" kernel
	vmlinux 64
	"$KWALK" -q -o kaslr_offset=0 vmlinux kernel -c info | grep -q '^vmlinux_match *matches the dump *linux_banner'
	"$KWALK" -q -o kaslr_offset=1000 vmlinux kernel -c info >answers 2>complaints
	complains @warning vmlinux 'banner is "at another address"'
	grep -q '^vmlinux_match *does not belong' answers
	# A debug file does not know how it goes on, but where.
	objcopy --only-keep-debug vmlinux vmlinux.debug
	"$KWALK" -q -o kaslr_offset=1000 vmlinux.debug kernel -c info 2>&1 | grep -q 'banner is "at another address"'
	"$KWALK" -q vmlinux.debug kernel -c info | grep -q '^release *6.1.0-18-amd64'
}

@test "without a note too, by the banner in memory" {
	dump x86_64-qemu
	vmlinux 64
	facts vmlinux x86_64-qemu <<<'release 6.1.0-18-amd64'
	[ ! -s complaints ]
	vmlinux 64 5.10.0-9-amd64
	facts vmlinux x86_64-qemu <<<'release 6.1.0-18-amd64'
	complains @warning vmlinux '"Linux version 6.1.0-18-amd64'
	grep -q '"does not belong to the dump","source":"banner"' answers
	fails 2 @format 'vmlinux --strict' --strict vmlinux x86_64-qemu -c info
	# Where the file has its banner, the dump has something else.
	describe other <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  OSRELEASE=
	  BUILD-ID=
	end
	at text_phys+0x200000: str "no banner\0"
	END
	vmlinux 64
	facts vmlinux other <<<'root 0x1410000'
	complains @warning 'vmlinux banner'
}

@test "what rests on a doubtful fact says so" {
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  SIZE(page)=
	end
	END
	vmlinux 64
	"$KWALK" -q -j vmlinux kernel -c 'vtop schedule' >answers
	"$KWALK" -q vmlinux kernel -c 'vtop schedule; ptov 1000; pfn_to_page 1' >>answers 2>&1
	cat answers
	not grep -qi doubt answers
	BUILD_ID=0xdead0001 vmlinux 64 5.10.0-9-amd64
	"$KWALK" -q -o kaslr_offset=0 -j vmlinux kernel -c 'vtop schedule; btop 1000' >answers 2>complaints
	python3 - <<-'END'
	import json
	vtop, btop = map(json.loads, open("answers"))
	doubts = {d["fact"]: d["why"] for d in vtop["doubts"]}
	assert doubts["struct_page_size"] == doubts["symbols"] == "vmlinux is of another kernel", doubts
	assert "root" not in doubts and "doubts" not in btop
	END
	"$KWALK" -q -o kaslr_offset=0 vmlinux kernel -c 'vtop schedule ffffffff81002000' >answers 2>complaints
	[ "$(grep -c '^  DOUBTFUL: .*symbols (vmlinux is of another kernel)' answers)" = 2 ]
	"$KWALK" -q -o kaslr_offset=0 vmlinux kernel -c 'vtop ffffffff81002000' >answers 2>complaints
	grep '^  DOUBTFUL: ' answers
	not grep -q symbols answers
	not grep -q '^kwalk: vtop' complaints
	"$KWALK" -q -o kaslr_offset=0 vmlinux kernel -c 'pfn_to_page 1' >answers 2>complaints
	[ "$(grep -c '^kwalk: pfn_to_page: doubtful: .*struct_page_size (' complaints)" = 1 ]
}

@test "what rests on another kernel's vmlinux fails, unless it is accepted" {
	local command how

	describe kernel <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  SIZE(page)=
	end
	END
	BUILD_ID=0xdead0001 vmlinux 64 5.10.0-9-amd64
	for command in 'pfn_to_page 1' 'phys_to_page 1000' 'vtop ffffffff81002000'; do
		for how in --command -jc; do
			fails 1 "kwalk: ${command%% *}: doubtful: struct_page_size (vmlinux is of another kernel); to use this vmlinux, set -o kaslr_offset=0x0" -q vmlinux kernel "$how" "$command"
			grep -q ffffea00000 output
		done
		"$KWALK" -q -o kaslr_offset=0x0 vmlinux kernel -c "$command" >answers 2>complaints
	done
	# Facts from the dump itself are answered.
	"$KWALK" -q vmlinux kernel -c 'ptov 1000; btop 1000; pte 8000000001410063; rd ffffffff81002000' >answers 2>complaints
	not grep -qE '^kwalk: (ptov|btop|pte|rd)' complaints
}

@test "symbols of another kernel's vmlinux give no address, unless their place is given" {
	dump x86_64
	BUILD_ID=0xdead0001 vmlinux 64 5.10.0-9-amd64
	for command in 'vtop schedule' 'sym schedule' 'sym ffffffff81002000' 'whatis schedule+2' 'rd schedule' 'sym -l'; do
		fails 1 @unknown "${command%% *} vmlinux kallsyms" -q -c "$command" vmlinux x86_64
		not grep -E '"0x[0-9a-f]*1002000"' output
	done
	fails 1 @unknown 'vtop schedule vmlinux -o kaslr_offset=0' -q -c 'vtop schedule' vmlinux x86_64
	"$KWALK" -q -o kaslr_offset=0 -c 'sym schedule; sym ffffffff81002000' vmlinux x86_64 >answers 2>complaints
	[ "$(grep -c '^ffffffff81002000 (T) schedule' answers)" = 2 ]
	complains @line 'sym: symbols' 'doubtful: symbols (vmlinux is of another kernel)'
	for command in 'sym -q sched' 'sym -l'; do
		"$KWALK" -q -o kaslr_offset=0 -c "$command" vmlinux x86_64 >answers 2>complaints
		grep -q '^ffffffff81002000 (T) schedule' answers
		complains @line 'sym: symbols vmlinux'
	done
	# The note's own symbols remain.
	"$KWALK" -q -c 'vtop init_top_pgt' vmlinux x86_64 2>/dev/null | grep -q ffffffff81410000
}

@test "the warning of a wrong vmlinux is short" {
	dump x86_64-qemu
	for release in 5.10.0-9-amd64 6.1.0-18-amd64; do
		vmlinux 64 $release
		sed 's/#1 SMP/#2 SMP/' vmlinux >wrong
		"$KWALK" -q -c 'btop 1000' wrong x86_64-qemu 2>complaints
		complains @warning wrong
		[ "$(wc -c <complaints)" -lt 250 ] || { cat complaints; return 1; }
	done
	complains @warning 'wrong banner' '"#1 SMP'
	complains @warning 'wrong banner' '"#2 SMP'
}

@test "doubt passes on, until a proof ends it" {
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  SYMBOL(swapper_pg_dir)=
	  SYMBOL(init_top_pgt)=
	  SYMBOL(mem_section)=
	end
	END
	BUILD_ID=0xdead0001 vmlinux 64 5.10.0-9-amd64
	"$KWALK" -q -j vmlinux kernel -c info >answers 2>complaints
	grep '"fact":"swapper_pg_dir".*"doubtful":true' answers
	grep '"fact":"mem_section".*"doubtful":true' answers
	grep '"fact":"vmemmap".*"source":"section_mem_map of the first section",.*"doubtful":true' answers
	# The page table maps itself there, from whatever source it is known.
	grep '"fact":"root","value":"0x1410000","source":"swapper_pg_dir and phys_base"}' answers
}

@test "a fact that its sources disagree about is doubtful" {
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  NUMBER(VMALLOC_START)=0xffffc80000000000
	end
	END
	vmlinux 64
	"$KWALK" -q -j vmlinux kernel -c 'vtop ffffffff81002000' >answers 2>complaints
	cat answers
	grep -F '"doubts":[{"fact":"vmalloc_start","why":"vmlinux symbol vmalloc_base, its value in the dump says 0xffffc90000000000, but VMCOREINFO NUMBER(VMALLOC_START) says 0xffffc80000000000"}]' answers
}

# set_facts DUMP NAME=VALUE...: -o sets each, and info shows it.
set_facts() {
	local fact

	for fact in "${@:2}"; do
		"$KWALK" -q -j -o "$fact" "$1" -c info >answers 2>complaints || true
		grep -F "\"fact\":\"${fact%%=*}\",\"value\":" answers |
			grep -E ":\"?${fact#*=}\"?,\"source\":\"option -o\"" && continue
		echo "$1: $fact"
		cat answers complaints
		return 1
	done
}

@test "-o sets every fact, in each mode" {
	local -a all=(release=9.8.7-x root=0x2000 page_offset=0xffff800000000000 kaslr_offset=-0x200000 phys_base=-0x100000
		swapper_pg_dir=0xffffffff81420000 sme_mask=0x800000000000 memory_model=sparsemem mem_map=0x1000
		vmemmap=0xffffe00000000000 mem_section=0x3000 struct_page_size=56 max_pfn=0x1234
		vmalloc_start=0xffffc80000000000 high_memory=0xf7000000
		vtd_root=0x5000 amd_device_table=0x6000)

	dump x86_64 x86_64-qemu x86_64-bare i386 i386-qemu pae pae-qemu
	for kernel in x86_64 x86_64-qemu x86_64-bare i386 i386-qemu pae pae-qemu; do
		set_facts "$kernel" "${all[@]}"
	done
	set_facts x86_64 levels=5 arch=x86_64
	set_facts x86_64-qemu levels=5
	set_facts i386 arch=pae arch=i386 levels=3
	# All that info lists is among them, or is no fact of the kernel.
	"$KWALK" -q -j x86_64 -c 'info -v' >answers
	while read -r fact; do
		[[ " ${all[*]} arch= levels=" == *" $fact="* ]] || { echo "$fact"; return 1; }
	done < <(sed 's/.*"fact":"\([a-z_]*\)".*/\1/' answers | sort -u)
}

@test "a fact that cannot be set is refused with a list of the others; so is a malformed value" {
	local fact

	dump x86_64
	for fact in dump_format=ELF vmlinux=x vmlinux_match=yes pages_present=1 pageoffset=0 =1; do
		fails 2 'arch levels page_offset kaslr_offset phys_base swapper_pg_dir root sme_mask memory_model mem_map
			vmemmap mem_section struct_page_size max_pfn vmalloc_start high_memory vtd_root amd_device_table release vmcoreinfo' -o "$fact" x86_64 -c info
	done
	for fact in arch=vax levels=6 levels=x root=-1 root= root=xyz memory_model=none struct_page_size=0 release= \
		phys_base=1g sme_mask=0x11112222333344445; do
		fails 2 "${fact%%=*}" -o "$fact" x86_64 -c info
	done
	fails 2 'root NAME=VALUE' -o root x86_64 -c info
}

@test "a VMCOREINFO file stands in for a missing note, in each mode" {
	local kernel

	for kernel in x86_64 x86_64-kaslr x86_64-5level x86_64-sparse i386 i386-kaslr i386-discontig pae; do
		dump $kernel
		"$KWALK" -q -j $kernel -c 'info; ptov 0; pfn_to_page 100' | sed 1d >want
		python3 - $kernel <<-'END'
		import struct, sys
		data = open(sys.argv[1], "rb").read()
		at = data.index(b"VMCOREINFO\0")
		size = struct.unpack_from("<I", data, at - 8)[0]
		open("note", "wb").write(data[at + 12:][:size])
		open("bare", "wb").write(data[:at] + b"X" + data[at + 1:])
		END
		"$KWALK" -q -j -o vmcoreinfo=note bare -c 'info; ptov 0; pfn_to_page 100' | sed 1d >got
		diff want got
		"$KWALK" -q -j bare -c 'info; ptov 0; pfn_to_page 100' 2>&1 | sed 1d >without || true
		not cmp -s want without
	done
	fails 2 'nowhere' -o vmcoreinfo=nowhere bare -c info
}

@test "a fact from the IDT and a file's symbol names the file" {
	printf 'let kaslr 0x1a200000\ninclude %s\n' "$(realpath --relative-to=. "$DUMPS")/x86_64-qemu.txt" >kaslr.txt
	"$MKDUMP" kaslr.txt kaslr
	vmlinux 64
	{ echo "ffffffff81000000 T startup_64"; nm vmlinux; } | sort >System.map
	for file in vmlinux System.map; do
		"$KWALK" -q -c info "$file" kaslr |
			grep -x "kaslr_offset  *1a200000  *IDT of the first CPU minus $file's symbol, proved by linux_banner"
	done
}

@test "the last line says how many facts are known, and what answers rest on" {
	dump x86_64 x86_64-contradiction
	vmlinux 64
	"$KWALK" -q -j -c info x86_64 >answers
	tail -n 1 answers | grep -E '"fact":"summary","value":"1[0-9] facts, 0 in doubt","source":"VMCOREINFO: the dump.s note; symbols: [a-zA-Z]*; types: none"'
	"$KWALK" -q -j -c info vmlinux x86_64-contradiction >answers || true
	tail -n 1 answers | grep -E '"fact":"summary","value":"1[0-9] facts, [1-9] in doubt","source":".*; symbols: vmlinux; types: vmlinux"'
	"$KWALK" -q -c info vmlinux x86_64-contradiction | tail -n 1 | grep -q '^summary  *1[0-9] facts, [1-9] in doubt'
}

@test "dump_trouble: a sentence stands after the source, in records it is the value" {
	dump x86_64
	head -c -3000 x86_64 >short
	"$KWALK" -q -c info short >text 2>complaints
	grep -qE '^dump_trouble +yes +short: the file is cut short: [0-9]+ bytes' text
	[ "$(grep -c '^FACT' text)" = 1 ]
	"$KWALK" -q -j -c info short 2>complaints >answers
	json_hold 'it.get("fact") != "dump_trouble" or it["value"].startswith("the file is cut short")' answers
	grep -q dump_trouble answers
}

@test "data that the writer overwrote, in a core and in a kdump-compressed file" {
	describe elf <<-END
	include $DUMPS/x86_64-tasks.txt
	note ERASEINFO type=0: str "erase task_struct.comm 16\nerase super_secret 8\n"
	END
	"$KWALK" -q -j -c info elf >out
	[ "$(grep -c '"fact":"erased"' out)" = 2 ]
	grep -F '"value":"erase super_secret 8"' out
	describe kdump <<-END
	include $DUMPS/kdump.inc
	kdump version=6 erased_size=27
	END
	[ "$("$KWALK" -q -c info kdump | grep -c '^erased  *the writer erased some data ')" = 1 ]
	dump x86_64-tasks
	[ "$("$KWALK" -q -j -c info x86_64-tasks | grep -c erased)" = 0 ]
}

@test "the registers of CPU 0 are of another kernel than the note" {
	# capture RIP: CPU 0 runs a kernel at 24M
	capture() {
		describe both <<-END
		include $DUMPS/x86_64-4level-qemu.inc
		include $DUMPS/x86_64-note.inc
		let other 24M
		at other: u64 seq 512 0 0
		at other+8*273: u64 pud_direct|KTABLE
		at other+8*511: u64 other+4K+3
		at other+4K+8*510: u64 other+8K+3
		at other+8K+8*$2: u64 24M|0x1e3
		note QEMU cpu cr0=0x80050033 cr4=0x3506f0 idt=0xfffffe0000000000 cr3=24M rip=$1
		END
		"$KWALK" -q -c 'info' both >out 2>complaints
	}
	# at the same virtual address, and at another one
	capture text 8
	grep 'warning: CPU 0 runs another kernel than the kernel of the note VMCOREINFO' complaints
	grep '^cpu_kernel  *CPU 0 runs another kernel' out
	capture 0xffffffff82000123 16
	grep 'warning: CPU 0 runs another kernel' complaints
	# nothing is known of this table
	capture 0x1000 16
	not grep 'another kernel' complaints out
}
