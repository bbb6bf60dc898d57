#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A boot image in vmlinux's place: what is packed in it is used.
load common

# vmlinuz FORMAT [FILE]: FILE (vmlinux) packed into vmlinuz.
vmlinuz() {
	"$DUMPS/mkvmlinuz" "$1" "${2:-vmlinux}" vmlinuz
}

# vmlinuz_known FORMAT: the same, or false where this kwalk was built without it.
# Where its packer is not installed, no_packer names it.
vmlinuz_known() {
	local packer=${1/%lzo/lzop}

	if ! command -v "$packer" >/dev/null; then
		[[ "${no_packer:-}" == *" $packer"* ]] || no_packer+=" $packer"
		return 1
	fi
	vmlinuz "$1"
	"$KWALK" -q vmlinuz x86_64 -c quit 2>complaints || ! grep -q "$1, but libarchive is not installed" complaints
}

# poke OFFSET BYTES: writes them into vmlinuz.
poke() {
	printf "%b" "$2" | dd of=vmlinuz bs=1 seek=$(($1)) conv=notrunc status=none
}

@test "each compression, with all that the ELF file holds" {
	local format

	dump x86_64 x86_64-qemu
	vmlinux 64
	for format in gzip xz lzma bzip2 zstd lz4 lzo; do
		vmlinuz_known $format || continue
		answers vmlinuz x86_64-qemu 'sym schedule' <<-END
		schedule status=ok address=0xffffffff81002000 size=*
		END
		"$KWALK" -q -j vmlinuz x86_64-qemu -c info >answers
		grep -q "\"vmlinux_packed\",\"value\":\"$format\"" answers
		grep -q '"struct_page_size","value":64' answers
		grep -q '"vmlinux_match","value":"matches the dump","source":"linux_banner"' answers
	done
	[ -z "${no_packer:-}" ] || skip "the others passed; no$no_packer"
}

@test "stripped as they usually are: no symbols, but build-id and banner" {
	dump x86_64 x86_64-qemu
	vmlinux 64
	objcopy --strip-all vmlinux stripped
	vmlinuz gzip stripped
	"$KWALK" -q -j vmlinuz x86_64 -c info >answers
	grep -q '"vmlinux_symbols","value":"none"' answers
	grep -q '"vmlinux_match","value":"matches the dump","source":"build-id"' answers
	fails 1 @unknown 'sym schedule vmlinuz' vmlinuz x86_64 -c 'sym schedule'
	# What it lacks is found as for any other file.
	mkdir -p debug/boot
	mv vmlinux debug/boot/vmlinux-6.1.0-18-amd64
	KWALK_DEBUG_PATH=debug answers vmlinuz x86_64 'sym schedule' <<-END
	schedule status=ok address=0xffffffff81002000 size=*
	END
	KWALK_DEBUG_PATH=debug "$KWALK" -q -j vmlinuz x86_64 -c info >answers
	grep -q '"vmlinux","value":"vmlinuz","source":"command line"' answers
	grep -q '"vmlinux_debug","value":"debug/boot/vmlinux-6.1.0-18-amd64","source":"found by the dump.s release"' answers
	# Both given, in any order.
	"$KWALK" -q -j debug/boot/* x86_64 vmlinuz -c 'sym schedule' | grep -q '"0xffffffff81002000"'
}

@test "of another kernel: release, build-id or banner differ" {
	dump x86_64
	BUILD_ID=0xdeadbeef vmlinux 64 5.10.0-9-amd64
	objcopy --strip-all vmlinux
	vmlinuz gzip
	"$KWALK" -q vmlinuz x86_64 -c info >answers 2>complaints
	complains @warning vmlinuz 'release is "6.1.0-18-amd64" in the dump and "5.10.0-9-amd64"'
	grep -qE '^vmlinux_match +does not belong to the dump +release' answers
	fails 2 @format 'vmlinuz --strict' --strict vmlinuz x86_64 -c info
	# It is not completed either.
	mkdir debug
	vmlinux 64
	mv vmlinux debug
	KWALK_DEBUG_PATH=debug fails 2 @format 'vmlinuz --strict' --strict vmlinuz x86_64 -c info
}

@test "damaged ones are refused, and none is unpacked beyond its size" {
	local format size

	dump x86_64
	vmlinux 64
	for format in gzip xz lzma bzip2 zstd lz4 lzo; do
		vmlinuz_known $format || continue
		size=$(stat -c %s vmlinuz)
		# in the middle; with lz4 and lzo this damage may hide in a literal: see below
		poke $((size / 2)) '\xff\x00\xff\x00\xff\x00\xff\x00'
		case $format in
		lz4 | lzo) ;;
		*) fails 2 @format "vmlinuz $format" vmlinuz x86_64 -c info ;;
		esac
		vmlinuz $format
		truncate -s $((size / 2)) vmlinuz
		fails 2 @format vmlinuz vmlinuz x86_64 -c info
		complains @format vmlinuz 'extends beyond the end of the file'
		# An unpacked size that is not: the last word of the payload.
		vmlinuz $format
		poke $((size - 23)) '\x00\x01\x00\x00'
		fails 2 @format "vmlinuz $format" vmlinuz x86_64 -c info
		complains @format vmlinuz 'cannot be unpacked: its'
		poke $((size - 23)) '\xff\xff\xff\x1f'
		fails 2 @format "vmlinuz $format" vmlinuz x86_64 -c info
		poke $((size - 23)) '\xff\xff\xff\xff'
		fails 2 @format vmlinuz vmlinuz x86_64 -c info
	done
	# Blocks of lz4 and lzo that lead out of the file.
	if vmlinuz_known lz4; then
		poke 2200 '\xff\xff\x7f\x00'
		fails 2 @format 'vmlinuz lz4' vmlinuz x86_64 -c info
	fi
	if vmlinuz_known lzo; then
		poke 2234 '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff'
		fails 2 @format 'vmlinuz lzo' vmlinuz x86_64 -c info
	fi
	[ -z "${no_packer:-}" ] || skip "the others passed; no$no_packer"
}

@test "headers that say nothing of use" {
	dump x86_64
	vmlinux 64
	vmlinuz none
	fails 2 @format vmlinuz vmlinuz x86_64 -c info
	complains @format vmlinuz 'is compressed in an unknown format'
	vmlinuz gzip
	poke 0x206 '\x07\x02'
	fails 2 @format 'vmlinuz 2.07' vmlinuz x86_64 -c info
	complains @format vmlinuz 'does not contain the position of its kernel'
	poke 0x206 '\x0f\x02'
	poke 0x248 '\xff\xff\xff\xff'
	fails 2 @format vmlinuz vmlinuz x86_64 -c info
	poke 0x24c '\x00\x00\x00\x00'
	fails 2 @format vmlinuz vmlinuz x86_64 -c info
	echo 'no ELF file, but long enough for one: 0123456789012345678901234567890123456789' >text
	vmlinuz gzip text
	fails 2 @format 'vmlinuz ELF Image' vmlinuz x86_64 -c info
	complains @format vmlinuz 'is neither an ELF file nor an Image'
	vmlinux 32
	vmlinuz gzip
	fails 2 'vmlinuz i386 x86_64' vmlinuz x86_64 -c info
}
