#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Each container cut at many places and damaged at many others, then a
# byte in each of its fields, then words of the structures in memory: no signal, no
# hang, and nothing answered that the whole file does not answer.
load common

HURT=$(realpath "${HURT:-./hurt}")
# KWALK_HURT is how often each is cut and damaged; the default is a sample, spread evenly.
TIMES=${KWALK_HURT:-100}
WORDS=$((TIMES / 3))

# small NAME: the small kernel with the statements on standard input.
small() {
	describe "$1" <<-END
	include $DUMPS/x86_64-small.txt
	$(cat)
	END
}

# hurt [OPTION]... FILE...; FIELDS are more options for the fields.
hurt() {
	timeout $((6 * PATIENCE)) "$HURT" "${@:1:$#-NR_FILES}" "$TIMES" 1 "${@: -NR_FILES}"
	[ "$1" = -k ] ||
		timeout $((6 * PATIENCE)) "$HURT" -l "${@:1:$#-NR_FILES}" $((TIMES / 5)) 2 "${@: -NR_FILES}"
	timeout $((6 * PATIENCE)) "$HURT" -e "${FIELDS[@]}" "${@:1:$#-NR_FILES}" $((TIMES / 3)) 1 "${@: -NR_FILES}"
}
NR_FILES=1 FIELDS=()

# headers START: options for the fields of six ELF program headers from START on
# that say where memory is, in the file and in the machine: nothing else does.
headers() {
	local i

	for ((i = 0; i < 6; i++)); do
		echo -x
		echo $(($1 + 56 * i + 8)),$(($1 + 56 * i + 31))
	done
}

# contain FORMAT: the small kernel in that container, and its note beside.
contain() {
	small whole </dev/null
	python3 "$BATS_TEST_DIRNAME/containers.py" note whole note
	case $1 in
	lkcd | sadump | xen)
		python3 "$BATS_TEST_DIRNAME/rare.py" "$1" whole "$1" start=4096 "${@:2}" ;;
	*) python3 "$BATS_TEST_DIRNAME/containers.py" "$1" whole "$1" ;;
	esac
}

@test "ELF, mapped and read as /proc/kcore is" {
	small elf </dev/null
	mapfile -t options < <(headers 64)
	hurt "${options[@]}" elf
	hurt -k "${options[@]}" elf
}

# i386: of ELF_32 headers the words are in another order. Four segments and the note.
@test "ELF of 32 bits" {
	local i options=()

	describe elf <<-END
	elf class=32 machine=i386
	include $DUMPS/i386.inc
	segment paddr=0 vaddr=page_offset memsz=96K
	segment paddr=text_phys+2M vaddr=page_offset+text_phys+2M memsz=4K
	segment paddr=text_phys+4M vaddr=page_offset+text_phys+4M memsz=96K
	segment paddr=memmap+224K vaddr=page_offset+memmap+224K memsz=4K
	segment paddr=28M vaddr=page_offset+28M memsz=24K
	include $DUMPS/i386-note.inc
	include $DUMPS/i386-flatmem.inc
	at 0x1c00000: u32 0x11223344 seq 1000 0x12345678 0x9e3779b9
	at 0x1c05ff8: u32 0xfedcba98
	END
	# Where memory is, in the file and in the machine, stands nowhere else.
	for ((i = 0; i < 6; i++)); do
		options+=(-x "$((52 + 32 * i + 4)),$((52 + 32 * i + 15))")
	done
	hurt "${options[@]}" elf
	hurt -k "${options[@]}" elf
}

@test "kdump-compressed" {
	local codec first options

	for codec in plain zlib lzo snappy zstd; do
		small $codec <<-END || continue
		container kdump
		kdump compression=$codec
		END
		# Of these only zlib has a checksum. The first descriptor says where
		# pages begin.
		first=$(od -An -tu8 -j16384 -N8 $codec | tr -d ' ')
		# A descriptor can lead to the page of zeros, which is shared.
		options=(-p "16384,$((first - 1))" -c "$first")
		[ $codec != zlib ] || options=("${options[@]:0:2}")
		hurt "${options[@]}" $codec
	done
	[ -s zlib ]
}

@test "diskdump" {
	local first

	small diskdump <<-END
	container kdump
	kdump diskdump=1 status=0
	END
	small whole </dev/null
	python3 "$BATS_TEST_DIRNAME/containers.py" note whole note
	first=$(od -An -tu8 -j16384 -N8 diskdump | tr -d ' ')
	hurt -o vmcoreinfo=note -p "16384,$((first - 1))" -c "$first" diskdump
}

@test "flattened" {
	small kdump <<-END
	container kdump
	flatten record=3000 order=2
	END
	hurt kdump
	small elf <<<'flatten record=5000'
	mapfile -t options < <(headers $((4096 + 16 + 64)))
	hurt "${options[@]}" elf
}

@test "split" {
	small p1 <<-END
	container kdump
	kdump split=1 start_pfn=0 end_pfn=0x1402
	END
	small p2 <<-END
	container kdump
	kdump split=1 start_pfn=0x1402 end_pfn=0x1c06
	END
	NR_FILES=2
	hurt p1 p2
}

@test "LiME" {
	contain lime
	# The start of the last range, if the file may be cut short in it.
	hurt -o vmcoreinfo=note -x 0x3e088,0x3e08f lime
}

@test "AVML" {
	contain avml
	"$KWALK" -q -c info avml >/dev/null 2>complaints ||
		! grep 'no library' complaints || skip "no snappy"
	hurt -o vmcoreinfo=note avml
}

@test "VMware" {
	contain vmss
	# What stands in the list of regions stands nowhere else.
	hurt -o vmcoreinfo=note -x 160,767 vmss
	contain vmem
	NR_FILES=2
	hurt -o vmcoreinfo=note -x 160,511 vmem.vmsn vmem
}

@test "QEMU's stream" {
	# Where the last copy of a page is lost, an older one is left.
	contain qemu
	hurt -o vmcoreinfo=note -s qemu
	contain virsh
	hurt -o vmcoreinfo=note -s virsh
}

@test "LKCD" {
	contain lkcd
	hurt -o vmcoreinfo=note lkcd
	contain lkcd compression=0
	# Pages beside gaps can move unseen.
	FIELDS=(-p "0,1000000")
	hurt -o vmcoreinfo=note lkcd
}

@test "sadump" {
	contain sadump
	hurt -o vmcoreinfo=note sadump
	contain sadump media=1
	hurt -o vmcoreinfo=note sadump
}

@test "Xen" {
	contain xen
	# The first frame, and those beside gaps, can move unseen.
	hurt -o vmcoreinfo=note -x 0x45000,0x45007 -x 0x45118,0x4512f -x 0x451e0,0x451f7 -x 0x45218,0x4521f xen
}

@test "structures in memory: every command, whatever four words of them say" {
	local scene

	echo 'RIP: 0010:schedule+0x4/0x20 ffff888001c00123 ffffc90000001ff8 1c00000' >text
	{
		printf 'include %s/x86_64-tasks.inc\n' "$DUMPS"
		"$DUMPS/mklog" ring --bits=12 --records=3 --message='BUG: unable to handle' --message='Kernel panic - not syncing: Fatal'
		echo 'let ending text_phys+4M+0x20b00'
		echo 'at ending: u64 0 0 1 0 3'
	} | describe panic
	for scene in panic:64 x86_64-slabs:64 x86_64-slabs-2.6.18:64:2.6.18 x86_64-tasks:64 x86_64-tasks-old:64:3.12.9 x86_64-areas:64 x86_64-areas-nodes:64:6.12.9 \
		x86_64-purpose:64 x86_64-pages:64 x86_64-resources:64 pae-purpose:pae i386-areas:32 arm64:arm64; do
		IFS=: read -r -a scene <<<"$scene"
		[ -e "${scene[0]}" ] || dump "${scene[0]}"
		vmlinux "${scene[1]}" ${scene[2]:+"${scene[2]}"}
		timeout $((6 * PATIENCE)) python3 "$BATS_TEST_DIRNAME/hurt_structures.py" "$KWALK" "${scene[0]}" vmlinux $WORDS 1
	done
}
