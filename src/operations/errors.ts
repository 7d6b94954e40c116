import { ERRORS } from "./error_table.ts";
import type { ErrorKind, Face, Remedy } from "./error_kind.ts";
import type { Json } from "./reply.ts";

export type { Face, Remedy };

/** What went wrong, in a word that stays the same. */
export type ErrorCode = keyof typeof ERRORS;

/** What the sentence of a code is made of; never the value of a credential. */
export type ErrorDetails<Code extends ErrorCode> = Parameters<typeof ERRORS[Code]["sentence"]>[0];

/** All codes, in the order of the table. */
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

export interface ErrorMore {
  /** Further fields of the body. */
  readonly body?: object;
  /** The whole body on the seed's own paths, where it has a form of its own there. */
  readonly seedBody?: (message: string) => object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
  /** That it is about, for the logs. */
  readonly cluster?: string;
}

/** Why an operation came to nothing: data, of which sentences are made. */
export class OperationError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "OperationError";
  readonly status: number;
  /** The fields or parameters of the request that it is about, as dotted paths. */
  readonly fields: readonly string[];
  /** What to send to succeed, where that is known. */
  readonly remedy: Remedy | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** That it is about, for the logs. */
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
 * The body that tells of an error.
 * @param face `seed` for the seed's own paths, whose bodies have no code, field or remedy
 * @param status when it is another one than usual
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
 * The answer that tells of an error. A cluster that is not there is 404, but 400 to a POST, whose body
 * names it, and to the DELETE at the root, which was so from the first.
 */
export function errorReply(error: OperationError, face: Face, method: string): Json {
  const isWrong = method === "POST" || (method === "DELETE" && face !== "v1");
  const status = error.code === "cluster_not_found" && isWrong ? 400 : error.status;
  return { status, body: errorBody(error, face, status), headers: error.headers };
}
