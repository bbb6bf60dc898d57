#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A public function's name says to which room it belongs. Static names are each file's own.
load common

# "NAME FOLDER" of each function that a header of a room offers.
offered() {
	# shellcheck disable=SC2046 # names without blanks
	ctags -o - --langmap=C:.c.h --languages=C --kinds-C=fp --sort=no $(sources) |
		awk -F '\t' '$2 ~ /\.h$/ { sub("/[^/]*$", "", $2); sub("^src/", "", $2); print $1, $2 }' |
		sort -u
}

@test "a function whose name begins with a room's name is that room's" {
	if ! ctags --version 2>/dev/null | grep -q Universal; then
		[ -z "$CI" ] || { echo "universal-ctags is missing"; return 1; }
		skip "universal-ctags is missing"
	fi
	[ "$(offered | wc -l)" -gt 100 ]
	# Or a room's inside of it. All rooms share `base`: page_first() is of a page.
	offered | awk -v rooms="$TOP/tests/structure/rooms" '
	BEGIN {
		while ((getline line < rooms) > 0)
			if (line ~ /^[a-z]/) {
				sub(":.*", "", line)
				last = line
				sub(".*/", "", last)
				room[last] = line
			}
	}
	{
		prefix = $1
		sub("_.*", "", prefix)
		if (prefix in room && $2 != "base" &&
		    index($2 "/", room[prefix] "/") != 1)
			print $1 " in " $2
	}' | none "these begin with the name of another room"
}
