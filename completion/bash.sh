# bash completion for portolan(1), made by the build from its table of commands.

# name, summary, operands, then --option or --option=VALUE for each; with tabs between.
_portolan_commands=(
@COMMANDS@
)

# The alternatives of "text|json", but none of "FILE" or "HOST:PORT": those are names of things.
_portolan_words()
{
	[[ $1 =~ ^[a-z0-9-]+(\|[a-z0-9-]+)+$ ]] && printf '%s\n' "${1//|/ }"
}

_portolan()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} entry line= option= words=
	local -a fields

	COMPREPLY=()
	for entry in "${_portolan_commands[@]}"; do
		words+=" ${entry%%$'\t'*}"
		[[ ${entry%%$'\t'*} == "$command" ]] && line=$entry
	done
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$words help --help --version" -- "$cur")
		return
	fi
	if ((COMP_CWORD == 2)) && [[ $command == help ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	[[ $line ]] || return

	mapfile -t fields <<<"${line//$'\t'/$'\n'}"
	# "=" breaks words: --option=v is three of them.
	if [[ $cur == = ]]; then
		option=$prev cur=
	elif [[ $prev == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $prev == --* ]]; then
		option=$prev
	fi
	if [[ $option ]]; then
		for entry in "${fields[@]:3}"; do
			if [[ $entry == "$option="* ]]; then
				words=$(_portolan_words "${entry#*=}")
				mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
				return
			fi
		done
	fi
	if [[ $cur == -* ]]; then
		words=--help
		for entry in "${fields[@]:3}"; do
			words+=" ${entry%%=*}"
			[[ $entry == *=* ]] && words+==
		done
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
	elif ((COMP_CWORD == 2)); then
		words=$(_portolan_words "${fields[2]%% *}")
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	fi
}

complete -o default -F _portolan portolan
