import { z } from "@hono/zod-openapi";
import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { registryPlace } from "../../credentials/kinds/registry.ts";
import { MAX_NAMESPACES } from "../../credentials/namespaces.ts";
import { seal } from "../../log/sealed.ts";

/**
 * The wire shapes of requests: the one source of their validation, their types and their OpenAPI
 * description. A message completes the sentence "Field 'x' …"; none quotes what it was given.
 */

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

export const ClusterName = z.string()
  .refine(isClusterName, `must be the name of a cluster: ${CLUSTER_NAME_RULE}`)
  .openapi({ example: "test-cluster", description: "Name of the kubeconfig less .kubeconfig" });

/** Longest name of a secret, in characters. */
export const MAX_NAME = 253;

const nameRule = (max: number) =>
  "must be a secret's name: lower-case letters, digits, '-' and '.', " +
  `beginning and ending with a letter or digit, at most ${max}`;

/** @param about what else there is to say of it */
export const secretName = (about?: string) =>
  z.string()
    .refine((name) => name.length <= MAX_NAME && SUBDOMAIN.test(name), nameRule(MAX_NAME))
    .openapi({
      description: about === undefined ? "Name of the secret" : `Name of the secret; ${about}`,
      maxLength: MAX_NAME,
      pattern: SUBDOMAIN.source,
    });

/** @param suffix what a further secret of the request appends: the name must have room for it */
export function checkNameRoom(name: string, suffix: string, context: z.RefinementCtx): void {
  const max = MAX_NAME - suffix.length;
  if (name.length <= max) return;
  context.addIssue({ code: "custom", path: ["name"], message: nameRule(max) });
}

const wellFormed = (text: string) => text.isWellFormed();
const NOT_WELL_FORMED = "must be valid Unicode";

export const Username = z.string().min(1, "must not be empty")
  .refine(wellFormed, NOT_WELL_FORMED)
  .refine((name) => !/\p{Cc}/u.test(name), "must not contain control characters")
  .openapi({ description: "User name beside the password" });

const Text = z.string().min(1, "must not be empty")
  .refine(wellFormed, NOT_WELL_FORMED);

/** A text that goes nowhere but to where it is for. */
export const Password = Text.transform(seal)
  .openapi({ type: "string", format: "password", minLength: 1, description: "Password or token" });

export const Upsert = z.boolean().default(false)
  .openapi({ description: "Whether to replace what exists" });
export const Force = z.boolean().default(false)
  .openapi({
    description: "Whether to replace also a secret that is no such credential, or that has to be " +
      "deleted and created for it",
  });

export const NamespaceName = z.string()
  .regex(LABEL, "must be a namespace's name: lower-case letters, digits and '-', at most 63");

export const Namespaces = z.union([z.string(), z.array(z.string())], {
  error: "must be a comma-separated string or an array of strings",
})
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

export const Registry = z.string()
  .transform((text, context) => {
    const place = registryPlace(text);
    const isPlain = /^\s*http:/i.test(text);
    if (place !== undefined && !isPlain) return place;
    const message = place === undefined
      ? "must be the host of a registry, like ghcr.io, or a path of it, like ghcr.io/org"
      : "must be the registry's host without http://: a pull secret cannot say that, and a " +
        "credential is verified by HTTPS";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    example: "ghcr.io",
    description: "The registry's host, or a path of it: of several logins the kubelets take the " +
      "one with the longest path that an image's name begins with",
  });

export const DryRun = z.boolean().default(false)
  .openapi({ description: "Whether the cluster is only asked what would come of it" });

export const Verify = z.boolean().default(false)
  .openapi({ description: "Whether the credential is tried first, and written if it is accepted" });

/** A name of Kubernetes' that is a DNS label or subdomain. */
export const ServiceAccounts = z.array(
  z.string().refine((name) => name.length <= 253 && SUBDOMAIN.test(name), {
    message: "must name service accounts",
  }),
).max(10, "must name at most 10")
  .transform((names) => [...new Set(names)]);
