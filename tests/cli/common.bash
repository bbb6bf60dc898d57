# SPDX-License-Identifier: GPL-3.0-or-later
# What the command-line tests share. KWALK, MKDUMP and ANSWERS name the programs, by
# default those in the folder that bats is started in.
KWALK=${KWALK:-kwalk}
[[ $KWALK == /* ]] || KWALK=$PWD/$KWALK
MKDUMP=${MKDUMP:-mkdump}
[[ $MKDUMP == /* ]] || MKDUMP=$PWD/$MKDUMP
ANSWERS=${ANSWERS:-answers}
[[ $ANSWERS == /* ]] || ANSWERS=$PWD/$ANSWERS
DUMPS=${BATS_TEST_DIRNAME%/*}/dumps
unset PAGER KWALK_OPTIONS
unset KWALK_DEBUGINFOD DEBUGINFOD_URLS DEBUGINFOD_TIMEOUT
unset XDG_STATE_HOME XDG_CONFIG_HOME INPUTRC
export LC_ALL=C HOME=$BATS_TEST_TMPDIR
export PYTHONDONTWRITEBYTECODE=1 # the source folder stays as it is
export KWALK_DEBUG_PATH= # no vmlinux of this machine is used

# Python without the packages of its site, which take longer to find than most scripts here to run.
python3() { command python3 -S "$@"; }

setup() {
	not_by_chance
	# shellcheck disable=SC2086 # names
	needs_part ${PARTS:-}
	cd "$BATS_TEST_TMPDIR" || return
}

# not_by_chance: skip a test that tests/chance or tests/slow lists, unless all tests run (./run-tests --all). The
# setup of each file calls this first.
not_by_chance() {
	[ -n "${KWALK_CHANCE:-}" ] || not_listed chance
	[ -n "${KWALK_SLOW:-}" ] || not_listed slow
}

# not_listed FILE: skip the test if tests/FILE has it, with the reason there.
not_listed() {
	local list line

	list=$(<"$BATS_TEST_DIRNAME/../$1")
	line=$'\n'"${BATS_TEST_FILENAME##*/}: $BATS_TEST_DESCRIPTION"$'\t'
	# Where it is not, ${list#*"$line"} takes a tenth of a second: time that grows with the square of the list's length.
	[[ $list != *"$line"* ]] || { list=${list#*"$line"} && skip "$1: ${list%%$'\n'*}"; }
}

# of_part PART: all tests of the file ask it.
of_part() { PARTS=$*; }

# needs_part PART...: skip the test where configure left one of them out.
needs_part() {
	local part left_out

	[ $# != 0 ] || return 0
	left_out=$("$KWALK" --version | sed -n 's/^Built without: //p')
	for part; do
		[[ ", $left_out," != *", $part,"* ]] || skip "built with --disable-$part"
	done
}

# needs TOOL...: skip the test where one of them is not installed.
needs() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "no $tool"
	done
}

# Seconds after which what a test waits for has hung, however busy the machine is; and of
# processor time, after which kwalk is at work without end.
export PATIENCE=600
WORK=60
[ -z "${KWALK_EMULATED:-}" ] || WORK=600

# patiently COMMAND...: COMMAND, a program, within both.
patiently() (
	ulimit -S -t "$WORK"
	exec timeout "$PATIENCE" "$@"
)

# until_true COMMAND...: waits until it is.
until_true() {
	local end=$((SECONDS + PATIENCE))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || { echo "never: $*"; return 1; }
		sleep 0.05
	done
}

# Of a helper that could not be built: a defect, unless there is no compiler at all.
no_compiler() {
	# shellcheck disable=SC2086 # CC may have words
	set -- ${CC:-cc}
	! command -v "$1" >/dev/null || { echo "$1 refuses a helper of this test"; return 1; }
	skip "no compiler"
}

# held NAME NUMBER COMMAND...: starts COMMAND, a program, and returns when it is about to make
# that call (hold.c), with its pid in $held. There it stays, until goes_on. A signal that is sent
# meanwhile comes first.
held() {
	[ -e hold.so ] || ${CC:-cc} -shared -fPIC -o hold.so "$BATS_TEST_DIRNAME/hold.c" ||
		no_compiler
	rm -f at go
	mkfifo at go
	exec 7<>go
	HOLD=$1 HOLD_AT=$2 LD_PRELOAD=$PWD/hold.so ASAN_OPTIONS=verify_asan_link_order=0 \
		env --default-signal=INT "${@:3}" 3>&- 7>&- 8>"at" 9<go &
	# shellcheck disable=SC2034 # for the tests
	held=$!
	read -r -t "$PATIENCE" <"at" || { echo "was never held: ${*:3}"; return 1; }
}

goes_on() { echo >&7; }

# not_emulated WHY: skip the test where kwalk runs under qemu-user (tests/machines/run), which
# is no kernel of its own machine.
not_emulated() {
	[ -z "${KWALK_EMULATED:-}" ] || skip "under qemu-user: $*"
}

# extent SYMBOL: the size that a kernel prints for a symbol of ./vmlinux, which is the distance to the next one.
extent() {
	readelf -sW vmlinux | awk '$4 ~ /FUNC|OBJECT|NOTYPE/ && $7 != "UND" && $7 != "ABS" { print $2, $8 }' | sort |
		awk -v name="$1" '
			function number(hex,   n, i) {
				for (i = length(hex) - 7; i <= length(hex); i++)
					n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
				return n
			}
			at && $1 != at { printf "0x%x", number($1) - number(at); exit }
			$2 == name { at = $1 }'
}

# sized <TEXT: SYMBOL+0xOFFSET/@ gets the size.
sized() {
	local line name

	while IFS= read -r line; do
		while [[ $line =~ ([a-z_0-9]+)\+0x[0-9a-f]+/@ ]]; do
			name=${BASH_REMATCH[1]}
			line=${line/"${BASH_REMATCH[0]}"/"${BASH_REMATCH[0]%@}$(extent "$name")"}
		done
		printf '%s\n' "$line"
	done
}

# not COMMAND...: COMMAND must fail, by a status of its own: not by a signal, and a search or
# comparison not because it could not be made. Bash's errexit looks at no "! COMMAND".
not() {
	local got=0 most=125

	"$@" || got=$?
	case $1 in
	grep | cmp | diff) most=1 ;;
	esac
	[ "$got" != 0 ] && [ "$got" -le "$most" ] && return
	echo "exit status $got: $*"
	return 1
}

# is_empty FOLDER: it is there, and nothing in it.
is_empty() { find "$1" -maxdepth 0 -empty | grep -q .; }

# dump NAME...: build NAME from its description here, in the test's own folder.
dump() {
	local name

	for name; do
		"$MKDUMP" "$DUMPS/$name.txt" "$name" || return 1
	done
}

# describe NAME: build NAME from a description on standard input.
describe() {
	{ cat; echo; } >"$1.txt"
	"$MKDUMP" "$1.txt" "$1"
}

# answers [-s STATUS] FILE... COMMANDS: run COMMANDS as JSON and compare with
# the answers on standard input, as described in answers.c; exit status 0, or STATUS.
answers() {
	local want=0 got=0

	if [ "$1" = -s ]; then
		want=$2
		shift 2
	fi
	said=answers
	cat >expected
	"$KWALK" -q -j "${@:1:$#-1}" -c "${!#}" >answers 2>complaints || got=$?
	if [ "$got" != "$want" ]; then
		echo "exit status $got, not $want"
		cat answers complaints
		return 1
	fi
	"$ANSWERS" expected answers
}

# json_values EXPRESSION [FILE...], json_hold EXPRESSION [FILE...]: what a Python expression
# makes of each JSON object `it`, as described in objects.py.
json_values() { python3 "$BATS_TEST_DIRNAME/objects.py" values "$@"; }
json_hold() { python3 "$BATS_TEST_DIRNAME/objects.py" hold "$@"; }

# names FILE WORD...: one line of FILE holds each WORD, whole.
names() {
	local found word

	found=$(cat "$1") || return 1
	shift
	for word; do
		found=$(grep -wF -- "$word" <<<"$found") || return 1
	done
	[ -n "$found" ]
}

# error_of FILE KIND [WORD...]: the answers in FILE hold an error of KIND (doc/kwalk-json.5, "error")
# that names each WORD.
error_of() { names <(grep -F "\"error\":\"$2\"" "$1") "${@:3}"; }

# complains @KIND NAMED [TEXT]: the last answers, in $said, hold an error of KIND that names each
# word of NAMED, and so does standard error. KIND may also be `warning`, or `line`, for what is in
# standard error alone: notes, and errors where no JSON is written. TEXT are the message's own
# words, which only one test of the message pins.
said=answers
complains() {
	local kind=${1#@} start='kwalk: ' named

	read -ra named <<<"$2"
	case $kind in
	warning) start='kwalk: warning: ' ;;
	line) ;;
	*)
		error_of "$said" "$kind" "${named[@]}" || {
			echo "no error $kind of $2"
			cat "$said" complaints
			return 1
		}
		;;
	esac
	names <(grep -F -- "$start" complaints | grep -F -- "${3-}") "${named[@]}" || {
		echo "nothing of $2 ${3-}"
		cat complaints
		return 1
	}
}

# looked_at: answers of check without what it says of objects in no use and of frames of
# processes, which no level of extract but "all" has as they were at one moment, of the log,
# which few levels have, and without its summary.
looked_at() { grep -v '"check":"\(slabs\|user-tables\|log\|summary\)"'; }

# fails STATUS @KIND NAMED ARGUMENT...: run kwalk -j with ARGUMENTs; it must end with STATUS,
# never by a signal, and complain of KIND and NAMED (see `complains`).
# fails STATUS TEXT ARGUMENT...: the same without -j; its standard error must hold each word of
# TEXT. The older form, which pins words of messages.
fails() {
	local want=$1 text=$2 got=0 kind='' word

	shift 2
	if [[ $text == @* ]]; then
		kind=$text text=$1
		shift
		set -- -j "$@"
	fi
	patiently "$KWALK" "$@" >output 2>complaints </dev/null || got=$?
	if [ "$got" != "$want" ]; then
		echo "exit status $got, not $want"
		cat output complaints
		return 1
	fi
	said=output
	if [ -n "$kind" ]; then
		complains "$kind" "$text"
		return
	fi
	for word in $text; do
		grep -qiF -- "$word" complaints && continue
		echo "no '$word' in:"
		cat complaints
		return 1
	done
}

# facts FILE...: what `info` says of each fact on standard input, "name value".
facts() {
	cat >expected
	"$KWALK" -q -j "$@" -c info >answers 2>complaints || return 1
	python3 - <<-'END'
	import json, sys
	answers = [json.loads(s) for s in open("answers")]
	ok = True
	for name, want in (s.split() for s in open("expected")):
	    got = [str(a["value"]) for a in answers if a.get("fact") == name]
	    if got != [want]:
	        print(f"{name} is {got}, not {want}")
	        ok = False
	sys.exit(not ok)
	END
}

# vmlinux 64|32|pae|arm64 [RELEASE]: that vmlinux here, as vmlinux. One without variables of mkvmlinux is
# built once per file of tests; make has built the most common one (TEST_VMLINUX).
USUAL_CC=${X86_CC-}
vmlinux() {
	local built=$BATS_FILE_TMPDIR/vmlinux-$*

	if [ "${X86_CC-}" != "$USUAL_CC" ] || [ -n "${BUS-}${POOLS-}${GUESTS-}${MORE-}${FREE_LISTS-}${MAP_COUNTS-}${HOSTILE-}${DEBUG-}${BUILD_ID-}" ]; then
		"$DUMPS/mkvmlinux" "$1" vmlinux "${@:2}"
		return
	fi
	[ "$*" != 64 ] || built=${TEST_VMLINUX:-$built}
	# Another test of this file may build the same.
	if [ ! -e "$built" ]; then
		"$DUMPS/mkvmlinux" "$1" "$built.$BASHPID" "${@:2}" || return
		mv "$built.$BASHPID" "$built" || return
	fi
	# The old one stays as it is where it is open.
	cp --remove-destination "$built" vmlinux
}

# btf_of FILE.c: the file btf, of its types and variables.
btf_of() {
	# shellcheck disable=SC2086 # CC may have words
	${X86_CC:-${CC:-cc}} -m64 -gbtf -O1 -ffreestanding -c -o one.o "$1" || skip "a compiler without BTF"
	objcopy --dump-section .BTF=btf one.o
}

# random_bytes SIZE: bytes that cannot be compressed, the same ones each time.
random_bytes() { python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(1).randbytes(int(sys.argv[1])))' "$1"; }

# Does kwalk have a sanitizer, which allocates in its own way?
sanitized() { nm "$KWALK" | grep -q __asan_init; }

# in_valgrind talk ARGUMENT...: the same with kwalk under valgrind, where that is and can run it
# (not of another machine, without whose debug files it does not start), and kwalk has no sanitizer. The shell runs BEFORE before.
in_valgrind() {
	local valgrind='valgrind -q --undef-value-errors=no --error-exitcode=99 --log-file=errors'

	if ! command -v valgrind >/dev/null || sanitized ||
		! valgrind -q "$KWALK" --version >/dev/null 2>&1; then
		valgrind=
	fi
	printf '#!/bin/sh\n%s\nexec %s "$@"\n' "${BEFORE-}" "$valgrind $KWALK" >checked
	chmod +x checked
	KWALK=$PWD/checked "$@" || { cat errors; return 1; }
}

# talk ARGUMENT...: run kwalk on a terminal by the script on standard input.
talk() {
	cat >script
	python3 "$BATS_TEST_DIRNAME/terminal.py" script "$KWALK" "$@"
}

# Describes a second kernel above the first of x86_64.txt: its image is at 24M, and it has a direct map.
second_kernel() {
	cat <<-'END'
	let other 24M
	at other: u64 seq 512 0 0
	at other+8*273: u64 pud_direct|KTABLE
	at other+8*511: u64 other+4K+3
	at other+4K+8*510: u64 other+8K+3
	at other+8K+8*8: u64 24M|0x1e3
	at other+64K: str "Linux version 5.4.0 (z) #2 \n\0"
	END
}
