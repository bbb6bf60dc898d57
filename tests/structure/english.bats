#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Plain English: the habits listed in doc/rules.md, section English, are nowhere.
load common

# The patterns of the list, a line each.
habits() {
	sed -n '/^## English/,/^## Commits/{s/^    //;T;s/   .*//;p}' doc/rules.md | tail -n +2
}

# Text written here: not licences, not what kernels and guests wrote.
prose() {
	files | grep -E '\.([ch1-8]|md|py|pyi|bash|bats|js|html|css|am|ac|spec|service|timer)$|^(NEWS|run-)' |
		grep -vE '^(doc/rules\.md|tests/structure/english\.bats|debian/|tests/dumps/vmlinux)'
}

@test "habits of bad English have not come back" {
	[ "$(habits | wc -l)" = 3 ]
	[ "$(prose | wc -l)" -gt 100 ]
	# One search for all of them.
	prose | LC_ALL=C xargs -d '\n' grep -niE "\b($(habits | paste -sd '|'))\b" /dev/null | none "see doc/rules.md, English"
}
