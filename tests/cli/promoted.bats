#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Names to which clang's ThinLTO added .llvm.NUMBER.
bats_require_minimum_version 1.5.0
load common

# system_map SED...: the System.map of a vmlinux, changed
system_map() {
	vmlinux 64
	{
		echo 'ffffffff81000000 T startup_64'
		nm -n vmlinux | grep '^ffffffff8'
	} | sed "$@" >System.map
}

@test "the plain name finds the symbol that clang promoted, and an exact name comes first" {
	system_map -e 's/ schedule$/&.llvm.10133695243223489424/; s/ max_pfn$/&.llvm.77/'
	dump x86_64-areas
	answers System.map x86_64-areas 'sym schedule schedule.llvm.10133695243223489424; vtop schedule; whatis schedule' <<-END
	* command=sym name=schedule.llvm.10133695243223489424 address=0xffffffff81002000 source=System.map
	* command=sym name=schedule.llvm.10133695243223489424 address=0xffffffff81002000
	* command=vtop virtual=0xffffffff81002000
	* command=whatis symbol=schedule.llvm.10133695243223489424+0x0
	END
	echo ' schedule+0x4' >oops
	"$KWALK" -q -c 'annotate oops' System.map x86_64-areas >text
	grep 'schedule+0x4: ffffffff81002004, schedule.llvm' text
	# What kwalk itself looks up is found, too.
	"$KWALK" -q -c info System.map x86_64-areas | grep 'max_pfn.*symbol max_pfn, its value in the dump'
	fails 1 @unknown schedul -c 'sym schedul' System.map x86_64-areas
	# An exact name comes first; a suffix that is not a number is another name.
	system_map -e 's/\(.*\) schedule$/&\n\1 schedule.llvm.1/'
	answers System.map x86_64-areas 'sym schedule' <<-END
	* name=schedule
	END
	system_map -e 's/ schedule$/&.llvm.1x/'
	fails 1 @unknown schedule -c 'sym schedule' System.map x86_64-areas
}

@test "of several symbols that clang promoted, none is chosen" {
	system_map -e 's/\(.*\)00 T schedule$/\100 t schedule.llvm.1\n\180 t schedule.llvm.2/'
	dump x86_64-areas
	answers System.map x86_64-areas 'sym schedule' <<-END
	* name=schedule.llvm.1
	* name=schedule.llvm.2
	END
	fails 1 @usage schedule -c 'vtop schedule' System.map x86_64-areas
	complains @usage '2 symbols have this name'
	echo ' schedule+0x4' >oops
	"$KWALK" -q -c 'annotate oops' System.map x86_64-areas >text
	grep '2 functions of this kernel have this name' text
}
