#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Dumps of a small riscv64 kernel: the registers of its CPUs, KASLR, its Image, and what it maps for the device tree.
load common

# notes PID...: a note for each CPU of the machine, in the machine's order; the first is in text+0x2010, and so on.
notes() {
	local pid ip=0x2000

	for pid; do
		ip=$((ip + 16))
		echo "note CORE prstatus pid=$pid ip=text+$ip sp=direct+ram_base+$ip*16"
	done
}

# with NAME <LINES: a dump of the small kernel, and these lines.
with() { { echo "include $DUMPS/riscv64.txt"; cat; } | describe "$1"; }

# ips [DUMP...]: where each CPU was.
ips() { "$KWALK" -q -j -c panic vmlinux "$@" 2>complaints | head -n 1 | json_values '[cpu.get("ip") for cpu in it["cpus"]]'; }

@test "QEMU writes the registers in the machine's order of CPUs, and the kernel says which CPU is which" {
	vmlinux riscv64
	# CPUs 0, 1 and 2 of the kernel are 2, 0 and 1 of the machine
	with turned <<<"$(notes 1 2 3)"
	[ "$(ips turned)" = '["0xffffffff80002030","0xffffffff80002010","0xffffffff80002020"]' ]
	"$KWALK" -q -j -c 'bt -c 1' vmlinux turned 2>complaints | grep -q '"cpu":1,"frame":0,.*"address":"0xffffffff80002010"'
	# without numbers, too
	with unnumbered <<<"$(notes 0 0 0)"
	[ "$(ips unnumbered)" = '["0xffffffff80002030","0xffffffff80002010","0xffffffff80002020"]' ]
}

@test "notes with the pids of tasks are the kernel's, in the kernel's order of CPUs" {
	vmlinux riscv64
	with stopped <<<"$(notes 70 71 72)"
	[ "$(ips stopped)" = '["0xffffffff80002010","0xffffffff80002020","0xffffffff80002030"]' ]
}

@test "a CPU whose number in the machine is not known has no registers, rather than another CPU's" {
	vmlinux riscv64
	# no number, as of a CPU that was never started; the others have theirs
	with unknown <<-END
	$(notes 1 2 3)
	at text_phys+4M+0x18: u64 2 ~0 3
	END
	[ "$(ips unknown)" = '["0xffffffff80002030",null,null]' ]
	fails 1 @no-answer 'bt CPU 1' -c 'bt -c 1' vmlinux unknown
	grep -q "which registers in the dump are the CPU's is not known" complaints
	# no source of symbols has the numbers
	with turned <<<"$(notes 1 2 3)"
	sed -i 's/__cpuid_to_hartid_map/__cpuid_to_hartid_was/' vmlinux
	[ "$(ips turned)" = '[null,null,null]' ]
	# one CPU is the only one
	with single <<-END
	$(notes 1)
	at text_phys+4M+0x20980: u64 1
	at text_phys+4M+0x20b20: u64 1
	at text_phys+4M+0x18: u64 5
	END
	[ "$(ips single)" = '["0xffffffff80002010"]' ]
}

@test "KASLR moves the image, as far as it can: by the note, by vmlinux, and by the table in memory" {
	vmlinux riscv64
	describe moved <<-END
	let kaslr 0x3f400000
	include $DUMPS/riscv64.txt
	END
	{ cat moved.txt; echo 'container raw'; } >raw.txt
	"$MKDUMP" raw.txt raw
	for files in 'vmlinux moved' 'vmlinux raw@80000000'; do
		# shellcheck disable=SC2086 # two files
		facts $files <<-END
		kaslr_offset 0x3f400000
		kimage_voffset -0xc1c00000
		swapper_pg_dir 0xffffffffbf810000
		phys_offset 0x80000000
		root 0x81410000
		END
		# shellcheck disable=SC2086 # two files
		answers $files 'sym schedule; vtop linux_banner; region ffffffffbf400000; ptov 81c00123' <<-END
		schedule status=ok address=0xffffffffbf402000
		linux_banner status=mapped virtual=0xffffffffbf600000 physical=0x81200000 region=kernel-image
		ffffffffbf400000 region=kernel-image
		81c00123 virtual=0xffffffd601c00123
		END
	done
	facts raw@80000000 <<-END
	kimage_voffset -0xc1c00000
	swapper_pg_dir 0xffffffffbf810000
	root 0x81410000
	END
}

@test "Image and Image.gz: the build-id, and neither symbols nor types" {
	local file

	dump riscv64
	vmlinux riscv64
	"$DUMPS/mkvmlinuz" image vmlinux Image
	printf 'RSC\x05' | dd of=Image bs=1 seek=56 conv=notrunc status=none
	gzip -nc Image >Image.gz
	for file in Image Image.gz; do
		"$KWALK" -q -j "$file" riscv64 -c info >answers
		grep -q '"vmlinux_match","value":"matches the dump","source":"build-id"' answers
		grep -q '"fact":"summary",.*; types: none"' answers
	done
	BUILD_ID=0xdeadbeef00000000000000000000000000000000 vmlinux riscv64
	"$DUMPS/mkvmlinuz" image vmlinux Image
	printf 'RSC\x05' | dd of=Image bs=1 seek=56 conv=notrunc status=none
	"$KWALK" -q Image riscv64 -c info >answers 2>&1
	grep -q 'does not belong to th' answers
}

@test "an Image and its System.map: the banner is as far from the start as from _start" {
	dump riscv64
	vmlinux riscv64
	# Kernels have code before _text.
	nm -n vmlinux | sed 's/^ffffffff80000000 T _text$/ffffffff80000000 T _start\nffffffff80002000 T _text/; $a ffffffff80700000 T riscv_fill_hwcap' >System.map
	objcopy -I elf64-little -O binary -R '.note*' vmlinux Image
	printf 'RSC\x05' | dd of=Image bs=1 seek=56 conv=notrunc status=none
	"$KWALK" -q Image System.map riscv64 -c 'info; sym schedule' >answers
	grep -q '^vmlinux_debug  *System.map  *command line' answers
	grep -q '^[0-9a-f]*2000 (T) schedule' answers
	sed -i 's/^.* linux_banner$/ffffffff80001000 R linux_banner/' System.map
	fails 2 @usage 'System.map Image linux_banner' Image System.map riscv64
}

@test "check: the device tree's pages may pass the end of memory, and no others" {
	local nowhere

	nowhere='is mapped to an address that is neither memory nor a device: '
	vmlinux riscv64
	dump riscv64
	"$KWALK" -q -c check vmlinux riscv64 | grep -q '^tables *ok '
	# alarm NAME TEXT: one page of the dump is an alarm, which says this.
	alarm() {
		"$KWALK" -q -c check vmlinux "$1" >answers || true
		grep -q "^tables  *error  *1 page $nowhere$2" answers
	}
	# a flipped bit: the second page does not continue the first
	with flipped <<<'at pmd_fixmap[((fixmap_end-4M)>>21)&511]: u64 ((ram_base+32M)|1<<45)>>2|KDATA'
	alarm flipped 'the pmd entry .* maps ffffffc4fec00000 to 200082000000'
	# the same two pages, where no device tree is
	with elsewhere <<-END
	at pmd_fixmap[((fixmap_end-4M)>>21)&511]: u64 0
	at pmd_vmalloc[4]: u64 ((ram_base+30M)>>2)|KDATA ((ram_base+32M)>>2)|KDATA
	END
	alarm elsewhere 'the pmd entry .* maps ffffffc600a00000 to 82000000'
	# a small page that continues a small page
	with small <<-END
	at pmd_fixmap[((fixmap_end-4M)>>21)&511]: u64 ((ram_base+0x8000)>>2)|TABLE_
	at ram_base+0x8000: u64 ((ram_base+32M-4096)>>2)|KDATA ((ram_base+32M)>>2)|KDATA
	END
	alarm small 'the pte entry .* maps ffffffc4fec01000 to 82000000'
	# a large page after a small one, to the frame that follows
	with after <<-END
	at pmd_fixmap[((fixmap_end-6M)>>21)&511]: u64 ((ram_base+0x8000)>>2)|TABLE_
	at ram_base+0x8000+511*8: u64 ((ram_base+32M-4096)>>2)|KDATA
	END
	alarm after 'the pmd entry .* maps ffffffc4fec00000 to 82000000'
}
