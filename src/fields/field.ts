import type { z } from "@hono/zod-openapi";
import type { Sealed } from "../log/sealed.ts";
import type { Flag, FlagForm } from "./flag.ts";

/** Stands for a value that is not shown. */
export const HIDDEN = "***" as const;

/**
 * One field of a request, or one parameter: all that is known of it, said once. Validation, OpenAPI,
 * flags of the command line and what may be shown of its value derive from it.
 */
export interface Field<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** How a command line gives it; absent where that has no flag for it. */
  readonly flag?: Flag;
  /** What may be shown of a value that was given, as it came. @default all of it */
  readonly shown?: (given: unknown) => unknown;
  /** Its own fields, where the value is an object of them or an array of such. */
  readonly fields?: Fields;
  /** How the flags of its fields begin, of an object; "" for as if they stood alone. @default its own name */
  readonly prefix?: string;
  /** What is told where nothing of an object was given: `what to replace: --fingerprint or --name`. */
  readonly missing?: string;
  /** Whether its value is a credential. @default false */
  readonly isSecret?: true;
}

/** Fields by name, in the order in which they are told. */
export type Fields = Readonly<Record<string, Field>>;

/** What zod makes an object of. */
export type Shape<Of extends Fields> = { readonly [Name in keyof Of]: Of[Name]["schema"] };

/** Fields that stand in an object: `z.strictObject(shapeOf(fields))`. */
export function shapeOf<Of extends Fields>(fields: Of): Shape<Of> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { schema }]) => [name, schema]),
  ) as Shape<Of>;
}

/** What is to be said of a field besides its schema and what it is. */
export interface More
  extends Omit<Partial<Flag>, "by" | "brief">, Pick<Field, "shown" | "fields" | "prefix"> {
  /** Where the schema does not tell the form; `none` for a field without a flag. */
  readonly by?: FlagForm | "none";
  /** What the API's description says besides: a clause. */
  readonly also?: string;
  /** What is done when it is absent. */
  readonly otherwise?: string;
  /** For OpenAPI. */
  readonly example?: unknown;
}

/** A schema of something secret, by its type. */
type OfSecret<Schema extends z.ZodType> = Exclude<z.output<Schema>, undefined> extends
  Sealed<unknown> ? Schema : never;

/** A schema of what has nothing secret in it. */
type OfOpen<Schema extends z.ZodType> = true extends HasSecret<z.output<Schema>> ? never : Schema;

/** Has `true` in it where a secret is, or is somewhere in an object or array. */
type HasSecret<Value> = Value extends Sealed<unknown> ? true
  : Value extends readonly (infer Each)[] ? HasSecret<Each>
  : Value extends object ? { [Name in keyof Value]-?: HasSecret<Value[Name]> }[keyof Value]
  : false;

/** A field of which no value is shown. */
export type SecretField<Schema extends z.ZodType = z.ZodType> = Field<Schema> & {
  readonly shown: () => typeof HIDDEN;
  readonly isSecret: true;
};

/**
 * A field whose value may be shown; one with a secret inside has `fields` that say which.
 * @param about what it is, of a switch what it does: a clause that begins with a capital, without a
 * period. OpenAPI's description and help are made of it
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

/** A field whose value is seen nowhere: no mask, dry run, log or completion has it. */
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
  const absent = otherwise === undefined ? undefined : `${otherwise} when absent`;
  const description = [about, also, absent].filter((part) => part !== undefined).join("; ");
  const form = by === undefined ? formOf(schema) : { by };
  // What has fields of its own is given by theirs.
  const isGiven = form.by !== "none" && (fields === undefined || by !== undefined);
  return {
    schema: schema.openapi({ description, ...example === undefined ? {} : { example } }),
    ...shown && { shown },
    ...fields && { fields },
    ...prefix !== undefined && { prefix },
    ...!isGiven && flag.missing !== undefined && { missing: flag.missing },
    ...isGiven && { flag: { ...form, brief: briefOf(about, form.by, otherwise), ...flag } as Flag },
  };
}

/** How a command line gives a value of this schema. */
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

function briefOf(about: string, by: More["by"], otherwise: string | undefined): string {
  const several = by === "repeated"
    ? "; give it again for several"
    : by === "list" || by === "commas"
    ? ", by commas"
    : "";
  const isTold = otherwise !== undefined && by !== "switch";
  return about + several + (isTold ? ` (default: ${otherwise})` : "");
}

/**
 * What was given, for who looks at it. What is `undefined` is left out, as it would not be sent; of
 * what is no field nothing is shown.
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
  // In their order, whatever that was given in: flags by their form.
  const none = Object.fromEntries(Object.keys(fields).map((name) => [name, undefined]));
  const one = (each: unknown) =>
    isObject(each) && !Array.isArray(each) ? shownFields(fields, { ...none, ...each }) : HIDDEN;
  return Array.isArray(value) ? value.map(one) : one(value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
