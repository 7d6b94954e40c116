import { isObject, parsedObject } from "../../text/json.ts";
import { denial, FAILURES, type Reported, whyForbidden } from "../reasons.ts";
import type { ApiResponse } from "./http.ts";

/**
 * The failure that an unsuccessful response reports. The API server sends a Status object with a reason;
 * a proxy in front of it may send only the HTTP status.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export function reportOfStatus({ status, body }: Omit<ApiResponse, "date">): Reported {
  const { reason = "", message = "", details } = parsed(body);
  const denied = status >= 400 ? denial(message, reason) : undefined;
  if (denied !== undefined) return denied;
  switch (status) {
    case 401:
      return FAILURES.unauthorized;
    case 403:
      return /because it is being terminated/.test(message)
        ? FAILURES.namespaceTerminating
        : { ...FAILURES.forbidden, why: whyForbidden(message) };
    case 404:
      return details?.kind === "namespaces" ? FAILURES.namespaceNotFound : FAILURES.notFound;
    case 409:
      return reason === "AlreadyExists" ? FAILURES.exists : FAILURES.conflict;
    case 400:
      return /^unable to parse requirement: |^found '.*', expected: /.test(message)
        ? FAILURES.selector
        : FAILURES.invalid;
    case 413:
    case 422:
      return FAILURES.invalid;
    case 429:
      return FAILURES.busy;
    case 503:
      return FAILURES.notAvailable;
    case 504:
      return FAILURES.gaveUp;
    default:
      return FAILURES.serverError;
  }
}

interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly kind?: string };
}

/** Largest Status that is parsed, in UTF-16 units; of a larger one only the HTTP status is used. */
const MAX_STATUS = 256 * 1024;

/** How much of the message is read; the same limit as for a line of kubectl. */
const MAX_MESSAGE = 4096;

function parsed(body: string): Status {
  const status = body.length > MAX_STATUS ? undefined : parsedObject(body);
  const { reason, message, details } = status ?? {};
  return {
    reason: text(reason),
    message: text(message)?.slice(0, MAX_MESSAGE),
    details: isObject(details) ? { kind: text(details.kind) } : undefined,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
