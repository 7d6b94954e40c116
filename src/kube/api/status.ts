import { denial, type Reported, WHY, whyForbidden } from "../reasons.ts";
import type { ApiResponse } from "./http.ts";

/**
 * What the API server means by an answer that is no success: a Status object with a reason, or,
 * from something in front of it, only the HTTP status.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export function reportOfStatus({ status, body }: ApiResponse): Reported {
  const { reason = "", message = "", details } = parsed(body);
  const certain = (kind: Reported["kind"], why: string) => ({ kind, why, uncertain: false });
  const uncertain = (kind: Reported["kind"], why: string) => ({ kind, why, uncertain: true });
  const denied = status >= 400 ? denial(message, reason) : undefined;
  if (denied !== undefined) return denied;
  switch (status) {
    case 401:
      return certain("unauthorized", WHY.unauthorized);
    case 403:
      return /because it is being terminated/.test(message)
        ? certain("namespace_terminating", WHY.namespaceTerminating)
        : certain("forbidden", whyForbidden(message));
    case 404:
      return details?.kind === "namespaces"
        ? certain("namespace_not_found", WHY.namespaceNotFound)
        : certain("not_found", WHY.notFound);
    case 409:
      return reason === "AlreadyExists"
        ? certain("exists", WHY.exists)
        : certain("conflict", WHY.conflict);
    case 400:
      return /^unable to parse requirement: |^found '.*', expected: /.test(message)
        ? certain("invalid", WHY.selector)
        : certain("invalid", WHY.invalid);
    case 413:
    case 422:
      return certain("invalid", WHY.invalid);
    case 429:
      return certain("busy", WHY.busy);
    case 503:
      return uncertain("unreachable", WHY.notAvailable);
    case 504:
      return uncertain("timeout", WHY.gaveUp);
    default:
      return uncertain("failed", WHY.serverError);
  }
}

interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly kind?: string };
}

/** Largest Status that is read, in UTF-16 units; what is larger is known by its HTTP status alone. */
const MAX_STATUS = 256 * 1024;

/** How much of its message is read, as of a line of kubectl's. */
const MAX_MESSAGE = 4096;

function parsed(body: string): Status {
  if (body.length > MAX_STATUS) return {};
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status !== "object" || status === null) return {};
    const { reason, message, details } = status as Record<string, unknown>;
    return {
      reason: text(reason),
      message: text(message)?.slice(0, MAX_MESSAGE),
      details: typeof details === "object" && details !== null
        ? { kind: text((details as Record<string, unknown>).kind) }
        : undefined,
    };
  } catch {
    return {}; // its message would quote the body
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
