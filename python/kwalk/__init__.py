# SPDX-License-Identifier: LGPL-3.0-or-later
"""Addresses of dumped Linux kernels.

    with kwalk.open("vmcore", vmlinux="vmlinux") as kernel:
        print(kernel.facts["release"], hex(kernel.symbol("init_task").address))
        print(kernel.vtop(0xffffffff81000000).physical)
        for task in kernel.tasks():
            print(task.pid, task.comm)

Addresses are int. A range's first and last are both inclusive, sizes are bytes, a pfn is
a physical address divided by 4096. What is not known is None. Each failure is an Error
with the library's text; a kernel stays usable after it. A kernel, and all that came from
it, is used by one thread at a time: another one waits. include/kwalk.h says more of each call.
"""
from __future__ import annotations

import os
import sys
from array import array
from types import TracebackType
from typing import (Any, Callable, Iterator, List, Mapping as Dictionary, NamedTuple, Optional, Sequence, Tuple, Type,
                    TypeVar, Union)

from . import _kwalk

__version__: str = _kwalk.version
UNMAPPED = 2**64 - 1
LAST = 2**64 - 1

Path = Union[str, "os.PathLike[str]"]


class Error(Exception):
    """code is a word of kwalk.h's enum kwalk_code: "usage", "no-answer", "closed", ... partial is
    what a call had found before it had to end, else None."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code
        self.partial: Optional[List[Any]] = None


_kwalk.set_error(Error)


class Fact(NamedTuple):
    """What is known of the kernel, and from where."""
    name: str
    value: Union[int, str]
    text: str
    source: str
    doubtful: bool


class Extent(NamedTuple):
    """Physical memory in one state: "present", "zero", "filtered", "absent", ..."""
    first: int
    last: int
    state: str


class Level(NamedTuple):
    """An entry that a walk has read."""
    name: str
    entry_address: int
    entry: int
    flags: List[str]


class Walk(NamedTuple):
    """A walk and what its end means. status is as in the answers of the command vtop: "mapped", "not-mapped",
    "swapped", ...; but "special" where vtop has "error" and a message. The same holds for all addresses from first to last."""
    status: str
    virtual: int
    physical: Optional[int]
    page_size: Optional[int]
    first: int
    last: int
    levels: List[Level]
    writable: Optional[bool]
    executable: Optional[bool]
    user: Optional[bool]
    cache: Optional[str]
    page_state: Optional[str]
    swap_type: Optional[int]
    swap_offset: Optional[int]
    reason: Optional[str]
    level: str
    message: Optional[str]

    @property
    def pfn(self) -> Optional[int]:
        """The frame that it ends at."""
        return None if self.physical is None else self.physical >> 12


class Range(NamedTuple):
    """Adjacent pages of one size, rights and cache type. status is "mapped", "corrupt" or
    "unreadable"."""
    first: int
    last: int
    page_size: int
    physical: Optional[int]
    status: str
    writable: bool
    executable: bool
    user: bool
    is_global: bool
    cache: Optional[str]
    reason: Optional[str]
    level: str


class Symbol(NamedTuple):
    """A symbol; offset is the distance of the given address from it."""
    name: str
    address: int
    size: int
    offset: int
    module: Optional[str]
    type: str
    source: str


class Region(NamedTuple):
    """A region of the address space. physical: of the address asked for, if virt_to_phys() is
    valid for it."""
    name: str
    first: int
    last: int
    physical: Optional[int]
    section: Optional[str]


class Meaning(NamedTuple):
    """What a number may be."""
    kind: str
    taken_as: str
    text: str
    value: int
    physical: Optional[int]
    pfn: Optional[int]
    page: Optional[int]
    symbol: Optional[str]
    symbol_offset: Optional[int]
    pid: Optional[int]


class Page(NamedTuple):
    """A page frame and its struct page."""
    pfn: int
    page: int
    virtual: Optional[int]
    flags: Optional[int]
    flag_names: Optional[List[str]]
    refcount: Optional[int]
    mapcount: Optional[int]
    mapping: Optional[int]
    node: Optional[int]
    zone: Optional[str]


class Use(NamedTuple):
    """What a frame is used for."""
    pfn: int
    kind: Optional[str]
    text: Optional[str]
    head_pfn: int
    compound: bool
    order: Optional[int]
    file: Optional[str]
    nr_owners: int
    pid: Optional[int]
    owner_virtual: Optional[int]


class Mapping(NamedTuple):
    """A virtual address of a frame; which is the place, in the list, of the
    physical address asked for. pid is None
    in the kernel's own table."""
    which: int
    virtual: int
    page_size: int
    writable: bool
    executable: bool
    user: bool
    no_access: bool
    cache: Optional[str]
    pid: Optional[int]


class Vma(NamedTuple):
    """A mapping of a process. name is None if it cannot be read."""
    first: int
    last: int
    rights: str
    flags: int
    offset: int
    address: int
    name: Optional[str]


class TaskInfo(NamedTuple):
    """What is known of a task."""
    pid: int
    tgid: int
    comm: str
    address: int
    mm: int
    root: Optional[int]
    state: Optional[str]
    running: bool
    cpu: Optional[int]
    parent: Optional[int]
    rss: Optional[int]
    stack: Optional[int]


class SpaceInfo(NamedTuple):
    """A page table. Addresses up to user_last are walked in user_root."""
    root: int
    user_root: int
    user_last: int
    mode: str
    nr_levels: int
    pid: Optional[int]


class Cpu(NamedTuple):
    """What a CPU did when the dump was taken. registers has values by name, as the program's panic
    shows them; it is empty where no note has them. number is None where only notes tell of it."""
    number: Optional[int]
    pid: Optional[int]
    comm: Optional[str]
    task: Optional[int]
    base: Optional[int]
    registers: Dictionary[str, int]


_Named = TypeVar("_Named", Cpu, Fact, Mapping, Meaning, Vma)


def _named(kind: Type[_Named], call: Callable[..., List[Tuple[Any, ...]]], *arguments: Any) -> List[_Named]:
    """The tuples that a call returns, or had found before it failed, with names."""
    try:
        return [kind._make(item) for item in call(*arguments)]
    except Error as error:
        if error.partial is not None:
            error.partial = [kind._make(item) for item in error.partial]
        raise


class Task(_kwalk.Task):
    """A process, thread or kernel thread."""

    @property
    def info(self) -> TaskInfo:
        """All that is known, asked for anew."""
        return TaskInfo._make(self._info())

    @property
    def pid(self) -> int:
        """The task's own id; tgid is the id of its process."""
        return self.info.pid

    @property
    def tgid(self) -> int:
        """The id of its process."""
        return self.info.tgid

    @property
    def comm(self) -> str:
        """Its name."""
        return self.info.comm

    @property
    def address(self) -> int:
        """Of its task_struct."""
        return self.info.address

    @property
    def mm(self) -> int:
        """Its mm_struct; 0: a kernel thread, or a process that has ended."""
        return self.info.mm

    @property
    def root(self) -> Optional[int]:
        """Physical address of its page table."""
        return self.info.root

    def vmas(self) -> Iterator[Vma]:
        """The mappings of its process, as /proc/PID/maps shows them."""
        return iter(_named(Vma, self._vmas))

    def __repr__(self) -> str:
        info = self.info
        return f"<kwalk.Task {info.pid} {info.comm}>"


class Space(_kwalk.Space):
    """A page table: Space(kernel), Space(kernel, pid=1), Space(kernel, root=0x1000)."""

    @property
    def info(self) -> SpaceInfo:
        """Where it is, and of which mode."""
        return SpaceInfo._make(self._info())

    def walk(self, vaddr: int) -> Walk:
        """A walk with its levels."""
        fields = self._walk(vaddr)
        return Walk._make((*fields[:6], [Level._make(level) for level in fields[6]], *fields[7:]))

    def translate_many(self, addresses: Any) -> Any:
        """The physical addresses of a buffer of 64-bit addresses (array, bytes, numpy array): as an
        array("Q"), or as a numpy array for one; UNMAPPED where nothing is mapped."""
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(addresses, numpy.ndarray):
            found = numpy.array(addresses, dtype=numpy.uint64, order="C")
            self.translate_in_place(found)
            return found
        view = memoryview(addresses)
        if view.itemsize not in (1, 8) or view.format in ("d", "e", "f"):
            raise ValueError("the buffer does not hold numbers of 64 bits")
        result = array("Q")
        result.frombytes(view.cast("B"))
        self.translate_in_place(result)
        return result

    def read(self, vaddr: int, size: int) -> bytes:
        """Virtual memory; all of it, or an Error that names the first address that is missing."""
        return self._read(vaddr, size)

    def ranges(self, first: int = 0, last: int = LAST) -> Iterator[Range]:
        """What the table maps; pages at either end are reported whole."""
        return map(Range._make, _kwalk.Ranges(self, first, last))


class Kernel(_kwalk.Kernel):
    """A dumped kernel. See open()."""

    warnings: List[str]

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], value: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    # --- facts ---

    def all_facts(self) -> List[Fact]:
        """Each fact that is known, with its source."""
        return _named(Fact, self._facts)

    @property
    def facts(self) -> Dictionary[str, Union[int, str]]:
        """Values by name, as the program's info shows them."""
        return {fact.name: fact.value for fact in self.all_facts()}

    @property
    def was_written(self) -> bool:
        """Was a file written to since it was opened? Then answers may be wrong."""
        return self._was_written()

    # --- page tables ---

    def space(self, pid: Optional[int] = None, root: Optional[int] = None) -> Space:
        """The kernel's own page table, the page table of process pid, or the one at the physical address
        (or CR3) root. Keep the Space where many addresses are translated one at a time."""
        if pid is None and root is None:
            own: Optional[Space] = getattr(self, "_own", None)
            if own is None:
                own = self._own = Space(self)
            return own
        return Space(self, pid, root)

    def vtop(self, vaddr: int, pid: Optional[int] = None, root: Optional[int] = None) -> Walk:
        """A walk with its levels, and what its end means."""
        return self.space(pid, root).walk(vaddr)

    def translate(self, vaddr: int, pid: Optional[int] = None, root: Optional[int] = None) -> Optional[int]:
        """The physical address, or None where a CPU would fault."""
        return self.space(pid, root).translate(vaddr)

    def translate_many(self, addresses: Any, pid: Optional[int] = None, root: Optional[int] = None) -> Any:
        """See Space.translate_many()."""
        return self.space(pid, root).translate_many(addresses)

    def ranges(self, first: int = 0, last: int = LAST, pid: Optional[int] = None,
               root: Optional[int] = None) -> Iterator[Range]:
        """What a table maps."""
        return self.space(pid, root).ranges(first, last)

    # --- memory ---

    def read(self, vaddr: int, size: int, pid: Optional[int] = None, root: Optional[int] = None) -> bytes:
        """Virtual memory."""
        return self.space(pid, root).read(vaddr, size)

    def read_physical(self, paddr: int, size: int) -> bytes:
        """Physical memory."""
        return self._read_physical(paddr, size)

    def memory(self) -> Iterator[Extent]:
        """Physical memory by its state, from address 0 to the last one."""
        at = 0
        while at <= LAST:
            extent = Extent._make(self._extent(at))
            yield extent
            at = extent.last + 1

    # --- names ---

    def symbol(self, what: Union[str, int]) -> Symbol:
        """A symbol by its name, or by an address in it."""
        return Symbol._make(self._symbol(what))

    def region(self, vaddr: int) -> Region:
        """The region of the address space that vaddr lies in."""
        return Region._make(self._region(vaddr))

    def regions(self) -> Iterator[Region]:
        """The whole address space, in order."""
        bits = 64 if self.facts.get("arch") == "x86_64" else 32
        at = 0
        while at < 1 << bits:
            region = self.region(at)
            yield region
            at = region.last + 1

    def whatis(self, value: int, space: Optional[Space] = None) -> List[Meaning]:
        """What a number may be; space is the address space of user addresses."""
        return _named(Meaning, self._whatis, value, space)

    # --- frames ---

    def page(self, pfn: int) -> Page:
        """The struct page of a frame."""
        return Page._make(self._page(pfn))

    def page_to_pfn(self, page: int) -> int:
        """The frame of the struct page at that address."""
        return self._page_pfn(page)

    def frame_use(self, pfn: int) -> Use:
        """What a frame is used for, and whose it is."""
        return Use._make(self._frame_use(pfn))

    def phys_to_virt(self, paddr: int) -> int:
        """The direct-mapped address, confirmed by a walk."""
        return self._phys_to_virt(paddr)

    def ptov(self, paddr: int, all: bool = False, processes: bool = True) -> Union[int, List[Mapping]]:
        """The direct-mapped address, or all that map the frame, in the kernel and in processes."""
        return self.mappings([paddr], processes) if all else self.phys_to_virt(paddr)

    def mappings(self, paddrs: Sequence[int], processes: bool = True) -> List[Mapping]:
        """All virtual addresses of these physical ones, by one pass over the tables."""
        return _named(Mapping, self._mappings, array("Q", paddrs), processes)

    # --- tasks ---

    def tasks(self) -> Iterator[Task]:
        """Idle tasks, then processes, each followed by its threads."""
        return iter(self._tasks(Task))

    def task(self, pid: int) -> Task:
        """The first task of that pid."""
        for task in self.tasks():
            if task.pid == pid:
                return task
        raise Error(f"no task has the pid {pid}", "no-answer")

    # --- CPUs ---

    def cpus(self) -> List[Cpu]:
        """What each CPU did, and its registers."""
        return _named(Cpu, self._cpus)

    @property
    def vmcoreinfo(self) -> bytes:
        """The note VMCOREINFO, of the dump or found in its memory: lines KEY=value."""
        return self._vmcoreinfo()


def open(dump: Union[Path, Sequence[Path]], vmlinux: Optional[Path] = None,
         overrides: Optional[Dictionary[str, object]] = None, *, debug_path: Optional[str] = None,
         strict: bool = False, listener: Optional[Callable[[str, str], object]] = None) -> Kernel:
    """Opens a dump (the parts of a split one: several), and finds its vmlinux if none is given.

    overrides: {"kaslr_offset": 0x1000000, ...}, as the program's option -o. debug_path: folders to
    search, separated by ':'; "" for none. strict: a vmlinux of another kernel is an Error. listener
    is called with ("warning" | "trouble" | "progress", text); without one, Kernel.warnings has the
    warnings."""
    files = [dump] if isinstance(dump, (str, os.PathLike)) else list(dump)
    if vmlinux is not None:
        files.append(vmlinux)
    sets = [f"{name}={value:#x}" if isinstance(value, int) and name != "levels" else f"{name}={value}"
            for name, value in (overrides or {}).items()]
    warnings: List[str] = []

    def note(kind: str, text: str) -> None:
        if kind == "warning":
            warnings.append(text)

    kernel = Kernel(files, sets, debug_path, strict, listener or note)
    kernel.warnings = warnings
    return kernel
