#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# pt -p and ptov -a -u: the processes of x86_64-tasks.inc.
load common

@test "pt -p: a process' own half, or a range of its table" {
	dump x86_64-tasks
	vmlinux 64
	answers vmlinux x86_64-tasks 'pt -p 1; pt -p 3 20000 21fff; pt -W -p 1' <<-END
	* start=0x1000 end=0x2fff page_size=4096 writable=false executable=true user=true
	* start=0x3000 end=0x3fff writable=true executable=false
	* start=0x10000 end=0x10fff writable=true
	* start=0x11000 end=0x11fff writable=false executable=false
	* start=0x200000 end=0x5fffff page_size=2097152 writable=true executable=true
	* start=0x20000 end=0x20fff writable=false executable=true
	* start=0x21000 end=0x21fff writable=true executable=false
	* start=0x200000 end=0x5fffff
	END
	answers vmlinux x86_64-tasks 'pt -p 1 400000 ffff888000200000' <<-END
	* start=0x400000 end=0x5fffff
	* start=0xffff888000000000 end=0xffff8880001fffff user=false
	* start=0xffff888000200000 page_size=2097152
	END
	fails 1 @no-answer 'pt -p 77' -c 'pt -p 77' vmlinux x86_64-tasks
	fails 1 'no process is chosen' -c 'pt -p' vmlinux x86_64-tasks
}

@test "ptov -a -u: the kernel's addresses and every process'" {
	dump x86_64-tasks
	vmlinux 64
	# A process whose mm cannot be read may map the frame, too.
	describe lost <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_daemon+32: u64 d+mm_shell+0x40000
	END
	answers -s 1 vmlinux lost 'ptov -a -u 1c02123 1e00000 1c05000 1c3f000 1d00000' <<-END
	pid\ 4 status=error
	1c02123 conflict=false writable_alias=false mappings.#=4 mappings.0.region=direct-map \
		mappings.0.pid=- mappings.1.virtual=0x2123 mappings.1.pid=1 mappings.1.comm=init \
		mappings.1.region=user mappings.1.user=true mappings.1.writable=false \
		mappings.2.virtual=0x202123 mappings.2.page_size=2097152 mappings.2.pid=1 \
		mappings.3.virtual=0x20123 mappings.3.pid=3
	1e00000 mappings.#=3 mappings.1.virtual=0x400000 mappings.1.page_size=2097152 \
		mappings.1.pid=1 mappings.2.virtual=0x200000 mappings.2.pid=3
	1c05000 mappings.#=4 mappings.1.region=vmalloc mappings.2.virtual=0x5000 mappings.2.pid=1 \
		mappings.2.prot_none=true mappings.2.cache=- conflict=false
	1c3f000 mappings.#=3 mappings.1.pid=1 mappings.2.pid=3
	1d00000 mappings.#=2 mappings.1.virtual=0x300000
	END
	"$KWALK" -q -c 'ptov -a -u 1c05000' vmlinux x86_64-tasks 2>/dev/null | grep -qE ' 1  [a-z]+ +prot-none '
	answers vmlinux x86_64-tasks 'ptov -a 1c02123' <<<'1c02123 mappings.#=1'
	answers -s 1 vmlinux lost 'ptov -u 1d00000' <<-END
	* status=error
	1d00000 mappings.#=2 mappings.1.virtual=0x300000
	END
}

@test "what a frame is used for names the slab cache, the stack's task and the device" {
	dump x86_64-slabs x86_64-purpose x86_64-resources
	vmlinux 64
	answers vmlinux x86_64-slabs 'ptov -a -u 50000; page ffff888000050000' <<-END
	50000 use=slab slab_cache=kmalloc-96
	ffff888000050000 use=slab slab_cache=kmalloc-96
	END
	answers vmlinux x86_64-purpose 'ptov -a -u 63000' <<<'63000 use=stack pid=3'
	answers vmlinux x86_64-resources 'ptov -a -u fec00000' <<-END
	fec00000 use=device resource="PCI Bus 0000:00"
	END
	"$KWALK" -q -c 'page ffff888000050000' vmlinux x86_64-slabs | grep -q 'slab of cache kmalloc-96'
}
