#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# guests, vtop --guest and --guest: virtual machines of a KVM host.
load common
of_part kvm

guests() {
	GUESTS=1 vmlinux 64
	dump x86_64-guests-ept x86_64-guests-npt
}

@test "the machines of a host, with their processes, vCPUs and slots" {
	guests
	answers vmlinux x86_64-guests-ept guests <<-'END'
	* guest=0xffff888000080000 pid=3 comm=shell vcpus=2 memory=2129920 paging=ept mm=0xffff888000031100
	* guest=0xffff888000080100 pid=77 comm=- vcpus=0 memory=0
	END
	"$KWALK" -q -j -c 'guests shell' vmlinux x86_64-guests-ept |
		json_hold '[(s["first_gfn"], s["pages"], s["user_address"], s["flags"]) for s in it["slots"]] == [("0x0",4,"0x20000","0x0"),("0x100000",512,"0x200000","0x1"),("0x200000",2,"0x40000","0x0"),("0x300000",1,"0x24000","0x2"),("0x400000",1,"0x60000","0x0")]'
	# As vtop's, a machine is also named by its pid, or the address of its struct kvm.
	answers vmlinux x86_64-guests-ept 'guests 77 ffff888000080100' <<-'END'
	* guest=0xffff888000080100
	* guest=0xffff888000080100
	END
	fails 1 'there is no virtual machine 5' -q -c 'guests 5' vmlinux x86_64-guests-ept
}

@test "registers are those that memory holds: a VMCB is memory, a VMCS is not" {
	guests
	"$KWALK" -q -j -c 'guests 3' vmlinux x86_64-guests-npt | json_hold '(it["cpus"][0]["registers"]["rflags"] == "0x246" and it["cpus"][0]["registers"]["rip"] == "0x1000" and it["cpus"][0]["registers"]["cs"] == "0x8" and it["cpus"][0]["registers"]["cr2"] == "0xc2" and it["cpus"][0]["vmcb"] == "0x9a000" and it["cpus"][0]["root"] == "0x90000" and "vmcb" not in it["cpus"][1])'
	"$KWALK" -q -j -c 'guests 3' vmlinux x86_64-guests-ept | json_hold '("rflags" not in it["cpus"][0]["registers"] and it["cpus"][0]["registers"]["r15"] == "0xf" and it["cpus"][0]["registers"]["cr3"] == "0x1000" and "cr3" not in it["cpus"][1]["registers"] and "rip" not in it["cpus"][1]["registers"] and it["cpus"][1]["in_guest"] and it["cpus"][1]["nested_guest"] and "root" not in it["cpus"][1])'
	"$KWALK" -q -c guests vmlinux x86_64-guests-ept | grep -q '2080 KiB  *ept$'
	"$KWALK" -q -c 'guests 3' vmlinux x86_64-guests-ept | grep -q 'VMCS, whose format only the processor knows'
}

@test "an address of a guest, by EPT: what runs only, what is emulated, what contradicts" {
	guests
	answers -s 1 vmlinux x86_64-guests-ept \
		'vtop --guest 3 5 1000 2000 3000 4000 5000 6000 7000 8000 9000 10000 200000 80000000 800000000000' <<-'END'
	* status=mapped guest_physical=0x5 physical=0x1c02005 page_state=present ways=agree nested_writable=false writable=false
	* status=mapped guest_physical=0x1000 physical=0x1c10000 ways=agree nested_readable=true nested_writable=true nested_executable=false
	* status=mapped guest_physical=0x2000 physical=0x1610000 ways=agree nested_readable=false nested_executable=true
	* status=mapped guest_physical=0x3000 physical=0x1c3f000 ways=contradict nested_physical=0x1c3e000
	* status=no-memory guest_physical=0x4000 ways=emulated nested_status=emulated page_state=absent
	* status=no-memory guest_physical=0x5000 ways=agree nested_status=not-mapped
	* status=no-memory guest_physical=0x6000 ways=contradict
	* status=not-mapped dimension=host guest_physical=0x200000000 nested_status=corrupt ways=contradict page_state=zero
	* status=not-mapped dimension=host guest_physical=0x300000000 ways=not-yet page_state=filtered
	* status=not-mapped dimension=host guest_physical=0x400000000 page_state=absent
	* status=not-mapped dimension=guest guest_physical=-
	* status=corrupt dimension=guest
	* status=unreadable dimension=guest reason=absent
	* status=non-canonical dimension=guest
	END
	"$KWALK" -q -j -c 'vtop --guest shell 2000' vmlinux x86_64-guests-ept | json_hold '([level["name"] for level in it["nested_levels"]] == ["l4","l3","l2","l1"] and it["nested_levels"][3]["flags"] == ["EXECUTE","IGNORE_PAT","WP"] and [level["entry_address"] for level in it["levels"]] == ["0x1000","0x100001000","0x100002000","0x100003010"] and [level["name"] for level in it["host_levels"]] == ["pgd","pud","pmd","pte"])'
	"$KWALK" -q -j -c 'vtop --guest shell 5000' vmlinux x86_64-guests-ept |
		json_hold 'it["nested_levels"][3]["flags"] == ["SUPPRESS_VE"]'
}

@test "by NPT: a page of the supervisor's is not mapped, a reserved bit is KVM's mark" {
	guests
	answers vmlinux x86_64-guests-npt 'vtop --guest 3 0 1000 2000 3000 4000' <<-'END'
	* status=mapped physical=0x1c02000 ways=agree paging=npt
	* status=mapped physical=0x1c10000 ways=agree nested_writable=true nested_executable=true
	* status=mapped physical=0x1610000 ways=contradict nested_executable=false
	* status=mapped physical=0x1c3f000 ways=not-yet nested_status=not-mapped
	* status=no-memory ways=emulated
	END
	"$KWALK" -q -j -c 'vtop --guest 3 2000' vmlinux x86_64-guests-npt |
		json_hold '"cannot write" in it["contradiction"]'
}

@test "shadow paging and encrypted memory are reported" {
	GUESTS=1 vmlinux 64
	describe shadow <<-END
	include $DUMPS/x86_64-guests-npt.txt
	at vmcb+0x90: u64 0
	END
	answers vmlinux shadow 'vtop --guest 3 1000' <<-'END'
	* status=mapped physical=0x1c10000 ways=one-way paging=shadow nested_levels=-
	END
	"$KWALK" -q -c 'guests 3' vmlinux shadow | grep -q 'VCPU: 0, shadow: KVM uses shadow paging'
	describe sev <<-END
	include $DUMPS/x86_64-guests-npt.txt
	at vmcb+0x90: u64 3
	END
	"$KWALK" -q -c 'guests 3' vmlinux sev | grep -q 'encrypted (SEV)'
	mkdir -p debug
	cp vmlinux debug/vmlinux-6.1.0-18-amd64
	KWALK_DEBUG_PATH=$PWD/debug "$KWALK" -q --guest=3 -o arch=x86_64 -o levels=4 -o root=1000 -c 'rd -p 0' sev 2>complaints
	complains @warning 'sev ffff888000080000 SEV' 'memory is encrypted'
	# the given vmlinux is of the guest, and none of the host is found
	dump x86_64-guests-npt
	fails 2 @unknown 'module vmlinux' -q --guest=3 -c info vmlinux x86_64-guests-npt
	KWALK_DEBUG_PATH=$PWD/debug fails 1 @unknown 'tasks task_struct vmlinux BTF' -q --guest=3 \
		-o arch=x86_64 -o levels=4 -o root=1000 -c tasks x86_64-guests-npt
}

@test "a table for --guest comes from a vCPU, or by -r where that has none in memory" {
	guests
	answers vmlinux x86_64-guests-ept 'vtop --guest 3 --vcpu 1 -r 1000 1000' <<-'END'
	* status=mapped vcpu=1 guest_physical=0x1000 physical=0x1c10000 ways=one-way
	END
	fails 1 'CR3 of vCPU 1 is not in memory VMCS' -q -c 'vtop --guest 3 --vcpu 1 0' vmlinux x86_64-guests-ept
	fails 1 'no vCPU 9' -q -c 'vtop --guest 3 --vcpu 9 0' vmlinux x86_64-guests-ept
	fails 1 '--vcpu needs --guest, too' -q -c 'vtop --vcpu 1 0' vmlinux x86_64-guests-ept
	fails 1 'to use processes of the guest, start kwalk --guest=3' -q -c 'vtop -p 1 --guest 3 0' vmlinux x86_64-guests-ept
	fails 1 @usage 'vtop ADDR' -q -c 'vtop --guest 3' vmlinux x86_64-guests-ept
}

# as_guest NAME COMMANDS: of the machine of the shell, whose host finds its vmlinux.
as_guest() {
	mkdir -p debug
	cp vmlinux debug/vmlinux-6.1.0-18-amd64
	KWALK_DEBUG_PATH=$PWD/debug "$KWALK" -q --guest=3 -o arch=x86_64 -o levels=4 -o root=1000 -c "$2" "$1" "${@:3}"
}

@test "the guest's memory is a dump of its own; the host determines the state of its pages" {
	guests
	as_guest x86_64-guests-npt 'vtop 1000; rd -p 3000 2; rd -p 100001000 1; rd -p 200000000 1' >output
	grep -q '^1000 * 1000 ' output
	grep -q '^0000000000003000:.*page 3 of the g' output
	grep -q '^0000000100001000:  0000000100002067' output
	grep -q '^0000000200000000:  0000000000000000' output
	as_guest x86_64-guests-npt 'rd -p 300000000 1' -j >answers 2>complaints && return 1
	complains @unreadable 'rd 300000000 filtered'
	as_guest x86_64-guests-npt 'rd -p 400000000 1' -j >answers 2>complaints && return 1
	complains @unreadable 'rd 400000000 absent'
	as_guest x86_64-guests-npt 'rd -p 5000 1' -j >answers 2>complaints && return 1
	complains @unreadable 'rd 5000 absent'
	as_guest x86_64-guests-npt info | grep -qE '^dump_format +KVM guest'
}

# struct vmcb_save_area begins with the segments es, cs, ss, ds, fs and gs: arch/x86/include/asm/svm.h.
@test "the vCPU of a guest is a CPU of its dump, with the note that QEMU writes" {
	needs_part extract
	GUESTS=1 vmlinux 64
	describe one <<-END
	include $DUMPS/x86_64-guests-npt.txt
	at vm+24: u64 1
	at nodes+16: u64 0
	at vmcb+0x400: u16 0x11
	at vmcb+0x410: u16 0x22
	at vmcb+0x420: u16 0x33
	at vmcb+0x430: u16 0x44
	at vmcb+0x440: u16 0x55
	at vmcb+0x448: u64 0xf5ba5e
	at vmcb+0x450: u16 0x66
	at vmcb+0x458: u64 0xffff888000066000
	at vmcb+0x488: u64 0xfffffe0000000000
	END
	as_guest one panic -j 2>/dev/null | grep '"cpus":\[{"cpu":0,"ip":"0x1000",.*"cr3":"0x1000","cr4":"0x20"}}\]'
	as_guest one 'extract -l all -w new'
	python3 - <<-'END'
	import struct
	name = b"QEMU" + bytes(4)
	(_, note), = [open("new", "rb").read(65536).split(name)]
	# QEMUCPUState, target/i386/arch_dump.c
	assert struct.unpack_from("<II", note) == (1, 432)
	general = 0xa0, 0xb3, 0xc1, 0xd2, 0x56, 0xd7, 0x54, 0xb5, *range(8, 16), 0x1000, 0x246
	assert struct.unpack_from("<18Q", note, 8) == general
	segments = [struct.unpack_from("<IIIIQ", note, 152 + 24 * i) for i in range(10)]
	selectors = 0x22, 0x44, 0x11, 0x55, 0x66, 0x33, 0, 0, 0, 0
	bases = {3: 0xf5ba5e, 4: 0xffff888000066000, 9: 0xfffffe0000000000}
	assert segments == [(selector, 0, 0, 0, bases.get(i, 0)) for i, selector in enumerate(selectors)], segments
	assert struct.unpack_from("<5Q", note, 392) == (0x80000033, 0, 0xc2, 0x1000, 0x20)
	END
}

@test "private memory of a guest is not where its slot is mapped (KVM_MEM_GUEST_MEMFD)" {
	GUESTS=1 vmlinux 64
	describe private <<-END
	include $DUMPS/x86_64-guests-npt.txt
	at slots+0x100+72: u32 4
	END
	as_guest private 'rd -p 3000 1' -j >answers 2>complaints && return 1
	complains @unreadable 'rd 3000 filtered'
	as_guest private 'rd -p 100001000 1' | grep '^0000000100001000:  0000000100002067'
}

@test "a guest of a compressed dump, whose pages last until the next one" {
	guests
	describe packed <<-END
	include $DUMPS/x86_64-guests-npt.txt
	container kdump
	kdump compression=zlib word=64 version=6 level=1
	END
	for commands in 'rd -p 3000 2; rd -p 100001000 1; vtop 1000 3000' 'search -p -t page'; do
		as_guest packed "$commands" >packed.out
		as_guest x86_64-guests-npt "$commands" >plain.out
		grep -q 'page 3\|^3000' plain.out
		cmp packed.out plain.out
	done
}

@test "pages that are swapped out or missing from the host's dump are reported page by page" {
	guests
	describe lacking <<-END
	include $DUMPS/x86_64-guests-npt.txt
	at 0x37000[0x20]: u64 2<<59|(~0x1234<<14)>>5
	at 0x37000[0x23]: u64 0x7c00000|P|RW|US|NX
	END
	as_guest lacking 'rd -p 0 1' -j >answers 2>complaints && return 1
	complains @unreadable 'rd 0 filtered'
	as_guest lacking 'rd -p 3000 1' -j >answers 2>complaints && return 1
	complains @unreadable 'rd 3000 absent'
	as_guest lacking 'rd -p 1000 1' | grep -q 100001067
	answers vmlinux lacking 'vtop --guest 3 0 3000' <<-'END'
	* status=swapped dimension=host page_state=filtered ways=contradict
	* status=mapped physical=0x7c00000 page_state=absent ways=not-yet
	END
}

@test "a guest is not opened where there is none" {
	guests
	mkdir debug
	cp vmlinux debug/vmlinux-6.1.0-18-amd64
	export KWALK_DEBUG_PATH=$PWD/debug
	fails 2 'there is no virtual machine 9' -q --guest=9 -c info x86_64-guests-ept
	fails 2 'the process of the machine has ended' -q --guest=77 -c info x86_64-guests-ept
	vmlinux 64
	cp vmlinux debug/vmlinux-6.1.0-18-amd64
	dump x86_64-areas
	fails 2 'there is no virtual machine 3 runs none' -q --guest=3 -c info x86_64-areas
}

@test "slots and vCPUs are read from the arrays of older kernels; without paging addresses are physical" {
	GUESTS=1 vmlinux 64 3.12.9
	dump x86_64-guests-old
	answers vmlinux x86_64-guests-old 'guests; vtop --guest 3 5 100000001 1000' <<-'END'
	* guest=0xffff880000080000 pid=3 comm=shell vcpus=1 memory=8192 paging=ept
	* status=mapped guest_physical=0x5 physical=0x1c02005 ways=agree levels=-
	* status=mapped guest_physical=0x100000001 physical=0x1c10001 ways=agree
	* status=no-memory guest_physical=0x1000
	END
}

@test "without types of KVM the message names the files that would have them" {
	GUESTS=1 vmlinux 64
	dump x86_64-guests-ept
	objcopy --strip-debug vmlinux stripped
	fails 1 @unknown 'guests vm_list CONFIG_DEBUG_INFO_BTF_MODULES vmlinux' -q -c guests stripped x86_64-guests-ept
}

@test "damaged slots and lists end, and are reported" {
	guests
	{
		echo "include $DUMPS/x86_64-guests-ept.txt"
		echo 'at vm+32: u64 d+vm+32'
	} >loop.txt
	"$MKDUMP" loop.txt loop
	fails 1 'cannot be followed beyond' -q -c guests vmlinux loop
	{
		echo "include $DUMPS/x86_64-guests-ept.txt"
		echo 'at slots+0x100: u64 0 0 0 0 d+slots+0x200+24 0'
	} >tree.txt
	"$MKDUMP" tree.txt tree
	fails 1 'twice' -q -c guests vmlinux tree
	{
		echo "include $DUMPS/x86_64-guests-ept.txt"
		echo 'at slots+0x100+48: u64 0x100000 1024'
	} >overlap.txt
	"$MKDUMP" overlap.txt overlap
	fails 1 'overlap' -q -c guests vmlinux overlap
	{
		echo "include $DUMPS/x86_64-guests-ept.txt"
		echo 'at vm_gone: u64 d+slots'
	} >shared.txt
	"$MKDUMP" shared.txt shared
	fails 1 "the memory slots at ffff888000081000 also belong to another machine" -q -c guests vmlinux shared
	{
		echo "include $DUMPS/x86_64-guests-ept.txt"
		echo 'at nodes+8: u64 d+nodes|2'
	} >cpus.txt
	"$MKDUMP" cpus.txt cpus
	fails 1 'vCPUs contains' -q -c guests vmlinux cpus
}

@test "the prompt names the machine that is open" {
	guests
	mkdir debug
	cp vmlinux debug/vmlinux-6.1.0-18-amd64
	export KWALK_DEBUG_PATH=$PWD/debug
	talk -q --guest=3 -o arch=x86_64 -o levels=4 -o root=1000 x86_64-guests-npt <<-'END'
	expect kwalk guest 3 root 1000>
	send quit\r
	exits 0
	END
}
