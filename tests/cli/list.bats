#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands list and tree. crash and drgn gave the same elements of the same kinds of lists and
# trees in dumps of real kernels.
load common

# A kernel with these types, and four items from 0x50000 on, 0x100 bytes apart: number 0 to 3.
items() {
	cat >items.c <<-'END'
	struct list_head { struct list_head *next, *prev; };
	struct hlist_node { struct hlist_node *next, **pprev; };
	struct hlist_nulls_node { struct hlist_nulls_node *next, **pprev; };
	struct hlist_head { struct hlist_node *first; };
	struct rb_node { unsigned long __rb_parent_color; struct rb_node *rb_right, *rb_left; };
	struct rb_root { struct rb_node *rb_node; };
	struct maple_tree { int ma_lock; unsigned int ma_flags; void *ma_root; };
	struct xarray { int xa_lock; unsigned int xa_flags; void *xa_head; };
	struct xa_node { unsigned char shift; struct xa_node *parent; void *slots[64]; };
	struct owner { int number; };
	struct item {
		int id;
		char name[12];
		struct list_head link;
		struct item *next;
		union { struct hlist_node hash; struct hlist_nulls_node nulls; };
		struct rb_node node;
		struct owner *owner;
		unsigned int low : 4, high : 4;
	};
	struct box { long pad; struct xarray pages; };
	struct types {
		struct item item; struct hlist_head hlist; struct rb_root rb; struct maple_tree maple;
		struct xa_node node; struct box box;
	};
	struct types some_types;
	struct item *first_item = (void *)1;
	struct list_head item_list = { (void *)1 };
	struct rb_root item_root = { (void *)1 };
	END
	MORE=$PWD/items.c vmlinux 64
	local name
	for name in first_item item_list item_root; do
		printf 'let %s 0x%s-0xffffffff81000000+text_phys\n' "$name" "$(nm vmlinux | sed -n "s/ . $name\$//p")"
	done >symbols.inc
	cat >>symbols.inc <<-'END'
	let ring 0x4f000
	let i0 0x50000
	let i1 0x50100
	let i2 0x50200
	let i3 0x50300
	# id, name; link; next; hash, node, owner
	at i0: u32 10 str "zero"
	at i1: u32 11 str "one"
	at i2: u32 12 str "two"
	at i3: u32 13 str "three"
	at ring: u64 d+i0+16 d+i3+16
	at i0+16: u64 d+i1+16 d+ring d+i1
	at i1+16: u64 d+i2+16 d+i0+16 d+i2
	at i2+16: u64 d+i3+16 d+i1+16 d+i3
	at i3+16: u64 d+ring d+i2+16 0
	at item_list: u64 0 0
	at first_item: u64 d+i0
	END
}

# made NAME: a dump with the items, and the lines of standard input.
made() {
	[ -e items.c ] || items
	describe "$1" <<-END
	include $DUMPS/x86_64-pages.txt
	$(cat symbols.inc -)
	END
}

I0=ffff888000050000 I1=ffff888000050100 I2=ffff888000050200 I3=ffff888000050300 HEAD=ffff88800004f000

@test "a list by its head, by an element, backward, and up to an element" {
	made good </dev/null
	answers vmlinux good "list -H $HEAD item.link; list item.link -r -H $HEAD; list -h $I2 -o item.link; list 16 -H $HEAD -e $I2; list -H $HEAD 0x10 -e ffff888000050110; list -h $I0 -O 16 item.link" <<-END
	* input=$HEAD address=0x$I0
	* address=0x$I1
	* address=0x$I2
	* address=0x$I3
	* address=0x$I3
	* address=0x$I2
	* address=0x$I1
	* address=0x$I0
	* input=$I2 address=0x$I2
	* address=0x$I3
	* address=0xffff88800004eff0
	* address=0x$I0
	* address=0x$I1
	* address=0x$I0
	* address=0x$I1
	* address=0x$I0
	* address=0x$I1
	* address=0x$I2
	* address=0x$I3
	* address=0xffff88800004eff0
	END
}

@test "a chain of pointers, which ends with NULL, with its start, or with itself" {
	made good </dev/null
	for words in "item.next $I0" "-o item.next first_item" "32 $I0" "item.next (first_item)" "item.next &*first_item"; do
		answers vmlinux good "list $words" <<-END
		* address=0x$I0
		* address=0x$I1
		* address=0x$I2
		* address=0x$I3
		END
	done
	made circle <<<'at i3+32: u64 d+i0'
	[ "$("$KWALK" -q vmlinux circle -c "list item.next $I1" | tail -1)" = "$I0" ]
	made inner <<<'at i3+32: u64 d+i1'
	[ "$("$KWALK" -q vmlinux inner -c "list item.next $I0" | tail -1)" = "$I3" ]
	made itself <<<'at i3+32: u64 d+i3'
	[ "$("$KWALK" -q vmlinux itself -c "list item.next $I0" | tail -1)" = "$I3" ]
	[ "$("$KWALK" -q vmlinux good -c "list item.next $I0 -e $I2" | tail -1)" = "$I1" ]
	# each list_head points to the next
	answers vmlinux good "list ffff888000050210" <<-END
	* address=0xffff888000050210
	* address=0xffff888000050310
	* address=0x$HEAD
	* address=0xffff888000050010
	* address=0xffff888000050110
	END
}

@test "hlists end with NULL or a number" {
	made hlist <<-'END'
	at 0x4f100: u64 d+i0+40
	at i0+40: u64 d+i2+40 d+0x4f100 d+i2+40
	at i2+40: u64 0
	END
	answers vmlinux hlist "list -H ffff88800004f100 item.hash; list item.hash -h $I0" <<-END
	* address=0x$I0
	* address=0x$I2
	* address=0x$I0
	* address=0x$I2
	END
	made nulls <<-'END'
	at 0x4f100: u64 d+i0+40
	at i0+40: u64 d+i2+40
	at i2+40: u64 0xffff888000050301
	END
	answers vmlinux nulls "list -H ffff88800004f100 item.nulls" <<-END
	* address=0x$I0
	* address=0x$I2
	END
	fails 1 @usage 'way back' vmlinux hlist -q -c "list -r -h $I0 item.hash"
}

@test "members of elements" {
	made good <<-'END'
	at i0+80: u64 d+0x4f200
	at i1+80: u64 d+0x4f204
	at i2+80: u64 0xffff888002000000
	at i0+88: u32 0x31
	at 0x4f200: u32 7 8
	END
	"$KWALK" -q -j vmlinux good -c "list -H $HEAD item.link -s item.id,low,high -s item.next -s owner.number" >answers
	json_hold 'list(it["value"]) == ["id", "low", "high", "next", "number"]' answers
	json_values '"{id} {low} {high} {next}".format(**it["value"])' answers | diff - <(cat <<-END
	10 1 3 0x$I1
	11 0 0 0x$I2
	12 0 0 0x$I3
	13 0 0 0x0
	END
	)
	"$KWALK" -q vmlinux good -c "list -H $HEAD item.link -S item.id,name" >text
	grep -A2 "^$I2" text | grep -qw 12
	grep -A2 "^$I2" text | grep -qw two
	# the whole struct
	"$KWALK" -q -j vmlinux good -c "list -H $HEAD item.link -s owner -e $I1" | json_hold 'it["value"] == {"number": 10}'
	"$KWALK" -q vmlinux good -c "list -H $HEAD item.link -s owner -e $I1" | grep -x '  *number = 10,\?'
	# through a pointer
	"$KWALK" -q -j vmlinux good -c "list item.next $I0 -e $I2 -s item.owner,owner->number,id" >answers
	grep -F '"owner->number":7' answers
	grep -F '"owner":"0xffff88800004f204","owner->number":8,"id":11' answers
	fails 1 ffff888002000000 vmlinux good -q -j -c "list item.next $I2 -e $I3 -s item.owner->number"
	grep -F '"owner->number":null,"unreadable":"ffff888002000000' output
	# START is a list_head in the first struct
	"$KWALK" -q -j vmlinux good -c "list -l item.link -s item.id ffff888000050210 -e $HEAD" |
		json_values '"{address} {value[id]}".format(**it)' | diff - <(cat <<-'END'
	0xffff888000050210 12
	0xffff888000050310 13
	END
	)
	fails 1 @unknown 'item none' vmlinux good -q -c "list item.next $I0 -s item.none"
	fails 1 @unknown nothing vmlinux good -q -c "list item.next $I0 -s nothing.x"
	fails 1 @usage '8' vmlinux good -q -c "list item.next $I0 $(printf -- '-s item.id %.0s' {1..9})"
}

@test "a damaged list is shown up to the damage" {
	# prev of an element
	made prev <<<'at i2+24: u64 d+i0+16'
	fails 1 @format "$I1 ffff888000050210 ffff888000050010 ffff888000050110" vmlinux prev -q -c "list -H $HEAD item.link"
	[ "$(grep -c '"status":"ok"' output)" = 2 ]
	fails 1 @format "$I2 ffff888000050010" vmlinux prev -q -c "list -r -H $HEAD item.link"
	# of the head
	made last <<<'at ring+8: u64 d+i2+16'
	fails 1 @format "$I3 $HEAD" vmlinux last -q -c "list -H $HEAD item.link"
	# a loop that does not contain the head
	made loop <<<'at i3+16: u64 d+i1+16'
	fails 1 @format "loop $I3" vmlinux loop -q -c "list -H $HEAD item.link"
	made chain <<<'at i3+32: u64 d+i2'
	fails 1 @format "loop $I3 $I2" vmlinux chain -q -c "list item.next $I0"
	# NULL, and an element that is not in the dump
	made null <<<'at i1+16: u64 0'
	fails 1 @format "NULL $I1" vmlinux null -q -c "list -H $HEAD item.link"
	made wild <<<'at i1+16: u64 0xffff888002000000'
	fails 1 @unreadable "$I1 ffff888002000008" vmlinux wild -q -c "list -H $HEAD item.link"
	made wild-chain <<<'at i1+32: u64 0xffff888002000000'
	"$KWALK" -q -j vmlinux wild-chain -c "list item.next $I0" >answers 2>/dev/null || [ $? = 1 ]
	[ "$(grep -c '"address"' answers)" = 2 ]
	error_of answers unreadable "$I1" ffff888002000020
}

@test "START that cannot be the start of such a list" {
	made good </dev/null
	fails 1 @usage list_head vmlinux good -q -c "list item.link $I0"
	fails 1 @usage pointer vmlinux good -q -c "list -H $I0 item.next"
	fails 1 @unknown item.none vmlinux good -q -c "list item.none $I0"
	fails 1 @usage '-l OFFSET' vmlinux good -q -c "list item.link $I0 -l item.link -s item.id"
	fails 1 @usage "$I0" vmlinux good -q -c "list -o item.link item.next $I0"
	fails 1 @unknown no_symbol vmlinux good -q -c "list no_symbol"
}

@test "a red-black tree, in order, and without the elements below damage" {
	# 1 is the topmost node; 0 is red
	made tree <<-'END'
	at item_root: u64 d+i1+56
	at i1+56: u64 1 d+i3+56 d+i0+56
	at i0+56: u64 d+i1+56 0 0
	at i3+56: u64 d+i1+56|1 0 d+i2+56
	at i2+56: u64 d+i3+56 0 0
	END
	for words in "item.node item_root" "-t rbtree -o 56 item_root" "-l -o item.node &item_root" "-N item.node ${I1%00}38"; do
		answers vmlinux tree "tree $words" <<-END
		* address=0x$I0 index=-
		* address=0x$I1
		* address=0x$I2
		* address=0x$I3
		END
	done
	answers vmlinux tree "tree -N item.node ffff888000050338" <<-END
	* address=0x$I2
	* address=0x$I3
	END
	"$KWALK" -q -j vmlinux tree -c "tree item.node item_root -s item.id" | json_values 'it["value"]["id"]' | diff - <(printf '%s\n' 10 11 12 13)
	made parent <<-END
	$(sed -n '/^at item_root/,$p' tree.txt)
	at i0+56: u64 d+i2+56
	END
	fails 1 @format "ffff888000050038 ffff888000050238 ffff888000050138" vmlinux parent -q -c "tree item.node item_root"
	[ "$(grep -c '"status":"ok"' output)" = 3 ]
	made wild <<-END
	$(sed -n '/^at item_root/,$p' tree.txt)
	at i3+56+16: u64 0xffff888002000000
	END
	fails 1 @unreadable "$I1 ffff888002000000" vmlinux wild -q -c "tree item.node item_root"
	[ "$(grep -c '"status":"ok"' output)" = 3 ]
	made loop <<-END
	$(sed -n '/^at item_root/,$p' tree.txt)
	at i2+56: u64 d+i3+56 0 d+i3+56
	END
	fails 1 @format "$I1 ffff888000050338 twice" vmlinux loop -q -c "tree item.node item_root"
	fails 1 @unreadable 0 vmlinux tree -q -c "tree 0"
}

@test "an xarray with holes, numbers, and an entry of several indices; its damage" {
	# xa_lock, xa_head; nodes 0 and 1: shift, parent, slots
	made xarray <<-'END'
	at 0x4f110: u64 0 d+0x60000|2
	at 0x60000: u64 6 0 d+0x60400|2 0 d+i2 2*4|2
	at 0x60400: u64 0 d+0x60000 0 d+i0 0x101 1030 d+i1
	END
	for words in "-t xarray ffff88800004f110" "-t x ffff88800004f110" "-t ra ffff88800004f110" "-t radix ffff88800004f110" "-r box.pages ffff88800004f108" \
		"-t xarray -r 8 ffff88800004f108" "'*(struct xarray *)0xffff88800004f110'"; do
		answers vmlinux xarray "tree $words" <<-END
		* address=0x$I0 index=1 last=- entry=-
		* address=- index=2 entry=0x101
		* address=0x$I1 index=4
		* address=0x$I2 index=128 last=255
		END
	done
	answers vmlinux xarray "tree -t xarray -N ffff888000060400" <<-END
	* address=0x$I0 index=-
	* entry=0x101
	* address=0x$I1
	END
	"$KWALK" -q vmlinux xarray -c 'tree -t xarray ffff88800004f110 -s item.name' | grep -A1 "^$I1" | grep -qw one
	made shift <<-END
	$(sed -n '/^at 0x4f110/,$p' xarray.txt)
	at 0x60400: u64 12
	END
	fails 1 @format 'ffff888000060400 12' vmlinux shift -q -c 'tree -t xarray ffff88800004f110'
	grep -F "0x$I2" output
	made parent <<-END
	$(sed -n '/^at 0x4f110/,$p' xarray.txt)
	at 0x60408: u64 d+0x60800
	END
	fails 1 @format 'ffff888000060400 ffff888000060800 ffff888000060000' vmlinux parent -q -c 'tree -t xarray ffff88800004f110'
	made empty <<<'at 0x4f110: u64 0 0'
	[ "$("$KWALK" -q vmlinux empty -c 'tree -t xarray ffff88800004f110')" = none ]
	"$KWALK" -q -j vmlinux empty -c 'tree -t xarray ffff88800004f110' | json_hold 'it["rows"] == 0'
}

@test "a maple tree, with ranges and an entry of one index; its damage" {
	# a leaf: parent, 15 pivots, 16 slots
	made maple <<-'END'
	at 0x4f100: u64 0 d+0x60000|0xe
	at 0x60000: u64 d+0x4f100|1 0xfff 0x1fff 0x2000 ~0 fill 88 0 u64 0 d+i0 d+i1 0
	END
	for words in "-t maple ffff88800004f100" "'*(struct maple_tree *)0xffff88800004f100'"; do
		answers vmlinux maple "tree $words" <<-END
		* address=0x$I0 index=0x1000 last=0x1fff
		* address=0x$I1 index=0x2000 last=0x2000
		END
	done
	fails 1 @usage '-N' vmlinux maple -q -c 'tree -t maple -N ffff888000060000'
	made pivots <<-END
	$(sed -n '/^at 0x4f100/,$p' maple.txt)
	at 0x60018: u64 0x1000
	END
	fails 1 @format "ffff888000060000 1000 $I0" vmlinux pivots -q -c 'tree -t maple ffff88800004f100'
	made single <<<'at 0x4f108: u64 d+i2'
	answers vmlinux single "tree -t maple ffff88800004f100" <<<"* address=0x$I2 index=0x0 last=0x0"
	made mark <<<'at 0x4f108: u64 1030'
	[ "$("$KWALK" -q vmlinux mark -c 'tree -t maple ffff88800004f100')" = none ]
}

@test "radix trees before 4.20" {
	cat >radix.c <<-'END'
	struct radix_tree_root { unsigned int gfp_mask; void *rnode; } radix_root;
	struct radix_tree_node { unsigned char shift, offset; struct radix_tree_node *parent; void *slots[64]; } radix_node;
	END
	cat >old.c <<-'END'
	struct radix_tree_root { unsigned int height, gfp_mask; void *rnode; } radix_root;
	struct radix_tree_node { unsigned int height, count; void *slots[64]; } radix_node;
	END
	MORE=$PWD/radix.c vmlinux 64 4.14.0
	describe radix <<-END
	include $DUMPS/x86_64-pages.txt
	at 0x4f100: u64 0 d+0x60000|1
	at 0x60000: u64 6 0 d+0x60400|1 0 d+0x50000 d+0x60020|1
	at 0x60400: u64 0 d+0x60000 0 d+0x50100 0x46
	END
	answers vmlinux radix "tree -t radix ffff88800004f100" <<-END
	* address=0x$I1 index=1
	* entry=0x46 index=2
	* address=0x$I0 index=128 last=255
	END
	MORE=$PWD/old.c vmlinux 64 3.16.0
	describe old <<-END
	include $DUMPS/x86_64-pages.txt
	at 0x4f100: u32 2 0 u64 d+0x60000|1
	at 0x60000: u64 0 0 d+0x60400 d+0x60800
	at 0x60400: u64 0 0 d+0x50100 0x46
	at 0x60800: u64 0 d+0x50000
	END
	answers vmlinux old "tree -t radix ffff88800004f100" <<-END
	* address=0x$I1 index=65
	* entry=0x46 index=66
	* address=0x$I0 index=128
	END
	fails 1 @usage -N vmlinux old -q -c 'tree -t radix -N ffff888000060000'
	fails 1 @unknown xa_head vmlinux old -q -c 'tree -t xarray ffff88800004f100'
	sed -i 's/u32 2 0/u32 40 0/' old.txt
	"$MKDUMP" old.txt old
	fails 1 @format 40 vmlinux old -q -c 'tree -t radix ffff88800004f100'
}

@test "-s shows the structs of the list, and no list_head in their place" {
	made good </dev/null
	for words in "-h $I0 -s item.id" "-H $HEAD -s item.id" "-H item_list -s item"; do
		fails 1 @usage '-s item list_head item.MEMBER' -q -c "list $words" vmlinux good
	done
	"$KWALK" -q -c "list -h ((struct item *)0x$I0)->link -s item.id" vmlinux good >text
	[ "$(grep -c '^  id = 1[0123]$' text)" = 4 ]
	[ "$(head -n 1 text)" = ffff888000050010 ]
	# a tree's index stands beside its address
	made maple <<-'END'
	at 0x4f100: u64 0 d+0x60000|0xe
	at 0x60000: u64 d+0x4f100|1 0xfff 0x1fff 0x2000 ~0 fill 88 0 u64 0 d+i0 d+i1 0
	END
	"$KWALK" -q -c "tree -t maple ffff88800004f100 -s item.id" vmlinux maple >text
	[ "$(head -n 1 text)" = 'ffff888000050000 index 1000 to 1fff' ]
	[ "$(sed -n 3p text)" = 'ffff888000050100 index 2000 to 2000' ]
}
