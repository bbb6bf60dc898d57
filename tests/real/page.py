# SPDX-License-Identifier: GPL-3.0-or-later
"""The page size of the guest, which `run` sets: GUEST_PAGE."""
import os

PAGE = int(os.environ.get("GUEST_PAGE", "4096"))
SHIFT = PAGE.bit_length() - 1

# With pages of 64K, the large pages of guest.c are contiguous entries. Linux 6.12 makes such entries valid, also
# those without access rights (pte_mkcont()): the kernel can read these pages, and user mode cannot.
CONTIGUOUS = PAGE == 1 << 16
