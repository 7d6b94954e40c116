import { seal, type Sealed } from "../../log/sealed.ts";
import { canonicalValue } from "../material/canonical.ts";
import { type DockerLogin, dockerLogin, parseDockerConfig } from "../material/docker_config.ts";
import { dockerLogins } from "../kinds/docker_logins.ts";
import { dockerConfigsOf } from "../kinds/pull_secret.ts";
import { registryName, registryPlace } from "../kinds/registry.ts";
import { shownUrl } from "../kinds/url.ts";
import type { CredentialValue, ValuesOf } from "../values.ts";
import type { CheckTarget } from "./check_target.ts";

/** A registry entry of a pull secret. */
interface EntryLogin {
  /** The entry's key as it is stored. */
  readonly entry: string;
  readonly login: Sealed<DockerLogin>;
}

/** Where the values of a secret's Docker configurations are checked: at their registries, as the kubelet logs in. */
export function loginTargets(
  { type, data }: ValuesOf,
): (value: CredentialValue) => CheckTarget {
  /** By key, registry and value the first login that sends the value; a secret can have very many entries. */
  const senders = new Map<string, EntryLogin>();
  for (const { key, text, form } of dockerConfigsOf(type, data.reveal())) {
    const config = parseDockerConfig(text, form);
    for (const [entry, json] of config.ok ? config.value.entries : []) {
      const login = dockerLogin(json.reveal());
      for (const sent of valuesSent(login)) {
        const id = JSON.stringify([key, shownUrl(entry), sent]);
        if (!senders.has(id)) senders.set(id, { entry, login: seal(login) });
      }
    }
  }
  return (value) => {
    const { key, place, registry } = value;
    if (registry === undefined) {
      return { at: place, notTried: "The Docker configuration cannot be parsed" };
    }
    const sent = senders.get(JSON.stringify([key, registry, value.value.reveal()]));
    if (sent === undefined) {
      return {
        at: registry,
        notTried:
          "The kubelet does not use it: 'auth' takes precedence over 'username' and 'password'",
      };
    }
    const host = registryPlace(sent.entry);
    if (host === undefined) {
      return {
        at: registry,
        notTried: "Its key in the Docker configuration is not the name of one registry",
      };
    }
    const { username, password } = sent.login.reveal();
    const what = dockerLogins.verifyWith({
      registry: registryName(host),
      username: String(username ?? ""),
      password: seal(String(password ?? "")),
    });
    return { at: what.host, what, by: "login" };
  };
}

/** The values in the login that the kubelet sends. */
function valuesSent({ username, password }: DockerLogin): readonly unknown[] {
  return typeof password === "string" ? [canonicalValue(password), username] : [];
}
