#!/bin/sh
# The words of the first server's script: ./scripts/server_manager.sh start|stop|restart|status|logs.
# They are commands of argocd-configurer itself; this finds it: built here, installed, or the source.
set -eu
root=$(cd -- "$(dirname -- "$0")/.." && pwd -P)

case ${1:-} in
  start | stop | restart | status | logs) ;;
  *)
    echo "Usage: $0 {start|stop|restart|status|logs} [flags; --help shows them]" >&2
    exit 2
    ;;
esac

if [ -x "$root/dist/argocd-configurer" ]; then
  exec "$root/dist/argocd-configurer" "$@"
elif command -v argocd-configurer >/dev/null 2>&1; then
  exec argocd-configurer "$@"
elif command -v deno >/dev/null 2>&1; then
  exec deno run -A "$root/main.ts" "$@"
elif command -v npx >/dev/null 2>&1; then
  exec npx -y deno@2.9.6 run -A "$root/main.ts" "$@"
fi
echo "$0: cannot find argocd-configurer, deno or npx: build it with 'deno task build --offline'" >&2
exit 1
