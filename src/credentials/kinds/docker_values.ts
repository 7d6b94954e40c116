import { NO_PASSWORD } from "../../kube/repository_fields.ts";
import type { SecretData } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { canonicalValue, exactText } from "../material/canonical.ts";
import {
  type DockerLogin,
  dockerLogin,
  parseDockerConfig,
  shownLoginName,
} from "../material/docker_config.ts";
import { shownName } from "../../fields/texts.ts";
import { dockerConfigsOf, type StoredConfig } from "./pull_secret.ts";
import type { StoredValue } from "./repository_credential.ts";
import { shownUrl } from "./url.ts";

/** A credential value in an entry of a pull secret. */
export interface EntryValue extends StoredValue {
  /** The registry, for output; with the field's name if it is not the value that the kubelet uses. */
  readonly place: string;
  /** Absent when the configuration cannot be parsed, so that the value is the whole configuration. */
  readonly registry?: string;
  /** For output. */
  readonly username?: string;
}

/** The credential values in a secret's Docker configurations: for each entry every distinct value. */
export function dockerValues(type: string, data: SecretData): EntryValue[] {
  return dockerConfigsOf(type, data).flatMap((config) => valuesIn(config, data));
}

function valuesIn({ key, text, form, isExact }: StoredConfig, data: SecretData): EntryValue[] {
  const config = parseDockerConfig(text, form);
  // Unparsable: the whole text is one value, so that two different ones compare as different.
  if (!config.ok || !isExact) return [{ key, place: key, value: seal(exactText(data[key]!)) }];
  return [...config.value.entries].flatMap(([entry, json]) => {
    const login = dockerLogin(json.reveal());
    const username = shownLoginName(login);
    const registry = shownUrl(entry);
    return loginValues(login).map(([field, value], i) => ({
      key,
      registry,
      place: i === 0 ? registry : `${registry} (${field})`,
      ...(username === undefined ? {} : { username }),
      value: seal(canonicalValue(value)),
    }));
  });
}

/**
 * The distinct secret values in an entry, with their fields. The value that the kubelet uses comes first.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/config.go
 */
export function loginValues(login: DockerLogin): (readonly [field: string, value: string])[] {
  const { username, auth, fields } = login;
  const isToken = typeof username === "string" && shownName(username) !== username;
  const all = [
    ["auth", auth] as const,
    ...Object.entries(fields),
    ["username", isToken ? username : undefined] as const,
  ].map(([field, value]) => [field, value === NO_PASSWORD ? username : value] as const);
  const texts = all.flatMap(([field, value]) =>
    typeof value === "string" && value !== "" ? [[field, value] as const] : []
  );
  return texts.filter(([, value], i) => texts.findIndex((other) => other[1] === value) === i);
}
