#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The running machine: /dev/mem. /proc/kcore is in containers.bats.
load common

# machine: a devmem that holds x86_64's memory, its iomem and its vmcoreinfo.
machine() {
	${CC:-cc} -shared -fPIC -o fake-devmem.so "$BATS_TEST_DIRNAME/fake-devmem.c" ||
		no_compiler
	dump x86_64
	python3 "$BATS_TEST_DIRNAME/containers.py" raw x86_64 devmem
	python3 "$BATS_TEST_DIRNAME/containers.py" note x86_64 note
	python3 - <<-'END'
	import struct
	with open("note", "rb") as note, open("devmem", "r+b") as memory:
	    text = note.read()
	    memory.seek(0x1d00000)
	    memory.write(struct.pack("<III12s", 11, len(text), 0, b"VMCOREINFO") + text)
	END
	cat >iomem <<-END
	00000000-00000fff : Reserved
	00001000-0009fbff : System RAM
	000a0000-000bffff : PCI Bus 0000:00
	00100000-01ffffff : System RAM
	  01000000-015fffff : Kernel code
	fee00000-fee00fff : Local APIC
	END
	echo '1d00000 1000' >vmcoreinfo
}

# asked ARGUMENT...: kwalk, to which devmem is /dev/mem.
asked() {
	LD_PRELOAD=$PWD/fake-devmem.so ASAN_OPTIONS=verify_asan_link_order=0 \
		patiently "$KWALK" -q -j "$@"
}

refused() {
	if asked "$@" 2>complaints; then
		return 1
	fi
}

no_device() {
	not grep 'a device was read' complaints
}

@test "/dev/mem: memory is read, devices are not" {
	machine
	asked -c 'vtop ffff888001c00123; rd -p 1c00000; rd -p 1000; rd -p a0000; rd -p fee00000; rd -p 2000000; ptov 1c00123' devmem 2>complaints >marked || [ $? -eq 1 ]
	# each answer about a machine that runs contains this
	not grep -v '"live":true' marked
	sed 's/,"live":true//' marked >got
	"$KWALK" -q -j -c 'vtop ffff888001c00123; rd -p 1c00000; rd -p 1000; rd -p a0000; rd -p fee00000; rd -p 2000000; ptov 1c00123' x86_64 >want 2>/dev/null || [ $? -eq 1 ]
	cmp want got || { diff want got; cat complaints; return 1; }
	no_device
	asked -c info devmem >got
	grep '"fact":"dump_format","value":"running machine"' got
	grep '"fact":"release","value":"6.1.0-18-amd64"' got
	grep '"fact":"pages_present","value":8094' got
	# Where the machine does not name the place of the note, memory is searched for it.
	rm vmcoreinfo
	asked -c 'vtop ffff888001c00123' devmem | grep '"physical":"0x1c00123"'
}

@test "/dev/mem that shows no memory" {
	machine
	STRICT=1 asked -v -o arch=x86_64 -o levels=4 -o root=1410000 -c 'vtop ffff888001c00123; rd -p 1000' devmem >got 2>complaints || [ $? -eq 1 ]
	grep 'devmem: the kernel does not show memory in this file (CONFIG_STRICT_DEVMEM)' complaints
	complains @line 'file: devmem: 100000' 'Operation not permitted'
	grep '"status":"unreadable".*"reason":"filtered"' got
	# the zeros that are shown for it are not its content
	grep '"input":"1000","status":"error".*filtered' got
	no_device
}

@test "/dev/mem that cannot be read for other reasons" {
	machine
	sed -i 's/^[0-9a-f]*-[0-9a-f]*/00000000-00000000/' iomem
	refused -c info devmem
	complains @line 'devmem: /proc/iomem CAP_SYS_ADMIN' 'does not show where memory is'
	rm iomem
	refused -c info devmem
	complains @line 'devmem: /proc/iomem CAP_SYS_ADMIN'
	refused -o arch=x86_64 -c info devmem@0
	complains @line devmem 'is the machine'
	if [ -e /dev/mem ] && ! : </dev/mem; then
		fails 2 '/dev/mem CAP_SYS_RAWIO' -q -c info /dev/mem
	fi
	fails 2 '/dev/zero regular' -q -c info /dev/zero
}
