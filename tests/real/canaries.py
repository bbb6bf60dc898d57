#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots a guest that has secrets in all places where a machine may have them (canaries.c). Proves that no level of
`extract --scrub` copies a secret in any encoding, that each secret was in the dump, and that answers differ from
the answers for the whole dump only in names. Prints TAP without numbers. Status: 1 if anything differs."""
import argparse
import base64
import os
import random
import re
import string
import struct
import subprocess
import sys
import tempfile

from guest import Guest
from levels import Kwalk, processes, region_addresses
from monitor import Failure
from scrub import LEVELS, Pseudonyms, compare
from tap import exit_status, report

PIECE = 6  # characters of a word, or bytes of a key, that must not be found either

# Places in the kernel's memory, and other places. extract -l kernel writes the words in the first ones.
KERNEL = ("cmdline", "host", "domain", "other-host", "log", "mount", "folder", "long-name", "name", "xattr", "symlink", "memfd",
          "socket", "socket-base64", "socket-utf16le", "socket-utf16be", "socket-utf32le", "socket-name", "pipe",
          "key", "key-name", "key-text", "module", "process", "program")
OTHER = ("page-cache", "user-memory", "argument", "environment", "thread")


def make_canaries(chance):
    """Returns {place: word}. Names of tasks have at most 15 bytes."""
    letters = string.ascii_letters + string.digits
    words = {place: "".join(chance.choices(letters, k=14)) for place in KERNEL + OTHER}
    words["key"] = chance.randbytes(24).hex()
    words["socket-base64"] = base64.b64encode(words["socket-base64"].encode()).decode()
    return words


# --- the guest ---

def patch_module(data, name):
    """Changes the name, so that the module does not belong to the kernel's tree, and removes the signature."""
    sections_at, size, number, names = struct.unpack_from("<Q", data, 40)[0], *struct.unpack_from("<3H", data, 58)
    headers = [struct.unpack_from("<2I4Q", data, sections_at + i * size) for i in range(number)]
    strings = headers[names][4]

    def section(wanted):
        for header in headers:
            start = strings + header[0]
            if data[start:data.index(b"\0", start)].decode() == wanted:
                return header[4], header[4] + header[5]
        raise Failure(f"the module has no section {wanted}")

    patched = bytearray(data.removesuffix(b"~Module signature appended~\n"))
    start, end = section(".gnu.linkonce.this_module")
    old = re.search(rb"\0name=(\w+)\0", data)[1]
    at = data.index(old + b"\0", start, end)
    patched[at:at + 56] = name.encode().ljust(56, b"\0")
    start, end = section(".modinfo")
    at = data.index(b"intree=Y", start, end)
    patched[at:at + 2] = b"xx"
    return bytes(patched)


def archive(files):
    """Returns a cpio archive of {path: (mode, bytes)}. An initrd may consist of several archives."""
    out = b""
    for number, (path, (mode, data)) in enumerate([*files.items(), ("TRAILER!!!", (0, b""))]):
        fields = (number + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path) + 1, 0)
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + path.encode() + b"\0"
        out += b"\0" * (-len(out) % 4) + data
        out += b"\0" * (-len(out) % 4)
    return out


def make_initrd(given, words):
    with open(given.init, "rb") as file:
        init = file.read()
    with open(given.module, "rb") as file:
        module = patch_module(file.read(), words["module"])
    lines = "".join(f"{place} {word}\n" for place, word in words.items())
    path = os.path.join(given.dir, "canaries.initrd")
    with open(path, "wb") as file:
        file.write(archive({"init": (0o100755, init), "module.ko": (0o100644, module), "dev": (0o40755, b""),
                            "canaries": (0o100644, lines.encode())}))
    return path


def dump_guest(given, words):
    """Boots the guest, and dumps its memory when all secrets are in their places. Returns the path of the dump."""
    guest = Guest(given.dir, ["-m", "192M", "-cpu", "max,la57=off", "-kernel", given.kernel,
                              "-initrd", make_initrd(given, words), "-device", "vmcoreinfo",
                              "-append", f"console=ttyS0 quiet canary={words['cmdline']}"])
    try:
        guest.wait_for("@ready canaries")
        out = guest.take_memory()
    finally:
        guest.end()
    report(f"{given.name}: each secret is in its place", len(words), re.findall(r"@failed .*", guest.serial()))
    return out


# --- the texts that are searched ---

def base64_of(word):
    """Returns the characters of base64 that depend only on the word, for each of the three positions where it can
    begin."""
    for shift in range(3):
        code = base64.b64encode(b"\0" * shift + word)
        yield code[(shift * 8 + 5) // 6:(shift + len(word)) * 8 // 6]


def codes(word):
    """Returns {encoding: bytes} for a word or key as it may be in memory."""
    found = {"plain": word}
    found |= {f"base64 at {shift}": code for shift, code in enumerate(base64_of(word))}
    found["hexadecimal"] = word.hex().encode()
    try:
        text = word.decode("ascii")
    except UnicodeDecodeError:
        return found
    return found | {code: text.encode(code) for code in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")}


def bytes_of(words):
    return {place: bytes.fromhex(word) if place == "key" else word.encode() for place, word in words.items()}


def pieces(code, word):
    """Returns the parts of a word. If half of a word is found, the word was not removed."""
    width = 4 if "32" in code else 2 if "16" in code or code == "hexadecimal" else 1
    return {word[at:at + PIECE * width] for at in range(0, len(word) - PIECE * width + 1, width)}


def search(path, words):
    """Returns [place, encoding] for each word with a piece in the file. grep searches for all pieces at once."""
    whose = {piece: f"{place}, {code}" for place, word in bytes_of(words).items() for code, form in codes(word).items()
             for piece in pieces(code, form) if b"\n" not in piece}
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b"\n".join(whose) + b"\n")
        patterns.flush()
        run = subprocess.run(["grep", "-aoFf", patterns.name, path], env={**os.environ, "LC_ALL": "C"}, capture_output=True,
                             check=False)
    return sorted({whose.get(piece, f"{piece}") for piece in run.stdout.split(b"\n") if piece} |
                  ({run.stderr.decode()} if run.returncode == 2 else set()))


def there(data, words, places):
    """Returns the places in this list whose words are not found in the encoding that was used there."""
    known = bytes_of(words)

    def form(place):
        code = re.match(r"socket-utf(16|32)([bl]e)", place)
        return known[place].decode().encode(f"utf-{code[1]}-{code[2]}") if code else known[place]
    return [place for place in places if form(place) not in data]


# --- the proof ---

def check_whole(given, kwalk, dump, words):
    """Each secret can be found in the whole dump, so the search would find it in a scrubbed dump, too."""
    part = os.path.join(given.dir, "part")
    for level, places in (("kernel", KERNEL), ("all", KERNEL + OTHER)):
        kwalk.lines(dump, f"extract -f -l {level} -w {part}")
        with open(part, "rb") as file:
            lost = there(file.read(), words, places)
        report(f"{given.name}: unscrubbed, {level} has each secret", len(places), lost)
    # The search also finds the words in the encodings that were used for them.
    found = {line.split(",")[0] for line in search(part, words)}
    report(f"{given.name}: the search finds each secret", len(words), sorted(words.keys() - found))


def questions(kwalk, dump):
    script = ["regions", "iomem", "ioports", "areas", "tasks", "check", "pt"]
    for pid in processes(kwalk, dump):
        script += [f"vmas -p {pid}", f"pt -p {pid}", f"pagemap -p {pid}"]
    script += [f"vtop -k {address:x}" for address in region_addresses(kwalk, dump)]
    return {"tables": script, "frames": ["frames", "zones", "slabs"], "kernel": ["log"]}


def check_level(given, kwalk, dump, words, level, asked):
    for form in ("", "-z zstd"):
        part = os.path.join(given.dir, "part")
        title = f"{given.name}: {level} {form}".rstrip() + ", scrubbed"
        answer = kwalk.objects(dump, f"extract --scrub -f -l {level} {form} --manifest {part}.list -w {part}")
        report(f"{title}: it can be had", len(answer), [str(line) for line in answer if line["status"] != "ok"])
        names = Pseudonyms()
        if form:
            # Words in compressed pages are searched in an uncompressed copy.
            compare(title, kwalk, dump, part, ["tasks"], names, False)
            kwalk.lines(part, f"extract -f -l all -w {part}.plain")
        else:
            compare(title, kwalk, dump, part, asked, names, level == "kernel")
            check_names(title, names, words)
            with open(part, "rb") as file:
                report(f"{title}: no symbol of the module is there", 1, ["dummy_xmit"] * (b"dummy_xmit" in file.read()))
        found = [line for file in (part, part + ".list", part + ".plain") if os.path.exists(file)
                 for line in search(file, words)]
        report(f"{title}: no secret is there", len(words), found)


def check_names(title, names, words):
    """The name of a program is also the name of its process."""
    wrong = [place for place in ("process", "program") if not re.fullmatch("n[0-9a-z]{5}", names.of.get(words[place], ""))]
    wrong += [f"{place} is {names.of[words[place]]}" for place in ("cmdline", "log") if words[place] in names.of]
    report(f"{title}: processes have pseudonyms", 2, wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "init", "module", "dir", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    chance = random.Random(13)
    random.seed(13)
    words = make_canaries(chance)
    dump = dump_guest(given, words)
    kwalk = Kwalk(given.kwalk, [given.vmlinux])
    check_whole(given, kwalk, dump, words)
    script, asked = questions(kwalk, dump), []
    for level in LEVELS:
        asked += script[level]
        check_level(given, kwalk, dump, words, level, asked)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
