# Completion of argocd-configurer for fish. For ~/.config/fish/config.fish:
#   argocd-configurer completion fish | source
# or save it as ~/.config/fish/completions/argocd-configurer.fish.

function __argocd_configurer_complete
    type -q argocd-configurer; or return
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    # unescape fails if a quote is still open.
    set -l word (string unescape -- $current); or set word (string trim -l -c '"\'' -- $current)
    set -l answer (argocd-configurer complete -- $before[2..] "$word" 2>/dev/null </dev/null)
    # fish completes files for the command ''. It does not run a (command) in the completed text.
    switch "$answer[1]"
        case :files
            complete -C "'' $current"
        case :folders
            complete -C "'' $current" | string match -r '.*/$'
        case '*'
            string join \n -- $answer
    end
end

complete -c argocd-configurer -e
complete -c argocd-configurer -f -a '(__argocd_configurer_complete)'
