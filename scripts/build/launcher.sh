#!/bin/sh
# argocd-configurer @VERSION@: unpacks itself into the user's cache folder, once, and runs from there.
# It needs sh, tail, gzip, tar and sha256sum (or shasum); with stat it starts faster.
set -eu
unset CDPATH

# Its own tools are found whatever PATH is; the program gets PATH as it was.
path=${PATH-}
PATH=${PATH:+$PATH:}/usr/local/bin:/usr/bin:/bin
locale=${LC_ALL-}
LC_ALL=C

fail() {
  echo "argocd-configurer: $1" >&2
  exit 1
}

case $0 in
  */*) self=$0 ;;
  *) self=$(command -v -- "$0") || fail "cannot find itself: call it by its path" ;;
esac
self_folder=${self%/*}
self=$(cd -- "${self_folder:-/}" && pwd -P)/${self##*/}

if [ -n "${XDG_CACHE_HOME:-}" ]; then
  cache=$XDG_CACHE_HOME/argocd-configurer
elif [ -n "${HOME:-}" ]; then
  cache=$HOME/.cache/argocd-configurer
else
  fail "cannot find a cache folder to unpack itself into: set HOME or XDG_CACHE_HOME"
fi
unpacked=$cache/unpacked
folder=$unpacked/@HASH@

sum() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum -c --status -
  else
    shasum -a 256 -c --status -
  fi
}

# Whether all files in a folder are as they were built.
is_whole() {
  (
    cd -- "$1" 2>/dev/null && sum 2>/dev/null <<'SUMS'
@SUMS@
SUMS
  )
}

# What changes when somebody writes to a file of a folder, or puts another in its place: number, size,
# and the times of its content and of itself, the last of which nobody can set. Nothing without stat,
# which has one form on Linux and another on macOS.
facts() {
  (
    cd -- "$1" 2>/dev/null || exit 0
    TZ=UTC0 stat -c '%i %s %y %z %n' argocd-configurer program/* 2>/dev/null ||
      stat -f '%i %z %Fm %Fc %N' argocd-configurer program/* 2>/dev/null || :
  )
}

# Whether the files are still those that were compared. The sums of 100 MB take 0.3 seconds, this a few
# milliseconds.
is_unchanged() {
  [ -f "$folder/facts" ] && [ -n "$now" ] && [ "$now" = "$(cat -- "$folder/facts")" ]
}

# Whoever owns a folder here, or may write to it, could put another program in it.
check_owner() {
  for each in "$cache" "$unpacked" "$folder"; do
    [ -e "$each" ] || continue
    [ -O "$each" ] || fail "cannot run from $cache: $each belongs to another user; set XDG_CACHE_HOME to a folder of your own"
    # shellcheck disable=SC2012 # macOS' find has no -printf
    case $(ls -ld -- "$each") in
      ?????w* | ????????w*) fail "cannot run from $cache: others may write to $each; run chmod go-w on it" ;;
    esac
  done
}

# Into a folder of its own, which then gets its name in one step: nobody sees half of it, and of two
# who do this at once the second one finds it done.
unpack() {
  umask 077
  mkdir -p -- "$unpacked" 2>/dev/null || fail "cannot unpack itself: cannot write to $cache; set XDG_CACHE_HOME to a folder for it"
  new=$(mktemp -d -- "$unpacked/new-XXXXXX" 2>/dev/null) || fail "cannot unpack itself: cannot write to $cache; set XDG_CACHE_HOME to a folder for it"
  trap 'rm -rf -- "$new"' EXIT
  trap 'exit 1' HUP INT TERM
  mkdir -- "$new/whole"
  tail -c +@OFFSET@ -- "$self" | gzip -dc 2>/dev/null | tar -xf - -C "$new/whole" 2>/dev/null || :
  is_whole "$new/whole" || fail "cannot unpack itself: $self is damaged, or there is no room in $cache"
  facts "$new/whole" >"$new/whole/facts"
  # One that was damaged goes, whoever runs from it keeps what it has open.
  if [ -e "$folder" ] && ! is_whole "$folder"; then mv -- "$folder" "$new/damaged" 2>/dev/null || :; fi
  # Where another one was faster, this lands inside of its folder, and is removed from there.
  mv -- "$new/whole" "$folder" 2>/dev/null || :
  rm -rf -- "$folder/whole" "$new" 2>/dev/null || :
  trap - EXIT HUP INT TERM
  is_whole "$folder" || fail "cannot unpack itself into $folder"
  # Of the versions before, the two that were used last stay: one of them may still be running. What
  # others are just unpacking has another kind of name, and is left to them for an hour.
  find "$unpacked" -maxdepth 1 -name 'new-*' -mmin +60 -exec rm -rf -- {} + 2>/dev/null || :
  (
    # shellcheck disable=SC2012 # macOS' find has no -printf
    cd -- "$unpacked" && ls -1dt -- [0-9a-f]*/ | tail -n +4 | while IFS= read -r old; do
      [ "$old" = "@HASH@/" ] || rm -rf -- "./$old"
    done
  ) 2>/dev/null || :
}

check_owner

now=$(facts "$folder")
if ! is_unchanged; then
  if is_whole "$folder"; then
    # Copied, or given other rights: not looked through again until the next time.
    { printf '%s\n' "$now" >"$folder/facts-$$" && mv -- "$folder/facts-$$" "$folder/facts"; } 2>/dev/null || :
  else
    unpack
  fi
fi
touch -c -- "$folder" 2>/dev/null || :
[ -x "$folder/argocd-configurer" ] || fail "cannot run from $folder: programs may not be run there (is it mounted noexec?); set XDG_CACHE_HOME to another folder"

PATH=$path
LC_ALL=$locale
[ -n "$locale" ] || unset LC_ALL
export ARGOCD_CONFIGURER_FILE="$self"
export DENO_DIR="$cache/deno"
export DENO_NO_UPDATE_CHECK=1
# By the name of its file it is found in a list of processes.
exec "$folder/argocd-configurer" run @FLAGS@ "$folder/program/main.js" "$@"
exit 126
