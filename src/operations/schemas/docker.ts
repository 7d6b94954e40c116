import { z } from "@hono/zod-openapi";
import type { DockerCredential } from "../../credentials/kinds/docker.ts";
import { gitWriteBackName } from "../../credentials/kinds/docker.ts";
import { registryKeys } from "../../credentials/kinds/registry.ts";
import type { NamespaceSelection } from "../../credentials/namespaces.ts";
import { parseRequirements, SelectorError } from "../../kube/label_selector.ts";
import { type ClusterField, clusterShape, componentOf, inBothForms } from "./body.ts";
import {
  checkNameRoom,
  DryRun,
  flag,
  Force,
  MAX_NAME,
  Namespaces,
  orElse,
  Password,
  Registry,
  secretName,
  ServiceAccounts,
  Upsert,
  Username,
  Verify,
} from "./fields.ts";
import { requires } from "./missing.ts";
import {
  allOf,
  anyOf,
  be,
  has,
  hasNone,
  hasOnly,
  hasWith,
  inWords,
  mayHave,
  oneOf,
  type Rule,
  when,
} from "./rules.ts";

/** Most registries in one secret. */
const MAX_REGISTRIES = 50;

/** Longest label selector, in UTF-16 units. */
const MAX_SELECTOR = 1000;

/** Said of a user name for a registry that has one. */
export const NO_COLON = "must not contain a colon";

/** What {@link NO_COLON} is about. */
export const WITHOUT_COLON: Rule = { pattern: "^[^:]*$" };

const RegistryUser = Username.refine((name) => !name.includes(":"), NO_COLON)
  .openapi({ pattern: "^[^:\\x00-\\x1f\\x7f-\\x9f]*$" });

const Login = z.strictObject({
  registry: Registry,
  username: RegistryUser,
  password: Password,
});
type Login = z.output<typeof Login>;

/** The credential of a pull secret: of one registry, or one for each of several. */
export const dockerCredentialFields = {
  password: Password.optional(),
  username: RegistryUser.optional(),
  registry: Registry.optional().openapi({
    description: "The registry's host, or a path of it such as ghcr.io/org; ghcr.io when absent",
  }),
  registries: z.array(Login).min(1, "must name at least one registry")
    .max(MAX_REGISTRIES, `must name at most ${MAX_REGISTRIES} registries`).optional()
    .openapi({ description: "Several registries in one secret, in place of the single one" }),
};

/** What {@link dockerCredentials} asks of them. */
export const DOCKER_CREDENTIAL_RULE = oneOf(
  hasOnly(["username", "password"], ["registries"]),
  hasOnly(["registries"], ["registry", "username", "password"]),
);

const dockerFields = (clusterField: ClusterField) =>
  z.strictObject({
    password: dockerCredentialFields.password,
    username: dockerCredentialFields.username,
    ...clusterShape(clusterField),
    name: secretName("with git_write_back at most 250 characters"),
    namespaces: Namespaces.optional(),
    upsert: Upsert,
    force: Force,
    registry: dockerCredentialFields.registry,
    git_write_back: flag(
      "Whether Argo CD Image Updater is to commit with it, for which NAME-iu is written too",
    ),
    registries: dockerCredentialFields.registries,
    merge: flag("Whether other registries that an existing secret has stay, which implies upsert"),
    service_accounts: orElse(ServiceAccounts, []).openapi({
      description: "Service accounts that get the secret as a pull secret besides those they have",
      example: ["default"],
    }),
    namespace_selector: z.string().min(1, "must not be empty")
      .max(MAX_SELECTOR, "must be shorter").refine(
        isSelector,
        "must be a label selector, like team=web,env!=test",
      )
      .optional().openapi({
        description: "Also all namespaces with these labels",
        pattern: "[^\\s]",
        example: "team=web,env!=test",
      }),
    all_namespaces: flag("Whether also all namespaces that there are"),
    exclude_namespaces: orElse(
      z.array(
        z.string().regex(
          /^[a-z0-9*][a-z0-9*-]{0,62}$/,
          "must be names, in which * stands for anything",
        ),
      ).max(1000, "must name at most 1000"),
      [],
    ).openapi({
      description: "Left out of those that are selected",
      example: ["kube-*"],
    }),
    create_namespaces: flag(
      "Whether namespaces that do not exist are created, which stay when a write fails",
    ),
    verify: Verify,
    dry_run: DryRun,
  });

const SELECTS = anyOf(has("namespace_selector"), hasWith({ all_namespaces: be(true) }));

/** What the transform below asks of them. */
const DOCKER_RULES = allOf(
  DOCKER_CREDENTIAL_RULE,
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
export const addDockerBody = inBothForms((clusterField) => {
  const shape = dockerFields(clusterField);
  const withLogin = requires(
    requires(shape, "password", noLogin("password")),
    "username",
    noLogin("username"),
  );
  const schema = requires(
    withLogin,
    "namespaces",
    ({ namespaces, namespace_selector, all_namespaces }) =>
      namespaces === undefined && namespace_selector === undefined && all_namespaces !== true,
  ).transform((body, context) => {
    const { namespace_selector: selector, all_namespaces: all, exclude_namespaces: exclude } = body;
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const credentials = dockerCredentials(body, context);
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
      cluster: body[clusterField],
      name: body.name,
      namespaces: body.namespaces ?? [],
      select,
      credentials,
      /** The one registry, by default ghcr.io; absent where `registries` was given. */
      registry: body.registries === undefined ? credentials[0]!.registry : undefined,
      merge: body.merge,
      gitWriteBack: body.git_write_back,
      serviceAccounts: body.service_accounts,
      createNamespaces: body.create_namespaces,
      upsert: body.upsert,
      force: body.force,
      verify: body.verify,
      dryRun: body.dry_run,
    };
  }).openapi(componentOf("AddDocker", clusterField), { ...inWords(DOCKER_RULES) });
  return { schema, fields: Object.keys(shape.shape) };
});

/** One credential for each registry; what contradicts itself is an issue. */
export function dockerCredentials(
  { registry, username, password, registries }: Partial<Login> & { registries?: Login[] },
  context: z.RefinementCtx,
): DockerCredential[] {
  if (registries === undefined) {
    return [{ registry: registry ?? "ghcr.io", username: username!, password: password! }];
  }
  const wrong = (message: string) =>
    context.addIssue({ code: "custom", path: ["registries"], message });
  for (const [field, value] of Object.entries({ registry, username, password })) {
    if (value !== undefined) wrong(`contradicts '${field}'; give one of them`);
  }
  // By what is written: Docker Hub has several names.
  const written = registries.map(({ registry }) => registryKeys(registry)[0]);
  if (new Set(written).size < written.length) wrong("must name each registry once");
  return registries;
}

/**
 * Whether it is a label selector by Kubernetes' own grammar, and asks for something: of white space
 * alone it would mean every namespace, for which there is `all_namespaces`.
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
