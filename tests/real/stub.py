# SPDX-License-Identifier: GPL-3.0-or-later
"""QEMU's gdb stub, which changes a stopped guest as a debugger would. While the stub is connected, the machine is
stopped until go_on() is called."""
import re
import socket
import time

from monitor import Failure

# Numbers, in the remote protocol, of the registers that contain the first arguments of functions.
REGISTERS = {8: {"argument": 5, "sp": 7, "ip": 16}, 4: {"argument": 0, "sp": 4, "ip": 8}}


class Stub:
    """word: the size of a register, in bytes."""

    def __init__(self, path, word=8):
        self.word, self.data = word, b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(120)
        self.socket.connect(path)
        # QEMU returns single registers only to a peer that has read the list of registers.
        self.ask("qXfer:features:read:target.xml:0,ffb")

    def byte(self):
        if not self.data:
            self.data = self.socket.recv(1 << 16)
            if not self.data:
                raise Failure("QEMU's gdb stub hung up")
        byte, self.data = self.data[:1], self.data[1:]
        return byte

    def send(self, text):
        self.socket.sendall(f"${text}#{sum(text.encode()) & 0xff:02x}".encode())
        while self.byte() != b"+":
            pass

    def receive(self):
        while self.byte() != b"$":
            pass
        text = b""
        while not text.endswith(b"#"):
            text += self.byte()
        self.byte(), self.byte()
        self.socket.sendall(b"+")
        return text[:-1].decode("latin-1")

    def ask(self, text):
        self.send(text)
        return self.receive()

    def must(self, text):
        answer = self.ask(text)
        if answer != "OK":
            raise Failure(f"QEMU's gdb stub answered {answer!r} to {text[:60]}")

    def read(self, address, size):
        return bytes.fromhex(self.ask(f"m{address:x},{size:x}"))

    def write(self, address, data):
        """Writes data in pieces that fit into a packet."""
        for at in range(0, len(data), 1024):
            piece = data[at:at + 1024]
            self.must(f"M{address + at:x},{len(piece):x}:{piece.hex()}")

    def physical(self, on):
        """Sets whether read and write use physical addresses."""
        self.must(f"Qqemu.PhyMemMode:{int(on)}")

    def register(self, name):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{REGISTERS[self.word][name]:x}")), "little")

    def set_register(self, name, value):
        self.must(f"P{REGISTERS[self.word][name]:x}={value.to_bytes(self.word, 'little').hex()}")

    def described(self, names):
        """Returns the number, value and size of these registers of the first CPU, as the stub describes them."""
        def document(name):
            text = ""
            while True:
                piece = self.ask(f"qXfer:features:read:{name}:{len(text):x},ffb")
                text += piece[1:]
                if piece[0] == "l":
                    return text
        found, number = {}, 0
        for name in re.findall(r'href="([^"]+)"', document("target.xml")):
            for register in re.findall(r"<reg ([^>]*)>", re.sub(r"<!--.*?-->", "", document(name), flags=re.DOTALL)):
                fields = dict(re.findall(r'(\w+)="([^"]*)"', register))
                number = int(fields.get("regnum", number))
                if fields["name"] in names:
                    data = bytes.fromhex(self.ask(f"p{number:x}"))
                    found[fields["name"]] = (number, int.from_bytes(data, "little"), len(data))
                number += 1
        return found

    def put(self, register, value):
        """Sets a register that described() returned."""
        number, _, size = register
        self.must(f"P{number:x}={value.to_bytes(size, 'little').hex()}")

    def go_on(self):
        self.send("c")

    def run_to(self, address, start):
        """Continues, calls start, and waits for the first CPU that reaches the address. After that, registers
        belong to this CPU."""
        self.must(f"Z1,{address:x},1")
        self.go_on()
        start()
        deadline = time.monotonic() + 120
        stop = ""
        while not stop.startswith("T05"):
            if time.monotonic() > deadline:
                raise Failure(f"the guest did not come to {address:x}")
            stop = self.receive()
        self.must("Hg" + stop.split("thread:")[1].split(";")[0])
        self.must(f"z1,{address:x},1")
