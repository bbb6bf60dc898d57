# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about a recorded guest that are known without kwalk: the lists of the emulated MMU, and the output of the
guest's kernel."""
import bisect
import collections
import json
import os
import re

import arm64_walk
import riscv64_walk
from page import PAGE, SHIFT
from symtab import read_entries, read_symbols

LARGE = 2 << 20
GIGA = 1 << 30
LONG_MODE = 1 << 10     # bit of EFER
PAE = 1 << 5            # bit of CR4
FIVE_LEVELS = 1 << 12   # bit of CR4
KERNEL_MAP = 0xffffffff80000000
PHYSICAL = (1 << 52) - 1    # the list of a PAE table leaves NX in the address

Page = collections.namedtuple("Page", "vaddr paddr size writable user executable")
Known = collections.namedtuple("Known", "tag vaddr entry flags mapcount")
Range = collections.namedtuple("Range", "start end name")   # end is the last byte
Vma = collections.namedtuple("Vma", "start end rights")     # end is the last byte

# The BIOS keeps the last KiB of the first 640 KiB, so only a part of this page is memory. ELF cores have this part;
# kdump-compressed files have the whole page or nothing.
PARTIAL = 0x9f000


def whole_pages(folder):
    """Returns the virtual and physical addresses, in hexadecimal, of the pages that the emulated MMU lists, except
    PARTIAL."""
    with open(os.path.join(folder, "tlb.txt"), encoding="ascii") as file:
        listed = re.findall(r"^([0-9a-f]+): ([0-9a-f]+) ", file.read(), re.MULTILINE)
    pages = [(virtual, int(physical, 16) & PHYSICAL) for virtual, physical in listed]
    return [(virtual, f"{physical:x}") for virtual, physical in pages if physical != PARTIAL]


class Table:
    """The pages that one page table maps, in the order of addresses."""

    repeated = []   # ranges of addresses (start, end) that are mapped, too, but whose pages are not listed
    def __init__(self, record, prefix, root):
        self.root = root
        self.is_user_copy = bool(prefix)
        self.pages = []
        rights = self.read_rights(record.path(prefix + "mem.txt"))
        self.has_rights = bool(rights[0])
        with open(record.path(prefix + "tlb.txt"), encoding="ascii") as file:
            for line in file:
                self.pages.append(self.read_page(record, line, rights))
        self.pages.sort()
        self.starts = [page.vaddr for page in self.pages]

    @staticmethod
    def read_rights(path):
        """Returns the effective rights of ranges: starts, ends, and words like "urw"."""
        starts, ends, words = [], [], []
        with open(path, encoding="ascii") as file:
            for start, end, word in re.findall(r"^(\w+)-(\w+) \w+ (\S+)$", file.read(), re.MULTILINE):
                starts.append(int(start, 16))
                ends.append(int(end, 16) or 1 << 64)
                words.append(word)
        return starts, ends, words

    def read_page(self, record, line, rights):
        vaddr, paddr, flags = re.match(r"(\w+): (\w+) (\S+)$", line).groups()
        vaddr = int(vaddr, 16)
        paddr = int(paddr, 16) & PHYSICAL
        size = PAGE if flags[2] != "P" else GIGA if vaddr in record.machine["gigantic"] else record.large
        writable, user = "W" in flags, "U" in flags
        if self.has_rights:
            i = bisect.bisect_right(rights[0], vaddr) - 1
            if i < 0 or vaddr >= rights[1][i]:
                raise ValueError(f"info mem has no {vaddr:#x}, which info tlb lists")
            writable, user = "w" in rights[2][i], "u" in rights[2][i]
        # With isolated tables, the kernel's copy permits no execution in user space (64-bit only).
        fenced = record.isolated and record.bits == 64 and not self.is_user_copy and vaddr < record.user_end
        return Page(vaddr, paddr, size, writable, user, "X" not in flags and not fenced)

    def find(self, vaddr):
        """Returns the page that maps vaddr, or None."""
        i = bisect.bisect_right(self.starts, vaddr) - 1
        if i >= 0 and vaddr < self.pages[i].vaddr + self.pages[i].size:
            return self.pages[i]
        return None

    def translate(self, vaddr):
        page = self.find(vaddr)
        return page and page.paddr + vaddr - page.vaddr


def is_typed(serial, vmlinux):
    """Can the kernel's types be found? Without vmlinux, a symbol shows where the kernel's BTF is. Kernels built without
    symbols of data in kallsyms (Debian's for i386 and arm64) do not have it."""
    return bool(vmlinux) or bool(re.search(r"^@symbol \w+ init_task$", serial, re.MULTILINE))


class Record:
    is_x86 = True

    def __new__(cls, directory, *_):
        """Makes an object of the class for the guest's architecture."""
        with open(os.path.join(directory, "machine.json"), encoding="ascii") as file:
            return object.__new__({"arm64": RecordArm64, "riscv64": RecordRiscv64}.get(json.load(file).get("arch"), cls))

    def __init__(self, directory, vmlinux=""):
        self.directory = directory
        with open(self.path("machine.json"), encoding="ascii") as file:
            self.machine = json.load(file)
        with open(self.path("serial.log"), encoding="ascii", errors="replace") as file:
            self.serial = self.read_serial(file.read().replace("\r", ""))
        self.instant = self.serial.startswith("@instant\n")
        # At one instant without drgn, the lists of areas, resources, slabs and zones are missing or have gaps.
        self.is_partial = self.instant and "\n@task " not in self.serial
        self.isolated = self.machine["isolated"]
        self.variables = self.machine["variables"]
        self.read_mode()
        self.read_tables()
        self.read_symbols(vmlinux)
        self.read_processes()
        self.read_memory()
        self.modules = [int(a, 16) for a in self.lines("modules", r".* 0x(\w+)(?: \(\w+\))?")]

    def read_serial(self, text):
        return text

    def read_tables(self):
        mask = (PAGE - 1) | (PAGE if self.isolated else 0)
        if self.arch == "pae" and not self.isolated:
            mask = 31
        self.table = Table(self, "", self.machine["cr3"] & ~mask)
        self.kernel_root = self.table.root
        self.user_table = None
        if self.isolated:
            self.user_table = Table(self, "user-", self.machine["user_cr3"] & ~(PAGE - 1))

    def path(self, name):
        return os.path.join(self.directory, name)

    def lines(self, tag, pattern):
        return re.findall(rf"^@{tag} {pattern}$", self.serial, re.MULTILINE)

    def read_mode(self):
        self.large = LARGE
        self.bits = 32
        if self.machine["efer"] & LONG_MODE:
            self.arch, self.bits = "x86_64", 64
            self.levels = 5 if self.machine["cr4"] & FIVE_LEVELS else 4
            self.user_end = 1 << (56 if self.levels == 5 else 47)
            self.level_names = ["pgd", "p4d", "pud", "pmd", "pte"][:1] + ["p4d", "pud", "pmd", "pte"][5 - self.levels:]
            self.shifts = [48, 39, 30, 21, 12][5 - self.levels:]
        elif self.machine["cr4"] & PAE:
            self.arch, self.levels, self.user_end = "pae", 3, 0xc0000000
            self.level_names, self.shifts = ["pgd", "pmd", "pte"], [30, 21, 12]
        else:
            self.arch, self.levels, self.user_end, self.large = "i386", 2, 0xc0000000, 4 << 20
            self.level_names, self.shifts = ["pgd", "pte"], [22, 12]
        self.facts = {}
        self.flipped = range(48 if self.levels == 4 else 57, 64)    # bits that make an address non-canonical
        self.overrides = [f"arch={self.arch}", f"levels={self.levels}"]
        # Addresses between these are not canonical. With 32 bits there are none.
        self.kernel_start = (1 << 64) - self.user_end if self.bits == 64 else self.user_end
        self.non_canonical = [(self.user_end, self.kernel_start)] * (self.bits == 64)

    def top_entry(self, root, vaddr):
        """Returns the address of the first entry of a walk."""
        shift = self.shifts[0]
        width = {64: 9, 32: 10 if self.arch == "i386" else 2}[self.bits]
        return root + (vaddr >> shift & (1 << width) - 1) * (4 if self.arch == "i386" else 8)

    def read_symbols(self, vmlinux):
        """Returns symbols with their addresses at run time: symbols with a unique name, and symbols of the layout."""
        unique = self.lines("unique", r"(\w+) (\S+) (\w+)")
        # The kernel and its modules each have these functions.
        self.unique = [(int(address, 16), name) for address, name, _ in unique if not name.startswith("__hwasan_check_")]
        # What the kernel prints as the size of a symbol: the distance to the next one.
        self.printed = {name: int(size, 16) for _, name, size in unique}
        self.symbols = {name: int(address, 16) for address, name in self.lines("symbol", r"(\w+) (\S+)")}
        if vmlinux:
            self.sizes = {name: size for name, (_, size)
                          in read_entries(vmlinux, {name for _, name in self.unique}).items()}
            linked = read_symbols(vmlinux, {"_text", "_stext", "_end", "swapper_pg_dir", "init_top_pgt",
                                            "init_level4_pgt", "init_uts_ns", "linux_banner", "cpu_tss_rw"})
            # The guest's table may have only symbols of functions.
            self.kaslr_offset = self.symbols["_stext"] - linked["_stext"]
            self.image = {name: address + self.kaslr_offset * (address >= self.kernel_start)
                          for name, address in linked.items()}
        else:
            self.sizes = self.printed
            note = self.read_note()
            # The note of i386 lacks the offset: LOAD_PHYSICAL_ADDR is 16 MiB in Debian's kernels.
            self.kaslr_offset = int(note["KERNELOFFSET"], 16) if self.bits == 64 else self.symbols["_text"] - 0xc1000000
            self.image = self.symbols | {name: int(note[f"SYMBOL({name})"], 16)
                                         for name in ("swapper_pg_dir", "init_uts_ns")}
            # The kernels of arm64 have no _text, which begins a block of 2 MiB.
            self.image.setdefault("_text", self.symbols["_stext"] & -LARGE)
            if "SYMBOL(mem_map)" in note:
                place = self.table.translate(int(note["SYMBOL(mem_map)"], 16))
                self.variables["mem_map"] = int.from_bytes(arm64_walk.Memory(self.path("vmcore")).read(place, 4), "little")
        self.swapper_pg_dir = self.image.get("init_top_pgt") or self.image.get("init_level4_pgt") or \
            self.image["swapper_pg_dir"]
        self.root = self.table.translate(self.swapper_pg_dir)
        self.release = self.lines("version", r"Linux version (\S+) .*")[0]
        # The direct map maps most of the memory.
        sizes = collections.Counter()
        for page in self.table.pages:
            if page.vaddr >= self.kernel_start:
                sizes[page.vaddr - page.paddr] += page.size
        self.page_offset = sizes.most_common(1)[0][0]
        self.variables.setdefault("high_memory", max(page.vaddr + page.size for page in self.table.pages
                                                     if page.vaddr - page.paddr == self.page_offset))
        self.phys_base = None
        if self.arch == "x86_64":
            self.phys_base = self.table.translate(self.image["_text"]) - (self.image["_text"] - KERNEL_MAP)

    def read_note(self):
        """Returns the VMCOREINFO in the memory of the guest's kernel, whether or not the image has a note."""
        address, size = (int(word, 16) for word in self.lines("vmcoreinfo", r"(\w+) (\w+)")[0])
        text = arm64_walk.Memory(self.path("vmcore")).read(address, size)
        return dict(re.findall(r"^(.+?)=(.*)$", text.decode("latin-1"), re.MULTILINE))

    def read_processes(self):
        self.known = [Known(tag, int(vaddr, 16), int(entry, 16), int(flags or "0", 16), int(count or "0"))
                      for tag, pid, vaddr, entry, flags, count in
                      self.lines("pagemap", r"(\S+) (\d+) (\w+) (\w+)(?: (\w+) (\d+))?") if pid == "1"]
        self.vmas = [Vma(int(start, 16), int(end, 16) - 1, rights)
                     for start, end, rights in self.lines("maps", r"(\w+)-(\w+) (\S+) .*")]

    def read_memory(self):
        resources = [Range(int(start, 16), int(end, 16), name.strip())
                     for start, end, name in self.lines("iomem", r" *(\w+)-(\w+) : (.*)")]
        self.ram = [r for r in resources if r.name == "System RAM"]
        self.reserved = [r for r in resources if r.name == "Crash kernel"]
        self.kernel_data = [r for r in resources if r.name == "Kernel data"]
        # Before 5.12 (no_hash_pointers), the kernel shows hashes instead of these addresses.
        self.vmalloc = [Range(int(start, 16), int(end, 16) - 1, rest)
                        for start, end, rest in self.lines("vmallocinfo", r"0x(\w+)-0x(\w+) (.*)")
                        if int(end, 16) - int(start, 16) == int(rest.split()[0])]

    def vma(self, vaddr):
        return next((v for v in self.vmas if v.start <= vaddr <= v.end), None)

    def of_process(self):
        """Returns options of kwalk and of its commands, so that kwalk walks the table that the CPU used for user
        mode."""
        return ["-o", f"root={self.table.root:#x}"], "-u "

    def in_image(self, vaddr):
        """Is vaddr in the kernel's image, and is the image an area of vmalloc?"""
        return False

    def is_ram(self, paddr):
        """Is the whole frame of this page the guest's memory?"""
        start, end = paddr & -PAGE, paddr | PAGE - 1
        return any(r.start <= start and end <= r.end for r in self.ram) and not any(
            r.start <= end and start <= r.end for r in self.reserved)

    def is_dumped(self, paddr):
        """The same for memory that an image must contain: kexec_file_load leaves out the first MiB."""
        return self.is_ram(paddr) and (paddr >= 1 << 20 or not self.machine["crash"])

    def is_beyond_memory(self, paddr):
        return paddr >= max(0x100000000, max(r.end for r in self.ram) + 1) or paddr >> 12 in (0xfec00, 0xfee00)


# Older notes lack these numbers: Documentation/arm64/memory.rst of 5.10, 4K pages, 48 bits.
LAYOUT_5_10 = {"NUMBER(MODULES_VADDR)": "0xffff800008000000", "NUMBER(MODULES_END)": "0xffff800010000000",
               "NUMBER(VMALLOC_START)": "0xffff800010000000", "NUMBER(VMALLOC_END)": "0xfffffdffbfff0000",
               "NUMBER(VMEMMAP_START)": "0xfffffdffffe00000"}


class TableArm64(Table):
    """The pages of the two tables in the registers. As for other machines, the execute right of a page of user mode
    is the right of user mode."""

    def __init__(self, path, root):
        self.root, self.is_user_copy, self.has_rights, self.pages, self.indexes = root, False, True, [], {}
        with open(path, encoding="ascii") as file:
            for line in file:
                vaddr, paddr, flags, index, size = line.replace(":", "").split()
                user = flags[3] == "U"
                page = Page(int(vaddr, 16), int(paddr, 16), int(size, 16), flags[4] == "W", user,
                            flags[0 if user else 1] != "-")
                self.pages.append(page)
                self.indexes[page.vaddr] = int(index)
        self.starts = [page.vaddr for page in self.pages]


class RecordArm64(Record):
    is_x86 = False

    def read_serial(self, text):
        """With KASAN, the kernel prints areas with the tag of their pointer. kwalk's answers have addresses."""
        def untagged(match):
            return "-".join(f"0x{int(part, 16) | 0xff << 56:016x}" for part in match[0].split("-"))
        return re.sub(r"(?<=^@vmallocinfo )0x\w+-0x\w+", untagged, text, flags=re.MULTILINE)

    def read_mode(self):
        self.arch, self.bits = "arm64", 64
        self.regimes = [arm64_walk.Regime(self.machine["TCR_EL1"], self.machine[f"TTBR{half}_EL1"], bool(half))
                        for half in (0, 1)]
        self.levels, self.va_bits = self.regimes[1].levels, self.regimes[1].bits
        self.large = 1 << 2 * SHIFT - 3
        self.user_end = 1 << self.regimes[0].bits
        self.kernel_start = self.regimes[1].start
        self.level_names = ["pgd", "p4d", "pud", "pmd", "pte"][:1] + ["p4d", "pud", "pmd", "pte"][5 - self.levels:]
        self.shifts = [SHIFT + (SHIFT - 3) * below for below in reversed(range(self.levels))]
        # Bits above 55 are a tag.
        self.flipped = range(self.va_bits, 55)
        self.non_canonical = [(self.user_end, 1 << 55), ((1 << 64) - (1 << 55), self.kernel_start)]
        self.overrides = ["arch=arm64", f"page_size={PAGE}", f"va_bits={self.va_bits}"]

    def of_process(self):
        return [], f"-r {self.table.root:#x} "

    def read_tables(self):
        self.table, self.user_table = TableArm64(self.path("tlb.txt"), self.regimes[0].root), None
        self.table.repeated = self.machine["repeated"]
        self.kernel_root = self.regimes[1].root

    def top_entry(self, root, vaddr):
        regime = self.regimes[vaddr >> 63]
        # If a CPU has fewer address bits than a kernel with 64K, TTBR1_EL1 points into swapper_pg_dir.
        if root == self.root and root == regime.root & -PAGE:
            return regime.top_entry(vaddr)
        return regime.top_entry(vaddr) - regime.root + root

    def read_symbols(self, vmlinux):
        super().read_symbols(vmlinux)
        # The address of physical address 0 is in no region, but struct pages are calculated from it.
        self.note = LAYOUT_5_10 | self.read_note()
        memstart, voffset = (self.variables[variable] if variable in self.variables else int(self.note[f"NUMBER({number})"], 16)
                             for variable, number in (("memstart_addr", "PHYS_OFFSET"), ("kimage_voffset", "kimage_voffset")))
        memstart -= memstart >> 63 << 64
        if not vmlinux:
            # The resource of the kernel's data ends with the image: setup_arch().
            end = self.lines("iomem", r" *\w+-(\w+) : Kernel data")[0]
            self.in_kernel = self.image["_text"], (int(end, 16) + 1 + voffset) % (1 << 64)
        else:
            self.in_kernel = self.image["_text"], self.image["_end"]
        self.facts = {"page_size": str(PAGE), "va_bits": str(self.va_bits), "phys_offset": memstart,
                      "kimage_voffset": voffset - (voffset >> 63 << 64), "page_offset": self.page_offset + memstart}
        self.variables["vmemmap_base"] = self.vmemmap(memstart) % (1 << 64)

    def vmemmap(self, memstart):
        """Returns the address at which the struct page of frame 0 would be."""
        return int(self.note["NUMBER(VMEMMAP_START)"], 16) - (memstart >> SHIFT) * 64

    def in_image(self, vaddr):
        return self.in_kernel[0] <= vaddr < self.in_kernel[1]

    def is_beyond_memory(self, paddr):
        return paddr < self.ram[0].start or paddr > self.ram[-1].end


class RecordRiscv64(RecordArm64):
    """Each table has both halves."""

    def read_mode(self):
        self.arch, self.bits = "riscv64", 64
        self.regimes = [riscv64_walk.Regime(self.machine["satp"], bool(half)) for half in (0, 1)]
        self.levels, self.va_bits = self.regimes[1].levels, self.regimes[1].bits + 1
        self.large = LARGE
        self.user_end, self.kernel_start = 1 << self.regimes[0].bits, self.regimes[1].start
        self.level_names = ["pgd", "p4d", "pud", "pmd", "pte"][:1] + ["p4d", "pud", "pmd", "pte"][5 - self.levels:]
        self.shifts = [SHIFT + (SHIFT - 3) * below for below in reversed(range(self.levels))]
        self.flipped = range(self.va_bits, 64)
        self.non_canonical = [(self.user_end, self.kernel_start)]
        self.overrides = ["arch=riscv64", f"levels={self.levels}"]

    def read_symbols(self, vmlinux):
        Record.read_symbols(self, vmlinux)
        self.note = self.read_note()
        start = int(self.note["NUMBER(PAGE_OFFSET)"], 0)
        self.in_kernel = self.image["_text"], -(-self.image["_end"] // LARGE) * LARGE
        self.facts = {"page_offset": start, "phys_offset": start - self.page_offset,
                      "kimage_voffset": self.image["_text"] - self.table.translate(self.image["_text"]) - (1 << 64)}
        self.variables["vmemmap_base"] = int(self.note["SYMBOL(vmemmap)"], 16)
