# SPDX-License-Identifier: GPL-3.0-or-later
# What run, coverage and oss-fuzz/build.sh know of the targets; to be sourced, with the
# folder of the work in $work.
# shellcheck shell=bash disable=SC2034,SC2154 

fuzz_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Each target, its part of the time, and the longest input that it tries.
targets=(elf kdump container live vmcoreinfo walk kernel memory command vmlinux kallsyms
	structures types changing output prompt program library gdb archive lzo qmp ctype code oops listing)
weights=(2 2 2 1 1 1 2 1 2 2 1 4 4 2 3 2 4 2 2 1 1 2 1 1 2 1) # of 49
longest=(24000 40000 60000 24000 24000 3000 24000 600 400 40000 24000
	160 160 160 160 200 160 24000 400 6000 4000 40000 4000 200 3000 16000)

# target OF NAME: its element of that array.
target()
{
	local -n array=$1
	local i

	for i in "${!targets[@]}"; do
		[ "${targets[i]}" != "$2" ] || echo "${array[i]}"
	done
}

# with_files NAME COMMAND...: with what that target needs besides its input.
with_files()
{
	local name=$1 dump=$work/dump scenes=$work/scenes

	shift
	# On i386 most of the layout comes from vmlinux.
	[ "$name" != vmlinux ] || dump=$work/dump-i386
	[ "$name" != changing ] || scenes=$work/containers
	FUZZ_SCENES=$scenes FUZZ_COMMANDS=$fuzz_folder/commands.txt \
		FUZZ_TEXT=$fuzz_folder/text.txt FUZZ_MAP=$work/System.map FUZZ_DEBUG=$work/debug FUZZ_ARCHIVES=$work/archives \
		FUZZ_DUMP=${FUZZ_DUMP:-$dump} "$@" </dev/null
}

# unpack_corpus NAME FOLDER: inputs that were kept, each a line of hexadecimal digits.
unpack_corpus()
{
	local text=$fuzz_folder/corpus/$1.txt

	mkdir -p "$2"
	[ ! -e "$text" ] || python3 - "$text" "$2" <<-'END'
	import pathlib, sys
	lines = [l for l in open(sys.argv[1], encoding="ascii") if not l.startswith("#")]
	for nr, line in enumerate(lines):
	    pathlib.Path(sys.argv[2], f"kept-{nr}").write_bytes(bytes.fromhex(line))
	END
}
