# SPDX-License-Identifier: GPL-3.0-or-later
"""The mappings of a guest's virtio IOMMU: compares QEMU's trace events, which show the requests of the guest's
driver, with the answers of kwalk."""
import re

from tap import report

PAGE = 4096


def mappings_of(path):
    """Returns for each device the ranges that are mapped in its domain, and the ranges that were mapped before."""
    now, before, domains = {}, {}, {}
    with open(path, encoding="ascii") as file:
        for line in file:
            words = {name: int(value, 0) for name, value in re.findall(r"(\w+)=(\w+)", line) if re.match(r"0x|\d", value)}
            if line.startswith("virtio_iommu_attach"):
                domains[words["endpoint"]] = words["domain"]
            elif line.startswith("virtio_iommu_map"):
                now.setdefault(words["domain"], {})[words["virt_start"]] = words
            elif line.startswith("virtio_iommu_unmap"):
                mapped = now.get(words["domain"], {})
                for start in [start for start in mapped if words["virt_start"] <= start <= words["virt_end"]]:
                    before.setdefault(words["domain"], {})[start] = mapped.pop(start)
    return {device: (now.get(domain, {}), before.get(domain, {})) for device, domain in domains.items()}


def check_device(kwalk, dump, name, now, before):
    """Returns the differences. If a fault is explained, the adjacent mappings are shown."""
    starts = sorted(now)
    answers = kwalk(dump, "".join(f"dma {name} {start:x}\nwhatis DMAR: [DMA Read] Request device [{name[5:]}] fault addr "
                                  f"{start:x}\n" for start in starts))
    wrong = [f"{name}: {len(answers)} answers of {len(starts)} mappings"] * (len(answers) != 2 * len(starts))
    for i, (start, ours, near) in enumerate(zip(starts, answers[::2], answers[1::2])):
        theirs, mapping = now[start], ours.get("mapping", {})
        below = near.get("below", {}).get("start", "none") == (hex(starts[i - 1]) if i else "none")
        above = near.get("above", {}).get("start", "none") == (hex(starts[i + 1]) if i + 1 < len(starts) else "none")
        if (mapping.get("start"), mapping.get("end"), mapping.get("physical"), ours.get("readable"), ours.get("writable")) != \
                (hex(start), hex(theirs["virt_end"]), hex(theirs["phys_start"]), bool(theirs["flags"] & 1),
                 bool(theirs["flags"] & 2)) or not below or not above:
            wrong.append(f"{name}: {ours}, {near}, not {theirs}")
    gone = [start for start in before if not any(one["virt_start"] <= start <= one["virt_end"] for one in now.values())]
    for start, ours in zip(gone, kwalk(dump, "".join(f"dma {name} {start:x}\n" for start in gone))):
        if ours["status"] != "not-mapped":
            wrong.append(f"{name}: {start:x} was unmapped: {ours}")
    return wrong, len(starts) + len(gone)


def name_of(device):
    return f"0000:{device >> 8:02x}:{device >> 3 & 31:02x}.{device & 7}"


def check_mappings(title, kwalk, dump, traces):
    wrong, nr, now = [], 0, {}
    for device, (mapped, before) in mappings_of(traces).items():
        now[name_of(device)] = mapped.values()
        these, checked = check_device(kwalk, dump, name_of(device), mapped, before)
        wrong += these
        nr += checked
    report(f"{title}: mappings are those that the driver asked for", nr, wrong)
    check_frames(title, kwalk, dump, now)


def last_frame(mapping):
    return mapping["phys_start"] + mapping["virt_end"] - mapping["virt_start"] & -PAGE


def check_frames(title, kwalk, dump, now):
    """The first and last frame of each mapping, and the frame after it, are found with all their bus addresses and
    no others."""
    ends = {end for mapped in now.values() for one in mapped for end in (one["phys_start"], last_frame(one))}
    asked = sorted(ends | {end + PAGE for end in ends})
    answers = kwalk(dump, f"dma -a {' '.join(f'{frame:x}' for frame in asked)}\n")
    wrong = [f"{len(answers)} answers of {len(asked)} frames"] * (len(answers) != len(asked))
    for frame, answer in zip(asked, answers):
        theirs = {(name, one["virt_start"] + frame - one["phys_start"]) for name, mapped in now.items() for one in mapped
                  if one["phys_start"] <= frame <= last_frame(one)}
        ours = {(way["device"], int(way["bus"], 16)) for way in answer["mappings"] if way["dma"] == "translated"}
        if ours != theirs or not answer.get("complete", True):
            wrong.append(f"{frame:x}: {sorted(ours)}, not {sorted(theirs)}")
    report(f"{title}: dma -a finds what the driver asked for, and nothing else", len(asked), wrong)
