#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""qmp.py SOCKET DUMP [MISCHIEF]: a QEMU whose guest has the memory of an ELF dump. It listens at SOCKET and answers
one client, then the next one. The bytes of the memory are in this process, as in QEMU. The file SOCKET.status contains
"running" or "paused", and SOCKET.calls the commands. MISCHIEF is the name of a wrong answer (see `wrong`), or
"shared": the memory is a file that this process shares, or "foreign...": it is in another process, so that only
pmemsave reads it. If the file SOCKET.reset exists, the guest was reset."""
import ctypes
import fcntl
import json
import mmap
import os
import signal
import socket
import struct
import sys
import termios
import time

from containers import ZEROS, read_elf

ANY_PROCESS = ctypes.c_ulong(-1)
SET_PTRACER = 0x59616D61  # linux/prctl.h


class Hangup(Exception):
    pass


def notes_of(core):
    """Returns an ELF core for 64 bits that has the notes of this one, and no memory."""
    phoff, = struct.unpack_from("<Q", core, 32)
    size, count = struct.unpack_from("<HH", core, 54)
    for at in range(phoff, phoff + size * count, size):
        kind, _, offset, _, _, filesz = struct.unpack_from("<IIQQQQ", core, at)
        if kind == 4:
            head = core[:32] + struct.pack("<Q", 64) + core[40:56] + struct.pack("<H", 1) + core[58:64]
            return head + struct.pack("<IIQQQQQQ", 4, 0, 120, 0, 0, filesz, filesz, 1) + core[offset:offset + filesz]
    return core[:56] + bytes(2) + core[58:64]


def with_parts(core):
    """Returns the core of notes_of() and a note of kwalk: of page 1410, only the bytes from 100 on are present."""
    parts = struct.pack("<IIIQQHHH2x", 6, 14, 1, int.from_bytes(b"KWALK", "little"), 0x1410, 1, 0x100, 0xfff)
    size, = struct.unpack_from("<Q", core, 96)
    sizes = struct.pack("<QQ", size + len(parts), size + len(parts))
    return core[:96] + sizes + core[112:120] + parts + core[120:]


class Qemu:
    def __init__(self, path, dump, mischief):
        self.path, self.mischief, self.refused = path, mischief, False
        with open(dump, "rb") as file:
            self.head = notes_of(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        allocate = self.share if mischief == "shared" else self.allocate
        self.ranges = [(paddr, allocate(content, len(content))) for paddr, content in read_elf(dump)[0]]
        # What gpa2hva finds in this process.
        self.visible = [(paddr, ctypes.create_string_buffer(b"\xa5" * len(content), len(content)))
                        for paddr, content in self.ranges] if mischief.startswith("foreign") else self.ranges
        self.fd, self.fds = None, []
        self.nr_notes = 0
        self.client = None
        self.set_status("paused" if mischief.startswith("stands") else "running")
        ctypes.CDLL(None).prctl(SET_PTRACER, ANY_PROCESS, 0, 0, 0)

    @staticmethod
    def allocate(content, size):
        """Private memory, of which only the parts that are not zero are written."""
        memory = mmap.mmap(-1, (size + 4095) // 4096 * 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        for at in range(0, size, len(ZEROS)):
            part = bytes(content[at:at + len(ZEROS)])
            if part != ZEROS[:len(part)]:
                memory[at:at + len(part)] = part
        return (ctypes.c_char * size).from_buffer(memory)

    @staticmethod
    def share(content, size):
        fd = os.memfd_create("ram")
        os.write(fd, b"another" + bytes(4096 - 7))
        os.write(fd, content)
        # The descriptor stays open, as in QEMU. The memory begins at the second page.
        rounded = (size + 4095) // 4096 * 4096
        os.ftruncate(fd, 4096 + rounded)
        return (ctypes.c_char * size).from_buffer(mmap.mmap(fd, rounded, offset=4096))

    def set_status(self, status):
        self.status = status
        with open(self.path + ".new", "w", encoding="ascii") as file:
            file.write(status + "\n")
        os.rename(self.path + ".new", self.path + ".status")

    def note_call(self, name):
        with open(self.path + ".calls", "a", encoding="ascii") as file:
            file.write(name + "\n")

    # --- the monitor for users ---

    def place(self, paddr, ranges=None):
        for first, content in ranges or self.ranges:
            if first <= paddr < first + len(content):
                return content, paddr - first
        return None, 0

    def tree(self):
        kinds = {"no-memory": "i/o"}
        lines = ["FlatView #0", ' AS "I/O", root: io', " Root memory region: io",
                 "  0000000000000000-000000000000ffff (prio 0, i/o): io", "", "FlatView #1", ' AS "memory", root: system',
                 ' AS "cpu-memory-0", root: system', " Root memory region: system"]
        if self.mischief == "no-view":
            return "\r\n".join(lines[:5])
        for paddr, content in self.ranges:
            lines.append(f"  {paddr:016x}-{paddr + len(content) - 1:016x} "
                         f"(prio 0, {kinds.get(self.mischief, 'ram')}): pc.ram @{paddr:016x}")
        if self.mischief == "overlap":
            lines.append("  0000000000000000-0000000000000fff (prio 0, ram): pc.ram")
        if self.mischief == "many":
            lines += [f"  {i << 40:016x}-{(i << 40) + 4095:016x} (prio 0, ram): pc.ram" for i in range(1, 5000)]
        lines += ["  00000000fee00000-00000000feefffff (prio 4096, i/o): apic-msi", "", "FlatView #2",
                  ' AS "PCI", root: (none)', "  No rendered FlatView"]
        return "\r\n".join(lines) + "\r\n"

    def human(self, line):
        command, *words = line.split()
        self.note_call(command)
        if command == "info":
            return self.tree()
        paddr = int(words[-1], 16)
        content, at = self.place(paddr, self.visible if command == "gpa2hva" else self.ranges)
        if content is None:
            content, at = self.ranges[0][1], paddr % 4096 if self.mischief == "many" else 0
        if command == "gpa2hva":
            address = ctypes.addressof(content) + at
            if self.mischief == "apart" and at:
                address += 4096
            if self.mischief == "no-address":
                return "No memory is mapped at address\r\n"
            return f"Host virtual address for {paddr:#x} (pc.ram) is {address:#x}\r\n"
        one, two = struct.unpack_from("<QQ", content, at)
        if self.mischief == "foreign-lies":
            one ^= 1
        if self.mischief == "no-values":
            return "Cannot access memory\r\n"
        return f"{paddr:016x}: {one:#018x} {two:#018x}\r\n"

    # --- the protocol ---

    def dump_memory(self):
        if self.mischief == "no-notes":
            return
        notes = self.head
        if self.mischief == "long-notes":
            os.ftruncate(self.fd, 1 << 32)
        elif self.mischief == "cut-notes":
            notes = notes[:100]
        elif self.mischief == "wrong-notes":
            notes = b"\xff" * 5000
        self.nr_notes += 1
        if self.mischief == "parts-later" and self.nr_notes == 2:
            notes = with_parts(notes)
        os.write(self.fd, notes)

    def save_memory(self, paddr, size, filename):
        content, at = self.place(paddr)
        assert at + size <= len(content), "this would read registers of devices"
        if self.mischief == "foreign-short":
            size -= 1
        with open(filename, "wb") as file:
            file.write(memoryview(content)[at:at + size])

    def execute(self, call):
        command, arguments = call["execute"], call.get("arguments", {})
        self.note_call(command)
        if command == "human-monitor-command":
            return self.human(arguments["command-line"])
        if command == "getfd":
            self.fd = self.fds.pop()
        elif command == "add-fd":
            self.fd = self.fds.pop()
            return {} if self.mischief == "foreign-no-fd" else {"fdset-id": 3, "fd": self.fd}
        elif command == "remove-fd":
            assert arguments == {"fdset-id": 3}
        elif command == "pmemsave":
            self.save_memory(arguments["val"], arguments["size"], arguments["filename"])
        elif command == "dump-guest-memory":
            assert arguments["protocol"] == "fd:kwalk" and not arguments["paging"]
            self.dump_memory()
            os.close(self.fd)
        elif command == "query-status":
            if self.mischief == "no-status" or self.mischief == "no-status-paused" and self.status == "paused":
                return {"status": 1}
            if self.mischief == "stands-inmigrate":
                return {"status": "inmigrate", "running": False, "singlestep": False}
            return {"status": self.status, "running": self.status == "running", "singlestep": False}
        elif command == "stop" and self.mischief != "never-stops":
            self.set_status("paused")
        elif command == "cont":
            self.set_status("running")
        return {}

    def send(self, client, value):
        client.sendall(json.dumps(value).encode() + b"\r\n")

    def event(self, client, name):
        self.send(client, {"event": name, "timestamp": {"seconds": 1, "microseconds": 2}})

    def wrong(self, client, call):
        """Sends the wrong answers that do not depend on the command. Returns true if there is no right one, too."""
        name, command = self.mischief, call["execute"]
        if name == "not-json" and command == "query-status" and self.nr_notes:
            client.sendall(b"{\"return\": {\r\n")
        elif name == "long-line":
            client.sendall(b"{" + b" " * (9 << 20))
        elif name == "hang-up" and command == "human-monitor-command":
            raise Hangup
        elif name == "silent" and command == "query-status" and self.nr_notes:
            pass
        elif name == "flood" and command == "query-status" and self.nr_notes:
            while True:
                self.event(client, "RTC_CHANGE")
        elif name == "flood-others" and command == "human-monitor-command":
            while True:
                self.send(client, {"return": "another", "id": call["id"] + (1 << 30)})
        elif (name == "refuse" and command == "dump-guest-memory" or
              name == "foreign-refuse-fd" and command == "add-fd" or
              name == "foreign-refuse" and command == "pmemsave" or
              name == "refuse-cont" and command == "cont" and not self.refused):
            self.refused = True
            self.send(client, {"error": {"class": "GenericError", "desc": "not \x1b[31mallowed"}, "id": call["id"]})
        elif name == "many-objects" and command == "human-monitor-command":
            client.sendall(b'{"return": [' + b"{}," * 2700000 + b'{}], "id": %d}\n' % call["id"])
        elif name == "no-text" and command == "human-monitor-command":
            self.send(client, {"return": 5, "id": call["id"]})
        else:
            return False
        return True

    def answer(self, client, line):
        call = json.loads(line.lstrip(b"\xff"))
        if self.wrong(client, call):
            return
        if self.mischief == "events":
            for _ in range(50):
                self.event(client, "RTC_CHANGE")
            self.send(client, {"return": "another", "id": "another"})
        if self.mischief.endswith("resumed") and self.status == "paused" and call["execute"] == "dump-guest-memory":
            self.event(client, "RESUME")
            self.event(client, "STOP")
        self.send(client, {"return": self.execute(call), "id": call.get("id")})
        reset = os.path.exists(self.path + ".reset")
        if reset and call["execute"] in ("dump-guest-memory", "qmp_capabilities"):
            self.event(client, "RESET")

    def load_snapshot(self, *_):
        """SIGUSR1: the memory gets another content. Then SOCKET.done exists."""
        self.event(self.client, "STOP")
        for _, content in self.ranges:
            ctypes.memset(content, 0x55, len(content))
        self.event(self.client, "RESUME")
        self.note_done()

    def remove_device(self, *_):
        """SIGUSR2: a device is removed, whose memory is the last range if the mischief is "unplug"."""
        if self.mischief == "unplug":
            self.ranges.pop()
        self.event(self.client, "DEVICE_DELETED")
        self.note_done()

    def wait_until_read(self):
        """Returns when the client's guard has read all that was sent."""
        while struct.unpack("i", fcntl.ioctl(self.client, termios.TIOCOUTQ, bytes(4)))[0]:
            time.sleep(0.01)

    def note_done(self):
        """The guard reads another event only after it has passed the ones before on, so kwalk has these."""
        self.wait_until_read()
        self.event(self.client, "RTC_CHANGE")
        self.wait_until_read()
        with open(self.path + ".done", "w", encoding="ascii"):
            pass

    def serve(self, client):
        self.client = client
        if self.mischief == "no-qmp":
            client.sendall(b"Welcome to minicom\r\n")
        elif self.mischief == "error":
            self.send(client, {"error": {"class": "GenericError", "desc": "no"}})
        else:
            self.send(client, {"QMP": {"version": {}, "capabilities": []}})
        text = b""
        while True:
            part, control, _, _ = client.recvmsg(65536, socket.CMSG_SPACE(4))
            for _, _, data in control:
                self.fds += struct.unpack(f"{len(data) // 4}i", data)
            if not part:
                return
            text += part
            *lines, text = text.split(b"\n")
            for line in lines:
                self.answer(client, line)


def main():
    path, dump, mischief = (sys.argv + [""])[1:4]
    qemu = Qemu(path, dump, mischief)
    signal.signal(signal.SIGUSR1, qemu.load_snapshot)
    signal.signal(signal.SIGUSR2, qemu.remove_device)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path + ".bound")
        listener.listen()
        os.rename(path + ".bound", path)
        while True:
            client = listener.accept()[0]
            try:
                qemu.serve(client)
            except (OSError, Hangup):
                pass
            client.close()


main()
