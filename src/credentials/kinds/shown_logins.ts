import { HIDDEN } from "../../fields/field.ts";
import {
  type DockerConfigText,
  type DockerLogin,
  dockerLogin,
  parseDockerConfig,
  registriesIn,
} from "../material/docker_config.ts";

/**
 * The logins of a Docker configuration, for output: `ghcr.io (user), quay.io (robot)`. Changes that this
 * would hide are noted: `ghcr.io (user, another password)`.
 * @param before the configuration that is replaced
 */
export function shownLogins(config: DockerConfigText, before?: DockerConfigText): string {
  const logins = loginsIn(config);
  if (logins === undefined) return HIDDEN;
  const old = before === undefined ? undefined : loginsIn(before);
  const shown = [...logins].map(([key, login]) => {
    const was = old?.get(key);
    const isSame = was === undefined || was.username !== login.username ||
      was.password === login.password;
    return shownLogin(login, isSame ? [] : ["another password"]);
  }).join(", ");
  // In another form the texts always differ, so comparing them says nothing.
  const looksSame = old !== undefined && before?.form === config.form &&
    config.text !== before.text &&
    shown === [...old.values()].map((login) => shownLogin(login)).join(", ");
  return looksSame ? `${shown}; other fields differ` : shown;
}

interface Login {
  readonly registry: string;
  /** Masked for output, like the registry. */
  readonly username: string | undefined;
  /** All secret values of the login, for comparing. */
  readonly password: string;
}

function shownLogin({ registry, username }: Login, notes: readonly string[] = []): string {
  const inside = [...username === undefined ? [] : [username], ...notes];
  return inside.length === 0 ? registry : `${registry} (${inside.join(", ")})`;
}

/** The logins by the keys of `auths`; `undefined` when the text is not a Docker configuration. */
function loginsIn({ text, form }: DockerConfigText): ReadonlyMap<string, Login> | undefined {
  const config = parseDockerConfig(text, form);
  const shown = registriesIn(text, form);
  if (!config.ok || !shown.ok) return undefined;
  return new Map(
    [...config.value.entries].map(([key, json], i) => {
      const { registry, username } = shown.value[i]!;
      return [key, { registry, username, password: passwordIn(dockerLogin(json.reveal())) }];
    }),
  );
}

function passwordIn({ auth, password, fields }: DockerLogin): string {
  const { identitytoken, registrytoken } = fields;
  return JSON.stringify([auth ?? password, identitytoken, registrytoken]);
}
