#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every text file says its licence in its first lines.
load common

# Text that somebody wrote, and neither the licence nor a fuzzer's find.
texts() {
	files | grep -vxE 'COPYING|.*/\.gitkeep|tests/fuzz/found/[a-z]*/.*' | while read -r file; do
		[ ! -s "$file" ] || ! grep -qI . "$file" || echo "$file"
	done
}

setup() {
	cd "$TOP" || return
	git ls-files --error-unmatch configure.ac >/dev/null 2>&1 ||
		skip "not a git folder: what was generated cannot be told"
}

@test "every text file has its SPDX line" {
	[ "$(texts | wc -l)" -gt 50 ]
	texts | while read -r file; do
		head -n 5 "$file" |
			grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' ||
			echo "$file"
	done | none "files without an SPDX line"
}

@test "the line comes first, or after what must" {
	files | grep -E '\.[ch]$' | while read -r file; do
		head -n 1 "$file" | grep -qE '^(//|/\*) SPDX-License-Identifier: ' ||
			echo "$file"
	done | none "C files that do not begin with it"
}
