import { z } from "@hono/zod-openapi";
import { registryPlace } from "../../credentials/kinds/registry.ts";
import { open, shapeOf } from "../../fields/field.ts";
import { shownName, Username } from "../../fields/texts.ts";
import type { Face } from "../face.ts";
import { cluster, LISTED, NamespaceName, Namespaces, SecretName } from "./fields.ts";
import { queryRollout, querySelection, selecting, SomeByComma } from "./selection.ts";

/**
 * Queries are strict: an unknown parameter is an error. If a misspelled `namespaces` or `dry_run` were
 * ignored, everything would be deleted.
 */

/** Query of an operation without parameters. */
export const NoQuery = z.strictObject({});

/** Query of the seed's path. */
export const SeedSecretsQuery = z.strictObject(shapeOf({ cluster }));

const UrlPrefix = z.string().min(1, "must not be empty")
  .refine((text) => text.length <= 2048, "must have at most 2048 characters")
  .refine((text) => !/[\p{Cc}\s]/u.test(text), "must not contain white space or control characters")
  .refine((text) => !/^https?:\/\/[^/]*@/i.test(text), "must not contain user information")
  .openapi({ maxLength: 2048, example: "https://github.com/org/" });

/** One cluster, or a selection of several. */
const which = { cluster: { ...cluster, schema: cluster.schema.optional() }, ...querySelection };

export const secretsFields = {
  ...which,
  namespace: open(NamespaceName.optional(), "Only secrets in this namespace", {
    value: "namespace",
    otherwise: "all",
  }),
  username: open(Username.optional(), "Only secrets with this user name, as shown in the list", {
    value: "name",
    shown: shownName,
  }),
  registry: open(
    z.string().refine((text) => registryPlace(text) !== undefined, "must be a registry host")
      .optional(),
    "Only secrets for this registry or a path below it: ghcr.io or ghcr.io/org",
    { value: "host" },
  ),
  url_prefix: open(
    UrlPrefix.optional(),
    "Only repositories and templates whose URL starts with this prefix, compared as Argo CD does",
    { value: "url" },
  ),
};
export const SecretsQuery = selecting(z.strictObject(shapeOf(secretsFields)), false);

const name = open(SecretName, "Name of the secret");
const { namespace } = secretsFields;
export const SecretPath = z.object({ name: name.schema });
export const secretFields = { name, ...which, namespace };
const SecretQuery = selecting(z.strictObject(shapeOf(secretFields)), false);
const RootSecretQuery = z.strictObject(shapeOf({ name, cluster, namespace }));

/** The query of a single secret without its path parameter, for OpenAPI. */
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
    "Delete from these namespaces only",
    {
      by: "commas",
      also: "comma-separated",
      example: "kube-system,default",
      otherwise: "all namespaces that argocd-configurer wrote it to",
    },
  ),
  force: open(
    Flag,
    "Also delete secrets that another program manages and, in the given namespaces, secrets that " +
      "argocd-configurer did not write",
    OFF,
  ),
  dry_run: open(Flag, "Dry run: the cluster validates the request and nothing is changed", OFF),
};
export const removeFields = { ...which, ...queryRollout, ...removing };
const RemoveQuery = selecting(z.strictObject(shapeOf(removeFields)), true);
const RootRemoveQuery = z.strictObject(shapeOf({ cluster, ...removing }));
export const removeQuery = (face: Face) => face === "v1" ? RemoveQuery : RootRemoveQuery;

export const clustersFields = {
  clusters: open(SomeByComma.optional(), "Cluster names or patterns with `*`", {
    by: "none",
    also: "comma-separated; a leading `!` excludes",
    example: "prod-*,!prod-old",
    otherwise: "all",
  }),
  cluster_selector: querySelection.cluster_selector,
  check: open(
    Flag,
    "Connect to each cluster: check health, versions and the kubeconfig's permissions",
    {
      by: "none",
      otherwise: "false",
    },
  ),
};
export const ClustersQuery = z.strictObject(shapeOf(clustersFields));

const DATE =
  /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+ -]([01][0-9]|2[0-3]):[0-5][0-9]))?$/;

/** A duration before now: `90s`, `5m`, `1h`, `7d`. */
const AGO = /^[1-9][0-9]{0,8}[smhd]$/;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The time that a text stands for; a duration is subtracted from the current time. */
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
      message:
        "must be a date, a time with a time zone such as 2026-01-31T12:00:00Z, or a duration " +
        "before now: 90s, 5m, 1h or 7d",
    });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    example: "2026-01-31T12:00:00Z",
    pattern: `${DATE.source}|${AGO.source}`,
  });

/** A fingerprint or a prefix of one; a shorter prefix would match too many. */
const Fingerprint = z.string()
  .regex(/^[0-9a-f]{8,64}$/, "must be a fingerprint, or at least its first 8 digits")
  .openapi({ example: "5b0c8f2e" });

const RotationId = z.string()
  .regex(/^[0-9A-Za-z._-]{1,128}$/, "must be the ID of a rotation")
  .openapi({ example: "r-5b0c8f2e1d3a4c6b" });

/** The path parameter of a rotation. */
export const rotationIdFields = {
  id: open(
    z.string().regex(/^[a-z0-9-]{1,64}$/, "must be the ID of a rotation")
      .openapi({ example: "rotation-0f3b2c1d4e5f6a7b" }),
    "ID of the rotation",
    { value: "id" },
  ),
};
export const RotationPath = z.strictObject(shapeOf(rotationIdFields));

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
  cluster: open(cluster.schema.optional(), "Only entries of this cluster", { value: "cluster" }),
  name: open(SecretName.optional(), "Only entries of secrets with this name", { value: "name" }),
  since: open(
    Time.optional(),
    "Only entries since this date, time with a time zone (2026-01-31T12:00:00Z), or duration before now (90s, 5m, 1h, 7d)",
    { value: "time" },
  ),
  until: open(Time.optional(), "Only entries before this time", { value: "time" }),
  credential: open(
    Fingerprint.optional(),
    "Only entries about the credential with this fingerprint, or with one that starts with it",
    { value: "fingerprint" },
  ),
  rotation: open(
    RotationId.optional(),
    "Only entries of the rotation with this ID",
    { value: "id" },
  ),
  limit: open(Limit, "Maximum number of entries to show, up to 1000", {
    by: "number",
    otherwise: "100",
  }),
};
export const AuditQuery = z.strictObject(shapeOf(auditFields));
