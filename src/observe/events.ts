/**
 * An event that is logged: its level and its message. The event's name starts with the part of the
 * program. The message is short, always the same, and unlike that of any other event of its part and
 * level, so that it can be searched for; everything that varies is a detail. The details follow the
 * message as `key=value`, in the order in which they are given.
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
/** A bug: the error is logged with its stack. */
type Bug = { error: unknown };
type ApiRequest = Cluster & {
  method: string;
  path: string;
  status?: number;
  ms: number;
  failure?: string;
  reason?: string;
};
/** `ended` is why the process was stopped, if it did not exit by itself. */
type KubectlRun = Cluster & {
  args: readonly string[];
  code: number;
  ms: number;
  ended?: string;
  failure?: string;
  reason?: string;
};

const at = (level: Event<None>["level"]) => <Details extends object = None>(message: string) =>
  ({ level, message }) as Event<Details>;
const [debug, info, warning, error] = [at("debug"), at("info"), at("warning"), at("error")];

/** A request whose response has ended. */
export interface RequestAnswered {
  readonly id: string;
  readonly method: string;
  /** Without the query, which may hold anything. */
  readonly path: string;
  readonly status: number;
  /** Name of the token. */
  readonly who?: string;
  /** Address of the client. */
  readonly from?: string;
  readonly cluster?: string;
  /** The number of clusters, for a request about several. */
  readonly clusters?: number;
  /** Why the client did not get the whole stream. */
  readonly cut?: string;
  readonly ms: number;
}

export const EVENTS = {
  "server.listening": info<{ url: string }>("listening"),
  "server.stopping": info<{ signal: string }>("stopping"),
  "server.stopped": info("stopped"),
  "server.cannot_listen": error<
    { host: string; port: number } & Reason & { hint?: string | undefined }
  >(
    "cannot listen",
  ),
  "server.cannot_serve_https": error<Reason>("cannot serve HTTPS"),
  "server.certificate_reloaded": info<File>("certificate reloaded"),
  "server.certificate_not_reloaded": error<Reason>(
    "certificate reload failed; keeping the previous one",
  ),
  "server.cannot_accept": error<Reason>("cannot accept connections; retrying"),
  "server.request": info<RequestAnswered>("request"),
  "server.probe": debug<RequestAnswered>("request"),
  "server.request_unfinished": error<{ id: string; method: string; path: string; ms: number }>(
    "request aborted by shutdown",
  ),
  "server.stop_timeout": error<{ requests: number; seconds: number }>(
    "shutdown timed out",
  ),
  "server.internal_error": error<{ id?: string } & Bug>("internal error"),
  "server.stream_error": error<{ id: string } & Bug>("internal error in a stream"),
  "server.unhandled_rejection": error<Bug>("unhandled rejection"),
  "server.systemd_unreachable": warning<Reason>("cannot notify systemd"),
  "server.pid_file_unwritable": warning<Reason>("cannot write pid file"),
  "server.process_ended": warning<{ pgid: number }>("leftover process group killed"),
  "server.processes_left": warning<File & Reason>(
    "leftover processes not killed",
  ),
  "server.processes_unrecorded": warning<File & Reason>("cannot record child processes"),

  "config.loaded": info<File & { clusters_folder: string; kubectl_timeout: number }>(
    "configuration loaded",
  ),
  "config.unknown_setting": warning<{ setting: string; origin: string; did_you_mean?: string }>(
    "unknown setting",
  ),
  "config.unknown_variable": warning<{ variable: string; did_you_mean?: string }>(
    "unknown environment variable",
  ),
  "config.empty_variable": warning<{ variable: string }>(
    "environment variable is empty and has no effect",
  ),
  "config.reloaded": info("configuration reloaded"),
  "config.not_reloaded": error<Reason>("configuration reload failed; keeping the previous one"),
  "config.reload_error": error<Bug>("internal error in a configuration reload"),
  "config.needs_restart": warning<{ setting: string }>("setting changed; restart required"),
  "config.authentication_disabled": warning(
    "authentication is now DISABLED: any local user can write credentials",
  ),

  "tokens.refused": warning<{ from: string } & Reason>("token rejected"),
  "tokens.unusable": error<Reason>("cannot use tokens file: all tokens rejected"),

  "clusters.unreachable": warning<Cluster & Reason>(
    "circuit breaker open: cluster not responding",
  ),
  "clusters.reachable": info<Cluster>(
    "circuit breaker closed: cluster responding again",
  ),
  "clusters.no_folder": warning<{ folder: string; hint: string }>("clusters folder not found"),
  "clusters.folder_unreadable": warning<{ folder: string } & Reason>(
    "cannot read clusters folder",
  ),
  "clusters.file_ignored": warning<{ folder: string } & File & Reason>("file ignored"),
  "clusters.files_ignored": warning<{ folder: string }>("more files ignored"),
  "clusters.further_contexts": warning<File & { unused: number; command: string }>(
    "kubeconfig has unused contexts",
  ),
  "clusters.kubeconfig_refused": warning<Cluster & Reason>("kubeconfig rejected"),
  "clusters.kubeconfig_readable": debug<Cluster & File>("kubeconfig readable by other users"),
  "clusters.labels_unusable": warning<Cluster & Reason>("cannot use labels of cluster"),
  "clusters.labels_file_unusable": warning<Reason>("cannot use labels file"),
  "clusters.labels_unused": warning<File & { clusters: readonly string[]; total: number }>(
    "labels for clusters without a kubeconfig",
  ),
  "clusters.defined_twice": warning<Cluster>("cluster defined in two sources; using the first"),

  "api.read": debug<ApiRequest>("cluster request"),
  "api.write": info<ApiRequest>("cluster request"),
  "api.request_retried": debug<ApiRequest>("cluster request failed; retrying"),
  "api.request_failed": warning<ApiRequest>("cluster request failed"),
  "kubectl.command": info<KubectlRun>("kubectl finished"),
  "kubectl.command_failed": warning<KubectlRun>("kubectl failed"),
  "kubectl.not_found": info("kubectl not available: using transport api"),
  "kubectl.missing": warning<{ hint: string }>("kubectl not available"),

  "command.internal_error": error<{ id: string } & Bug>("internal error"),
  "write.internal_error": error<Bug>("internal error in a write"),

  "audit.unwritable": error<File & Reason>("cannot write audit log: all writes rejected"),
  "audit.write_refused": error<{ write: string } & File & Reason>(
    "write rejected: cannot write audit log",
  ),
  "audit.outcome_unwritten": error<
    { write: string; outcome: string | undefined } & File & Reason
  >("cannot record outcome in audit log: writes rejected until it is recorded"),
  "audit.refusal_unwritten": error<object & File & { error: string }>(
    "cannot record rejected attempt in audit log",
  ),
  "audit.not_rotated": error<File & Reason>("cannot rotate audit log: it keeps growing"),
  "fingerprints.key_unusable": error<File & Reason>(
    "cannot use fingerprint-key-file: no fingerprints, audited writes rejected",
  ),
  "audit.write_interrupted": warning<{ write: string; kind: string | undefined; advice: string }>(
    "write interrupted by a crash",
  ),

  "log.lines_lost": error<{ lines: number } & Reason>("log lines lost"),
  "log.not_rotated": error<Reason>("cannot rotate log: it keeps growing"),
};

export type EventName = keyof typeof EVENTS;

export type DetailsOf<Name extends EventName> = NonNullable<(typeof EVENTS)[Name]["details"]>;
