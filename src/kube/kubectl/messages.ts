import { tlsFailure } from "../../net/tls_failure.ts";
import { denial, FAILURES, noTls, type Reported, whyForbidden } from "../reasons.ts";
import { kubeconfigRefused } from "./kubeconfig_messages.ts";

/** One failure that kubectl reports on standard error. */
export interface ReportedByKubectl extends Reported {
  /** Whether kubectl stopped before it sent any object. */
  readonly whole: boolean;
}

type Rule = readonly [
  /** Matches a line, in time that is linear in the line's length. */
  pattern: { test(line: string): boolean },
  report: Reported,
  scope?: "whole",
];

/**
 * kubectl's failures, by the API server's reason, which kubectl prints in parentheses, or by kubectl's own
 * text. The first match decides. From kubectl 1.27 to 1.35. An unknown text is `failed` and uncertain, so
 * that a write reads the object again to learn its outcome.
 */
const RULES: readonly Rule[] = [
  [/^Error from server \(AlreadyExists\)/, FAILURES.exists],
  [/^Error from server \(Conflict\)/, FAILURES.conflict],
  [/^Error from server \(NotFound\).*\bnamespaces "/, FAILURES.namespaceNotFound],
  [/^Error from server \(NotFound\)/, FAILURES.notFound],
  [
    /^Error from server \(Forbidden\).*because it is being terminated/,
    FAILURES.namespaceTerminating,
  ],
  [/^Error from server \(Forbidden\)/, FAILURES.forbidden],
  [
    /^Error from server \(BadRequest\): Unable to find .* that match label selector/,
    FAILURES.selector,
  ],
  [
    /^(Error from server \((Invalid|BadRequest|RequestEntityTooLarge)\)|The \S+ ".*" is invalid)/,
    FAILURES.invalid,
  ],
  [/^(Error from server \(TooManyRequests\))/, FAILURES.busy],
  [/^Error from server \((Timeout|ServerTimeout|GatewayTimeout)\)/, FAILURES.gaveUp],
  [/^Error from server \(ServiceUnavailable\)/, FAILURES.notAvailable],
  [/\(Unauthorized\)|: Unauthorized\)/, FAILURES.unauthorized],
  // An error of API discovery, printed once for a whole List when kubectl has no cache of this server.
  [/has asked for the client to provide credentials/, FAILURES.unauthorized, "whole"],
  [/^Error from server/, FAILURES.serverError],
  [
    /getting credentials: |exec plugin|No valid id-token|failed to refresh token|oidc: /,
    FAILURES.plugin,
    "whole",
  ],
  [/x509: |failed to verify certificate/, FAILURES.untrusted, "whole"],
  [/TLS handshake timeout/, { ...FAILURES.noAnswer, uncertain: false }, "whole"],
  [/\btls: |certificate required|bad certificate/, FAILURES.noAgreement],
  [/was refused - did you specify/, FAILURES.refused, "whole"],
  [inOrder(["dial tcp "], ["connection refused"]), FAILURES.refused, "whole"],
  [
    inOrder(
      ["dial tcp ", "lookup "],
      ["no such host", "no route to host", "network is unreachable", "server misbehaving"],
    ),
    FAILURES.noHost,
    "whole",
  ],
  [/deadline exceeded|Client\.Timeout|i\/o timeout/, FAILURES.noAnswer],
  [/\bEOF\b|connection reset|broken pipe|connection lost|INTERNAL_ERROR|GOAWAY/, FAILURES.broke],
];

const UNKNOWN: ReportedByKubectl = {
  kind: "failed",
  why: "the API server or kubectl returned an error",
  uncertain: true,
  whole: false,
};

/**
 * The start of a line that reports a failure. Other lines are kubectl's log, warnings, details of the line
 * above, and output of exec plugins.
 */
const FAILURE = /^(Error|error|The |Unable to |Get "|Post "|Put "|Delete "|context ")/;

/**
 * How much of a line is read, in UTF-16 units. An API server's message may be of any length; its reason
 * comes first, and kubectl's own lines are shorter.
 */
const MAX_LINE = 4096;

/** The failures in kubectl's standard error, in order; one for each failed object of a List. */
export function reported(stderr: string): ReportedByKubectl[] {
  return stderr.split("\n").filter((line) => FAILURE.test(line))
    .map((line) => report(line.slice(0, MAX_LINE)));
}

function report(line: string): ReportedByKubectl {
  const refused = line.startsWith("Error from server") ? undefined : kubeconfigRefused(line);
  if (refused !== undefined) return { ...refused, whole: true };
  const denied = denial(line, /^Error from server \((\w+)\)/.exec(line)?.[1] ?? "");
  if (denied !== undefined) return { ...denied, whole: false };
  const [, report, scope] = RULES.find(([pattern]) => pattern.test(line)) ?? [];
  if (report === undefined) return UNKNOWN;
  const { kind } = report;
  const failure = kind === "untrusted" ? tlsFailure({ message: line }) : undefined;
  const more = kind === "forbidden" ? whyForbidden(line) : failure && noTls(failure).why;
  return { ...report, why: more ?? report.why, whole: scope === "whole" };
}

/**
 * Whether a line contains one of the first texts and, after it, one of the others. The same as
 * `(a|b).*(c|d)`, which would take quadratic time.
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
