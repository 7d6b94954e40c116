# Completion of argocd-configurer for fish. For ~/.config/fish/config.fish:
#   argocd-configurer completion fish | source
# or the file ~/.config/fish/completions/argocd-configurer.fish.

function __argocd_configurer_complete
    type -q argocd-configurer; or return
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    # With a quote that is still open, unescape fails.
    set -l word (string unescape -- $current); or set word (string trim -l -c '"\'' -- $current)
    set -l answer (argocd-configurer complete -- $before[2..] "$word" 2>/dev/null </dev/null)
    # For the command '' fish proposes files. It runs no (command) of what it completes.
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
