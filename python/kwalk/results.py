# SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later
"""What the calls of kwalk return and raise. All of it is in the package kwalk, too.

Records are named tuples. Addresses, frame numbers and entries of page tables are int, and
hexadecimal where a record is printed."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping as Dictionary, NamedTuple, Optional, Tuple, Type, Union


__all__ = [
    "Error", "UsageError", "SystemCallError", "FormatError", "UnreadableError", "UnknownError", "NoAnswerError",
    "StoppedError", "IncompleteError", "ClosedError", "ChangedError", "OutOfMemoryError", "Fact", "Extent",
    "Level", "Walk", "Range", "Symbol", "Region", "Meaning", "Page", "Use", "Mapping", "Vma", "TaskInfo",
    "SpaceInfo", "Cpu", "RECORDS"]


class Error(Exception):
    """What went wrong, in one line. Each cause has a class: UnreadableError, UnknownError, ...
    (pydoc kwalk.results). code is the cause as a word of kwalk.h's enum kwalk_code: "usage",
    "no-answer", "closed", ... partial is what a call had found before it had to end, else None."""
    __module__ = "kwalk"

    def __new__(cls, message: str = "", code: str = "") -> Error:
        return super().__new__(_causes.get(code, cls) if cls is Error else cls)

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.partial: Optional[Any] = None


class UsageError(Error):
    """A wrong argument."""


class SystemCallError(Error):
    """A system call failed: no such file, no permission."""


class FormatError(Error):
    """A file or structure is not valid, or damaged."""


class UnreadableError(Error):
    """The memory that is needed is not in the dump."""


class UnknownError(Error):
    """No source knows this symbol, fact or type."""


class NoAnswerError(Error):
    """There is no answer for this argument: no such process, nothing is mapped there."""


class StoppedError(Error):
    """The listener ended the call."""


class IncompleteError(Error):
    """Damage, or a bound that was reached. partial is true as far as it goes."""


class ClosedError(Error):
    """The kernel was closed."""


class ChangedError(Error):
    """A file became shorter, or unreadable, while it was open."""


class OutOfMemoryError(Error):
    """There was no memory left."""


_causes: Dict[str, Type[Error]] = {
    "usage": UsageError, "system": SystemCallError, "format": FormatError, "unreadable": UnreadableError,
    "unknown": UnknownError, "no-answer": NoAnswerError, "stopped": StoppedError, "incomplete": IncompleteError,
    "closed": ClosedError, "changed": ChangedError, "memory": OutOfMemoryError}


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
    """A walk and what its end means. status is the status of the program's vtop: "mapped",
    "not-mapped", "swapped", ...; but "special" where vtop has "error" and a message. The answer
    holds for all addresses from first to last."""
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
    """A symbol; offset is the offset of the address asked for."""
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
    shows them; it is empty where no note has them. number is None where only notes know the CPU."""
    number: Optional[int]
    pid: Optional[int]
    comm: Optional[str]
    task: Optional[int]
    base: Optional[int]
    registers: Dictionary[str, int]


_HEXADECIMAL = {
    "address", "base", "entry", "entry_address", "first", "head_pfn", "last", "mapping", "mm", "owner_virtual", "page",
    "parent", "pfn", "physical", "root", "stack", "task", "user_last", "user_root", "virtual"}


def _shown(record: Any, name: str, value: Any) -> str:
    if name == "registers":
        return "{" + ", ".join(f"{register!r}: {number:#x}" for register, number in value.items()) + "}"
    is_address = name in _HEXADECIMAL or (
        name in ("flags", "offset", "symbol_offset") or name == "value" and str(value) != getattr(record, "text", ""))
    return hex(value) if is_address and type(value) is int else repr(value)


def _repr(record: Any) -> str:
    fields = (f"{name}={_shown(record, name, value)}" for name, value in zip(record._fields, record))
    return f"{type(record).__name__}({', '.join(fields)})"


RECORDS: Tuple[Type[Any], ...] = (
    Fact, Extent, Level, Walk, Range, Symbol, Region, Meaning, Page, Use, Mapping, Vma, TaskInfo, SpaceInfo, Cpu)
for _kind in RECORDS:
    setattr(_kind, "__repr__", _repr)
