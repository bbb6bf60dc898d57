#!/bin/zsh -f
# SPDX-License-Identifier: GPL-3.0-or-later
# completion.zsh FOLDER LINE: what zsh offers where LINE ends, with FOLDER/_kwalk: a word a line.
# Completion runs at a prompt alone, so there is one, on a terminal of its own.
zmodload zsh/zpty || exit 77
folder=$1 line=$2
words=$(mktemp)
zpty asked zsh -f -i
zpty -w asked "PS1=; unsetopt beep; fpath=(${(q)folder} \$fpath); autoload -U compinit; compinit -D -u"
# What is added to the list goes to the file, too, but for calls that only ask what matches.
zpty -w asked "compadd() { local all=\"\$*\"; case \" \${all%% -- *} \" in *' -O '*|*' -A '*|*' -D '*) ;; *) local -a hits; builtin compadd -O hits \"\$@\"; print -rl -- \"\${hits[@]}\" >>${(q)words};; esac; builtin compadd \"\$@\" }"
zpty -w asked "finish() { echo END >>${(q)words}; exit }; zle -N finish; bindkey '^X' finish; bindkey '^I' complete-word; setopt list_ambiguous; zstyle ':completion:*' list-prompt ''; LISTMAX=1000"
zpty -w -n asked "$line"$'\t\x18'
for ((i = 0; i < 300; i++)); do
	zpty -r -t asked ignored
	[[ -s $words && $(tail -n 1 $words) == END ]] && break
	sleep 0.1
done
zpty -d asked
grep -vx END $words
rm -f $words
