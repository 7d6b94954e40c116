import { EVENTS } from "../../src/observe/events.ts";
import { table } from "./marked.ts";

const BUG =
  "A bug in argocd-configurer: report it with this line and the stack, without credentials.";
const RIGHTS = "Check the disk, and the owner and mode of the file and its folder.";

/** What to do about each warning and error of the log, by the event's name. */
export const EVENT_ADVICE: Readonly<Record<string, string>> = {
  "server.cannot_listen": "Another program uses the port, or the address is not this machine's. " +
    "Choose another with `--port` or `--host`.",
  "server.cannot_serve_https": "Check `tls-cert` and `tls-key`: PEM files that belong together.",
  "server.certificate_not_reloaded":
    "Correct the new certificate or key; until then the old one is " +
    "used.",
  "server.cannot_accept":
    "The process has no file descriptors left. Raise `LimitNOFILE`, or limit " +
    "connections in a proxy.",
  "server.request_unfinished":
    "The server stopped before this request was finished. If it was a write, " +
    "send it again with `upsert`.",
  "server.stop_timeout":
    "A cluster did not respond. Look for the lines `request aborted by shutdown`.",
  "server.internal_error": BUG,
  "server.stream_error": BUG,
  "server.unhandled_rejection": BUG,
  "server.systemd_unreachable":
    "Start the server by the unit, or remove `Type=notify` from your own unit.",
  "server.pid_file_unwritable": `${RIGHTS} \`status\` and \`stop\` cannot find the server.`,
  "server.process_ended":
    "Nothing: a killed server had left a kubectl or credential plugin running.",
  "server.processes_left": "Look for old kubectl processes, and kill them.",
  "server.processes_unrecorded":
    `${RIGHTS} If the server is killed, the next start cannot kill its kubectl processes.`,
  "config.unknown_setting":
    "Correct the name, or remove it: `did_you_mean` is the nearest setting.",
  "config.unknown_variable": "Correct the name of the environment variable, or unset it.",
  "config.empty_variable": "Set it, or remove it from the environment.",
  "config.not_reloaded": "Correct the configuration as `reason` says, and reload.",
  "config.reload_error": BUG,
  "config.needs_restart": "`argocd-configurer restart`",
  "config.authentication_disabled":
    "If this is not intended, set `tokens-file` and reload immediately.",
  "tokens.refused": "A client sent no token or a wrong one; `from` is its address.",
  "tokens.unusable":
    "Correct `tokens-file`, its owner or its mode. Until then all requests are rejected.",
  "clusters.unreachable":
    "Check the cluster. The circuit breaker closes by itself when the cluster responds.",
  "clusters.no_folder": "Create the folder, import clusters, or set `clusters-folder`.",
  "clusters.folder_unreadable": RIGHTS,
  "clusters.file_ignored":
    "If the file is a kubeconfig, rename it as `reason` says. Otherwise move it away.",
  "clusters.files_ignored":
    "The files are not kubeconfigs. `argocd-configurer clusters` lists all of them.",
  "clusters.further_contexts":
    "Only the current context is used. The command in `command` creates a file for each context.",
  "clusters.kubeconfig_refused": "Correct the file as `reason` says.",
  "clusters.labels_unusable": "Correct `labels.yaml` as `reason` says.",
  "clusters.labels_file_unusable":
    "Correct `labels.yaml` as `reason` says. Until then no cluster is used.",
  "clusters.labels_unused": "Add the kubeconfigs, or remove these clusters from `file`.",
  "clusters.defined_twice": "Rename or remove one of the two.",
  "api.request_failed": "A request to an API server failed after its retries: see `reason`.",
  "kubectl.command_failed":
    "A kubectl process failed: see `reason`. `id` is the id of the request.",
  "kubectl.missing": "Install kubectl on the server's PATH, or set `transport: api`.",
  "command.internal_error": BUG,
  "write.internal_error": BUG,
  "audit.unwritable": RIGHTS,
  "audit.write_refused": RIGHTS,
  "audit.outcome_unwritten": `${RIGHTS} The write itself is finished: see \`outcome\`.`,
  "audit.refusal_unwritten": RIGHTS,
  "audit.not_rotated": RIGHTS,
  "audit.write_interrupted": "Follow `advice`. See [Audit log](operations.md#audit-log).",
  "fingerprints.key_unusable": "Correct the file: its owner, its mode, or its contents.",
  "log.lines_lost": "Check the disk: it was full, or the log could not be written.",
  "log.not_rotated": RIGHTS,
};

/** Every warning and error of the log, with what to do about it. */
export function logMessagesTable(): string {
  const shown = Object.entries(EVENTS)
    .filter(([, { level }]) => level === "warning" || level === "error");
  const names = shown.map(([name]) => name);
  const wrong = [...new Set([...names, ...Object.keys(EVENT_ADVICE)])]
    .filter((name) => names.includes(name) !== (name in EVENT_ADVICE));
  if (wrong.length > 0) {
    throw new Error(
      `scripts/write_docs/log_messages.ts: advice missing, or without an event: ${
        wrong.join(", ")
      }`,
    );
  }
  return table(
    ["part", "level", "message", "what to do"],
    shown.map(([name, { level, message }]) => [
      name.slice(0, name.indexOf(".")),
      level,
      `\`${message}\``,
      EVENT_ADVICE[name]!,
    ]),
  );
}
