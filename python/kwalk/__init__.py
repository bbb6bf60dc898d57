# SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later
"""Addresses of dumped Linux kernels.

    with kwalk.open("vmcore", vmlinux="vmlinux") as kernel:
        print(kernel.facts["release"], hex(kernel.symbol("init_task").address))
        print(kernel.vtop("init_task").physical)
        for task in kernel.tasks():
            print(task.pid, task.comm, task.state)

Addresses are int. Methods of Kernel also take "SYMBOL" and "SYMBOL+0x10" for a virtual address,
and the name of a process for its pid. A range's first and last are both inclusive, sizes are
bytes, a pfn is a physical address divided by the size of a page. What is not known is None.

Each failure is an Error with the library's text, of a class for its cause; a kernel stays usable
after it. A kernel, and all that came from it, is used by one thread at a time: another one waits.
include/kwalk.h says more of each call.

Calls return records, which are named tuples:

{records}"""
from __future__ import annotations

import os
import re
import sys
from array import array
from textwrap import fill
from types import TracebackType
from typing import (Any, Callable, Iterator, List, Mapping as Dictionary, Optional, Sequence, Tuple, Type,
                    TypeVar, Union)

from . import _kwalk
from .results import *
from .results import RECORDS

if __doc__:
    __doc__ = __doc__.format(records="\n".join(
        fill(f"{kind.__name__}: {', '.join(kind._fields)}", 95, initial_indent="    ", subsequent_indent="        ")
        for kind in RECORDS))
__version__: str = _kwalk.version
UNMAPPED = 2**64 - 1
LAST = 2**64 - 1

Path = Union[str, "os.PathLike[str]"]
Address = Union[int, str]
Process = Union[int, str, "Task"]

_kwalk.set_error(Error)

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
    def state(self) -> Optional[str]:
        """Its state as a letter, as in ps: "R", "S", "D", ..."""
        return self.info.state

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


def _as_buffer(addresses: Any) -> Any:
    """A list of numbers as a buffer; all else as it is."""
    return array("Q", addresses) if isinstance(addresses, (list, tuple, range)) else addresses


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
        """The physical addresses of a list of addresses, or of a buffer of 64-bit ones (array, bytes,
        numpy array): as an array("Q"), or as a numpy array for one; UNMAPPED where nothing is mapped."""
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(addresses, numpy.ndarray):
            found = numpy.array(addresses, dtype=numpy.uint64, order="C")
            self.translate_in_place(found)
            return found
        view = memoryview(_as_buffer(addresses))
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

    def space(self, pid: Optional[Process] = None, root: Optional[int] = None) -> Space:
        """The kernel's own table; the table of a process, by its pid, name or Task; or one by its physical
        address or CR3. Keep it where many addresses are asked for one at a time."""
        if pid is None and root is None:
            own: Optional[Space] = getattr(self, "_own", None)
            if own is None:
                own = self._own = Space(self)
            return own
        if isinstance(pid, (str, Task)):
            pid = (self.task(pid) if isinstance(pid, str) else pid).pid
        return Space(self, pid, root)

    def address(self, what: Address) -> int:
        """The virtual address of "SYMBOL", "SYMBOL+0x10" or "SYMBOL-8": offsets are hexadecimal, as in
        the program; a number is an address already."""
        if not isinstance(what, str):
            return what
        found = re.fullmatch(r"\s*([^\s+-].*?)(?:\s*([+-])\s*((?:0x)?[0-9a-fA-F]+))?\s*", what)
        if not found:
            raise UsageError(f"{what!r} is no symbol with an offset", "usage")
        return self.symbol(found[1]).address + int((found[2] or "") + (found[3] or "0"), 16)

    def vtop(self, vaddr: Address, pid: Optional[Process] = None, root: Optional[int] = None) -> Walk:
        """A walk with its levels, and what its end means."""
        return self.space(pid, root).walk(vaddr if type(vaddr) is int else self.address(vaddr))

    def translate(self, vaddr: Address, pid: Optional[Process] = None, root: Optional[int] = None) -> Optional[int]:
        """The physical address, or None where a CPU would fault."""
        return self.space(pid, root).translate(vaddr if type(vaddr) is int else self.address(vaddr))

    def translate_many(self, addresses: Any, pid: Optional[Process] = None, root: Optional[int] = None) -> Any:
        """See Space.translate_many(); a list may have symbols, too."""
        if isinstance(addresses, (list, tuple)):
            addresses = [self.address(address) for address in addresses]
        return self.space(pid, root).translate_many(addresses)

    def ranges(self, first: Address = 0, last: Address = LAST, pid: Optional[Process] = None,
               root: Optional[int] = None) -> Iterator[Range]:
        """What a table maps."""
        return self.space(pid, root).ranges(self.address(first), self.address(last))

    # --- memory ---

    def read(self, vaddr: Address, size: int, pid: Optional[Process] = None, root: Optional[int] = None) -> bytes:
        """Virtual memory."""
        return self.space(pid, root).read(self.address(vaddr), size)

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

    def region(self, vaddr: Address) -> Region:
        """The region of the address space that vaddr lies in."""
        return Region._make(self._region(self.address(vaddr)))

    def regions(self) -> Iterator[Region]:
        """The whole address space, in order."""
        bits = 32 if self.facts.get("arch") in ("i386", "pae") else 64
        at = 0
        while at < 1 << bits:
            region = self.region(at)
            yield region
            at = region.last + 1

    def whatis(self, value: Address, space: Optional[Space] = None) -> List[Meaning]:
        """What a number may be; user addresses are looked up in space."""
        return _named(Meaning, self._whatis, self.address(value), space)

    # --- values ---

    def value(self, expression: str) -> Any:
        """The value of an expression of C, such as "init_task.comm", as in the program's command p. A struct
        is a dict of its members, an array a list, an array of char that holds a text, and an enum, a str, a
        pointer an int. A member that cannot be read is None. A value with too many parts is an
        IncompleteError, whose partial has the first ones."""
        return self._value(expression)

    def list(self, link: str, start: Address, members: Sequence[str] = (), *, element: bool = False,
             backward: bool = False) -> Iterator[Any]:
        """The addresses of the structs in a list: list("super_block.s_list", "super_blocks"). With members,
        dicts with "address" and these: list("task_struct.tasks", "init_task", ["pid", "mm->pgd"],
        element=True). start is an address or an expression: the head of the list or, if link is a pointer,
        its first struct; element: any struct in the list. For a damaged list, an IncompleteError's partial
        has the structs before the damage."""
        return iter(self._list(link, start if isinstance(start, str) else f"{start:#x}", members, element, backward))

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

    def task(self, pid: Union[int, str]) -> Task:
        """The first task of that pid, or the process of that name; an Error where several have it."""
        if isinstance(pid, str):
            return self._process(pid)
        for task in self.tasks():
            if pid in (task.pid, task.comm):
                return task
        raise NoAnswerError(f"no task has the pid {pid}", "no-answer")

    def _process(self, comm: str) -> Task:
        """Threads are asked for where no process has that name."""
        named = [(task, task.info) for task in self.tasks()]
        named = [(task, info) for task, info in named if info.comm == comm]
        found = [task for task, info in named if info.pid == info.tgid] or [task for task, _ in named]
        if not found:
            raise NoAnswerError(f"no task has the name {comm}", "no-answer")
        if len(found) > 1:
            pids = ", ".join(str(task.pid) for task in found)
            raise UsageError(f"several tasks have the name {comm}: {pids}", "usage")
        return found[0]

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
