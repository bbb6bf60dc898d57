#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# contrib/support: plug-ins that add triage and log of the last dumps to archives for support.
bats_require_minimum_version 1.5.0
load common

setup() {
	not_by_chance
	SUPPORT=$BATS_TEST_DIRNAME/../../contrib/support
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir bin
	ln -s "$KWALK" bin/kwalk
	export PATH=$PWD/bin:$PATH KWALK_CRASH=$PWD/crash
	for i in 1 2 3 4; do
		mkdir -p "crash/20261124000$i"
		"$MKDUMP" "$DUMPS/x86_64.txt" "crash/20261124000$i/dump.20261124000$i"
		touch -d "2026-11-24 00:0$i" "crash/20261124000$i/"*
	done
	touch "crash/202611240004/kwalk-notes.txt"
}

@test "supportutils: the last three dumps" {
	"$SUPPORT/supportutils-kwalk" >answers
	[ "$(grep -c '^# kwalk -c triage' answers)" = 3 ]
	[ "$(grep -c '^# kwalk -c log' answers)" = 3 ]
	not grep 202611240001 answers
	# A name with newlines is one name.
	mkdir crash/x
	touch $'crash/x/vmcore.\n99999999997 libvirt:guest\n99999999998 b\n99999999999 c'
	"$SUPPORT/supportutils-kwalk" >odd
	[ "$(grep -c '^# kwalk -c triage' odd)" = 3 ]
	[ "$(grep -c '^# kwalk -c triage .*/dump.20261124000[34]' odd)" = 2 ]
	rm -r crash/x
	grep '^{"command":"triage",.*dump.202611240004"' answers
	rm -r crash
	"$SUPPORT/supportutils-kwalk" 2>&1 | grep 'no dumps in'
}

# sos itself needs root, and a folder of the system: a package in its place.
@test "sos: its plug-in asks for the last three dumps, and for the files of the hook" {
	mkdir -p sos/report
	touch sos/__init__.py sos/report/__init__.py
	cat >sos/report/plugins.py <<-END
		import subprocess
		class Plugin:
		    def add_cmd_output(self, command, timeout, suggest_filename):
		        with open(suggest_filename, "wb") as out:
		            subprocess.run(command.split(), stdout=out, check=False)
		    def add_copy_spec(self, paths):
		        print(*paths)
		class RedHatPlugin: pass
		class DebianPlugin: pass
		class UbuntuPlugin: pass
		class SuSEPlugin: pass
	END
	cp "$SUPPORT/sos_kwalk.py" kwalk_plugin.py
	python3 -c 'import sys; sys.path.insert(0, "."); import kwalk_plugin; kwalk_plugin.Kwalk().setup()' >copied
	grep 'kwalk-notes.txt' copied
	[ "$(find . -maxdepth 1 -name 'triage_*.json' -size +0 | wc -l)" = 3 ]
	[ "$(find . -maxdepth 1 -name 'log_*.txt' | wc -l)" = 3 ]
	[ ! -e triage_202611240001_dump.202611240001.json ]
	json_hold 'it["command"] == "triage" and it["release"]' triage_202611240004_dump.202611240004.json
}
