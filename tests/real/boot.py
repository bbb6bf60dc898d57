#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots a guest, waits until its init has printed everything, and records its memory image
and the emulated MMU's view of its page tables.

DIR then contains
  serial.log    the output of the guest's kernel
  printed.log   with --instant: the same, because instant.py writes into serial.log only what is true when the guest stands
  machine.json  control registers, kernel variables, the content of each CPU's TSS, and how the guest was started
  tlb.txt       each page that the table in CR3 maps ("info tlb")
  mem.txt       the ranges of this table with their effective rights ("info mem"; empty with five levels)
  user-tlb.txt, user-mem.txt
                the same for the table for user mode, if the kernel has two tables
  registers.txt all registers of all CPUs ("info registers -a")
  vmcore        the memory image: from QEMU, or with --crash from a capture kernel's /proc/vmcore
  vmcore.kdump  the same, compressed by QEMU; not with --crash
  vmcore.loaded, vmcore.machine
                with --crash: the memory from QEMU, before the crash and when the capture kernel has written vmcore
  qmp.answers   with --kwalk: its answers for the paused guest
  qmp.copied    the same without the right to read the memory of QEMU, so that QEMU copies it
  qmp.errors    the facts that kwalk reported for both
  qmp.shared    the argument of --shared
  vmcore.stream the same as a migration stream, if a stream of this machine shows where memory is
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time

from guest import Guest, TIMEOUT
from monitor import Failure
from stub import Stub
from symtab import read_symbols

HERE = os.path.dirname(os.path.abspath(__file__))
VARIABLES = {"page_offset_base", "vmalloc_base", "vmemmap_base", "phys_base", "mem_map", "high_memory", "max_mapnr"}
LONG_MODE = 1 << 10     # bit of EFER
FIVE_LEVELS = 1 << 12   # bit of CR4
GIGA = 1 << 30
LARGE = 2 << 20
PAGE = 4096
PAGEMAP_PFN = (1 << 55) - 1


class Recorded(Guest):
    console = "ttyS0"
    questions = "questions"
    variable_names = VARIABLES
    ram = "pc.ram"  # QEMU's name of the guest's memory

    def __init__(self, options):
        self.options = options
        arguments = ["-m", options.memory, "-cpu", options.cpu, "-smp", str(options.cpus),
                     "-machine", options.machine + (f",memory-backend={self.ram}" if options.shared else ""),
                     "-kernel", options.kernel, "-initrd", options.initrd,
                     "-append", f"console={self.console} quiet no_hash_pointers unknown_nmi_panic no_timer_check " + options.append]
        if options.shared:
            backend = {"memfd": "memory-backend-memfd",
                       "file": f"memory-backend-file,mem-path={os.path.join(options.dir, 'ram')}"}[options.shared]
            # Migration streams contain the usual name, as with libvirt.
            arguments += ["-object", f"{backend},id={self.ram},size={options.memory},share=on,"
                          "x-use-canonical-path-for-ramblock-id=off"]
        if options.note:
            arguments += ["-device", "vmcoreinfo"]
        if options.crash:
            os.makedirs(options.dir, exist_ok=True)
            disk = os.path.join(options.dir, "disk")
            with open(disk, "wb") as file:
                file.truncate(8 * GIGA)
            arguments += ["-drive", f"file={disk},format=raw,if=virtio", "-no-shutdown"]
        super().__init__(options.dir, arguments, options.qemu, timeout=options.timeout)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def registers(self):
        text = self.monitor.ask("info registers")
        return {name.lower(): int(re.search(rf"\b{name}\s*=([0-9a-f]+)", text)[1], 16)
                for name in ("CR0", "CR3", "CR4", "EFER")}

    def translate(self, vaddr):
        found = re.match(r"gpa: (0x[0-9a-f]+)", self.monitor.ask(f"gva2gpa {vaddr:#x}"))
        return int(found[1], 16) if found else None

    def runs_init(self):
        """Does the table in CR3 belong to init? It does if it maps a page that init printed from its pagemap."""
        known = re.search(r"^@pagemap anonymous 1 (\w+) (\w+)", self.serial(), re.MULTILINE)
        return self.translate(int(known[1], 16)) == (int(known[2], 16) & PAGEMAP_PFN) << 12

    def stop(self, wanted):
        """Stops the guest while init runs and the registers have the wanted values."""
        for _ in range(400):
            self.monitor.call("stop")
            registers = self.registers()
            if wanted(registers) and self.runs_init():
                return registers
            self.monitor.call("cont")
            time.sleep(0.03)
        raise Failure("the table in CR3 never was the wanted one")

    def gigantic_pages(self, tlb):
        """The list does not distinguish a page of 1 GiB from a page of 2 MiB at the same address."""
        pages = {int(vaddr, 16): (int(paddr, 16), large) for vaddr, paddr, large
                 in re.findall(r"^(\w+): (\w+) \S\S(\S)", tlb, re.MULTILINE)}
        return [vaddr for vaddr, (paddr, large) in pages.items()
                if large == "P" and vaddr % GIGA == 0 and paddr % GIGA == 0
                and not any(vaddr + GIGA - LARGE + i * PAGE in pages for i in range(LARGE // PAGE))
                and self.translate(vaddr + GIGA - LARGE) == paddr + GIGA - LARGE]

    def variables(self, wanted, word):
        """Returns the values of the kernel's variables in the guest's memory. The addresses are from vmlinux or, without
        vmlinux, from the guest's /proc/kallsyms."""
        symbols = {name: int(address, 16) for address, name in
                   re.findall(r"^@symbol (\w+) (\S+)$", self.serial(), re.MULTILINE)}
        if self.options.vmlinux:
            linked = read_symbols(self.options.vmlinux, wanted | {"_stext"})
            symbols = {name: address + symbols["_stext"] - linked["_stext"] for name, address in linked.items()}
        return {name: int(self.monitor.ask(f"x /1{word}x {symbols[name]:#x}").split(":")[1], 16)
                for name in wanted & set(symbols)}

    def record_table(self, prefix):
        tlb = self.monitor.ask("info tlb")
        self.write(prefix + "tlb.txt", tlb)
        # With five levels, QEMU 7.2 walks for half a minute and then prints nothing.
        five = self.registers()["cr4"] & FIVE_LEVELS
        self.write(prefix + "mem.txt", "" if five else self.monitor.ask("info mem"))
        return tlb

    def is_quiet(self):
        """Does the first CPU run a program, and do the others wait? Then the kernel is in the middle of nothing."""
        first, *others = self.monitor.ask("info registers -a").split("CPU#")[1:]
        return "CPL=3" in first and all("HLT=1" in other for other in others)

    def stop_once(self, isolated):
        """Stops the guest while init runs in user mode. Both tables are recorded in this state."""
        registers = self.stop(lambda _: self.is_quiet())
        if isolated:
            user = registers["cr3"]
            self.record_table("user-")
            self.monitor.ask(f"gdbserver unix:{self.path('gdb')},server=on,wait=off")
            self.stub = Stub(self.path("gdb"))
            self.stub.put(self.stub.described({"cr3"})["cr3"], user & ~0x1000)
            registers = dict(self.registers(), user_cr3=user)
        return registers

    def record(self):
        isolated = bool(re.search(r"^@cpuinfo flags\b.* pti\b", self.serial(), re.MULTILINE))
        machine = {"crash": self.options.crash, "note": self.options.note or self.options.crash,
                   "kaslr": "nokaslr" not in self.options.append.split(), "isolated": isolated}
        if self.options.instant:
            machine.update(self.stop_once(isolated))
        elif isolated:
            # Bit 12 of CR3 distinguishes the two tables.
            registers = self.stop(lambda r: r["cr3"] & 0x1000)
            machine["user_cr3"] = registers["cr3"]
            self.record_table("user-")
            self.monitor.call("cont")
        if not self.options.instant:
            machine.update(self.stop(lambda r: not (isolated and r["cr3"] & 0x1000)))
        registers = self.monitor.ask("info registers -a")
        self.write("registers.txt", registers)
        # The task-state segment of each CPU has the addresses of the CPU's stacks, which all tables map.
        machine["tss"] = [[int(word, 16) for word in re.findall(r"0x(\w+)(?!:)\b", self.monitor.ask(f"x /26wx {base:#x}"))]
                          for base in (int(base, 16) for base in re.findall(r"^TR =\w+ (\w+)", registers, re.MULTILINE))]
        machine["gigantic"] = self.gigantic_pages(self.record_table(""))
        machine["variables"] = self.variables(VARIABLES, "g" if machine["efer"] & LONG_MODE else "w")
        self.write("machine.json", json.dumps(machine, indent=1))

    def ask_kwalk(self):
        """Records the answers of kwalk for the guest, which stands still."""
        if not self.options.kwalk:
            return
        # Root needs this capability to read the memory of QEMU, and others their own user namespace.
        unable = (["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"] if os.getuid() == 0
                  else ["unshare", "--user"])
        questions = os.path.join(HERE, self.questions)
        self.write("qmp.shared", self.options.shared or "")
        with open(self.path("qmp.errors"), "wb") as errors:
            for name, prefix in (("answers", []), ("copied", unable)):
                with open(self.path("qmp." + name), "wb") as answers:
                    subprocess.run([*prefix, self.options.kwalk, "-v", "-q", "-j", "--pause", "-x", questions,
                                    "qmp:" + self.path("qmp2")], stdout=answers, stderr=errors, check=False)

    def has_status(self, status):
        return self.monitor.call("query-status")["status"] == status

    def kill_kwalk(self):
        """Kills kwalk in the middle of a command. The guest must run on."""
        self.monitor.call("cont")
        for _ in range(5):
            with subprocess.Popen([self.options.kwalk, "-q", "-j", "--pause", "-c", "search -p 123456789abcdef;" * 1000,
                                   "qmp:" + self.path("qmp2")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as kwalk:
                self.wait_until(lambda: self.has_status("paused"), "stop for kwalk")
                kwalk.kill()
            self.wait_until(lambda: self.has_status("running"), "run on after kwalk was killed")

    def dump(self):
        self.take_memory()
        self.ask_kwalk()
        if self.options.instant:
            return
        self.take_memory("vmcore.kdump", format="kdump-zlib")
        # A stream does not show whether a machine has its memory at other addresses.
        if "max-ram-below-4g" not in self.options.machine:
            self.migrate(self.path("vmcore.stream"))
        if self.options.kwalk:
            self.kill_kwalk()

    def migrate(self, path):
        self.monitor.call("migrate-set-parameters", **{"max-bandwidth": 16 * GIGA})
        self.monitor.call("migrate", uri=f"exec:cat > '{path}'")
        while (status := self.monitor.call("query-migrate")["status"]) != "completed":
            if status in ("failed", "cancelled"):
                raise Failure("the migration has " + status)
            time.sleep(0.1)

    def crash(self):
        self.take_memory("vmcore.loaded")
        self.monitor.call("cont")
        self.monitor.call("inject-nmi")
        size = int(self.wait_for(r"^@vmcore (\d+)$")[1])
        self.take_memory("vmcore.machine")
        self.end()
        os.truncate(self.path("disk"), size)
        os.rename(self.path("disk"), self.path("vmcore"))


def main(kind=Recorded, qemu="qemu-system-x86_64", machine="pc"):
    parser = argparse.ArgumentParser(description="Boot a guest and record its memory.")
    parser.add_argument("dir")
    parser.add_argument("--qemu", default=qemu)
    parser.add_argument("--machine", default=machine)
    for name in ("kernel", "initrd", "memory", "cpu"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--vmlinux")
    parser.add_argument("--instant", action="store_true", help="stop the guest once, and record only this instant")
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--append", default="", help="more of the kernel's command line")
    parser.add_argument("--shared", choices=("memfd", "file"), help="QEMU shares the file that is the guest's memory")
    parser.add_argument("--note", action="store_true", help="have the guest hand out its VMCOREINFO")
    parser.add_argument("--crash", action="store_true", help="crash, and keep what the capture kernel sees")
    parser.add_argument("--kwalk", metavar="FILE", help="ask this kwalk about the guest before it ends")
    parser.add_argument("--timeout", type=int, default=TIMEOUT, metavar="SECONDS")
    guest = None
    try:
        guest = kind(parser.parse_args())
        guest.wait_for(r"^@ready$")
        guest.record()
        if guest.options.crash:
            guest.crash()
        else:
            guest.dump()
    except (Failure, OSError) as failure:
        sys.exit(f"boot: {failure}")
    finally:
        if guest:
            guest.end()


if __name__ == "__main__":
    main()
