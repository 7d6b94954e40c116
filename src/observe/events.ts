/**
 * What the program tells of itself, each event once: how much it matters, and its message. The name
 * begins with the part of the program; the type has the details, which stand in this order in a line.
 * Details that a message names in braces stand in it and not after it.
 */
interface Event<Details extends object> {
  readonly level: "debug" | "info" | "warning" | "error";
  readonly message: string;
  readonly details?: Details;
}

type None = Record<never, never>;
type Reason = { reason: string };
type File = { file: string };
type Cluster = { cluster: string };
type Warning = { warning: string };
/** A fault of the program, which is logged with its stack. */
type Fault = { error: unknown };
type ApiRequest = Cluster & {
  method: string;
  path: string;
  status?: number;
  ms: number;
  failure?: string;
};
/** `ended` says how, where it was not by itself. */
type KubectlRun = Cluster & {
  args: readonly string[];
  code: number;
  ms: number;
  ended?: string;
  failures?: readonly string[];
};

const at = (level: Event<None>["level"]) => <Details extends object = None>(message: string) =>
  ({ level, message }) as Event<Details>;
const [debug, info, warning, error] = [at("debug"), at("info"), at("warning"), at("error")];

/** A request that was answered to its end. */
export interface RequestAnswered {
  readonly id: string;
  readonly method: string;
  /** Without the query, which may hold anything. */
  readonly path: string;
  readonly status: number;
  /** The token's name, where there is one. */
  readonly who?: string;
  /** The address of the client, where it was asked for. */
  readonly from?: string;
  /** The cluster that it is about. */
  readonly cluster?: string;
  /** How many it is about, where these are several. */
  readonly clusters?: number;
  /** Why the client did not get the whole of a stream. */
  readonly cut?: string;
  readonly ms: number;
}

export const EVENTS = {
  "server.listening": info<{ url: string }>("listening"),
  "server.stopping": info<{ signal: string }>("stopping"),
  "server.stopped": info("stopped"),
  "server.cannot_listen": error<{ hostname: string; port: number } & Reason>(
    "cannot listen on {hostname}:{port}: {reason}",
  ),
  "server.cannot_serve_https": error<Reason>("cannot serve HTTPS: {reason}"),
  "server.certificate_reloaded": info<File>("certificate reloaded"),
  "server.certificate_not_reloaded": error<Reason>(
    "certificate not reloaded; the one before stays",
  ),
  "server.cannot_accept": error<Reason>("connections cannot be taken; trying again"),
  "server.request": info<RequestAnswered>("request"),
  "server.probe": debug<RequestAnswered>("request"),
  "server.request_unfinished": error<{ id: string; method: string; path: string; ms: number }>(
    "request left unfinished",
  ),
  "server.stop_timeout": error<{ requests: number; seconds: number }>(
    "requests did not end in time; stopping without them",
  ),
  "server.internal_error": error<{ id?: string } & Fault>("internal error"),
  "server.stream_error": error<{ id: string } & Fault>("internal error in a stream"),
  "server.unhandled_rejection": error<Fault>("unhandled rejection"),
  "server.systemd_unreachable": warning<Reason>("systemd cannot be notified"),
  "server.pid_file_unwritable": warning<Reason>("pid file cannot be written"),
  "server.process_ended": warning<{ group: number }>("process of a killed server ended"),
  "server.processes_left": warning<File & Reason>(
    "processes that a killed server may have left are not ended",
  ),
  "server.processes_unrecorded": warning<File & Reason>("processes are not recorded"),

  "config.loaded": info<File & { clusters: string; timeout: number }>("configuration"),
  "config.warning": warning<Warning>("{warning}"),
  "config.reloaded": info("configuration reloaded"),
  "config.not_reloaded": error<Reason>("configuration not reloaded; the one before stays"),
  "config.reload_error": error<Fault>("internal error in reloading the configuration"),
  "config.needs_restart": warning<{ key: string }>(
    "Setting '{key}' has changed, which takes effect with the next start only",
  ),
  "config.authentication_disabled": warning(
    "tokens are asked for no longer; anyone on this machine may act",
  ),

  "tokens.refused": warning<{ from: string } & Reason>("token refused"),
  "tokens.unusable": error<Reason>("no token is accepted"),

  "clusters.unreachable": warning<Cluster & Reason>(
    "cluster does not answer and is left alone for moments",
  ),
  "clusters.reachable": info<Cluster>("cluster answers again"),
  "clusters.no_folder": warning<{ folder: string }>("no clusters folder"),
  "clusters.folder_unreadable": warning<{ folder: string } & Reason>(
    "clusters folder cannot be read",
  ),
  "clusters.warning": warning<Warning>("{warning}"),
  "clusters.file_ignored": warning<{ folder: string; file: string; why: string }>(
    "file is no cluster's kubeconfig",
  ),
  "clusters.files_ignored": warning<{ folder: string }>("more files are no cluster's kubeconfig"),
  "clusters.further_contexts": warning<{ file: string; contexts: number; import: string }>(
    "kubeconfig has further contexts, which are not used",
  ),
  "clusters.kubeconfig_refused": warning<Cluster & Reason>("kubeconfig refused"),
  "clusters.labels_unusable": warning<Cluster & Reason>("labels of the cluster cannot be used"),
  "clusters.kubeconfig_warning": debug<Warning>("{warning}"),

  "api.request": info<ApiRequest>("request"),
  "api.request_failed": warning<ApiRequest>("request failed"),
  "kubectl.command": info<KubectlRun>("command"),
  "kubectl.command_failed": warning<KubectlRun>("command failed"),
  "kubectl.not_found": info("kubectl cannot be run; clusters are reached directly"),
  "kubectl.missing": warning(
    "kubectl cannot be run; install it and have it on PATH, or use --transport api",
  ),

  "command.internal_error": error<{ id: string } & Fault>("internal error"),
  "write.internal_error": error<Fault>("internal error during a write"),

  "audit.unwritable": error<File & Reason>(
    "the audit log cannot be written, so every write is refused",
  ),
  "audit.write_refused": error<{ write: string } & File & Reason>(
    "the audit log cannot be written: a write is refused",
  ),
  "audit.outcome_unwritten": error<
    { write: string; outcome: string | undefined } & File & Reason
  >("the outcome of a write is not in the audit log: writes are refused until it can be written"),
  "audit.refusal_unwritten": error<object & File & { why: string }>(
    "a refused attempt is not in the audit log",
  ),
  "audit.not_rotated": error<File & Reason>("no new audit log can be begun; this one grows"),
  "fingerprints.key_unusable": error<File & Reason>(
    "the fingerprint-key-file cannot be used: there are no fingerprints, and writes are not recorded",
  ),
  /** A crash has interrupted a write. */
  "audit.write_interrupted": warning<{ advice: string; write: string }>("{advice}"),

  "log.lines_lost": error<{ lines: number; why: string }>("lines of the log were lost"),
  "log.not_rotated": error<{ why: string }>("no new log can be begun; this one grows"),
};

export type EventName = keyof typeof EVENTS;

export type DetailsOf<Name extends EventName> = NonNullable<(typeof EVENTS)[Name]["details"]>;
