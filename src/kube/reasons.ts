import { TLS_WORDS, type TlsFailure } from "../net/tls_failure.ts";
import { KubeError, type KubeErrorKind } from "./errors.ts";
import type { ItemOutcome } from "./store.ts";

/** One failure that a cluster or a transport reports, in our words. */
export interface Reported {
  readonly kind: KubeErrorKind;
  /** The reason, for a message. It never quotes the cluster, whose text may contain the object. */
  readonly why: string;
  /** Whether the cluster may have carried out the request anyway. */
  readonly uncertain: boolean;
}

const certain = (kind: KubeErrorKind, why: string): Reported => ({ kind, why, uncertain: false });
const uncertain = (kind: KubeErrorKind, why: string): Reported => ({ kind, why, uncertain: true });

/**
 * Reasons for failures, the same for both transports. They contain the words of kubectl and client-go
 * that people search for.
 */
export const FAILURES = {
  exists: certain("exists", "it already exists"),
  conflict: certain("conflict", "the object has been modified since it was read"),
  namespaceNotFound: certain("namespace_not_found", "the namespace does not exist"),
  notFound: certain("not_found", "it does not exist"),
  namespaceTerminating: certain("namespace_terminating", "the namespace is terminating"),
  forbidden: certain("forbidden", "the kubeconfig's user has no permission (Forbidden)"),
  invalid: certain("invalid", "the API server rejected the object as invalid"),
  selector: certain("invalid", "the API server cannot parse the label selector"),
  busy: certain("busy", "the API server is overloaded (Too Many Requests)"),
  gaveUp: uncertain("timeout", "the API server timed out"),
  notAvailable: uncertain("unreachable", "the API server is unavailable (Service Unavailable)"),
  serverError: uncertain(
    "failed",
    "the API server or one of its admission webhooks returned an error",
  ),
  unauthorized: certain(
    "unauthorized",
    "the cluster rejected the kubeconfig's credentials (Unauthorized)",
  ),
  plugin: certain("unauthorized", "the kubeconfig's credential plugin returned no credentials"),
  pluginVersion: certain(
    "invalid_kubeconfig",
    "the kubeconfig's credential plugin returned another apiVersion than its 'exec' sets",
  ),
  unusable: certain("invalid_kubeconfig", "the kubeconfig cannot be used"),
  noHeader: certain(
    "invalid_kubeconfig",
    "a token or name in the kubeconfig is not allowed in an HTTP header (invalid header field value)",
  ),
  untrusted: certain(
    "untrusted",
    "the kubeconfig does not trust the server's certificate " +
      "(x509: certificate signed by unknown authority)",
  ),
  // With TLS 1.3 a server may reject the client certificate after the client has sent its request.
  noAgreement: uncertain(
    "untrusted",
    "the TLS handshake failed; the server may need another client certificate (tls: bad certificate)",
  ),
  refused: certain("unreachable", "connection refused"),
  noHost: certain("unreachable", "no such host, or no route to host"),
  noAnswer: uncertain("timeout", "timed out waiting for a response (context deadline exceeded)"),
  broke: uncertain(
    "unreachable",
    "the connection was closed unexpectedly (connection reset or EOF)",
  ),
  notHttp: uncertain(
    "failed",
    "the server sent an unexpected HTTP status, such as 101 Switching Protocols",
  ),
  tooLarge: uncertain("too_large", "the response is larger than argocd-configurer accepts"),
} as const;

/** Why a successful response is not accepted. */
export function whyOtherAnswer(given: string, wanted: string): string {
  return `expected ${wanted} but got ${given}; the kubeconfig's 'server' may not be a Kubernetes API ` +
    "server";
}

/** @param why as a sentence about the kubeconfig: "it is not valid YAML" */
export function unusable(why: string): Reported {
  return { ...FAILURES.unusable, why: `${FAILURES.unusable.why}: ${why}` };
}

/** The failure of a TLS handshake with the server of a kubeconfig. */
export function noTls(failure: TlsFailure): Reported {
  if (failure === "untrusted") return FAILURES.untrusted;
  if (failure === "disagrees") return FAILURES.noAgreement;
  const why = TLS_WORDS[failure];
  return failure === "no_tls" ? uncertain("unreachable", why) : certain("untrusted", why);
}

/** The failure of a request that our own deadline ended. */
export function deadlinePassed(seconds: number): Reported {
  return uncertain("timeout", `no response within ${secondsText(seconds)}`);
}

/** The failure of a request that got no connection within the connect timeout; nothing was sent. */
export function notConnected(seconds: number): Reported {
  return certain(
    "unreachable",
    `no connection within ${secondsText(seconds)} (dial tcp: i/o timeout)`,
  );
}

export function secondsText(seconds: number): string {
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

/** `Cannot list secrets in namespace 'a' of cluster 'c': connection refused` */
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

/** The outcome of an item that failed, or may have failed. */
export function notDone(
  cluster: string,
  what: string,
  report: Reported,
  { namespace }: { namespace: string },
): ItemOutcome {
  const error = errorOf(cluster, what, report, namespace);
  return { kind: report.uncertain ? "unknown" : "rejected", error };
}

/** Merges several failures: the first specific kind, with every reason of that kind. */
export function together(all: readonly Reported[]): Reported | undefined {
  // kubectl's output may contain an error line of an exec plugin, which is `failed`.
  const first = all.find(({ kind }) => kind !== "failed") ?? all[0];
  if (first === undefined) return undefined;
  const whys = new Set(all.filter(({ kind }) => kind === first.kind).map(({ why }) => why));
  return { ...first, why: [...whys].slice(0, 10).join("; ") };
}

/**
 * Why the API server forbids a request, by its message. Only words of closed alphabets are taken from
 * the message, so none of them can be a value.
 */
export function whyForbidden(message: string): string {
  if (/\bexceeded quota: /.test(message)) return "exceeded quota of the namespace";
  const right =
    /cannot ([a-z]{1,20}) resource "([a-z]{1,40})" in API group "" (?:in the namespace "([a-z0-9-]{1,63})"|at the cluster scope)/
      .exec(message);
  if (!right) return FAILURES.forbidden.why;
  const [, verb, resource, namespace] = right;
  const where = resource === "namespaces" ? "" : ` ${inNamespace(namespace)}`;
  return `the kubeconfig's user cannot ${verb} ${resource}${where} (Forbidden)`;
}

/**
 * The denial by an admission policy or webhook, by the API server's message; `undefined` when the
 * message is not one. Only the name of the policy or webhook is taken from it, a DNS name.
 * @param reason of the API server's Status, which the policy chooses
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
  const what = policy === undefined
    ? `admission webhook '${webhook}'`
    : `ValidatingAdmissionPolicy '${policy}'`;
  const kind = reason === "Forbidden" ? "forbidden" : "invalid";
  return certain(kind, `${what} denied the request`);
}

/** Verb and object of what failed, for messages; the same for both transports. */
export const doing = {
  list: (namespace: string | undefined) => `list secrets ${inNamespace(namespace)}`,
  read: "read secrets",
  write: (verb: "create" | "replace" | "delete", ref: { namespace: string; name: string }) =>
    `${verb} secret ${ref.namespace}/${ref.name}`,
  listNamespaces: "list namespaces",
  createNamespace: (name: string) => `create namespace '${name}'`,
  listAccounts: (namespace: string | undefined) =>
    `list service accounts ${inNamespace(namespace)}`,
  readAccounts: "read service accounts",
  useSecrets: (account: { namespace: string; name: string }) =>
    `change imagePullSecrets of service account ${account.namespace}/${account.name}`,
};

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? "in all namespaces" : `in namespace '${namespace}'`;
}
