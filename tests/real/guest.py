# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulated machine and its files in a folder: serial.log, qemu.log, and the sockets qmp, qmp2 (for
kwalk) and tty."""
import os
import re
import socket
import subprocess
import time

from monitor import Failure, Monitor
from tap import report

TIMEOUT = 180  # seconds for a boot


class Guest:
    """Runs until end(). After that, the output and the dumps can still be used."""

    def __init__(self, folder, arguments, qemu="qemu-system-x86_64", timeout=TIMEOUT):
        self.folder, self.timeout = folder, timeout
        os.makedirs(folder, exist_ok=True)
        command = [qemu, "-accel", "tcg", "-display", "none", "-nodefaults", "-no-reboot",
                   "-qmp", f"unix:{self.path('qmp')},server,nowait",
                   "-qmp", f"unix:{self.path('qmp2')},server,nowait",
                   "-chardev", f"socket,id=serial,path={self.path('tty')},server=on,wait=off,logfile={self.path('serial.log')}",
                   "-serial", "chardev:serial", *arguments]
        with open(self.path("qemu.log"), "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.monitor = Monitor(self.path("qmp"), self.is_alive)

    def path(self, name):
        return os.path.join(self.folder, name)

    def is_alive(self):
        return self.process.poll() is None

    def serial(self):
        with open(self.path("serial.log"), encoding="ascii", errors="replace") as file:
            return file.read().replace("\r", "")

    def wait_for(self, pattern):
        """Returns the first match in the output. If there is none within the time limit, the guest has failed."""
        deadline = time.monotonic() + self.timeout
        while not (found := re.search(pattern, self.serial(), re.MULTILINE)):
            if not self.is_alive() or time.monotonic() > deadline:
                said = " ".join(self.serial()[-300:].split())
                why = f"does not say {pattern} in time" if self.is_alive() else "ended"
                raise Failure(f"{os.path.basename(self.folder)}: the guest {why}: {said}")
            time.sleep(0.1)
        return found

    def wait_until(self, holds, what):
        """Waits until the condition is true for the monitor."""
        deadline = time.monotonic() + self.timeout
        while not holds():
            if not self.is_alive() or time.monotonic() > deadline:
                raise Failure(f"{os.path.basename(self.folder)}: the guest does not {what} in time")
            time.sleep(0.1)

    def tell(self, text=b"\n"):
        """Sends a text; the default is an empty line, which the guest waits for."""
        with socket.socket(socket.AF_UNIX) as tty:
            tty.connect(self.path("tty"))
            tty.sendall(text)

    def take_memory(self, name="vmcore", **how):
        """Makes a new dump with this name, and returns its path."""
        self.monitor.call("dump-guest-memory", paging=False, protocol="file:" + self.path(name), **how)
        return self.path(name)

    def end(self):
        self.process.kill()
        self.process.wait()

    def is_recorded(self, title):
        """Records the guest, as its class defines, and ends it. Reports a failure, and returns false then."""
        try:
            self.record()
        except Failure as failure:
            report(f"{title}: {failure}", 1, ["it could not be recorded"])
            return False
        finally:
            self.end()
        return True
