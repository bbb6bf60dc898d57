# SPDX-License-Identifier: GPL-3.0-or-later
"""hurt.py KWALK DUMP TIMES SEED [OPTION...]: cuts off DUMP at TIMES places, damages it at as many other places, and asks
for the same addresses each time. kwalk must end by itself, with a status of 0 to 2. If it translates an address, the
result must be the same as for the undamaged file. Options are passed to kwalk before the name of the dump."""
import json
import os
import random
import shutil
import subprocess
import sys

ADDRESSES = ["ffff888001c00123", "ffffc90000001ff8", "ffffffff81000000", "ffff888000000000", "ffffc90000003abc",
             "ffffffff81410000", "ffffffffff600000", "ffff888000001000"]


def ask(kwalk, options, name):
    done = subprocess.run([kwalk, "-q", "-j", *options, "-c", "vtop " + " ".join(ADDRESSES) + "; rd -p 1c00000; info",
                           name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=float(os.environ["PATIENCE"]),
                          check=False)
    if done.returncode not in (0, 1, 2):
        return done.returncode, None
    return done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()]


def translations(answers):
    return {a["input"]: a["physical"] for a in answers
            if a["command"] == "vtop" and a["status"] == "mapped"}


def check(kwalk, options, what, want):
    status, answers = ask(kwalk, options, "hurt")
    if answers is None:
        print(f"{what}: status {status}")
        return None
    got = translations(answers)
    wrong = [(k, v, want.get(k)) for k, v in got.items() if v != want.get(k)]
    for address, physical, right in wrong:
        print(f"{what}: {address} is {physical}, not {right}")
    return None if wrong else len(got)


def hurt(data, rng, whole_size):
    at = rng.choice([rng.randrange(whole_size), rng.randrange(min(whole_size, 64 << 10))])
    kind = rng.randrange(3)
    data.seek(at)
    old = data.read(1)[0]
    new = [old ^ 1 << rng.randrange(8), 0 if old else 0xff, rng.randrange(256)][kind]
    data.seek(at)
    data.write(bytes([new]))
    return f"byte {at:#x} {old:#x} as {new:#x}"


def main():
    kwalk, name, times, seed = sys.argv[1:5]
    options, times, rng = sys.argv[5:], int(times), random.Random(int(seed))
    _, answers = ask(kwalk, options, name)
    want = translations(answers)
    with open(name, "rb") as file:
        size = file.seek(0, 2)
    results = []
    for i in range(2 * times):
        shutil.copyfile(name, "hurt")
        with open("hurt", "r+b") as file:
            if i < times:
                what = f"cut at {size * i // times:#x}"
                file.truncate(size * i // times)
            else:
                what = hurt(file, rng, size)
        results.append(check(kwalk, options, what, want))
    good = [r for r in results if r is not None]
    print(f"{len(want)} translations of the whole file; {len(good)} hurt files, {sum(good)} of theirs")
    return len(want) < 6 or len(good) < len(results) or not sum(good)


sys.exit(main())
