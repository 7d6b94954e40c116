import { z } from "@hono/zod-openapi";
import { gitWriteBackName } from "../../credentials/kinds/docker.ts";
import { dockerLogins } from "../../credentials/kinds/docker_logins.ts";
import type { NamespaceSelection } from "../../credentials/namespaces.ts";
import { open } from "../../fields/field.ts";
import { allOf, anyOf, be, has, hasNone, hasWith, mayHave, when } from "../../fields/rules.ts";
import { orElse, refusing, yesOrNo } from "../../fields/texts.ts";
import { writeBody } from "./body.ts";
import {
  checkNameRoom,
  cluster,
  dry_run,
  expires,
  force,
  MAX_NAME,
  Namespaces,
  newName,
  Selector,
  ServiceAccounts,
  upsert,
  verify,
} from "./fields.ts";

const { password, username, registry, registries } = dockerLogins.fields;

const Patterns = z.array(
  z.string().regex(
    /^[a-z0-9*][a-z0-9*-]{0,62}$/,
    "must be namespace names or patterns with '*'",
  ),
).max(1000, "must have at most 1000 entries");

export const dockerFields = {
  password,
  username,
  cluster,
  name: newName("at most 250 characters with git_write_back"),
  namespaces: open(Namespaces.optional(), "Namespaces to write to, in addition to Argo CD's", {
    by: "commas",
    also: "a comma-separated string or an array; the Argo CD namespace is always written to and " +
      "must not be listed",
    example: "kube-system,default",
    required: " unless one of the next two is given",
    missing: "--namespaces, --namespace-selector or --all-namespaces",
  }),
  upsert,
  force,
  registry,
  git_write_back: yesOrNo("Also write secret NAME-iu for Git write-back of Argo CD Image Updater"),
  registries,
  merge: yesOrNo("Keep the other registries of an existing secret (implies upsert)"),
  service_accounts: open(
    orElse(ServiceAccounts, []),
    "Service accounts to add the secret to, in addition to their other image pull secrets",
    { example: ["default"] },
  ),
  namespace_selector: open(
    Selector.optional(),
    "Also write to namespaces that match this label selector, such as team=web,env!=test",
    { value: "selector", example: "team=web,env!=test" },
  ),
  all_namespaces: yesOrNo("Write to all existing namespaces"),
  exclude_namespaces: open(
    orElse(Patterns, []),
    "Namespaces to exclude from the selection, by name or pattern with *",
    { example: ["kube-*"] },
  ),
  create_namespaces: yesOrNo(
    "Create missing namespaces; they are kept if the write fails",
  ),
  expires,
  verify,
  dry_run,
};

const SELECTS = anyOf(has("namespace_selector"), hasWith({ all_namespaces: be(true) }));

/** The checks of `understand` below as JSON Schema. */
const DOCKER_RULES = allOf(
  dockerLogins.rule,
  anyOf(has("namespaces"), SELECTS),
  when(hasWith({ all_namespaces: be(true) }), hasNone("namespace_selector")),
  when(hasWith({ exclude_namespaces: { minItems: 1 } }), SELECTS),
  when(
    hasWith({ git_write_back: be(true) }),
    mayHave({ name: { maxLength: MAX_NAME - gitWriteBackName("").length } }, ["registries"]),
  ),
);

const noLogin = (field: string) => (given: Readonly<Record<string, unknown>>) =>
  given[field] === undefined && given.registries === undefined;

/** The body of `POST /secrets/add_docker`. */
export const addDockerBody = writeBody({
  name: "AddDocker",
  fields: dockerFields,
  needs: {
    password: noLogin("password"),
    username: noLogin("username"),
    namespaces: ({ namespaces, namespace_selector, all_namespaces }) =>
      namespaces === undefined && namespace_selector === undefined && all_namespaces !== true,
  },
  rule: DOCKER_RULES,
  understand(body, context) {
    const { namespace_selector: selector, all_namespaces: all, exclude_namespaces: exclude } = body;
    const wrong = refusing(context);
    const credentials = dockerLogins.parse(body, context);
    if (body.git_write_back) checkNameRoom(body.name, gitWriteBackName(""), context);
    if (selector !== undefined && all) {
      wrong("all_namespaces", "cannot be combined with 'namespace_selector'");
    }
    if (exclude.length > 0 && selector === undefined && !all) {
      wrong("exclude_namespaces", "requires 'all_namespaces' or 'namespace_selector'");
    }
    if (body.git_write_back && body.registries !== undefined) {
      wrong("git_write_back", "requires one username and password, not 'registries'");
    }
    const select: NamespaceSelection | undefined = selector === undefined && !all
      ? undefined
      : { exclude, ...(selector === undefined ? {} : { selector }) };
    return {
      namespaces: body.namespaces ?? [],
      select,
      credentials,
      /** The registry, ghcr.io by default; absent if `registries` was given. */
      registry: body.registries === undefined ? credentials[0]!.registry : undefined,
      merge: body.merge,
      gitWriteBack: body.git_write_back,
      serviceAccounts: body.service_accounts,
      createNamespaces: body.create_namespaces,
    };
  },
});
