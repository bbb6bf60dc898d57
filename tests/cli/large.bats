#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What large dumps cost: memory is counted, not time.
load common

# A flattened dump of a terabyte, of which 4096 pages far apart were dumped, in
# half a million records, among those of their descriptors; its bitmaps are
# holes of the file but for these pages.
terabyte() {
	python3 - <<-'END'
	import struct
	PAGES, STEP, BLOCK = 4096, 65521, 4096
	FRAMES = 1 << 28
	blocks = FRAMES // 8 // BLOCK
	header = bytearray(8192)
	struct.pack_into("<8sI", header, 0, b"KDUMP   ", 6)
	header[12 + 4 * 65:12 + 4 * 65 + 6] = b"x86_64"
	struct.pack_into("<IIIII", header, 424, 0, BLOCK, 1, 2 * blocks, 0xffffffff)
	struct.pack_into("<Q", header, 4096 + 96, FRAMES)
	bits = 2 * BLOCK
	descriptors = bits + 2 * blocks * BLOCK
	pages = descriptors + 24 * PAGES

	with open("terabyte", "wb") as out:
	    def record(offset, size, content=b""):
	        out.write(struct.pack(">QQ", offset, size))
	        start = out.tell()
	        out.write(content)
	        out.seek(start + size)
	    out.write(b"makedumpfile\0\0\0\0" + struct.pack(">QQ", 1, 1))
	    out.seek(4096)
	    record(0, len(header), header)
	    for i in range(2):
	        record(bits + i * blocks * BLOCK, blocks * BLOCK)
	        end = out.tell()
	        for page in range(PAGES):
	            pfn = page * STEP
	            out.seek(end - blocks * BLOCK + pfn // 8)
	            out.write(bytes([1 << pfn % 8]))
	        out.seek(end)
	    for page in range(PAGES):
	        record(descriptors + 24 * page, 24, struct.pack("<QIIQ", pages + BLOCK * page, BLOCK, 0, 0))
	        for part in range(128):
	            record(pages + BLOCK * page + 32 * part, 32, struct.pack("<QQQQ", page, part, 0, page ^ part))
	    out.write(b"\xff" * 16)
	END
}

@test "a flattened dump of a terabyte takes little memory" {
	local limit=32768 # 32 MiB of data; a sanitizer wants more than there is

	terabyte
	(ulimit -d $limit && "$KWALK" -V >/dev/null) || limit=unlimited
	(ulimit -d $limit && answers -s 1 -o arch=x86_64 terabyte \
		"rd -p 0 4; rd -p $(printf '%x' $(((4095 * 65521 << 12) + 32 * 100))) 4; rd -p $(printf '%x' $((1000 * 65521 << 12 | 0xff0))); rd -p 1000; rd -p fffffffff8" <<-END
	0 values.0=0x0 values.3=0x0
	$(printf '%x' $(((4095 * 65521 << 12) + 32 * 100))) values.0=0xfff values.1=0x64 values.3=0xf9b
	$(printf '%x' $((1000 * 65521 << 12 | 0xff0))) values.0=0x0
	1000 status=error message=~absent
	fffffffff8 status=error message=~absent
	END
	)
	facts -o arch=x86_64 terabyte <<<'pages_present 4096'
}

# What follows the memory is a hole of a terabyte. Read, it would take minutes.
@test "raw memory and LiME, sparse: holes are not searched" {
	dump x86_64-qemu
	python3 "$BATS_TEST_DIRNAME/containers.py" raw x86_64-qemu raw
	python3 "$BATS_TEST_DIRNAME/containers.py" lime x86_64-qemu lime
	timeout 20 "$KWALK" -q -j -c 'vtop ffff888001c00123' raw >want
	truncate -s 1T raw || skip "no file of a terabyte here"
	timeout 20 "$KWALK" -q -j -c 'vtop ffff888001c00123' raw >got
	cmp want got
	python3 - <<-'END'
	import struct
	with open("lime", "ab") as out:
	    out.write(struct.pack("<IIQQQ", 0x4c694d45, 1, 1 << 32, (1 << 32) + (1 << 40) - 1, 0))
	    out.truncate(out.tell() + (1 << 40))
	END
	timeout 20 "$KWALK" -q -j -o levels=4 -c 'vtop ffff888001c00123' lime >got
	grep '"physical":"0x1c00123"' got
}

@test "a core with more segments than it can have memory is refused" {
	python3 - <<-'END'
	import struct
	NR = 100000
	data = (128 + 56 * NR + 4095) // 4096 * 4096
	def core(name, size, apart):
	    with open(name, "wb") as out:
	        out.write(struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 4, 62, 1, 0, 128, 64, 0, 64, 56, 0xffff, 64, 1, 0))
	        out.write(struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, 0, 0, NR, 0, 0))
	        for i in range(NR):
	            out.write(struct.pack("<IIQQQQQQ", 1, 7, data, 0, i * apart, size, size, 0))
	        out.seek(data)
	        out.write(b"x" * size)
	core("endless", 1 << 24, 1 << 25)
	core("same", 1 << 20, 0)
	END
	fails 2 'endless memory right' -q -o arch=x86_64 -c info endless
	answers -o arch=x86_64 same 'rd -p 0' <<<'0 values.0=0x7878787878787878'
}
