#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A kernel is found and proved in memory that says nothing of it.
load common

# raw NAME [LINE...]: that description's memory alone, with these lines more, as
# kernel. Nothing of a process is in the tables of the .inc files and of low-pae.
raw() {
	{
		echo 'container raw'
		case $1 in
		low-pae)
			printf '%s\n' "${lets[@]}"
			echo "include $DUMPS/pae.inc"
			echo 'segment paddr=0 memsz=32M'
			;;
		*.inc) echo "include $DUMPS/$1" ;;
		*) echo "include $DUMPS/$1.txt" ;;
		esac
		printf '%s\n' "${@:2}"
	} >kernel.txt
	"$MKDUMP" kernel.txt kernel
}

# unproved: nothing is found in kernel.
unproved() {
	fails 2 'kernel no kernel FILE@ADDRESS' -q -c info kernel
}

@test "each mode, in one file from 0 on" {
	raw x86_64
	"$KWALK" -q -j -c info kernel | grep '"raw memory"'
	facts kernel <<-END
	arch x86_64
	levels 4
	release 6.1.0-18-amd64
	root 0x1410000
	swapper_pg_dir 0xffffffff81410000
	phys_base 0x0
	page_offset 0xffff888000000000
	sme_mask 0x0
	END
	raw x86_64-5level.inc
	facts kernel <<-END
	levels 5
	root 0x1410000
	page_offset 0xff11000000000000
	END
	raw x86_64-kaslr
	"$MKDUMP" "$DUMPS/x86_64-kaslr.txt" whole
	for fact in root phys_base swapper_pg_dir page_offset; do
		"$KWALK" -q -j -c info whole | grep "\"$fact\"" | sed 's/,"source.*//' >want
		"$KWALK" -q -j -c info kernel | grep "\"$fact\"" | sed 's/,"source.*//' | cmp - want
	done
	raw i386-flat.inc
	facts kernel <<-END
	arch i386
	release 6.1.0-18-686
	root 0x1410000
	swapper_pg_dir 0xc1410000
	page_offset 0xc0000000
	END
	raw i386-kaslr
	facts kernel <<<'root 0x1810000'
	raw low-pae
	facts kernel <<-END
	arch pae
	levels 3
	root 0x1410000
	page_offset 0xc0000000
	END
}

@test "each split" {
	for split in 40000000 78000000 80000000 b0000000; do
		raw i386-split-$split
		facts kernel <<-END
		arch i386
		page_offset 0x$split
		swapper_pg_dir 0x$(printf %x $((0x$split + 0x1410000)))
		END
	done
	for split in 40000000 80000000; do
		lets=("let page_offset 0x$split" 'let pmd_fixmap 0x7000')
		raw low-pae
		facts kernel <<-END
		arch pae
		page_offset 0x$split
		END
	done
}

@test "the C-bit is distinguished from bits of the address" {
	raw x86_64-sme
	# what the kernel's own table has below half is not the kernel's
	unproved
	raw x86_64-sme 'at root[0]: u64 0'
	facts kernel <<-END
	root 0x1410000
	sme_mask 0x800000000000
	END
}

@test "vmlinux is compared with the banner that was found" {
	raw x86_64-kaslr
	dump x86_64-kaslr
	vmlinux 64
	facts vmlinux kernel <<-END
	kaslr_offset 0x$(strings -n 12 x86_64-kaslr | sed -n 's/^KERNELOFFSET=//p')
	END
	"$KWALK" -q -c info vmlinux kernel | grep 'matches the dump *linux_banner'
	vmlinux 64 6.1.0-18-other
	"$KWALK" -q -c info vmlinux kernel 2>&1 | grep 'does not belong to this dump'
}

@test "only what maps itself, the banner and the direct map is the kernel's table" {
	# the table that user mode runs with: a page above, without the direct map
	user='at root+4K+8*511: u64 pud_image|TABLE'
	raw x86_64 "$user"
	facts kernel <<<'root 0x1410000'
	raw x86_64 "$user" 'at root[273]: u64 0'
	unproved
	raw x86_64 'at root[3]: u64 pud_user|TABLE'
	unproved
	raw x86_64 'at pmd_image[image_row+2]: u64 0'
	unproved
	raw x86_64 'at pmd_image[image_row+1]: u64 0'
	unproved
	raw x86_64 'at text_phys+2M: str "Linux version x"'
	unproved
	raw i386-flat.inc 'at root[0]: u32 pte_user|TABLE'
	unproved
	raw i386-flat.inc 'at root[row_direct+5]: u32 0'
	unproved
	raw low-pae 'at root[0]: u64 pmd_user|P' 'at pmd_user[0]: u64 pte_user|TABLE'
	unproved
	raw low-pae 'at root[0]: u64 pmd_user|P'
	facts kernel <<<'root 0x1410000'
}

@test "a banner of the log or of a file is none" {
	raw x86_64 'at text_phys+2M+14+13: str "\0"'
	unproved
	raw x86_64 'at text_phys+2M+60: u8 10 65'
	unproved
	# copies before the right one
	raw x86_64 'at 0x1c40000: str "Linux version 6.1.0 (x)\0"' 'at 0x1c50ff8: str "Linux version 4.0 (y)\n\0"'
	facts kernel <<<'release 6.1.0-18-amd64'
}

@test "what an ended process left in freed parts of the image is not the kernel's table" {
	local free

	# Between .text and .rodata, and behind .bss.
	for free in 1M 7M; do
		raw x86_64 "at text_phys+$free+8*273: u64 pud_direct|KTABLE" "at text_phys+$free+8*511: u64 pud_image|TABLE"
		facts kernel <<<'root 0x1410000'
	done
}

@test "of several kernels none is taken but the one that is named" {
	raw x86_64 "$(second_kernel)"
	fails 2 'several kernels 1410000, 1800000 root=' -q -c info kernel
	facts -o root=1410000 kernel <<<'release 6.1.0-18-amd64'
	facts -o root=1800000 kernel <<<'release 5.4.0'
	facts -o arch=x86_64 -o root=1800000 kernel <<<'levels 4'
}

@test "a note in memory counts where the table proves it" {
	dump x86_64-raw
	facts x86_64-raw <<-END
	vmcoreinfo 0x1d00018
	struct_page_size 64
	root 0x1410000
	END
	# its release is of another kernel
	sed "s|^include |include $DUMPS/|" "$DUMPS/x86_64-raw.txt" >kernel.txt
	printf '%s\n' 'at text_phys+4M+0x80+130: str "6.9.9\0\0\0\0\0\0\0\0\0\0"' >>kernel.txt
	"$MKDUMP" kernel.txt kernel
	"$KWALK" -q -c info kernel >output
	[ "$(grep -c vmcoreinfo output)" = 0 ]
	grep -q 'linux_banner found in memory' output
}

@test "what is no kernel is no image" {
	printf '\001%100000s' x >kernel
	unproved
	fails 2 'no kernel arch=' -q -c info kernel@1000
	"$KWALK" -q -o arch=x86_64 -c info kernel >output
	grep -q 'raw memory' output
}

@test "memory full of false candidates does not hold us up" {
	python3 - <<-'END'
	import struct
	page = bytearray(4096)
	struct.pack_into("<Q", page, 4088, 0x1003)
	open("banners", "wb").write(b"Linux version 6" * (4 << 20))
	open("ended", "wb").write(b"Linux version 6.1\n\0" * (3 << 20))
	open("notes", "wb").write(b"OSRELEASE=\nSYMBOL(swapper_pg_dir)=c1000000\n\0" * (1 << 20))
	# each page a table whose last entry leads to the first of them
	struct.pack_into("<Q", page, 510 * 8, 0x1003)
	tables = bytearray(bytes(page) * 16384)
	for at in range(0, len(tables), 1 << 18):
	    tables[at:at + 19] = b"Linux version 6.1\n\0"
	open("tables", "wb").write(tables)
	# a two-level one that maps all memory in order, everywhere
	page = struct.pack("<256I", *(0,) * 256) + struct.pack("<768I", *((i << 22 & 0x3ffffff) | 0x1e3 for i in range(768)))
	open("linear", "wb").write(b"Linux version 6.1\n\0".ljust(4096, b"\0") + page * 16383)
	END
	for name in banners ended notes tables linear; do
		echo "$name"
		patiently "$KWALK" -q -c info $name >output 2>&1 || [ $? = 2 ]
	done
}

@test "text that lies across pieces and blocks is found" {
	raw x86_64
	python3 - <<-'END'
	memory = open("kernel", "rb").read()
	open("a", "wb").write(memory[:0x1000000])
	open("b", "wb").write(memory[0x1000000:])
	open("padded", "wb").write(b"x" + memory)
	END
	facts a@0 b@1000000 <<<'root 0x1410000'
	facts b@1000000 a@0 <<<'root 0x1410000'
	# at the last addresses there are
	python3 - <<-'END'
	open("top", "wb").write(b"OSRELEASE=1\nSYMBOL(swapper_pg_dir)=c1000000\n".rjust(4096, b"x") + b"Linux version 6.1\n\0".rjust(4096, b"x"))
	END
	for at in ffffffffffffe000 ffffffffffffdfff; do
		fails 2 'no kernel' -q -c info top@$at
	done
}

@test "while memory is searched, a terminal shows how far" {
	not_emulated "a faster clock is the emulator's"
	${CC:-cc} -shared -fPIC -o fast-clock.so "$BATS_TEST_DIRNAME/fast-clock.c" ||
		no_compiler
	dump x86_64-raw
	python3 - <<-'END'
	# Holes are skipped, but for what looks like data in each MiB.
	with open("x86_64-raw", "r+b") as file:
	    for at in range(64 << 20, 664 << 20, 1 << 20):
	        file.seek(at)
	        file.write(b"x")
	END
	cat >script <<-'END'
	expect searching memory for a kernel:
	expect %
	expect \r\x1b[K
	expect 0xffffffff81002000
	exits 0
	END
	LD_PRELOAD=$PWD/fast-clock.so ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99 \
		python3 "$BATS_TEST_DIRNAME/terminal.py" script "$KWALK" -q -j -c 'vtop ffffffff81002000' x86_64-raw
}
