#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# SECURITY.md names the tests that hold its promises: they must be there.

@test "every test that SECURITY.md names is there" {
	cd "$BATS_TEST_DIRNAME/../.." || return
	python3 - <<-'END'
	import re, sys
	text = open("SECURITY.md").read()
	named, missing = 0, []
	for row in re.findall(r"^\|.*\|$", text, re.M):
	    for path, names in re.findall(r'(tests/\S+\.bats): ((?:"[^"]*"(?:; )?)+)', row):
	        tests = re.findall(r'^@test "(.*)" \{$', open(path).read(), re.M)
	        for name in re.findall(r'"([^"]*)"', names):
	            named += 1
	            if name not in tests:
	                missing.append(f"{path}: {name}")
	print(*missing, sep="\n")
	sys.exit(bool(missing) or named < 20)
	END
}
