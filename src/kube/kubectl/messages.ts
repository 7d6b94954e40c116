import type { KubeErrorKind } from "../errors.ts";

/** One failure that kubectl reports on standard error, in our words. */
export interface Reported {
  readonly kind: KubeErrorKind;
  /** Why, for a message; no text of kubectl's is in it, since that may hold the object. */
  readonly why: string;
  /** Whether the cluster may have carried the request out all the same. */
  readonly uncertain: boolean;
  /** Whether it stopped kubectl as a whole, before it sent any object. */
  readonly whole: boolean;
}

interface Rule {
  readonly pattern: RegExp;
  readonly kind: KubeErrorKind;
  readonly why: string;
  readonly uncertain?: true;
  readonly whole?: true;
}

/**
 * kubectl's failures by the reason that the API server gives, which kubectl puts in parentheses,
 * or by the text of its own. The first that matches a line decides. Read off kubectl 1.27 to 1.35;
 * a wording unknown here is `failed` and uncertain, which makes a write read again what became
 * of it.
 */
const RULES: readonly Rule[] = [
  {
    pattern: /^Error from server \(AlreadyExists\)/,
    kind: "exists",
    why: "it exists already",
  },
  {
    pattern: /^Error from server \(Conflict\)/,
    kind: "conflict",
    why: "somebody else has changed it in the meantime",
  },
  {
    pattern: /^Error from server \(NotFound\).*\bnamespaces "/,
    kind: "namespace_not_found",
    why: "the namespace does not exist",
  },
  { pattern: /^Error from server \(NotFound\)/, kind: "not_found", why: "it does not exist" },
  {
    pattern: /^Error from server \(Forbidden\).*because it is being terminated/,
    kind: "namespace_terminating",
    why: "the namespace is being deleted",
  },
  {
    pattern: /^Error from server \(Forbidden\).*\bexceeded quota: /,
    kind: "forbidden",
    why: "a quota of the namespace does not allow it",
  },
  {
    pattern: /^Error from server \(Forbidden\)/,
    kind: "forbidden",
    why: "the kubeconfig's user lacks the right",
  },
  {
    pattern:
      /^(Error from server \((Invalid|BadRequest|RequestEntityTooLarge)\)|The \S+ ".*" is invalid)/,
    kind: "invalid",
    why: "the API server finds the object invalid",
  },
  {
    pattern: /^(Error from server \(TooManyRequests\))/,
    kind: "busy",
    why: "the API server has too much to do",
  },
  {
    pattern: /^Error from server \((Timeout|ServerTimeout|GatewayTimeout)\)/,
    kind: "timeout",
    why: "the API server gave up waiting",
    uncertain: true,
  },
  {
    pattern: /^Error from server \(ServiceUnavailable\)/,
    kind: "unreachable",
    why: "the API server is not available",
    uncertain: true,
  },
  {
    pattern: /\(Unauthorized\)|: Unauthorized\)/,
    kind: "unauthorized",
    why: "the cluster does not accept the kubeconfig's credentials",
  },
  {
    // Said of the discovery, once for a whole List: kubectl has no cached one of this server.
    pattern: /has asked for the client to provide credentials/,
    kind: "unauthorized",
    why: "the cluster does not accept the kubeconfig's credentials",
    whole: true,
  },
  {
    pattern: /^Error from server/,
    kind: "failed",
    why: "the API server, or an admission webhook of it, reports an error",
    uncertain: true,
  },
  {
    pattern: /getting credentials: |exec plugin|no Auth Provider found/,
    kind: "unauthorized",
    why: "the kubeconfig's credential plugin gives no credentials",
    whole: true,
  },
  {
    pattern:
      /^(error: )?(error loading config file|invalid configuration|Error in configuration|no configuration has been provided|context "|stat |unable to read|tls: failed to find|open |host must be a URL)/i,
    kind: "invalid_kubeconfig",
    why: "kubectl cannot use the kubeconfig",
    whole: true,
  },
  {
    pattern: /x509: |failed to verify certificate/,
    kind: "untrusted",
    why: "the kubeconfig does not trust the server's certificate",
    whole: true,
  },
  {
    pattern: /TLS handshake timeout/,
    kind: "timeout",
    why: "no answer came in time",
    whole: true,
  },
  {
    // After the handshake's first half: the request may be on its way already.
    pattern: /\btls: |certificate required|bad certificate/,
    kind: "untrusted",
    why: "the server and the kubeconfig do not agree on certificates",
    uncertain: true,
  },
  {
    pattern: /was refused - did you specify|dial tcp .*connection refused/,
    kind: "unreachable",
    why: "the connection was refused",
    whole: true,
  },
  {
    pattern:
      /(dial tcp|lookup) .*(no such host|no route to host|network is unreachable|server misbehaving)/,
    kind: "unreachable",
    why: "its host cannot be found or reached",
    whole: true,
  },
  {
    pattern: /deadline exceeded|Client\.Timeout|i\/o timeout/,
    kind: "timeout",
    why: "no answer came in time",
    uncertain: true,
  },
  {
    pattern: /\bEOF\b|connection reset|broken pipe|connection lost|INTERNAL_ERROR|GOAWAY/,
    kind: "unreachable",
    why: "the connection broke",
    uncertain: true,
  },
];

const UNKNOWN: Reported = {
  kind: "failed",
  why: "the API server or kubectl reported an error",
  uncertain: true,
  whole: false,
};

/**
 * How a line begins that reports a failure. Others are kubectl's log, warnings, details of the line
 * above, and what exec plugins have to say.
 */
const FAILURE = /^(Error|error|The |Unable to |Get "|Post "|Put "|Delete "|context ")/;

/** The failures in kubectl's standard error, in its order: one for each object of a List. */
export function reported(stderr: string): Reported[] {
  return stderr.split("\n").filter((line) => FAILURE.test(line)).map(report);
}

function report(line: string): Reported {
  const rule = RULES.find(({ pattern }) => pattern.test(line));
  if (!rule) return UNKNOWN;
  const { kind, why, uncertain = false, whole = false } = rule;
  return { kind, why: kind === "forbidden" ? refusedRight(line) ?? why : why, uncertain, whole };
}

/** The right that a refusal names; its words come from closed alphabets, so none can be a value. */
function refusedRight(line: string): string | undefined {
  const right =
    /cannot ([a-z]{1,20}) resource "([a-z]{1,40})" in API group "" (?:in the namespace "([a-z0-9-]{1,63})"|at the cluster scope)/
      .exec(line);
  if (!right) return undefined;
  const [, verb, resource, namespace] = right;
  const where = namespace === undefined ? "in all namespaces" : `in namespace '${namespace}'`;
  return `the kubeconfig's user may not ${verb} ${resource} ${where}`;
}
