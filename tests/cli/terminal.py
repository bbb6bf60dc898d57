# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to a program on a terminal: terminal.py SCRIPT PROGRAM ARGUMENT...

The lines of SCRIPT are `send TEXT` (TEXT is the content of a Python string: \\r, \\t, \\x03), `expect TEXT` (waits until TEXT
is shown, after the text that was expected before), `exits STATUS` or `exits any` (waits for the end, which must not be by
a signal), `interrupt` (sends a signal that does not come from the terminal), and `insist TEXT` (sends TEXT again and again
until the program ends). If a line does not succeed within PATIENCE seconds, that is an error.
"""
import contextlib
import os
import pty
import select
import signal
import sys
import time

PATIENCE = float(os.environ.get("PATIENCE", "600"))


class Terminal:
    def __init__(self, argv, environment=None):
        self.shown = b""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            # SIGINT is ignored if the tests were started in the background, and then in each shell that is started
            # here.
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.environ.update(environment or {"TERM": "dumb", "COLUMNS": "200"})
            os.execv(argv[0], argv)

    def fail(self, what):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # and all processes that it started
        sys.exit(f"{what}; shown since: {self.shown[-2000:].decode(errors='replace')}")

    def read(self, until, what):
        while time.monotonic() < until:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    data = os.read(self.fd, 65536)
                except OSError:
                    data = b""
                self.shown += data
                self.draw(data)
                return bool(data)
        self.fail(what)

    def draw(self, data):
        pass

    def send(self, text):
        os.write(self.fd, text)

    def insist(self, text):
        until = time.monotonic() + PATIENCE
        while not os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if time.monotonic() > until:
                self.fail(f"{text!r} did not end it")
            self.send(text)
            time.sleep(0.05)

    def interrupt(self, _):
        os.kill(self.pid, signal.SIGINT)

    def expect(self, text):
        until = time.monotonic() + PATIENCE
        while text not in self.shown:
            if not self.read(until, f"no {text!r} in time"):
                self.fail(f"ended without {text!r}")
        self.shown = self.shown.split(text, 1)[1]

    def exits(self, status):
        until = time.monotonic() + PATIENCE
        while self.read(until, "did not end"):
            pass
        got = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if got < 0 or status != b"any" and got != int(status):
            sys.exit(f"exit status {got}, not {status.decode()}")


def follow(script, terminal):
    with open(script) as f:
        lines = [s.strip().partition(" ") for s in f if s.strip() and not s.startswith("#")]
    for verb, _, text in lines:
        getattr(terminal, verb)(text.encode().decode("unicode_escape").encode("latin-1"))


if __name__ == "__main__":
    follow(sys.argv[1], Terminal(sys.argv[2:]))
