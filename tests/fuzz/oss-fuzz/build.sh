#!/bin/bash -eu
# SPDX-License-Identifier: GPL-3.0-or-later
# build.sh: what OSS-Fuzz runs in its image to build the targets, with the variables it
# sets: CC, CFLAGS, LIB_FUZZING_ENGINE, SRC (kwalk's source is $SRC/kwalk) and OUT. Tried
# elsewhere with LIB_FUZZING_ENGINE=-fsanitize=fuzzer and
# CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined'.

top=$SRC/kwalk
build=${WORK:-/tmp}/kwalk-fuzz
work=$build/fuzz
# shellcheck source-path=SCRIPTDIR source=../targets.bash
. "$top/tests/fuzz/targets.bash"

[ -x "$top/configure" ] || (cd "$top" && autoreconf -i)
rm -rf "$build"
mkdir -p "$build" "$OUT"
cd "$build"
# libkwalk.a is C; the engine's C++ needs its library at the end.
"$top/configure" --enable-fuzzing CC="$CC" CFLAGS="$CFLAGS" \
	LIB_FUZZING_ENGINE="$LIB_FUZZING_ENGINE" LIBS="${FUZZ_LIBS:-}"
make -j"$(nproc)" "${targets[@]/#/tests/fuzz/fuzz_}"
# Tools and scenes are made without sanitizers.
mkdir -p plain
(cd plain && env -u LIB_FUZZING_ENGINE "$top/configure" CC="${HOST_CC:-cc}" CFLAGS=-O1 && make mkdump)
CC=${HOST_CC:-cc} "$top/tests/fuzz/seeds" "$build/plain" "$work"
for name in "${targets[@]}"; do
	cp "tests/fuzz/fuzz_$name" "$OUT/"
	(cd "$work/seeds/$name" && python3 -m zipfile -c "$OUT/fuzz_${name}_seed_corpus.zip" ./*)
	printf '[libfuzzer]\nmax_len = %s\ntimeout = 60\nclose_fd_mask = 3\n' \
		"$(target longest "$name")" >"$OUT/fuzz_$name.options"
done
cp -r --sparse=always "$work"/{scenes,containers,debug,dump,dump-i386,System.map} \
	"$top"/tests/fuzz/{commands,text}.txt "$OUT/"
