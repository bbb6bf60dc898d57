#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# root: the kernel's own table, where it is damaged, in part or whole, or not there.
bats_require_minimum_version 1.5.0
load common

# doubted DESCRIPTION ENTRY WORD...: a kernel that DESCRIPTION damages is walked by its own
# table, and all that rests on it says that ENTRY is wrong; WORDs are addresses elsewhere, each
# with the physical one.
doubted() {
	local entry=$2 word

	describe damaged <<<"$1"
	shift 2
	for word; do
		answers "${files[@]}" damaged "vtop ${word%=*}" <<-END
		${word%=*} status=mapped physical=0x${word#*=} doubts.0.fact=root \
			doubts.0.why=~"$entry"
		END
	done
	"$KWALK" -q -j "${files[@]}" damaged -c info >answers
	json_hold 'it.get("fact") != "root" or (it["value"] == "0x1410000" and it["source"].startswith("swapper_pg_dir and ")
		and it["doubtful"] and it["doubt"].startswith("swapper_pg_dir (") and "'"$entry"'" in it["doubt"])' answers
	grep -q '"fact":"root"' answers
}

@test "the entry that maps the table itself is damaged: its address is believed, with a doubt" {
	local files base

	vmlinux 64
	for base in "" vmlinux; do
		files=(${base:+"$base"})
		doubted "include $DUMPS/x86_64.txt
			at root[511]: u64 0" 'does not map itself: its pgd entry at 1410ff8 is 0' \
			ffff888001c00123=1c00123 ffffc90000001010=1c05010
		doubted "include $DUMPS/x86_64.txt
			at pud_image[510]: u64 0x7fff000000|KTABLE" \
			'its pud entry at 1411ff0 is 7fff000063, but the table at that address is not in the dump (absent)' \
			ffff888001c00123=1c00123
		doubted "include $DUMPS/x86_64.txt
			at pmd_image[10]: u64 0x7fff000000|DATA|PS" \
			'its pmd entry at 1412050 is 8000007fff0001e3, which maps 7fff010000' \
			ffff888001c00123=1c00123 ffffffff81000010=1000010
		doubted "include $DUMPS/x86_64-5level.txt
			at p4d_image[511]: u64 1<<7|pud_image|TABLE" \
			'its p4d entry at 14ff8 is 14110e7, which has reserved bits' ff11000001c00123=1c00123
	done
	vmlinux 32
	for base in "" vmlinux; do
		files=(${base:+"$base"})
		doubted "include $DUMPS/i386.txt
			at root[773]: u32 0" 'its pgd entry at 1410c14 is 0' c0001234=1234 c1c00010=1c00010
	done
	vmlinux pae
	for base in "" vmlinux; do
		files=(${base:+"$base"})
		doubted "include $DUMPS/pae.txt
			at pmd_direct[10]: u64 0x7ff000000|DATA|PS" \
			'its pmd entry at 2050 is 80000007ff0001e3, which maps 7ff010000' c0001234=1234 c1c00010=1c00010
	done
}

@test "tables that are missing from the dump: the same doubt" {
	local files=()

	doubted "include $DUMPS/x86_64.inc
		include $DUMPS/x86_64-note.inc
		segment paddr=0 memsz=0xa0000
		segment paddr=1M memsz=30M
		segment paddr=31M filesz=0x80000 memsz=1M
		at root[273]: u64 pud_direct|k
		at root[511]: u64 0x1f90000|TABLE" \
		'its pgd entry at 1410ff8 is 1f90067, but the table at that address is not in the dump (filtered)' \
		ffff888001c00123=1c00123
}

# process ROOT: what makes CPU 0 run a process whose table is ROOT.
process() {
	echo "note QEMU cpu cr0=0x80050033 cr3=$1 cr4=0x3506f0 idt=0xfffffe0000000000 rip=text+0x1000
		at $1[0]: u64 pud_user|TABLE
		at $1[(page_offset>>39)&511]: u64 pud_direct|k
		at $1[511]: u64 pud_image|TABLE"
}

@test "the table of the process that a CPU ran is taken only where no other is, and said to be one" {
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	$(process 0x40000)
	END
	"$KWALK" -q -j kernel -c info | json_hold 'it.get("fact") != "root" or it["value"] == "0x1410000" and "doubt" not in it'
	# a damaged table, and where a whole one is
	cat >>kernel.txt <<<'at root[511]: u64 0'
	"$MKDUMP" kernel.txt kernel
	"$KWALK" -q -j kernel -c info >answers
	json_hold 'it.get("fact") != "root" or (it["value"] == "0x1410000" and
		it["doubt"].endswith("its pgd entry at 1410ff8 is 0; the table of CPU 0 maps swapper_pg_dir; to use the table of CPU 0, give -o root=40000"))' answers
	answers -s 0 kernel 'vtop ffffffff81000010' <<<'ffffffff81000010 status=not-mapped level=pgd doubts.0.fact=root'
	"$KWALK" -q -j -o root=40000 kernel -c 'vtop ffffffff81000010' | json_hold 'it["physical"] == "0x1000010" and "doubts" not in it'
	# no table at all: zeros, and what looks like none
	for content in 'fill 4096 0' 'fill 4096 0x6b' 'seq 512 0xffffffff81000000 0x11'; do
		describe kernel <<-END
		include $DUMPS/x86_64.txt
		$(process 0x40000)
		at root: u64 $content
		END
		"$KWALK" -q -j kernel -c info >answers
		json_hold 'it.get("fact") != "root" or (it["value"] == "0x40000" and it["source"] == "CR3 of the first CPU" and
			it["doubt"].startswith("it is the table of the process that CPU 0 ran; swapper_pg_dir (ffffffff81410000, physical 1410000) is not used as the kernel'"'"'s page table: its pgd entry at 1410ff8 is "))' answers
		answers kernel 'vtop ffffffff81000010' <<-END
		ffffffff81000010 status=mapped physical=0x1000010 doubts.0.fact=root \
			doubts.0.why=~"the process that CPU 0 ran"
		END
		"$KWALK" -q kernel -c 'rd ffff888001c00000' 2>complaints
		complains @line 'rd: root' 'doubtful: root (it is the table of the process'
	done
	# without a CPU the reason is reported, and a table that cannot be read is not walked wrongly
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	at root: fill 4096 0x6b
	END
	answers -s 1 kernel 'vtop ffff888001c00123' <<<'ffff888001c00123 status=unreadable reason=absent doubts.0.fact=root'
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	at root: fill 4096 0
	END
	fails 1 'root is not known: swapper_pg_dir (ffffffff81410000, physical 1410000) is not used as the kernel'"'"'s page table: its pgd entry at 1410ff8 is 0; -o root= sets it' \
		-q kernel -c 'vtop ffff888001c00123'
}

@test "a note of another kernel leads to no table that is taken without a word" {
	# to a lower table, which may be one; to text
	for at in 411000 1000; do
		describe kernel <<-END
		include $DUMPS/x86_64.txt
		$(process 0x40000)
		note VMCOREINFO
		  SYMBOL(swapper_pg_dir)=%x{text+0x$at}
		  SYMBOL(init_top_pgt)=%x{text+0x$at}
		end
		END
		"$KWALK" -q -j kernel -c info | json_hold 'it.get("fact") != "root" or it["doubtful"] and "swapper_pg_dir" in it["doubt"]'
	done
}

@test "facts that were read by a doubtful table are doubtful" {
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	at root[511]: u64 0
	END
	"$KWALK" -q -j kernel -c 'info; vtop ffff888001c00123' >answers
	json_hold 'it.get("fact") != "page_offset" or it["doubt"] == "root is doubtful"' answers
	json_hold 'it["command"] != "vtop" or len(it["doubts"]) == 1' answers
	"$KWALK" -q kernel -c info >answers
	grep -q '^page_offset  *ffff888000000000  *.* (doubtful: root is doubtful)$' answers
	# only entries of memory lead to phys_base
	describe kernel <<-END
	include $DUMPS/x86_64-qemu.txt
	at pmd_image[image_row]: u64 0x7fff000000|0x1e1
	END
	vmlinux 64
	facts vmlinux kernel <<-END
	phys_base 0x0
	root 0x1410000
	END
}

# The state of the CPU that QEMU dumps.
cpu() {
	echo "note QEMU cpu cr0=${3:-0x80050033} cr3=$1 cr4=${2:-0x3506f0} idt=0xfffffe0000000000 rip=text+0x1000"
}

@test "each variable that was read by a doubtful table is doubtful" {
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	$(cpu 0x1420000)
	at 0x1420000[511]: u64 pud_image|TABLE
	at 0x1420000[(page_offset>>39)&511]: u64 pud_direct|k
	END
	vmlinux 64
	"$KWALK" -q -c info vmlinux kernel >answers
	for fact in page_offset vmalloc_start max_pfn vmemmap; do
		grep -q "^$fact .* its value in the dump (doubtful: root is doubtful)$" answers
	done
}

@test "while the kernel boots, the table of the first CPU is an early one: root says so" {
	# early_top_pgt lies in the image, and may map memory 1:1
	early="at 0x1420000[511]: u64 pud_image|TABLE
		at 0x1420000[(page_offset>>39)&511]: u64 pud_direct|k"
	for low in '' 'at 0x1420000[0]: u64 pud_user|TABLE
		at pud_user[0]: u64 pmd_user|TABLE
		at pmd_user[0]: u64 0xe3'; do
		describe kernel <<-END
		include $DUMPS/x86_64.txt
		$(cpu 0x1420000)
		$early
		$low
		END
		"$KWALK" -q -j kernel -c info >answers
		json_hold 'it.get("fact") != "root" or (it["value"] == "0x1410000" and
			it["doubt"].startswith("the kernel is booting: CPU 0 still uses an early table (-o root=1420000)"))' answers
	done
	# a process's in freed memory of .init, which older kernels leave mapped, is none
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	$(process 0x1420000)
	at pud_user[0]: u64 pmd_user|TABLE
	at pmd_user[2]: u64 0x1c000e7
	END
	"$KWALK" -q -j kernel -c info | json_hold 'it.get("fact") != "root" or (it["value"] == "0x1410000" and "doubt" not in it)'
	# without swapper_pg_dir's address the CPU's table is used: it does not belong to a process
	sed "s/cr3=root/cr3=0x1c00000/; s|include |&$DUMPS/|" "$DUMPS/i386-qemu.txt" >booting.txt
	describe kernel <<-END
	include booting.txt
	at 0x1c00000[0]: u32 0x1e3
	at 0x1c00000[768]: u32 0x1e3 4M|0x1e3 8M|0x1e3 12M|0x1e3
	at 0x1c00000[775]: u32 28M|0x1e3
	at root: fill 4096 0
	END
	"$KWALK" -q -j kernel -c info >answers
	json_hold 'it.get("fact") != "root" or (it["value"] == "0x1c00000" and "which maps memory 1:1" in it["doubt"])' answers
}

@test "what only the table of a CPU maps is not mapped by the kernel, and the CPU is named" {
	describe kernel <<-END
	include $DUMPS/x86_64.txt
	$(process 0x40000)
	at 0x40000[511]: u64 0x41000|TABLE
	at 0x41000[507]: u64 0x42000|TABLE
	at 0x41000[510]: u64 pmd_image|k
	at 0x42000[491]: u64 0x1c00000|DATA|PS
	END
	answers kernel 'vtop fffffffefd640010 ffffc90000000010 ffffc90000002010 8000000' <<-END
	fffffffefd640010 status=not-mapped level=pud cpu=0 cpu_root=0x40000 cpu_mm=- root=-
	ffffc90000000010 status=mapped cpu=-
	# neither maps it; a user's address
	ffffc90000002010 status=not-mapped cpu=-
	8000000 status=not-mapped cpu=-
	END
	"$KWALK" -q kernel -c 'vtop fffffffefd640010' | grep -x '  MAPPED: by the table that CPU 0 used: -r 40000'
	# of EFI's 1:1 mapping a page that the kernel unmapped: no swap entry
	cat >>kernel.txt <<-END
	at pud_user[0]: u64 pmd_user|TABLE
	at pmd_user[0]: u64 pte_user|TABLE
	at pte_user[5]: u64 (~0x5000&0xffffffffff000)|0x60
	END
	"$MKDUMP" kernel.txt kernel
	answers kernel 'vtop -r 40000 5010' <<<'5010 status=not-mapped level=pte levels.3.entry=0xfffffffffa060'
	answers kernel 'vtop -r 40000 fffffffefd640010' <<<'fffffffefd640010 status=mapped physical=0x1c40010 cpu=-'
}

@test "the table of EFI services is efi_mm's: vtop and whatis" {
	vmlinux 64
	describe kernel <<-END
	include $DUMPS/x86_64-tasks.txt
	$(process 0x60000)
	at 0x60000[511]: u64 0x61000|TABLE
	at 0x61000[507]: u64 0x62000|TABLE
	at 0x61000[510]: u64 pmd_image|k
	at 0x62000[491]: u64 0x1c00000|DATA|PS
	at text_phys+0x430018: u64 d+0x60000
	note VMCOREINFO
	  SYMBOL(efi_mm)=%x{text+0x430000}
	end
	END
	answers vmlinux kernel 'vtop fffffffefd640010; vtop -r 60000 fffffffefd640010; whatis CR3=60000 60ff8; whatis CR3=32000' <<-END
	fffffffefd640010 status=not-mapped cpu_root=0x60000 cpu_mm=efi_mm
	fffffffefd640010 status=mapped root=0x60000
	CR3=60000 as=root kind=page-table level=pgd mm=0xffffffff81430000 pid=- \
		text='root of the page table of efi_mm, mm ffffffff81430000'
	60ff8 as=virtual
	60ff8 as=physical kind=page-table text='entry 1ff of the pgd page table of efi_mm, for ffffff8000000000 to ffffffffffffffff'
	60ff8 as=root mm=0xffffffff81430000
	CR3=32000 as=root pid=1
	END
	"$KWALK" -q vmlinux kernel -c 'vtop -r 60000 fffffffefd640010' | grep -q '^  TABLE: 60000, of efi_mm$'
	# the table of a CPU that is neither a task's nor efi_mm's
	sed '/0x430018/d' kernel.txt >other.txt
	"$MKDUMP" other.txt kernel
	answers vmlinux kernel 'whatis CR3=60000' <<<'CR3=60000 kind=unknown mm=-'
	"$KWALK" -q vmlinux kernel -c 'vtop -r 60000 fffffffefd640010' | grep -q '^  TABLE: 60000, of an unknown process$'
}

@test "no kernel runs yet: that is why nothing is known, and no error of check" {
	describe kernel <<-END
	elf machine=i386 class=64
	let text 0xffff0
	$(cpu 0 0 0x60000010)
	segment paddr=0 memsz=4M
	END
	vmlinux pae
	for given in "" vmlinux; do
		"$KWALK" -q -j $given kernel -c info >answers
		run ! grep -q '"fact":"root"' answers
		[ -z "$given" ] || grep -q '"fact":"arch","value":"pae","source":"vmlinux, size of pkmap_count or pgd_t"}' answers
		"$KWALK" -q -j $given kernel -c check >answers
		json_hold 'it["status"] in ("ok", "not-checked")' answers
		json_hold 'it["check"] != "root" or "no kernel is running yet: CPU 0 does not use page tables (CR0 is 60000010)" in it["message"]' answers
		fails 1 'no kernel is running yet' -q $given kernel -c 'vtop c1000000'
	done
	vmlinux 64
	fails 2 'is an x86_64 kernel, but the dump is of an i386 kernel: no kernel is running yet, because CPU 0 does not use page tables' -q vmlinux kernel -c info
	# -o still walks what is there
	describe kernel <<-END
	include $DUMPS/i386.txt
	$(cpu 0 0 0x60000010)
	END
	answers -o root=1410000 kernel 'vtop c1c00010' <<<'c1c00010 status=mapped physical=0x1c00010'
}

@test "a note found in memory is believed by what it leads to, though the table is damaged" {
	describe kernel <<-END
	include $DUMPS/x86_64-qemu.txt
	at pmd_image[10]: u64 0
	at 0x1600080: str "Linux\0"
	at 0x1600080+130: str "6.1.0-18-amd64\0"
	at 0x1e01000: str "OSRELEASE=6.1.0-18-amd64\nSYMBOL(init_uts_ns)=ffffffff81600080\nSYMBOL(swapper_pg_dir)=ffffffff81410000\nNUMBER(phys_base)=0\n"
	END
	"$KWALK" -q -j kernel -c info >answers
	cat answers
	json_hold 'it.get("fact") != "root" or (it["value"] == "0x1410000" and "its pmd entry at 1412050 is 0" in it["doubt"])' answers
	grep -q '"fact":"vmcoreinfo","value":"0x1e01000"' answers
	# another release: the table of the first CPU, which is this one, with a doubt
	sed -i 's/amd64.nSYM/amd65\\nSYM/' kernel.txt
	"$MKDUMP" kernel.txt kernel
	"$KWALK" -q -j kernel -c info >answers
	run ! grep -q '"fact":"vmcoreinfo"' answers
	grep -q '"fact":"root","value":"0x1410000",.*"doubt":"it is the table that CPU 0 used, which is not proved to be the kernel.s own"' answers
}

@test "of two copies of a note, the one that begins a page, because it is whole" {
	local note='OSRELEASE=6.1.0-18-amd64\nSYMBOL(init_uts_ns)=ffffffff81600080\nSYMBOL(swapper_pg_dir)=ffffffff81410000\n'

	describe kernel <<-END
	include $DUMPS/x86_64-qemu.txt
	at 0x1600080: str "Linux\0"
	at 0x1600080+130: str "6.1.0-18-amd64\0"
	at 0x1e00018: str "${note}NUMBER(phys_ba"
	at 0x1e01000: str "${note}NUMBER(phys_base)=0\n"
	END
	"$KWALK" -q -j kernel -c info >answers
	grep -q '"fact":"vmcoreinfo","value":"0x1e01000"' answers
}
