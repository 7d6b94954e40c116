import { z } from "@hono/zod-openapi";
import { open, shapeOf } from "../../fields/field.ts";
import { cluster, LISTED, NamespaceName, Namespaces, SecretName } from "./fields.ts";

/**
 * Queries are strict: who sends what is not known means something by it, and of a misspelled
 * `namespaces` or `dry_run` all would be deleted.
 */

/** Of an operation that takes none. */
export const NoQuery = z.strictObject({});

export const secretsFields = { cluster };
export const SecretsQuery = z.strictObject(shapeOf(secretsFields));

export const secretFields = {
  name: open(SecretName, "The secret's name"),
  cluster,
  namespace: open(NamespaceName.optional(), "Namespace of the one secret", {
    value: "namespace",
    otherwise: "all",
  }),
};
export const SecretQuery = z.strictObject(shapeOf(secretFields));

const Flag = z.enum(["true", "false"], { error: "must be true or false" }).default("false")
  .transform((text) => text === "true")
  .openapi({ type: "boolean", default: undefined });
const OFF = { by: "switch", otherwise: "false" } as const;

export const removeFields = {
  cluster,
  name: open(SecretName, "The secret's name"),
  namespaces: open(
    Namespaces.optional().openapi({
      type: "string",
      anyOf: undefined, // an array is for bodies
      pattern: LISTED,
    }),
    "Only from these namespaces",
    {
      by: "commas",
      also: "comma-separated",
      example: "kube-system,default",
      otherwise: "all that this program has written it to",
    },
  ),
  force: open(Flag, "Delete also what this program did not write, or another one looks after", OFF),
  dry_run: open(Flag, "Only ask the cluster what would come of it", OFF),
};
export const RemoveQuery = z.strictObject(shapeOf(removeFields));

const DATE =
  /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+ -]([01][0-9]|2[0-3]):[0-5][0-9]))?$/;

const Time = z.string()
  .transform((text, context) => {
    // A plus that was not encoded arrives as a space.
    const date = new Date(text.replace(" ", "+"));
    if (DATE.test(text) && !Number.isNaN(date.getTime())) return date;
    context.addIssue({
      code: "custom",
      message: "must be a date, or a time with its zone, like 2026-01-31T12:00:00Z",
    });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "2026-01-31T12:00:00Z", pattern: DATE.source });

const Limit = z.string().default("100")
  .transform((text, context) => {
    const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
    if (number >= 1 && number <= 1000) return number;
    context.addIssue({ code: "custom", message: "must be a number from 1 to 1000" });
    return z.NEVER;
  })
  .openapi({
    type: "integer",
    minimum: 1,
    maximum: 1000,
    default: undefined,
  });

export const auditFields = {
  cluster: open(cluster.schema.optional(), "Of this cluster", { value: "cluster" }),
  name: open(SecretName.optional(), "Of a secret of this name", { value: "name" }),
  since: open(
    Time.optional(),
    "Not before this date, or time with its zone: 2026-01-31T12:00:00Z",
    { value: "time" },
  ),
  until: open(Time.optional(), "Before this one", { value: "time" }),
  limit: open(Limit, "Most entries that are shown, up to 1000", {
    by: "number",
    otherwise: "100",
  }),
};
export const AuditQuery = z.strictObject(shapeOf(auditFields));
