#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes out of kernel packages what booting a guest and opening its dump need: DIR/vmlinuz
and DIR/modules/*.ko of an image package (from 7.0 on of the packages it is split in), DIR/vmlinux of its debug package.

Reading stops with vmlinux: it comes first, and inflating the gigabytes of modules that follow
takes minutes.
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
           "virtio_balloon", "zsmalloc", "lz4_compress", "lz4hc_compress", "zram"}


def target(member):
    """Where in DIR this member of a package goes, or nothing."""
    folder, name = os.path.split(member)
    if folder == "./boot" and name.startswith("vmlinuz-") or \
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
