import { z } from "@hono/zod-openapi";
import { type Fields, type Shape, shapeOf } from "../../fields/field.ts";
import { inWords, type Rule } from "../../fields/rules.ts";
import { type Target, targetOf } from "../target.ts";
import type * as common from "./fields.ts";
import { type Needs, requires } from "./requires.ts";
import { bodyLimits, bodySelection, selecting, withSelection } from "./selection.ts";

/** What a body calls its cluster: `cluster` below `/api/v1/`, `cluster_name` at the root. */
export type ClusterField = "cluster" | "cluster_name";

/** A request body. */
export interface Body<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Its fields in their order, by whose names a misspelled one is told the nearest. */
  readonly fields: Fields;
  /** Fields that somebody may well give, and why they are not taken: the rest of "Field 'x' …". */
  readonly refused?: Readonly<Record<string, string>>;
}

/** Fields that every write has. */
type WriteFields =
  & Pick<typeof common, "cluster" | "upsert" | "force" | "expires" | "verify" | "dry_run">
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

const commonOf = (body: Values<WriteFields>, target: Target) => {
  const { name, upsert, force, expires, verify, dry_run: dryRun } = body;
  return { target, name, upsert, force, expires, verify, dryRun };
};

/**
 * The body of a write in both forms, of which the one below `/api/v1/` may choose several clusters in
 * place of one. Each is made when it is first asked for and then the same: OpenAPI
 * has one component for one schema.
 */
export function writeBody<Of extends WriteFields, Own extends object>(
  { name, fields, needs, rule, understand }: Write<Of, Own>,
): (clusterField: ClusterField) => Body<z.ZodType<Common & Own>> {
  const made = new Map<ClusterField, Body<z.ZodType<Common & Own>>>();
  const make = (clusterField: ClusterField) => {
    const isRoot = clusterField === "cluster_name";
    const called = isRoot
      ? renamed(fields)
      : withSelection(fields, { ...bodySelection, ...bodyLimits });
    const object = requires(z.strictObject(shapeOf(called)), needs);
    const schema = (isRoot ? object : selecting(object, true)).transform((given, context) => {
      const body = given as Values<Of> & Values<WriteFields>;
      const cluster = given[clusterField] as string | undefined;
      return {
        ...commonOf(body, targetOf({ ...given, cluster }, "field")),
        ...understand(body, context),
      };
    }).openapi(isRoot ? `${name}AtRoot` : name, {
      ...inWords(rule),
    });
    return { schema, fields: called };
  };
  return (clusterField) => {
    const body = made.get(clusterField) ?? make(clusterField);
    made.set(clusterField, body);
    return body;
  };
}

const renamed = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name === "cluster" ? "cluster_name" : name,
      field,
    ]),
  );
