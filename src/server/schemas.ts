import { z } from "@hono/zod-openapi";
import { CLUSTER_NAME_RULE, isClusterName } from "../clusters/folder.ts";
import { registryHost } from "../credentials/kinds/docker.ts";
import { parseRepositoryUrl, type RepositoryUrl } from "../credentials/kinds/url.ts";
import { seal } from "../log/sealed.ts";

/**
 * The wire shapes of requests: the one source of their validation, their types and their OpenAPI
 * description. A message completes the sentence "Field 'x' …"; none quotes what it was given.
 */

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Most namespaces that one request may name. */
export const MAX_NAMESPACES = 1000;

export const ClusterName = z.string()
  .refine(isClusterName, `must be the name of a cluster: ${CLUSTER_NAME_RULE}`)
  .openapi({ example: "test-cluster", description: "Name of the kubeconfig less .kubeconfig" });

/** @param suffix what a further secret of the request appends: the name must have room for it */
const secretName = (suffix: string) => {
  const max = 253 - suffix.length;
  return z.string()
    .refine(
      (name) => name.length <= max && SUBDOMAIN.test(name),
      "must be a secret's name: lower-case letters, digits, '-' and '.', " +
        `beginning and ending with a letter or digit, at most ${max}`,
    );
};

const wellFormed = (text: string) => text.isWellFormed();
const NOT_WELL_FORMED = "must be valid Unicode";

const Username = z.string().min(1, "must not be empty")
  .refine(wellFormed, NOT_WELL_FORMED)
  .refine((name) => !/\p{Cc}/u.test(name), "must not contain control characters");

const Password = z.string().min(1, "must not be empty")
  .refine(wellFormed, NOT_WELL_FORMED)
  .openapi({ format: "password" });

const Upsert = z.boolean().default(false)
  .openapi({ description: "Whether to replace what exists" });
const Force = z.boolean().default(false)
  .openapi({
    description: "Whether to replace also a secret that is no such credential, or that has to be " +
      "deleted and created for it",
  });

const Namespaces = z.union([z.string(), z.array(z.string())])
  .transform((given) => {
    const names = (typeof given === "string" ? given.split(",") : given).map((name) => name.trim());
    return [...new Set(names.filter((name) => name !== ""))];
  })
  .refine((names) => names.length > 0, "must name at least one namespace")
  .refine((names) => names.length <= MAX_NAMESPACES, `must name at most ${MAX_NAMESPACES}`)
  .refine(
    (names) => names.every((name) => LABEL.test(name)),
    "must name namespaces: lower-case letters, digits and '-', at most 63 each",
  )
  .openapi({
    anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
    example: "kube-system,default",
    description: "Comma-separated, or an array; Argo CD's namespace is written anyway and refused",
  });

const Registry = z.string().default("ghcr.io")
  .transform((text, context) => {
    const host = registryHost(text);
    if (host !== undefined) return host;
    context.addIssue({ code: "custom", message: "must be the host of a registry, like ghcr.io" });
    return z.NEVER;
  })
  .openapi({ type: "string", example: "ghcr.io" });

export const AddDockerBody = z.strictObject({
  password: Password.transform(seal).openapi({ type: "string", format: "password" }),
  username: Username.refine((name) => !name.includes(":"), "must not contain a colon"),
  cluster_name: ClusterName,
  name: secretName("-iu"),
  namespaces: Namespaces,
  upsert: Upsert,
  force: Force,
  registry: Registry,
  git_write_back: z.boolean().default(false).openapi({
    description: "Whether Argo CD Image Updater is to commit with it: NAME-iu is written too",
  }),
}).openapi("AddDocker");

interface SpelledUrl {
  readonly spelled: string;
  readonly url: RepositoryUrl;
}

const HelmRepoFields = z.strictObject({
  name: secretName("-template"),
  repository_url: z.string().openapi({ example: "https://charts.bitnami.com/bitnami" }),
  cluster_name: ClusterName,
  username: Username,
  password: Password.transform(seal).openapi({ type: "string", format: "password" }),
  use_oci: z.boolean().optional().openapi({
    description: "Whether the charts are OCI artifacts; decided by the URL when absent",
  }),
  upsert: Upsert,
  force: Force,
  template: z.boolean().default(true).openapi({
    description: "Whether to write NAME-template too where the URL alone matches no chart",
  }),
});

/** Names of the fields of {@link AddHelmRepoBody}. */
export const ADD_HELM_REPO_FIELDS = Object.keys(HelmRepoFields.shape);

export const AddHelmRepoBody = HelmRepoFields.transform((body, context) => {
  const { repository_url: spelled, use_oci: useOci, ...rest } = body;
  const parsed = parseRepositoryUrl(spelled, useOci);
  if (parsed.ok) {
    const repository: SpelledUrl = { spelled, url: parsed.value };
    return { ...rest, repository };
  }
  context.addIssue({ code: "custom", path: ["repository_url"], message: parsed.why });
  return z.NEVER;
}).openapi("AddHelmRepo");

export const SecretsQuery = z.object({ cluster: ClusterName });

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+ -]\d\d:\d\d))?$/;

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
  .openapi({ type: "string", example: "2026-01-31T12:00:00Z" });

const Limit = z.string().default("100")
  .transform((text, context) => {
    const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
    if (number >= 1 && number <= 1000) return number;
    context.addIssue({ code: "custom", message: "must be a number from 1 to 1000" });
    return z.NEVER;
  })
  .openapi({ type: "integer", minimum: 1, maximum: 1000, default: 100 });

export const AuditQuery = z.object({
  cluster: ClusterName.optional(),
  name: secretName("").optional(),
  since: Time.optional().openapi({ description: "Not before this time" }),
  until: Time.optional().openapi({ description: "Before this time" }),
  limit: Limit,
});
