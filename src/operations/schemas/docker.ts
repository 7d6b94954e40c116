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
    "must be names, in which * stands for anything",
  ),
).max(1000, "must name at most 1000");

export const dockerFields = {
  password,
  username,
  cluster,
  name: newName("with git_write_back at most 250 characters"),
  namespaces: open(Namespaces.optional(), "Namespaces to write to besides Argo CD's", {
    by: "commas",
    also: "comma-separated, or an array; Argo CD's own is written anyway and refused here",
    example: "kube-system,default",
    required: ", or one of the next two",
    missing: "--namespaces, --namespace-selector or --all-namespaces",
  }),
  upsert,
  force,
  registry,
  git_write_back: yesOrNo("Also write NAME-iu, with which Argo CD Image Updater commits"),
  registries,
  merge: yesOrNo("Keep the other registries that an existing secret has, which implies upsert"),
  service_accounts: open(
    orElse(ServiceAccounts, []),
    "Service accounts that get it as a pull secret besides those they have",
    { example: ["default"] },
  ),
  namespace_selector: open(
    Selector.optional(),
    "Also all namespaces with these labels, like team=web,env!=test",
    { value: "selector", example: "team=web,env!=test" },
  ),
  all_namespaces: yesOrNo("Also all namespaces that there are"),
  exclude_namespaces: open(
    orElse(Patterns, []),
    "Selected namespaces to leave out, in which * stands for anything",
    { example: ["kube-*"] },
  ),
  create_namespaces: yesOrNo(
    "Create namespaces that do not exist, which stay when a write fails",
  ),
  expires,
  verify,
  dry_run,
};

const SELECTS = anyOf(has("namespace_selector"), hasWith({ all_namespaces: be(true) }));

/** What is asked of them below. */
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
    const credentials = dockerLogins.understand(body, context);
    if (body.git_write_back) checkNameRoom(body.name, gitWriteBackName(""), context);
    if (selector !== undefined && all) {
      wrong("all_namespaces", "contradicts 'namespace_selector'; give one of them");
    }
    if (exclude.length > 0 && selector === undefined && !all) {
      wrong("exclude_namespaces", "needs 'all_namespaces' or 'namespace_selector'");
    }
    if (body.git_write_back && body.registries !== undefined) {
      wrong("git_write_back", "needs one username and password, and not 'registries'");
    }
    const select: NamespaceSelection | undefined = selector === undefined && !all
      ? undefined
      : { exclude, ...(selector === undefined ? {} : { selector }) };
    return {
      namespaces: body.namespaces ?? [],
      select,
      credentials,
      /** The one registry, by default ghcr.io; absent where `registries` was given. */
      registry: body.registries === undefined ? credentials[0]!.registry : undefined,
      merge: body.merge,
      gitWriteBack: body.git_write_back,
      serviceAccounts: body.service_accounts,
      createNamespaces: body.create_namespaces,
    };
  },
});
