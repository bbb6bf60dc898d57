# SPDX-License-Identifier: GPL-3.0-or-later
# For tests with a file DUMP.tlb: addresses, and what the emulated MMU and the kernel of a guest say of them.

# expected HALF DUMP: the witnesses' answers.
expected() { sed -n "s/^$1 //p" "$DUMPS/$2.tlb"; }

# asked HALF DUMP: the addresses.
asked() { expected "$1" "$2" | cut -d ' ' -f 1 | tr '\n' ' '; }

# witnessed DUMP: makes the dump, and compares what the kernel and its init have mapped, and the facts on
# standard input.
witnessed()
{
	local root

	dump "$1"
	root=$(sed -n 's/^root //p' "$DUMPS/$1.tlb")
	answers "$1" "vtop $(asked kernel "$1")" <<<"$(expected kernel "$1")"
	answers "$1" "vtop -r $root $(asked user "$1")" <<<"$(expected user "$1")"
	facts "$1"
}
