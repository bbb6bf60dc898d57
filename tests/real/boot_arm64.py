#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots an arm64 guest and records it as boot.py does. The emulator does not list the pages of this machine. So
arm64_walk.py lists them, using the registers of the first CPU, and the emulated MMU must agree (gva2gpa) at both ends
of each range of pages, next to the range, and in some of the pages.

DIR then contains
  serial.log, registers.txt, vmcore, vmcore.kdump, vmcore.stream
                as for boot.py
  machine.json  control registers, kernel variables, and how the guest was started
  tlb.txt       each page of the two tables in the registers: address, physical address, rights, index of the page's
                attributes in MAIR_EL1, size
"""
import json
import os
import re
import time

from arm64_walk import GRANULES, Memory, Regime, confirm
from boot import PAGEMAP_PFN, Recorded, main
from monitor import Failure
from stub import Stub

VARIABLES = {"memstart_addr", "kimage_voffset", "kimage_vaddr", "vabits_actual", "high_memory"}
REGISTERS = ("TTBR0_EL1", "TTBR1_EL1", "TCR_EL1", "MAIR_EL1", "SP_EL0", "VBAR_EL1")
PAN = 1 << 22   # bit of PSTATE: the kernel may not access pages of user mode
EL1 = 0x3c5     # PSTATE of the kernel, without interrupts
ISOLATION = "detected: Kernel page table isolation (KPTI)"  # in the log


class RecordedArm64(Recorded):
    console = "ttyAMA0"
    ram = "mach-virt.ram"
    questions = "questions-arm64"

    def __init__(self, options):
        self.stub = None
        # For one of these registers, all system registers are asked for.
        options.machine += ",gic-version=3"
        super().__init__(options)
        self.monitor.ask(f"gdbserver unix:{self.path('gdb')},server=on,wait=off")

    def system_registers(self):
        """Returns the number, value and size of the system registers of the first CPU."""
        return self.stub.described(REGISTERS + ("cpsr",))

    def attach(self):
        self.stub = Stub(self.path("gdb"))
        return self.system_registers()

    def go_on(self, registers):
        """Continues with the old PSTATE."""
        self.stub.put(registers["cpsr"], registers["cpsr"][1])
        self.stub.must("D")
        self.stub = None
        self.monitor.call("cont")

    def stop_in_kernel(self, stext):
        """Stops the guest while its first CPU runs init and is in the kernel, with the kernel's table (page-table
        isolation). Allows privileged access to user pages."""
        for _ in range(1000):
            self.monitor.call("stop")
            if "EL1" in self.monitor.ask("info registers") and self.translate(stext) is not None:
                registers = self.attach()
                self.stub.put(registers["cpsr"], registers["cpsr"][1] & ~PAN)
                if self.runs_init_with(self.granule(registers)):
                    return registers
                self.go_on(registers)
            else:
                self.monitor.call("cont")
            time.sleep(0.02)
        raise Failure("the table in TTBR0_EL1 never was init's")

    def stop_in_user_mode(self):
        """Stops the guest while its first CPU runs init and is in user mode. Until the PSTATE is restored, the MMU is
        asked as the kernel would ask it."""
        for _ in range(1000):
            self.monitor.call("stop")
            if "EL0" in self.monitor.ask("info registers"):
                registers = self.attach()
                self.stub.put(registers["cpsr"], EL1)
                if self.runs_init_with(self.granule(registers)):
                    return registers
                self.go_on(registers)
            else:
                self.monitor.call("cont")
            time.sleep(0.02)
        raise Failure("init never was in user mode")

    def read_physical(self, paddr, size):
        words = re.findall(r" 0x([0-9a-f]{16})", self.monitor.ask(f"xp /{size // 8}gx {paddr:#x}"))
        return b"".join(int(word, 16).to_bytes(8, "little") for word in words)

    def list_table_of_user_mode(self, stext):
        """With page-table isolation, TTBR1_EL1 has a table with few pages of the kernel while a CPU is in user mode.
        Returns what this table maps, confirmed by the emulated MMU."""
        registers = self.stop_in_user_mode()
        found = self.confirmed_table_of_user_mode({name: value for name, (_, value, _) in registers.items()}, stext)
        self.go_on(registers)
        return found

    def confirmed_table_of_user_mode(self, registers, stext):
        regime = Regime(registers["TCR_EL1"], registers["TTBR1_EL1"], True)
        mappings = regime.mappings(self.read_physical)
        confirm(self.translate, regime, mappings)
        if not mappings or self.translate(stext) is not None:
            raise Failure(f"the table of user mode has {len(mappings)} pages, and {stext:#x} at {self.translate(stext)}")
        return {"ttbr1": registers["TTBR1_EL1"], "pages": [[m.vaddr, m.paddr, m.size] for m in mappings],
                "unmapped": [stext]}

    @staticmethod
    def granule(registers):
        return 1 << GRANULES[0][registers["TCR_EL1"][1] >> 14 & 3]

    def runs_init_with(self, page):
        known = re.search(r"^@pagemap anonymous 1 (\w+) (\w+)", self.serial(), re.MULTILINE)
        return self.translate(int(known[1], 16)) == (int(known[2], 16) & PAGEMAP_PFN) * page

    def record(self):
        running = int(re.search(r"^@symbol (\w+) _stext$", self.serial(), re.MULTILINE)[1], 16)
        user_mode = None
        if self.options.instant:
            found = self.stop_in_user_mode()
            asking = EL1
            self.stub.put(found["cpsr"], found["cpsr"][1])
        else:
            if ISOLATION in self.serial():
                user_mode = self.list_table_of_user_mode(running)
            found = self.stop_in_kernel(running)
            asking = found["cpsr"][1] & ~PAN
        registers = {name: value for name, (_, value, _) in found.items()}
        self.write("registers.txt", self.monitor.ask("info registers -a"))
        self.take_memory()
        memory = Memory(self.path("vmcore"))
        self.stub.put(found["cpsr"], asking)
        lines, asked, repeated, repeated_pages = [], 0, [], []
        for upper in (False, True):
            regime = Regime(registers["TCR_EL1"], registers[f"TTBR{int(upper)}_EL1"], upper)
            mappings = regime.mappings(memory.read)
            asked += confirm(self.translate, regime, mappings)
            repeated += regime.repeated
            repeated_pages += regime.repeated_pages
            for m in mappings:
                flags = "".join(letter if on else "-" for letter, on in (
                    ("X", m.el0_runs), ("x", m.el1_runs), ("G", m.is_global), ("U", m.user), ("W", m.writable)))
                lines.append(f"{m.vaddr:016x}: {m.paddr:x} {flags} {m.index} {m.size:x}\n")
        self.write("tlb.txt", "".join(lines))
        machine = {"arch": "arm64", "crash": self.options.crash, "note": self.options.note or self.options.crash,
                   "kaslr": "nokaslr" not in self.options.append.split(), "isolated": False, "confirmed": asked,
                   "page_size": self.granule({"TCR_EL1": (0, registers["TCR_EL1"])}), "repeated": repeated,
                   "repeated_pages": repeated_pages, **registers}
        if user_mode:
            machine["user_mode"] = user_mode
        machine["variables"] = self.variables(VARIABLES, "g")
        if self.options.instant:
            self.stub.put(found["cpsr"], registers["cpsr"])
        self.write("machine.json", json.dumps(machine, indent=1))

    def crash(self):
        """Ends the kernel by sysrq-c, because this machine has no NMI. Keeps the emulator's dump of the machine too,
        which shows the memory that the capture kernel copied."""
        pstate = self.system_registers()["cpsr"]
        self.stub.put(pstate, pstate[1] | PAN)
        self.stub.must("D")
        self.take_memory("vmcore.loaded")
        self.monitor.call("cont")
        self.monitor.call("chardev-send-break", id="serial")
        self.tell(b"c")
        size = int(self.wait_for(r"^@vmcore (\d+)$")[1])
        self.wait_until(lambda: self.monitor.call("query-status")["status"] == "shutdown", "shut down")
        self.take_memory("vmcore.machine")
        self.end()
        os.truncate(self.path("disk"), size)
        os.rename(self.path("disk"), self.path("vmcore"))

    def dump(self):
        self.ask_kwalk()
        if self.options.instant:
            return
        self.take_memory("vmcore.kdump", format="kdump-zlib")
        self.migrate(self.path("vmcore.stream"))


if __name__ == "__main__":
    main(RecordedArm64, "qemu-system-aarch64", "virt")
