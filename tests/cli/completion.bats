#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the shells complete: each shell is asked itself, and must offer what kwalk says that it
# has. The files are made from the tables of the program (completion/table).
load common

COMPLETION=$(dirname "$KWALK")/completion

# Commands, options and facts by the program's own words.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	"$MKDUMP" "$DUMPS/x86_64.txt" dump
	"$KWALK" -q -j -c help dump | sed 's/.*"name":"\([a-z_]*\)".*"summary":"\(.*\)"}$/\1\t\2/' |
		sort >summaries
	cut -f 1 summaries >commands
	"$KWALK" --help | grep -o '^  \(-[a-zA-Z],\|   \) --[a-z-]*' | grep -o '\-\-.*' | sort >options
	"$KWALK" -q -o nothing=1 dump -c quit 2>&1 | sed -n 's/.*these can: //p' | tr -d ' ' |
		tr , '\n' | sort >facts
	[ "$(wc -l <commands)" -gt 30 ] && [ "$(wc -l <options)" -gt 15 ] && [ "$(wc -l <facts)" -gt 15 ]
}

setup() {
	not_by_chance
	cd "$BATS_FILE_TMPDIR" || return
	touch a-file
}

# The options of a command by its own help.
options_of() {
	"$KWALK" -q -j -c "help $1" dump | sed 's/.*"options":\[//; s/\],"columns".*//' | grep -o '"name":"[^"]*"' | cut -d '"' -f 4
}

# same LIST [SED-SCRIPT]: standard input, changed by the script, is the list, or that word.
same() {
	sed "${2:-}" | grep . | sort -u >offered
	case $1 in
	commands | options | facts) cp "$1" wanted ;;
	*) printf '%s\n' "$1" >wanted ;;
	esac
	diff wanted offered
}

# in_bash WORD...: what bash offers for the last word of "kwalk WORD...". '=' is a word of its
# own, as readline breaks lines.
in_bash() {
	bash --norc -c '
		compopt() { :; }
		source "$0"
		complete -p kwalk | grep -qw _kwalk || exit 1
		COMP_WORDS=(kwalk "$@") COMP_CWORD=$#
		_kwalk
		printf "%s\n" "${COMPREPLY[@]}"' "$COMPLETION/kwalk" "$@"
}

in_zsh() { zsh -f "$BATS_TEST_DIRNAME/completion.zsh" "$COMPLETION" "$1"; }

# Words without their descriptions.
in_fish() {
	XDG_CONFIG_HOME=$PWD fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$COMPLETION/kwalk.fish" "$1" |
		cut -f 1
}

@test "bash completes all options" {
	in_bash - | grep '^--' | same options 's/=$//'
	in_bash --sa | same --sandbox
	in_bash - | grep -qx -e '-c'
}

@test "bash completes commands, the last of several too" {
	in_bash -c '' | same commands
	in_bash -c '"info; pto' >offered
	printf 'info; %s\n' ptob ptov | diff - offered
	[ -z "$(in_bash -c 'vtop i')" ]
}

@test "bash completes the options of each command" {
	while read -r command; do
		options_of "$command" | sort >wanted
		in_bash -c "info; $command -" | sed 's/.* //; /^$/d' | sort >offered
		diff wanted offered
	done <commands
	in_bash -c 'vtop --g' | same 'vtop --guest'
	[ -z "$(in_bash -c 'nothing -')" ]
	[ -z "$(in_bash -c 'vtop 0 | grep -')" ]
}

@test "bash completes facts and values" {
	in_bash -o '' | same facts 's/=$//'
	in_bash -o arch = p | same pae
	in_bash --color = a | same $'always\nauto'
	in_bash -o vmcoreinfo = a- | same a-file
	in_bash -x a- | same a-file
}

@test "zsh completes all options" {
	needs zsh
	in_zsh 'kwalk --' | same options 's/=$//'
	in_zsh 'kwalk --sa' | same --sandbox
}

@test "zsh completes commands, the last of several too" {
	needs zsh
	in_zsh 'kwalk -c ' | same commands
	in_zsh "kwalk -c 'info; pto" | same $'ptob\nptov'
	in_zsh "kwalk --command='info; pto" | same $'ptob\nptov'
	[ -z "$(in_zsh "kwalk -c 'vtop i")" ]
}

@test "zsh completes the options of commands" {
	needs zsh
	in_zsh "kwalk -c 'info; vtop -" | same "$(options_of vtop | sort -u)"
	in_zsh "kwalk --command='vtop --g" | same --guest
	[ -z "$(in_zsh "kwalk -c 'vtop 0 | grep -")" ]
}

@test "zsh completes facts and values" {
	needs zsh
	in_zsh 'kwalk -o ' | same facts
	in_zsh 'kwalk -o arch=' | same $'arm64\ni386\npae\nriscv64\nx86_64'
	in_zsh 'kwalk --color=' | same $'always\nauto\nnever'
	in_zsh 'kwalk -o vmcoreinfo=a-' | same a-file
	in_zsh 'kwalk a-' | same a-file
}

@test "fish completes all options" {
	needs fish
	in_fish 'kwalk --' | same options 's/=$//'
	in_fish 'kwalk --san' | same --sandbox 's/=$//'
}

@test "fish completes commands, the last of several too" {
	needs fish
	in_fish 'kwalk -c ' | same commands
	in_fish "kwalk -c 'info; pto" | same $'info; ptob\ninfo; ptov'
	in_fish "kwalk --command='info; pto" | same $'ptob\nptov' 's/.*; //'
	[ -z "$(in_fish "kwalk -c 'vtop i")" ]
}

@test "fish completes the options of commands" {
	needs fish
	in_fish "kwalk -c 'info; vtop -" | same "$(options_of vtop | sort -u)" 's/.* //'
	in_fish "kwalk --command='vtop --g" | same --guest 's/.* //'
	[ -z "$(in_fish "kwalk -c 'vtop 0 | grep -")" ]
}

@test "fish completes facts and values" {
	needs fish
	in_fish 'kwalk -o ' | same facts 's/=$//'
	in_fish 'kwalk -o arch=' | same $'arm64\ni386\npae\nriscv64\nx86_64' 's/.*=//'
	in_fish 'kwalk --color=' | same $'always\nauto\nnever' 's/.*=//'
	in_fish 'kwalk -o vmcoreinfo=a-' | same a-file 's/.*=//'
	in_fish 'kwalk a-' | same a-file
}

@test "each command is described by its own summary" {
	needs fish
	XDG_CONFIG_HOME=$PWD fish --no-config -c 'source $argv[1]; complete -C "kwalk -c "' "$COMPLETION/kwalk.fish" |
		sort | diff summaries -
}
