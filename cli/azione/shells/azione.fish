# azione: completion for fish.  azione completion fish > ~/.config/fish/completions/azione.fish
function __azione
    set -l found (env _AZIONE_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
        _TYPER_COMPLETE_ARGS=(commandline -cp) azione 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete --command azione --no-files --arguments '(__azione)'
