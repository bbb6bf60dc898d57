# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of the source's own structure share. They read the folder
# that $srcdir names, by default the one above tests/.
TOP=$(realpath "${srcdir:-$BATS_TEST_DIRNAME/../..}")
export LC_ALL=C

setup() {
	cd "$TOP" || return
}

# What looks at nothing finds nothing.
setup_file() (
	cd "$TOP" || return
	[ "$(sources | wc -l)" -gt 500 ]
	[ "$(files tests | wc -l)" -gt 300 ]
)

# Files below the folders given (all without any), as git knows them, or as they
# lie there where this is an unpacked release.
files() {
	if git ls-files --error-unmatch configure.ac >/dev/null 2>&1; then
		git ls-files -- "$@" | sort | comm -23 - <(git ls-files -d -- "$@" | sort)
	else
		find "${@:-.}" -type f | sed 's|^\./||'
	fi | sort
}

# The C sources and headers of kwalk itself.
sources() {
	files src arch | grep '\.[ch]$'
}

# none REASON: standard input must be empty; what is there is shown.
none() {
	local found

	found=$(cat)
	[ -z "$found" ] && return
	echo "$1:"
	echo "$found"
	return 1
}
