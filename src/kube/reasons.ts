import { TLS_WORDS, type TlsFailure } from "../net/tls_failure.ts";
import { KubeError, type KubeErrorKind } from "./errors.ts";
import type { ItemOutcome } from "./store.ts";

/** One failure as a cluster or a transport reports it, in our words. */
export interface Reported {
  readonly kind: KubeErrorKind;
  /** Why, for a message; no text of the cluster's is in it, since that may hold the object. */
  readonly why: string;
  /** Whether the cluster may have carried the request out all the same. */
  readonly uncertain: boolean;
}

const certain = (kind: KubeErrorKind, why: string): Reported => ({ kind, why, uncertain: false });
const uncertain = (kind: KubeErrorKind, why: string): Reported => ({ kind, why, uncertain: true });

/** The same words for the same failure, whatever the transport. */
export const FAILURES = {
  exists: certain("exists", "it exists already"),
  conflict: certain("conflict", "somebody else has changed it in the meantime"),
  namespaceNotFound: certain("namespace_not_found", "the namespace does not exist"),
  notFound: certain("not_found", "it does not exist"),
  namespaceTerminating: certain("namespace_terminating", "the namespace is being deleted"),
  forbidden: certain("forbidden", "the kubeconfig's user lacks the right"),
  invalid: certain("invalid", "the API server finds the object invalid"),
  selector: certain("invalid", "the API server does not understand the label selector"),
  busy: certain("busy", "the API server has too much to do"),
  gaveUp: uncertain("timeout", "the API server gave up waiting"),
  notAvailable: uncertain("unreachable", "the API server is not available"),
  serverError: uncertain(
    "failed",
    "the API server, or an admission webhook of it, reports an error",
  ),
  unauthorized: certain("unauthorized", "the cluster does not accept the kubeconfig's credentials"),
  plugin: certain("unauthorized", "the kubeconfig's credential plugin gives no credentials"),
  pluginVersion: certain(
    "invalid_kubeconfig",
    "the kubeconfig's credential plugin answers in another apiVersion than it names",
  ),
  unusable: certain("invalid_kubeconfig", "the kubeconfig cannot be used"),
  noHeader: certain(
    "invalid_kubeconfig",
    "a token or name in the kubeconfig does not fit into a header",
  ),
  untrusted: certain("untrusted", "the kubeconfig does not trust the server's certificate"),
  // After the handshake's first half: the request may be on its way already.
  noAgreement: uncertain("untrusted", "the server and the kubeconfig do not agree on certificates"),
  refused: certain("unreachable", "the connection was refused"),
  noHost: certain("unreachable", "its host cannot be found or reached"),
  noAnswer: uncertain("timeout", "no answer came in time"),
  broke: uncertain("unreachable", "the connection broke"),
  notHttp: uncertain("failed", "it answered with an HTTP status that is no answer to a request"),
  tooLarge: uncertain("too_large", "the answer is larger than this program accepts"),
} as const;

/** Why a success is none, in our own words. */
export function whyOtherAnswer(given: string, wanted: string): string {
  return `the answer is a success, but ${given} instead of ${wanted}; perhaps what answers at the ` +
    "kubeconfig's server is no Kubernetes API server";
}

/** @param why as a sentence about the kubeconfig: "it is not valid YAML" */
export function unusable(why: string): Reported {
  return { ...FAILURES.unusable, why: `${FAILURES.unusable.why}: ${why}` };
}

/** There is no TLS with the server of a kubeconfig. */
export function noTls(failure: TlsFailure): Reported {
  if (failure === "untrusted") return FAILURES.untrusted;
  if (failure === "disagrees") return FAILURES.noAgreement;
  const why = TLS_WORDS[failure];
  return failure === "no_tls" ? uncertain("unreachable", why) : certain("untrusted", why);
}

/** Why a request that our own deadline ended has failed. */
export function deadlinePassed(seconds: number): Reported {
  return uncertain("timeout", `no answer came within ${seconds} seconds`);
}

/** Why a request has failed for which no connection was made in its own time; nothing was sent. */
export function notConnected(seconds: number): Reported {
  return certain("unreachable", `no connection was made within ${inWords(seconds)}`);
}

export function inWords(seconds: number): string {
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

/** `Cannot list secrets in namespace 'a' of cluster 'c': the connection was refused` */
export function errorOf(
  cluster: string,
  doing: string,
  { kind, why }: Reported,
  namespace?: string,
): KubeError {
  return new KubeError(kind, `Cannot ${doing} of cluster '${cluster}': ${why}`, {
    cluster,
    namespace,
  });
}

/** The outcome of an item that is not known to be done. */
export function notDone(
  cluster: string,
  what: string,
  report: Reported,
  { namespace }: { namespace: string },
): ItemOutcome {
  const error = errorOf(cluster, what, report, namespace);
  return { kind: report.uncertain ? "unknown" : "rejected", error };
}

/** Several failures as one: the first kind that says something, with every reason of that. */
export function together(all: readonly Reported[]): Reported | undefined {
  // A line of an exec plugin's may be among kubectl's.
  const first = all.find(({ kind }) => kind !== "failed") ?? all[0];
  if (first === undefined) return undefined;
  const whys = new Set(all.filter(({ kind }) => kind === first.kind).map(({ why }) => why));
  return { ...first, why: [...whys].slice(0, 10).join("; ") };
}

/**
 * Why the API server forbids something, from its message. The words that are taken from it come
 * from closed alphabets, so none can be a value.
 */
export function whyForbidden(message: string): string {
  if (/\bexceeded quota: /.test(message)) return "a quota of the namespace does not allow it";
  const right =
    /cannot ([a-z]{1,20}) resource "([a-z]{1,40})" in API group "" (?:in the namespace "([a-z0-9-]{1,63})"|at the cluster scope)/
      .exec(message);
  if (!right) return FAILURES.forbidden.why;
  const [, verb, resource, namespace] = right;
  const where = resource === "namespaces" ? "" : ` ${inNamespace(namespace)}`;
  return `the kubeconfig's user may not ${verb} ${resource}${where}`;
}

/**
 * A policy of the cluster denies something, by the API server's message; `undefined` when none does.
 * Of that, only the policy's name is taken, whose letters are those of DNS names.
 * @param reason of the API server's status: the policy chooses it
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go
 */
export function denial(message: string, reason: string): Reported | undefined {
  const [, policy] = message.includes(" denied request")
    ? /\bValidatingAdmissionPolicy '([a-z0-9.-]+)'/.exec(message) ?? []
    : [];
  const [, webhook] = message.includes('" denied the request')
    ? /\badmission webhook "([a-z0-9.-]+)"/.exec(message) ?? []
    : [];
  if (policy === undefined && webhook === undefined) return undefined;
  const what = policy === undefined ? `admission webhook '${webhook}'` : `policy '${policy}'`;
  const kind = reason === "Forbidden" ? "forbidden" : "invalid";
  return certain(kind, `the ${what} of the cluster denies it`);
}

/** What was being done, for messages: the same for every transport. */
export const doing = {
  list: (namespace: string | undefined) => `list secrets ${inNamespace(namespace)}`,
  read: "read secrets",
  write: (verb: "create" | "replace" | "delete", ref: { namespace: string; name: string }) =>
    `${verb} secret '${ref.name}' in namespace '${ref.namespace}'`,
  listNamespaces: "list namespaces",
  createNamespace: (name: string) => `create namespace '${name}'`,
  listAccounts: (namespace: string | undefined) =>
    `list service accounts ${inNamespace(namespace)}`,
  readAccounts: "read service accounts",
  useSecrets: (account: { namespace: string; name: string }) =>
    `change the pull secrets of service account '${account.name}' in namespace '${account.namespace}'`,
};

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? "in all namespaces" : `in namespace '${namespace}'`;
}
