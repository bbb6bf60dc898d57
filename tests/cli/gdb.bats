#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# kwalk --gdb: the remote protocol, by a peer of our own and by gdb itself.
load common

export PYTHONPATH=$BATS_TEST_DIRNAME KWALK

# peer: python on standard input, that has the peer.
peer() {
	{ printf 'from gdb import *\n'; cat; } >peer.py
	patiently python3 peer.py || { cat complaints; return 1; }
}

# gdb_says COMMAND...: what gdb prints of these, with vmlinux and dump.
gdb_says() {
	local arguments=() command

	for command; do
		arguments+=(-ex "$command")
	done
	patiently gdb -q -nx -batch -ex 'set pagination off' -ex 'set height 0' -ex 'set width 0' \
		-ex "target remote | $KWALK --gdb vmlinux dump" "${arguments[@]}" vmlinux >said 2>&1 || true
}

says() {
	grep -qF -- "$1" said || { echo "no '$1' in:"; cat said; return 1; }
}

# sleeping: processes with stacks, and where their last switch left the registers.
sleeping() {
	vmlinux 64
	describe dump <<-END
	include $DUMPS/x86_64-purpose.txt
	note QEMU cpu rip=0x400000 rsp=0x7000 rax=0x1234 cr3=0x32000 cr4=0x20
	at vars+0x320: u64 3
	at cpu0+0x320: u64 d+t_init
	at cpu1+0x320: u64 d+t_idle1
	at t_shell+136: u64 d+0x63e00
	at 0x63e00: u64 15 14 13 12 11 0xffff888000063f00 text+0x1234
	END
}

# --- packets ---

@test "packets: acknowledged, repeated, without acknowledgements" {
	dump x86_64
	peer <<-'END'
	peer = Peer("x86_64", quiet=False)
	peer.send(frame("qAttached"))
	assert peer.read(6) == b"+$1#31"
	peer.send(b"-")
	assert peer.read(5) == b"$1#31"
	peer.send(b"+++")
	peer.send(b"$qAttached#00")
	assert peer.read(1) == b"-"
	peer.send(frame("qAttached"))
	assert peer.read(6) == b"+$1#31"
	# a packet instead of an acknowledgement is one
	peer.send(frame("qAttached"))
	assert peer.read(6) == b"+$1#31"
	peer.send(b"+")
	assert peer.ask("QStartNoAckMode") == "OK"
	peer.quiet = True
	peer.send(frame("qAttached"))
	assert peer.read(5) == b"$1#31"
	assert peer.ask("qSupported:multiprocess+;swbreak+") == \
	    "PacketSize=4000;QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+"
	for unknown in "vMustReplyEmpty", "qTStatus", "", "y", "\x80", "vCont", "qSupporte", "QX", "!", "R00":
	    assert peer.ask(unknown) == "", unknown
	assert peer.end() == 0
	END
	[ ! -s complaints ]
}

@test "packets that are damaged, cut, too long or no text" {
	dump x86_64
	peer <<-'END'
	peer = Peer("x86_64")
	for raw in b"$qAttached#00", b"$qAttached#zz", b"$#01", b"$?#1", b"$qC#\x03\x03":
	    peer.send(raw + (b"" if len(raw) - raw.index(b"#") > 2 else b"x"))
	    assert peer.reply() == "E.the packet's checksum is wrong", raw
	# begun anew
	peer.send(b"noise \x03\x00\xff#12 + - $qAtt}$qAtta$" + frame("qAttached")[1:])
	assert peer.reply() == "1"
	# escapes
	peer.send(frame(b"qAttache}" + bytes([ord("d") ^ 32])))
	assert peer.reply() == "1"
	peer.send(frame(b"}"))
	assert peer.reply() == ""
	for size in 16384, 16385, 100000, 3000000:
	    answer = peer.ask("Z" * size)
	    assert answer == ("E.the packet is longer than PacketSize" if size > 16384 else "E.a dump does not run, so breakpoints have no effect"), answer
	assert peer.ask("qRcmd,6\x00") == "E01"
	assert peer.ask("qRcmd,6") == peer.ask("qRcmd,zz") == peer.ask("qRcmd,6162g") == "E.the argument of qRcmd is not text in hexadecimal digits"
	assert alive(peer)
	assert peer.end() == 0
	END
}

@test "malformed arguments" {
	dump x86_64
	peer <<-'END'
	peer = Peer("x86_64")
	for packet in "m", "m,", "m1", "m1,", "m,1", "m1,1,", "m-1,1", "mfffffffffffffffff,1", "mffffffff81000000,10000000000000000", \
	        "p", "pzz", "p1000", "pffffffffffffffff", "T", "Tzz", "T0", "Tffffffffffffffff", "Hx0", "H", "Hg", "Hgzz", "Hg-2", \
	        "qThreadExtraInfo,", "qThreadExtraInfo,zz", "qXfer:features:read:other.xml:0,10", "qXfer:features:read:target.xml:0", \
	        "qXfer:features:read:target.xml:ffffffffffffffff,1", "qXfer:threads:read:x:0,1", "qXfer:threads:read::0,1x":
	    assert peer.ask(packet) in ("E00", "E01"), packet
	assert peer.ask("Hg77777") == "E.there is no such thread"
	assert peer.ask("m0,0") == ""
	assert alive(peer)
	peer.end()
	END
}

@test "a peer that goes: at once, within a packet, while answers or a command wait for it" {
	dump x86_64
	peer <<-'END'
	import time
	for sent in b"", b"$", b"$qAtt", b"$qAttached#", b"$qAttached#3", b"$}", frame("D"), frame("k"), frame("vKill;1"), b"\x03":
	    peer = Peer("x86_64")
	    peer.send(sent)
	    assert peer.end() == 0, sent
	peer = Peer("x86_64", quiet=False)
	peer.send(frame("qRcmd," + b"info".hex()))
	assert peer.end() in (0, 1) # perhaps it had not answered all
	# the reading end is closed
	peer = Peer("x86_64")
	peer.process.stdout.close()
	peer.send(frame("qRcmd," + b"help".hex()))
	assert peer.process.wait(timeout=600) in (0, 1)
	peer = Peer("x86_64")
	assert peer.monitor("quit") == ""
	assert peer.process.wait(timeout=600) == 0
	END
}

@test "what is refused leaves the session as it was" {
	dump x86_64
	peer <<-'END'
	peer = Peer("x86_64")
	for packet in "G00", "P0=00", "M0,1:00", b"X0,1:\0", "Z0,0,1", "z1,0,1":
	    assert peer.ask(packet).startswith("E."), packet
	for packet in "c", "s", "C05", "S05", "vCont;c", "vCont;s:1;c", "c1000":
	    assert bytes.fromhex(peer.ask(packet)[1:]) == b"kwalk: a dump does not run, so it can neither continue nor step\n"
	    assert peer.reply().startswith("T00thread:"), packet
	assert alive(peer)
	assert peer.end() == 0
	END
}

# --- answers ---

@test "memory: the kernel's, a process', and where it ends" {
	dump x86_64-tasks
	vmlinux 64
	"$KWALK" -q -c 'rd -r first ffffffff81420800 0x2000' vmlinux x86_64-tasks
	peer <<-'END'
	peer = Peer("vmlinux", "x86_64-tasks")
	first = open("first", "rb").read()
	got = b""
	while len(got) < 0x2000:
	    got += peer.memory(0xffffffff81420800 + len(got), 0x2000 - len(got))
	assert got == first[:0x2000]
	assert len(peer.memory(0xffffffff81420800, 0x100000)) == 8192
	# an address of a process, of which nobody has said which
	assert peer.ask("m1000,8") == "E01"
	assert "init" in peer.monitor("set 1")
	assert len(peer.memory(0x1000, 8)) == 8
	# two pages are there, and nothing after
	assert len(peer.memory(0x2ff0, 0x10)) == 16
	assert peer.ask("m2000,2000")[:2] != "E0" and len(peer.memory(0x2ff0, 0x10000)) < 0x10000
	assert peer.ask("m800000000000,8") == "E01"
	peer.end()
	# nor by what a CPU happened to use, here init's
	peer = Peer("vmlinux", "x86_64-tasks", options=["-o", "root=32000"])
	assert peer.memory(0xffffffff81420800, 16) and peer.ask("m1000,8") == "E01"
	assert peer.ask("mfffffffffffffff8,20") in ("E01",) or len(peer.memory(0xfffffffffffffff8, 0x20)) <= 8
	peer.end()
	END
}

@test "threads: what CPUs ran, then all tasks, with their names" {
	sleeping
	peer <<-'END'
	import xml.etree.ElementTree as tree
	peer = Peer("vmlinux", "dump")
	names = tree.fromstring(peer.document("threads:read:"))
	got = [(int(t.get("id"), 16), t.get("name"), t.text) for t in names]
	assert got == [(1, "init", "CPU 0, R"), (10000001, "swapper/1", "CPU 1, R"), (10000000, "swapper/0", "R"),
	               (5, "init-worker", "R"), (2, "kthreadd", "R"), (3, "shell", "R"), (4, "shell", "R")], got
	assert peer.document("threads:read:", 7) == peer.document("threads:read:", 0x10000)
	assert peer.ask("qfThreadInfo") == "m1,989681,989680,5,2,3,4"
	assert peer.ask("qsThreadInfo") == "l"
	assert peer.ask("?") == "T00thread:1;" and peer.ask("qC") == "QC1"
	assert bytes.fromhex(peer.ask("qThreadExtraInfo,1")) == b"CPU 0, R"
	assert peer.ask("T3") == "OK" and peer.ask("T6") == "E01"
	assert peer.ask("Hg3") == "OK" and peer.ask("qC") == "QC3"
	assert peer.ask("Hc-1") == "OK" and peer.ask("qC") == "QC3"
	assert peer.ask("Hg0") == "OK" and peer.ask("qC") == "QC1"
	peer.end()
	END
}

@test "threads: names that XML would not bear, and pids that several have" {
	sleeping
	{ cat dump.txt; printf '%s\n' 'at t_shell+72: u8 0x3c 0x26 0x22 0x1b 0x0a 0x2a 0xff 0' 'at t_daemon+48: u32 3'; } >changed.txt
	"$MKDUMP" changed.txt changed
	peer <<-'END'
	import xml.etree.ElementTree as tree
	peer = Peer("vmlinux", "changed")
	got = [(int(t.get("id"), 16), t.get("name")) for t in tree.fromstring(peer.document("threads:read:"))]
	assert (3, '<&"??*?') in got, got
	assert len({i for i, _ in got}) == len(got) == 7 and sum(i >= 30000000 for i, _ in got) == 1, got
	for i, _ in got:
	    assert peer.ask(f"T{i:x}") == "OK" and peer.ask(f"Hg{i:x}") == "OK" and peer.ask("qC") == f"QC{i:x}"
	peer.end()
	END
}

@test "registers: of a CPU by its note, of a task by its last switch, and no others" {
	sleeping
	peer <<-'END'
	import xml.etree.ElementTree as tree
	peer = Peer("vmlinux", "dump")
	target = tree.fromstring(peer.document("features:read:target.xml"))
	assert target.find("architecture").text == "i386:x86-64"
	names = [(r.get("name"), int(r.get("bitsize")) // 4) for r in target.iter("reg")]
	def registers(thread):
	    assert peer.ask(f"Hg{thread:x}") == "OK"
	    text, at, values = peer.ask("g"), 0, {}
	    for number, (name, size) in enumerate(names):
	        part = text[at:at + size]
	        assert peer.ask(f"p{number:x}") == part
	        if part != "x" * size:
	            values[name] = int.from_bytes(bytes.fromhex(part), "little")
	        at += size
	    assert at == len(text)
	    return values
	cpu = registers(1)
	assert [cpu[n] for n in ("rip", "rsp", "rax", "cr3", "cr4")] == [0x400000, 0x7000, 0x1234, 0x32000, 0x20], cpu
	assert "st0" not in cpu and "fop" not in cpu
	text = 0xffffffff81000000
	assert registers(3) == {"r15": 15, "r14": 14, "r13": 13, "r12": 12, "rbx": 11, "rbp": 0xffff888000063f00,
	                        "rip": text + 0x1234, "rsp": 0xffff888000063e38}
	# its stack is not known, the CPU has no note, thread.sp is on no stack of its own
	assert registers(4) == registers(10000001) == registers(5) == registers(2) == {}
	peer.end()
	END
}

@test "registers have the order and the sizes of gdb's descriptions" {
	dump x86_64 i386 arm64 guest-riscv64-sv39
	# 64bit-core.xml, 64bit-segments.xml and 32bit-core.xml of gdb/features/i386, aarch64-core.xml and aarch64-pauth.xml,
	# riscv/64bit-cpu.xml
	peer <<-'END'
	import xml.etree.ElementTree as tree
	def of(bits, names):
	    return [(name, bits) for name in names.split()]
	floating = of(80, "st0 st1 st2 st3 st4 st5 st6 st7") + of(32, "fctrl fstat ftag fiseg fioff foseg fooff fop")
	for dump, wanted in (
	        ("x86_64", of(64, "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip") +
	         of(32, "eflags cs ss ds es fs gs") + floating + of(64, "fs_base gs_base cr0 cr2 cr3 cr4")),
	        ("i386", of(32, "eax ecx edx ebx esp ebp esi edi eip eflags cs ss ds es fs gs") + floating +
	         of(32, "cr0 cr2 cr3 cr4")),
	        ("arm64", of(64, " ".join(f"x{i}" for i in range(31)) + " sp pc") + of(32, "cpsr") +
	         of(64, "pauth_dmask pauth_cmask pauth_dmask_high pauth_cmask_high")),
	        ("guest-riscv64-sv39", of(64, "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 "
	         "s8 s9 s10 s11 t3 t4 t5 t6 pc"))):
	    peer = Peer(dump)
	    target = tree.fromstring(peer.document("features:read:target.xml"))
	    assert [(r.get("name"), int(r.get("bitsize"))) for r in target.iter("reg")] == wanted, dump
	    peer.end()
	END
}

@test "a switch frame off the task's stack is not believed, nor is a running task's switch frame" {
	sleeping
	for change in 'at t_shell+136: u64 d+0x63fd0' 'at t_shell+136: u64 d+0x5fff8' 'at t_shell+136: u64 0' \
		'at t_shell+136: u64 vmalloc_base+0x10000' 'at t_shell+144: u32 1'; do
		{ grep -v '^$' dump.txt; echo "$change"; } >changed.txt
		"$MKDUMP" changed.txt changed
		peer <<-'END'
		peer = Peer("vmlinux", "changed")
		assert peer.ask("Hg3") == "OK" and not peer.ask("g").strip("x")
		peer.end()
		END
	done
	# the last place that is
	{ cat dump.txt; echo 'at t_shell+136: u64 d+0x63fc8'; } >changed.txt
	"$MKDUMP" changed.txt changed
	peer <<-'END'
	peer = Peer("vmlinux", "changed")
	assert peer.ask("Hg3") == "OK" and peer.ask("g").strip("x")
	peer.end()
	END
}

@test "switch frames of i386: with flags, and before 4.9" {
	local mode

	for mode in 32:i386 pae:pae; do
		vmlinux ${mode%:*}
		describe dump <<-END
		include $DUMPS/${mode#*:}-purpose.txt
		at t_init+84: u32 d+0x61f00
		at 0x61f00: u32 0x202 6 7 11 d+0x61f80 text+0x1234
		END
		peer <<-'END'
		peer = Peer("vmlinux", "dump")
		assert "<architecture>i386</architecture>" in peer.document("features:read:target.xml")
		assert peer.ask("Hg1") == "OK"
		# eax ecx edx ebx esp ebp esi edi eip eflags
		words = [peer.ask("g")[8 * i:8 * i + 8] for i in range(10)]
		values = [w if "x" in w else int.from_bytes(bytes.fromhex(w), "little") for w in words]
		text = int.from_bytes(bytes.fromhex(words[8]), "little") - 0x1234
		base = values[5] - 0x61f80
		assert values == ["x" * 8] * 3 + [11, base + 0x61f18, base + 0x61f80, 6, 7, text + 0x1234, 0x202], values
		assert text & 0xfffff == 0 and base & 0xfffff == 0
		peer.end()
		END
	done
	vmlinux 32 4.8.0
	for code in '0x5d 0x9d' '0x9d 0x5d'; do
		describe dump <<-END
		include $DUMPS/i386-purpose.txt
		at t_init+104: u32 d+0x61f00 text+0x1234
		at 0x61f00: u32 d+0x61f80 0x246
		at text_phys+0x1234: u8 $code
		END
		python3 - <<-END
		import re
		source = open("dump.txt").read()
		END
		CODE=$code peer <<-'END'
		peer = Peer("vmlinux", "dump")
		assert peer.ask("Hg1") == "OK"
		words = [peer.ask("g")[8 * i:8 * i + 8] for i in range(10)]
		known = {i: int.from_bytes(bytes.fromhex(w), "little") for i, w in enumerate(words) if "x" not in w}
		if os.environ["CODE"] == "0x5d 0x9d":
		    assert known == {4: known[4], 5: known[4] + 0x78, 8: known[8], 9: 0x246}, known
		    assert known[4] & 0xfffff == 0x61f08 and known[8] & 0xfffff == 0x1236
		else:
		    assert known == {}, known
		peer.end()
		END
	done
}

@test "monitor: any command, its complaints, its bounds; a file in its place, no shell" {
	needs_part extract
	sleeping
	peer <<-'END'
	peer = Peer("vmlinux", "dump", options=["--max-lines=3"])
	assert "ffffffff81000000" in peer.monitor("vtop ffffffff81000000")
	assert peer.monitor("nonsense").startswith("kwalk: nonsense: ")
	assert peer.monitor("btop 1000; btop 2000") != ""
	assert peer.monitor("") == ""
	assert "kwalk: tasks: stopped after 3 lines" in peer.monitor("tasks")
	assert "runs no shell commands for gdb" in peer.monitor("!echo hello")
	assert "runs no shell commands for gdb" in peer.monitor("btop 1000 | cat")
	for command in "btop 1000 > pages", "btop 1000 >> pages", "rd -p -r pages 0 10", "extract -w pages":
	    assert "kwalk writes no files for gdb" in peer.monitor(command), command
	import os
	assert not os.path.exists("pages")
	assert "not read" not in peer.monitor("annotate")
	assert alive(peer)
	assert peer.end() == 1
	peer = Peer("vmlinux", "dump", options=["-j"])
	assert '"command":"btop"' in peer.monitor("btop 1000")
	peer.end()
	END
}

# A clock of which each look takes a second, so that the peer is looked at in every step.
fast_clock() {
	${CC:-cc} -shared -fPIC -o fast-clock.so "$BATS_TEST_DIRNAME/fast-clock.c" ||
		skip "no library can be made to preload"
	FAST="LD_PRELOAD='$PWD/fast-clock.so', ASAN_OPTIONS='verify_asan_link_order=0'"
}

@test "monitor: Ctrl-C stops a command, and so does a signal" {
	dump x86_64-loop
	fast_clock
	peer <<-END
	import signal
	peer = Peer("x86_64-loop", $FAST)
	whole = peer.monitor("pt")
	assert "interrupted" not in whole
	# what comes between commands stops none
	peer.send(b"\x03")
	assert peer.monitor("pt") == whole
	peer.send(frame("qRcmd," + b"pt".hex()) + b"\x03")
	text, answer = "", peer.reply()
	while answer != "OK":
	    text, answer = text + bytes.fromhex(answer[1:]).decode(), peer.reply()
	assert text.startswith("kwalk: pt: interrupted: "), text
	assert alive(peer)
	peer.await_sleep()
	peer.process.send_signal(signal.SIGINT)
	assert peer.process.wait(timeout=600) == 1
	END
}

@test "a command that gdb no longer waits for is not answered: the next answer is the next packet's" {
	dump x86_64-loop
	fast_clock
	peer <<-END
	for quiet in True, False:
	    peer = Peer("x86_64-loop", quiet=quiet, $FAST)
	    peer.send(frame("qRcmd," + b"pt".hex()) + frame("qAttached"))
	    assert peer.reply() == "1"
	    assert peer.ask("qC").startswith("QC")
	    peer.end()
	END
}

@test "work that takes long says that it goes on, but for commands" {
	sleeping
	fast_clock
	peer <<-END
	peer = Peer("vmlinux", "dump", $FAST)
	peer.kept_waiting = 0
	peer.ask("qfThreadInfo")
	assert peer.kept_waiting > 0
	peer.kept_waiting = 0
	peer.monitor("tasks")
	assert peer.kept_waiting == 0
	peer.end()
	END
}

@test "KASLR: qOffsets, and the command that says the same" {
	sleeping
	# gdb moves all segments as far as the first one, which here is the per-CPU segment
	[ "$(readelf -lW vmlinux | awk '$1 == "LOAD" { print $3; exit }')" = 0x0000000000000000 ]
	peer <<-'END'
	peer = Peer("vmlinux", "dump")
	assert peer.ask("qOffsets") == "TextSeg=0"
	assert peer.monitor("symbol-file") == "symbol-file -o 0x0 vmlinux\n"
	peer.end()
	os.rename("vmlinux", "away")
	peer = Peer("dump")
	assert peer.ask("qOffsets") == ""
	assert peer.monitor("symbol-file") == "kwalk: symbol-file: there is no vmlinux\n"
	peer.end()
	os.rename("away", "vmlinux")
	END
	dump x86_64-kaslr
	peer <<-'END'
	peer = Peer("vmlinux", "x86_64-kaslr")
	offset = int(peer.monitor("symbol-file").split()[2], 16)
	assert offset and peer.ask("qOffsets") == f"TextSeg={offset:x}"
	peer.end()
	END
	BUILD_ID=0x11 vmlinux 64 5.10.0
	peer <<-'END'
	peer = Peer("vmlinux", "dump")
	assert peer.ask("qOffsets") == ""
	assert "of another kernel" in peer.monitor("symbol-file")
	peer.end()
	END
}

@test "the command line: with -c, without a dump; the helper's streams are not the protocol" {
	dump x86_64
	fails 2 '--gdb excludes -c and -x' --gdb -c info x86_64
	fails 2 'no dump' --gdb
	fails 2 'nowhere' --gdb nowhere
	[ ! -s output ]
	"$KWALK" --gdb -v x86_64 </dev/null >output 2>complaints
	[ ! -s output ]
}

# --- gdb itself ---

@test "gdb: symbols, memory, threads, a task's registers; what it may not" {
	needs gdb
	sleeping
	gdb_says 'p init_task.comm' 'info threads' 'thread find shell' 'thread 6' 'p $rip' 'p $rsp' 'p $rax' \
		'p $cr3' 'thread 1' 'p/x $rax' 'p/x $cr3' 'set var init_task.pid = 1' 'set $rax = 1' 'stepi' 'continue' \
		'monitor btop 1000' 'monitor set 1' 'x/2xb 0x1000' 'x/2xb 0x10000000' 'p init_task.comm' 'detach'
	says '$1 = "swapper/0\000\000\000\000\000\000"'
	says 'Thread 1 "init" (CPU 0, R)'
	says 'Thread 10000001 "swapper/1" (CPU 1, R)'
	says "Thread 6 has target name 'shell'"
	says '= (void (*)()) 0xffffffff81001234'
	says '= (void *) 0xffff888000063e38'
	says '= <unavailable>'
	says '= 0x1234'
	says '= 0x32000'
	says 'Cannot access memory at address 0x'
	says "nothing is written to a dump'"
	says 'kwalk: a dump does not run'
	says '0x1000:'
	says 'Cannot access memory at address 0x10000000'
	says '[Inferior 1 (Remote target) detached]'
	[ "$(grep -c swapper/0 said)" -ge 2 ]
}

@test "gdb: a dump without registers, whose first thread gdb can bear" {
	needs gdb
	vmlinux 64
	describe dump <<<"include $DUMPS/x86_64-purpose.txt"
	gdb_says 'info threads' 'p init_task.comm' 'thread 2' 'p $pc' 'detach'
	says '* 1    Thread 29999999 "no registers"'
	says 'Thread 1 "init"'
	says '= "swapper/0'
	says '[Inferior 1 (Remote target) detached]'
	dump x86_64-raw
	mv x86_64-raw dump
	gdb_says 'info threads' 'p linux_banner' 'p $pc' 'detach'
	says '* 1    Thread 29999999 "no registers"'
	says '"Linux version'
	says '= (void (*)()) 0x0'
}

@test "gdb: the session of doc/gdb.md" {
	needs gdb
	sleeping
	mkdir bin
	ln -s "$KWALK" bin/kwalk
	python3 "$BATS_TEST_DIRNAME/../doc/gdb_session.py" ${UPDATE:+--update} "$BATS_TEST_DIRNAME/../../doc/gdb.md" .
}

@test "gdb: KASLR, of each mode" {
	local mode name

	needs gdb
	for mode in 64:x86_64-kaslr 64:x86_64-5level-kaslr 32:i386-kaslr pae:pae-kaslr; do
		name=${mode#*:}
		vmlinux ${mode%:*}
		dump "$name"
		mv "$name" dump
		gdb_says 'p/x &linux_banner' 'p linux_banner' 'monitor sym linux_banner' 'detach'
		python3 - <<-'END' || { cat said; return 1; }
		import re
		said = open("said").read()
		address = int(re.search(r"\$1 = 0x(\w+)", said)[1], 16)
		assert re.search(rf"^{address:x}\b", said, re.M), "kwalk says otherwise"
		assert '"Linux version' in said
		END
	done
}
