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
import { bodyLimits, bodySelection } from "./selection.ts";

/** The body of `POST /rotations`. */

/** Beside the new value, the old one is not asked for at a terminal. */
function ofOld(field: Field): Field {
  const { flag } = field;
  return flag?.by === "password" ? { ...field, flag: { ...flag, by: "line" } } : field;
}

const Fingerprint = z.string()
  .regex(/^[0-9a-f]{16}$/, "must be a fingerprint: 16 hexadecimal digits, as the fleet shows them")
  .openapi({ example: "5b0c8f2e5b0c8f2e" });

const Registry = z.string()
  .transform((text, context) => {
    const place = registryPlace(text);
    if (place !== undefined) return place;
    refusing(context)([], "must be the host of a registry, like ghcr.io, or a path of it");
    return z.NEVER;
  })
  .openapi({ type: "string", example: "ghcr.io" });

const URL_PREFIX =
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#@]+([/?#]\S*)?$|^[^\s/?#@:]+@[^\s/?#@:]+:\S*$/;

const UrlPrefix = z.string().max(2000, "must be shorter")
  .regex(URL_PREFIX, "must be how URLs begin, with the host and without user information")
  .openapi({ example: "https://github.com/your-org/" });

const secrets = soughtFields();

const findFields: Fields = {
  ...Object.fromEntries(Object.entries(secrets).map(([name, field]) => [name, ofOld(field)])),
  fingerprint: open(Fingerprint.optional(), "Fingerprint of the old value", {
    name: "fingerprint",
    value: "fingerprint",
    also: "as the matrix and the audit log show it",
  }),
  registry: open(Registry.optional(), "Registry of the old credential, with its user name", {
    name: "registry",
    value: "host",
  }),
  url_prefix: open(
    UrlPrefix.optional(),
    "What the URLs of its repositories begin with, with its user name",
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

/** What the old credential is found by: one of these, all of each given. */
const WAYS: readonly { readonly needed: readonly string[]; readonly may?: string }[] = [
  ...[...Object.keys(secrets), "fingerprint"].map((name) => ({ needed: [name] })),
  { needed: ["registry", "username"] },
  { needed: ["url_prefix", "username"] },
  { needed: ["name"], may: "namespace" },
];

const FIND_RULE = oneOf(
  ...WAYS.map(({ needed, may }) =>
    hasOnly(
      needed,
      Object.keys(findFields).filter((name) => !needed.includes(name) && name !== may),
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
      wrong([], "must have the old value, or what it is found by");
    } else if (names.includes("username")) {
      wrong("username", "needs 'registry' or 'url_prefix' beside it: many credentials may have it");
    } else if (names.includes("namespace")) {
      wrong("namespace", "needs 'name' beside it");
    } else wrong(names[0]!, "needs 'username' beside it");
    return z.NEVER;
  }
  const { needed, may } = way;
  const other = names.find((name) => !needed.includes(name) && name !== may);
  if (other !== undefined) {
    wrong(other, `contradicts '${needed[0]}'; give one of them`);
    return z.NEVER;
  }
  const value = soughtValue(given);
  return value ?? soughtBy(given as Readonly<Record<string, string>>);
}).openapi({ ...inWords(FIND_RULE) });

/** By something else than the value. */
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
    const may = besideOf()[part.name]!;
    return hasOnly(
      needed,
      Object.keys(setFields).filter((name) => !needed.includes(name) && !may.includes(name)),
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
  find: open(Find, "What is replaced: the old value, or what it is found by", {
    fields: findFields,
    prefix: "old",
    missing: "what to replace: --old-password-stdin, --old-password-file, --fingerprint, --name, " +
      "--registry with --old-username, or --url-prefix with --old-username",
  }),
  set: open(Set, "The new credential, of which fields that are not given stay", {
    fields: setFields,
    prefix: "",
    missing: "the new credential: --password-stdin, --password-file, or a file of another kind",
  }),
  ...bodySelection,
  first: bodyLimits.first,
  max_failures: open(
    bodyLimits.max_failures.schema,
    "Maximum number of failed clusters; once exceeded, no further cluster is started",
    { by: "none", otherwise: "0" },
  ),
  verify: yesOrNo("Try the new credential at each place before anything is written", true),
  allow_untried: yesOrNo("Write also where the new credential cannot be tried"),
  managed_only: yesOrNo("Rotate only what this program wrote", true),
  everywhere: yesOrNo("Also pull secrets without a docker label"),
  force: yesOrNo("Also secrets that another program looks after, or that are immutable"),
  expires,
  dry_run: yesOrNo("Only show what would be done, and ask the clusters whether they would take it"),
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
