import { seal, type Sealed } from "../../log/sealed.ts";
import { canonicalValue } from "../material/canonical.ts";
import { type DockerLogin, dockerLogin, parseDockerConfig } from "../material/docker_config.ts";
import { dockerLogins } from "../kinds/docker_logins.ts";
import { configsOf } from "../kinds/pull_secret.ts";
import { registryName, registryPlace } from "../kinds/registry.ts";
import { shownUrl } from "../kinds/url.ts";
import type { CredentialValue, ValuesOf } from "../values.ts";
import type { Where } from "./tried_value.ts";

/** An entry of a pull secret. */
interface EntryLogin {
  readonly key: string;
  /** As it stands in the configuration. */
  readonly entry: string;
  readonly login: Sealed<DockerLogin>;
}

/** Where the values of a secret's Docker configurations would be tried: at their registries, as kubelet logs in. */
export function triedLogins(
  { type, data }: ValuesOf,
): (value: CredentialValue) => Where {
  const logins = configsOf(type, data.reveal()).flatMap(({ key, text, form }): EntryLogin[] => {
    const config = parseDockerConfig(text, form);
    if (!config.ok) return [];
    return [...config.value.entries].map(([entry, json]) => ({
      key,
      entry,
      login: seal(dockerLogin(json.reveal())),
    }));
  });
  return (value) => {
    const { key, place, registry } = value;
    if (registry === undefined) {
      return { at: place, notTried: "its Docker configuration cannot be read" };
    }
    const own = logins.filter((each) => each.key === key && shownUrl(each.entry) === registry);
    const sent = own.find(({ login }) => isSent(login.reveal(), value.value.reveal()));
    if (sent === undefined) {
      return {
        at: registry,
        notTried: "kubelet does not send it: 'auth' comes first, then 'password'",
      };
    }
    const host = registryPlace(sent.entry);
    if (host === undefined) {
      return {
        at: registry,
        notTried: "its key in the Docker configuration names no single registry",
      };
    }
    const { username, password } = sent.login.reveal();
    const what = dockerLogins.tried({
      registry: registryName(host),
      username: String(username ?? ""),
      password: seal(String(password ?? "")),
    });
    return { at: what.host, what, by: "login" };
  };
}

/** Whether a value is part of what kubelet logs in with. */
function isSent({ username, password }: DockerLogin, value: string): boolean {
  return typeof password === "string" &&
    (canonicalValue(password) === value || username === value);
}
