#compdef argocd-configurer
# Completion of argocd-configurer for zsh. For ~/.zshrc, after compinit:
#   source <(argocd-configurer completion zsh)
# or save it as _argocd-configurer in a folder of fpath.

_argocd-configurer() {
  whence argocd-configurer >/dev/null || return 1

  local line
  local -a before answer proposals
  before=("${(@Q)words[2,CURRENT-1]}")
  (( CURRENT > 2 )) || before=()
  answer=("${(@f)$(
    argocd-configurer complete -- "${before[@]}" "${(Q)PREFIX}" 2>/dev/null </dev/null
  )}")
  case $answer[1] in
    (:files|:folders)
      [[ $PREFIX == --*=* ]] && compset -P 1 '*='
      if [[ $answer[1] == :files ]]; then _files; else _files -/; fi
      return
      ;;
  esac
  for line in $answer; do
    proposals+=("${${line%%$'\t'*}//:/\\:}")
    [[ $line == *$'\t'* ]] && proposals[-1]+=":${line#*$'\t'}"
  done
  (( $#proposals )) && _describe argument proposals
}

if [[ $funcstack[1] == _argocd-configurer ]]; then # autoloaded from fpath, at the first completion
  _argocd-configurer "$@"
elif (( $+functions[compdef] )); then
  compdef _argocd-configurer argocd-configurer
else
  print -u2 "argocd-configurer: for completion, run compinit before this"
fi
