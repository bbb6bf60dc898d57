#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What large dumps cost: memory is counted, not time.
load common

# A flattened dump of a terabyte, of which 4096 pages far apart were dumped, in
# half a million records, among the records of their descriptors; its bitmaps are
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

ASK=(-o levels=4) # its options

# asks FILE... COMMANDS: answers on standard output, twice the same: by kwalk as it is, which
# maps files where addresses have 64 bits, and with too little room for that, as where they
# have 32.
asks() {
	patiently "$KWALK" -q -j "${ASK[@]}" -c "${!#}" "${@:1:$#-1}" >by-map || return 1
	cat by-map
	(ulimit -v 1000000 && "$KWALK" -V) >/dev/null 2>&1 || return 0 # a sanitizer, an emulator
	(ulimit -v 1000000 && patiently "$KWALK" -q -j "${ASK[@]}" -c "${!#}" "${@:1:$#-1}") >in-pieces || return 1
	diff by-map in-pieces >&2
}

# What follows the memory is a hole of a terabyte. Read, it would take minutes.
@test "raw memory and LiME, sparse: holes are not searched" {
	dump x86_64-qemu
	python3 "$BATS_TEST_DIRNAME/containers.py" raw x86_64-qemu raw
	python3 "$BATS_TEST_DIRNAME/containers.py" lime x86_64-qemu lime
	asks raw 'vtop ffff888001c00123' >want
	truncate -s 1T raw || skip "no file of a terabyte here"
	asks raw 'vtop ffff888001c00123' >got
	cmp want got
	python3 - <<-'END'
	import struct
	with open("lime", "ab") as out:
	    out.write(struct.pack("<IIQQQ", 0x4c694d45, 1, 1 << 32, (1 << 32) + (1 << 40) - 1, 0))
	    out.truncate(out.tell() + (1 << 40))
	END
	asks lime 'vtop ffff888001c00123' >got
	grep '"physical":"0x1c00123"' got
}

# The same as an ELF core, VMware's files and kdump-compressed.
@test "ELF, VMware, kdump-compressed, sparse: holes are not searched" {
	dump x86_64-qemu
	python3 "$BATS_TEST_DIRNAME/containers.py" raw x86_64-qemu raw
	truncate -s 1T probe || skip "no file of a terabyte here"
	python3 - "$BATS_TEST_DIRNAME" <<-'END'
	import struct, sys
	sys.path.insert(0, sys.argv[1])
	import containers
	TERA, HIGH, PAGE = 1 << 40, 1 << 32, 4096
	class Hole:
	    def __len__(self):
	        return TERA
	raw = open("raw", "rb").read()
	pages = len(raw) // PAGE

	def elf(name, ranges):
	    with open(name, "wb") as out:
	        out.write(struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 4, 62, 1, 0, 64, 0, 0, 64, 56, len(ranges), 0, 0, 0))
	        at = PAGE
	        for paddr, data in ranges:
	            out.write(struct.pack("<IIQQQQQQ", 1, 7, at, 0, paddr, len(data), len(data), 0))
	            at += len(data)
	        at = PAGE
	        for paddr, data in ranges:
	            if isinstance(data, bytes):
	                out.seek(at)
	                out.write(data)
	            at += len(data)
	        out.truncate(at)
	elf("elf", [(HIGH, Hole()), (0, raw)])

	with open("vmem", "wb") as out:
	    out.write(raw)
	    out.truncate(len(raw) + TERA)
	open("vmsn", "wb").write(containers.vmware_state([(0, raw), (HIGH, Hole())]))

	# A terabyte of frames, of which few were dumped.
	frames, blocks = TERA // PAGE, TERA // PAGE // 8 // PAGE
	header = bytearray(2 * PAGE)
	struct.pack_into("<8sI", header, 0, b"KDUMP   ", 6)
	header[12 + 4 * 65:12 + 4 * 65 + 6] = b"x86_64"
	struct.pack_into("<IIIII", header, 424, 0, PAGE, 1, 2 * blocks, frames)
	struct.pack_into("<Q", header, PAGE + 96, frames)
	with open("kdump", "wb") as out:
	    out.write(header)
	    for i in range(2):
	        out.seek(2 * PAGE + i * blocks * PAGE)
	        out.write(b"\xff" * (pages // 8))
	    out.seek(2 * PAGE + 2 * blocks * PAGE)
	    base = out.tell() + 24 * pages
	    for i in range(pages):
	        out.write(struct.pack("<QIIQ", base + PAGE * i, PAGE, 0, 0))
	    out.write(raw)
	END
	for files in elf 'vmsn vmem' kdump; do
		# shellcheck disable=SC2086 # two names
		asks $files 'vtop ffff888001c00123' >got
		grep '"physical":"0x1c00123"' got
	done
}

# sadump has two bits for each page, and either few pages or a terabyte of them. Xen's table
# has eight bytes for each: a hole of it, too, says that all pages are frame 0.
@test "sadump, Xen, sparse: holes are not searched, nor read as a table" {
	dump x86_64-qemu
	truncate -s 1T probe || skip "no file of a terabyte here"
	for format in sadump xen; do
		python3 "$BATS_TEST_DIRNAME/rare.py" $format x86_64-qemu $format
	done
	python3 - <<-'END'
	import struct
	PAGE, FRAMES = 4096, (1 << 40) // 4096
	small = open("sadump", "rb").read()
	pages, blocks = struct.unpack_from("<I", small, PAGE + 60)[0], FRAMES // 8 // PAGE
	memory = small[5 * PAGE:]
	dumped = [f for f in range(pages) if small[3 * PAGE + f // 8] & 0x80 >> f % 8]

	def sadump(name, bits, nr, places):
	    head = bytearray(small[:3 * PAGE])
	    data = (3 + 2 * blocks) * PAGE
	    struct.pack_into("<Q", head, 160, data + nr * PAGE)
	    struct.pack_into("<III", head, PAGE + 52, blocks, blocks, FRAMES)
	    struct.pack_into("<Q", head, PAGE + 88, FRAMES)
	    with open(name, "wb") as out:
	        out.write(head)
	        for i in range(2):
	            out.seek((3 + i * blocks) * PAGE)
	            out.write(bits)
	        for i, place in enumerate(places):
	            out.seek(data + place * PAGE)
	            out.write(memory[i * PAGE:(i + 1) * PAGE])
	        out.truncate(data + nr * PAGE)
	sadump("few", small[3 * PAGE:4 * PAGE], len(dumped), range(len(dumped)))
	sadump("all", b"\xff" * (FRAMES // 8), FRAMES, dumped)

	names = b"\0.shstrtab\0.xen_pages\0.xen_pfn\0"
	def xen(name, nr, table):
	    at = PAGE + (1 << 40)
	    sections = bytes(64)
	    for text, kind, start, size in (1, 3, at + 8 * nr, len(names)), (11, 1, PAGE, nr * PAGE), (22, 1, at, 8 * nr):
	        sections += struct.pack("<IIQQQQIIQQ", text, kind, 0, 0, start, size, 0, 0, 8, 0)
	    head = b"\x7fELF\2\1\1" + bytes(9)
	    head += struct.pack("<HHIQQQIHHHHHH", 4, 62, 1, 0, 0, 64, 0, 64, 56, 0, 64, 4, 1)
	    with open(name, "wb") as out:
	        out.write((head + sections).ljust(PAGE, b"\0"))
	        for i, frame in enumerate(dumped):
	            out.seek(PAGE + frame * PAGE)
	            out.write(memory[i * PAGE:(i + 1) * PAGE])
	        out.seek(at)
	        out.write(table)
	        out.seek(at + 8 * nr)
	        out.write(names)
	# Four gigabytes in order, a gap up to the table; a terabyte of frame 0.
	xen("order", 1 << 20, struct.pack(f"<{1 << 20}Q", *range(1 << 20)))
	xen("zeros", FRAMES, b"")
	END
	for file in few all order; do
		asks $file 'vtop ffff888001c00123' >got
		grep '"physical":"0x1c00123"' got
	done
	patiently "$KWALK" -q -j -o levels=4 -c 'rd -p 0; rd -p 1000' zeros >got 2>complaints && return 1
	complains @warning 'zeros: .xen_pfn' 'contradicts itself'
	said=got complains @unreadable 'rd 0 damaged'
	said=got complains @unreadable 'rd 1000 absent'
}

@test "a terabyte of nothing behind each container" {
	local format

	dump x86_64-qemu
	cp x86_64-qemu elf
	describe kdump <<-END
	include $DUMPS/x86_64.txt
	container kdump
	END
	describe flat <<-END
	include $DUMPS/x86_64.txt
	container kdump
	flatten record=5000
	END
	for format in raw lime avml vmss qemu; do
		python3 "$BATS_TEST_DIRNAME/containers.py" $format x86_64-qemu $format
	done
	for format in lkcd sadump xen; do
		python3 "$BATS_TEST_DIRNAME/rare.py" $format x86_64-qemu $format
	done
	for format in elf kdump flat raw lime avml vmss qemu lkcd sadump xen; do
		asks $format 'rd -p 1c00000' >want 2>complaints || {
			complains @line '' 'no library'
			continue
		}
		truncate -s 1T $format || skip "no file of a terabyte here"
		asks $format 'rd -p 1c00000' >got
		cmp want got
	done
}

# What a program of 32 bits cannot even number by a word: memory that begins 5 GiB into the
# file, in each format that has such an offset for it, and a page's bytes at 9 GiB.
@test "what lies beyond 4 GiB in a file is read there" {
	dump x86_64-qemu
	python3 "$BATS_TEST_DIRNAME/containers.py" raw x86_64-qemu raw
	truncate -s 9G probe || skip "no file of 9 GiB here"
	python3 - "$BATS_TEST_DIRNAME" <<-'END'
	import struct, sys
	sys.path.insert(0, sys.argv[1])
	import containers
	PAGE, FAR, GIB = 4096, 5 << 30, 1 << 30
	raw = open("raw", "rb").read()
	pages = len(raw) // PAGE
	mark = b"five gigabytes.." * 256

	def put(name, parts, end=0):
	    with open(name, "wb") as out:
	        for at, data in parts:
	            out.seek(at)
	            out.write(data)
	        out.truncate(max(end, out.tell()))

	def elf(ranges):
	    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 4, 62, 1, 0, 64, 0, 0, 64, 56, len(ranges), 0, 0, 0)
	    for at, paddr, size in ranges:
	        head += struct.pack("<IIQQQQQQ", 1, 7, at, 0, paddr, size, size, 0)
	    return head
	far = [(PAGE, 8 << 30, FAR), (PAGE + FAR, 0, len(raw)), (9 << 30, 16 << 30, PAGE)]
	content = [(0, elf(far)), (PAGE + FAR, raw), (9 << 30, mark)]
	put("elf", content)

	# The same as makedumpfile -F would write it, with holes in its records.
	with open("flat", "wb") as out:
	    out.write(b"makedumpfile\0\0\0\0" + struct.pack(">QQ", 1, 1))
	    out.seek(PAGE)
	    sizes = [(0, PAGE), (PAGE, FAR), (PAGE + FAR, len(raw)), (9 << 30, PAGE)]
	    for (at, size), data in zip(sizes, [content[0][1], b"", raw, mark]):
	        out.write(struct.pack(">QQ", at, size))
	        start = out.tell()
	        out.write(data)
	        out.seek(start + size)
	    out.write(b"\xff" * 16)

	put("raw-high", [(FAR + PAGE, raw), (9 << 30, mark)])
	def lime(paddr, size):
	    return struct.pack("<IIQQQ", 0x4c694d45, 1, paddr, paddr + size - 1, 0)
	first = 32 + FAR
	second = first + 32 + len(raw)
	put("lime", [(0, lime(8 << 30, FAR)), (first, lime(0, len(raw)) + raw), (second, lime(16 << 30, PAGE) + mark)])

	put("vmem", [(FAR, raw), (FAR + len(raw), mark)])
	class Hole:
	    def __init__(self, size):
	        self.size = size
	    def __len__(self):
	        return self.size
	# VMware's regions ascend: the kernel's memory is at 5 GiB, so it is moved in the file only.
	open("vmsn", "wb").write(containers.vmware_state([(0, Hole(FAR)), (8 << 30, raw), (16 << 30, mark)]))

	# A page's descriptor leads to 5 GiB, the last page's to 9 GiB.
	frames = (16 << 30) // PAGE + 1
	blocks = (frames + 8 * PAGE - 1) // (8 * PAGE)
	header = bytearray(2 * PAGE)
	struct.pack_into("<8sI", header, 0, b"KDUMP   ", 6)
	header[12 + 4 * 65:12 + 4 * 65 + 6] = b"x86_64"
	struct.pack_into("<IIIII", header, 424, 0, PAGE, 1, 2 * blocks, frames)
	struct.pack_into("<Q", header, PAGE + 96, frames)
	bits = bytearray(blocks * PAGE)
	bits[:pages // 8] = b"\xff" * (pages // 8)
	bits[(frames - 1) // 8] |= 1 << (frames - 1) % 8
	table = 2 * PAGE + 2 * blocks * PAGE
	places = [FAR + PAGE * i for i in range(pages)] + [9 << 30]
	descriptors = b"".join(struct.pack("<QIIQ", at, PAGE, 0, 0) for at in places)
	put("kdump", [(0, header), (2 * PAGE, bytes(bits) * 2), (table, descriptors), (FAR, raw), (9 << 30, mark)])
	END
	local files

	for files in elf flat lime kdump; do
		asks $files 'vtop ffff888001c00123; rd -p 400000000 2; search -p -s 3fffff000 -e 400000fff -c five' >got
		grep '"physical":"0x1c00123"' got
		grep '0x676967206576696' got
	done
	ASK=(-o arch=x86_64)
	asks vmsn vmem 'rd -p 400000000 2' >got
	grep '0x676967206576696' got
	asks raw-high@0 'rd -p 240000000 2' >got
	grep '0x676967206576696' got
}

# A signal reports the loss of a mapped file, and the program prints a message; of a file that is
# read in pieces, the loss shows at the next read.
@test "a large file that is cut while it is open" {
	truncate -s 1T raw || skip "no file of a terabyte here"
	printf 'here before' | dd of=raw bs=1 seek=$((6 << 30)) conv=notrunc status=none
	(ulimit -v 1000000 && "$KWALK" -V) >/dev/null 2>&1 || skip "no limit of memory here"
	(ulimit -v 1000000 && patiently "$KWALK" -q -o arch=x86_64 -c \
		'rd -p 180000000 1; !truncate -s 5G raw' -c 'rd -p 1c0000000 1' raw@0) >got 2>complaints && return 1
	grep 'here bef' got
	grep -i 'truncated' complaints
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
	fails 2 'endless memory must be wrong' -q -o arch=x86_64 -c info endless
	answers -o arch=x86_64 same 'rd -p 0' <<<'0 values.0=0x7878787878787878'
}
