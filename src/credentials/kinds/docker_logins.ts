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
  /** As {@link registryPlace} gives it: a host with an optional port and path. */
  readonly registry: string;
  readonly username: string;
  readonly password: Sealed<string>;
}

/** The most registries in one secret. */
const MAX_REGISTRIES = 50;

/**
 * What {@link registryPlace} accepts, with white space around it. ASCII only, since the lower case of some
 * other letters is ASCII: the Kelvin sign becomes `k`.
 */
const REGISTRY =
  /^\s*([Hh][Tt][Tt][Pp][Ss]:\/\/)?([A-Za-z0-9]+(-+[A-Za-z0-9]+)*(\.[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(\/[A-Za-z0-9]+((\.|_|__|-+)[A-Za-z0-9]+)*)*\/?\s*$/;

const Registry = z.string()
  .transform((text, context) => {
    const place = registryPlace(text);
    const isPlain = /^\s*http:/i.test(text);
    if (place !== undefined && REGISTRY.test(text)) return place;
    const message = place === undefined || !isPlain
      ? "must be the host of a registry, such as ghcr.io, or a path of it, such as ghcr.io/org"
      : "must be the registry's host without http://: a pull secret cannot store the scheme, and " +
        "credentials are verified over HTTPS";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    pattern: REGISTRY.source,
    example: "ghcr.io",
  });

/** The error of a user name with a colon, which separates name and password in `auth`. */
export const NO_COLON = "must not contain a colon";

/** The JSON Schema of the rule of {@link NO_COLON}. */
export const WITHOUT_COLON: Rule = { pattern: "^[^:]*$" };

const RegistryUser = Username.refine((name) => !name.includes(":"), NO_COLON)
  .openapi({ pattern: "^[^:\\x00-\\x1f\\x7f-\\x9f]*$" });

const loginFields = {
  registry: open(Registry, "Registry host, or a path in it", {
    also: "of several logins, the kubelet uses the one with the longest path that the image name " +
      "starts with",
  }),
  username: open(RegistryUser, "User name", { shown: shownName }),
  password: secret(Password, "Password or token", { by: "password" }),
};
const Login = z.strictObject(shapeOf(loginFields));
type Login = z.output<typeof Login>;

/** The fields of a request: one login, or several, one per registry. */
const fields = {
  password: secret(Password.optional(), "Password or token", { by: "password" }),
  username: open(RegistryUser.optional(), "User name", {
    by: "login",
    value: "name",
    required: ", or --registries-file",
    shown: shownName,
  }),
  registry: open(Registry.optional(), "Registry host, or a path in it such as ghcr.io/org", {
    value: "host",
    otherwise: "ghcr.io",
  }),
  registries: open(
    z.array(Login).min(1, "must name at least one registry")
      .max(MAX_REGISTRIES, `must name at most ${MAX_REGISTRIES} registries`).optional(),
    "Several logins in one secret: a JSON array of objects with registry, username and password",
    { by: "json_file", also: "instead of a single login", value: "file", fields: loginFields },
  ),
};

/** The JSON Schema of the rules that {@link parse} checks. */
const rule = oneOf(
  hasOnly(["username", "password"], ["registries"]),
  hasOnly(["registries"], ["registry", "username", "password"]),
);

/** Makes one login per registry of the fields; contradicting fields are an issue of zod's. */
function parse(
  { registry, username, password, registries }: Partial<Login> & { registries?: Login[] },
  context: z.RefinementCtx,
): DockerCredential[] {
  if (registries === undefined) {
    return [{ registry: registry ?? "ghcr.io", username: username!, password: password! }];
  }
  const wrong = (message: string) => refusing(context)("registries", message);
  for (const [field, value] of Object.entries({ registry, username, password })) {
    if (value !== undefined) wrong(`cannot be combined with '${field}'`);
  }
  // Compared by the keys in the secret, since Docker Hub has several names.
  const written = registries.map(({ registry }) => registryKeys(registry)[0]);
  if (new Set(written).size < written.length) wrong("must name each registry once");
  return registries;
}

/** Hints about the logins of a pull secret, each once. */
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

/** How to verify a login: at the registry's host, since no repository below the path is known. */
function verifyWith({ registry, username, password }: DockerCredential): RegistryCredential {
  const host = hostOfRegistry(registry);
  return { kind: "registry", host, username, password, transport: {} };
}

/** Everything about the logins of a pull secret, except how the secret stores them (`docker.ts`). */
export const dockerLogins = { fields, rule, parse, hints, verifyWith };
