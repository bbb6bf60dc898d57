#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# region and regions: Documentation/arch/x86/x86_64/mm.rst, and for i386
# arch/x86/include/asm/pgtable_32_areas.h.
bats_require_minimum_version 1.5.0
load common

@test "x86-64, four levels" {
	dump x86_64
	answers x86_64 'region 0 7fffffffffff 800000000000 ffff7fffffffffff ffff800000000000 ffff880000000000 ffff888000000000 ffff888001c00123 ffffc90000001ff8 ffffea0000070000 fffffe0000001000 ffffff0000000000 ffffffef00000000 ffffffff81000000 ffffffffc0000000 ffffffffff5fd000 ffffffffff600000 ffffffffff601000' <<-END
	0 command=region status=ok virtual=0x0 region=user start=0x0 end=0x7fffffffffff linear=false
	7fffffffffff status=ok region=user
	800000000000 status=ok region=non-canonical start=0x800000000000 end=0xffff7fffffffffff
	ffff7fffffffffff status=ok region=non-canonical
	ffff800000000000 status=ok region=guard-hole start=0xffff800000000000 end=0xffff87ffffffffff
	ffff880000000000 status=ok region=ldt-remap start=0xffff880000000000 end=0xffff887fffffffff
	ffff888000000000 status=ok region=direct-map start=0xffff888000000000 linear=true \
		physical=0x0
	ffff888001c00123 status=ok region=direct-map linear=true physical=0x1c00123
	ffffc90000001ff8 status=ok region=vmalloc start=0xffffc90000000000 end=0xffffe8ffffffffff \
		linear=false physical=-
	ffffea0000070000 status=ok region=vmemmap start=0xffffea0000000000 end=0xffffeaffffffffff \
		linear=false
	fffffe0000001000 status=ok region=cpu-entry-area start=0xfffffe0000000000 \
		end=0xfffffe7fffffffff
	ffffff0000000000 status=ok region=espfix start=0xffffff0000000000 end=0xffffff7fffffffff
	ffffffef00000000 status=ok region=efi-runtime start=0xffffffef00000000 \
		end=0xfffffffeffffffff
	ffffffff81000000 status=ok region=kernel-image start=0xffffffff80000000 linear=true \
		physical=0x1000000
	ffffffffc0000000 status=ok region=modules start=0xffffffffc0000000 end=0xfffffffffeffffff \
		linear=false
	ffffffffff5fd000 status=ok region=fixmap end=0xffffffffff5fffff linear=false
	ffffffffff600000 status=ok region=vsyscall start=0xffffffffff600000 end=0xffffffffff600fff
	ffffffffff601000 status=ok region=hole
	END
}

@test "x86-64, five levels" {
	dump x86_64-5level
	answers x86_64-5level 'region ffffffffffffff 100000000000000 ff00000000000000 ff10000000000000 ff11000001c00123 ffa0000000001000 ffd4000000070000 fffffe0000000000' <<-END
	ffffffffffffff status=ok region=user start=0x0 end=0xffffffffffffff
	100000000000000 status=ok region=non-canonical
	ff00000000000000 status=ok region=guard-hole start=0xff00000000000000 end=0xff0fffffffffffff
	ff10000000000000 status=ok region=ldt-remap start=0xff10000000000000 end=0xff10ffffffffffff
	ff11000001c00123 status=ok region=direct-map start=0xff11000000000000 linear=true \
		physical=0x1c00123
	# 12.5 PiB
	ffa0000000001000 status=ok region=vmalloc start=0xffa0000000000000 end=0xffd1ffffffffffff
	ffd4000000070000 status=ok region=vmemmap start=0xffd4000000000000 end=0xffd5ffffffffffff
	fffffe0000000000 status=ok region=cpu-entry-area
	END
}

@test "x86-64 with KASLR: bases are the kernel's own" {
	dump x86_64-kaslr
	vmlinux 64
	# vmlinux has page_offset_base and its like; without, the tables tell the first
	answers x86_64-kaslr 'region ffff9c2381c00123' <<-END
	ffff9c2381c00123 status=ok region=direct-map start=0xffff9c2380000000 linear=true \
		physical=0x1c00123
	END
	answers vmlinux x86_64-kaslr 'region ffff9c2381c00123 ffffb30f40001ff8 ffffe6c5c0000000 ffffffff9b202004 ffffffff9b600008' <<-END
	ffff9c2381c00123 status=ok region=direct-map start=0xffff9c2380000000 linear=true \
		physical=0x1c00123
	ffffb30f40001ff8 status=ok region=vmalloc start=0xffffb30f40000000 end=0xffffd30f3fffffff
	ffffe6c5c0000000 status=ok region=vmemmap start=0xffffe6c5c0000000
	ffffffff9b202004 status=ok region=kernel-image linear=true physical=0x1002004 \
		symbol=schedule+0x4 section=text
	ffffffff9b600008 status=ok region=kernel-image physical=0x1400008 symbol=vmalloc_base+0x0 \
		section=data
	END
}

@test "x86-64 with KASLR and five levels: no end beyond the last address" {
	dump x86_64-5level-kaslr
	vmlinux 64
	answers vmlinux x86_64-5level-kaslr 'region fffee8d680070000' <<-END
	fffee8d680070000 status=ok region=vmemmap start=0xfffee8d680000000 end=0xfffffdffffffffff
	END
}

@test "sections of the image" {
	dump x86_64
	vmlinux 64
	answers vmlinux x86_64 'region ffffffff81001100 ffffffff81200000 ffffffff81400000 ffffffff81580000 ffffffff81600000' <<-END
	ffffffff81001100 status=ok section=text symbol=asm_exc_divide_error+0x0
	ffffffff81200000 status=ok section=rodata
	ffffffff81400000 status=ok section=data
	ffffffff81580000 status=ok section=init
	ffffffff81600000 status=ok section=bss
	END
}

@test "linear only where memory is" {
	dump x86_64
	answers x86_64 'region ffff888001ffffff ffff888002000000 ffffc87fffffffff' <<-END
	ffff888001ffffff status=ok region=direct-map linear=true physical=0x1ffffff
	ffff888002000000 status=ok region=direct-map linear=false physical=-
	ffffc87fffffffff status=ok region=direct-map linear=false
	END
}

@test "i386: direct map to high_memory, vmalloc 8 MiB further" {
	dump i386 i386-split-78000000
	vmlinux 32
	answers vmlinux i386 'region 0 bfffffff c0000000 c1002004 c2000000 c2801ff8 ff3fe000 ff400000 ff800000 ffc00000 ffffc000 fffff000' <<-END
	0 status=ok region=user start=0x0 end=0xbfffffff linear=false
	bfffffff status=ok region=user
	c0000000 status=ok region=direct-map start=0xc0000000 end=0xc1ffffff linear=true \
		physical=0x0
	c1002004 status=ok region=direct-map linear=true physical=0x1002004 symbol=schedule+0x4 \
		section=text
	# FIXADDR_TOP fffff000; 4 permanent fixed addresses, 768 in all: ffcff000;
	# 8 CPUs of 5 pages and the IDT below that, down to 4M: ffc00000; one table
	# further each: LDT, 1024 pages of kmap; two pages further: vmalloc's end
	c2000000 status=ok region=hole start=0xc2000000 end=0xc27fffff
	c2801ff8 status=ok region=vmalloc start=0xc2800000 end=0xff3fdfff linear=false physical=-
	ff3fe000 status=ok region=hole
	ff400000 status=ok region=kmap start=0xff400000 end=0xff7fffff
	ff800000 status=ok region=ldt-remap start=0xff800000 end=0xffbfffff
	ffc00000 status=ok region=cpu-entry-area start=0xffc00000
	ffffc000 status=ok region=fixmap start=0xfff7b000 end=0xffffefff linear=false
	fffff000 status=ok region=hole
	END
	answers i386-split-78000000 'region 77ffffff 78000000 79c00123' <<-END
	77ffffff status=ok region=user end=0x77ffffff
	78000000 status=ok region=direct-map start=0x78000000 linear=true physical=0x0
	79c00123 status=ok region=direct-map linear=true physical=0x1c00123
	END
}

@test "i386: high_memory is not known where memory goes on behind a hole" {
	describe hole <<-END
	elf class=32 machine=i386
	include $DUMPS/i386.inc
	segment paddr=0 memsz=32M
	segment paddr=1G memsz=1M
	include $DUMPS/i386-note.inc
	at pte_vmalloc[0]: u32 0
	END
	"$KWALK" -q -c info hole >output
	[ "$(grep -cE '^(high_memory|vmalloc_start) ' output)" = 0 ]
	answers -s 1 hole 'ptov 1ff0000 2000000; region c1ff0000 c2000000' <<-END
	1ff0000 status=ok virtual=0xc1ff0000
	2000000 status=no-direct-mapping
	c1ff0000 status=ok region=direct-map end=0xc1ffffff linear=true
	c2000000 status=error
	END
	# the firmware below 4 GiB is no memory, and what is long is no hole
	sed -i 's/paddr=1G memsz=1M/paddr=0xfffc0000 memsz=256K/' hole.txt
	"$MKDUMP" hole.txt hole
	facts hole <<<'high_memory 0xc2000000'
	sed -i 's/paddr=0xfffc0000 memsz=256K/paddr=32M memsz=900M/' hole.txt
	"$MKDUMP" hole.txt hole
	facts hole <<<'high_memory 0xc2000000'
}

@test "i386 before cpu_entry_area: kmap is where pkmap_page_table says" {
	dump i386-4.9
	vmlinux 32 4.9.30
	answers vmlinux i386-4.9 'region c2800000 ff7fdfff ff7fe000 ff800000 ffbfffff ffc00000 ffffb000' <<-END
	c2800000 status=ok region=vmalloc start=0xc2800000 end=0xff7fdfff
	ff7fdfff status=ok region=vmalloc
	ff7fe000 status=ok region=hole
	ff800000 status=ok region=kmap start=0xff800000 end=0xffbfffff
	ffbfffff status=ok region=kmap
	ffc00000 status=ok region=hole
	ffffb000 status=ok region=fixmap
	END
	# a variable that names another table: nothing is claimed
	describe other <<-END
	include $DUMPS/i386-4.9.txt
	at text_phys+4M+0x18: u32 page_offset+0xa000
	END
	answers -s 1 vmlinux other 'region ff800000 c2800000' <<-END
	ff800000 status=error
	c2800000 status=error
	END
	# lowmem that is not mapped cannot be the place of a table
	describe other <<-END
	include $DUMPS/i386-4.9.txt
	at text_phys+4M+0x18: u32 0xfffff000
	END
	answers -s 1 vmlinux other 'region ff800000' <<<'ff800000 status=error'
}

# A page in each hole of its layout: the first of the range, and the one asked for.
@test "what is mapped lies in no hole" {
	dump x86_64 x86_64-5level i386 pae
	answers x86_64 'region ffffc88000001000 ffff800000001000' <<-END
	ffffc88000001000 region=hole
	ffff800000001000 region=guard-hole
	END
	describe four <<-END
	include $DUMPS/x86_64.txt
	at root[0x191]: u64 pud_vmalloc|k
	at root[0x100]: u64 pud_vmalloc|k
	END
	answers four 'region ffffc88000001000 ffffc88000002000 ffff800000001000; vtop ffffc88000001000; pt ffffc88000001000 ffffc88000001fff' <<-END
	ffffc88000001000 region=unknown start=0xffffc88000000000 end=0xffffc8ffffffffff \
		why_not=~"the use of this address is not known"
	ffffc88000002000 region=unknown
	ffff800000001000 region=unknown
	ffffc88000001000 command=vtop status=mapped region=unknown
	* command=pt region=unknown
	END
	describe five <<-END
	include $DUMPS/x86_64-5level.txt
	at root[0x19f]: u64 p4d_vmalloc|k
	END
	answers five 'region ff9f000000001000; region ffa0000000001000' <<-END
	ff9f000000001000 region=unknown
	ffa0000000001000 region=vmalloc
	END
	answers x86_64-5level 'region ff9f000000001000' <<<'ff9f000000001000 region=hole'
	vmlinux 32
	answers vmlinux i386 'region c2400000 fffff000' <<-END
	c2400000 region=hole start=0xc2000000 end=0xc27fffff
	fffff000 region=hole
	END
	describe two <<-END
	include $DUMPS/i386.txt
	at root[(high_memory>>22)+1]: u32 pte_vmalloc|KTABLE
	at pte_fixmap[1023]: u32 0xfec00000|0x17b
	END
	answers vmlinux two 'region c2400000 c2000000 fffff000' <<-END
	c2400000 region=unknown
	c2000000 region=unknown
	fffff000 region=unknown
	END
	vmlinux pae
	answers vmlinux pae 'region c2400000' <<<'c2400000 region=hole'
	describe three <<-END
	include $DUMPS/pae.txt
	at pmd_direct[((high_memory+4M)>>21)&511]: u64 pte_vmalloc|KTABLE
	END
	answers vmlinux three 'region c2400000' <<<'c2400000 region=unknown'
}

@test "a mapping of a process is in no hole either" {
	dump x86_64-tasks
	vmlinux 64
	describe own <<-END
	include $DUMPS/x86_64-tasks.txt
	at pgd_init[0x191]: u64 pud_vmalloc|k
	END
	answers vmlinux own 'region ffffc88000000000; vtop -p 1 ffffc88000000000 ffffc88000002000; pt -p 1 ffffc88000000000 ffffc88000000fff' <<-END
	ffffc88000000000 command=region region=hole
	ffffc88000000000 command=vtop status=mapped region=unknown
	ffffc88000002000 status=not-mapped region=hole
	* command=pt region=unknown
	END
}

@test "2.6.11 to 2.6.26: the direct map begins where the guard hole ends" {
	dump x86_64-areas-2.6.26
	vmlinux 64 2.6.26-2-amd64
	answers vmlinux x86_64-areas-2.6.26 'region ffff810001000000 ffff880000000000 ffff800000000000' <<-END
	ffff810001000000 region=direct-map start=0xffff810000000000 end=0xffffc0ffffffffff \
		linear=true physical=0x1000000
	ffff880000000000 region=direct-map linear=false
	ffff800000000000 region=guard-hole start=0xffff800000000000 end=0xffff80ffffffffff
	END
	"$KWALK" -q -j -c check vmlinux x86_64-areas-2.6.26 >answers || true
	grep -F '"status":"ok","check":"direct-map"' answers
}

@test "how much room the image has without KERNEL_IMAGE_SIZE" {
	local at kaslr

	vmlinux 64 4.4.0
	# an offset proves that it can have one, whatever the symbols do not say
	objcopy --add-symbol load_module=.text:0x20,function vmlinux
	for kaslr in 0 0x33800000; do
		describe image <<-END
		let kaslr $kaslr
		include $DUMPS/x86_64-4level.inc
		note CORE prstatus pid=0
		note VMCOREINFO
		  OSRELEASE=4.4.0
		  PAGESIZE=4096
		  SYMBOL(_stext)=%x{text}
		  SYMBOL(swapper_pg_dir)=%x{pgd_virt}
		  NUMBER(phys_base)=%d{phys_base}
		  KERNELOFFSET=%x{kaslr}
		end
		at text_phys+2M: str "Linux version 4.4.0 (builder@example.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)\n\0"
		END
		at=$((kaslr ? 0xc0000000 : 0xa0000000))
		printf -v at ffffffff%x "$at"
		answers vmlinux image "region _text $at" <<-END
		_text region=kernel-image start=0xffffffff80000000 linear=true physical=0x1000000
		$at region=modules start=0x$at
		END
	done
	# one that can have one, but has none this time
	sed -i 's/^let kaslr .*/let kaslr 0/' image.txt
	"$MKDUMP" image.txt image
	objcopy --add-symbol module_load_offset=.text:0x10,function vmlinux
	answers vmlinux image 'region ffffffffa0000000' <<<'ffffffffa0000000 region=kernel-image end=0xffffffffbfffffff'
	# and one without modules, which need not have it to have one
	objcopy --strip-symbol module_load_offset --strip-symbol load_module vmlinux
	answers vmlinux image 'region ffffffffa0000000' <<<'ffffffffa0000000 region=kernel-image end=0xffffffffbfffffff'
}

@test "symbols show changes that were carried back" {
	dump x86_64-areas-4.9
	vmlinux 64 4.9.30
	answers vmlinux x86_64-areas-4.9 'region fffffe0000000000 fffffe8000000000' <<-END
	fffffe0000000000 region=hole
	fffffe8000000000 region=hole
	END
	answers -s 0 vmlinux x86_64-areas-4.9 'region ffffff0000000000 ffffffef00000000' <<-END
	ffffff0000000000 region=espfix
	ffffffef00000000 region=efi-runtime
	END
	objcopy --add-symbol setup_cpu_entry_areas=.text:0x10,function vmlinux
	answers vmlinux x86_64-areas-4.9 'region fffffe0000000000 fffffe8000000000' <<-END
	fffffe0000000000 region=cpu-entry-area start=0xfffffe0000000000 end=0xfffffe7fffffffff
	fffffe8000000000 region=ldt-remap start=0xfffffe8000000000 end=0xfffffeffffffffff
	END
	answers -o release=3.10.0-1160.el7 vmlinux x86_64-areas-4.9 'region ffffff0000000000 ffffffef00000000' <<-END
	ffffff0000000000 region=hole
	ffffffef00000000 region=hole
	END
	objcopy --add-symbol init_espfix_bsp=.text:0x14,function --add-symbol efi_map_region=.text:0x18,function vmlinux
	answers -o release=3.10.0-1160.el7 vmlinux x86_64-areas-4.9 'region ffffff0000000000 ffffffef00000000' <<-END
	ffffff0000000000 region=espfix
	ffffffef00000000 region=efi-runtime
	END
}

@test "a kernel without vsyscalls has the fixmap up to its top" {
	dump x86_64
	describe high <<-END
	include $DUMPS/x86_64.txt
	at pte_fixmap[509]: u64 0
	at pte_fixmap+4K: u64 0
	at pte_fixmap+4K+8*0x1fc: u64 0xfec00000|DATA|PCD|PWT
	END
	X86_CC="${X86_CC:-${CC:-cc}} -DNOVSYSCALL" vmlinux 64
	answers vmlinux high 'region ffffffffff7fc000 ffffffffff600000 ffffffffff800000 ffffffffff7fbfff' <<-END
	ffffffffff7fc000 region=fixmap start=0xffffffffff7fc000 end=0xffffffffff7fffff slot_index=3
	ffffffffff600000 region=hole
	ffffffffff800000 region=hole end=0xffffffffffffffff
	ffffffffff7fbfff region=hole
	END
	# by symbols: there is no map_vsyscall()
	objcopy --strip-debug vmlinux
	answers vmlinux high 'region ffffffffff7fc000 ffffffffff600000 ffffffffff7fb000' <<-END
	ffffffffff7fc000 region=fixmap start=0xffffffffff7fc000 end=0xffffffffff7fffff
	ffffffffff600000 region=unknown
	ffffffffff7fb000 region=unknown start=0xffffffffff000000
	END
	objcopy --add-symbol map_vsyscall=.text:0x10,function vmlinux
	answers vmlinux high 'region ffffffffff7fc000 ffffffffff600000 ffffffffff7fb000' <<-END
	ffffffffff7fc000 region=unknown
	ffffffffff600000 region=vsyscall
	ffffffffff7fb000 region=unknown
	END
}

# The LDT's remap is this release's only change; without the variable that leads to
# kmap's table the release also determines where kmap is.
@test "i386: the LDT's remap came with 4.19" {
	local release

	dump i386
	vmlinux 32
	objcopy -N pkmap_page_table -N pkmap_count vmlinux
	objcopy --add-symbol kmap_high=.text:0x10,function vmlinux with-kmap
	for release in 4.19.0 4.18.20; do
		if [ "$release" = 4.19.0 ]; then
			answers -o release=$release vmlinux i386 'region ff800000 ff400000' <<-END
			ff800000 region=ldt-remap start=0xff800000 end=0xffbfffff
			ff400000 region=vmalloc
			END
			answers -o release=$release with-kmap i386 'region ff800000 ff400000' <<-END
			ff800000 region=ldt-remap
			ff400000 region=kmap
			END
		else
			answers -o release=$release vmlinux i386 'region ff800000 ff400000' <<-END
			ff800000 region=vmalloc
			ff400000 region=vmalloc
			END
			answers -s 1 -o release=$release with-kmap i386 'region ff800000' <<<'ff800000 status=error'
		fi
	done
}

@test "regions are in address order and do not overlap" {
	local name

	dump x86_64 x86_64-5level i386 pae
	for name in x86_64 x86_64-5level i386 pae; do
		case $name in
		x86_64*) vmlinux 64 ;;
		i386) vmlinux 32 ;;
		pae) vmlinux pae ;;
		esac
		"$KWALK" -q -j vmlinux "$name" -c regions >answers
		python3 - <<-'END'
		import json
		last = -1
		for line in open("answers"):
		    a = json.loads(line)
		    start, end = int(a["start"], 16), int(a["end"], 16)
		    assert start > last and end >= start, line
		    assert a["size"] == end - start + 1, line
		    last = end
		assert last > 0
		END
	done
}

@test "modules before 2.6.26 begin 128 MiB above the image's start" {
	for release in 2.6.24 2.6.26 3.2.0; do
		describe old <<-END
		include $DUMPS/x86_64.txt
		note VMCOREINFO
		  OSRELEASE=$release
		end
		END
		case $release in
		2.6.24) want='region=modules start=0xffffffff88000000 linear=false physical=-' ;;
		*) want=region=kernel-image ;;
		esac
		answers old 'region ffffffff88000000 ffffffff81000000' <<-END
		ffffffff88000000 status=ok $want
		ffffffff81000000 status=ok region=kernel-image linear=true
		END
	done
}

@test "RHEL 7.4: modules show where the image's range ends, parts by release are not holes" {
	dump x86_64-rhel-7.4
	answers x86_64-rhel-7.4 'region ffffffffa0000000 ffffffffc0000000 ffffff0000000000 ffffffef00000000' <<-END
	ffffffffa0000000 status=ok region=kernel-image end=0xffffffffbfffffff
	ffffffffc0000000 status=ok region=modules start=0xffffffffc0000000
	# espfix (3.16) and EFI's table (3.14), which RHEL 7 has carried back, or has not
	ffffff0000000000 status=ok region=unknown
	ffffffef00000000 status=ok region=unknown
	END
	# its own symbols lie above 512M, where an image without KASLR ends
	dump x86_64-rhel-7.4-kaslr
	answers x86_64-rhel-7.4-kaslr 'region ffffffffa3000000 ffffffffc0000000' <<-END
	ffffffffa3000000 status=ok region=kernel-image end=0xffffffffbfffffff linear=true
	ffffffffc0000000 status=ok region=modules start=0xffffffffc0000000
	END
}

@test "i386: memory of a device behind a hole is no high memory, if vmalloc follows" {
	display="include $DUMPS/i386-qemu.txt
		segment paddr=0xfd000000 memsz=16M"
	describe kernel <<<"$display"
	"$KWALK" -q -c info kernel >output
	grep -E '^high_memory +c2000000 ' output
	grep -E '^vmalloc_start +c2800000 ' output
	# no area at vmalloc's start; memory that is mapped in order behind a hole of 8M
	for first in 0 0x2800163; do
		describe kernel <<-END
		$display
		at pte_vmalloc[0]: u32 $first
		END
		"$KWALK" -q -c info kernel >output
		run ! grep -E '^(high_memory|vmalloc_start)' output
	done
}

# include/asm-x86_64/page.h, pgtable.h and processor.h of 2.6.9
@test "x86-64 before 2.6.11: the direct map is in the lower half, if the kernel's table proves it" {
	dump x86_64-2.6.9
	answers x86_64-2.6.9 'region 0 7fffffffff 8000000000 10000101000 20000000000 fffffe0000000000 ffffff0000001000 ffffff8000000000 ffffffff88000000 ffffffffa0000000 ffffffffb0000000; whatis 10000101000; vtop 10000101000; ptov 101000; ptov -a 101000' <<-END
	0 status=ok region=user start=0x0 end=0x7fffffffff
	7fffffffff status=ok region=user
	8000000000 status=ok region=hole start=0x8000000000 end=0xffffffffff
	10000101000 status=ok region=direct-map start=0x10000000000 end=0x1ffffffffff linear=true physical=0x101000
	20000000000 status=ok region=hole end=0x7fffffffffff
	fffffe0000000000 status=ok region=hole
	ffffff0000001000 status=ok region=vmalloc start=0xffffff0000000000 end=0xffffff7fffffffff linear=false
	ffffff8000000000 status=ok region=hole
	ffffffff88000000 status=ok region=kernel-image end=0xffffffff9fffffff
	ffffffffa0000000 status=ok region=modules end=0xffffffffafffffff
	ffffffffb0000000 status=ok region=hole
	10000101000 command=whatis as=virtual region=direct-map physical=0x101000
	10000101000 command=vtop status=mapped physical=0x101000 region=direct-map
	101000 command=ptov status=ok virtual=0x10000101000
	101000 command=ptov mappings.#=2 mappings.0.virtual=0x10000101000 mappings.0.region=direct-map
	END
	# processes can access the pages that this table maps there
	answers -o root=102000 x86_64-2.6.9 'region 10000101000' <<-END
	10000101000 status=ok region=unknown start=0x8000000000 end=0x7fffffffffff linear=false
	END
	answers -o release=2.6.11 x86_64-2.6.9 'region 10000101000' <<-END
	10000101000 status=ok region=user end=0x7fffffffffff linear=false
	END
}
