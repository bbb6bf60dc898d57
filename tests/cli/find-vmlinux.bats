#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The vmlinux that belongs to a dump, found where distributions put it.
load common

# The release and build-id of x86_64-note.inc; mkvmlinux writes the same.
release=6.1.0-18-amd64

# place PATH: the right vmlinux there.
place() {
	mkdir -p "$(dirname "$1")"
	vmlinux 64
	mv vmlinux "$1"
}

# used PATH: what info says was used.
used() {
	"$KWALK" -q -j -c info x86_64 >answers 2>complaints
	grep -F "\"fact\":\"vmlinux\",\"value\":\"$1\"" answers || { cat answers; return 1; }
}

@test "each of the places in a folder" {
	local name

	dump x86_64
	for name in "lib/modules/$release/vmlinux" "usr/lib/modules/$release/vmlinux.debug" \
		"boot/vmlinux-$release" "boot/vmlinux-$release.debug" \
		"vmlinux-$release" vmlinux .build-id/c0/ffee00c0ffee00c0ffee00c0ffee00c0ffee00.debug; do
		rm -rf debug
		place "debug/$name"
		KWALK_DEBUG_PATH=/nonexistent:debug used "debug/$name"
	done
	grep -q '"found by' answers
	KWALK_DEBUG_PATH=debug answers x86_64 'sym schedule' <<-END
	schedule status=ok size=* address=0xffffffff81002000
	END
	KWALK_DEBUG_PATH=debug "$KWALK" -v -c info x86_64 2>&1 | grep 'fact: vmlinux: debug'
}

@test "the folder of the dump comes last" {
	mkdir -p dumps/boot
	dump x86_64
	mv x86_64 dumps/
	place "dumps/vmlinux-$release"
	beside() { KWALK_DEBUG_PATH=$1 "$KWALK" -q -j -c info "$2" | grep '"fact":"vmlinux"'; }
	beside debug dumps/x86_64 | grep -F "\"value\":\"dumps/vmlinux-$release\",\"source\":\"found beside the dump\""
	(cd dumps && beside ../debug x86_64 | grep -F "\"value\":\"./vmlinux-$release\"")
	beside '' dumps/x86_64 | grep '"value":"none"'
	place debug/vmlinux
	beside debug dumps/x86_64 | grep '"value":"debug/vmlinux"'
	# One of another build.
	rm -r debug
	BUILD_ID=0xdead0000 vmlinux 64 5.10.0-9-amd64
	mv vmlinux "dumps/vmlinux-$release"
	beside debug dumps/x86_64 | grep '"value":"none"'
}

@test "not one of another build, nor what is no vmlinux" {
	dump x86_64
	mkdir debug
	BUILD_ID=0xdead0000 vmlinux 64 5.10.0-9-amd64
	mv vmlinux debug/vmlinux
	vmlinux 32
	mv vmlinux "debug/vmlinux-$release"
	echo text >"debug/vmlinux-$release.debug"
	mkfifo debug/vmlinux.debug
	KWALK_DEBUG_PATH=debug used none
	[ ! -s complaints ]
}

@test "where a path is empty, nowhere; one that is given, always" {
	dump x86_64
	place debug/vmlinux
	KWALK_DEBUG_PATH='' used none
	KWALK_DEBUG_PATH=: used none
	vmlinux 64
	KWALK_DEBUG_PATH=debug "$KWALK" -q -j -c info vmlinux x86_64 | grep '"value":"vmlinux","source":"command line"'
}

@test "a release or build-id from the dump leads nowhere else" {
	place elsewhere/vmlinux
	mkdir -p debug/lib/modules/x
	for text in "  OSRELEASE=../../../elsewhere" "  OSRELEASE=.." "  BUILD-ID=../elsewhere/vmlinux" "  BUILD-ID=c"; do
		describe x86_64 <<-END
		include $DUMPS/x86_64.txt
		note VMCOREINFO
		$text
		end
		END
		KWALK_DEBUG_PATH=debug used none
	done
}

@test "folders in the order of the path; in each by build-id, by release, by name" {
	local name id=.build-id/c0/ffee00c0ffee00c0ffee00c0ffee00c0ffee00.debug

	dump x86_64
	set -- first/$id first/lib/modules/$release/vmlinux first/lib/modules/$release/vmlinux.debug \
		first/usr/lib/modules/$release/vmlinux first/boot/vmlinux-$release first/vmlinux-$release \
		first/vmlinux first/vmlinux.debug second/$id second/vmlinux
	for name; do
		place "$name"
	done
	for name; do
		KWALK_DEBUG_PATH=first:second used "$name"
		rm "$name"
	done
	KWALK_DEBUG_PATH=first:second used none
}

@test "a found one that is stripped is completed" {
	dump x86_64
	place debug/full
	mkdir -p debug/.debug debug/boot
	objcopy --only-keep-debug debug/full debug/boot/split.debug
	objcopy --strip-all --add-gnu-debuglink=debug/boot/split.debug debug/full debug/boot/vmlinux-$release
	rm debug/full
	KWALK_DEBUG_PATH=debug used debug/boot/vmlinux-$release
	grep -q '"vmlinux_debug","value":"[^"]*debug/boot/split.debug","source":".gnu_debuglink"' answers
	KWALK_DEBUG_PATH=debug answers x86_64 'sym schedule' <<-END
	schedule status=ok size=* address=0xffffffff81002000
	END
}
