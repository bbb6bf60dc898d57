# SPDX-License-Identifier: GPL-3.0-or-later
"""The page size of the guest, which `run` sets: GUEST_PAGE."""
import os

PAGE = int(os.environ.get("GUEST_PAGE", "4096"))
SHIFT = PAGE.bit_length() - 1
