import { z } from "@hono/zod-openapi";
import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { DECLARED, declaredTime } from "../../credentials/expiry/expiry.ts";
import { MAX_NAMESPACES } from "../../credentials/namespaces.ts";
import { parseRequirements, SelectorError } from "../../kube/label_selector.ts";
import { open } from "../../fields/field.ts";
import { anyOf, inWords } from "../../fields/rules.ts";
import { refusing, yesOrNo } from "../../fields/texts.ts";

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

const ClusterName = z.string()
  .refine(isClusterName, `must be the name of a cluster: ${CLUSTER_NAME_RULE}`)
  .openapi({
    example: "test-cluster",
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$",
  });

export const cluster = open(ClusterName, "Name of the kubeconfig less .kubeconfig");

/** Longest name of a secret, in characters. */
export const MAX_NAME = 253;

const nameRule = (max: number) =>
  "must be a secret's name: lower-case letters, digits, '-' and '.', " +
  `beginning and ending with a letter or digit, at most ${max}`;

export const SecretName = z.string()
  .refine((name) => name.length <= MAX_NAME && SUBDOMAIN.test(name), nameRule(MAX_NAME))
  .openapi({ maxLength: MAX_NAME, pattern: SUBDOMAIN.source });

/** @param also what else there is to say of the name of what is written */
export const newName = (also: string) =>
  open(SecretName, "The secret's name", { also, value: "name", required: "" });

/** @param suffix what a further secret of the request appends: the name must have room for it */
export function checkNameRoom(name: string, suffix: string, context: z.RefinementCtx): void {
  const max = MAX_NAME - suffix.length;
  if (name.length <= max) return;
  refusing(context)("name", nameRule(max));
}

export const upsert = yesOrNo("Replace what exists");

export const force = yesOrNo(
  "With upsert: replace also what is no such credential, or has to be deleted and created for it",
);

/** Of a repository. */
export const template = yesOrNo(
  "Write NAME-template too where the URL alone matches no chart",
  true,
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
  });

export const dry_run = yesOrNo("Only ask the cluster what would come of it");

export const verify = yesOrNo("Try the credential first, and write it if it is accepted");

const Expires = z.string()
  .transform((text, context) => {
    const time = declaredTime(text);
    if (time !== undefined) return time;
    context.addIssue({
      code: "custom",
      message: "must be a date like 2027-01-31, or a time with its zone like 2027-01-31T12:00:00Z",
    });
    return z.NEVER;
  })
  .openapi({ type: "string", pattern: DECLARED.source, example: "2027-01-31" });

/** When a credential ends, as who writes it knows; understood it is ISO time of UTC. */
export const expires = open(
  Expires.optional(),
  "When the credential expires: a date, or a time with its zone; kept in an annotation",
  { value: "time" },
);

/** Longest label selector, in UTF-16 units. */
const MAX_SELECTOR = 1000;

export const Selector = z.string().min(1, "must not be empty").max(MAX_SELECTOR, "must be shorter")
  .refine(isSelector, "must be a label selector, like team=web,env!=test")
  .openapi({ pattern: "[^\\s]" });

/**
 * Whether it is a label selector by Kubernetes' own grammar, and asks for something: of white space
 * alone it would mean everything, which is said in another way.
 */
function isSelector(text: string): boolean {
  if (text.length > MAX_SELECTOR) return false; // zod asks here, too, when it is too long
  try {
    return parseRequirements(text).length > 0;
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

/** A name of Kubernetes' that is a DNS label or subdomain. */
const serviceAccountName = (message: string) =>
  z.string().refine((name) => name.length <= 253 && SUBDOMAIN.test(name), { message })
    .openapi({ maxLength: 253, pattern: SUBDOMAIN.source });

export const ServiceAccountName = serviceAccountName("must be a service account's name");

export const ServiceAccounts = z.array(
  serviceAccountName("must name service accounts"),
).max(10, "must name at most 10")
  .transform((names) => [...new Set(names)]);
