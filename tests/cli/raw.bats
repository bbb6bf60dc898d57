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

@test "files of other hypervisors are named" {
	printf '\024\040\050\001%4092s' x >saved.vmrs
	fails 2 'saved.vmrs Hyper-V FILE:OFFSET@ADDRESS' -q -c info saved.vmrs
	printf '\004\0\0\0%500s' x >debug.guest
	fails 2 'debug.guest VMware .vmem' -q -c info debug.guest
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
	tables = bytearray(bytes(page) * 4096)
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

# without_hole [LINE...]: makes `image`, memory from 0 to 28 MiB and from 30 to 32 MiB
# without the hole; and `core`, which has the same memory in its place. $after: the
# end of the hole, if not 30 MiB.
without_hole() {
	local after=${after:-30M}

	cat >core.txt <<-END
	include $DUMPS/x86_64.inc
	segment paddr=0 memsz=28M
	segment paddr=$after memsz=2M
	at root[(page_offset>>39)&511]: u64 pud_direct|k
	at root[(vmalloc_base>>39)&511]: u64 pud_vmalloc|k
	at root[(vmemmap_base>>39)&511]: u64 pud_vmemmap|k
	at root[511]: u64 pud_image|TABLE
	include $DUMPS/x86_64-note.inc
	at pte_vmalloc[0]: u64 $after|DATA
	at $after: str "the page at 30 MiB\0"
	at $after+1M: str "another page, at 31 MiB\0"
	at 0x1b00000: str "a page below the hole\0"
	END
	printf '%s\n' "$@" >>core.txt
	"$MKDUMP" core.txt core
	vmlinux 64
	python3 - <<-'END'
	import struct
	core = open("core", "rb").read()
	at, nr = struct.unpack_from("<Q", core, 32)[0], struct.unpack_from("<H", core, 56)[0]
	with open("image", "wb") as image:
	    for i in range(nr):
	        kind, _, offset, _, _, size = struct.unpack_from("<IIQQQQ", core, at + 56 * i)
	        if kind == 1:
	            image.write(core[offset:offset + size])
	END
}

# The direct map as kernels make it: nothing maps the hole, and the table for the
# memory after the hole is itself after the hole.
behind=('at pmd_direct[14]: u64 0 0x1f80000|k' 'at 0x1f80000: u64 seq 512 30M|DATA 4K')

@test "the holes of memory were left out: the direct map proves where" {
	local command

	without_hole "${behind[@]}"
	"$KWALK" -q -c 'rd -a ffffc90000000000' vmlinux core >want
	grep 'the page at 30 MiB' want
	for command in 'rd -a ffffc90000000000' 'vtop ffff888001f00000' 'ptov 1e00000' 'rd -p -a 1f00000' 'vtop ffff888001d00000'; do
		"$KWALK" -q -c "$command" vmlinux core >want 2>&1 || true
		"$KWALK" -q -c "$command" vmlinux image 2>&1 | diff want -
		"$KWALK" -q -c "$command" vmlinux image@0 2>&1 | diff want -
	done
	"$KWALK" -v -c info vmlinux image 2>&1 | grep 'byte at offset 0x1c00000 is physical 1e00000 (512 entries'
	"$KWALK" -q -c info vmlinux image | grep 'dump_format *raw memory without its holes'
	# Of an image with its hole, and of one that ends early, nothing moves.
	dump x86_64-raw
	"$KWALK" -q -c info x86_64-raw | grep 'dump_format *raw memory  '
}

# The hole of PCs ends at 4G. The table for the last pages before the hole is after the hole, and
# the table for other pages is among them. So the place where the direct map seems to end is wrong.
@test "a hole that ends at 4G is found where the direct map seems to end earlier" {
	local after=4G

	without_hole 'at text_phys+4M+0x28: u64 0x100200' \
		'at pud_direct[pud_row_direct+4]: u64 4G+0x181000|k' \
		'at 4G+0x181000: u64 4G+0x182000|k' 'at 4G+0x182000: u64 seq 512 4G|DATA 4K' \
		'at pmd_direct[11]: u64 0x1b80000|k 24M|DATA|PS 4G+0x180000|k 0 0' \
		'at 0x1b80000: u64 seq 512 22M|DATA 4K' 'at 4G+0x180000: u64 seq 512 26M|DATA 4K'
	"$KWALK" -q -c 'rd -a ffffc90000000000' vmlinux core | grep 'the page at 30 MiB'
	"$KWALK" -q -c 'rd -a ffffc90000000000' vmlinux image | grep 'the page at 30 MiB'
	"$KWALK" -v -c info vmlinux image 2>&1 | grep 'byte at offset 0x1c00000 is physical 100000000 '
}

@test "memory whose place is not proved is not used" {
	# The direct map has no table after the hole, so it proves nothing there.
	without_hole
	"$KWALK" -q -c 'rd -a ffffc90000000000' vmlinux core | grep 'the page at 30 MiB'
	fails 1 'ffffc90000000000 1e00000 truncated' -q -c 'rd -a ffffc90000000000' vmlinux image
	"$KWALK" -c 'info' vmlinux image 2>&1 >/dev/null | grep 'image: has 0x1e00000 bytes.*ends at physical 2000000.*below physical 1800000.*FILE@0.*FILE:OFFSET@ADDRESS'
	# If the user gives the place, it is used, with a warning.
	"$KWALK" -q -c 'rd -p -a 1b00000' vmlinux image@0 | grep 'a page below the hole'
	"$KWALK" -c 'info' vmlinux image@0 2>&1 >/dev/null | grep 'only memory below physical 1800000 is certainly in place.*FILE:OFFSET@ADDRESS'
	# A table after the hole that is not right proves no place.
	without_hole "${behind[@]}" 'at 0x1f80000+8*7: u64 0x1e08000|DATA'
	fails 1 'truncated' -q -c 'rd -a ffffc90000000000' vmlinux image
}

@test "FILE:OFFSET@ADDRESS is a part of a file" {
	local places

	without_hole
	for places in 'image:0@0 image:0x1c00000@1e00000' 'image:29360128@1e00000 ./image:0x0@0' 'image@0 image:0x1c00000@1e00000'; do
		# shellcheck disable=SC2086 # several words
		"$KWALK" -q -c 'rd -a ffffc90000000000' vmlinux $places | grep 'the page at 30 MiB'
		# shellcheck disable=SC2086
		"$KWALK" -q -j -c 'info' vmlinux $places | grep '"pages_present","value":7680'
	done
	# A file whose name looks like this is opened.
	cp image image:0@0
	cp image name:5
	"$KWALK" -q -c info vmlinux image:0@0 | grep 'pages_truncated *2048'
	"$KWALK" -q -c 'rd -p -a 1b00000' vmlinux name:5@0 | grep 'a page below the hole'
	fails 2 'image 0x1e00000' -q -c info vmlinux image:0x1e00000@0
	fails 2 'image:0y' -q -c info vmlinux image:0y@0
	fails 2 'image: past' -q -c info vmlinux image:1@fffffffffffffff0
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

@test "an address after a file that has its own addresses" {
	local file

	dump x86_64 x86_64-lime kdump-zlib
	vmlinux 64
	for file in x86_64 x86_64-lime kdump-zlib vmlinux; do
		fails 2 "$file @1000 $file:0@1000" -o arch=x86_64 -o levels=4 -o root=1000 -c 'rd -p 1000' "$file@1000"
		"$KWALK" -q -o arch=x86_64 -o levels=4 -o root=1000 -c 'rd -p 1000' "$file:0@1000" >answer
	done
}
