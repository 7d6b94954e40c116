import { z } from "@hono/zod-openapi";
import { type Fields, type Shape, shapeOf } from "../../fields/field.ts";
import { inWords, type Rule } from "../../fields/rules.ts";
import { type Target, targetOf } from "../target.ts";
import type * as common from "./fields.ts";
import { type Needs, requires } from "./requires.ts";
import { bodyRollout, bodySelection, selecting, withSelection } from "./selection.ts";

/** Name of the cluster field in a body: `cluster` below `/api/v1/`, `cluster_name` at the root. */
export type ClusterField = "cluster" | "cluster_name";

/** A request body. */
export interface Body<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** All fields in order. The error for an unknown field suggests the nearest of these names. */
  readonly fields: Fields;
  /** Fields that users may expect, each with the reason why it is rejected: the rest of "Field 'x' …". */
  readonly rejected?: Readonly<Record<string, string>>;
}

/** Fields of every write. */
type WriteFields =
  & Pick<typeof common, "cluster" | "upsert" | "force" | "expires" | "verify" | "dry_run">
  & { readonly name: ReturnType<typeof common.newName> };

type Values<Of extends Fields> = z.output<z.ZodObject<Shape<Of>>>;

interface Write<Of extends Fields, Own> {
  /** Name of the OpenAPI component. */
  readonly name: string;
  readonly fields: Of;
  readonly needs: Needs;
  /** The checks of {@link understand} as JSON Schema, as far as that can express them. */
  readonly rule: Rule;
  /** Returns the values that only this write has; adds an issue to the context for each error. */
  understand(body: Values<Of>, context: z.RefinementCtx): Own;
}

/** The values that every write has. */
type Common = ReturnType<typeof commonOf>;

const commonOf = (body: Values<WriteFields>, target: Target) => {
  const { name, upsert, force, expires, verify, dry_run: dryRun } = body;
  return { target, name, upsert, force, expires, verify, dryRun };
};

/**
 * The body of a write in both forms; the form below `/api/v1/` may select several clusters in place of
 * one. Each form is created once, on first use: OpenAPI has one component per schema object.
 */
export function writeBody<Of extends WriteFields, Own extends object>(
  { name, fields, needs, rule, understand }: Write<Of, Own>,
): (clusterField: ClusterField) => Body<z.ZodType<Common & Own>> {
  const made = new Map<ClusterField, Body<z.ZodType<Common & Own>>>();
  const make = (clusterField: ClusterField) => {
    const isRoot = clusterField === "cluster_name";
    const called = isRoot
      ? renamed(fields)
      : withSelection(fields, { ...bodySelection, ...bodyRollout });
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
