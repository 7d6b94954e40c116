import { canonicalBase64 } from "./base64.ts";
import { goJsonType } from "./go_json.ts";
import { goQuote } from "./status.ts";

/** Thrown when a JSON value does not fit its field; the message is Go's. */
export class DecodeError extends Error {}

/** The fields of a Go struct with their Go types. */
export type FieldTypes = Readonly<Record<string, string>>;

/**
 * Reads one JSON object field by field; null is the same as absent, as in Go.
 *
 * Each method throws {@linkcode DecodeError} for a value of another type.
 */
export class Reader {
  constructor(
    readonly source: Record<string, unknown>,
    readonly struct: string,
    readonly fields: FieldTypes,
    readonly prefix = "",
    /** The prefix of unknown fields in messages, if it differs. */
    readonly place = prefix,
  ) {}

  /** Unknown fields in the order of the document; `nested` has the readers of nested structs. */
  unknownFields(nested: Readonly<Record<string, Pick<Reader, "unknownFields">>> = {}): string[] {
    return Object.keys(this.source).flatMap((field) => {
      if (Object.hasOwn(nested, field)) return nested[field]?.unknownFields() ?? [];
      return Object.hasOwn(this.fields, field) ? [] : [this.place + field];
    });
  }

  has(field: string): boolean {
    return this.#get(field) !== undefined;
  }

  string(field: string): string {
    return this.#typed(field, "string") as string | undefined ?? "";
  }

  bool(field: string): boolean | undefined {
    return this.#typed(field, "bool") as boolean | undefined;
  }

  integer(field: string): number | undefined {
    return this.#typed(field, "number") as number | undefined;
  }

  object(field: string): Record<string, unknown> {
    return this.#typed(field, "object") as Record<string, unknown> | undefined ?? {};
  }

  array(field: string): unknown[] {
    return this.#typed(field, "array") as unknown[] | undefined ?? [];
  }

  time(field: string): string | undefined {
    const value = this.#get(field);
    if (value === undefined) return undefined;
    if (typeof value !== "string") {
      throw new DecodeError(
        `json: cannot unmarshal ${goJsonType(value)} into Go value of type string`,
      );
    }
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) || Number.isNaN(Date.parse(value))) {
      throw new DecodeError(
        `parsing time ${goQuote(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${
          goQuote(value)
        } as "2006"`,
      );
    }
    return value;
  }

  stringMap(field: string): Record<string, string> {
    const map = this.object(field);
    return Object.fromEntries(
      Object.entries(map).map(([key, value]) => [key, this.asString(value, field)]),
    );
  }

  bytesMap(field: string): Record<string, string> {
    const entries = Object.entries(this.object(field)).map(([key, value]) => {
      const base64 = canonicalBase64(this.asString(value, field, "[]uint8"));
      if (typeof base64 === "string") return [key, base64];
      throw new DecodeError(`illegal base64 data at input byte ${base64.invalidAt}`);
    });
    return Object.fromEntries(entries);
  }

  asString(value: unknown, field: string, go = "string"): string {
    if (value === null) return "";
    if (typeof value !== "string") throw this.#mismatch(value, field, go);
    return value;
  }

  asObject(value: unknown, field: string, go: string): Record<string, unknown> {
    if (value === null) return {};
    if (goJsonType(value) !== "object") throw this.#mismatch(value, field, go);
    return value as Record<string, unknown>;
  }

  #typed(field: string, type: string): unknown {
    const value = this.#get(field);
    if (value !== undefined && goJsonType(value) !== type) {
      throw this.#mismatch(value, field, this.fields[field] ?? "");
    }
    return value;
  }

  #get(field: string): unknown {
    return Object.hasOwn(this.source, field) ? this.source[field] ?? undefined : undefined;
  }

  #mismatch(value: unknown, field: string, go: string): DecodeError {
    return new DecodeError(
      `json: cannot unmarshal ${
        goJsonType(value)
      } into Go struct field ${this.struct}.${this.prefix}${field} of type ${go}`,
    );
  }
}
