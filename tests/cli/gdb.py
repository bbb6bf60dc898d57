# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer of kwalk --gdb, which uses gdb's remote protocol correctly or incorrectly."""
import os
import select
import signal
import subprocess

signal.signal(signal.SIGINT, signal.default_int_handler)  # SIGINT is ignored if this was started in the background


def frame(data):
    """The packet of data, which has no bytes that are to be escaped."""
    data = data.encode("latin-1") if isinstance(data, str) else data
    return b"$%s#%02x" % (data, sum(data) & 255)


class Peer:
    """With quiet, no packet is acknowledged."""

    def __init__(self, *files, quiet=True, options=(), **environment):
        self.process = subprocess.Popen([os.environ["KWALK"], "--gdb", *options, *files], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=open("complaints", "wb"), bufsize=0,
                                        env=dict(os.environ, **environment))
        self.quiet = False
        self.buffer = b""
        self.kept_waiting = 0   # bytes that only show that an answer will come
        if quiet:
            assert self.ask("QStartNoAckMode") == "OK"
            self.quiet = True

    def send(self, raw):
        self.process.stdin.write(raw)

    def read(self, size):
        """Returns this many bytes, or fewer at the end."""
        seconds = float(os.environ["PATIENCE"])
        while len(self.buffer) < size:
            if not select.select([self.process.stdout], [], [], seconds)[0]:
                raise TimeoutError(f"after {self.buffer!r}")
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                break
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def reply(self):
        """Returns the content of the next packet."""
        while (byte := self.read(1)) != b"$":
            assert byte == b"+", byte
            self.kept_waiting += self.quiet
        data, total, escaped = b"", 0, False
        while (byte := self.read(1)) != b"#":
            assert byte, "ended within a packet"
            assert escaped or byte not in b"*$", "not escaped"
            total += byte[0]
            if escaped or byte != b"}":
                data += bytes([byte[0] ^ 32 * escaped])
            escaped = byte == b"}" and not escaped
        assert int(self.read(2), 16) == total & 255
        if not self.quiet:
            self.send(b"+")
        return data.decode("latin-1")

    def ask(self, data):
        self.send(frame(data))
        return self.reply()

    def monitor(self, command):
        """Returns what a command prints."""
        text, answer = "", self.ask("qRcmd," + command.encode().hex())
        while answer.startswith("O") and answer != "OK":
            text, answer = text + bytes.fromhex(answer[1:]).decode(), self.reply()
        assert answer == "OK", answer
        return text

    def memory(self, address, size):
        return bytes.fromhex(self.ask(f"m{address:x},{size:x}"))

    def document(self, name, piece=0x3f0):
        text, more = "", "m"
        while more[0] == "m":
            more = self.ask(f"qXfer:{name}:{len(text):x},{piece:x}")
            assert more[0] in "lm", more
            text += more[1:]
        return text

    def await_sleep(self):
        """Waits until kwalk waits for the next packet. A signal before that would belong to the last packet."""
        while True:
            with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as file:
                if file.read().rpartition(")")[2].split()[0] == "S":
                    return

    def end(self):
        """Closes the connection, and returns the exit status."""
        self.process.stdin.close()
        while self.read(65536):
            pass
        return self.process.wait(timeout=float(os.environ["PATIENCE"]))


def alive(peer):
    """Does kwalk still answer?"""
    return peer.ask("qAttached") == "1"
