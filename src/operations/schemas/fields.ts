import { z } from "@hono/zod-openapi";
import { CLUSTER_NAME_RULE, isClusterName } from "../../clusters/folder.ts";
import { DECLARED, declaredTime } from "../../credentials/expiry/expiry.ts";
import { MAX_NAMESPACES } from "../../credentials/namespaces.ts";
import { parseRequirements, SelectorError } from "../../kube/label_selector.ts";
import { open } from "../../fields/field.ts";
import { anyOf, inWords } from "../../fields/rules.ts";
import { refusing, yesOrNo } from "../../fields/texts.ts";

/**
 * The schemas of requests: the single source of their validation, types and OpenAPI descriptions. A
 * message completes the sentence "Field 'x' …"; no message quotes the given value.
 *
 * OpenAPI does not include refinements and transforms, so each has a pattern or rule beside it that
 * rejects nothing more; a test compares both. Patterns have no lookaheads and no Unicode property
 * classes, because regular expressions of other languages lack them. No field has a `default` in
 * OpenAPI: generated types would require the field in requests.
 */

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const ClusterName = z.string()
  .refine(isClusterName, `is invalid: ${CLUSTER_NAME_RULE}`)
  .openapi({
    example: "test-cluster",
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$",
  });

export const cluster = open(
  ClusterName,
  "Name of the cluster: the file name of its kubeconfig without .kubeconfig",
);

/** Maximum length of a secret's name, in characters. */
export const MAX_NAME = 253;

const nameRule = (max: number) =>
  "must be a valid secret name: lower-case letters, digits, '-' and '.', " +
  `starting and ending with a letter or digit, at most ${max} characters`;

export const SecretName = z.string()
  .refine((name) => name.length <= MAX_NAME && SUBDOMAIN.test(name), nameRule(MAX_NAME))
  .openapi({ maxLength: MAX_NAME, pattern: SUBDOMAIN.source });

/** @param also a clause for the description in OpenAPI */
export const newName = (also: string) =>
  open(SecretName, "Name of the secret", { also, value: "name", required: "" });

/** @param suffix appended to the name of a second secret of the request: the name must have room for it */
export function checkNameRoom(name: string, suffix: string, context: z.RefinementCtx): void {
  const max = MAX_NAME - suffix.length;
  if (name.length <= max) return;
  refusing(context)("name", nameRule(max));
}

export const upsert = yesOrNo("Replace existing secrets");

export const force = yesOrNo(
  "With upsert: also replace secrets of another kind, and secrets that must be deleted and recreated",
);

export const template = yesOrNo(
  "Also write credential template NAME-template if the URL alone matches no chart",
  true,
);

export const NamespaceName = z.string()
  .regex(
    LABEL,
    "must be a valid namespace name: lower-case letters, digits and '-', at most 63 characters",
  );

const ONE = LABEL.source.slice(1, -1);

/** Pattern for OpenAPI only: comma-separated namespace names, at least one; items may be empty. */
export const LISTED = `^(\\s*,)*\\s*${ONE}\\s*(,\\s*(${ONE}\\s*)?)*$`;

export const Namespaces = z.union([z.string(), z.array(z.string())], {
  error: "must be a comma-separated string or an array of strings",
})
  .transform((given) => {
    const names = (typeof given === "string" ? given.split(",") : given).map((name) => name.trim());
    return [...new Set(names.filter((name) => name !== ""))];
  })
  .refine((names) => names.length > 0, "must contain at least one namespace")
  .refine(
    (names) => names.length <= MAX_NAMESPACES,
    `must contain at most ${MAX_NAMESPACES} namespaces`,
  )
  .refine(
    (names) => names.every((name) => LABEL.test(name)),
    "must contain valid namespace names: lower-case letters, digits and '-', at most 63 characters each",
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

export const dry_run = yesOrNo("Dry run: the cluster validates the request and nothing is changed");

export const verify = yesOrNo("Verify the credential first; write it only if it is accepted");

const Expires = z.string()
  .transform((text, context) => {
    const time = declaredTime(text);
    if (time !== undefined) return time;
    context.addIssue({
      code: "custom",
      message: "must be a date such as 2027-01-31, or a time with a time zone such as " +
        "2027-01-31T12:00:00Z",
    });
    return z.NEVER;
  })
  .openapi({ type: "string", pattern: DECLARED.source, example: "2027-01-31" });

/** When a credential expires, as declared by its writer; parsed to an ISO time in UTC. */
export const expires = open(
  Expires.optional(),
  "When the credential expires: a date, or a time with a time zone; stored in an annotation",
  { value: "time" },
);

/** Maximum length of a label selector, in UTF-16 units. */
const MAX_SELECTOR = 1000;

export const Selector = z.string().min(1, "must not be empty")
  .max(MAX_SELECTOR, `must have at most ${MAX_SELECTOR} characters`)
  .refine(isSelector, "must be a label selector such as team=web,env!=test")
  .openapi({ pattern: "[^\\s]" });

/**
 * Whether the text is a label selector by Kubernetes' grammar with at least one requirement. White space
 * alone would select everything; other fields are for that.
 */
function isSelector(text: string): boolean {
  if (text.length > MAX_SELECTOR) return false; // zod runs this check for longer texts, too
  try {
    return parseRequirements(text).length > 0;
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

const serviceAccountName = (message: string) =>
  z.string().refine((name) => name.length <= 253 && SUBDOMAIN.test(name), { message })
    .openapi({ maxLength: 253, pattern: SUBDOMAIN.source });

export const ServiceAccountName = serviceAccountName("must be a valid service account name");

export const ServiceAccounts = z.array(
  serviceAccountName("must contain valid service account names"),
).max(10, "must contain at most 10 service accounts")
  .transform((names) => [...new Set(names)]);
