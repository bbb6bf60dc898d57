#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# region: what an address is for. Stacks, memory of CPUs, slabs, zones, and
# whether virt_to_phys() and virt_to_page() are valid. Places are from
# tests/dumps/x86_64-purpose.txt and purpose-32.inc.
load common

@test "stacks of tasks: in vmalloc, the direct map and the image" {
	dump x86_64-purpose
	vmlinux 64
	answers vmlinux x86_64-purpose 'region ffffc90000010000 ffffc90000013fff ffffc90000014000 ffff888000060008 ffff888000064000 ffffffff81424010' <<-END
	ffffc90000010000 region=vmalloc stack=task pid=1 comm=init task=0xffff888000030000 \
		stack_start=0xffffc90000010000 stack_end=0xffffc90000013fff cpu=- percpu=-
	ffffc90000013fff stack=task pid=1
	ffffc90000014000 region=vmalloc stack=- pid=-
	ffff888000060008 region=direct-map stack=task pid=3 comm=shell stack_end=0xffff888000063fff
	ffff888000064000 stack=-
	ffffffff81424010 region=kernel-image stack=task pid=0 comm=swapper/0 symbol=init_stack+0x10
	END
}

@test "stacks of CPUs" {
	dump x86_64-purpose
	vmlinux 64
	answers vmlinux x86_64-purpose 'region ffffc90000018000 ffffc9000001bff8 ffffc9000001c000 fffffe0000048fff fffffe000fee1010 fffffe000fee0000 fffffe000fee5fff fffffe000fee6000' <<-END
	ffffc90000018000 stack=irq cpu=0 stack_start=0xffffc90000018000 \
		stack_end=0xffffc9000001bfff task=- guard=-
	ffffc9000001bff8 stack=irq
	ffffc9000001c000 stack=-
	fffffe0000048fff region=cpu-entry-area stack=entry cpu=0 member=entry_stack_page+0xfff \
		exception=-
	fffffe000fee1010 stack=exception exception=DF cpu=1 member=estacks.DF_stack+0x10 \
		stack_start=0xfffffe000fee1000 stack_end=0xfffffe000fee2fff guard=-
	fffffe000fee0000 stack=exception exception=DF guard=true cpu=1
	fffffe000fee5fff stack=exception exception=NMI guard=-
	fffffe000fee6000 stack=- member=estacks.IST_top_guard+0x0 cpu=1
	END
}

@test "the cpu entry area: which CPU's, and what of it" {
	dump x86_64-purpose
	vmlinux 64
	# numbers of _cea_offset: 5 and 1234, of e000 bytes each
	answers vmlinux x86_64-purpose 'region fffffe0000000010 fffffe0000001000 fffffe0000046fff fffffe0000047000 fffffe0000049004 fffffe0000054fff fffffe0000055000 fffffe000fed9008' <<-END
	fffffe0000000010 member=idt+0x10 cpu=-
	fffffe0000001000 member=- cpu=-
	fffffe0000046fff member=- cpu=-
	fffffe0000047000 member=gdt+0x0 cpu=0 stack=-
	fffffe0000049004 member=tss+0x4 cpu=0
	fffffe0000054fff member=estacks.IST_top_guard+0xfff cpu=0
	fffffe0000055000 member=- cpu=-
	fffffe000fed9008 member=gdt+0x8 cpu=1
	END
}

@test "per-CPU memory: static variables and chunks" {
	dump x86_64-purpose
	vmlinux 64
	answers vmlinux x86_64-purpose 'region ffff88800003a204 ffff88800003c210 ffff88800003c240 ffff88800003b07f ffff88800003b080 ffff88800003d090 ffff88800003beff ffff88800003bf00 ffffc90000100000 ffffc90000102fff ffffc90000103000' <<-END
	ffff88800003a204 percpu=static cpu=0 percpu_pointer=0x204 percpu_symbol=cpu_info+0x4
	ffff88800003c210 percpu=static cpu=1 percpu_pointer=0x210 percpu_symbol=cpu_info+0x10
	ffff88800003c240 percpu=static cpu=1 percpu_symbol=-
	ffff88800003b07f percpu=reserved cpu=0 percpu_pointer=0x107f
	ffff88800003b080 percpu=dynamic cpu=0 percpu_pointer=0x1080 percpu_symbol=-
	ffff88800003d090 percpu=dynamic cpu=1 percpu_pointer=0x1090
	ffff88800003beff percpu=dynamic cpu=0
	ffff88800003bf00 percpu=- cpu=-
	ffffc90000100000 region=vmalloc percpu=dynamic cpu=0 percpu_pointer=0x4080000c6000
	ffffc90000102fff percpu=dynamic cpu=1 percpu_pointer=0x4080000c6fff
	ffffc90000103000 percpu=-
	END
	# the second list is behind the last one
	describe one-list <<-END
	include $DUMPS/x86_64-purpose.txt
	at vars+0x218: u32 1
	END
	answers vmlinux one-list 'region ffff88800003b07f ffff88800003b080' <<-END
	ffff88800003b07f percpu=reserved
	ffff88800003b080 percpu=-
	END
}

@test "slabs: by flag, and since 6.12 by page type" {
	local name release

	for name in x86_64-purpose x86_64-purpose-6.12; do
		release=
		[ $name = x86_64-purpose ] || release=6.12.1
		dump $name
		vmlinux 64 $release
		# 85 objects of 96 bytes; a control character in a name; a red zone of 8 bytes;
		# a cache that is in no list; KFENCE's one object
		answers vmlinux $name 'region ffff888000050000 ffff8880000510a0 ffff888000051fdf ffff888000051fe0 ffff888000058010 ffff88800005825f ffff888000058ff0 ffff88800005a010 ffff88800005b010 ffff888000052000' <<-END
		ffff888000050000 slab_cache=kmalloc-96 slab=0xffff888000050000 \
			object=0xffff888000050000 object_index=0 object_size=96
		ffff8880000510a0 slab_cache=kmalloc-96 slab=0xffff888000050000 \
			object=0xffff888000051080 object_index=44
		ffff888000051fdf object_index=84
		ffff888000051fe0 slab_cache=kmalloc-96 object_index=- object=-
		ffff888000058010 slab_cache=inode?cache object=0xffff888000058008 object_index=0 \
			object_size=600
		ffff88800005825f object=0xffff888000058260 object_index=1
		ffff888000058ff0 slab_cache=inode?cache object_index=-
		ffff88800005a010 slab_cache=-
		ffff88800005b010 slab_cache=kmalloc-96 object_index=-
		ffff888000052000 slab_cache=-
		END
	done
}

@test "slabs of a cache whose name is one letter, and of one without a name" {
	vmlinux 64
	describe letter <<-END
	include $DUMPS/x86_64-purpose.txt
	at names: str "k\0"
	END
	describe nameless <<-END
	include $DUMPS/x86_64-purpose.txt
	at names: u8 0
	END
	answers vmlinux letter 'region ffff888000050000' <<<'ffff888000050000 slab_cache=k object_index=0'
	answers vmlinux nameless 'region ffff888000050000' <<<'ffff888000050000 slab_cache=-'
}

@test "slabs of 7.1: a tail masks its own address, or names its head" {
	dump x86_64-purpose-7.1
	vmlinux 64 7.1.3
	answers vmlinux x86_64-purpose-7.1 'region ffff888000050000 ffff8880000510a0 ffff888000051fdf ffff88800005d0a0; page ffffea0000001440' <<-END
	ffff888000050000 slab_cache=kmalloc-96 slab=0xffff888000050000 object_index=0
	ffff8880000510a0 slab_cache=kmalloc-96 slab=0xffff888000050000 object=0xffff888000051080 \
		object_index=44
	ffff888000051fdf object_index=84
	ffff88800005d0a0 slab_cache=kmalloc-96 slab=0xffff88800005c000 object_index=44
	ffffea0000001440 use=slab head=0x50 order=1 mapcount=- flags= zone=DMA32 node=1
	END
}

@test "before 5.2: SLAB, irq_stack_ptr, pcpu_slot" {
	dump x86_64-purpose-4.4
	vmlinux 64 4.4.0
	answers vmlinux x86_64-purpose-4.4 'region ffff888000050020 ffff888000050018 ffff8880000500a0 ffff888000050fe0 ffffc90000018000 ffffc9000001bfff ffff88800003d090' <<-END
	ffff888000050020 slab_cache=kmalloc-96 object_index=0 object=0xffff888000050028 \
		object_size=112
	ffff888000050018 slab_cache=kmalloc-96 object_index=-
	ffff8880000500a0 object_index=1
	ffff888000050fe0 object_index=-
	ffffc90000018000 stack=irq cpu=0
	ffffc9000001bfff stack=irq
	ffff88800003d090 percpu=dynamic cpu=1
	END
}

@test "an IRQ stack's top as its address (5.2 to 5.11)" {
	describe top <<-END
	include $DUMPS/x86_64-purpose.txt
	at cpu0+0x110: u64 vmalloc_base+0x1c000
	END
	vmlinux 64
	answers vmlinux top 'region ffffc90000017ff8 ffffc90000018000 ffffc9000001bfff ffffc9000001c000' <<-END
	ffffc90000017ff8 stack=-
	ffffc90000018000 stack=irq cpu=0 stack_start=0xffffc90000018000 stack_end=0xffffc9000001bfff
	ffffc9000001bfff stack=irq
	ffffc9000001c000 stack=-
	END
}

# Tops of the stacks in struct orig_ist: SS, DF, NMI, DB, MCE.
@test "exception stacks before 5.2, in memory of the CPU" {
	local pages='region ffff888000070fff ffff888000071000 ffff888000072fff ffff888000073000 ffff888000074fff ffff888000075fff ffff888000076000'

	vmlinux 64 4.4.0
	describe five <<-END
	include $DUMPS/x86_64-purpose-4.4.txt
	at cpu1+0x280: u64 d+0x71000 d+0x72000 d+0x73000 d+0x75000 d+0x76000 0 0
	END
	answers vmlinux five "$pages" <<-END
	ffff888000070fff stack=exception exception=SS cpu=1 stack_start=0xffff888000070000 \
		stack_end=0xffff888000070fff
	ffff888000071000 stack=exception exception=DF
	ffff888000072fff stack=exception exception=NMI
	ffff888000073000 stack=exception exception=DB stack_start=0xffff888000073000 \
		stack_end=0xffff888000074fff
	ffff888000074fff stack=exception exception=DB
	ffff888000075fff stack=exception exception=MCE
	ffff888000076000 stack=-
	END
	describe four <<-END
	include $DUMPS/x86_64-purpose-4.4.txt
	at cpu1+0x280: u64 d+0x72000 d+0x73000 d+0x75000 d+0x76000 0 0 0
	END
	answers vmlinux four "$pages" <<-END
	ffff888000070fff stack=-
	ffff888000071000 stack=exception exception=DF cpu=1
	ffff888000072fff stack=exception exception=NMI
	ffff888000073000 stack=exception exception=DB
	ffff888000074fff stack=exception exception=DB
	ffff888000075fff stack=exception exception=MCE
	ffff888000076000 stack=-
	END
	# what is no such row is no stacks
	describe none <<-END
	include $DUMPS/x86_64-purpose-4.4.txt
	at cpu1+0x280: u64 d+0x72000 d+0x73000 d+0x74000 d+0x75000 0 0 0
	END
	answers vmlinux none "$pages" <<-END
	ffff888000070fff stack=-
	ffff888000071000 stack=-
	ffff888000072fff stack=-
	ffff888000073000 stack=-
	ffff888000074fff stack=-
	ffff888000075fff stack=-
	ffff888000076000 stack=-
	END
}

@test "before 2.6.34 per-CPU variables had a prefix" {
	vmlinux 64 4.4.0
	objcopy --redefine-sym irq_stack_ptr=per_cpu__irq_stack_ptr --redefine-sym orig_ist=per_cpu__orig_ist vmlinux
	describe prefix <<-END
	include $DUMPS/x86_64-purpose-4.4.txt
	at cpu1+0x280: u64 d+0x71000 d+0x72000 d+0x73000 d+0x75000 d+0x76000 0 0
	END
	answers vmlinux prefix 'region ffffc90000018000 ffff888000071000' <<-END
	ffffc90000018000 stack=irq cpu=0
	ffff888000071000 stack=exception exception=DF cpu=1
	END
}

@test "exception stacks of 4.15 to 5.1 are one member of the cpu entry area" {
	vmlinux 64 4.14.74
	describe entry <<-END
	include $DUMPS/x86_64-purpose-4.4.txt
	note VMCOREINFO
	  OSRELEASE=4.14.74
	end
	at text_phys+2M: str "Linux version 4.14.74 (builder@example.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)\n\0"
	at cpu0+0x280: u64 0xfffffe000000a000 0xfffffe000000b000 0xfffffe000000d000 0xfffffe000000e000 0 0 0
	END
	answers vmlinux entry 'region fffffe0000002008 fffffe0000008010 fffffe0000009000 fffffe000000bfff fffffe000000cfff fffffe000000d010 fffffe0000017000' <<-END
	fffffe0000002008 region=cpu-entry-area stack=entry cpu=0
	fffffe0000008010 region=cpu-entry-area member=entry_trampoline+0x10 stack=- cpu=0
	fffffe0000009000 stack=exception exception=DF cpu=0 stack_start=0xfffffe0000009000 \
		stack_end=0xfffffe0000009fff
	fffffe000000bfff stack=exception exception=DB stack_start=0xfffffe000000b000 \
		stack_end=0xfffffe000000cfff
	fffffe000000cfff stack=exception exception=DB
	fffffe000000d010 stack=exception exception=MCE member=exception_stacks+0x4010
	# the second CPU's were never set up
	fffffe0000017000 stack=exception exception=- cpu=1
	END
}

@test "five levels, no tasks" {
	dump x86_64-purpose-5level
	vmlinux 64
	answers vmlinux x86_64-purpose-5level 'region ff110000000510a0 ff1100000003c210 ffa0000000018000 fffffe000fee1010' <<-END
	ff110000000510a0 slab_cache=kmalloc-96 object_index=44
	ff1100000003c210 percpu=static cpu=1 percpu_symbol=cpu_info+0x10
	ffa0000000018000 stack=irq cpu=0
	fffffe000fee1010 stack=exception exception=DF cpu=1
	END
}

@test "i386 and PAE" {
	local name

	dump i386-purpose pae-purpose
	for name in i386 pae; do
		vmlinux "${name/i386/32}"
		# a cpu entry area has five pages; the IDT's comes first
		answers vmlinux $name-purpose 'region c0060000 c0061fff c0062000 c0064000 c0067fff c1424010 c003c210 c2820004 c2822004 c00510a0 c0052000' <<-END
		c0060000 stack=task pid=1 comm=init stack_end=0xc0061fff
		c0061fff stack=task
		c0062000 stack=-
		c0064000 stack=hardirq cpu=0 stack_end=0xc0065fff
		c0067fff stack=softirq cpu=0 stack_start=0xc0066000
		c1424010 stack=task pid=0 comm=swapper/0
		c003c210 percpu=static cpu=1 percpu_symbol=cpu_info+0x10 percpu_pointer=0xc1570210
		c2820004 region=vmalloc percpu=dynamic cpu=0
		c2822004 percpu=dynamic cpu=1
		c00510a0 slab_cache=kmalloc-96 object=0xc0051080 object_index=44
		c0052000 slab_cache=-
		END
	done
	vmlinux 32
	answers vmlinux i386-purpose 'region ffc00008 ffc01000 ffc07008 ffc08008' <<-END
	ffc00008 region=cpu-entry-area member=idt+0x8 cpu=-
	ffc01000 member=gdt+0x0 cpu=0
	ffc07008 member=entry_stack_page+0x8 stack=entry cpu=1
	ffc08008 member=tss+0x8 cpu=1
	END
}

@test "damage and lies name nothing" {
	dump x86_64-purpose-damaged
	vmlinux 64
	answers vmlinux x86_64-purpose-damaged 'region ffff888000050010 ffff888000051010 ffff888000052010 ffff888000058010 ffffc90000010000 ffff888000060008 ffff88800003c210 ffff88800003b080 fffffe0000047000 fffffe000fed9008 0' <<-END
	ffff888000050010 slab_cache=-
	ffff888000051010 slab_cache=-
	ffff888000052010 slab_cache=-
	ffff888000058010 slab_cache=-
	ffffc90000010000 stack=-
	ffff888000060008 stack=-
	ffff88800003c210 percpu=static cpu=1
	ffff88800003b080 percpu=-
	fffffe0000047000 cpu=-
	fffffe000fed9008 cpu=1
	0 stack=-
	END
}

@test "zone, resource and the ISA hole" {
	dump x86_64-purpose x86_64 pae-purpose
	vmlinux 64
	answers vmlinux x86_64-purpose 'region ffff88800009ffff ffff8880000a0000 ffff8880000fffff ffff888000100000' <<-END
	ffff88800009ffff zone=DMA isa_hole=-
	ffff8880000a0000 isa_hole=true
	ffff8880000fffff isa_hole=true
	ffff888000100000 isa_hole=-
	END
	# the struct page of frame 1c00 is in zone 1, whatever maps it
	answers vmlinux x86_64 'region ffff888001c00000 ffffc90000000000 ffffffff81000000 0' <<-END
	ffff888001c00000 zone=DMA32
	ffffc90000000000 region=vmalloc zone=DMA32
	ffffffff81000000 zone=DMA
	0 zone=-
	END
	vmlinux pae
	answers vmlinux pae-purpose 'region c2804000' <<<'c2804000 region=vmalloc zone=HighMem'
	vmlinux 64
	# without types nothing is known
	answers x86_64 'region ffff888001c00000' <<<'ffff888001c00000 zone=- stack=- percpu=- slab_cache=-'
}

@test "where virt_to_phys() and virt_to_page() are valid, and why not" {
	dump x86_64 i386
	vmlinux 64
	answers vmlinux x86_64 'region ffff888001c00123 ffffffff81000000 ffffc90000000000 ffffea0000070000 ffffffffc0000000 fffffe0000001000 ffffffffff5fd000 ffffffffff600000 0 800000000000 ffff800000000000 ffff888002000000 ffffffffbfffffff ffffffffff601000' <<-END
	ffff888001c00123 linear=true virt_to_phys=true virt_to_page=true why_not=-
	ffffffff81000000 linear=true virt_to_phys=true virt_to_page=true why_not=-
	ffffc90000000000 linear=false virt_to_phys=false virt_to_page=false why_not=~vmalloc_to_page
	ffffea0000070000 virt_to_phys=false virt_to_page=false why_not="~memory map"
	ffffffffc0000000 virt_to_phys=false virt_to_page=false why_not=~modules
	fffffe0000001000 virt_to_page=false why_not=~alias
	ffffffffff5fd000 virt_to_page=false why_not="~fixed slot"
	ffffffffff600000 virt_to_page=false why_not=~vsyscall
	0 virt_to_page=false why_not="~user address"
	800000000000 virt_to_page=false why_not="~no page table"
	ffff800000000000 virt_to_page=false why_not=~hypervisors
	ffff888002000000 region=direct-map virt_to_phys=false virt_to_page=false \
		why_not="~maps nothing here"
	ffffffffbfffffff region=kernel-image virt_to_phys=false why_not="~maps nothing here"
	ffffffffff601000 virt_to_page=false why_not=~hole
	END
	vmlinux 32
	answers vmlinux i386 'region c1c00123 c2800000 ff400000 ffffc000 c2000000' <<-END
	c1c00123 virt_to_phys=true virt_to_page=true why_not=-
	c2800000 virt_to_phys=false virt_to_page=false why_not=~vmalloc
	ff400000 region=kmap virt_to_phys=false virt_to_page=false why_not=~kmap_to_page
	ffffc000 region=fixmap virt_to_page=false why_not="~fixed slot"
	c2000000 region=hole virt_to_page=false why_not=~hole
	END
}

@test "a direct map that lies, or whose table is missing" {
	describe wrong <<-END
	include $DUMPS/x86_64.txt
	at pmd_direct[14]: u64 30M|DATA|PS
	at pmd_direct[13]: u64 64M|TABLE
	END
	vmlinux 64
	answers vmlinux wrong 'region ffff888001c00000 ffff888001a00000' <<-END
	ffff888001c00000 linear=false virt_to_phys=false virt_to_page=false \
		why_not="~gives 1c00000, but the page table maps the address to 1e00000"
	ffff888001a00000 linear=false virt_to_phys=- virt_to_page=- why_not="~not in the dump"
	END
}

@test "in text, lines under the row" {
	dump x86_64-purpose
	vmlinux 64
	"$KWALK" -q -c 'region ffff888000058010 ffffc90000010000 fffffe000fee0000 ffff88800003a204 ffff8880000a0000' \
		vmlinux x86_64-purpose >text
	cat text
	[ "$(grep -c '^VIRTUAL' text)" = 1 ]
	grep -qx '  SLAB: cache inode?cache, slab ffff888000058000, object ffff888000058008, number 0, 600 bytes, allocated' text
	grep -qx '  STACK: task 1 (init), ffffc90000010000 to ffffc90000013fff' text
	grep -q '^  NOT VALID: virt_to_phys(), virt_to_page(): vmalloc space' text
	grep -qx '  CPU ENTRY AREA: CPU 1, estacks.DF_stack_guard+0x0' text
	grep -qx '  STACK: guard page of CPU 1, exception DF, fffffe000fee0000 to fffffe000fee0fff' text
	grep -qx '  PER CPU: CPU 0, static, pointer 204, cpu_info+0x4' text
	grep -qx '  MEMORY: a0000, zone DMA, in the ISA hole' text
}
