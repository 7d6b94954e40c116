import { z } from "@hono/zod-openapi";
import { open, secret, shapeOf } from "../../fields/field.ts";
import { hasOnly, oneOf, type Rule } from "../../fields/rules.ts";
import { Password, refusing, shownName, Username } from "../../fields/texts.ts";
import type { Sealed } from "../../log/sealed.ts";
import type { RegistryCredential } from "../../verify/verdict.ts";
import { ecrHint } from "../material/ecr.ts";
import { passwordHint, usernameHint } from "../material/password.ts";
import { hostOfRegistry, registryHints, registryKeys, registryPlace } from "./registry.ts";

export interface DockerCredential {
  /** A host, with a port where it is not the usual one, or what is below a path of it. */
  readonly registry: string;
  readonly username: string;
  readonly password: Sealed<string>;
}

/** Most registries in one secret. */
const MAX_REGISTRIES = 50;

/**
 * What {@link registryPlace} takes, with white space around it. Only ASCII: some letters of other
 * scripts are ASCII's in lower case, as the sign of Kelvin is.
 */
const REGISTRY =
  /^\s*([Hh][Tt][Tt][Pp][Ss]:\/\/)?([A-Za-z0-9]+(-+[A-Za-z0-9]+)*(\.[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(\/[A-Za-z0-9]+((\.|_|__|-+)[A-Za-z0-9]+)*)*\/?\s*$/;

const Registry = z.string()
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
  });

/** Said of a user name for a registry that has one. */
export const NO_COLON = "must not contain a colon";

/** What {@link NO_COLON} is about. */
export const WITHOUT_COLON: Rule = { pattern: "^[^:]*$" };

const RegistryUser = Username.refine((name) => !name.includes(":"), NO_COLON)
  .openapi({ pattern: "^[^:\\x00-\\x1f\\x7f-\\x9f]*$" });

const loginFields = {
  registry: open(Registry, "The registry's host, or a path of it", {
    also:
      "of several logins the kubelets take the one with the longest path that an image's name " +
      "begins with",
  }),
  username: open(RegistryUser, "User name", { shown: shownName }),
  password: secret(Password, "The password or token", { by: "password" }),
};
const Login = z.strictObject(shapeOf(loginFields));
type Login = z.output<typeof Login>;

/** The credential of a pull secret: of one registry, or one for each of several. */
const fields = {
  password: secret(Password.optional(), "The password or token", { by: "password" }),
  username: open(RegistryUser.optional(), "User name", {
    by: "login",
    value: "name",
    required: ", or --registries-file",
    shown: shownName,
  }),
  registry: open(Registry.optional(), "The registry's host, or a path of it such as ghcr.io/org", {
    value: "host",
    otherwise: "ghcr.io",
  }),
  registries: open(
    z.array(Login).min(1, "must name at least one registry")
      .max(MAX_REGISTRIES, `must name at most ${MAX_REGISTRIES} registries`).optional(),
    "Several in one secret: a JSON array of objects with registry, username and password",
    { by: "json_file", also: "in place of the single one", value: "file", fields: loginFields },
  ),
};

/** What {@link understand} asks of them. */
const rule = oneOf(
  hasOnly(["username", "password"], ["registries"]),
  hasOnly(["registries"], ["registry", "username", "password"]),
);

/** One credential for each registry; what contradicts itself is an issue. */
function understand(
  { registry, username, password, registries }: Partial<Login> & { registries?: Login[] },
  context: z.RefinementCtx,
): DockerCredential[] {
  if (registries === undefined) {
    return [{ registry: registry ?? "ghcr.io", username: username!, password: password! }];
  }
  const wrong = (message: string) => refusing(context)("registries", message);
  for (const [field, value] of Object.entries({ registry, username, password })) {
    if (value !== undefined) wrong(`contradicts '${field}'; give one of them`);
  }
  // By what is written: Docker Hub has several names.
  const written = registries.map(({ registry }) => registryKeys(registry)[0]);
  if (new Set(written).size < written.length) wrong("must name each registry once");
  return registries;
}

/** What the user should know about the logins of a pull secret; each once. */
function hints(credentials: readonly DockerCredential[]): string[] {
  const registries = credentials.map(({ registry }) => registry);
  return [
    ...new Set([
      ...credentials.flatMap(({ registry, username, password }) =>
        [
          ecrHint(hostOfRegistry(registry), username) ?? [],
          usernameHint(username) ?? [],
          passwordHint(password) ?? [],
        ].flat()
      ),
      ...registryHints(registries),
    ]),
  ];
}

/** With what a registry is asked. Below a path no repository is known that could be asked for. */
function tried({ registry, username, password }: DockerCredential): RegistryCredential {
  const host = hostOfRegistry(registry);
  return { kind: "registry", host, username, password, transport: {} };
}

/** The credential of a pull secret: all that is known of it but how the secret holds it. */
export const dockerLogins = { fields, rule, understand, hints, tried };
