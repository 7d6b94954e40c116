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
  readonly key: string;
  /** The entry's key as it is stored. */
  readonly entry: string;
  readonly login: Sealed<DockerLogin>;
}

/** Where the values of a secret's Docker configurations are checked: at their registries, as the kubelet logs in. */
export function loginTargets(
  { type, data }: ValuesOf,
): (value: CredentialValue) => CheckTarget {
  const logins = dockerConfigsOf(type, data.reveal()).flatMap(
    ({ key, text, form }): EntryLogin[] => {
      const config = parseDockerConfig(text, form);
      if (!config.ok) return [];
      return [...config.value.entries].map(([entry, json]) => ({
        key,
        entry,
        login: seal(dockerLogin(json.reveal())),
      }));
    },
  );
  return (value) => {
    const { key, place, registry } = value;
    if (registry === undefined) {
      return { at: place, notTried: "The Docker configuration cannot be parsed" };
    }
    const own = logins.filter((each) => each.key === key && shownUrl(each.entry) === registry);
    const sent = own.find(({ login }) => isSent(login.reveal(), value.value.reveal()));
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

/** Whether a value is part of the login that the kubelet sends. */
function isSent({ username, password }: DockerLogin, value: string): boolean {
  return typeof password === "string" &&
    (canonicalValue(password) === value || username === value);
}
