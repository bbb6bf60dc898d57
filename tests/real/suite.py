#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""suite.py SUITE FLAVOUR DIR: downloads into DIR the packages of the newest kernel of a
flavour ("cloud-amd64", "686-pae") in SUITE of Debian, including the security suite, and the packages
of its debug information. The suite is not added to the lists of this machine. With SUITE=PREFIX, takes
only releases that begin with PREFIX ("bullseye=5.10"). Prints the kernel's release. The mirrors
are those that apt uses.

suite.py --release SUITE FLAVOUR: prints only the release. Status 1: the suite has no such kernel.
suite.py --package SUITE PACKAGE DIR: downloads one package whose name begins with "linux-".
suite.py --pinned FLAVOUR DIR: downloads the packages of the first kernel of a flavour in the file `pinned` that its suite
still has, unless DIR has this kernel unpacked. Prints the kernel's folder in DIR, and what was not to be had.
suite.py --headers SUITE RELEASE DIR: downloads what modules for a kernel are built with; programs are those for amd64.
suite.py --archive: prints the address of Debian's archive.
suite.py --programs SUITE ARCHITECTURE DIR PACKAGE...: downloads packages and the libraries that they depend on.
"""
import functools
import hashlib
import lzma
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

PARTS = ("linux-image-{}", "linux-binary-{}", "linux-modules-{}")  # kernels since 7.0 have the last two
SECURITY = {"bullseye", "bookworm", "trixie"}
PINNED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pinned")
LEAST = 1 << 20  # a package with content, and not only dependencies, has at least this many bytes


def archives():
    """Returns the base addresses of Debian's archive and of its security archive, as configured for apt."""
    sites = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)"], check=True,
                           capture_output=True, text=True).stdout.split()
    main = [site for site in sites if not site.rstrip("/").endswith("-security")]
    security = [site for site in sites if site.rstrip("/").endswith("-security")]
    return (main or [None])[0], (security or [None])[0]


def download(address, path=None):
    with urllib.request.urlopen(address, timeout=120) as source:
        if path is None:
            return source.read()
        digest = hashlib.sha256()
        with open(path, "wb") as out:
            while block := source.read(1 << 20):
                digest.update(block)
                out.write(block)
        return digest.hexdigest()


def is_there(package):
    """Is the package on the mirror? Lists of packages may be older than the mirror, which keeps only the newest
    packages."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address_of(package), method="HEAD"), timeout=60):
            return True
    except urllib.error.URLError:
        return False


def address_of(package):
    return f"{package['site']}/{package['Filename']}"


def stanzas(site, suite, arch, prefix):
    """Returns {package: {field: value}} for the packages of the suite whose names begin with the prefix."""
    text = lzma.decompress(download(f"{site}/dists/{suite}/main/binary-{arch}/Packages.xz")).decode()
    for stanza in text.split("\n\n"):
        if stanza.startswith("Package: " + prefix):
            yield dict(line.split(": ", 1) for line in stanza.split("\n") if re.match(r"[A-Z]\S*: ", line))


def version_key(release):
    """Sorts 5.10.0-46 after 5.10.0-9, and 7.3 after 7.3~rc7."""
    return [(0, int(part)) if part.isdigit() else (-1, 0) if part == "~" else (-2, 0)
            for part in re.findall(r"\d+|~|[a-z]+", release)]


@functools.cache
def offered(suite, arch, prefix="linux-"):
    main, security = archives()
    places = [(main, suite)]
    if suite in SECURITY and security:
        places.append((security, suite + "-security"))
    found = {}
    for site, name in places:
        try:
            for package in stanzas(site, name, arch, prefix):
                package["site"] = site
                found[package["Package"]] = package
        except (urllib.error.URLError, lzma.LZMAError) as error:
            print(f"suite.py: {name}: {error}", file=sys.stderr)
    return found


def architecture(flavour):
    """Returns the architecture of the packages of a flavour: cloud-amd64, arm64-16k, 686-pae."""
    return next((arch for arch in ("amd64", "arm64", "riscv64") if arch in flavour), "i386")


def newest(suite, flavour):
    """Returns the newest release that has both an image and debug information."""
    suite, _, prefix = suite.partition("=")
    found = offered(suite, architecture(flavour))
    pattern = re.compile(rf"linux-image-(\d[^-]*(?:-\d+)?-{re.escape(flavour)})-dbg$")
    releases = [match[1] for match in map(pattern.match, found)
                if match and int(found[match[0]]["Size"]) > LEAST and match[1].startswith(prefix and prefix + ".")]
    for release in sorted(releases, key=version_key, reverse=True):
        packages = [found.get(name) for name in (f"linux-image-{release}", f"linux-image-{release}-dbg")]
        if all(packages) and all(map(is_there, packages)):
            return release, found
    return None, found


def fetch(package, folder):
    """Downloads a package. Returns False if it is not what the list of packages says."""
    path = os.path.join(folder, os.path.basename(package["Filename"]))
    if download(address_of(package), path) == package["SHA256"]:
        return True
    print(f"suite.py: {path}: is not what the list of packages says", file=sys.stderr)
    return False


def with_libraries(found, names):
    """Returns the packages of these names, and the libraries that they need, directly or not. Leaves out other
    dependencies, such as interpreters of scripts that install packages."""
    needed, pending = {}, list(names)
    while pending:
        name = pending.pop()
        package = found.get(name)
        if name in needed or not package:
            continue
        needed[name] = package
        pending += [other for other in re.findall(r"(?:^|, )([a-z0-9.+-]+)", package.get("Depends", ""))
                    if other.startswith(("lib", "zlib"))]
    return needed


def is_fetched(suite, release, version, debug, folder):
    """Downloads the packages of a pinned kernel. Returns False if the suite no longer has them."""
    names = [f"linux-image-{release}"] + [f"linux-image-{release}-dbg"] * debug
    site, _ = archives()
    try:
        found = {package["Package"]: package | {"site": site}
                 for package in stanzas(site, suite, architecture(release), "linux-image-" + release)
                 if package["Package"] in names and package["Version"] == version}
        if set(found) != set(names):
            return False
        os.makedirs(folder, exist_ok=True)
        return all(fetch(package, folder) for package in found.values())
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return False


def fetch_pinned(flavour, folder):
    """Returns the folder of the kernel, and texts about those that are gone."""
    gone = []
    with open(PINNED, encoding="ascii") as file:
        lines = [line.split() for line in file if not line.startswith("#")]
    for suite, _, release, version, *debug in (line for line in lines if line[1:2] == [flavour]):
        place = os.path.join(folder, f"{release}_{version}")
        if os.path.exists(os.path.join(place, "unpacked")) or \
                is_fetched(suite, release, version, bool(debug), os.path.join(place, "deb")):
            return place, [f"{text}; {release} {version} is used" for text in gone]
        gone.append(f"{suite} has no {release} {version}")
    return None, gone


def fetch_programs(suite, arch, folder, names):
    needed = with_libraries(offered(suite, arch, ""), names)
    missing = set(names) - set(needed)
    if missing:
        print(f"suite.py: {suite} has no {' '.join(sorted(missing))} for {arch}", file=sys.stderr)
    return not missing and all(fetch(package, folder) for package in needed.values())


def fetch_headers(suite, release, folder):
    found, programs = offered(suite, architecture(release)), offered(suite, "amd64")
    package = found.get(f"linux-headers-{release}")
    if not package:
        print(f"suite.py: {suite} has no headers of {release}", file=sys.stderr)
        return False
    names = re.findall(r"linux-headers-[^ ,]+-common|linux-kbuild-[^ ,]+", package["Depends"])
    return all(fetch(one, folder) for one in (package, *(programs.get(name) or found[name] for name in names)))


def main():
    if sys.argv[1] == "--programs":
        return not fetch_programs(*sys.argv[2:5], sys.argv[5:])
    if sys.argv[1] == "--archive":
        print(archives()[0])
        return 0
    if sys.argv[1] == "--headers":
        return not fetch_headers(sys.argv[2].partition("=")[0], *sys.argv[3:5])
    if sys.argv[1] == "--pinned":
        place, gone = fetch_pinned(*sys.argv[2:4])
        print("\n".join([place or "", *gone]))
        return not place
    if sys.argv[1] == "--package":
        suite, name, folder = sys.argv[2:5]
        package = offered(suite, "amd64").get(name)
        if not package:
            print(f"suite.py: {suite} has no package {name}", file=sys.stderr)
        return not (package and fetch(package, folder))
    if sys.argv[1] == "--release":
        release, _ = newest(*sys.argv[2:4])
        if release:
            print(release)
        return not release
    suite, flavour, folder = sys.argv[1:4]
    release, found = newest(suite, flavour)
    if not release:
        print(f"suite.py: {suite} has no {flavour} kernel with debug information", file=sys.stderr)
        return 1
    os.makedirs(folder, exist_ok=True)
    for name in [part.format(release) for part in PARTS] + [f"linux-image-{release}-dbg"]:
        package = found.get(name)
        if package and not fetch(package, folder):
            return 1
    print(release)
    return 0


if __name__ == "__main__":
    sys.exit(main())
