#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots a riscv64 guest and records it as boot.py does. riscv64_walk.py lists the pages, using satp of the first CPU. The
emulated MMU must agree (gva2gpa) at both ends of each range of pages, next to the range, and in some of the pages; and
the emulator's own list (info mem), unless the kernel uses Svnapot or Svpbmt, which the list does not know.

DIR then contains
  serial.log, registers.txt, mem.txt, vmcore, vmcore.kdump
                as for boot.py
  machine.json  satp, kernel variables, and how the guest was started
  tlb.txt       each page of the table: address, physical address, rights, memory type (Svpbmt), size
"""
import json
import re
import time

from arm64_walk import Memory, confirm
from boot import Recorded, main
from monitor import Failure
from riscv64_walk import Regime


class RecordedRiscv64(Recorded):
    ram = "riscv_virt_board.ram"
    questions = "questions-riscv64"

    def register(self, name):
        return int(re.search(rf"^ {name} +(\w+)", self.monitor.ask("info registers"), re.MULTILINE)[1], 16)

    def stop_in_kernel(self):
        """Stops the guest while a CPU has init's table and is in the kernel, which may read the pages of both. Any CPU may
        be the first of the kernel, on which init runs."""
        for _ in range(1000):
            self.monitor.call("stop")
            for cpu in range(self.options.cpus):
                self.monitor.ask(f"cpu {cpu}")
                if self.register("pc") >> 63 and self.runs_init():
                    return self.register("satp")
            self.monitor.call("cont")
            time.sleep(0.02)
        raise Failure("the table in satp never was init's")

    def check_list(self, mappings):
        """Compares with the emulator's own list, which joins pages."""
        text = self.monitor.ask("info mem")
        self.write("mem.txt", text)
        listed = [(int(vaddr, 16), int(paddr, 16), int(size, 16), word) for vaddr, paddr, size, word in
                  re.findall(r"^(\w{16}) (\w{16}) (\w{16}) (\S+)$", text, re.MULTILINE)]
        if any(m.index or m.size == 1 << 16 for m in mappings):
            return 0
        missing = {m.vaddr: m for m in mappings}
        for vaddr, paddr, size, word in listed:
            while size:
                m = missing.pop(vaddr, None)
                if not m or m.paddr != paddr or m.size > size or \
                        (m.writable, m.el1_runs, m.user, m.is_global) != tuple(letter in word for letter in "wxug"):
                    raise Failure(f"the emulator lists {vaddr:#x} at {paddr:#x} {word}, not {m}")
                vaddr, paddr, size = vaddr + m.size, paddr + m.size, size - m.size
        if missing or not listed:
            raise Failure(f"the emulator does not list {len(missing)} of {len(mappings)} pages")
        return len(mappings)

    def record(self):
        satp = self.stop_in_kernel()
        self.write("registers.txt", self.monitor.ask("info registers -a"))
        self.take_memory()
        memory = Memory(self.path("vmcore"))
        lines, asked, both = [], 0, []
        for upper in (False, True):
            regime = Regime(satp, upper)
            mappings = regime.mappings(memory.read)
            asked += confirm(self.translate, regime, mappings)
            both += mappings
        for m in both:
            flags = "".join(letter if on else "-" for letter, on in (
                ("X", m.el0_runs), ("x", m.el1_runs), ("G", m.is_global), ("U", m.user), ("W", m.writable)))
            lines.append(f"{m.vaddr:016x}: {m.paddr:x} {flags} {m.index} {m.size:x}\n")
        self.write("tlb.txt", "".join(lines))
        machine = {"arch": "riscv64", "crash": False, "note": self.options.note, "isolated": False, "satp": satp,
                   "kaslr": False, "repeated": [], "confirmed": asked, "listed": self.check_list(both),
                   "variables": self.variables({"high_memory"}, "g")}
        self.write("machine.json", json.dumps(machine, indent=1))

    def dump(self):
        self.ask_kwalk()
        self.take_memory("vmcore.kdump", format="kdump-zlib")


if __name__ == "__main__":
    main(RecordedRiscv64, "qemu-system-riscv64", "virt")
