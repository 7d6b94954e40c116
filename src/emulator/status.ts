import { goQuote } from "../kube/formats.ts";

export { goQuote };

/** @see k8s.io/apimachinery v0.35 pkg/apis/meta/v1/types.go, type Status */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: Record<string, never>;
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** An error answer of the API server. */
export class StatusError extends Error {
  override readonly name = "StatusError";

  /** @param reason absent if the server gives none, as for storage errors */
  constructor(
    readonly code: number,
    readonly reason: string | undefined,
    message: string,
    readonly details?: StatusDetails,
  ) {
    super(message);
  }

  toStatus(): Status {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

export function successStatus(details: StatusDetails): Status {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

export function unauthorized(): StatusError {
  return new StatusError(401, "Unauthorized", "Unauthorized");
}

export function forbidden(
  resource: string,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): StatusError {
  return new StatusError(403, "Forbidden", `${resource} ${goQuote(name)} is forbidden: ${why}`, {
    name,
    kind: resource,
    ...(causes && { causes }),
  });
}

export function notFound(resource: string, name: string): StatusError {
  return new StatusError(404, "NotFound", `${resource} ${goQuote(name)} not found`, {
    name,
    kind: resource,
  });
}

/** For an unknown path or resource, as opposed to a missing object. */
export function noSuchResource(): StatusError {
  return new StatusError(404, "NotFound", "the server could not find the requested resource", {});
}

export function methodNotAllowed(): StatusError {
  const message = "the server does not allow this method on the requested resource";
  return new StatusError(405, "MethodNotAllowed", message, {});
}

export function alreadyExists(resource: string, name: string, deleting: boolean): StatusError {
  const message = `${resource} ${goQuote(name)} already exists`;
  return new StatusError(
    409,
    "AlreadyExists",
    deleting ? `object is being deleted: ${message}` : message,
    { name, kind: resource },
  );
}

/** @param kind a resource or a kind: the server is inconsistent, see the callers */
export function conflict(kind: string, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${kind} ${goQuote(name)}: ${why}`;
  return new StatusError(409, "Conflict", message, { name, kind });
}

/** A validation error; `message` does not repeat the field. */
export interface FieldError {
  readonly reason:
    | "FieldValueInvalid"
    | "FieldValueRequired"
    | "FieldValueForbidden"
    | "FieldValueTooLong"
    | "FieldValueNotSupported";
  readonly field: string;
  readonly message: string;
}

/** Each validation error is a cause. The message has equal ones once, as Go's aggregate error does. */
export function invalid(
  kind: string,
  name: string,
  errors: readonly FieldError[],
  group = "",
): StatusError {
  const texts = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  const findings = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const qualified = group ? `${kind}.${group}` : kind;
  return new StatusError(422, "Invalid", `${qualified} ${goQuote(name)} is invalid: ${findings}`, {
    ...(name && { name }),
    ...(group && { group }),
    kind,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}
