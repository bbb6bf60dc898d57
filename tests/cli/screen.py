# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to a program on a terminal with a screen: screen.py COLUMNS LINES SCRIPT PROGRAM ARGUMENT...

SCRIPT is as described in terminal.py. In addition, it has `size COLUMNS LINES` (changes the size of the window), `clear`
(empties the screen), `fits` (no line that was shown is wider than the screen, except a line of
one word) and `show FILE` (appends to FILE what the screen shows, without
blanks at the ends of lines and without empty lines at its end). `colours FILE`
appends each run of coloured characters as "COLOUR TEXT".
"""
import fcntl
import itertools
import re
import struct
import sys
import termios

import pyte

from terminal import Terminal, follow


class Screen(Terminal):
    def __init__(self, columns, lines, argv):
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.log = b""
        # The program starts when its terminal has this size.
        super().__init__(["/bin/sh", "-c", 'read -r line; exec "$@"', "sh", *argv],
                         {"TERM": "linux", "COLUMNS": "", "LINES": ""})
        self.size(f"{columns} {lines}".encode())
        self.send(b"\n")
        self.read_line()

    def read_line(self):
        """Removes the echo from the screen. Text after the echo, which a fast program may have printed already,
        stays."""
        self.expect(b"\n")
        self.clear(b"")
        self.log = b""
        self.draw(self.shown)

    def draw(self, data):
        self.stream.feed(data)
        self.log += data

    def size(self, text):
        columns, lines = map(int, text.split())
        self.screen.resize(lines, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def clear(self, _):
        self.screen.reset()

    def fits(self, _):
        for line in re.sub(rb"\x1b\[[?0-9;]*[a-zA-Z]", b"", self.log).decode().split("\n"):
            line = line.strip("\r")
            if len(line) > self.screen.columns and len(line.split()) > 1:
                self.fail(f"a line has {len(line)} columns: {line}")

    def screen_lines(self):
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def show(self, name):
        with open(name, "a") as f:
            f.write("".join(line + "\n" for line in self.screen_lines()))

    def colours(self, name):
        with open(name, "a") as f:
            for y in range(self.screen.lines):
                row = [self.screen.buffer[y][x] for x in range(self.screen.columns)]
                for (colour, bold), run in itertools.groupby(row, lambda c: (c.fg, c.bold)):
                    text = "".join(c.data for c in run).strip()
                    if text and (bold or colour != "default"):
                        f.write(f"{'bold ' if bold else ''}{colour} {text}\n")


if __name__ == "__main__":
    follow(sys.argv[3], Screen(int(sys.argv[1]), int(sys.argv[2]), sys.argv[4:]))
