#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a first answer costs with a large vmlinux: pages that were touched are counted, not
# time.
load common

# large_vmlinux: as mkvmlinux's, with 60000 symbols of long names and with BTF of 200000
# types, 4 MiB and 9 MiB. What is asked for comes first, as in a kernel's.
large_vmlinux() {
	cat >large.py <<-'END'
	import struct
	with open("more.s", "w") as out:
	    out.write(".text\n")
	    for i in range(60000):
	        out.write(f"filler_{i:05}_{'of_this_kernel_' * 2}:\n")
	strings, types = bytearray(1), bytearray()
	def text(name):
	    at = len(strings)
	    strings.extend(name.encode() + b"\0")
	    return at
	def add(name, kind, count, size, rest):
	    types.extend(struct.pack("<III", text(name), kind << 24 | count, size) + rest)
	add("long int", 1, 0, 8, struct.pack("<I", 64))
	def record(name, size, *members):
	    add(name, 4, len(members), size,
	        b"".join(struct.pack("<III", text(member), kind, 8 * at) for member, at, kind in members))
	record("list_head", 16, ("next", 0, 1), ("prev", 8, 1))
	record("module", 128, ("list", 8, 2), ("name", 24, 1))
	record("page", 64, ("flags", 0, 1))
	for i in range(200000):
	    record(f"filler_{i:06}", 8, ("only", 0, 1))
	with open("btf", "wb") as out:
	    out.write(struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(strings)))
	    out.write(types + strings)
	END
	python3 large.py
	MORE=more.s vmlinux 64
	objcopy --add-section .BTF=btf vmlinux
}

# pages COMMAND: page faults of kwalk with that command, and the symbol that it asks for.
pages() {
	python3 - "$KWALK" "$1" <<-'END'
	import os, subprocess, sys
	command = [sys.argv[1], "-q", "-c", sys.argv[2], "vmlinux", "x86_64"]
	child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
	_, status, usage = os.wait4(child.pid, 0)
	child.returncode = status
	assert status == 0, status
	print(usage.ru_minflt + usage.ru_majflt)
	END
}

# Does a fault map the pages around it too, as most file systems have it?
maps_around() {
	python3 - <<-'END'
	import mmap, resource, sys
	with open("vmlinux", "rb") as file:
	    pages = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
	    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
	    sum(pages[at] for at in range(0, len(pages), 4096))
	    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
	    sys.exit(faults > len(pages) // 4096 // 4)
	END
}

@test "vtop of a symbol touches little more of a large vmlinux than quit" {
	local quit walk

	not_emulated "its own page faults count too"
	if sanitized; then
		skip "a sanitizer has memory of its own"
	fi
	needs objcopy
	dump x86_64
	large_vmlinux
	maps_around || skip "this file system maps single pages"
	"$KWALK" -q -j -c 'vtop linux_banner' vmlinux x86_64 | json_hold 'it["physical"] == "0x1200000"'
	quit=$(pages quit)
	walk=$(pages 'vtop linux_banner')
	# 258 and 370: the index of names takes 30, the table 24; all names and types would take thousands.
	echo "quit: $quit, vtop: $walk"
	[ "$walk" -le $((quit + 125)) ]
}
