#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Rules that depend on the kernel's release are tested on both sides of it.
load common

@test "every release at which a rule changes is asked, and one before it" {
	python3 tests/structure/eras.py . >"$BATS_TEST_TMPDIR/releases"
	none "releases without tests" <"$BATS_TEST_TMPDIR/releases"
}
