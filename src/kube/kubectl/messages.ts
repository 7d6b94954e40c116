import type { KubeErrorKind } from "../errors.ts";
import { denial, type Reported, WHY, whyForbidden } from "../reasons.ts";
import { whyKubeconfigRefused } from "./kubeconfig_messages.ts";

/** One failure that kubectl reports on standard error. */
export interface ReportedByKubectl extends Reported {
  /** Whether it stopped kubectl as a whole, before it sent any object. */
  readonly whole: boolean;
}

interface Rule {
  /** Of what a line has to have; a pattern's time is linear in the line's length. */
  readonly pattern: RegExp | { test(line: string): boolean };
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
    why: WHY.exists,
  },
  {
    pattern: /^Error from server \(Conflict\)/,
    kind: "conflict",
    why: WHY.conflict,
  },
  {
    pattern: /^Error from server \(NotFound\).*\bnamespaces "/,
    kind: "namespace_not_found",
    why: WHY.namespaceNotFound,
  },
  { pattern: /^Error from server \(NotFound\)/, kind: "not_found", why: WHY.notFound },
  {
    pattern: /^Error from server \(Forbidden\).*because it is being terminated/,
    kind: "namespace_terminating",
    why: WHY.namespaceTerminating,
  },
  {
    pattern: /^Error from server \(Forbidden\)/,
    kind: "forbidden",
    why: WHY.forbidden,
  },
  {
    pattern: /^Error from server \(BadRequest\): Unable to find .* that match label selector/,
    kind: "invalid",
    why: WHY.selector,
  },
  {
    pattern:
      /^(Error from server \((Invalid|BadRequest|RequestEntityTooLarge)\)|The \S+ ".*" is invalid)/,
    kind: "invalid",
    why: WHY.invalid,
  },
  {
    pattern: /^(Error from server \(TooManyRequests\))/,
    kind: "busy",
    why: WHY.busy,
  },
  {
    pattern: /^Error from server \((Timeout|ServerTimeout|GatewayTimeout)\)/,
    kind: "timeout",
    why: WHY.gaveUp,
    uncertain: true,
  },
  {
    pattern: /^Error from server \(ServiceUnavailable\)/,
    kind: "unreachable",
    why: WHY.notAvailable,
    uncertain: true,
  },
  {
    pattern: /\(Unauthorized\)|: Unauthorized\)/,
    kind: "unauthorized",
    why: WHY.unauthorized,
  },
  {
    // Said of the discovery, once for a whole List: kubectl has no cached one of this server.
    pattern: /has asked for the client to provide credentials/,
    kind: "unauthorized",
    why: WHY.unauthorized,
    whole: true,
  },
  {
    pattern: /^Error from server/,
    kind: "failed",
    why: WHY.serverError,
    uncertain: true,
  },
  {
    pattern: /getting credentials: |exec plugin|No valid id-token|failed to refresh token|oidc: /,
    kind: "unauthorized",
    why: WHY.plugin,
    whole: true,
  },
  {
    pattern: /x509: |failed to verify certificate/,
    kind: "untrusted",
    why: WHY.untrusted,
    whole: true,
  },
  {
    pattern: /TLS handshake timeout/,
    kind: "timeout",
    why: WHY.noAnswer,
    whole: true,
  },
  {
    // After the handshake's first half: the request may be on its way already.
    pattern: /\btls: |certificate required|bad certificate/,
    kind: "untrusted",
    why: WHY.noAgreement,
    uncertain: true,
  },
  {
    pattern: either(
      /was refused - did you specify/,
      inOrder(["dial tcp "], ["connection refused"]),
    ),
    kind: "unreachable",
    why: WHY.refused,
    whole: true,
  },
  {
    pattern: inOrder(
      ["dial tcp ", "lookup "],
      ["no such host", "no route to host", "network is unreachable", "server misbehaving"],
    ),
    kind: "unreachable",
    why: WHY.noHost,
    whole: true,
  },
  {
    pattern: /deadline exceeded|Client\.Timeout|i\/o timeout/,
    kind: "timeout",
    why: WHY.noAnswer,
    uncertain: true,
  },
  {
    pattern: /\bEOF\b|connection reset|broken pipe|connection lost|INTERNAL_ERROR|GOAWAY/,
    kind: "unreachable",
    why: WHY.broke,
    uncertain: true,
  },
];

const UNKNOWN: ReportedByKubectl = {
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

/**
 * How much of a line is read, in UTF-16 units. An API server may write what it likes into its
 * message; reasons stand at its beginning, and kubectl's own lines are shorter.
 */
const MAX_LINE = 4096;

/** The failures in kubectl's standard error, in its order: one for each object of a List. */
export function reported(stderr: string): ReportedByKubectl[] {
  return stderr.split("\n").filter((line) => FAILURE.test(line))
    .map((line) => report(line.slice(0, MAX_LINE)));
}

function report(line: string): ReportedByKubectl {
  const refused = line.startsWith("Error from server") ? undefined : whyKubeconfigRefused(line);
  if (refused !== undefined) {
    return { kind: "invalid_kubeconfig", why: refused, uncertain: false, whole: true };
  }
  const denied = denial(line, /^Error from server \((\w+)\)/.exec(line)?.[1] ?? "");
  if (denied !== undefined) return { ...denied, whole: false };
  const rule = RULES.find(({ pattern }) => pattern.test(line));
  if (!rule) return UNKNOWN;
  const { kind, why, uncertain = false, whole = false } = rule;
  return { kind, why: kind === "forbidden" ? whyForbidden(line) : why, uncertain, whole };
}

/**
 * Whether one of the first texts is in a line and, behind it, one of the others: what
 * `(a|b).*(c|d)` says, whose time grows with the square of the length.
 */
function inOrder(
  first: readonly string[],
  then: readonly string[],
): { test(line: string): boolean } {
  return {
    test(line) {
      const ends = first.map((text) => [line.indexOf(text), text.length] as const)
        .filter(([at]) => at >= 0).map(([at, length]) => at + length);
      if (ends.length === 0) return false;
      const from = Math.min(...ends);
      return then.some((text) => line.indexOf(text, from) >= 0);
    },
  };
}

function either(...all: readonly { test(line: string): boolean }[]) {
  return { test: (line: string) => all.some((one) => one.test(line)) };
}
