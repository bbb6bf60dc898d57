#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The house: no ring of files, no ring of rooms, and no room asks what tests/structure/rooms
# does not let it ask. By what the objects define and use, and by what the sources include.
load common

BUILT=$(dirname "$(realpath "${KWALK:-./kwalk}")")

@test "no file and no room depends on another in a ring, and none asks what it may not" {
	python3 tests/structure/rings.py tests/structure/rooms "$BUILT"
}

@test "a ring is found and named" {
	local source

	mkdir -p "$BATS_TEST_TMPDIR/src/base"
	cd "$BATS_TEST_TMPDIR" || return
	echo 'void b(void); void a(void) { b(); }' >src/base/first.c
	echo 'void a(void); void b(void) { a(); }' >src/base/second.c
	for source in first second; do
		# shellcheck disable=SC2086 # CC may be several words
		${CC:-cc} -c -o src/base/$source.o src/base/$source.c
	done
	run python3 "$TOP/tests/structure/rings.py" "$TOP/tests/structure/rooms" .
	[ "$status" = 1 ]
	[[ "$output" == *"a ring of 2 files:"* ]]
	[[ "$output" == *"src/base/first.c -> src/base/second.c: b"* ]]
}

# Each #include "..." of the sources, as "FILE:LINE INCLUDED".
includes() {
	sources | xargs awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\""); print FILENAME ":" FNR, part[2] }'
}

@test "no file includes what its room may not ask" {
	includes | awk '
	function room(path) {
		sub(/^src\//, "", path)
		sub(/\/[^\/]*$/, "", path)
		return path
	}
	FNR == NR {
		sub(/#.*/, "")
		if (split($0, part, ":") < 2) next
		known[part[1]] = " " part[2] " " part[1] " "
		next
	}
	!(room($1) in known) { print "unknown room:", $0; next }
	index(known[room($1)], " " room($2) " ") == 0 { print }
	' tests/structure/rooms - | none "includes that the room may not have"
}

@test "every room is in the picture of HACKING.md" {
	sed 's/#.*//; s/:.*//' tests/structure/rooms | grep . |
		while read -r room; do
			grep -qE "^    (src/)?$room +" HACKING.md || echo "$room"
		done | none "rooms that HACKING.md does not show"
}

@test "no header includes more than six of ours" {
	includes | grep -E '^[^ ]*\.h:' | cut -d : -f 1 | sort | uniq -c |
		awk '$1 > 6' | none "too many includes"
}

@test "what needs only bytes is linked without a kernel" {
	local objects

	objects=$(cd "$BUILT" && ls src/base/*.o src/dump/archive/*.o src/symbols/*.o src/types/*.o)
	# shellcheck disable=SC2086 # names without blanks
	(cd "$BUILT" && nm -u $objects) | awk '$1 == "U" { print $2 }' | sort -u \
		>"$BATS_TEST_TMPDIR/wanted"
	grep -qx malloc "$BATS_TEST_TMPDIR/wanted"
	grep -E '^(kernel_|dump_|space_|walk_)' "$BATS_TEST_TMPDIR/wanted" |
		none "functions of other rooms"
}
