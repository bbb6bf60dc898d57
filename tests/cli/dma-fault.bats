#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# whatis and annotate of devices: BARs, bounce buffers, and accesses that an IOMMU refused.
load common
of_part devices

bus() {
	BUS=1 vmlinux 64
	dump x86_64-bus-intel x86_64-bus-amd
}

@test "an address of a BAR of memory is the function's, and one of ports is not" {
	bus
	answers vmlinux x86_64-bus-intel 'whatis fe000123; whatis fe003fff fe004000 c000' <<-'END'
	* as=virtual device=-
	* as=physical kind=resource device=0000:00:02.0 driver=disk?driver bar=0 bar_offset=0x123 text="~BAR 0 of 0000:00:02.0 (disk?driver) +0x123"
	* as=virtual
	* as=physical bar_offset=0x3fff
	* as=virtual
	* as=virtual device=-
	* as=physical kind=frame device=-
	END
}

@test "a frame of a pool of bounce buffers stands for another one" {
	BUS=bounce POOLS=606 vmlinux 64
	dump x86_64-bounce
	answers vmlinux x86_64-bounce 'whatis 1a03000 ; whatis ffff888001a01800 ffff888001a00200' <<-'END'
	* as=virtual
	* as=physical slot=6 used=true original=0x1b20800 text="~bounce buffer slot 6 of 1b20800"
	* as=virtual slot=3 used=false text="~bounce buffer slot 3, free"
	* as=virtual slot=0 used=true original=- text="~1b00400 or 1b00200"
	END
}

@test "Intel's lines of all kernels since 3.10 are of that device, and the address is the device's" {
	bus
	cat >lines <<-'END'
	dmar: DMAR:[DMA Read] Request device [00:02.0] fault addr ffffe000
	DMAR: [DMA Write] Request device [00:02.0] fault addr fffff001 [fault reason 05] PTE Write access is not set
	DMAR: [DMA Write] Request device [00:02.0] PASID ffffffff fault addr fffff002 [fault reason 05] PTE Write access is not set
	DMAR: [DMA Read NO_PASID] Request device [0x00:0x02.0] fault addr 0xffffe003 [fault reason 0x06] PTE Read access is not set
	DMAR: [DMA Write NO_PASID] Request device [00:02.0] fault addr 0xffffe004 [fault reason 0x05] PTE Write access is not set
	DMAR: [DMA Write PASID 0x0] Request device [00:02.0] fault addr 0xffffe005 [fault reason 0x05] PTE Write access is not set
	END
	answers vmlinux x86_64-bus-intel 'annotate lines' <<-'END'
	* line=1 kind=dma-fault as=bus event="DMA Read" access=read bus=0xffffe000 device=0000:00:02.0 iommu=dmar0 domain=0xffff888001c00480 bus_status=mapped physical=0x1b00000 readable=true writable=false
	* line=2 event="DMA Write" access=write bus=0xfffff001 physical=0x1b01001 readable=false writable=true
	* line=3 access=write bus=0xfffff002 physical=0x1b01002
	* line=4 access=read bus=0xffffe003 physical=0x1b00003
	* line=5 access=write bus=0xffffe004
	* line=6 access=write bus=0xffffe005
	END
}

@test "a line with a time, of which nothing shows the boot, says so, and what it is if the user knows the boot" {
	local line='[    4.594449] DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0xffffe003 [fault reason 0x06] PTE Read access is not set'

	bus
	echo "$line" >lines
	"$KWALK" -q -c 'annotate lines' vmlinux x86_64-bus-intel >shown || true
	grep '^    ^ .*: nothing shows that the text is about the boot in the dump' shown
	not grep 'mapped now' shown
	echo "${line#*] }" >lines
	"$KWALK" -q -c 'annotate lines' vmlinux x86_64-bus-intel >shown
	grep '^    ^ .* ffffe003 is mapped now to 1b00003' shown
}

@test "AMD's lines, whose device stands within or before them" {
	bus
	cat >lines <<-'END'
	AMD-Vi: Event logged [IO_PAGE_FAULT device=00:02.0 domain=0x0007 address=0x00000000ffffe000 flags=0x0030]
	disk 0000:00:02.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0008 address=0xfffff000 flags=0x0010]
	AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:00:02.0 domain=0x0007 address=0xffff1234 flags=0x0020]
	AMD-Vi: Event logged [ILLEGAL_DEV_TABLE_ENTRY device=00:02.0 pasid=0x00000 address=0xffff1236 flags=0x0a00]
	AMD-Vi: Event logged [IO_PAGE_FAULT device=00:02.0 domain=0x0007 address=0xfee00010 flags=0x0028]
	END
	answers vmlinux x86_64-bus-amd 'annotate lines' <<-'END'
	* line=1 kind=dma-fault event=IO_PAGE_FAULT access=write device=0000:00:02.0 iommu=ivhd1 bus=0xffffe000 physical=0x1b00000
	* line=2 access=read device=0000:00:02.0 bus=0xfffff000 bus_status=not-mapped text="~number was 8 then and is 7 now"
	* line=3 access=- device=0000:00:02.0 bus=0xffff1234 physical=0x1911234
	* line=4 event=ILLEGAL_DEV_TABLE_ENTRY access=- physical=0x1911236
	* line=5 bus=- text="~an interrupt, which has no bus address"
	END
}

@test "the mappings next to the address, and that some of them cannot be known" {
	bus
	local line='DMAR: [DMA Write] Request device [00:02.0] fault addr'
	answers vmlinux x86_64-bus-intel "whatis $line ffffe123; whatis '$line ff000000 [fault reason 05] PTE'; whatis $line 8000000000" <<-'END'
	* below.start=0xffc00000 below.end=0xffdfffff above.start=0xfffff000 above.end=0xffffffff
	* bus_status=not-mapped below=- above.start=0xffc00000 above.end=0xffdfffff text="~nothing mapped below; next mapped above: ffc00000 to ffdfffff, as far as the tables can be read"
	* bus_status=non-canonical below=- above=-
	END
	answers vmlinux x86_64-bus-amd 'whatis AMD-Vi: Event logged [IO_PAGE_FAULT device=00:02.0 address=0xfffff000]' <<-'END'
	* below.start=0xffffe000 below.end=0xffffefff above=-
	END
}

@test "a device that is gone, other tables, and what no table translates" {
	bus
	cat >lines <<-'END'
	DMAR: [DMA Write NO_PASID] Request device [00:09.0] fault addr 0x1000
	DMAR: [DMA Write PASID 0x5] Request device [00:02.0] fault addr 0xffffe000
	DMAR: [DMA Write PASID 0x6] Request device [00:02.0] fault addr 0xffffe000
	DMAR: [INTR-REMAP] Request device [00:02.0] fault index 0x12 [fault reason 0x22] Present field in the IRTE entry is clear
	DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x1b00000
	DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x1b00000
	DMAR: [DMA Read NO_PASID] Request device [00:1f.0] fault addr 0x1b00000
	END
	answers vmlinux x86_64-bus-intel 'annotate lines' <<-'END'
	* line=1 device=- bus=0x1000 message="there is no such PCI function now"
	* line=2 device=0000:00:02.0 bus_status=- text="~ffffe000 has PASID 5, whose table is not the table of the device"
	* line=3 text="~PASID 6"
	* line=4 event=INTR-REMAP device=0000:00:02.0 bus=- text="~an interrupt, which has no bus address"
	* line=5 physical=0x1b00000 text="~is a physical address now, because no table translates it"
	* line=7 bus_status=blocked
	END
	"$KWALK" -q -c 'annotate lines' vmlinux x86_64-bus-intel >text
	grep -A1 -F 'Request device [00:09.0]' text |
		grep -x '    ^ \[DMA Write NO_PASID\] Request device \[00:09.0\] fault addr 0x1000: there is no such PCI function now'
}

@test "lines that only look like these are read as any other" {
	bus
	cat >lines <<-'END'
	DMAR: [DMA Write] Request device [00:20.0] fault addr 1000
	DMAR: [DMA Write] Request device [00:02.8] fault addr 1000
	DMAR: [DMA Write] Request device [00:02.0] fault addr 12345678123456789
	DMAR: [DMA Write] Request device [00:02.0
	DMAR: [DMA Write] Request device [:.] fault addr 10
	AMD-Vi: Event logged [
	AMD-Vi: Event logged [IO_PAGE_FAULT address=0x1000]
	: AMD-Vi: Event logged [IO_PAGE_FAULT address=0x1000]
	AMD-Vi: Event logged [IO_PAGE_FAULT device=0:0:0:0 address=0x1000]
	DMAR: DRHD: handling fault status reg 2
	END
	"$KWALK" -q -j -c 'annotate lines' vmlinux x86_64-bus-intel >answers 2>complaints || true
	[ "$(grep -c dma-fault answers)" = 0 ]
}

@test "mappings say nothing of a fault of another boot" {
	bus
	{
		echo 'Linux version 6.1.0'
		echo 'Kernel Offset: 0x12000000 from 0xffffffff81000000'
		echo 'DMAR: [DMA Read] Request device [00:02.0] fault addr ffffe000'
	} >lines
	"$KWALK" -q -j -c 'annotate lines' vmlinux x86_64-bus-intel >answers
	[ "$(grep -c dma-fault answers)" = 0 ]
}
