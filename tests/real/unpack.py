#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacks the parts of kernel packages that are needed to boot a guest and to open its dump: DIR/vmlinuz
and DIR/modules/*.ko from an image package (since 7.0, from several packages), and DIR/vmlinux from the debug package.

Stops reading after vmlinux, which comes first, because decompressing the gigabytes of modules that
follow takes minutes.
"""
import lzma
import os
import shutil
import subprocess
import sys
import tarfile

MODULES = {"virtio", "virtio_ring", "virtio_pci", "virtio_pci_legacy_dev", "virtio_pci_modern_dev",
           "virtio_blk", "brd", "dummy", "qemu_fw_cfg",
           "nvme-keyring", "nvme-auth", "nvme-core", "nvme", "scsi_common", "scsi_mod", "sd_mod", "libata", "libahci",
           "ahci", "e1000e", "irqbypass", "kvm", "kvm-amd", "virtio-iommu",
           "virtio_balloon", "virtio_mem", "zsmalloc", "lz4_compress", "lz4hc_compress", "zram",
           "crc16", "crc32c_generic", "libcrc32c", "mbcache", "jbd2", "ext4"}


def target(member):
    """Returns the place in DIR for this member of a package, or None."""
    folder, name = os.path.split(member)
    if folder == "./boot" and name.startswith(("vmlinuz-", "vmlinux-")) or \
            folder.startswith("./usr/lib/modules/") and name == "vmlinuz":
        return "vmlinuz"
    if folder.startswith("./usr/lib/debug/") and (name.startswith("vmlinux-") or name == "vmlinux"):
        return "vmlinux"
    if folder.startswith(("./lib/modules/", "./usr/lib/modules/")) and name.split(".")[0] in MODULES:
        return "modules/" + name.split(".")[0] + ".ko"
    return None


def unpack(package, directory):
    os.makedirs(os.path.join(directory, "modules"), exist_ok=True)
    reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=reader.stdout, mode="r|") as archive:
        for member in archive:
            name = target(member.name)
            if not name or not member.isfile():
                continue
            source = archive.extractfile(member)
            with open(os.path.join(directory, name), "wb") as out:
                if member.name.endswith(".zst"):
                    subprocess.run(["zstd", "-qdc"], check=True, input=source.read(), stdout=out)
                else:
                    shutil.copyfileobj(lzma.open(source) if member.name.endswith(".xz") else source, out, 1 << 20)
            if name == "vmlinux":
                reader.kill()
                break
    reader.wait()


for deb in sys.argv[1:-1]:
    unpack(deb, sys.argv[-1])
