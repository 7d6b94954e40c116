import { z } from "@hono/zod-openapi";
import { registryPlace } from "../../credentials/kinds/registry.ts";
import { open, shapeOf } from "../../fields/field.ts";
import { shownName, Username } from "../../fields/texts.ts";
import type { Face } from "../face.ts";
import { cluster, LISTED, NamespaceName, Namespaces, SecretName } from "./fields.ts";
import { queryLimits, querySelection, selecting, SomeByComma } from "./selection.ts";

/**
 * Queries are strict: who sends what is not known means something by it, and of a misspelled
 * `namespaces` or `dry_run` all would be deleted.
 */

/** Of an operation that takes none. */
export const NoQuery = z.strictObject({});

/** Of the seed's own path. */
export const SeedSecretsQuery = z.strictObject(shapeOf({ cluster }));

const UrlPrefix = z.string().min(1, "must not be empty")
  .refine((text) => text.length <= 2048, "must have at most 2048 characters")
  .refine((text) => !/[\p{Cc}\s]/u.test(text), "must not contain white space or control characters")
  .refine((text) => !/^https?:\/\/[^/]*@/i.test(text), "must not contain a user")
  .openapi({ maxLength: 2048, example: "https://github.com/org/" });

/** One cluster, or several in its place. */
const which = { cluster: { ...cluster, schema: cluster.schema.optional() }, ...querySelection };

export const secretsFields = {
  ...which,
  namespace: open(NamespaceName.optional(), "Only those in this namespace", {
    value: "namespace",
    otherwise: "all",
  }),
  username: open(Username.optional(), "Only those of this user, by the name that is shown", {
    value: "name",
    shown: shownName,
  }),
  registry: open(
    z.string().refine((text) => registryPlace(text) !== undefined, "must be a registry's host")
      .optional(),
    "Only those for this registry, and for what is below its path: ghcr.io or ghcr.io/org",
    { value: "host" },
  ),
  url_prefix: open(
    UrlPrefix.optional(),
    "Only repositories and templates whose URL begins so, as Argo CD compares them",
    { value: "url" },
  ),
};
export const SecretsQuery = selecting(z.strictObject(shapeOf(secretsFields)), false);

const name = open(SecretName, "The secret's name");
const { namespace } = secretsFields;
export const SecretPath = z.object({ name: name.schema });
export const secretFields = { name, ...which, namespace };
const SecretQuery = selecting(z.strictObject(shapeOf(secretFields)), false);
const RootSecretQuery = z.strictObject(shapeOf({ name, cluster, namespace }));

/** What of a secret's is no part of the path, for OpenAPI. */
export const secretQueryShape = (face: Face) =>
  z.strictObject(shapeOf(face === "v1" ? { ...which, namespace } : { cluster, namespace }));
export const secretQuery = (face: Face) => face === "v1" ? SecretQuery : RootSecretQuery;

const Flag = z.enum(["true", "false"], { error: "must be true or false" }).default("false")
  .transform((text) => text === "true")
  .openapi({ type: "boolean", default: undefined });
const OFF = { by: "switch", otherwise: "false" } as const;

const removing = {
  name,
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
export const removeFields = { ...which, ...queryLimits, ...removing };
const RemoveQuery = selecting(z.strictObject(shapeOf(removeFields)), true);
const RootRemoveQuery = z.strictObject(shapeOf({ cluster, ...removing }));
export const removeQuery = (face: Face) => face === "v1" ? RemoveQuery : RootRemoveQuery;

export const clustersFields = {
  clusters: open(SomeByComma.optional(), "Names of clusters, or patterns with `*`", {
    by: "none",
    also: "comma-separated; `!` before one excludes it",
    example: "prod-*,!prod-old",
    otherwise: "all",
  }),
  cluster_selector: querySelection.cluster_selector,
  check: open(Flag, "Ask each cluster: whether it answers, its versions, the kubeconfig's rights", {
    by: "none",
    otherwise: "false",
  }),
};
export const ClustersQuery = z.strictObject(shapeOf(clustersFields));

const DATE =
  /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+ -]([01][0-9]|2[0-3]):[0-5][0-9]))?$/;

/** How long ago: `90s`, `5m`, `1h`, `7d`. */
const AGO = /^[1-9][0-9]{0,8}[smhd]$/;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A time as it was given; one that is so long ago counts from when it is asked for. */
function timeOf(text: string): Date | undefined {
  if (AGO.test(text)) {
    const ago = Number(text.slice(0, -1)) * SECONDS[text.at(-1)!]! * 1000;
    return new Date(Math.max(0, Date.now() - ago));
  }
  // A plus that was not encoded arrives as a space.
  const date = new Date(text.replace(" ", "+"));
  return DATE.test(text) && !Number.isNaN(date.getTime()) ? date : undefined;
}

const Time = z.string()
  .transform((text, context) => {
    const time = timeOf(text);
    if (time !== undefined) return time;
    context.addIssue({
      code: "custom",
      message: "must be a date, or a time with its zone, like 2026-01-31T12:00:00Z, or how long " +
        "ago: 90s, 5m, 1h or 7d",
    });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    example: "2026-01-31T12:00:00Z",
    pattern: `${DATE.source}|${AGO.source}`,
  });

/** Of how many characters a fingerprint is known at least: fewer would be many. */
const Fingerprint = z.string()
  .regex(/^[0-9a-f]{8,64}$/, "must be a fingerprint, or at least its first 8 digits")
  .openapi({ example: "5b0c8f2e" });

const RotationId = z.string()
  .regex(/^[0-9A-Za-z._-]{1,128}$/, "must be the id of a rotation")
  .openapi({ example: "r-5b0c8f2e1d3a4c6b" });

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
    "Not before this date, time with its zone (2026-01-31T12:00:00Z), or so long ago: 90s, 5m, 1h, 7d",
    { value: "time" },
  ),
  until: open(Time.optional(), "Before this one", { value: "time" }),
  credential: open(
    Fingerprint.optional(),
    "That wrote, tried, looked for or replaced the credential of this fingerprint, or of one that begins so",
    { value: "fingerprint" },
  ),
  rotation: open(
    RotationId.optional(),
    "Of the rotation of this id",
    { value: "id" },
  ),
  limit: open(Limit, "Most entries that are shown, up to 1000", {
    by: "number",
    otherwise: "100",
  }),
};
export const AuditQuery = z.strictObject(shapeOf(auditFields));
