import { z } from "@hono/zod-openapi";
import { type Fields, type Shape, shapeOf } from "../../fields/field.ts";
import { inWords, type Rule } from "../../fields/rules.ts";
import type * as common from "./fields.ts";

/** What a body calls its cluster: `cluster` below `/api/v1/`, `cluster_name` at the root. */
export type ClusterField = "cluster" | "cluster_name";

/** A request body. */
export interface Body<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Its fields in their order, by whose names a misspelled one is told the nearest. */
  readonly fields: Fields;
}

type Given = Readonly<Record<string, unknown>>;

/** Fields that are only needed where others are absent, each with whether it is missing. */
export type Needs = Readonly<Record<string, (given: Given) => boolean>>;

/**
 * Requires such fields. It is asked whatever else is wrong, so that the first missing field is told and
 * not the first of those that are always needed.
 */
export function requires<Schema extends z.ZodType>(schema: Schema, needs: Needs): Schema {
  return Object.entries(needs).reduce((all, [field, isMissing]) =>
    all.refine(
      (given) => typeof given !== "object" || given === null || !isMissing(given as Given),
      { path: [field], message: "is missing", when: () => true },
    ), schema);
}

/** Fields that every write has. */
type WriteFields =
  & Pick<typeof common, "cluster" | "upsert" | "force" | "verify" | "dry_run">
  & { readonly name: ReturnType<typeof common.newName> };

type Values<Of extends Fields> = z.output<z.ZodObject<Shape<Of>>>;

interface Write<Of extends Fields, Own> {
  /** Of its component in OpenAPI. */
  readonly name: string;
  readonly fields: Of;
  readonly needs: Needs;
  /** What {@link understand} asks of the fields. */
  readonly rule: Rule;
  /** Gives what it has besides every other write; what is wrong with it is an issue. */
  understand(body: Values<Of>, context: z.RefinementCtx): Own;
}

/** What is common to all writes, understood. */
type Common = ReturnType<typeof commonOf>;

const commonOf = (body: Values<WriteFields>, cluster: string) => {
  const { name, upsert, force, verify, dry_run: dryRun } = body;
  return { cluster, name, upsert, force, verify, dryRun };
};

/**
 * The body of a write in both forms, each made when it is first asked for and then the same: OpenAPI
 * has one component for one schema.
 */
export function writeBody<Of extends WriteFields, Own extends object>(
  { name, fields, needs, rule, understand }: Write<Of, Own>,
): (clusterField: ClusterField) => Body<z.ZodType<Common & Own>> {
  const made = new Map<ClusterField, Body<z.ZodType<Common & Own>>>();
  const make = (clusterField: ClusterField) => {
    const called: Fields = Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [
        name === "cluster" ? clusterField : name,
        field,
      ]),
    );
    const schema = requires(z.strictObject(shapeOf(called)), needs).transform((given, context) => {
      const body = given as Values<Of> & Values<WriteFields>;
      const cluster = given[clusterField] as string;
      return { ...commonOf(body, cluster), ...understand(body, context) };
    }).openapi(clusterField === "cluster" ? name : `${name}AtRoot`, { ...inWords(rule) });
    return { schema, fields: called };
  };
  return (clusterField) => {
    const body = made.get(clusterField) ?? make(clusterField);
    made.set(clusterField, body);
    return body;
  };
}
