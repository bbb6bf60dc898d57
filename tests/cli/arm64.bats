#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Dumps of a small arm64 kernel: files, walks, registers, logs. An address' table rows are its bits
# 47:39, 38:30, 29:21 and 20:12.
load common

@test "walks of both halves, level by level" {
	dump arm64
	# ffff0000_01c00123: pgd 0, pud 0, pmd 14 (+70): a block; ffff8000_09001ff8: pgd 256 (+800),
	# pmd 72 (+240), pte 1; ffff8000_08000000: pmd 64 (+200)
	answers arm64 'vtop ffff000001c00123 ffff800009001ff8 ffff800009002000 ffff800009003010 ffff800008000000' <<-END
	ffff000001c00123 status=mapped physical=0x41c00123 page_size=2097152 pfn=0x41c00 \
		page=0xfffffc0000070000 region=direct-map writable=true executable=false user=false cache=WB \
		memory_type=Normal-WB levels.#=3 levels.0.name=pgd levels.0.entry_address=0x41410000 \
		levels.2.entry_address=0x40002070 levels.2.entry=0xe8000041c00701
	ffff800009001ff8 status=mapped physical=0x41c05ff8 page_size=4096 region=vmalloc levels.#=4 \
		levels.0.entry_address=0x41410800 levels.2.entry_address=0x40005240 \
		levels.3.entry_address=0x40006008 levels.3.name=pte
	ffff800009002000 status=not-mapped physical=- levels.#=4
	ffff800009003010 status=mapped physical=0x9000010 page_state=absent cache=UC \
		memory_type=Device-nGnRE
	ffff800008000000 status=mapped physical=0x41000000 region=kernel-image writable=false \
		executable=true levels.2.entry_address=0x40005200
	END
	# the kernel's table has no user addresses, whatever root is given
	"$KWALK" -q -o root=41410000 -c 'vtop 400000' arm64 >got
	grep -q 'TABLE: none, because each process has its own table' got
	not grep -q ffffffffffffffff got
	# by a value of TTBR0: ASID 7, CnP
	answers arm64 'vtop -r 7000040010001 400000 401008 402000 403abc 404000' <<-END
	400000 status=mapped physical=0x41d00000 user=true writable=false executable=true
	401008 status=mapped physical=0x41d01008 user=true writable=true executable=false
	402000 status=swapped
	403abc status=prot-none physical=0x41d02abc
	404000 status=not-mapped
	END
	# -r is for user addresses only, and -o root= for the kernel's half
	answers arm64 'vtop -r 40010000 ffff800009001ff8' <<-END
	ffff800009001ff8 status=mapped physical=0x41c05ff8 levels.0.entry_address=0x41410800
	END
	"$KWALK" -q -j -o root=40010000 -c 'vtop ffff800009001ff8' arm64 >got || true
	grep -q '"entry_address":"0x40010800"' got
}

@test "the linear map begins with the memory, where KASLR puts it" {
	dump arm64
	describe moved <<-END
	let kaslr 0x13200000
	let memstart 1G-0x1f7a80000000
	include $DUMPS/arm64.txt
	END
	"$KWALK" -q arm64 -c info | grep -q '^vmemmap .*VMCOREINFO NUMBER(VMEMMAP_START)$'
	answers arm64 'ptov 41c00123; virt_to_page ffff000001c00123' <<-END
	41c00123 status=ok virtual=0xffff000001c00123
	ffff000001c00123 page=0xfffffc0000070000
	END
	answers moved 'ptov 41c00123; vtop ffff1f7a81c00123 ffff80001b200000' <<-END
	41c00123 status=ok virtual=0xffff1f7a81c00123
	ffff1f7a81c00123 status=mapped physical=0x41c00123 region=direct-map
	ffff80001b200000 status=mapped physical=0x41000000 region=kernel-image
	END
	vmlinux arm64
	"$KWALK" -q -j vmlinux moved -c check >answers || true
	grep -q '"status":"ok","check":"page_offset"' answers
	grep -q '"status":"ok","check":"direct-map"' answers
	"$KWALK" -q -j vmlinux moved -c 'sym schedule' | grep -q '"address":"0xffff80001b202000"'
}

@test "facts, from the note and the file with symbols" {
	dump arm64
	vmlinux arm64
	facts vmlinux arm64 <<-END
	arch arm64
	levels 4
	page_size 4096
	va_bits 48
	phys_offset 0x40000000
	kimage_voffset -0x800039000000
	root 0x41410000
	memory_model vmemmap
	END
}

@test "marks of the assembler are no symbols" {
	dump arm64
	vmlinux arm64
	[ "$(nm vmlinux | grep -c '[$][dx]')" = 4 ]
	answers vmlinux arm64 'sym ffff800008002001 ffff800008400084' <<-END
	ffff800008002001 name=schedule
	ffff800008400084 name=init_uts_ns
	END
	fails 1 @unknown 'sym $d' -q vmlinux arm64 -c 'sym $d'
	fails 1 @unknown 'sym __kvm_nvhe_$x' -q vmlinux arm64 -c 'sym __kvm_nvhe_$x'
	fails 1 @unknown 'sym $xrv64i2p1_m2p0' -q vmlinux arm64 -c 'sym $xrv64i2p1_m2p0'
}

@test "registers of QEMU's notes, which have a CPU's number for a pid" {
	dump arm64
	"$KWALK" -q -j arm64 -c panic >answers || true
	grep -q '"registers":{"pc":"0xffff800008001100","sp":"0xffff000000023e00","pstate":"0x600000c5"' answers
	grep -q '"x29":"0xffff000000023f00","x30":"0xffff800008002004"' answers
	not grep -q '"pid":1' answers
}

@test "compressed for kdump, in pages of each size; raw, LiME, split at an address" {
	local size

	dump arm64
	"$KWALK" -q -j arm64 -c 'vtop ffff800009001ff8 ffff000001c00123; rd ffff000001c00000' >whole
	for size in 4K 16K 64K; do
		describe zipped <<-END
		include $DUMPS/arm64.txt
		container kdump
		kdump page_size=$size compression=zlib
		END
		"$KWALK" -q -j zipped -c 'vtop ffff800009001ff8 ffff000001c00123; rd ffff000001c00000' >got
		cmp whole got
	done
	describe lime <<-END
	include $DUMPS/arm64.txt
	container lime
	END
	describe raw <<-END
	include $DUMPS/arm64.txt
	container raw
	END
	strings -n 1 arm64 | sed -n '/^OSRELEASE=/,/^NUMBER(KERNELPACMASK)/p' >note
	head -c 16M raw >first
	tail -c +$((16 * 1024 * 1024 + 1)) raw >second
	"$KWALK" -q -j -o vmcoreinfo=note lime -c 'vtop ffff800009001ff8 ffff000001c00123; rd ffff000001c00000' >got
	cmp whole got
	"$KWALK" -q -j -o vmcoreinfo=note first@40000000 second@41000000 -c 'vtop ffff800009001ff8 ffff000001c00123; rd ffff000001c00000' >got
	cmp whole got
}

@test "a migration stream of QEMU's machine for arm64" {
	dump arm64
	"$KWALK" -q -j arm64 -c 'vtop ffff800009001ff8 ffff000001c00123; rd ffff000001c00000' >whole
	strings -n 1 arm64 | sed -n '/^OSRELEASE=/,/^NUMBER(KERNELPACMASK)/p' >note
	python3 "$BATS_TEST_DIRNAME/containers.py" virt arm64 stream
	"$KWALK" -q -j -o vmcoreinfo=note stream -c 'vtop ffff800009001ff8 ffff000001c00123; rd ffff000001c00000' >got
	# It does not send pages of zeros.
	sed 's/"page_state":"zero"/"page_state":"present"/' got | cmp whole -
}

@test "Image, Image.gz and EFI zboot images" {
	local file

	dump arm64
	vmlinux arm64
	"$DUMPS/mkvmlinuz" image vmlinux Image
	gzip -nc Image >Image.gz
	"$DUMPS/mkvmlinuz" zboot Image zboot
	for file in Image Image.gz zboot; do
		"$KWALK" -q -j "$file" arm64 -c info >answers
		grep -q '"vmlinux_match","value":"matches the dump","source":"build-id"' answers
	done
	head -c 100 zboot >short
	fails 2 @format short -q -c info short arm64
	# a vDSO in it has a build-id of its own
	BUILD_ID=0xdeadbeef00000000000000000000000000000000 vmlinux arm64 5.10.0-9-arm64
	"$DUMPS/mkvmlinuz" image vmlinux Image
	"$KWALK" -q Image arm64 -c info >answers 2>&1
	grep -q 'does not belong to th' answers
}

@test "System.map: symbols, and facts from variables; kernels have kimage_vaddr only before 6.12" {
	dump arm64
	vmlinux arm64
	nm -n vmlinux | sed '/ \$[dx]$/d; / kimage_vaddr$/d' >System.map
	answers System.map arm64 'sym schedule ffff800008002004' <<-END
	schedule status=ok address=0xffff800008002000
	ffff800008002004 status=ok name=schedule offset=4
	END
	"$KWALK" -q System.map arm64 -c info >answers
	grep -q '^vmlinux_kind  *System.map' answers
	grep -q '^max_pfn  *42000  *System.map symbol max_pfn, its value in the dump' answers
	# no map of arm64: a kernel of another machine with addresses of 64 bits
	sed '/ kimage_voffset$/d' System.map >other
	fails 2 'not a System.map of a kernel for x86, arm64 or riscv64' -q -c info other arm64
}

@test "an Image and its System.map: the banner is as far from the start as from _text" {
	dump arm64
	vmlinux arm64
	nm -n vmlinux | sed '/ \$[dx]$/d' >System.map
	objcopy -I elf64-little -O binary -R '.note*' vmlinux Image
	printf 'ARM\x64' | dd of=Image bs=1 seek=56 conv=notrunc status=none
	# it has no build-id, so its banner gives the release
	"$KWALK" -q Image arm64 -c info | grep -q '^vmlinux_match  *same release as the dump  *release'
	for files in 'Image System.map' 'System.map Image'; do
		# shellcheck disable=SC2086 # two files
		"$KWALK" -q $files arm64 -c 'info; sym schedule' >answers
		grep -q '^vmlinux_debug  *System.map  *command line' answers
		grep -q '^ffff800008002000 (T) schedule' answers
	done
	sed -i 's/^.* linux_banner$/ffff800008001000 R linux_banner/' System.map
	fails 2 @usage 'System.map Image linux_banner' Image System.map arm64
}

@test "an oops: place, callers, ESR, page tables, code" {
	dump arm64
	vmlinux arm64
	sized >oops <<-END
	Unable to handle kernel paging request at virtual address ffff800009002010
	Mem abort info:
	  ESR = 0x0000000096000047
	  EC = 0x25: DABT (current EL), IL = 32 bits
	  FSC = 0x07: level 3 translation fault
	swapper pgtable: 4k pages, 48-bit VAs, pgdp=0000000041410000
	[ffff800009002010] pgd=0000000040004003, p4d=0000000040004003, pud=0000000040005003, pmd=0000000040006003, pte=0000000000000000
	Internal error: Oops: 0000000096000047 [#1] SMP
	CPU: 0 PID: 1 Comm: init Not tainted 6.1.0-18-arm64 #1
	pc : schedule+0x4/@
	lr : schedule+0x8/@
	x29: ffff000000003f00 x28: 0000000000000000 x27: 0000000000000000
	x2 : 0000000000000000 x1 : ffff800009001ff8 x0 : 0000000000000063
	Kernel Offset: 0x0 from 0xffff800009003000
	END
	"$KWALK" -q vmlinux arm64 -c 'annotate oops' >answers
	grep -q '0x0000000096000047: data abort in the kernel: level 3 translation fault, write' answers
	grep -q "schedule+0x4/$(extent schedule): ffff800008002004, schedule+0x4" answers
	# of which boot it is, nothing shows
	grep -q 'ffff800009002010: nothing shows that the text is about the boot in the dump' answers
	not grep -E '0000000041410000: |ffff800009001ff8: |0xffff800009003000:' answers
	# The release is missing.
	sed '/Comm:/d' oops >part
	"$KWALK" -q vmlinux arm64 -c 'annotate part' >answers
	grep -q "schedule+0x4/$(extent schedule): in this kernel ffff800008002004, schedule+0x4" answers
	# registers alone, and a line of page tables, are what the user says
	sed -n '/^x\|^swapper/p' oops >part
	"$KWALK" -q vmlinux arm64 -c 'annotate part' >answers
	grep -q 'ffff800009001ff8: vmalloc' answers
	grep -q '0000000041410000: root of the page table of the kernel$' answers
	# other widths: nothing is explained
	sed -i 's/48-bit VAs/39-bit VAs/' oops
	"$KWALK" -q vmlinux arm64 -c 'annotate oops' >answers
	grep -q 'a kernel with addresses of 39 bits, and this one has 48' answers
	not grep -E 'vmalloc|root of|schedule.*: ffff' answers
}

@test "pt: pages of processes are not global (nG), the kernel's are" {
	dump arm64
	answers arm64 'pt -r 40010000 400000 401fff; pt ffff000000000000 ffff0000003fffff' <<-END
	* start=0x400000 end=0x400fff global=false user=true executable=true
	* start=0x401000 end=0x401fff global=false user=true executable=false
	* start=0xffff000000000000 page_size=4096 global=true user=false executable=false
	* start=0xffff000000200000 page_size=2097152 global=true user=false
	END
}

@test "-r with the table of the upper half: no user addresses, and pt lists the upper half" {
	dump arm64
	"$KWALK" -q -c pt arm64 >kernel
	grep -q '^ffff' kernel
	for root in 41410000 12000041410001; do
		"$KWALK" -q -c "pt -r $root" arm64 >got
		cmp got kernel
		answers arm64 "vtop -r $root 0 800009001ff8 ffff800009001ff8" <<-END
		0 status=not-mapped physical=- levels.#=0
		800009001ff8 status=not-mapped physical=- levels.#=0 root=-
		ffff800009001ff8 status=mapped physical=0x41c05ff8
		END
	done
	# With -o root=, the table of a process may be given.
	"$KWALK" -q -j -o root=40010000 -c 'vtop -r 40010000 400000' arm64 | grep -q '"status":"mapped"'
	# The table of x86-64 is for both halves.
	dump x86_64
	answers x86_64 'vtop -r 1410000 ffffc90000000000' <<<'ffffc90000000000 levels.0.entry_address=0x1410c90'
}

@test "whatis: a value of TTBR1 with an ASID and CnP" {
	dump arm64
	answers arm64 'whatis 12000041410001' <<-END
	12000041410001 as=virtual kind=non-canonical
	12000041410001 as=root kind=page-table text="root of the page table of the kernel, ASID 12"
	END
	for name in TTBR0_EL1 TTBR1_EL1 ttbr0 ttbr1; do
		[ "$("$KWALK" -q -j -c "whatis $name=0012000041410001" arm64 | grep -c '"as":"root"')" = 1 ]
		not grep '"as":"virtual"' <("$KWALK" -q -j -c "whatis $name=0012000041410001" arm64)
	done
}

@test "whatis: physical memory without struct pages, in a page table" {
	dump guest-arm64-4k-52
	# The p4d table at 4242b000 has the pud table at 42986000 in entry 256, for ffff8000_00000000;
	# 42982000 is a page that the pte table at 42988000 maps.
	answers guest-arm64-4k-52 'whatis 42986010 42982000' <<-END
	42986010 as=virtual kind=user
	42986010 as=physical kind=page-table pfn=0x42986 page=- use=page-table level=pud pid=- \
		table_start=0xffff800000000000 entry_start=0xffff800080000000 entry_end=0xffff8000bfffffff \
		text="entry 2 of the pud page table of the kernel, for ffff800080000000 to ffff8000bfffffff"
	42982000 as=virtual kind=user
	END
}

@test "extract: a dump without a note gets the lines that arm64 adds to a note" {
	needs_part extract
	dump arm64
	vmlinux arm64
	sed 's/VMCOREINFO/VMCOREINFX/; s/OSRELEASE=/OSRELEASX=/' arm64 >bare
	"$KWALK" -q -c 'extract -w new' vmlinux bare
	head -c 4096 new | strings | grep -E 'VA_BITS|voffset|PHYS_OFFSET|T1SZ|sme|l5|phys_base' | sort >lines
	# the image: ffff8000_08000000 is at 41000000
	diff - lines <<-END
	NUMBER(PHYS_OFFSET)=0x40000000
	NUMBER(TCR_EL1_T1SZ)=0x10
	NUMBER(VA_BITS)=48
	NUMBER(kimage_voffset)=0xffff7fffc7000000
	END
}

@test "a signed pointer is shown without its code" {
	describe signed <<-END
	let pac_mask 0xff7f000000000000
	include $DUMPS/arm64.txt
	END
	answers signed 'whatis 98ff800009001ff8' <<-END
	98ff800009001ff8 meant=0xffff800009001ff8 bit=-
	END
}

@test "facts of x86 are none of its own" {
	dump arm64
	"$KWALK" -q -j arm64 -c info >answers
	not grep -q 'sme_mask\|phys_base' answers
}

@test "frames of a CPU, by their records" {
	dump arm64
	describe signed <<-END
	let pac_mask 0xff7f000000000000
	let signature 0x67<<56
	include $DUMPS/arm64.txt
	END
	sed 's/NUMBER(KERNELPACMASK)/NUMBER(OTHER)/' "$DUMPS/arm64-note.inc" >note.inc
	describe unmasked <<-END
	let signature 0x67<<56
	$(sed "s|include arm64-note.inc|include $PWD/note.inc|; s|^include arm64.inc|include $DUMPS/arm64.inc|" "$DUMPS/arm64.txt")
	END
	vmlinux arm64
	local name

	for name in arm64 signed unmasked; do
		"$KWALK" -q -j vmlinux "$name" -c 'bt -c 0' >answers
		json_values '[it["frame"], it["address"]]' answers | tee frames
		diff - frames <<-END
		[0,"0xffff800008001100"]
		[1,"0xffff800008002004"]
		[2,"0xffff800008001104"]
		END
	done
}

# traced DUMP: frames of CPU 0, where the tracer function_graph has replaced the return address in the first record. The task
# of the CPU keeps the original. The description continues on standard input.
traced() {
	describe "$1" <<-END
	include $DUMPS/arm64.txt
	let task 0x24000
	let entries 0x25000
	at ram_base+0x23f08: u64 text+0x2024
	at text_phys+0x5f0320: u64 linear+task
	at ram_base+task+48: u32 1 1
	at ram_base+task+72: str "init\0"
	at ram_base+task+168: u32 0
	at ram_base+task+176: u64 linear+entries
	at ram_base+entries: u64 text+0x2004 text+0x1100 linear+0x23f40
	$(cat)
	END
}

@test "bt: a return address that a tracer replaced, by the frame pointer of the caller" {
	local X86_CC=${X86_CC:-${CC:-cc}}

	export X86_CC="$X86_CC -DTRACERS=409"
	vmlinux arm64
	objcopy -I elf64-little --add-symbol before=.text:0x2010,function --add-symbol return_to_handler=.text:0x2024,function vmlinux
	# e_machine: EM_AARCH64
	printf '\267' | dd of=vmlinux bs=1 seek=18 conv=notrunc status=none
	traced replaced </dev/null
	answers vmlinux replaced 'bt -c 0' <<-END
	* frame=0 symbol=asm_exc_divide_error+0x0
	* frame=1 symbol=schedule+0x4 address=0xffff800008002004 sure=true tracer=function_graph
	* frame=2 symbol=asm_exc_divide_error+0x4 sure=true tracer=-
	END
	# an entry of another frame: the callers are found nevertheless
	traced lost <<<'at ram_base+entries+16: u64 linear+0x23f48'
	answers -s 1 vmlinux lost 'bt -c 0' <<-END
	* frame=0 symbol=asm_exc_divide_error+0x0
	* frame=1 symbol=return_to_handler+0x0 sure=false tracer=function_graph
	* frame=2 symbol=asm_exc_divide_error+0x4 sure=true
	* status=error message="~(function_graph) is not known: "
	END
}

# called DUMP CODE RETURN: frames of CPU 0, where CODE is before the address in x30, and RETURN is in the record at x29.
called()
{
	describe "$1" <<-END
	include $DUMPS/arm64.txt
	at text_phys+0x2000: u32 $2
	at ram_base+0x23f08: u64 $3
	END
	"$KWALK" -q -j vmlinux "$1" -c 'bt -c 0' >answers
	json_values 'it["address"]' answers | tr '\n' ' '
}

# wild NAME CODE: frames of CPU 0, which jumped to an address that is not code. CODE is before the address in x30; the record at x29 = sp is the
# record of the caller.
wild()
{
	describe "$1" <<-END
	$(sed "s|^include |include $DUMPS/|; s/ip=text+0x1100 sp=linear+0x23e00/ip=0xdead000000000000 sp=linear+0x23f00/
		s/lr=text+0x2004/lr=text+0x1108/" "$DUMPS/arm64.txt")
	at text_phys+0x1104: u32 $2
	END
	"$KWALK" -q -j vmlinux "$1" -c 'bt -c 0' >answers
	json_values '[it["address"], it["sp"], it["sure"]]' answers | tr '\n' ' '
}

@test "a call of an address that is not code: the caller is in x30" {
	dump arm64
	vmlinux arm64
	wild blr 0xd63f0020 | tee frames
	grep -q '^\["0xdead000000000000","\(0x[0-9a-f]*\)",true\] \["0xffff800008001108","\1",true\] \["0xffff800008002004",' frames
	# bl of another function, and no call: x30 is from an earlier call
	wild bl 0x97fffc40 | tee frames
	grep -q '^\["0xdead000000000000",.*,true\] \["0xffff800008002004",' frames
	wild nop 0xd503201f | tee frames
	grep -q '^\["0xdead000000000000",.*,true\] \["0xffff800008002004",' frames
}

@test "a function with its record above its other words, and a function without a record" {
	dump arm64
	vmlinux arm64
	# bl from text+0x2000 to asm_exc_divide_error at text+0x1100
	local bl=0x97fffc40
	[ "$(called has $bl text+0x2004)" = '0xffff800008001100 0xffff800008002004 0xffff800008001104 ' ]
	[ "$(called lacks $bl text+0x1108)" = \
		'0xffff800008001100 0xffff800008002004 0xffff800008001108 0xffff800008001104 ' ]
}

# The symbols of arm64.txt, in a kernel whose KASAN has software tags.
map_of_kasan()
{
	cat >System.map <<-'END'
	ffff800008000000 T _text
	ffff800008000000 T _stext
	ffff800008000010 T primary_entry
	ffff800008001100 T asm_exc_divide_error
	ffff800008002000 T schedule
	ffff800008003800 T kasan_init
	ffff800008003900 T kasan_init_sw_tags
	ffff8000081ff000 T _etext
	ffff800008200000 R linux_banner
	ffff800008400000 D kimage_voffset
	ffff800008400028 D max_pfn
	ffff800008410000 D swapper_pg_dir
	ffff800008800000 B _end
	END
}

# header LINE...: describe "header", whose image is mapped in small pages from _stext, 64K after _text. The lines say what
# is mapped before. Without symbols in the note, so that System.map says where the image begins.
header()
{
	{
		grep -v '^[[:space:]]*SYMBOL(_stext)' "$DUMPS/arm64-note.inc" >note.inc
		sed "s,^include arm64.inc,include $DUMPS/arm64.inc," "$DUMPS/arm64.txt" | sed "s,^include arm64-note,include $PWD/note,"
		echo 'at pmd_image[(text>>21)&511]: u64 (ram_base+0x9000)|TABLE_'
		echo 'at ram_base+0x9000+8*16: u64 seq 496 (text_phys+0x10000)|0x40000000000783 4K'
		printf '%s\n' "$@"
	} | describe header
	map_of_kasan
	sed -i '/kasan/d; s/^ffff800008000000 T _stext/ffff800008010000 T _stext/' System.map
}

@test "the image is what the kernel maps as image: areas of vmalloc are between _text and _stext" {
	local maps

	header 'at ram_base+0x9000: u64 (ram_base+28M)|KDATA (ram_base+28M+0x5000)|KDATA 0 (ram_base+28M+0x7000)|KDATA'
	for maps in System.map ''; do
		answers $maps header 'vtop ffff800008000000 ffff800008001010 ffff800008002000 ffff80000800f000 ffff800008010000' <<-END
		ffff800008000000 status=mapped physical=0x41c00000 region=vmalloc doubt=-
		ffff800008001010 status=mapped physical=0x41c05010 region=vmalloc doubt=-
		ffff800008002000 status=not-mapped region=vmalloc doubt=-
		ffff80000800f000 status=not-mapped region=vmalloc doubt=-
		ffff800008010000 status=mapped physical=0x41010000 region=kernel-image doubt=-
		END
		"$KWALK" -q -j $maps header -c check >answers || true
		grep -q '"status":"ok","check":"tables"' answers
	done
	answers System.map header 'region ffff800008012345' <<-END
	ffff800008012345 region=kernel-image start=0xffff800008010000 end=0xffff8000087fffff
	END
	# Before 5.11, and in the newest releases, the header is mapped, too.
	header 'at ram_base+0x9000: u64 seq 16 text_phys|KDATA 4K'
	answers System.map header 'vtop ffff800008000000' <<<'ffff800008000000 region=kernel-image doubt=-'
	header 'at ram_base+0x9000: u64 seq 16 text_phys|KDATA 4K' 'at ram_base+0x9000+8*3: u64 (ram_base+28M)|KDATA'
	answers System.map header 'vtop ffff800008003000' <<-'END'
	ffff800008003000 region=kernel-image doubt="the kernel's image should map this address to 41003000, so an entry is damaged, or a table is the page of another frame"
	END
}

@test "a byte of KASAN's shadow describes 16 bytes with software tags, and 8 without" {
	# Either shadow ends at ffff800000000000; it has a 16th or an 8th of the upper half.
	map_of_kasan
	dump arm64
	answers System.map arm64 'whatis ffff700000000137 ffff700000001000' <<-END
	ffff700000000137 text="~KASAN's shadow of ffff000000001370 to ffff00000000137f"
	ffff700000001000 text="~KASAN's shadow of ffff000000010000 to ffff00000001000f"
	END
	sed -i '/kasan_init_sw_tags/d' System.map
	answers System.map arm64 'whatis ffff600000000137' <<-END
	ffff600000000137 text="~KASAN's shadow of ffff0000000009b8 to ffff0000000009bf"
	END
}

@test "a tagged pointer is the pointer without its tag, in every command" {
	map_of_kasan
	dump arm64
	answers System.map arm64 'vtop f0ff000000030010; region f0ff000000030010; rd f0ff000000030010 1; whatis f0ff000000030010+0' <<-'END'
	f0ff000000030010 virtual=0xffff000000030010 physical=0x40030010 tag=0xf0 tag_used=yes
	f0ff000000030010 virtual=0xffff000000030010 region=direct-map physical=0x40030010 tag=0xf0
	f0ff000000030010 address=0xffff000000030010 tag=0xf0
	f0ff000000030010+0 value=0xffff000000030010 tag=0xf0
	END
	answers System.map arm64 'sym f0ff800008002004; whatis f0ff000000030010; vtop ffff000000030010 f5ff000000030010 ffff000000030010' <<-'END'
	f0ff800008002004 name=schedule offset=4 tag=0xf0
	f0ff000000030010 value=0xf0ff000000030010 virtual=0xffff000000030010 tag=0xf0 text="~tag f0 of ffff000000030010, frame 40030"
	ffff000000030010 virtual=0xffff000000030010 tag=-
	f5ff000000030010 virtual=0xffff000000030010 tag=0xf5
	ffff000000030010 virtual=0xffff000000030010 tag=-
	END
	"$KWALK" -q System.map arm64 -c 'vtop f0ff000000030010' 2>notes
	grep -qx 'kwalk: vtop: f0ff000000030010 is ffff000000030010 with the tag f0' notes
	echo 'x1 : f0ff000000030000' >line
	"$KWALK" -q System.map arm64 -c 'annotate line' >annotated
	grep -q 'f0ff000000030000: tag f0 of ffff000000030000, frame 40030' annotated
	# what is searched for is no address
	"$KWALK" -q System.map arm64 -c 'search -i f0ff000000030000 f0ff00000003ffff f0ff000000030010' 2>notes
	[ ! -s notes ]
	# user addresses have tags in each kernel
	dump arm64
	answers arm64 'vtop 0b00ffff00001000' <<-'END'
	0b00ffff00001000 virtual=0xffff00001000 tag=0xb tag_used=yes
	END
}

@test "a kernel without tags need not ignore the upper byte; without symbols this is not known" {
	map_of_kasan
	sed -i /kasan/d System.map
	dump arm64
	answers System.map arm64 'region f0ff000000030010; whatis f0ff000000030010' <<-'END'
	f0ff000000030010 region=direct-map tag=0xf0 tag_used=no
	f0ff000000030010 kind=non-canonical tag=-
	END
	answers arm64 'region f0ff000000030010; whatis f0ff000000030010 f0ff00ffff030010' <<-'END'
	f0ff000000030010 region=direct-map tag=0xf0 tag_used=unknown
	f0ff000000030010 tag=0xf0 text="~tag f0 (if this kernel uses tags) of ffff000000030010, frame 40030"
	f0ff00ffff030010 kind=non-canonical tag=-
	END
	# tags of the hardware, and their static key: not known, on, off
	echo 'ffff800008003900 T kasan_init_hw_tags' >>System.map
	answers System.map arm64 'region f0ff000000030010' <<<'f0ff000000030010 tag_used=unknown'
	cp System.map off
	echo 'ffff800008420980 D kasan_flag_enabled' >>System.map
	answers System.map arm64 'region f0ff000000030010' <<<'f0ff000000030010 tag_used=yes'
	echo 'ffff800008420990 D kasan_flag_enabled' >>off
	answers off arm64 'region f0ff000000030010' <<<'f0ff000000030010 tag_used=no'
}

@test "the shadow of an address near NULL is not a tagged pointer" {
	map_of_kasan
	dump arm64
	answers System.map arm64 'whatis efff800000000137 efff800000000008; region efff800000000137; whatis efff800008002004' <<-'END'
	efff800000000137 kind=non-canonical text="~not canonical; KASAN's shadow of 1370 to 137f, a user address"
	efff800000000008 kind=non-canonical text="~not canonical; KASAN's shadow of 80 to 8f, near NULL"
	efff800000000137 region=non-canonical
	efff800008002004 kind=symbol tag=0xef
	END
}

# A vmlinux whose kernel has KASAN with software tags.
vmlinux_of_kasan()
{
	cat >more.s <<-'END'
	.globl kasan_init, kasan_init_sw_tags
	.type kasan_init, @function
	.type kasan_init_sw_tags, @function
	.set kasan_init, 0xffff800008003800
	.set kasan_init_sw_tags, 0xffff800008003900
	END
	MORE=more.s vmlinux arm64
}

@test "tags of pointers in memory: processes, mappings, files, areas, slabs" {
	dump arm64-tags
	vmlinux_of_kasan
	answers vmlinux arm64-tags 'tasks; vmas a3ff000000030000; files 1; areas' <<-'END'
	* pid=0 task=0xffff800008420800
	* pid=1 task=0xffff000000030000 mm=0xffff000000031000 active_mm=-
	* pid=2 task=0xffff000000030100 active_mm=0xffff000000031000
	* start=0x1000 vma=0xffff000000038000 file=/init
	* fd=3 file=0xffff000000039000 dentry=0xffff000000039480 path=/init
	* start=0xffff800009000000 end=0xffff800009001fff kind=vmalloc
	* start=0xffff800009003000 end=0xffff800009004fff kind=ioremap physical=0x9000000
	END
	answers vmlinux arm64-tags 'slabs; whatis a3ff0000000500c0 2fff0000000501e0; page ffff000001c00000' <<-'END'
	* slab_cache=tagged address=0xffff00000003e200 active=40
	a3ff0000000500c0 tag=0xa3 text="~object ffff0000000500c0 of cache tagged, free"
	2fff0000000501e0 tag=0x2f text="~object ffff0000000501e0 of cache tagged, free"
	ffff000001c00000 use=anon anon_vma=0xffff00000003f000
	END
	# the process maps frames that the description leaves unused
	"$KWALK" -q -j vmlinux arm64-tags -c check >answers || true
	for part in tasks vmas files areas slabs; do
		grep -q "\"status\":\"ok\",\"check\":\"$part\"" answers
	done
	grep -qF '"status":"ok","check":"kernel-half","message":"1 process shares the kernel'"'"'s table of the upper half"' answers
	grep -qF '"status":"ok","check":"user-rights","message":"no page of 1 process is both writable and executable"' answers
}

@test "the upper byte of a pointer in memory is damage if the kernel has no tags" {
	dump arm64-tags
	vmlinux arm64
	"$KWALK" -q -j vmlinux arm64-tags -c check >answers || true
	for part in tasks vmas areas slabs; do
		grep -q "\"status\":\"error\",\"check\":\"$part\"" answers
	done
}
