# azione: completion for bash. In ~/.bashrc:  source <(azione completion bash)
_azione() {
    local IFS=$'\n' word prefix
    COMPREPLY=($(env _AZIONE_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
        _TYPER_COMPLETE_ARGS="${COMP_LINE:0:COMP_POINT}" azione 2>/dev/null))
    COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
    # To bash an @ ends a word, and only what follows it may be offered.
    word=${COMP_LINE:0:COMP_POINT}
    word=${word##*[[:space:]]}
    if [[ $word == *@* && $COMP_WORDBREAKS == *@* ]]; then
        prefix=${word%@*}@
        COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
    fi
}
complete -o default -F _azione azione
