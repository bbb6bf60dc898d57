#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# diff: another dump and the open one, each kind of difference, and what is not known.
bats_require_minimum_version 1.5.0
load common
of_part diff

# pair INCLUDE: dumps `this` and `other` of INCLUDE; standard input has what changes `this`,
# and behind a line "other" what changes the other one.
pair() {
	local changes

	changes=$(cat)
	printf 'include %s\n%s\n' "$DUMPS/$1" "${changes%%$'\n'other$'\n'*}" | describe this
	if [[ $changes == *$'\n'other$'\n'* ]]; then
		printf 'include %s\n%s\n' "$DUMPS/$1" "${changes#*$'\n'other$'\n'}" | describe other
	else
		printf 'include %s\n' "$DUMPS/$1" | describe other
	fi
}

# rows WHAT: only the last answers' rows about WHAT
rows() { grep "\"what\":\"$1\"" answers >rows; cat rows; }

@test "a dump and itself: all the same, status 0" {
	dump x86_64-pages x86_64
	vmlinux 64
	"$KWALK" -q -j -c 'diff -n 0 facts regions mappings tasks modules ./x86_64-pages' vmlinux x86_64-pages >answers
	json_hold 'it["status"] in ("ok", "same")' answers
	[ "$(rows summary | wc -l)" = 5 ]
	json_hold 'it["same"] and not it["changed"] + it["moved"] + it["appeared"] + it["vanished"] + it["unknown"] or it["part"] == "modules"' rows
	"$KWALK" -q -c 'diff facts mappings x86_64' x86_64 >text
	cat text
	diff text - <<-'END'
	THIS    x86_64, ELF, 6.1.0-18-amd64
	OTHER   x86_64, ELF, 6.1.0-18-amd64
	KERNEL  same (build-id)
	BOOT    unknown

	STATUS             WHAT           PART                SAME   MOVED  CHANGED  APPEARED  VANISHED  UNKNOWN
	same               summary        facts                 13       0        0         0         0        0
	same               summary        mappings               9       0        0         0         0        0
	END
}

# Rights, cache type, and whether it is there, of single pages of the direct map. $1: start of it,
# $2: bits of an entry for data, $3: "NX" or nothing, $4: u32 or u64.
changed_pages() {
	cat <<-END
	at pte_direct[16]: $4 0
	at pte_direct[18]: $4 (0x12000|$2$3)-RW
	at pte_direct[20]: $4 0x14000|$2$3|PCD|PWT
	at pte_direct[22]: $4 0x16000|$2$3|US
	at pte_direct[24]: $4 (0x18000|$2$3)-G
	other
	at pte_direct[26]: $4 0
	END
}

expect_pages() {
	cat <<-END
	* status=vanished start=0x${1}10000 end=0x${1}10fff rights=none cache=- other_rights=$2 other_cache=WB region=direct-map
	* status=changed start=0x${1}12000 end=0x${1}12fff rights=r-${2:2} other_rights=$2
	* status=changed start=0x${1}14000 end=0x${1}14fff rights=$2 cache=UC other_rights=$2 other_cache=WB
	END
}

@test "mappings that appeared, vanished, changed rights or cache type, with four levels" {
	changed_pages 0 0x163 '|NX' u64 | pair x86_64.txt
	{ expect_pages ffff8880000 rw--; echo "* status=appeared start=0xffff88800001a000 rights=rw-- other_rights=none other_cache=-"; } >pages
	"$KWALK" -q -j -c 'diff mappings other' this >answers
	rows mapping
	"$ANSWERS" pages rows
	rows summary
	json_hold 'it["changed"] == 2 and it["appeared"] == it["vanished"] == 1 and it["bytes"]["changed"] == 8192' rows
	# A page below that users may not reach is none of theirs; the global bit is no right.
	[ "$(wc -l <pages)" = 4 ]
}

@test "mappings with five levels, PAE and two levels" {
	changed_pages 0 0x163 '|NX' u64 | pair x86_64-5level.txt
	"$KWALK" -q -j -c 'diff mappings other' this >answers
	{ expect_pages ff110000000 rw--; echo "* status=appeared start=0xff1100000001a000"; } >pages
	rows mapping
	"$ANSWERS" pages rows
	changed_pages 0 0x163 '|NX' u64 | pair pae.txt
	"$KWALK" -q -j -c 'diff mappings other' this >answers
	{ expect_pages c00 rw--; echo "* status=appeared start=0xc001a000"; } >pages
	rows mapping
	"$ANSWERS" pages rows
	changed_pages 0 0x163 '' u32 | pair i386.txt
	"$KWALK" -q -j -c 'diff mappings other' this >answers
	{ expect_pages c00 rwx-; echo "* status=appeared start=0xc001a000"; } >pages
	rows mapping
	"$ANSWERS" pages rows
}

@test "a large page and the small ones that it was split into are the same mapping" {
	pair x86_64.txt <<-'END'
	at pmd_direct[1]: u64 0x17000|KTABLE
	at 0x17000[0]: u64 seq 512 2M|DATA 4K
	at 0x17000[7]: u64 0x207000|0x163
	END
	"$KWALK" -q -j -c 'diff mappings other' this >answers
	answers this 'diff mappings other' <<-END
	* what=dumps
	* what=mapping status=changed start=0xffff888000207000 end=0xffff888000207fff rights=rwx- \
		other_rights=rw--
	* what=summary changed=1 appeared=0 vanished=0
	END
}

@test "what one dump does not tell is unknown, never vanished, and the status is 1" {
	pair x86_64.txt <<-'END'
	at pmd_vmalloc[0]: u64 4G|KTABLE
	END
	answers -s 1 this 'diff mappings other' <<-END
	* what=dumps
	* status=unknown what=mapping start=0xffffc90000000000 end=0xffffc90000001fff \
		rights=absent other_rights=rw--
	* status=unknown rights=absent other_rights=none
	* status=unknown rights=absent other_rights=r---
	* status=unknown rights=absent other_rights=none end=0xffffc900001fffff
	* status=unknown what=summary unknown=4 vanished=0 appeared=0
	mappings status=error message=*
	END
	complains @unreadable 'mappings 4' 'could not be compared'
	# Nor if it is the other one; nor what is filtered from a dump.
	"$KWALK" -q -j -c 'diff mappings this' other >answers 2>complaints && return 1
	json_hold 'it["status"] == "unknown" or it["what"] != "mapping"' <(grep '"mapping"' answers)
	# A reserved bit is damage that a dump shows.
	pair x86_64.txt <<-'END'
	at root[402]: u64 pud_vmalloc|k|PS
	END
	answers this 'diff mappings other' <<-END
	* what=dumps
	* status=changed start=0xffffc90000000000 end=0xffffc90000001fff rights=corrupt \
		other_rights=rw--
	* status=appeared rights=corrupt other_rights=none
	* status=changed rights=corrupt other_rights=r---
	* status=appeared rights=corrupt end=0xffffc97fffffffff
	* what=summary changed=2 appeared=2
	END
}

# What it takes for two dumps to be of one boot.
started='at t_init+152: u64 5000
at t_shell+152: u64 6000
at t_daemon+152: u64 7000'

@test "tasks: by pid and start time, so that a reused pid is another task" {
	vmlinux 64
	pair x86_64-tasks.txt <<-END
	$started
	# the shell has ended, the daemon's pid is used again, and init has become another program
	at t_kthreadd+16: u64 d+t_daemon+tasks
	at t_daemon+24: u64 d+t_kthreadd+tasks
	at t_daemon+152: u64 9000
	at t_daemon+72: str "newer\\0"
	at t_init+72: str "systemd\\0"
	other
	$started
	END
	answers vmlinux this 'diff tasks other' <<-END
	* what=dumps kernel=same kernel_by=build-id boot=same boot_by="start time of process 1"
	* status=changed what=task pid=1 comm=systemd other_comm=init other_mm=-
	* status=vanished what=task pid=3 comm=shell task=0xffff888000030300
	* status=vanished what=task pid=4 comm=shell
	* status=appeared what=task pid=4 comm=newer
	* status=different what=summary part=tasks same=4 changed=1 appeared=1 vanished=2 unknown=0
	END
	"$KWALK" -q -c 'diff tasks other' vmlinux this >text
	grep -E '^vanished +task +3 +3 +shell +ffff888000030300' text
}

@test "tasks: another mm, and memory that was taken" {
	vmlinux 64
	pair x86_64-tasks.txt <<-END
	$started
	at t_shell+32: u64 d+mm_init
	at mm_init+56: u64 10 0 20 0 1000 0 5 0
	other
	$started
	at mm_init+56: u64 1 0 2 0 1000 0 5 0
	END
	"$KWALK" -q -j -c 'diff tasks other' vmlinux this >answers
	cat answers
	rows task
	json_hold 'it["status"] == "changed"' rows
	json_hold 'it["pid"] != 3 or it["other_mm"] == "0xffff888000031100"' rows
}

@test "tasks: what a damaged list lacks is unknown" {
	vmlinux 64
	pair x86_64-tasks.txt <<-END
	$started
	at t_kthreadd+16: u64 0x1234
	at t_daemon+24: u64 0x1234
	other
	$started
	END
	answers -s 1 vmlinux this 'diff tasks other' <<-END
	* what=dumps boot=same
	* status=unknown what=task pid=3 comm=shell
	tasks status=error \
		message="the list of tasks is cut after its entry at ffff888000030210: 1234 is not mapped"
	* status=unknown what=summary unknown=1 vanished=0
	tasks status=error
	END
}

@test "two boots: by names and in sums, and nothing by an address of a history" {
	vmlinux 64
	pair x86_64-tasks.txt <<-END
	at t_init+152: u64 5000
	at t_daemon+72: str "other\\0"
	other
	at t_init+152: u64 5001
	END
	answers vmlinux this 'diff tasks other' <<-END
	* what=dumps kernel=same boot=different boot_by="start time of process 1"
	* status=appeared what=task comm=other tasks=1 other_tasks=0 pid=-
	* status=changed what=task comm=shell tasks=1 other_tasks=2
	* what=summary same=5 appeared=1 changed=1
	END
	# Without a start time nothing is known of that; a zeroed one is none.
	pair x86_64-tasks.txt <<-END
	at t_daemon+72: str "other\\0"
	END
	answers vmlinux this 'diff tasks other' <<-END
	* what=dumps kernel=same boot=unknown boot_by=-
	* status=changed what=task pid=4 comm=other other_comm=shell
	* what=summary same=6 changed=1
	END
	# Before 3.17 the time has seconds and nanoseconds. Process 1 starts within the first second.
	vmlinux 64 3.12.9
	pair x86_64-tasks-old.txt <<-END
	at t_init+192: u64 5000
	other
	at t_init+192: u64 5001
	END
	answers vmlinux this 'diff tasks other' <<-END
	* what=dumps boot=different boot_by="start time of process 1"
	* what=summary same=6
	END
}

@test "KASLR: what differs by the base alone was moved" {
	dump x86_64 x86_64-kaslr
	vmlinux 64
	# Without types a part of the layout is not known: nothing of it has vanished.
	"$KWALK" -q -j -c 'diff regions x86_64' x86_64-kaslr >answers && return 1
	json_hold 'it["status"] in ("moved", "unknown")' <(rows region)
	answers vmlinux x86_64-kaslr 'diff facts regions mappings x86_64' <<-END
	* what=dumps kernel=same boot=different boot_by="addresses that KASLR chose"
	* status=moved what=fact fact=page_offset value=0xffff9c2380000000 \
		other_value=0xffff888000000000
	* status=moved fact=kaslr_offset
	* status=moved fact=phys_base value=-0x1a200000
	* status=moved fact=swapper_pg_dir
	* status=moved fact=vmemmap
	* status=moved fact=mem_section
	* status=moved fact=vmalloc_start
	# KASLR leaves no more room for it than it may need
	* status=changed what=region region=direct-map start=0xffff9c2380000000 \
		other_start=0xffff888000000000
	* status=moved region=vmalloc
	* status=moved region=vmemmap
	* what=summary part=facts status=same moved=7 changed=0
	* what=summary part=regions status=different moved=2 changed=1
	* what=summary part=mappings status=same same=* changed=0 vanished=0 appeared=0
	END
	# Relative to it, a difference is one.
	{
		sed "s|include |include $DUMPS/|" "$DUMPS/x86_64-kaslr.txt"
		echo 'at pmd_image[image_row+2]: u64 text_phys+4M|0x1e3'
	} | describe writable
	answers writable 'diff mappings x86_64' <<-END
	* what=dumps
	* status=changed what=mapping start=0xffffffff9b600000 end=0xffffffff9b7fffff \
		other_start=0xffffffff81400000 rights=rwx- other_rights=rw-- region=kernel-image
	* what=summary changed=1 appeared=0 vanished=0
	END
}

@test "KASLR of i386 and PAE" {
	local mode

	for mode in i386 pae; do
		dump "$mode-kaslr"
	done
	printf 'include %s/pae-kdump.inc\n' "$DUMPS" | describe pae
	printf 'include %s/i386-flat.inc\n' "$DUMPS" | describe i386
	for mode in i386 pae; do
		answers "$mode-kaslr" "diff facts $mode" <<-END
		* what=dumps boot=different
		* status=moved fact=swapper_pg_dir
		* status=moved fact=root
		$([ $mode = i386 ] || echo '* status=moved fact=mem_section')
		* what=summary status=same
		END
	done
}

@test "other paging modes: what can be compared is, the rest is an error" {
	dump x86_64 x86_64-5level pae
	vmlinux 64
	answers -s 1 vmlinux x86_64 'diff facts regions mappings frames x86_64-5level' <<-END
	* what=dumps boot=different boot_by="paging mode"
	* what=fact fact=levels status=changed value=* other_value=*
	* what=fact fact=page_offset status=changed
	* what=fact fact=vmemmap status=changed
	* what=fact fact=mem_section status=changed
	* what=fact fact=vmalloc_start status=changed
	regions status=error \
		message="the paging modes differ: x86_64, 4 levels here, x86_64, 5 levels in the other dump"
	mappings status=error \
		message="the paging modes differ: x86_64, 4 levels here, x86_64, 5 levels in the other dump"
	* what=frames use=unknown difference=-1
	* what=frames use=anon
	* what=frames use=vmalloc frames=2 other_frames=3
	* what=frames use=slab
	* what=summary part=facts status=different changed=5
	* what=summary part=frames
	END
	"$KWALK" -q -j -c 'diff facts regions mappings pae' x86_64 >answers 2>complaints && return 1
	complains @no-answer 'mappings x86_64 PAE' 'the paging modes differ'
	json_hold 'it["status"] == "changed"' <(grep '"fact":"arch"' answers)
}

@test "other kernels: names are compared, addresses are not" {
	vmlinux 64
	pair x86_64-tasks.txt <<-END
	note VMCOREINFO
	OSRELEASE=6.1.0-19-amd64
	BUILD-ID=0123456789
	end
	END
	"$KWALK" -q -j -c 'diff facts tasks mappings other' vmlinux this >answers 2>complaints && return 1
	complains @no-answer 'mappings build-id' 'these are dumps of different kernels'
	json_hold 'it["kernel"] == "different" and it["this"]["release"] != it["other"]["release"]' <(rows dumps)
	json_hold 'it["same"]' <(grep '"part":"facts"' answers)
}

@test "frames whose use changed: in totals, from use to use, and the largest" {
	vmlinux 64
	pair x86_64-pages.txt <<-END
	at t_init+152: u64 5000
	# slabs of a page each; a free block is half as large
	at memmap+0x1c50*64: u64 1<<9
	at memmap+0x1c51*64: u64 1<<9
	at memmap+0x1c60*64: u64 1<<9
	at memmap+0x1c80*64: u64 0 0 0 0 0 2 u32 0xffffff7f
	at memmap+0x1c84*64: u64 1<<12 0 0 0 0 0 u32 ~0 1
	at memmap+0x1c85*64: u64 1<<12 0 0 0 0 0 u32 ~0 1
	at memmap+0x1c86*64: u64 1<<12 0 0 0 0 0 u32 ~0 1
	at memmap+0x1c87*64: u64 1<<12 0 0 0 0 0 u32 ~0 1
	other
	at t_init+152: u64 5000
	END
	# Two struct pages make no sense in either: that is not known, and so is the change.
	"$KWALK" -q -j -c frames vmlinux this >this.json || [ $? = 1 ]
	"$KWALK" -q -j -c frames vmlinux other >other.json || [ $? = 1 ]
	"$KWALK" -q -j -c 'diff -n 2 frames other' vmlinux this >answers 2>complaints && return 1
	complains @unreadable 'frames 2'
	cat answers
	# The totals are the same as in the answers of frames.
	json_values '[it["use"], it["frames"]]' this.json | sort >want
	json_values '[it["use"], it["frames"]]' <(rows frames) | sort | diff want -
	json_values '[it["use"], it["frames"]]' other.json | sort >want
	json_values '[it["use"], it["other_frames"]]' <(rows frames) | sort | diff want -
	rows frames-change
	json_values '[it["other_use"], it["use"], it["frames"]]' rows | sort >got
	diff got - <<-'END'
	["free","reserved",4]
	["unknown","slab",3]
	END
	rows frame-run
	json_values '[it["pfn"], it["last_pfn"], it["other_use"], it["use"], it["frames"]]' rows >got
	diff got - <<-'END'
	["0x1c84","0x1c87","free","reserved",4]
	["0x1c50","0x1c51","unknown","slab",2]
	END
	json_hold 'it["changed"] == 7 and it["unknown"] == 2 and it["status"] == "different"' <(rows summary)
}

@test "areas of vmalloc and modules" {
	vmlinux 64
	pair x86_64-areas.txt <<-'END'
	# ioremap of another device, of another size; the vmap has been freed
	at areas+0x100: u64 base+0x10000 base+0x14000
	at structs+0x080: u64 VS+0x0c0 base+0x10000 0x4000 1 0 0 0xfe009000 text+0x1108
	at areas+0x100+link: u64 VA+0x200+link VA+0x080+link
	at areas+0x200+link: u64 head VA+0x100+link
	END
	answers vmlinux this 'diff vmalloc modules other' <<-END
	* what=dumps
	* status=changed what=vmalloc start=0xffffc90000010000 end=0xffffc90000013fff \
		other_end=0xffffc90000011fff physical=0xfe009000 other_physical=0xfe001000 \
		kind=ioremap
	* status=vanished start=0xffffc90000030000 kind=vmap caller=*
	* what=summary part=vmalloc changed=1 vanished=1 appeared=0 same=4
	* what=summary part=modules status=same same=1
	END
	# The module has gone.
	pair x86_64-areas.txt <<-'END'
	at text_phys+4M+0x2f00: u64 data+0x2f00 data+0x2f00
	END
	answers vmlinux this 'diff modules other' <<-END
	* what=dumps
	* status=vanished what=module module=test_mod other_size=12288 size=- \
		other_address=0xffff888000042000
	* what=summary vanished=1
	END
	# What a damaged list lacks is not known to have gone.
	pair x86_64-areas.txt <<-'END'
	at text_phys+4M+0x2f00: u64 0 data+0x2f00
	END
	answers -s 1 vmlinux this 'diff modules other' <<-END
	* what=dumps
	* status=unknown what=module module=test_mod
	* what=summary status=unknown unknown=1 vanished=0
	modules status=error
	END
	dump x86_64-areas x86_64-areas-damaged
	"$KWALK" -q -j -c 'diff vmalloc x86_64-areas' vmlinux x86_64-areas-damaged >answers 2>complaints && return 1
	rows vmalloc
	json_hold 'it["status"] in ("unknown", "appeared", "changed")' rows
	grep -q '"unknown"' rows
	complains @format 'vmalloc ffff8880000400a8'
	"$KWALK" -q -j -c 'diff vmalloc x86_64-areas-damaged' vmlinux x86_64-areas >answers 2>complaints && return 1
	json_hold 'it["status"] in ("unknown", "vanished", "changed")' <(rows vmalloc)
	complains @format 'vmalloc ffff8880000400a8' 'in the other dump'
	# Without types nothing is known of either dump; the message names the dump.
	fails 1 @unknown 'diff modules' -q -c 'diff modules other' this
	grep -q 'in the other dump' complaints && return 1
	dump pae
	fails 1 @unknown 'diff modules other' -q -c 'diff modules pae' vmlinux this
}

@test "areas of vmalloc of two boots: by callers" {
	vmlinux 64
	printf 'let vmalloc_base 0xffffb30f40000000\ninclude %s\n' "$DUMPS/x86_64-areas.txt" | describe other
	describe this <<-END
	include $DUMPS/x86_64-areas.txt
	# Another size of ioremap. The vmap is a vmalloc, the second one of its caller.
	at areas+0x100: u64 base+0x10000 base+0x14000
	at structs+0x080+16: u64 0x4000
	at structs+0x0c0+24: u64 2
	END
	answers vmlinux this 'diff vmalloc other' <<-END
	* what=dumps boot=different boot_by="addresses that KASLR chose"
	* status=changed what=vmalloc kind=ioremap caller=asm_exc_divide_error areas=1 \
		other_areas=1 size=16384 other_size=8192
	* status=changed what=vmalloc kind=vmalloc caller=schedule areas=2 other_areas=1 \
		size=20480 other_size=12288
	* status=vanished what=vmalloc kind=vmap caller=schedule areas=0 other_areas=1 size=0 \
		other_size=8192
	* what=summary part=vmalloc same=3 changed=2 appeared=0 vanished=1
	END
}

@test "a process' mappings, with -p" {
	vmlinux 64
	pair x86_64-tasks.txt <<-END
	$started
	at pte_user[3]: u64 0x1c03000|P|RW|US|A|D
	at pte_user[9]: u64 0x1c09000|P|US|NX
	other
	$started
	END
	answers vmlinux this 'diff -p init other' <<-END
	* what=dumps boot=same
	* status=changed what=mapping start=0x3000 end=0x3fff rights=rwxu other_rights=rw-u \
		region=user
	* status=appeared start=0x9000 rights=r--u other_rights=none
	* what=summary part=mappings changed=1 appeared=1 vanished=0
	END
	# An entry whose frame became one that cannot be, among others that have their frames still.
	pair x86_64-device-frames.txt <<-END
	$started
	at pte_user[3]: u64 0x1c03000|P|RW|US|A|D|NX 0x200001c04000|P|RW|US|A|D|NX 0x1c05000|P|RW|US|A|D|NX
	other
	$started
	at pte_user[3]: u64 0x1c13000|P|RW|US|A|D|NX 0x1c14000|P|RW|US|A|D|NX 0x1c15000|P|RW|US|A|D|NX
	END
	answers vmlinux this 'diff -p init other' <<-END
	* what=dumps boot=same
	* status=changed what=mapping start=0x4000 end=0x4fff rights=nowhere other_rights=rw-u \
		region=user
	* what=summary part=mappings changed=1 appeared=0 vanished=0
	END
	pair x86_64-tasks.txt <<-END
	$started
	other
	$started
	END
	fails 1 'diff: mappings: is not a process with its own memory' -q -c 'diff -p 2 other' vmlinux this
	fails 1 @no-answer 'diff mappings' -q -c 'diff -p 99 other' vmlinux this
	pair x86_64-tasks.txt <<-END
	$started
	at t_shell+152: u64 6001
	other
	$started
	END
	fails 1 'diff: mappings: no process 3 with the same start time' -q -c 'diff -p 3 other' vmlinux this
	pair x86_64-tasks.txt <<-END
	$started
	other
	at t_init+152: u64 4999
	END
	fails 1 'diff: mappings: another boot' -q -c 'diff -p 1 other' vmlinux this
}

@test "-s, CSV, and words that are no parts" {
	dump x86_64 x86_64-5level
	"$KWALK" -q -c 'diff -s facts x86_64-5level' x86_64 >text
	cat text
	[ "$(grep -c . text)" = 6 ]
	"$KWALK" -q --csv -c 'diff facts x86_64-5level' x86_64 >csv
	grep -q 'changed,fact,levels,4,5' csv || { cat csv; return 1; }
	fails 1 'diff: name the dump' -q -c 'diff facts' x86_64
	fails 1 @usage 'diff DUMP' -q -c diff x86_64
	fails 1 'diff: nowhere: No such file' -q -c 'diff facts nowhere' x86_64
	fails 1 'diff: -n: at most' -q -c 'diff -n 1000 x86_64-5level' x86_64
	# A dump that is named like a part.
	cp x86_64 facts
	"$KWALK" -q -c 'diff facts ./facts' x86_64
	# A line of answers is the bound of others.
	fails 1 'diff: stopped after 2 lines' -q --max-lines=2 -j -c 'diff facts x86_64-5level' x86_64
}

@test "files of the other dump are recognised by content, and the open dump's vmlinux serves both" {
	dump x86_64 x86_64-tasks x86_64-raw
	vmlinux 64
	mv vmlinux own
	cp x86_64-tasks again
	"$KWALK" -q -j -c 'diff tasks again' own x86_64-tasks >answers
	json_hold 'it["same"] == 7' <(rows summary)
	fails 1 @unknown 'diff tasks task_struct' -q -c 'diff tasks again' x86_64-tasks
	"$KWALK" -q -j -c 'diff regions own again' own x86_64-tasks
	fails 1 'own is a kernel executable' -q -c 'diff own' x86_64
	# Parts of a split dump; memory without a header.
	"$MKDUMP" "$DUMPS/x86_64.txt" whole
	head -c 100 whole >"cut"
	fails 1 'diff:' -q -c 'diff cut' x86_64
	"$KWALK" -q -j -c 'diff facts x86_64-raw@0' own x86_64 >answers
	json_hold 'it["other"]["format"] == "raw memory"' <(rows dumps)
	: >nothing
	fails 1 'diff: nothing: is empty' -q -c 'diff nothing' x86_64
}

@test "the helper opens regular files alone, and those that -c names" {
	dump x86_64
	cp x86_64 other
	mkfifo pipe
	fails 1 'diff: pipe: is not a regular file' -q -c 'diff pipe' x86_64
	fails 1 'diff: /dev/zero: is not a regular file' -q -c 'diff /dev/zero' x86_64
	fails 1 'diff: .: is a directory' -q -c 'diff .' x86_64
	"$KWALK" -q --sandbox=no -c 'diff facts other' x86_64
	"$KWALK" -q -c 'diff facts other > new' x86_64
	grep -q summary new
	# A script, whose commands are not known before.
	echo 'diff facts other' >script
	"$KWALK" -q -x script x86_64 | grep summary
	"$KWALK" -q x86_64 <script | grep summary
	chmod 0 other
	[ "$(id -u)" = 0 ] || fails 1 'diff: other: Permission denied' -q -c 'diff other' x86_64
}

@test "doubts about the other dump are reported" {
	describe other <<-END
	include $DUMPS/x86_64.txt
	note VMCOREINFO
	  SIZE(page)=
	end
	END
	dump x86_64
	BUILD_ID=0xdead0001 vmlinux 64 5.10.0-9-amd64
	"$KWALK" -q -c 'diff facts vmlinux other' x86_64 >answers 2>complaints || [ $? = 1 ]
	complains @warning 'vmlinux 6.1.0-18-amd64 5.10.0-9-amd64' 'the other dump: '
	complains @line 'diff: struct_page_size' 'doubtful in the other dump'
	"$KWALK" -q -c 'diff facts other' x86_64 >answers 2>complaints || [ $? = 1 ]
	grep -q 'doubtful' complaints && return 1
	true
}

@test "what the other dump's name holds reaches no terminal" {
	dump x86_64
	cp x86_64 $'a\e[31mb'
	printf 'diff facts "%s"\n' $'a\e[31mb' >script
	"$KWALK" -q -x script x86_64 >text
	grep -q $'\e' text && return 1
	grep -q '^OTHER   a?' text
	"$KWALK" -q -j -x script x86_64 >answers
	json_hold '"\x1b" in it["other"]["dump"]' <(rows dumps)
}
