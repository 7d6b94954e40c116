import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import type { SecretData, StoredSecret } from "../../kube/store.ts";
import { seal, Sealed } from "../../log/sealed.ts";
import { canonicalValue, exactText } from "../material/canonical.ts";
import type { CredentialKind, Key, SecretKind } from "./credential_kind.ts";
import { BESIDE, kindOf, KINDS, type RepositoryCredential } from "./kinds.ts";
import type { ClientCertificate } from "./tls_client_certificate.ts";

/** What makes a secret a repository or a template of Argo CD. */
export const SECRET_TYPE_LABEL = "argocd.argoproj.io/secret-type";

/** Values of that label, of those that hold credentials for repositories. */
export const SECRET_TYPES = ["repo-creds", "repo-write-creds", "repository", "repository-write"];

/**
 * Whether Argo CD reads it as a template.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/db/repository_secrets.go secretToRepoCred
 */
export const isTemplateType = (secretType: string | undefined): boolean =>
  secretType === "repo-creds" || secretType === "repo-write-creds";

/** Keys with their names in a secret of this type. */
const named = ({ keys }: CredentialKind, secretType?: string): [name: string, key: Key][] =>
  Object.entries(keys).map(([name, key]) => [
    isTemplateType(secretType) ? key.inTemplates ?? name : name,
    key,
  ]);

const isSet = (data: Readonly<SecretData>) => ([name, key]: [name: string, key: Key]) =>
  key.isSet?.(decodeBase64Text(data[name] ?? "")) ?? (data[name] ?? "") !== "";

/** Whether Argo CD uses what a repository holds, and no template for it. */
export function hasOwnCredential(data: Readonly<SecretData>): boolean {
  return [...KINDS, BESIDE].flatMap((kind) => named(kind))
    .some((each) => each[1].isOwn && isSet(data)(each));
}

/** Whether two secrets hold the same credential. */
export function sameCredential(
  ...secrets: readonly Pick<StoredSecret, "data" | "labels">[]
): boolean {
  const [a, b] = secrets.map(({ data, labels }) =>
    [...KINDS, BESIDE].flatMap((kind) => named(kind, labels[SECRET_TYPE_LABEL]))
      .map(([name]) => data.reveal()[name] ?? "")
  );
  return a!.every((value, i) => value === b![i]);
}

/** Names of the kinds of credential that a secret holds. */
export function credentialsIn(data: Readonly<SecretData>, secretType?: string): string[] {
  return [...KINDS, BESIDE].filter((kind) =>
    named(kind, secretType).filter(([name]) => kind.marks?.includes(name) ?? true)
      .some(isSet(data))
  ).map(({ name }) => name);
}

/** What is shown of a credential's value; `undefined` for a key that is none of Argo CD's for one. */
export function shownValue(name: string, text: string, all: SecretData): string | undefined {
  const [, key] = [...KINDS, BESIDE]
    .flatMap((kind) => [...named(kind), ...named(kind, "repo-creds")])
    .find(([each]) => each === name) ?? [];
  if (key === undefined) return undefined;
  return key.shown?.(text, all) ?? String(key.field.shown?.(text) ?? text);
}

/** The data that a credential makes, in the open. */
export function valuesOf<Credential>(
  kind: CredentialKind<Credential>,
  credential: Credential,
  secretType: string | undefined,
): SecretData {
  return Object.fromEntries(
    named(kind, secretType).flatMap(([name, key]) => {
      const value = key.of(credential);
      return value === undefined ? [] : [[name, value instanceof Sealed ? value.reveal() : value]];
    }),
  );
}

/**
 * The data that a credential makes, in the open, and the keys that go when it takes the place of
 * another one: Git tries them in an order of its own, so what is left of another kind could be used in
 * place of the new one. A TLS client certificate is used beside any, and stays.
 */
export function credentialKeys(
  credential: RepositoryCredential | undefined,
  secretType: SecretKind,
): { readonly taken: SecretData; readonly dropped: readonly string[] } {
  if (credential === undefined) return { taken: {}, dropped: [] };
  const taken = valuesOf(kindOf(credential), credential, secretType);
  const all = KINDS.flatMap((kind) => [...named(kind), ...named(kind, "repo-creds")])
    .map(([name]) => name);
  return { taken, dropped: [...new Set(all)].filter((key) => !Object.hasOwn(taken, key)) };
}

/** A key of Argo CD's for a credential, and of which kind it is. */
export interface KeyOfKind {
  readonly kind: CredentialKind;
  readonly of: Key;
}

/** All of them, by their names in a secret of this type. */
export function keysOfKinds(secretType: string | undefined): ReadonlyMap<string, KeyOfKind> {
  const isTemplate = isTemplateType(secretType);
  const all = new Map<string, KeyOfKind>();
  for (const kind of [...KINDS, BESIDE] as CredentialKind[]) {
    for (const name in kind.keys) {
      const of = kind.keys[name]!;
      all.set(isTemplate ? of.inTemplates ?? name : name, { kind, of });
    }
  }
  return all;
}

/** A credential's value as it is compared with others: in its canonical form. */
export interface StoredValue {
  /** Of the secret's data. */
  readonly key: string;
  readonly value: Sealed<string>;
}

/**
 * Which values of a repository or template are credentials by themselves; a user name that is a token
 * comes behind what is secret in any case.
 * @param data in base64
 */
export function credentialValues(
  data: Readonly<SecretData>,
  secretType: string | undefined,
): StoredValue[] {
  const isSecret = ([, { field }]: [string, Key]) => field.isSecret === true;
  const keys = [...KINDS, BESIDE].flatMap((kind) => named(kind, secretType))
    .filter((each) => data[each[0]] && (isSecret(each) || each[1].isCredential))
    .sort((a, b) => Number(isSecret(b)) - Number(isSecret(a)));
  return keys.flatMap((each) => {
    const [name, key] = each;
    const text = exactText(data[name]!);
    const isCredential = key.isCredential?.(text, data) ?? isSecret(each);
    return isCredential
      ? [{ key: name, value: seal((key.canonical ?? canonicalValue)(text)) }]
      : [];
  });
}

/** When the credential at a key ends, in ISO time, where another key of the secret tells it. */
export function endBeside(
  name: string,
  data: Readonly<SecretData>,
  secretType: string | undefined,
): string | undefined {
  // Asked of each value of each secret there is: without a list of all keys.
  for (const { keys } of [...KINDS, BESIDE]) {
    for (const own in keys) {
      const { expires, inTemplates = own } = keys[own]!;
      if (expires === undefined) continue;
      if (name === (isTemplateType(secretType) ? inTemplates : own)) return expires(data);
    }
  }
  return undefined;
}

/** Keys of a repository or template that hold no credential but in what may be shown of them. */
export function openCredentialKeys(): string[] {
  const all = [...KINDS, BESIDE].flatMap((kind) => [...named(kind), ...named(kind, "repo-creds")]);
  return [...new Set(all.filter(([, { field }]) => !field.isSecret).map(([name]) => name))];
}

/**
 * The value that makes it secret, of which a fingerprint goes on record: a certificate's key where there
 * is no other credential. It is what {@link credentialValues} gives of the secret that it is written to.
 */
export function secretOf(
  { credential, clientCertificate }: {
    readonly credential?: RepositoryCredential;
    readonly clientCertificate?: ClientCertificate;
  },
): Sealed<string> | undefined {
  const values = credential === undefined
    ? clientCertificate && valuesOf(BESIDE, clientCertificate, "repository")
    : valuesOf(kindOf(credential), credential, "repository");
  return credentialValues(encoded(values ?? {}), "repository")[0]?.value;
}

/** Texts as `data` of a secret has them. */
export function encoded(texts: Readonly<Record<string, string>>): SecretData {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, encodeBase64Text(text)]),
  );
}
