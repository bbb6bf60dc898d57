# SPDX-License-Identifier: GPL-3.0-or-later
"""The size of the guest's pages, as `run` sets it: GUEST_PAGE."""
import os

PAGE = int(os.environ.get("GUEST_PAGE", "4096"))
SHIFT = PAGE.bit_length() - 1
