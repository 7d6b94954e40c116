import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import type { DockerConfigForm, DockerConfigText } from "../material/docker_config.ts";

/** The type that is written. */
export const DOCKER_CONFIG_TYPE = "kubernetes.io/dockerconfigjson";

/** The key of a pull secret's data. */
export const DOCKER_CONFIG_KEY = ".dockerconfigjson";

/** The older type, which kubelet reads as well, and its key. */
export const DOCKERCFG_TYPE = "kubernetes.io/dockercfg";
export const DOCKERCFG_KEY = ".dockercfg";

/**
 * What kubelet takes logins from: a secret of this type, by this key and by no other.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/secrets/secrets.go
 */
const PULL_SECRETS: readonly {
  readonly type: string;
  readonly key: string;
  readonly form: DockerConfigForm;
}[] = [
  { type: DOCKER_CONFIG_TYPE, key: DOCKER_CONFIG_KEY, form: "dockerconfigjson" },
  { type: DOCKERCFG_TYPE, key: DOCKERCFG_KEY, form: "dockercfg" },
];

/** Whether kubelet takes logins from a secret of this type. */
export function isPullSecretType(type: string): boolean {
  return PULL_SECRETS.some((each) => each.type === type);
}

/** A Docker configuration as it stands in a secret. */
export interface StoredConfig extends DockerConfigText {
  readonly key: string;
  /** Whether the text is what the secret holds; bytes that are no UTF-8 were replaced. */
  readonly isExact: boolean;
}

/** The Docker configuration by one key of a secret's data; `undefined` where that holds none. */
export function configAt(data: SecretData, key: string): StoredConfig | undefined {
  const form = PULL_SECRETS.find((each) => each.key === key)?.form;
  if (form === undefined || !Object.hasOwn(data, key)) return undefined;
  const text = decodeBase64Text(data[key]!);
  return { key, form, text, isExact: encodeBase64Text(text) === data[key] };
}

/** The Docker configuration that counts: by the key of the secret's type or, of another, by any. */
export function configOf(type: string, data: SecretData): StoredConfig | undefined {
  const own = PULL_SECRETS.filter((each) => each.type === type);
  const [config] = (own.length > 0 ? own : PULL_SECRETS)
    .flatMap(({ key }) => configAt(data, key) ?? []);
  return config;
}

/**
 * All that a secret's logins may stand in: what comes later counts before what comes earlier. A
 * secret of the older type may have the newer key too, which kubelet does not read, but Image
 * Updater does.
 */
export function configsOf(type: string, data: SecretData): StoredConfig[] {
  const keys = type === DOCKER_CONFIG_TYPE
    ? [DOCKER_CONFIG_KEY]
    : PULL_SECRETS.map(({ key }) => key);
  return keys.flatMap((key) => configAt(data, key) ?? []);
}
