import { CLUSTER_ERRORS } from "../../src/operations/cluster_kinds.ts";
import { type ErrorCode, type ErrorDetails, OperationError } from "../../src/operations/errors.ts";
import { ALL_ERRORS } from "../../src/operations/fake/all_errors.ts";
import { REQUEST_ERRORS } from "../../src/operations/request_kinds.ts";
import { ROTATION_ERRORS } from "../../src/operations/rotation_kinds.ts";
import { SECRET_ERRORS } from "../../src/operations/secret_kinds.ts";
import { doing, errorOf, FAILURES, type Reported, unusable } from "../../src/kube/reasons.ts";
import type { Advice } from "./advice.ts";
import { CLUSTER_ADVICE } from "./cluster_advice.ts";
import { REQUEST_ADVICE } from "./request_advice.ts";
import { SECRET_ADVICE } from "./secret_advice.ts";

/** Advice for each error code; a new code without advice does not compile. */
export const ERROR_ADVICE: Readonly<Record<ErrorCode, Advice>> = {
  ...REQUEST_ADVICE,
  ...CLUSTER_ADVICE,
  ...SECRET_ADVICE,
};

/** Groups of codes, by heading. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, { readonly status: number }>>>> = {
  "Requests and access": REQUEST_ERRORS,
  "Clusters": CLUSTER_ERRORS,
  "Secrets and credentials": SECRET_ERRORS,
  "Rotations": ROTATION_ERRORS,
};

const SECRET = { namespace: "default", name: "ghcr" };
const CREATE = doing.write("create", SECRET);
const REPLACE = doing.write("replace", SECRET);

const failed = (what: string, why: Reported) => errorOf("prod", what, why).message;

/**
 * Examples of messages for codes whose message comes from `kube` or from a file.
 */
export const FAILED: Readonly<Partial<Record<ErrorCode, string>>> = {
  unreachable: failed(CREATE, FAILURES.refused),
  untrusted: failed(CREATE, FAILURES.untrusted),
  timeout: failed(CREATE, FAILURES.noAnswer),
  unauthorized: failed(CREATE, FAILURES.unauthorized),
  forbidden: failed(CREATE, FAILURES.forbidden),
  not_found: failed(REPLACE, FAILURES.notFound),
  conflict: failed(REPLACE, FAILURES.conflict),
  invalid: failed(CREATE, FAILURES.invalid),
  invalid_kubeconfig: failed(CREATE, unusable("it is not valid YAML")),
  busy: failed(CREATE, FAILURES.busy),
  too_large: failed(doing.list(undefined), FAILURES.tooLarge),
  failed: failed(CREATE, FAILURES.serverError),
};

/** An example of the message of a code. */
export function messageOf<Code extends ErrorCode>(code: Code): string {
  const [[details]] = ALL_ERRORS[code] as unknown as [[ErrorDetails<Code>]];
  return FAILED[code] ?? new OperationError(code, details).message;
}

/** A table for each group: codes with status, an example message, meaning and advice. */
export function errorCodesTable(): string {
  return Object.entries(GROUPS).map(([heading, kinds]) => {
    const rows = Object.entries(kinds).map(([name, { status }]) => {
      const code = name as ErrorCode;
      const { means, todo } = ERROR_ADVICE[code];
      const message = `\`${messageOf(code)}\``.replaceAll("|", "\\|");
      return row([`\`${code}\``, String(status), message, means, todo]);
    });
    const head = row(["code", "status", "message, for example", "meaning", "what to do"]);
    return `### ${heading}\n\n${head}|---|---|---|---|---|\n${rows.join("")}`;
  }).join("\n");
}

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
