import { CLUSTER_ERRORS } from "./cluster_kinds.ts";
import type { ErrorKind, Face, Remedy } from "./error_kind.ts";
import type { Json } from "./reply.ts";
import { REQUEST_ERRORS } from "./request_kinds.ts";
import { ROTATION_ERRORS } from "./rotation_kinds.ts";
import { SECRET_ERRORS } from "./secret_kinds.ts";

export type { Face, Remedy };

/** Each code with its status, sentence, fields and remedy. */
export const ERRORS = {
  ...REQUEST_ERRORS,
  ...CLUSTER_ERRORS,
  ...SECRET_ERRORS,
  ...ROTATION_ERRORS,
} as const;

/** The code of an error; codes never change. */
export type ErrorCode = keyof typeof ERRORS;

/** The data for the sentence of a code; never the value of a credential. */
export type ErrorDetails<Code extends ErrorCode> = Parameters<typeof ERRORS[Code]["sentence"]>[0];

/** All codes, in the order of the table. */
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export interface ErrorMore {
  /** Further fields of the body. */
  readonly body?: object;
  /** The whole body on the seed's paths, if it has its own form there. */
  readonly seedBody?: (message: string) => object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
  /** The cluster of the request, for the log. */
  readonly cluster?: string;
}

/** The error of an operation: a code and data, from which its sentence is built. */
export class OperationError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "OperationError";
  readonly status: number;
  /** The wrong fields or parameters of the request, as dotted paths. */
  readonly fields: readonly string[];
  /** What to send to succeed, if known. */
  readonly remedy: Remedy | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The cluster of the request, for the log. */
  readonly cluster: string | undefined;

  constructor(
    readonly code: Code,
    readonly details: ErrorDetails<Code>,
    readonly more: ErrorMore = {},
  ) {
    const kind = ERRORS[code] as ErrorKind<ErrorDetails<Code>>;
    super(kind.sentence(details, "v1"));
    const { headers = {}, retryAfter, cluster } = more;
    this.status = kind.status;
    this.fields = kind.fields?.(details) ?? [];
    const wait = retryAfter === undefined ? {} : { retry_after: retryAfter };
    const remedy = { ...kind.remedy?.(details), ...wait };
    this.remedy = Object.keys(remedy).length === 0 ? undefined : remedy;
    this.headers = retryAfter === undefined
      ? headers
      : { "Retry-After": String(retryAfter), ...headers };
    this.cluster = cluster;
  }

  /** The first of {@link fields}. */
  get field(): string | undefined {
    return this.fields[0];
  }

  /** The sentence for people. */
  sentence(face: Face): string {
    return (ERRORS[this.code] as ErrorKind<ErrorDetails<Code>>).sentence(this.details, face);
  }
}

/**
 * The body of an error response.
 * @param face `seed` for the seed's paths, whose bodies have no code, field or remedy
 * @param status if it differs from the status of the error
 */
export function errorBody(error: OperationError, face: Face, status = error.status): object {
  const { code, field, fields, remedy, more: { body, seedBody } } = error;
  const message = error.sentence(face);
  const envelope = { error: true, message, status_code: status };
  if (face === "seed") return seedBody?.(message) ?? { ...envelope, ...body };
  return {
    ...envelope,
    code,
    ...(field === undefined ? {} : { field }),
    ...(fields.length > 1 ? { fields } : {}),
    ...(remedy === undefined ? {} : { remedy }),
    ...body,
  };
}

/**
 * The error response. A cluster that does not exist is 404, but 400 for a POST, whose body names it, and for
 * the DELETE at the root, as in the first version.
 */
export function errorReply(error: OperationError, face: Face, method: string): Json {
  const isWrong = method === "POST" || (method === "DELETE" && face !== "v1");
  const status = error.code === "cluster_not_found" && isWrong ? 400 : error.status;
  return { status, body: errorBody(error, face, status), headers: error.headers };
}
