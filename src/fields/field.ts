import type { z } from "@hono/zod-openapi";
import type { Sealed } from "../log/sealed.ts";
import type { Flag, FlagForm } from "./flag.ts";

/** Placeholder for a value that is not shown. */
export const HIDDEN = "***" as const;

/**
 * One field or parameter of a request. Validation, OpenAPI, the flags of the command line and the masking
 * of values derive from it.
 */
export interface Field<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** The flag for the field; absent if the command line has none. */
  readonly flag?: Flag;
  /** Returns the part of a given value that may be shown. @default the whole value */
  readonly shown?: (given: unknown) => unknown;
  /** Nested fields, if the value is an object or an array of objects. */
  readonly fields?: Fields;
  /** Prefix for the flags of nested fields; "" for none. @default the field's name */
  readonly prefix?: string;
  /** Shown if no nested field was given: `credential to replace: --fingerprint or --name`. */
  readonly missing?: string;
  /** Whether its value is a credential. @default false */
  readonly isSecret?: true;
}

/** Fields by name, in display order. */
export type Fields = Readonly<Record<string, Field>>;

/** The shape that zod builds an object schema from. */
export type Shape<Of extends Fields> = { readonly [Name in keyof Of]: Of[Name]["schema"] };

/** The schemas of fields, for an object: `z.strictObject(shapeOf(fields))`. */
export function shapeOf<Of extends Fields>(fields: Of): Shape<Of> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { schema }]) => [name, schema]),
  ) as Shape<Of>;
}

/** Options of a field besides its schema and description. */
export interface More
  extends Omit<Partial<Flag>, "by" | "brief">, Pick<Field, "shown" | "fields" | "prefix"> {
  /** The form of the flag, if the schema does not determine it; `none` for a field without a flag. */
  readonly by?: FlagForm | "none";
  /** A further clause for the description in OpenAPI. */
  readonly also?: string;
  /** The default, in words. */
  readonly otherwise?: string;
  /** Example for OpenAPI. */
  readonly example?: unknown;
}

/** Accepts only a schema whose type is a secret. */
type OfSecret<Schema extends z.ZodType> = Exclude<z.output<Schema>, undefined> extends
  Sealed<unknown> ? Schema : never;

/** Accepts only a schema whose type contains no secret. */
type OfOpen<Schema extends z.ZodType> = true extends HasSecret<z.output<Schema>> ? never : Schema;

/** Includes `true` if the value is a secret, or an object or array that contains one. */
type HasSecret<Value> = Value extends Sealed<unknown> ? true
  : Value extends readonly (infer Each)[] ? HasSecret<Each>
  : Value extends object ? { [Name in keyof Value]-?: HasSecret<Value[Name]> }[keyof Value]
  : false;

/** A field whose value is never shown. */
export type SecretField<Schema extends z.ZodType = z.ZodType> = Field<Schema> & {
  readonly shown: () => typeof HIDDEN;
  readonly isSecret: true;
};

/**
 * A field whose value may be shown. If it contains a secret, its `fields` mark which part.
 * @param about noun phrase, or imperative for a switch; starts with a capital, no full stop. Used in the
 * description in OpenAPI and in help
 */
export function open<Schema extends z.ZodType>(
  schema: Schema,
  about: string,
  more: More & { readonly fields: Fields },
): Field<Schema>;
export function open<Schema extends z.ZodType>(
  schema: OfOpen<Schema>,
  about: string,
  more?: More,
): Field<Schema>;
export function open<Schema extends z.ZodType>(schema: Schema, about: string, more: More = {}) {
  return field<Schema>(schema, about, more);
}

/** A field whose value is never shown: not in dry runs, logs, masks or completion. */
export function secret<Schema extends z.ZodType>(
  schema: OfSecret<Schema>,
  about: string,
  more: Omit<More, "shown" | "fields" | "prefix"> & {
    readonly by: Extract<FlagForm, "file" | "json_file" | "line" | "password">;
  },
): SecretField<Schema> {
  const shown = () => HIDDEN;
  return { ...field<Schema>(schema, about, more), shown, isSecret: true };
}

function field<Schema extends z.ZodType>(schema: Schema, about: string, more: More) {
  const { shown, fields, prefix, also, otherwise, example, by, ...flag } = more;
  const byDefault = otherwise === undefined ? undefined : `default: ${otherwise}`;
  const description = [about, also, byDefault].filter((part) => part !== undefined).join("; ");
  const form = by === undefined ? formOf(schema) : { by };
  // A field with nested fields is given by their flags.
  const isGiven = form.by !== "none" && (fields === undefined || by !== undefined);
  return {
    schema: schema.openapi({ description, ...example === undefined ? {} : { example } }),
    ...shown && { shown },
    ...fields && { fields },
    ...prefix !== undefined && { prefix },
    ...!isGiven && flag.missing !== undefined && { missing: flag.missing },
    ...isGiven &&
      {
        flag: { ...form, brief: briefOf(about, { ...form, ...flag, otherwise }), ...flag } as Flag,
      },
  };
}

/** The form of the flag for this schema. */
function formOf(schema: z.core.$ZodType): Pick<Flag, "by" | "words"> {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "optional":
      return formOf(def.innerType);
    case "pipe":
      return formOf(def.in);
    case "boolean":
    case "literal":
      return { by: "switch" };
    case "enum":
      return { by: "choice", words: Object.keys(def.entries) };
    case "array":
      return { by: "list" };
    case "number":
      return { by: "number" };
    default:
      return { by: "text" };
  }
}

function briefOf(
  about: string,
  { by, words, otherwise }: Pick<More, "by" | "words" | "otherwise">,
) {
  const several = by === "repeated"
    ? "; can be repeated"
    : by === "list" || by === "commas"
    ? `, comma-separated${words === undefined ? "" : `: ${words.join(", ")}`}`
    : "";
  const hasDefault = otherwise !== undefined && by !== "switch";
  return about + several + (hasDefault ? ` (default: ${otherwise})` : "");
}

/**
 * The given values with secrets masked. `undefined` values are omitted because they are not sent; values
 * of unknown fields are masked.
 */
export function shownFields(
  fields: Fields,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        Object.hasOwn(fields, name) ? shownValue(fields[name]!, value) : HIDDEN,
      ]),
  );
}

function shownValue({ shown, fields }: Field, value: unknown): unknown {
  if (shown !== undefined) return shown(value);
  if (fields === undefined) return [value].flat().some(isObject) ? HIDDEN : value;
  // In the order of the fields, not of the given values.
  const none = Object.fromEntries(Object.keys(fields).map((name) => [name, undefined]));
  const one = (each: unknown) =>
    isObject(each) && !Array.isArray(each) ? shownFields(fields, { ...none, ...each }) : HIDDEN;
  return Array.isArray(value) ? value.map(one) : one(value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
