import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import type { SecretData, StoredSecret } from "../../kube/store.ts";
import { seal, Sealed } from "../../log/sealed.ts";
import { canonicalValue, exactText } from "../material/canonical.ts";
import type { CredentialKind, Key, SecretKind } from "./credential_kind.ts";
import { CLIENT_CERTIFICATE, credentialKindOf, KINDS, type RepositoryCredential } from "./kinds.ts";
import type { ClientCertificate } from "./tls_client_certificate.ts";

/** The label that makes a secret an Argo CD repository or template. */
export const SECRET_TYPE_LABEL = "argocd.argoproj.io/secret-type";

/** The values of that label for secrets with repository credentials. */
export const SECRET_TYPES = ["repo-creds", "repo-write-creds", "repository", "repository-write"];

/**
 * Whether Argo CD reads a secret of this type as a template.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/db/repository_secrets.go secretToRepoCred
 */
export const isTemplateType = (secretType: string | undefined): boolean =>
  secretType === "repo-creds" || secretType === "repo-write-creds";

/** A kind's keys, with their names in a secret of this type. */
const named = ({ keys }: CredentialKind, secretType?: string): [name: string, key: Key][] =>
  Object.entries(keys).map(([name, key]) => [
    isTemplateType(secretType) ? key.inTemplates ?? name : name,
    key,
  ]);

/** A kind's keys with a value in the data of a secret of this type. Called for each secret of each list. */
function stored(
  { keys }: CredentialKind,
  data: Readonly<SecretData>,
  secretType?: string,
): [name: string, key: Key][] {
  const isTemplate = isTemplateType(secretType);
  const found: [name: string, key: Key][] = [];
  for (const own in keys) {
    const key = keys[own]!;
    const name = isTemplate ? key.inTemplates ?? own : own;
    if (data[name]) found.push([name, key]);
  }
  return found;
}

const isSet = (data: Readonly<SecretData>) => ([name, key]: [name: string, key: Key]) =>
  key.isSet?.(decodeBase64Text(data[name]!)) ?? true;

/** Whether a repository has its own credential, so that Argo CD uses no template for it. */
export function hasOwnCredential(data: Readonly<SecretData>): boolean {
  return [...KINDS, CLIENT_CERTIFICATE].some((kind) =>
    stored(kind, data).some((each) => each[1].isOwn && isSet(data)(each))
  );
}

/** Whether two secrets hold the same credential. */
export function sameCredential(
  ...secrets: readonly Pick<StoredSecret, "data" | "labels">[]
): boolean {
  const [a, b] = secrets.map(({ data, labels }) =>
    [...KINDS, CLIENT_CERTIFICATE].flatMap((kind) => named(kind, labels[SECRET_TYPE_LABEL]))
      .map(([name]) => data.reveal()[name] ?? "")
  );
  return a!.every((value, i) => value === b![i]);
}

/** Whether a secret has a credential of this kind. */
export function hasCredential(
  kind: CredentialKind,
  data: Readonly<SecretData>,
  secretType?: string,
): boolean {
  return stored(kind, data, secretType).filter(([name]) => kind.marks?.includes(name) ?? true)
    .some(isSet(data));
}

/** The names of the credential kinds in a secret. */
export function credentialsIn(data: Readonly<SecretData>, secretType?: string): string[] {
  return [...KINDS, CLIENT_CERTIFICATE].filter((kind) => hasCredential(kind, data, secretType))
    .map(({ name }) => name);
}

/** A credential's value, masked for output; `undefined` when the key belongs to no credential kind. */
export function shownValue(name: string, text: string, all: SecretData): string | undefined {
  const [, key] = [...KINDS, CLIENT_CERTIFICATE]
    .flatMap((kind) => [...named(kind), ...named(kind, "repo-creds")])
    .find(([each]) => each === name) ?? [];
  if (key === undefined) return undefined;
  return key.shown?.(text, all) ?? String(key.field.shown?.(text) ?? text);
}

/** The data of a secret with this credential, unsealed. */
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
 * The data of a secret with this credential, unsealed (`taken`), and the keys of all other kinds, which a
 * replacement removes (`dropped`): Argo CD has its own precedence of kinds, so a remaining key could win
 * over the new credential. The keys of a TLS client certificate are kept, since it goes with any kind.
 */
export function credentialKeys(
  credential: RepositoryCredential | undefined,
  secretType: SecretKind,
): { readonly taken: SecretData; readonly dropped: readonly string[] } {
  if (credential === undefined) return { taken: {}, dropped: [] };
  const taken = valuesOf(credentialKindOf(credential), credential, secretType);
  const all = KINDS.flatMap((kind) => [...named(kind), ...named(kind, "repo-creds")])
    .map(([name]) => name);
  return { taken, dropped: [...new Set(all)].filter((key) => !Object.hasOwn(taken, key)) };
}

/** A key of Argo CD's for a credential, and the kind that it belongs to. */
export interface KeyOfKind {
  readonly kind: CredentialKind;
  readonly of: Key;
}

/** The keys of all kinds, by their names in a secret of this type. */
export function keysOfKinds(secretType: string | undefined): ReadonlyMap<string, KeyOfKind> {
  const isTemplate = isTemplateType(secretType);
  const all = new Map<string, KeyOfKind>();
  for (const kind of [...KINDS, CLIENT_CERTIFICATE] as CredentialKind[]) {
    for (const name in kind.keys) {
      const of = kind.keys[name]!;
      all.set(isTemplate ? of.inTemplates ?? name : name, { kind, of });
    }
  }
  return all;
}

/** A credential's value in its canonical form, for comparing. */
export interface StoredValue {
  /** The key of the secret's data. */
  readonly key: string;
  readonly value: Sealed<string>;
}

/**
 * The values of a repository or template that are credentials on their own. Values of secret fields come
 * first, then a user name that is a token.
 * @param data in base64
 */
export function credentialValues(
  data: Readonly<SecretData>,
  secretType: string | undefined,
): StoredValue[] {
  const isSecret = ([, { field }]: [string, Key]) => field.isSecret === true;
  const keys = [...KINDS, CLIENT_CERTIFICATE].flatMap((kind) => stored(kind, data, secretType))
    .filter((each) => isSecret(each) || each[1].isCredential)
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

/** When the credential at a key expires, in ISO 8601, for a key whose expiry is in another key. */
export function endBeside(
  name: string,
  data: Readonly<SecretData>,
  secretType: string | undefined,
): string | undefined {
  // Called for each value of each secret, so it builds no list of all keys.
  for (const { keys } of [...KINDS, CLIENT_CERTIFICATE]) {
    for (const own in keys) {
      const { expires, inTemplates = own } = keys[own]!;
      if (expires === undefined) continue;
      if (name === (isTemplateType(secretType) ? inTemplates : own)) return expires(data);
    }
  }
  return undefined;
}

/** The keys of all kinds whose fields are not secret. */
export function openCredentialKeys(): string[] {
  const all = [...KINDS, CLIENT_CERTIFICATE].flatMap((
    kind,
  ) => [...named(kind), ...named(kind, "repo-creds")]);
  return [...new Set(all.filter(([, { field }]) => !field.isSecret).map(([name]) => name))];
}

/**
 * The secret value of a request, whose fingerprint the audit log records; a client certificate's key when
 * there is no other credential. It equals the first of {@link credentialValues} of the written secret.
 */
export function secretOf(
  { credential, clientCertificate }: {
    readonly credential?: RepositoryCredential;
    readonly clientCertificate?: ClientCertificate;
  },
): Sealed<string> | undefined {
  const values = credential === undefined
    ? clientCertificate && valuesOf(CLIENT_CERTIFICATE, clientCertificate, "repository")
    : valuesOf(credentialKindOf(credential), credential, "repository");
  return credentialValues(encoded(values ?? {}), "repository")[0]?.value;
}

/** Encodes texts for the `data` of a secret. */
export function encoded(texts: Readonly<Record<string, string>>): SecretData {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, encodeBase64Text(text)]),
  );
}
