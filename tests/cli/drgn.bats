#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# kwalk.drgn: a drgn.Program of any dump, on described ones; tests/real/drgn_program.py
# runs drgn's helpers on real kernels.
load common

MODULE=$(dirname "$KWALK")/python

# The Python that drgn is installed for: Debian's is for Debian's.
setup() {
	local candidate

	not_by_chance
	cd "$BATS_TEST_TMPDIR" || return
	[ -e "$MODULE/kwalk/_kwalk.abi3.so" ] || skip "built without the Python module"
	! sanitized || skip "Python would have to load the sanitizer first"
	for candidate in "${PYTHON:-$(type -P python3)}" /usr/bin/python3; do
		"$candidate" -c 'import drgn' 2>/dev/null || continue
		DRGN_PYTHON=$candidate
		return
	done
	[ -n "$CI" ] && { echo "no Python here has drgn: install python3-drgn"; return 1; }
	skip "no drgn: install python3-drgn"
}

# A script on standard input.
python() {
	PYTHONPATH=$MODULE PYTHONDONTWRITEBYTECODE=1 "$DRGN_PYTHON" -
}

# Two CPUs, of which the second one's registers are known.
two_cpus() {
	describe noted <<-END
	include $DUMPS/x86_64-tasks-cpus.txt
	END
	vmlinux 64
}

@test "memory, symbols and types of a core, a raw image, LiME, VMware and flattened kdump" {
	two_cpus
	for form in raw lime vmem; do
		python3 "$BATS_TEST_DIRNAME/containers.py" $form noted noted.$form
	done
	{ cat noted.txt; printf 'container kdump\nkdump level=1\nflatten record=5000\n'; } | describe flattened
	python <<-'END'
	import drgn, kwalk.drgn
	for files in "noted", "noted.raw", "noted.lime", ["noted.vmem", "noted.vmem.vmsn"], "flattened":
	    prog = kwalk.drgn.program(files, "vmlinux", debug_path="")
	    kernel = kwalk.drgn.kernel(prog)
	    assert prog.flags & drgn.ProgramFlags.IS_LINUX_KERNEL and prog.platform.arch == drgn.Architecture.X86_64
	    assert prog["init_task"].address_ == kernel.symbol("init_task").address
	    assert prog["init_task"].comm.string_() == b"swapper/0"
	    assert prog["UTS_RELEASE"].string_() == b"6.1.0-18-amd64" and prog["PAGE_SIZE"] == 4096
	    assert prog.symbol(0xffffffff81002004).name == "schedule"
	    mapped = [r for r in kernel.ranges() if r.status == "mapped"]
	    for at in [address for r in mapped for address in (r.first, r.last - 7)]:
	        try:
	            there = kernel.read(at, 8)
	        except kwalk.Error:  # mapped to what is not there: the APIC
	            there = None
	        try:
	            # an object's read: there drgn 0.0.22 makes another error of a callback's
	            assert drgn.Object(prog, prog.int_type("word", 8, False), address=at).to_bytes_() == there
	            assert prog.read(at, 8) == there == prog.read(kernel.translate(at), 8, True)
	        except drgn.FaultError as error:
	            assert there is None and error.address in (at, kernel.translate(at))
	    for at in 5, mapped[-1].last - 3:
	        try:
	            assert not prog.read(at, 8)
	        except drgn.FaultError:
	            pass
	    for extent in kernel.memory():
	        try:
	            assert prog.read(extent.first, 8, True) == kernel.read_physical(extent.first, 8)
	        except drgn.FaultError:
	            assert extent.state not in ("present", "zero")
	END
}

@test "without a vmlinux it is the one that kwalk finds, or none" {
	two_cpus
	mkdir folder
	mv vmlinux folder/vmlinux-6.1.0-18-amd64
	python <<-'END'
	import kwalk, kwalk.drgn
	prog = kwalk.drgn.program("noted", debug_path="folder")
	assert kwalk.drgn.kernel(prog).facts["vmlinux"] == "folder/vmlinux-6.1.0-18-amd64"
	assert prog["init_task"].comm.string_() == b"swapper/0"
	try:
	    assert not kwalk.drgn.program("noted", debug_path="")["init_task"]
	except LookupError:
	    pass
	END
}

@test "a page that does not decode is a FaultError" {
	describe odd <<-END
	include $DUMPS/x86_64.txt
	container kdump
	at 0x1c00000: seq 512 1 0x12345
	page 0x1c00000 wrong=0
	END
	python <<-'END'
	import drgn, kwalk.drgn
	for most in kwalk.drgn._MOST_EXTENTS, 1:  # looked at before, and not
	    kwalk.drgn._MOST_EXTENTS = most
	    prog = kwalk.drgn.program("odd", debug_path="")
	    for address, physical in (0x1c00000, True), (0xffff888001c00000, False):
	        try:
	            assert not prog.read(address, 8, physical)
	        except drgn.FaultError as error:
	            assert most > 1 or error.address == address and "damaged" in str(error), error
	    assert prog.read(0xffff888001c01000, 8) == prog.read(0x1c01000, 8, True)
	END
}

@test "KASLR's offset is kwalk's, with the note or without" {
	dump x86_64-kaslr
	vmlinux 64
	python3 "$BATS_TEST_DIRNAME/containers.py" lime x86_64-kaslr lime
	sed 's/VMCOREINFO/UNKNOWN_NO/' x86_64-kaslr >without
	python <<-'END'
	import kwalk.drgn
	for file in "x86_64-kaslr", "lime", "without":
	    prog = kwalk.drgn.program(file, "vmlinux", debug_path="")
	    kernel = kwalk.drgn.kernel(prog)
	    assert kernel.facts["kaslr_offset"]
	    assert prog["init_task"].address_ == kernel.symbol("init_task").address
	    assert prog["init_task"].address_ & (1 << 64) - 1 == 0xffffffff81420800 + kernel.facts["kaslr_offset"]
	END
}

@test "registers are notes for drgn, one a CPU" {
	two_cpus
	python <<-'END'
	import kwalk, struct, kwalk.drgn as bridge
	kernel = kwalk.open("noted", "vmlinux", debug_path="")
	first, second = bridge._prstatus(kernel, bridge._LAYOUTS[62])
	assert len(second) == 336 and struct.unpack_from("<Q", second, 112 + 16 * 8)[0] == 0xffffffff81002004
	assert struct.unpack_from("<Q", second, 112 + 19 * 8)[0] == 0x1234 and len(first) in (0, 336)
	cpus = [cpu._replace(number=number) for cpu, number in zip(list(kernel.cpus())[::-1], (3, 1))]
	class Kernel:
	    def cpus(self):
	        return [cpus[0], cpus[1]._replace(registers={})]
	assert [len(note) for note in bridge._prstatus(Kernel(), bridge._LAYOUTS[62])] == [0, 0, 0, 336]
	END
}

@test "i386 and PAE: memory above 4 GiB hides none below" {
	dump pae i386-highmem
	python <<-'END'
	import drgn, kwalk.drgn
	for file in "pae", "i386-highmem":
	    prog = kwalk.drgn.program(file, debug_path="", overrides={"kaslr_offset": 0})
	    kernel = kwalk.drgn.kernel(prog)
	    assert prog.platform.arch == drgn.Architecture.I386 and not prog.platform.flags & drgn.PlatformFlags.IS_64_BIT
	    below = [e for e in kernel.memory() if e.last < 1 << 32]
	    for extent in below:
	        try:
	            assert prog.read(extent.first, 8, True) == kernel.read_physical(extent.first, 8), extent
	        except drgn.FaultError:
	            assert extent.state not in ("present", "zero"), extent
	    assert file != "pae" or any(e.state == "present" for e in kernel.memory() if e.first >> 32)
	    for above in (e for e in kernel.memory() if e.first >> 32 and e.state == "present"):
	        hidden = above.first & 0xffffffff
	        state = next(e.state for e in kernel.memory() if e.first <= hidden <= e.last)
	        try:
	            assert prog.read(hidden, 8, True) == kernel.read_physical(hidden, 8)
	        except drgn.FaultError:
	            assert state not in ("present", "zero")
	    for mapped in kernel.ranges(0xc0000000):
	        if mapped.status == "mapped" and mapped.physical < 16 << 20:
	            assert prog.read(mapped.first, 8) == kernel.read(mapped.first, 8), mapped
	END
}

@test "failures: kwalk's words, with the name of what is missing" {
	dump x86_64-bare x86_64
	sed 's/6\.1\.0-18-amd64/              /g' x86_64-bare >unnamed
	vmlinux 64
	objcopy --strip-debug vmlinux bare
	python <<-'END'
	import drgn, kwalk, kwalk.drgn
	def fails(kind, call, *arguments, **named):
	    try:
	        call(*arguments, **named)
	    except kind as error:
	        return str(error)
	    raise AssertionError((kind, call, arguments))
	assert "nowhere" in fails(kwalk.Error, kwalk.drgn.program, "nowhere")
	assert "release" in fails(kwalk.Error, kwalk.drgn.program, "unnamed", debug_path="")
	assert "not one of" in fails(kwalk.Error, kwalk.drgn.kernel, drgn.Program())
	# drgn's own error: at once (0.0.22), or of the first name (0.0.31).
	fails((drgn.MissingDebugInfoError, LookupError), lambda: kwalk.drgn.program("x86_64", "bare", debug_path="")["init_task"])
	prog = kwalk.drgn.program(kwalk.open("x86_64", debug_path=""))  # a Kernel that is open; no types
	fails(LookupError, lambda: prog["init_task"])
	at = kwalk.drgn.kernel(prog).ranges(1 << 63).__next__().first
	assert prog.read(at, 8) == kwalk.drgn.kernel(prog).read(at, 8)
	kwalk.drgn.kernel(prog).close()
	assert "closed" in fails(Exception, prog.read, at, 8)
	END
}

@test "drgn and p show the same member" {
	two_cpus
	python <<-'END' >of-drgn
	import kwalk.drgn
	print(kwalk.drgn.program("noted", "vmlinux", debug_path="")["init_task"].comm.string_().decode())
	END
	[ "$(cat of-drgn)" = swapper/0 ]
	"$KWALK" -q -c 'struct task_struct.comm init_task' vmlinux noted | grep -qF "$(cat of-drgn)"
}

@test "arm64: machine, memory of both kinds, registers" {
	dump arm64
	vmlinux arm64
	python <<-'END'
	import drgn, kwalk, struct, kwalk.drgn as bridge
	prog = bridge.program("arm64", "vmlinux", debug_path="")
	assert prog.platform.arch == drgn.Architecture.AARCH64
	assert prog.read_u64(0xffff000001c00000) == 0x1122334455667788
	assert prog.read_u64(0xffff800009000008) == 0x99aabbccddeeff00
	assert prog.read_u64(0x41c00000, True) == 0x1122334455667788
	assert prog["linux_banner"].string_().startswith(b"Linux version 6.1.0-18-arm64")
	note, = bridge._prstatus(bridge.kernel(prog), bridge._LAYOUTS[183])
	assert len(note) == 392 and struct.unpack_from("<2Q", note, 112 + 31 * 8) == (0xffff000000023e00, 0xffff800008001100)
	assert list(bridge.kernel(prog).regions())[-1].last == (1 << 64) - 1
	END
}
