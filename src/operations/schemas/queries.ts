import { z } from "@hono/zod-openapi";
import { ClusterName, LISTED, NamespaceName, Namespaces, secretName } from "./fields.ts";

/**
 * Queries are strict: who sends what is not known means something by it, and of a misspelled
 * `namespaces` or `dry_run` all would be deleted.
 */

/** Of an operation that takes none. */
export const NoQuery = z.strictObject({});

export const SecretsQuery = z.strictObject({ cluster: ClusterName });

export const SecretQuery = z.strictObject({
  name: secretName(),
  cluster: ClusterName,
  namespace: NamespaceName.optional().openapi({ description: "All namespaces when absent" }),
});

const Flag = z.enum(["true", "false"], { error: "must be true or false" }).default("false")
  .transform((text) => text === "true")
  .openapi({ type: "boolean", default: undefined });

export const RemoveQuery = z.strictObject({
  cluster: ClusterName,
  name: secretName(),
  namespaces: Namespaces.optional().openapi({
    type: "string",
    anyOf: undefined, // an array is for bodies
    pattern: LISTED,
    description: "Comma-separated; all that this program has written it to when absent",
  }),
  force: Flag.openapi({
    description:
      "Whether also what this program did not write, or another one looks after; false when absent",
  }),
  dry_run: Flag.openapi({
    description: "Whether the cluster is only asked what would come of it; false when absent",
  }),
});

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
    description: "Most entries that are given; 100 when absent",
    type: "integer",
    minimum: 1,
    maximum: 1000,
    default: undefined,
  });

export const AuditQuery = z.strictObject({
  cluster: ClusterName.optional(),
  name: secretName().optional(),
  since: Time.optional().openapi({ description: "Not before this time" }),
  until: Time.optional().openapi({ description: "Before this time" }),
  limit: Limit,
});
