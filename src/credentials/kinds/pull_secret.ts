import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import type { DockerConfigForm, DockerConfigText } from "../material/docker_config.ts";

/** The type of the pull secrets that argocd-configurer writes. */
export const DOCKER_CONFIG_TYPE = "kubernetes.io/dockerconfigjson";

/** The key of their data. */
export const DOCKER_CONFIG_KEY = ".dockerconfigjson";

/** The older type, which the kubelet also reads, and its key. */
export const DOCKERCFG_TYPE = "kubernetes.io/dockercfg";
export const DOCKERCFG_KEY = ".dockercfg";

/**
 * The types of pull secrets, and for each the only key that the kubelet reads.
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

/** Whether the kubelet reads logins from a secret of this type. */
export function isPullSecretType(type: string): boolean {
  return PULL_SECRETS.some((each) => each.type === type);
}

/** A Docker configuration stored in a secret. */
export interface StoredConfig extends DockerConfigText {
  readonly key: string;
  /** False when the bytes are not UTF-8, so that decoding replaced some of them. */
  readonly isExact: boolean;
}

/** The Docker configuration at one key of a secret's data; `undefined` when there is none. */
export function dockerConfigAt(data: SecretData, key: string): StoredConfig | undefined {
  const form = PULL_SECRETS.find((each) => each.key === key)?.form;
  if (form === undefined || !Object.hasOwn(data, key)) return undefined;
  const text = decodeBase64Text(data[key]!);
  return { key, form, text, isExact: encodeBase64Text(text) === data[key] };
}

/**
 * The Docker configuration that the kubelet reads: at the key of the secret's type. For a secret of
 * another type, the configuration at any of the keys.
 */
export function dockerConfigOf(type: string, data: SecretData): StoredConfig | undefined {
  const own = PULL_SECRETS.filter((each) => each.type === type);
  const [config] = (own.length > 0 ? own : PULL_SECRETS)
    .flatMap(({ key }) => dockerConfigAt(data, key) ?? []);
  return config;
}

/**
 * All Docker configurations of a secret, the one with the highest precedence last. A secret of the older
 * type may have the newer key, too; the kubelet ignores it, but Image Updater reads it.
 */
export function dockerConfigsOf(type: string, data: SecretData): StoredConfig[] {
  const keys = type === DOCKER_CONFIG_TYPE
    ? [DOCKER_CONFIG_KEY]
    : PULL_SECRETS.map(({ key }) => key);
  return keys.flatMap((key) => dockerConfigAt(data, key) ?? []);
}
