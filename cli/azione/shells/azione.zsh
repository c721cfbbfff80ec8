#compdef azione
# azione: completion for zsh. In ~/.zshrc, after compinit:  source <(azione completion zsh)
_azione() {
    local line
    local -a found
    for line in ${(f)"$(env _AZIONE_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
        _TYPER_COMPLETE_ARGS="${(j: :)words[1,CURRENT]}" azione 2>/dev/null)"}; do
        found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    if (( $#found )); then
        _describe azione found
    else
        _files
    fi
}
if [[ $funcstack[1] == _azione ]]; then
    _azione "$@"
else
    compdef _azione azione
fi
