#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Compressed files, archives and packages as customers send them.
load common

setup() {
	not_by_chance
	cd "$BATS_TEST_TMPDIR" || return
	dump x86_64
	vmlinux 64
	# What a compiler keeps is not in it.
	export XDG_CACHE_HOME=$PWD/cache
	cache=$XDG_CACHE_HOME/kwalk/unpacked
}

needs_libarchive() {
	grep -qs '^#define HAVE_LIBARCHIVE' "$(dirname "$KWALK")/config.h" ||
		skip "built without libarchive"
}

# schedule ARGUMENT...: kwalk finds that symbol by them.
schedule() {
	"$KWALK" -q -j "$@" -c 'sym schedule' >answers 2>complaints ||
		{ cat answers complaints; return 1; }
	grep -qF '"address":"0xffffffff81002000","offset":0,"size"' answers
	[ ! -s complaints ] || { cat complaints; return 1; }
}

# package NAME FILE PATH...: a Debian package of each FILE at its PATH.
package() {
	local name=$1

	shift
	rm -rf package
	while [ $# -gt 0 ]; do
		mkdir -p "package/$(dirname "$2")"
		cp "$1" "package/$2"
		shift 2
	done
	(
		cd package || exit
		tar -cJf data.tar.xz usr
		echo 2.0 >debian-binary
		tar -czf control.tar.gz debian-binary
		ar rc "../$name" debian-binary control.tar.gz data.tar.xz
	)
}

@test "a vmlinux, compressed, is unpacked into memory" {
	local tool

	needs_libarchive
	for tool in gzip xz zstd bzip2 lz4; do
		command -v $tool >/dev/null || continue
		$tool -c vmlinux >packed
		schedule packed x86_64
		"$KWALK" -q -j packed x86_64 -c info |
			grep -F '"fact":"vmlinux_match","value":"matches the dump"'
	done
	[ ! -e cache ]
}

@test "a vmlinux in a package is found by its content" {
	needs_libarchive
	needs ar xz
	# A program, a module and a boot image are in it, too.
	cc -static -x c -o program - <<<'int main(){return 0;}'
	cc -c -x c -o module.ko - <<<'int x;'
	"$DUMPS/mkvmlinuz" gzip vmlinux vmlinuz
	package k.deb vmlinux usr/lib/debug/a program usr/bin/b module.ko usr/lib/c vmlinuz usr/boot/d
	schedule k.deb x86_64
	"$KWALK" -q -j k.deb x86_64 -c info |
		grep -F '"fact":"vmlinux","value":"k.deb:usr/lib/debug/a"'
	python3 "$BATS_TEST_DIRNAME/archives.py" k.rpm program usr/bin/b vmlinux usr/lib/debug/a
	schedule k.rpm x86_64
	# Without a better one the boot image is used.
	tar -cf image.tar program vmlinuz
	"$KWALK" -q -j image.tar x86_64 -c info |
		grep -F '"fact":"vmlinux_packed","value":"gzip"'
}

@test "a dump is unpacked once, if asked to, and found again" {
	local tool

	needs_libarchive
	for tool in gzip xz zstd bzip2 lz4; do
		command -v $tool >/dev/null || continue
		rm -rf cache
		$tool -c x86_64 >packed
		fails 2 "packed holds a dump compressed --unpack" packed vmlinux -c 'ptov 0'
		[ ! -e cache ]
		schedule --unpack packed vmlinux
		cmp "$cache"/* x86_64
		[ "$(stat -c %a "$cache"/* "$cache" | tr '\n' ' ')" = "600 700 " ]
		# What is zero takes no room.
		[ "$(du -k "$cache"/* | cut -f 1)" -lt 16000 ]
		schedule packed vmlinux
		schedule --unpack=no packed vmlinux
		# A changed archive is another one.
		touch -d 2001-01-01 packed
		fails 2 "packed --unpack" --unpack=no packed vmlinux -c 'ptov 0'
	done
}

@test "a dump and its vmlinux in one archive" {
	needs_libarchive
	tar -czf both.tgz x86_64 vmlinux
	schedule --unpack both.tgz
	[ "$(find cache -type f | wc -l)" = 2 ]
	schedule both.tgz
	# The other way round, one of them compressed.
	gzip x86_64
	tar -cf both.tar vmlinux x86_64.gz
	schedule --unpack=yes both.tar
	schedule both.tar
}

@test "a vmlinux that is compressed four times is found, and five times is not" {
	needs_libarchive
	cp vmlinux packed
	for times in 1 2 3 4 5; do
		gzip -c packed >larger
		mv larger packed
		[ $times = 5 ] || schedule packed x86_64
	done
	fails 2 "packed compressed by gzip" packed x86_64 -c 'ptov 0'
}

@test "several dumps or kernels are listed, and none is taken" {
	needs_libarchive
	cp x86_64 other
	cp vmlinux vmlinux-6.1
	tar -cf two.tar x86_64 other
	fails 2 "two.tar: holds 2 dumps x86_64, other" --unpack two.tar -c 'ptov 0'
	is_empty cache/kwalk/unpacked
	tar -cf kernels.tar vmlinux vmlinux-6.1
	fails 2 "kernels.tar: holds 2 kernels vmlinux, vmlinux-6.1" kernels.tar x86_64 -c 'ptov 0'
	echo no dump >text
	tar -czf nothing.tgz text
	fails 2 "nothing.tgz compressed by gzip neither dump vmlinux" nothing.tgz -c 'ptov 0'
	# The magic number of tar is five bytes.
	{ head -c 257 /dev/zero; printf 'usta'; head -c 700 /dev/zero; } >almost
	fails 2 almost almost -c 'ptov 0'
	not grep -w tar complaints
}

@test "the user is asked at the prompt" {
	needs_libarchive
	gzip -k x86_64
	talk -q x86_64.gz vmlinux <<-'END'
	expect holds a dump
	expect [y/N]
	send n\r
	expect it was not unpacked
	exits 2
	END
	tar -czf both.tgz x86_64 vmlinux
	# The answer is for both files of an archive.
	for files in 'x86_64.gz vmlinux' both.tgz; do
		# shellcheck disable=SC2086 # one or two files
		talk -q $files <<-'END'
		expect unpacked, which has
		expect [y/N]
		send y\r
		expect kwalk>
		send sym schedule\r
		expect ffffffff81002000
		send quit\r
		exits 0
		END
	done
	fails 2 "one of yes, no and ask" --unpack=perhaps x86_64 -c 'ptov 0'
}

@test "what is cut short or damaged is refused, and nothing stays" {
	needs_libarchive
	needs xz ar
	gzip -k x86_64
	head -c 20000 x86_64.gz >cut.gz
	fails 2 "cut.gz: cannot be unpacked" --unpack cut.gz vmlinux -c 'ptov 0'
	is_empty "$cache"
	xz -k vmlinux
	head -c -1000 vmlinux.xz >cut.xz
	fails 2 "cut.xz: cannot be unpacked" cut.xz x86_64 -c 'ptov 0'
	package k.deb vmlinux usr/lib/a
	head -c -1000 k.deb >cut.deb
	fails 2 "cut.deb: cannot be unpacked" cut.deb x86_64 -c 'ptov 0'
	# A wrong byte in the middle is found by the checksum at the end.
	printf '\1' | dd of=x86_64.gz bs=1 seek=20000 conv=notrunc status=none
	fails 2 "x86_64.gz: cannot be unpacked" --unpack x86_64.gz vmlinux -c 'ptov 0'
	is_empty "$cache"
}

# As on a network's file system, where a quota may show at the end only.
@test "an unpacked dump whose end cannot be written is not kept" {
	needs_libarchive
	cat >quota.c <<-'END'
	#define _GNU_SOURCE
	#include <dlfcn.h>
	#include <errno.h>
	#include <fcntl.h>
	#include <sys/stat.h>
	int close(int fd)
	{
		int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
		struct stat status;
		int written = !fstat(fd, &status) && S_ISREG(status.st_mode) && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY;
		int result = next(fd);

		if (!written)
			return result;
		errno = EDQUOT;
		return -1;
	}
	END
	${CC:-cc} -shared -fPIC -o quota.so quota.c || no_compiler
	gzip -c x86_64 >packed
	LD_PRELOAD=$PWD/quota.so ASAN_OPTIONS=verify_asan_link_order=0 \
		fails 2 "cache/kwalk/unpacked/packed Disk quota exceeded" --unpack packed vmlinux -c 'ptov 0'
	is_empty cache/kwalk/unpacked
	# What could not be unpacked anyway is the only complaint.
	head -c 20000 packed >half
	LD_PRELOAD=$PWD/quota.so ASAN_OPTIONS=verify_asan_link_order=0 \
		fails 2 "half: cannot be unpacked" --unpack half vmlinux -c 'ptov 0'
	[ "$(wc -l <complaints)" = 1 ]
	not grep quota complaints
	is_empty cache/kwalk/unpacked
}

@test "what unpacks to too much is given up" {
	needs_libarchive
	needs zstd
	# Only zeros follow the vmlinux, or the file is not a dump at all.
	{ cat vmlinux; head -c 200M /dev/zero; } | gzip -1 >large.gz
	fails 2 "large.gz: larger than 64 MiB --max-memory" --max-memory=64M large.gz x86_64 -c 'ptov 0'
	{ echo no dump; head -c 300M /dev/zero; } >zeros
	tar -Scf - zeros >sparse.tar
	tar -cf - zeros | zstd -q >bomb.tar.zst
	rm zeros
	fails 2 "bomb.tar.zst: 10000 times as large" bomb.tar.zst x86_64 -c 'ptov 0'
	fails 2 "sparse.tar neither" sparse.tar x86_64 -c 'ptov 0'
}

# bomb GIB FILE: a tar that claims so many zeros, compressed three times by gzip.
bomb() {
	python3 - "$1" "$2" <<-'END'
	import gzip, sys, tarfile
	size = int(sys.argv[1]) << 30
	head = tarfile.TarInfo("nothing")
	head.size = size
	data = gzip.compress(head.tobuf(tarfile.GNU_FORMAT), 9)
	data += gzip.compress(bytes(1 << 28), 9) * (size >> 28)
	for _ in range(2):
	    data = gzip.compress(data, 9)
	open(sys.argv[2], "wb").write(data)
	END
}

@test "an archive in archives that inflates without end is given up" {
	needs_libarchive
	bomb 8 bomb.tar.gz
	[ "$(stat -c %s bomb.tar.gz)" -lt 10000 ]
	fails 2 "bomb.tar.gz: 10000 times as large" bomb.tar.gz x86_64 -c 'ptov 0'
	fails 2 "bomb.tar.gz: 10000 times as large" --unpack bomb.tar.gz vmlinux -c 'ptov 0'
	[ ! -e "$cache" ] || is_empty "$cache"
}

@test "archives are looked for in archives, but not for ever" {
	local i

	needs_libarchive
	tar -cf 1.tar vmlinux
	for i in 1 2 3; do tar -cf $((i + 1)).tar $i.tar; done
	schedule 4.tar x86_64
	tar -cf 5.tar 4.tar
	fails 2 "5.tar neither" 5.tar x86_64 -c 'ptov 0'
	# One that holds itself, as far as it goes.
	for i in $(seq 20); do
		gzip -c 4.tar >5.tar
		mv 5.tar 4.tar
	done
	fails 2 "4.tar" 4.tar x86_64 -c 'ptov 0'
}

@test "headers that are too long, and files without an end" {
	needs_libarchive
	python3 - <<-'END'
	import gzip

	def header(name, size, kind):
	    block = bytearray(512)
	    fields = ((0, name), (100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"), (124, b"%011o\0" % size),
	              (136, b"00000000000\0"), (148, b"        "), (156, kind), (257, b"ustar\00000"))
	    for at, value in fields:
	        block[at:at + len(value)] = value
	    block[148:156] = b"%06o\0 " % sum(block)
	    return bytes(block)

	with gzip.open("long.tar.gz", "wb") as out:
	    out.write((header(b"././@LongLink", 1 << 20, b"L") + b"x" * (1 << 20)) * 2)
	# Each stream is the same 64 MiB: 131,072 empty files.
	part = gzip.compress(header(b"a", 0, b"0") * (1 << 17), 6)
	open("many.tar.gz", "wb").write(part * 9)
	END
	fails 2 'long.tar.gz unpacked' -q -c info long.tar.gz
	not grep -i 'internal error' complaints
	fails 2 'many.tar.gz more than 1048576 files' -q -c info many.tar.gz
}

@test "where a member says that it belongs is where nothing is written" {
	local name

	needs_libarchive
	ln -s /etc/passwd link
	for name in ../escaped ../../../../../../tmp/kwalk-escaped /tmp/kwalk-escaped ..; do
		rm -rf cache
		tar -cf named.tar -P --transform "s|^x86_64\$|$name|" link x86_64
		tar -tPf named.tar | grep -qxF -- "$name"
		schedule --unpack named.tar vmlinux
		cmp "$cache"/* x86_64
		[ "$(find cache -type f | wc -l)" = 1 ]
		[ ! -e ../escaped ]
		[ ! -e /tmp/kwalk-escaped ]
	done
	# A link is no dump, wherever it leads.
	ln -sf "$PWD/x86_64" link
	tar -cf linked.tar link
	fails 2 "linked.tar neither" --unpack linked.tar vmlinux -c 'ptov 0'
	# Names are shown without what steers a terminal.
	cp x86_64 $'bad\033[31mname'
	tar -cf two.tar x86_64 $'bad\033[31mname'
	fails 2 'two.tar: holds 2 dumps' --unpack two.tar -c 'ptov 0'
	grep -qF 'bad?[31mname' complaints
}

@test "a cache that cannot be written" {
	needs_libarchive
	gzip -k x86_64
	: >cache
	fails 2 "cache/kwalk" --unpack x86_64.gz vmlinux -c 'ptov 0'
	XDG_CACHE_HOME=relative HOME="" fails 2 "XDG_CACHE_HOME" --unpack x86_64.gz vmlinux -c 'ptov 0'
}

@test "archives are opened inside of the sandbox" {
	needs_libarchive
	gzip -k x86_64
	xz -k vmlinux
	"$KWALK" -q --sandbox=require --unpack x86_64.gz vmlinux.xz -c 'ptov 0' ||
		grep 'is not available' <("$KWALK" -q --sandbox=require x86_64 -c 'ptov 0' 2>&1)
}

@test "the helper unpacks nothing but what was given, and asks" {
	needs_libarchive
	# shellcheck disable=SC2086 # CC may have words
	env -u XDG_CACHE_HOME ${CC:-cc} -shared -fPIC -o rogue.so "$BATS_TEST_DIRNAME/rogue.c" -ldl ||
		no_compiler
	gzip -k x86_64
	for request in 'dump 1 /etc/passwd' 'dump 1' '../x 1 x86_64.gz' 'dump x x86_64.gz'; do
		KIND=5 ASK="unpack $request" LD_PRELOAD=$PWD/rogue.so \
			"$KWALK" -q --unpack x86_64.gz vmlinux -c 'ptov 0' >answers 2>tried
		cat tried
		grep -q 'not a file that was given' tried
	done
	[ "$(find cache -type f | wc -l)" = 1 ]
}

@test "unpacking shows its progress from the first second on" {
	needs_libarchive
	# A clock that goes on by half a second whenever it is looked at.
	# shellcheck disable=SC2086 # CC may have words
	env -u XDG_CACHE_HOME ${CC:-cc} -shared -fPIC -x c -o clock.so - <<-'END' || no_compiler
	#include <time.h>
	int clock_gettime(clockid_t clock, struct timespec *time)
	{
	    static long looks;
	    *time = (struct timespec){ .tv_sec = ++looks / 2, .tv_nsec = looks % 2 * 500000000 };
	    return 0;
	}
	END
	random_bytes 500000 >noise
	tar -cf - noise vmlinux | gzip -1 >packed.tgz
	cat >script <<-'END'
	expect unpacking: 
	expect %
	expect ffffffff81002000
	exits 0
	END
	python3 "$BATS_TEST_DIRNAME/terminal.py" script /usr/bin/env LD_PRELOAD="$PWD/clock.so" "$KWALK" --sandbox=no -q -c 'sym schedule' packed.tgz x86_64
}
