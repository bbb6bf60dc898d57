#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# annotate: the same report in other transports, cut, mixed, joined, with changed values, states the same or less.
load common

TOP=${BATS_TEST_DIRNAME%/*/*}

@test "changed texts of reports never state something else" {
	"$KWALK" annotate -s "$TOP/tests/oops/01-null-member.txt" >first
	! grep -q capstone first || skip "without capstone"
	python3 "$TOP/bench/metamorphic" -c 5 -e "$TOP/tests/oops/metamorphic.expected" "$KWALK" "$TOP"/tests/oops/[01]*.txt
}
