# SPDX-License-Identifier: GPL-3.0-or-later
"""faults.py LIBRARY STEP ARGUMENT...: runs kwalk with ARGUMENTs once for each place of the program from which the run
allocates or makes a system call, unless FAULT_TRIED, a file that this adds to, contains the place. Each time, LIBRARY
(faults.c) makes the first call from this place fail. If STEP is a number, about STEP more calls of each kind fail in
turn, spread evenly (STEP 0: all calls). Each run must end by itself, and must free what the whole run frees. It must
give the same answers, or it must report the failure and end with status 1 or 2. FAULT_KINDS names the kinds of calls to
try; the default is all. Prints what was tried, and on standard error each fault that was handled wrongly."""
import glob
import os
import subprocess
import sys
import time

COUNTS, SITES = "fault-counts", "fault-sites"
# The part of a message that shows the failed call, by kind; the default is the text of strerror().
REASONS = {
    "malloc": ["out of memory", "Cannot allocate memory"],
    "mmap": ["out of memory", "Cannot allocate memory"],
}
# Calls of the helper outside of the sandbox, which are not in the counts: this many are tried.
OUTSIDE = {"posix_spawn": 2, "waitpid": 2}
# These are not faults, so the answers must be the same.
HARMLESS = ("write_again", "read_again", "pread_again", "write_part", "read_part", "pread_part")
# The files that the commands write. With a complaint, answers may be incomplete. Memory, dumps and lists are either
# the same as in the whole run, or the file from before is unchanged. With a complaint, pages may have less content,
# but they must have an end.
FILES = ("written", "bytes", "extracted", "packed", "kernel", "list", "page")
ENDS = {"page": b"</html>\n"}
BEFORE = b"before\n"


def run(library, arguments, fault):
    environment = dict(os.environ, LD_PRELOAD=library, FAULT=fault, FAULT_COUNTS=COUNTS, FAULT_SITES=SITES,
                       ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0:allocator_may_return_null=1")
    if os.path.exists(COUNTS):
        os.unlink(COUNTS)
    done = subprocess.run(arguments, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=float(os.environ["PATIENCE"]), check=False)
    counts = {}
    if os.path.exists(COUNTS):
        with open(COUNTS) as file:
            counts = {kind: int(number) for kind, number in (line.split() for line in file)}
    # The line of info about the sandbox may differ, because the sandbox may lack a part.
    out = [line for line in done.stdout.split(b"\n") if not line.startswith(b"sandbox ") and b'"fact":"sandbox"' not in line]
    return done.returncode, out, done.stderr.decode(errors="replace"), counts, written()


def written():
    """Returns the content of the files. Then writes other content to them, which exists before the next run."""
    found = []
    for name in FILES:
        with open(name, "rb") as file:
            found.append(file.read())
        with open(name, "wb") as file:
            file.write(BEFORE)
    return found


def all_removed():
    """Are no incomplete files left? The helper removes them, and may end later than kwalk."""
    left = []
    end = time.monotonic() + float(os.environ["PATIENCE"])
    while time.monotonic() < end:
        left = [name for written in FILES for name in glob.glob(written + ".*")]
        if not left:
            return True
        time.sleep(0.1)
    for name in left:
        os.unlink(name)
    return False


def is_half(name, content, whole):
    if name == "written" or content in (whole, BEFORE):
        return False
    return name not in ENDS or not content.endswith(ENDS[name])


def wrong(kind, whole, got):
    """Returns what is wrong with a run, compared with a run without a fault, or None."""
    status, out, complaints, counts, files = got
    if status not in (0, 1, 2):
        return f"status {status}"
    if not counts:
        return "ended without cleaning up"
    if counts["live"] > whole[3]["live"] and kind not in ("mmap", "fstat"):  # libelf leaks the bytes that it reads
        return f"{counts['live']} blocks are lost"
    same = status == whole[0] and out == whole[1] and files == whole[4]
    if kind in HARMLESS:
        return None if same else "other answers, status or files"
    if not all_removed():
        return "a file that was not finished is left"
    for name, content, before in zip(FILES, files, whole[4]):
        if is_half(name, content, before):
            return f"half of the file {name} was written"
    if same:
        return None
    if status == 0 and whole[0] == 0:
        return "other answers, and no complaint"
    new = [line for line in complaints.splitlines() if line not in whole[2]]
    return None if new else "other answers or status, and no message"


def new_places():
    """The numbers of the first calls from each place that was not tried yet, by kind."""
    tried, numbers = set(), {}
    with open(os.environ["FAULT_TRIED"], "a+") as file:
        file.seek(0)
        tried.update(file.read().splitlines())
        with open(SITES) as sites:
            for kind, number, place in (line.split() for line in sites):
                if f"{kind} {place}" not in tried:
                    numbers.setdefault(kind, []).append(int(number))
                    file.write(f"{kind} {place}\n")
    return numbers


def numbers_of(kind, calls, step, places):
    """The calls of the kind that are to fail."""
    numbers = set(places.get(kind, range(1, OUTSIDE.get(kind, 0) + 1)))
    if step != "places":
        numbers.update(range(1, calls + 1, max(1, -(-calls // int(step))) if int(step) else 1))
    return sorted(numbers)


def main():
    library, step, arguments = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    for name in FILES:
        with open(name, "wb") as file:
            file.write(BEFORE)
    whole = run(library, arguments, "")
    if whole[0] not in (0, 1) or not whole[3]:
        print(whole[2] or "no counts", file=sys.stderr)
        return 1
    kinds = os.environ.get("FAULT_KINDS", "").split() or [kind for kind in whole[3] if kind != "live"]
    places = new_places()
    bad = 0
    for kind in kinds:
        calls = max(whole[3][kind], OUTSIDE.get(kind, 0))
        numbers = numbers_of(kind, calls, step, places)
        for number in numbers:
            got = run(library, arguments, f"{kind}:{number}")
            what = wrong(kind, whole, got)
            if what:
                bad += 1
                print(f"{kind}:{number} of {calls}: {what}", file=sys.stderr)
                print("".join(f"    {line}\n" for line in got[2].splitlines() if line not in whole[2]), end="", file=sys.stderr)
        if calls:
            print(f"{kind}: {len(numbers)} of {calls}")
    return 1 if bad else 0


sys.exit(main())
