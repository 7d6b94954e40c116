import { z } from "@hono/zod-openapi";
import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { registryPlace } from "../../credentials/kinds/registry.ts";
import { MAX_NAMESPACES } from "../../credentials/namespaces.ts";
import { seal } from "../../log/sealed.ts";
import { anyOf, inWords } from "./rules.ts";

/**
 * The wire shapes of requests: the one source of their validation, their types and their OpenAPI
 * description. A message completes the sentence "Field 'x' …"; none quotes what it was given.
 *
 * What a refinement or a transform checks OpenAPI cannot see: beside it stands a pattern or rule that
 * refuses nothing else, and a test holds the two together. Patterns are written without lookaheads
 * and classes by property, which other languages' regular expressions do not have. No field has a
 * `default` in OpenAPI: generated types would demand it of a request.
 */

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

export const ClusterName = z.string()
  .refine(isClusterName, `must be the name of a cluster: ${CLUSTER_NAME_RULE}`)
  .openapi({
    example: "test-cluster",
    description: "Name of the kubeconfig less .kubeconfig",
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$",
  });

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

/** A pattern of OpenAPI: no control characters. */
export const NO_CONTROL = "^[^\\x00-\\x1f\\x7f-\\x9f]*$";

const wellFormed = (text: string) => text.isWellFormed();
const NOT_WELL_FORMED = "must be valid Unicode";

export const Username = z.string().min(1, "must not be empty")
  .refine(wellFormed, NOT_WELL_FORMED)
  .refine((name) => !/\p{Cc}/u.test(name), "must not contain control characters")
  .openapi({ description: "User name beside the password", pattern: NO_CONTROL });

const Text = z.string().min(1, "must not be empty")
  .refine(wellFormed, NOT_WELL_FORMED);

/** A text that goes nowhere but to where it is for. */
export const Password = Text.transform(seal)
  .openapi({ type: "string", format: "password", minLength: 1, description: "Password or token" });

/**
 * A field that may be absent, and then has this value. Not by zod's `default`, which would be one in
 * OpenAPI, too.
 */
export const orElse = <Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>) =>
  schema.optional().transform((given): z.output<Schema> => given ?? value);

/**
 * A yes or no that may be absent.
 * @param description a clause that begins with "whether"
 * @param value that it has when absent
 */
export const flag = (description: string, value = false) =>
  orElse(z.boolean(), value).openapi({ description: `${description}; ${value} when absent` });

export const Upsert = flag("Whether to replace what exists");
export const Force = flag(
  "Whether to replace also a secret that is no such credential, or that has to be deleted and " +
    "created for it",
);

export const NamespaceName = z.string()
  .regex(LABEL, "must be a namespace's name: lower-case letters, digits and '-', at most 63");

const ONE = LABEL.source.slice(1, -1);

/**
 * A pattern of OpenAPI, which nothing here runs: at least one namespace's name between commas, which
 * may have nothing between them.
 */
export const LISTED = `^(\\s*,)*\\s*${ONE}\\s*(,\\s*(${ONE}\\s*)?)*$`;

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
    ...inWords(anyOf(
      { type: "string", pattern: LISTED },
      {
        type: "array",
        items: { type: "string", pattern: `^\\s*(${ONE})?\\s*$` },
        contains: { type: "string", pattern: "\\S" },
      },
    )),
    example: "kube-system,default",
    description: "Comma-separated, or an array; Argo CD's namespace is written anyway and refused",
  });

/**
 * What {@link registryPlace} takes, with white space around it. Only ASCII: some letters of other
 * scripts are ASCII's in lower case, as the sign of Kelvin is.
 */
const REGISTRY =
  /^\s*([Hh][Tt][Tt][Pp][Ss]:\/\/)?([A-Za-z0-9]+(-+[A-Za-z0-9]+)*(\.[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(\/[A-Za-z0-9]+((\.|_|__|-+)[A-Za-z0-9]+)*)*\/?\s*$/;

export const Registry = z.string()
  .transform((text, context) => {
    const place = registryPlace(text);
    const isPlain = /^\s*http:/i.test(text);
    if (place !== undefined && REGISTRY.test(text)) return place;
    const message = place === undefined || !isPlain
      ? "must be the host of a registry, like ghcr.io, or a path of it, like ghcr.io/org"
      : "must be the registry's host without http://: a pull secret cannot say that, and a " +
        "credential is verified by HTTPS";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    pattern: REGISTRY.source,
    example: "ghcr.io",
    description: "The registry's host, or a path of it: of several logins the kubelets take the " +
      "one with the longest path that an image's name begins with",
  });

export const DryRun = flag("Whether the cluster is only asked what would come of it");

export const Verify = flag("Whether the credential is tried first, and written if it is accepted");

/** A name of Kubernetes' that is a DNS label or subdomain. */
export const ServiceAccounts = z.array(
  z.string().refine((name) => name.length <= 253 && SUBDOMAIN.test(name), {
    message: "must name service accounts",
  }).openapi({ maxLength: 253, pattern: SUBDOMAIN.source }),
).max(10, "must name at most 10")
  .transform((names) => [...new Set(names)]);
