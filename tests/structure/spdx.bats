#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every text file says its licence in its first lines.
# REUSE-IgnoreStart: lines below are patterns.
load common

# Text that somebody wrote, and neither the licence, a fuzzer's find, a manifest, which is JSON, nor a
# report of a kernel, whose first lines matter.
texts() {
	files | grep -vxE 'COPYING(\.[-A-Z0-9]*)?|LICENSES/.*|\.reuse/dep5|debian/(changelog|source/format)|.*/\.gitkeep|tests/fuzz/found/[a-z]*/.*|tests/dumps/sample-extract\.json|tests/oops/.*\.txt' | xargs -d '\n' grep -lI .
}

# without LINES PATTERN: of the files named on standard input, those without PATTERN in their
# first LINES lines.
without() {
	xargs -d '\n' -r awk -v lines="$1" -v pattern="$2" '
		FNR == 1 { if (file != "" && !found) print file; file = FILENAME; found = 0 }
		FNR > lines { nextfile }
		$0 ~ pattern { found = 1 }
		END { if (file != "" && !found) print file }'
}

setup() {
	cd "$TOP" || return
	git ls-files --error-unmatch configure.ac >/dev/null 2>&1 ||
		skip "not a git folder: generated files cannot be recognised"
}

@test "every text file has its SPDX line" {
	[ "$(texts | wc -l)" -gt 50 ]
	texts | without 5 'SPDX-License-Identifier: (GPL-3|LGPL-3.0-or-later OR GPL-2).0-or-later' | none "files without an SPDX line"
}

# Files of the rooms above output, and what is given to users of the library.
lesser() {
	sed -n '/^output:/q; s/^\([a-z0-9/]*\):.*/\1/p' tests/structure/rooms |
		grep -vxE 'sandbox|arch/.*' | sed 's|.*|^src/&/[^/]*$|'
	printf '%s\n' '^arch/' '^include/' '^python/' '^doc/example\.c'
}

@test "the library and all that it is made of is under the LGPL or GPL-2, the program under GPL-3" {
	texts >"$BATS_TEST_TMPDIR/texts"
	grep -f <(lesser) "$BATS_TEST_TMPDIR/texts" | without 5 'SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later' |
		none "not under the LGPL or GPL-2"
	grep '^src/' "$BATS_TEST_TMPDIR/texts" | grep -vf <(lesser) |
		without 5 'SPDX-License-Identifier: GPL-3' | none "not under the GPL"
	[ -s COPYING.LESSER ]
	[ -s COPYING.GPL-2 ]
}

# stanzas: "PATTERN LICENCE" of each pattern of debian/copyright, in its order.
stanzas() {
	awk '/^Files:/ { files = 1; sub(/^Files: */, ""); nr = 0 }
		/^[A-Z][a-z]*:/ && !/^Files:/ { files = 0 }
		files && NF { for (i = 1; i <= NF; i++) pattern[nr++] = $i }
		/^License:/ && nr { for (i = 0; i < nr; i++) print pattern[i], substr($0, 10); nr = 0 }' debian/copyright
}

# licences STANZAS: of the files named on standard input, "FILE: LICENCE" where the last pattern of
# STANZAS that matches names another licence than the first five lines of the file.
licences() {
	xargs -d '\n' awk '
		function compare() {
			for (i = nr; i && file !~ pattern[i]; i--)
				;
			if (file != "" && licence != stated[i]) print file ": " stated[i]
		}
		FILENAME == ARGV[1] {
			pattern[++nr] = $1; sub(/^[^ ]* /, ""); stated[nr] = $0
			gsub(/[][.+(){}|^$]/, "\\\\&", pattern[nr]); gsub(/[*]/, ".*", pattern[nr]); gsub(/[?]/, ".", pattern[nr])
			pattern[nr] = "^" pattern[nr] "$"
			next
		}
		FNR == 1 { compare(); file = FILENAME; licence = "" }
		FNR > 5 { nextfile }
		licence == "" && match($0, /SPDX-License-Identifier: L?GPL[-A-Za-z0-9. ]*[a-z]/) {
			licence = substr($0, RSTART + 25, RLENGTH - 25)
		}
		END { compare() }' "$1"
}

@test "debian/copyright says of each file what its line says" {
	stanzas >"$BATS_TEST_TMPDIR/stanzas"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/stanzas")" -gt 10 ]
	texts | licences "$BATS_TEST_TMPDIR/stanzas" | none "debian/copyright says something else"
	# Every file is looked at.
	echo '* none' >"$BATS_TEST_TMPDIR/stanzas"
	[ "$(texts | licences "$BATS_TEST_TMPDIR/stanzas" | wc -l)" = "$(texts | wc -l)" ]
}

@test "the line comes first, or after what must" {
	files | grep -E '\.[ch]$' | without 1 '^(//|/[*]) SPDX-License-Identifier: ' |
		none "C files that do not begin with it"
}
