# Completion of argocd-configurer for bash. For ~/.bashrc:
#   source <(argocd-configurer completion bash)
# For bash 3.2, as on macOS:
#   source /dev/stdin <<<"$(argocd-configurer completion bash)"

_argocd_configurer() {
  COMPREPLY=()
  type argocd-configurer &>/dev/null || return 0

  # The words up to the cursor, without quotes. COMP_WORDS splits them at = and :.
  local line=${COMP_LINE:0:COMP_POINT} word= quote= begun= char i
  local -a words
  words=()
  for ((i = 0; i < ${#line}; i++)); do
    char=${line:i:1}
    if [[ $quote && $char == "$quote" ]]; then
      quote=
    elif [[ $quote == "'" ]]; then
      word+=$char
    elif [[ $quote ]]; then
      if [[ $char == \\ && ${line:i+1:1} == [\"\\\$\`] ]]; then
        ((i += 1))
        char=${line:i:1}
      fi
      word+=$char
    elif [[ $char == [\'\"] ]]; then
      quote=$char begun=1
    elif [[ $char == \\ ]]; then
      ((i += 1))
      word+=${line:i:1} begun=1
    elif [[ $char != [[:space:]] ]]; then
      word+=$char begun=1
    elif [[ $begun ]]; then
      words+=("$word")
      word= begun=
    fi
  done
  words+=("$word")

  # Bash replaces only the part of the word after = or :; the part before it is kept.
  local replaced=${2-} kept=
  replaced=${replaced#[=:]}
  [[ $word == *"$replaced" ]] && kept=${word%"$replaced"}

  local answer completion description
  answer=$(argocd-configurer complete -- "${words[@]:1}" 2>/dev/null </dev/null)
  while IFS=$'\t' read -r completion description; do
    case $completion in
      # If nothing is proposed, bash completes paths itself.
      :files) compopt -o bashdefault -o default 2>/dev/null ;;
      :folders) compopt -o dirnames 2>/dev/null ;;
      "$word"*) [[ $completion ]] && COMPREPLY+=("${completion#"$kept"}") ;;
    esac
  done <<<"$answer"
  return 0
}

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402)); then
  complete -F _argocd_configurer argocd-configurer
else # older bash has no compopt: it completes files wherever the program proposes nothing
  complete -o default -F _argocd_configurer argocd-configurer
fi
