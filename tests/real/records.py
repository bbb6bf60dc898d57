# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a recorded guest without kwalk: the emulated MMU's listings, and what the
guest's own kernel said of itself."""
import bisect
import collections
import json
import os
import re

from symtab import read_entries, read_symbols

PAGE = 4096
LARGE = 2 << 20
GIGA = 1 << 30
LONG_MODE = 1 << 10     # of EFER
PAE = 1 << 5            # of CR4
FIVE_LEVELS = 1 << 12   # of CR4
KERNEL_MAP = 0xffffffff80000000
PHYSICAL = (1 << 52) - 1    # the listing of a PAE table leaves NX in the address

Page = collections.namedtuple("Page", "vaddr paddr size writable user executable")
Known = collections.namedtuple("Known", "tag vaddr entry flags mapcount")
Range = collections.namedtuple("Range", "start end name")   # the end is the last byte
Vma = collections.namedtuple("Vma", "start end rights")     # the end is the last byte

# The BIOS keeps the last KiB of the first 640: of this page only a part is memory. ELF cores have that part,
# kdump-compressed files all of it or nothing.
PARTIAL = 0x9f000


def whole_pages(folder):
    """Virtual and physical addresses, in hexadecimal, of pages that the emulated MMU lists, but PARTIAL."""
    with open(os.path.join(folder, "tlb.txt"), encoding="ascii") as file:
        listed = re.findall(r"^([0-9a-f]+): ([0-9a-f]+) ", file.read(), re.MULTILINE)
    pages = [(virtual, int(physical, 16) & PHYSICAL) for virtual, physical in listed]
    return [(virtual, f"{physical:x}") for virtual, physical in pages if physical != PARTIAL]


class Table:
    """The pages that one page table maps, in address order."""

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
        """The effective rights of ranges: starts, ends, and words like "urw"."""
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
        # With isolated tables, the kernel's copy may execute nothing of user space (64-bit only).
        fenced = record.isolated and record.bits == 64 and not self.is_user_copy and vaddr < record.user_end
        return Page(vaddr, paddr, size, writable, user, "X" not in flags and not fenced)

    def find(self, vaddr):
        """The page that maps vaddr, or nothing."""
        i = bisect.bisect_right(self.starts, vaddr) - 1
        if i >= 0 and vaddr < self.pages[i].vaddr + self.pages[i].size:
            return self.pages[i]
        return None

    def translate(self, vaddr):
        page = self.find(vaddr)
        return page and page.paddr + vaddr - page.vaddr


class Record:
    def __init__(self, directory, vmlinux):
        self.directory = directory
        with open(self.path("machine.json"), encoding="ascii") as file:
            self.machine = json.load(file)
        with open(self.path("serial.log"), encoding="ascii", errors="replace") as file:
            self.serial = file.read().replace("\r", "")
        self.isolated = self.machine["isolated"]
        self.variables = self.machine["variables"]
        self.read_mode()
        mask = (PAGE - 1) | (PAGE if self.isolated else 0)
        if self.arch == "pae" and not self.isolated:
            mask = 31
        self.table = Table(self, "", self.machine["cr3"] & ~mask)
        self.user_table = None
        if self.isolated:
            self.user_table = Table(self, "user-", self.machine["user_cr3"] & ~(PAGE - 1))
        self.read_symbols(vmlinux)
        self.read_processes()
        self.read_memory()
        self.modules = [int(a, 16) for a in self.lines("modules", r".* 0x(\w+)(?: \(\w+\))?")]

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
        # What lies between is not canonical; with 32 bits nothing does.
        self.kernel_start = (1 << 64) - self.user_end if self.bits == 64 else self.user_end

    def read_symbols(self, vmlinux):
        """Symbols and their running addresses: symbols with a unique name, and symbols of the layout."""
        self.unique = [(int(address, 16), name) for address, name in self.lines("unique", r"(\w+) (\S+)")]
        self.symbols = {name: int(address, 16) for address, name in self.lines("symbol", r"(\w+) (\S+)")}
        self.sizes = {name: size for name, (_, size)
                      in read_entries(vmlinux, {name for _, name in self.unique}).items()}
        linked = read_symbols(vmlinux, {"_text", "swapper_pg_dir", "init_top_pgt", "init_level4_pgt", "init_uts_ns",
                                        "linux_banner"})
        self.kaslr_offset = self.symbols["_text"] - linked["_text"]
        self.image = {name: address + self.kaslr_offset for name, address in linked.items()}
        self.swapper_pg_dir = self.image.get("init_top_pgt") or self.image.get("init_level4_pgt") or \
            self.image["swapper_pg_dir"]
        self.root = self.table.translate(self.swapper_pg_dir)
        self.release = self.lines("version", r"Linux version (\S+) .*")[0]
        # The direct map is what most memory is mapped by.
        sizes = collections.Counter()
        for page in self.table.pages:
            if page.vaddr >= self.kernel_start:
                sizes[page.vaddr - page.paddr] += page.size
        self.page_offset = sizes.most_common(1)[0][0]
        self.phys_base = None
        if self.bits == 64:
            self.phys_base = self.table.translate(self.image["_text"]) - (self.image["_text"] - KERNEL_MAP)

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
        # Before 5.12 (no_hash_pointers) the kernel shows hashes in place of these addresses.
        self.vmalloc = [Range(int(start, 16), int(end, 16) - 1, rest)
                        for start, end, rest in self.lines("vmallocinfo", r"0x(\w+)-0x(\w+) (.*)")
                        if int(end, 16) - int(start, 16) == int(rest.split()[0])]

    def vma(self, vaddr):
        return next((v for v in self.vmas if v.start <= vaddr <= v.end), None)

    def is_ram(self, paddr):
        """Whether all of this page's frame is the guest's memory."""
        start, end = paddr & -PAGE, paddr | PAGE - 1
        return any(r.start <= start and end <= r.end for r in self.ram) and not any(
            r.start <= end and start <= r.end for r in self.reserved)

    def is_dumped(self, paddr):
        """The same, of memory that an image must hold: kexec_file_load leaves the first MiB out."""
        return self.is_ram(paddr) and (paddr >= 1 << 20 or not self.machine["crash"])

    def is_beyond_memory(self, paddr):
        return paddr >= max(0x100000000, max(r.end for r in self.ram) + 1)
