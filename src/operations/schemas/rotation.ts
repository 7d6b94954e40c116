import { z } from "@hono/zod-openapi";
import { registryPlace } from "../../credentials/kinds/registry.ts";
import {
  besideOf,
  neededBeside,
  newFields,
  secretParts,
  soughtFields,
} from "../../credentials/rotation/fields.ts";
import { newCredential } from "../../credentials/rotation/new_credential.ts";
import { type Sought, soughtValue } from "../../credentials/rotation/sought.ts";
import { type Field, type Fields, open, shapeOf } from "../../fields/field.ts";
import { anyOf, has, hasOnly, inWords, oneOf } from "../../fields/rules.ts";
import { refusing, shownName, Username, yesOrNo } from "../../fields/texts.ts";
import { askedSelection } from "../target.ts";
import type { Body } from "./body.ts";
import { expires, NamespaceName, SecretName } from "./fields.ts";
import { requires } from "./requires.ts";
import { bodyRollout, bodySelection } from "./selection.ts";

/** The body of `POST /rotations`. */

/** The terminal prompts for the new value only, not for the old one. */
function ofOld(field: Field): Field {
  const { flag } = field;
  return flag?.by === "password" ? { ...field, flag: { ...flag, by: "line" } } : field;
}

const Fingerprint = z.string()
  .regex(/^[0-9a-f]{16}$/, "must be 16 hexadecimal digits")
  .openapi({ example: "5b0c8f2e5b0c8f2e" });

const Registry = z.string()
  .transform((text, context) => {
    const place = registryPlace(text);
    if (place !== undefined) return place;
    refusing(context)([], "must be a registry host such as ghcr.io, or a path below it");
    return z.NEVER;
  })
  .openapi({ type: "string", example: "ghcr.io" });

const URL_PREFIX =
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#@]+([/?#]\S*)?$|^[^\s/?#@:]+@[^\s/?#@:]+:\S*$/;

const UrlPrefix = z.string().max(2000, "must have at most 2000 characters")
  .regex(URL_PREFIX, "must be a URL prefix with a host and without user information")
  .openapi({ example: "https://github.com/your-org/" });

const secrets = soughtFields();

const findFields: Fields = {
  ...Object.fromEntries(Object.entries(secrets).map(([name, field]) => [name, ofOld(field)])),
  fingerprint: open(Fingerprint.optional(), "Fingerprint of the old value", {
    name: "fingerprint",
    value: "fingerprint",
    also: "as `GET /api/v1/credentials` and the audit log show it",
  }),
  registry: open(
    Registry.optional(),
    "Registry of the old credential, together with its user name",
    {
      name: "registry",
      value: "host",
    },
  ),
  url_prefix: open(
    UrlPrefix.optional(),
    "URL prefix of the old credential's repositories, together with its user name",
    { name: "url-prefix", value: "url" },
  ),
  username: open(Username.optional(), "User name of the old credential", {
    value: "name",
    shown: shownName,
    also: "with `registry` or `url_prefix`",
  }),
  name: open(SecretName.optional(), "Name of the secret that holds the old credential", {
    name: "name",
    value: "name",
  }),
  namespace: open(NamespaceName.optional(), "Namespace of that secret", {
    name: "namespace",
    value: "name",
    otherwise: "all namespaces",
  }),
};

/** Ways to find the old credential; a request gives all fields of exactly one. */
const WAYS: readonly { readonly needed: readonly string[]; readonly optional?: string }[] = [
  ...[...Object.keys(secrets), "fingerprint"].map((name) => ({ needed: [name] })),
  { needed: ["registry", "username"] },
  { needed: ["url_prefix", "username"] },
  { needed: ["name"], optional: "namespace" },
];

const FIND_RULE = oneOf(
  ...WAYS.map(({ needed, optional }) =>
    hasOnly(
      needed,
      Object.keys(findFields).filter((name) => !needed.includes(name) && name !== optional),
    )
  ),
);

const Find = z.strictObject(shapeOf(findFields)).transform((given, context): Sought => {
  const wrong = refusing(context);
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  const ways = WAYS.filter(({ needed }) => needed.some((name) => names.includes(name)));
  const way = ways.find(({ needed }) => needed.every((name) => names.includes(name)));
  if (way === undefined) {
    if (names.length === 0) {
      wrong(
        [],
        "must identify the old credential: by its value, fingerprint, secret, registry or URL prefix",
      );
    } else if (names.includes("username")) {
      wrong(
        "username",
        "requires 'registry' or 'url_prefix': many credentials may have the same user name",
      );
    } else if (names.includes("namespace")) {
      wrong("namespace", "requires 'name'");
    } else wrong(names[0]!, "requires 'username'");
    return z.NEVER;
  }
  const { needed, optional } = way;
  const other = names.find((name) => !needed.includes(name) && name !== optional);
  if (other !== undefined) {
    wrong(other, `cannot be combined with '${needed[0]}'`);
    return z.NEVER;
  }
  const value = soughtValue(given);
  return value ?? soughtBy(given as Readonly<Record<string, string>>);
}).openapi({ ...inWords(FIND_RULE) });

/** The search for a credential whose value is not given. */
function soughtBy({ fingerprint, registry, url_prefix, username, name, namespace }: {
  readonly [name: string]: string | undefined;
}): Sought {
  if (fingerprint !== undefined) return { by: "fingerprint", fingerprint };
  if (registry !== undefined) return { by: "registry", registry, username: username! };
  if (url_prefix !== undefined) {
    return { by: "url_prefix", urlPrefix: url_prefix, username: username! };
  }
  return { by: "name", name: name!, ...namespace === undefined ? {} : { namespace } };
}

const setFields: Fields = newFields();

const SET_RULE = oneOf(
  ...secretParts().map((part) => {
    const needed = [part.name, ...neededBeside(part).map(({ name }) => name)];
    const optional = besideOf()[part.name]!;
    return hasOnly(
      needed,
      Object.keys(setFields).filter((name) => !needed.includes(name) && !optional.includes(name)),
    );
  }),
);

const Set = z.strictObject(shapeOf(setFields)).transform((given, context) => {
  const understood = newCredential(given);
  if (understood.ok) return understood;
  refusing(context)(understood.field === "" ? [] : understood.field, understood.why);
  return z.NEVER;
}).openapi({ ...inWords(SET_RULE) });

export const rotationFields = {
  find: open(Find, "The credential to replace: its old value, or a way to find it", {
    fields: findFields,
    prefix: "old",
    missing:
      "the credential to replace: --old-password-stdin, --old-password-file, --fingerprint, --name, " +
      "--registry with --old-username, or --url-prefix with --old-username",
  }),
  set: open(Set, "The new credential; fields that are not given keep their values", {
    fields: setFields,
    prefix: "",
    missing: "the new credential: --password-stdin, --password-file, or a file of another kind",
  }),
  ...bodySelection,
  first: bodyRollout.first,
  max_failures: open(
    bodyRollout.max_failures.schema,
    "Maximum number of failed clusters; once exceeded, no further cluster is started",
    { by: "none", otherwise: "0" },
  ),
  verify: yesOrNo("Verify the new credential at each place before anything is written", true),
  allow_untried: yesOrNo("Also write where the new credential cannot be verified"),
  managed_only: yesOrNo("Rotate only secrets that argocd-configurer wrote", true),
  everywhere: yesOrNo("Include pull secrets without a docker label"),
  force: yesOrNo("Also rotate secrets that another program manages or that are immutable"),
  expires,
  dry_run: yesOrNo("Dry run: the clusters validate the changes and nothing is written"),
};

const SELECTING = ["clusters", "cluster_selector"] as const;

const schema = requires(z.strictObject(shapeOf(rotationFields)), {
  clusters: (given) => SELECTING.every((name) => given[name] === undefined),
}).transform(({ find, set, clusters, cluster_selector, first, max_failures, ...body }) => ({
  selection: askedSelection(
    { clusters, cluster_selector, first, max_failures: max_failures ?? 0 },
    "field",
  ),
  hints: set.hints,
  request: {
    sought: find,
    set: set.value,
    maxFailures: max_failures ?? 0,
    verify: body.verify,
    allowUntried: body.allow_untried,
    managedOnly: body.managed_only,
    everywhere: body.everywhere,
    force: body.force,
    expires: body.expires,
    dryRun: body.dry_run,
  },
})).openapi("Rotate", { ...inWords(anyOf(...SELECTING.map((name) => has(name)))) });

/** The body of `POST /rotations`. */
export const ROTATION_BODY: Body<typeof schema> = { schema, fields: rotationFields };
