#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# kernels, and --kernel: all kernels in memory. tests/real/kernels.py asks real ones.
load common

# two NAME [LINE...]: that description with the second kernel and these lines, as `both`.
two() {
	{
		echo "include $DUMPS/$1.txt"
		second_kernel
		printf '%s\n' "${@:2}"
	} | describe both
}

# raw [LINE...]: the memory alone
raw() {
	{
		echo 'container raw'
		echo "include $DUMPS/x86_64.txt"
		second_kernel
		printf '%s\n' "$@"
	} | describe both
}

@test "all kernels have numbers, in the order of their tables" {
	raw
	answers --kernel=2 both kernels <<-'END'
	* kernel=1 kind=kernel release=6.1.0-18-amd64 root=0x1410000 arch=x86_64 levels=4 swapper_pg_dir=0xffffffff81410000 phys_base=0x0 opened=false sure=true proofs=table
	* kernel=2 kind=kernel release=5.4.0 root=0x1800000 swapper_pg_dir=0xffffffff81000000 phys_base=0x800000 physical=0x1810000 opened=true proofs=table
	END
	"$KWALK" -q -j --kernel=2 -c kernels both | json_hold 'not {"state", "cpus", "capture"} & set(it)'
	"$KWALK" -q --kernel=1 -c kernels both >text
	grep -q 'OPEN: this kernel is open' text
	grep -q 'OPEN: --kernel=2' text
	"$KWALK" -q --csv --kernel=1 -c kernels both | grep -q '^kernels,.*,1,kernel,'
}

@test "a kernel whose symbols lead to init_task is proved twice" {
	vmlinux 64
	dump x86_64-tasks
	describe other <<-END
	include $DUMPS/x86_64-tasks.txt
	at vars+72: str "swappers"
	END
	answers vmlinux x86_64-tasks kernels <<<'* proofs=table,init_task'
	answers vmlinux other kernels <<<'* proofs=table'
}

@test "--kernel opens one, and all commands answer about it" {
	raw
	facts --kernel=1 both <<-END
	release 6.1.0-18-amd64
	root 0x1410000
	END
	facts --kernel=2 both <<-END
	release 5.4.0
	root 0x1800000
	phys_base 0x800000
	END
	"$KWALK" -q -j --kernel=2 -c 'vtop ffffffff81010000' both | json_hold 'it["physical"] == "0x1810000"'
	fails 2 '--kernel=3 found 2 kernels, which the command kernels lists' -q --kernel=3 -c info both
	fails 2 'from 1 on' -q --kernel=0 -c info both
	fails 2 '--kernel not a number' -q --kernel=x -c info both
	# Without the option none is taken, and the warning shows the way.
	fails 2 'several kernels --kernel=NUMBER' -q -c info both
}

@test "a note counts only for the kernel whose table proves it" {
	two x86_64
	facts --kernel=1 both <<<'release 6.1.0-18-amd64'
	facts --kernel=2 both <<<'release 5.4.0'
	"$KWALK" -q -j --kernel=2 -c info both >told
	grep -q "VMCOREINFO: none" told
	# The dump's note names the first kernel, so this is what is open without the option.
	answers both kernels <<-'END'
	* kernel=1 opened=true
	* kernel=2 opened=false
	END
}

@test "registers show which kernel runs, and that one is opened" {
	local cpu='note QEMU cpu cr0=0x80050033 cr4=0x3506f0 idt=0xfffffe0000000000'

	{
		echo "include $DUMPS/x86_64-4level-qemu.inc"
		second_kernel
		printf '%s\n' "$cpu cr3=24M rip=text"
	} | describe both
	answers both kernels <<-'END'
	* kernel=1 state=not-running cpus=0 opened=false
	* kernel=2 state=running cpus=1 opened=true proofs=table,cpu
	END
	complains @warning 'CPU 0 --kernel=NUMBER' 'memory holds several kernels'
	# A crash leaves CPUs behind: only the registers of the first CPUs can be given to a kernel.
	{
		echo "include $DUMPS/x86_64-4level-qemu.inc"
		second_kernel
		printf '%s\n' "$cpu cr3=24M rip=text" "$cpu cr3=root rip=text"
	} | describe both
	answers --kernel=1 both kernels <<-'END'
	* kernel=1 cpus=1 opened=true
	* kernel=2 cpus=1 opened=false
	END
	answers --kernel=2 both kernels <<-'END'
	* kernel=1 cpus=1 opened=false
	* kernel=2 cpus=1 opened=true
	END
}

@test "texts that are no kernels are counted, and of no use that is known" {
	raw 'at 0x1c40000: str "Linux version 6.9 (x)\0"' 'at 0x1c41000: str "Linux version 6.9 (x)\0"' \
		'at 0x1c50ff8: str "Linux version 4.0 (y)\n\0"' 'at 0x1c60000: str "Linux version %s (%s)\0"'
	"$KWALK" -q -j --kernel=1 -c kernels both | tail -n +3 >texts
	[ "$(grep -c . texts)" = 2 ]
	json_hold 'it["kind"] == "text" and not it["sure"] and it["use"] == "-" and "kernel" not in it' <texts
	grep -q '"release":"6.9".*"copies":2' texts
	grep -q '"release":"4.0".*"copies":1' texts
}

@test "a banner in the page cache is a kernel in a file, a line of a log is not" {
	vmlinux 64
	{
		echo "include $DUMPS/x86_64-pages.txt"
		printf 'at 0x1c2%s: str "Linux version 6.9 (x)%s"\n' 0100 '\n\0' 2100 '\n1\0'
	} | describe both
	"$KWALK" -q -j -c kernels vmlinux both | grep '"text"' >texts
	[ "$(grep -c . texts)" = 2 ]
	grep -q '"use":"file ext4 on sda1 inode 4711 /init within ext4 page 7: a copy of a kernel in a file"' texts
	grep -q '"use":"file ext4 on sda1 inode 4712 page 9"' texts
}

@test "memory full of banners is searched within bounds" {
	python3 - <<-'END'
	with open("banners", "wb") as file:
	    for i in range(4 << 20):
	        file.write(b"Linux version %d\n\0" % i)
	END
	fails 1 'some were not examined' -q -o arch=x86_64 -o levels=4 -o root=1000 -c kernels banners
	[ "$(grep -c text output)" -le 64 ]
}
