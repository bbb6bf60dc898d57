/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All commands in alphabetical order: X(NAME), or PART(PART, NAME) for a command that belongs to a
 * part that configure can leave out (alias.h). */
#pragma once

// clang-format off
#define FOR_EACH_COMMAND(X, PART) \
	X(annotate) X(areas) X(ascii) PART(DEVICES, bounce) X(bt) X(btop) X(check) PART(DEVICES, devices) \
	PART(DIFF, diff) X(dis) PART(DEVICES, dma) X(eval) PART(EXTRACT, extract) X(files) X(foreach) X(format) X(frames) \
	PART(KVM, guests) X(help) X(info) X(iomem) X(ioports) X(kernels) X(list) X(listing) X(log) X(mem) X(mod) X(p) X(page) X(page_to_pfn) \
	X(page_to_phys) X(pagemap) X(panic) X(pfn_to_page) X(phys_to_page) X(pt) X(pte) X(ptob) \
	X(ptov) X(quit) X(rd) X(region) X(regions) PART(REPORT, report) X(search) X(set) X(shared) \
	X(slabs) X(struct) X(swap) X(sym) X(sys) X(task) X(tasks) X(tree) X(triage) X(virt_to_page) X(vmas) X(vtop) X(whatis) X(zones)
// clang-format on
