#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# iomem and ioports: the kernel's resource trees.
load common

# tree FILE: what /proc/iomem of the kernels described would be.
tree() {
	cat <<-END
	00001000-0009fbff : System RAM
	00100000-01ffffff : System RAM
	  01000000-011fffff : Kernel code
	  01400000-017fffff : <BAD>
	fd000000-feffffff : PCI Bus 0000:00
	  fe000000-fe0fffff : 0000:00:03.0
	    fe000000-fe000fff : odd?name
	END
}

@test "as /proc/iomem and /proc/ioports show them, in each mode" {
	local mode

	for mode in x86_64:64 pae:pae i386:32; do
		dump "${mode%:*}-resources"
		vmlinux "${mode#*:}"
		diff <(tree) <("$KWALK" -q -c iomem vmlinux "${mode%:*}-resources")
		diff - <("$KWALK" -q -c ioports vmlinux "${mode%:*}-resources") <<-END
		0000-0cf7 : PCI Bus 0000:00
		  0020-0021 : pic1
		END
	done
}

@test "without debug information the symbol's size determines the layout" {
	local mode

	for mode in x86_64:64 pae:pae i386:32; do
		dump "${mode%:*}-resources"
		vmlinux "${mode#*:}"
		strip -g vmlinux
		diff <(tree) <("$KWALK" -q -c iomem vmlinux "${mode%:*}-resources")
	done
}

@test "JSON" {
	dump x86_64-resources
	vmlinux 64
	answers vmlinux x86_64-resources 'iomem; ioports' <<-END
	* command=iomem input=- status=ok start=0x1000 end=0x9fbff name="System RAM" depth=0
	* start=0x100000 depth=0
	* start=0x1000000 depth=1 name="Kernel code"
	* start=0x1400000 depth=1 name=<BAD>
	* start=0xfd000000 depth=0
	* start=0xfe000000 end=0xfe0fffff depth=1
	* start=0xfe000000 end=0xfe000fff depth=2 name=odd?name
	* command=ioports start=0x0 end=0xcf7 name="PCI Bus 0000:00" depth=0
	* command=ioports start=0x20 end=0x21 name=pic1 depth=1
	END
}

@test "whose a physical address is" {
	dump x86_64-resources
	vmlinux 64
	answers vmlinux x86_64-resources 'iomem 0 1000 9fbff 1000123 1200000 fe000fff fe001000 ff000000 ffffffffffffffff' <<-END
	0 status=no-resource physical=0x0 name=-
	1000 status=ok physical=0x1000 name="System RAM" start=0x1000 depth=0 chain.#=1
	9fbff name="System RAM"
	1000123 name="Kernel code" start=0x1000000 end=0x11fffff depth=1 chain.0="System RAM" \
		chain.1="Kernel code"
	1200000 name="System RAM" start=0x100000 depth=0
	fe000fff name=odd?name depth=2 chain.#=3
	fe001000 name=0000:00:03.0 depth=1 chain.#=2
	ff000000 status=no-resource
	ffffffffffffffff status=no-resource
	END
}

@test "vtop and region name the resource of device memory" {
	dump x86_64-resources
	vmlinux 64
	answers vmlinux x86_64-resources 'vtop ffffc90000010123 ffffffffff5fd000 ffffc90000000000' <<-END
	ffffc90000010123 status=mapped physical=0xfe000123 page_state=absent resource=odd?name
	ffffffffff5fd000 physical=0xfee00000 page_state=absent resource="PCI Bus 0000:00"
	ffffc90000000000 page_state=present resource=-
	END
	answers vmlinux x86_64-resources 'region ffffc90000010123 ffffc90000000000 ffffc90000002000' <<-END
	ffffc90000010123 region=vmalloc resource=odd?name
	ffffc90000000000 resource="System RAM"
	ffffc90000002000 resource=-
	END
	"$KWALK" -q -c 'vtop ffffffffff5fd000' vmlinux x86_64-resources | grep -q 'cache UC; PCI Bus 0000:00$'
	answers x86_64-resources 'vtop ffffc90000010123' <<<'ffffc90000010123 page_state=absent resource=-'
}

@test "lists that loop and other damage are cut off and told" {
	dump x86_64-resources-loop
	vmlinux 64
	answers -s 1 vmlinux x86_64-resources-loop iomem <<-END
	* start=0x1000 depth=0
	* start=0x100000 depth=0
	* start=0xfd000000 depth=0
	* start=0xfe000000 end=0xfe0fffff
	* start=0xfe000000 end=0xfe000fff
	* status=error message=*
	END
	complains @format 'iomem 3 ffff888001e000c0 ffff888001e00040 ffff888001e00000' 'are damaged and were left out'
	# Below odd?name there may be another that has it.
	answers vmlinux x86_64-resources-loop 'vtop ffffc90000010123' <<<'ffffc90000010123 physical=0xfe000123 resource=-'
	answers -s 1 vmlinux x86_64-resources-loop ioports <<-END
	* start=0x0 depth=0
	* start=0x20 depth=1
	* status=error message=~loops
	END
}

@test "without vmlinux the place of the trees is not known" {
	dump x86_64-resources
	fails 1 @unknown 'iomem iomem_resource' -c iomem x86_64-resources
	vmlinux 64
	dump x86_64
	answers vmlinux x86_64 'iomem' </dev/null
}

@test "without debug information and sizes the layout is not known" {
	describe named <<-END
	include $DUMPS/x86_64-resources.txt
	note VMCOREINFO
	  SYMBOL(iomem_resource)=%x{iomem_root}
	end
	END
	fails 1 'struct resource is not known: no vmlinux was given, no size' -c iomem named
	vmlinux 64
	{ echo "ffffffff81000000 T startup_64"; nm vmlinux; } >System.map
	fails 1 'struct resource is not known: no debug information in System.map' -c iomem System.map named
}
