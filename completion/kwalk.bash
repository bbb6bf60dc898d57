# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of kwalk's command line in bash (4.3 or newer).

_kwalk_commands='annotate areas btop check extract format frames help info iomem ioports log page page_to_pfn
	page_to_phys pagemap panic pfn_to_page phys_to_page pt pte ptob ptov
	quit rd region regions search set shared slabs sym tasks triage virt_to_page vmas
	vtop whatis zones'

_kwalk_overrides='arch= high_memory= kaslr_offset= levels= max_pfn= mem_map=
	mem_section= memory_model= page_offset= phys_base= release= root=
	sme_mask= struct_page_size= swapper_pg_dir= vmalloc_start= vmcoreinfo=
	vmemmap='

# The word of -c is one argument with blanks in it: only its last command's
# name is completed, and what stands before is kept. bash keeps an open quote.
_kwalk_command_text()
{
	local text=${1#[\"\']} before last

	last=${text##*;}
	last=${last#"${last%%[! ]*}"}
	before=${text%"$last"}
	COMPREPLY=()
	[[ $last == *' '* ]] && return
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$_kwalk_commands" \
		-- "$last")
	compopt -o nospace
}

_kwalk_override()
{
	local name=${1%%=*} value=${1#*=}

	case $1 in
	arch=*)
		mapfile -t COMPREPLY < <(compgen -W 'i386 pae x86_64' -- "$value")
		;;
	levels=*)
		mapfile -t COMPREPLY < <(compgen -W '2 3 4 5' -- "$value")
		;;
	memory_model=*)
		mapfile -t COMPREPLY < <(compgen -W 'flatmem discontigmem
			sparsemem vmemmap' -- "$value")
		;;
	vmcoreinfo=*)
		mapfile -t COMPREPLY < <(compgen -f -- "$value")
		compopt -o filenames
		;;
	*=*)
		return
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$_kwalk_overrides" -- "$name")
		compopt -o nospace
		return
		;;
	esac
	# Where '=' breaks words the part before it stays on the line by itself.
	if [[ $COMP_WORDBREAKS != *=* ]]; then
		COMPREPLY=("${COMPREPLY[@]/#/$name=}")
	fi
}

# Joins what '=' has split: "-o arch = pa" becomes "-o arch=pa".
_kwalk_join_words()
{
	local word

	_kwalk_words=()
	for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
		local count=${#_kwalk_words[@]}

		if ((count > 1)) && [[ $word == = ||
			${_kwalk_words[count - 1]} == *= ]]; then
			_kwalk_words[count - 1]+=$word
		else
			_kwalk_words+=("$word")
		fi
	done
}

_kwalk()
{
	local _kwalk_words current previous

	_kwalk_join_words
	current=${_kwalk_words[-1]}
	previous=${_kwalk_words[-2]}
	COMPREPLY=()
	case $previous in
	-c | --command) _kwalk_command_text "$current"; return ;;
	-o | --override) _kwalk_override "$current"; return ;;
	esac
	case $current in
	--command=*)
		return
		;;
	--override=*)
		_kwalk_override "${current#*=}"
		;;
	--sandbox=*)
		mapfile -t COMPREPLY < <(compgen -W 'yes no require' -- \
			"${current#*=}")
		;;
	--unpack=*)
		mapfile -t COMPREPLY < <(compgen -W 'yes no ask' -- \
			"${current#*=}")
		;;
	--color=*)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- \
			"${current#*=}")
		;;
	--script=*)
		mapfile -t COMPREPLY < <(compgen -f -- "${current#*=}")
		compopt -o filenames
		;;
	-*)
		mapfile -t COMPREPLY < <(compgen -W '-c -x -j -o -q -v -h -V
			--command= --script= --json --csv --override= --quiet
			--verbose --max-memory= --sandbox= --color= --no-pager --no-shell --strict
			--timeout= --max-lines= --debuginfod --gdb --unpack --help --version' -- "$current")
		[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		compopt -o filenames
		;;
	esac
}

complete -F _kwalk kwalk
