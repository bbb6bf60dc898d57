#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# No assertion of the tests is one that cannot fail.
bats_require_minimum_version 1.5.0
load common

CHECKER=$TOP/tests/structure/assertions.py

@test "every assertion of the tests can fail" {
	files tests | grep -E '\.(bats|bash)$' >"$BATS_TEST_TMPDIR/tests"
	xargs python3 "$CHECKER" <"$BATS_TEST_TMPDIR/tests"
}

# finds LINE...: in the test on standard input.
finds() {
	sed "s/^TEST/@test/" >"$BATS_TEST_TMPDIR/it.bats"
	run -1 python3 "$CHECKER" "$BATS_TEST_TMPDIR/it.bats"
	[ "$(cut -d : -f 2 <<<"$output" | tr '\n' ' ')" = "$* " ]
}

@test "those that cannot are found, wherever they stand" {
	finds 2 3 6 8 14 17 20 23 <<-'END'
	TEST "one" {
		! grep -q word output
		[ -s first ] && [ -s second ]
		if [ -s "$(! echo "}")" ]; then
			case $1 in
			a | 'b)') ! true ;;
			*)
				[ -s it ] && cmp it that ;;
			esac
		fi
		cat <<-'TEXT' | not grep -q "it's" # it's
			! grep {
			TEXT
		! env A=b \
			program | grep c
		for i in 1 2; do
			: && ! true
		done
		# ! grep
		run program
		run program
		[ "$status" = 0 ]
		run program
	}
	END
}

@test "those that can are not" {
	sed "s/^TEST/@test/" >"$BATS_TEST_TMPDIR/it.bats" <<-'END'
	known() {
		[ -s first ] && [ -s second ]
	}
	unknown() { ! known; }
	TEST "one" {
		! known || return 1
		known && return 1
		known && ! unknown || false
		if known && ! unknown; then value=1; fi
		while ! known; do break; done
		(cd folder && program)
		(known; ! known)
		known && value=$((value + 1))
		[[ $a == b && $c != d ]]
		run -1 program
		run ! program
		run program
		[[ "$output" == *word* ]]
		known || {
			cat complaints
			return 1
		}
	}
	END
	python3 "$CHECKER" "$BATS_TEST_TMPDIR/it.bats"
}

@test "not: fails where the command succeeds, is ended by a signal or cannot look" {
	local command

	# shellcheck source=/dev/null
	not() { source /dev/stdin <<<"$(sed -n '/^not() {/,/^}/p' "$TOP/tests/cli/common.bash")"; not "$@"; }
	not false
	not grep -q word /dev/null
	for command in true 'sh -c "kill -9 \$\$"' 'grep word /nowhere' 'cmp /nowhere /dev/null' nowhere; do
		run eval "not $command"
		[ "$status" = 1 ]
		[[ "$output" == *"exit status "* ]]
	done
}

# titles: of all tests, as tests/slow and tests/chance name them.
titles() {
	local file

	for file in "$TOP"/tests/cli/*.bats; do
		sed -nE "s/^@test ([\"'])(.*)\1 \{$/${file##*/}: \2/p" "$file"
	done
}

@test "the tests that tests/slow and tests/chance list are there" {
	cat "$TOP"/tests/{slow,chance} | grep -v '^#' | cut -f 1 | LC_ALL=C sort -u >"$BATS_TEST_TMPDIR/listed"
	titles | LC_ALL=C sort >"$BATS_TEST_TMPDIR/titles"
	LC_ALL=C comm -23 "$BATS_TEST_TMPDIR/listed" "$BATS_TEST_TMPDIR/titles" >"$BATS_TEST_TMPDIR/gone"
	cat "$BATS_TEST_TMPDIR/gone"
	[ ! -s "$BATS_TEST_TMPDIR/gone" ]
}
