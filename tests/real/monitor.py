# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to QEMU while a guest runs."""
import json
import socket
import time


class Failure(Exception):
    pass


class Monitor:
    """QEMU's machine protocol. Unlike the monitor for users, it shows where an answer ends."""

    def __init__(self, path, alive):
        self.socket = socket.socket(socket.AF_UNIX)
        deadline = time.monotonic() + 20
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if not alive() or time.monotonic() > deadline:
                    raise Failure("QEMU did not start") from None
                time.sleep(0.1)
        self.socket.settimeout(300)
        self.file = self.socket.makefile("rw", encoding="utf-8")
        self.file.readline()
        self.call("qmp_capabilities")

    def call(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        for line in self.file:
            answer = json.loads(line)
            if "error" in answer:
                raise Failure(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
        raise Failure(f"{command}: QEMU hung up")

    def ask(self, line):
        return self.call("human-monitor-command", **{"command-line": line}).replace("\r", "")
