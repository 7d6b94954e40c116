import { refOf, type SecretData, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { asciiText, decodeBase64 } from "../../text/bytes.ts";
import { normalizeGitUrl } from "../kinds/comparable_url.ts";
import { hasOwnCredential, SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";

/** The Argo CD version whose rules are implemented here; tests compare them with that version's own code. */
export const ARGOCD_RULES = "v3.5.6";

/**
 * The fields that Argo CD reads from a secret, by a repository's keys: strings and numbers as strings, flags as
 * `true`. Empty strings, 0 and false are omitted, as in Argo CD's own JSON.
 */
export type ArgocdFields = Readonly<Record<string, string | true>>;

/** A repository or template secret, as Argo CD reads it. */
export interface ArgocdSecret {
  readonly ref: SecretRef;
  readonly kind: "repository" | "template";
  /** Whether it is for pushing, which only the source hydrator does. */
  readonly isWrite: boolean;
  /** As it is stored. */
  readonly url: string;
  /** In the form in which template prefixes are compared; empty where Go cannot parse it. */
  readonly prefix: string;
  /** In the form in which repository URLs are compared; empty where Argo CD never finds it. */
  readonly comparable: string;
  /** The project of a repository. */
  readonly project: string;
  /** `git`, `helm`, `oci` or any stored text; empty means Git. */
  readonly type: string;
  readonly fields: Sealed<ArgocdFields>;
  /** Whether Argo CD ignores templates for it. */
  readonly hasOwnCredential: boolean;
  /** Keys whose values Argo CD cannot parse, in its order; it stops at the first. */
  readonly unparsable: readonly string[];
  /** All keys of the secret, whatever their values. */
  readonly keys: ReadonlySet<string>;
}

/** Which keys of a secret are read, and as which type. `texts` maps a repository's key to the template's spelling. */
interface Keys {
  readonly texts: Readonly<Record<string, string>>;
  /** In Argo CD's order of parsing. */
  readonly parsed: readonly (readonly [key: string, as: "flag" | "number"])[];
}

const same = (...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, key]));

const TEXTS = same(
  "url",
  "type",
  "username",
  "password",
  "bearerToken",
  "sshPrivateKey",
  "tlsClientCertData",
  "tlsClientCertKey",
  "githubAppPrivateKey",
  "githubAppEnterpriseBaseUrl",
  "gcpServiceAccountKey",
  "azureServicePrincipalClientSecret",
  "azureActiveDirectoryEndpoint",
  "proxy",
  "noProxy",
);

const COMMON: Keys["parsed"] = [
  ["enableOCI", "flag"],
  ["insecureOCIForceHttp", "flag"],
  ["githubAppID", "number"],
  ["githubAppInstallationID", "number"],
  ["forceHttpBasicAuth", "flag"],
  ["useAzureWorkloadIdentity", "flag"],
];

/** @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/db/repository_secrets.go secretToRepository, secretToRepoCred */
const KEYS: Readonly<Record<ArgocdSecret["kind"], Keys>> = {
  repository: {
    texts: {
      ...TEXTS,
      ...same("name", "project", "azureServicePrincipalClientId", "azureServicePrincipalTenantId"),
    },
    parsed: [
      ["insecureIgnoreHostKey", "flag"],
      ["insecure", "flag"],
      ["enableLfs", "flag"],
      ...COMMON,
      ["depth", "number"],
      ["webhookManifestCacheWarmDisabled", "flag"],
    ],
  },
  template: {
    texts: {
      ...TEXTS,
      azureServicePrincipalClientId: "azureServicePrincipalClientID",
      azureServicePrincipalTenantId: "azureServicePrincipalTenantID",
    },
    parsed: COMMON,
  },
};

const KINDS: Readonly<Record<string, Pick<ArgocdSecret, "kind" | "isWrite">>> = {
  "repository": { kind: "repository", isWrite: false },
  "repo-creds": { kind: "template", isWrite: false },
  "repository-write": { kind: "repository", isWrite: true },
  "repo-write-creds": { kind: "template", isWrite: true },
};

/** The repository and template secrets of a list, sorted by namespace and name. */
export function argocdSecrets(secrets: readonly StoredSecret[]): ArgocdSecret[] {
  return secrets.flatMap((secret) => readSecret(secret) ?? [])
    .sort((a, b) => order(a.ref.namespace, b.ref.namespace) || order(a.ref.name, b.ref.name));
}

const order = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;

/** Whether the secret has a user name and no other part of a credential. */
export function isUsernameOnly({ fields }: ArgocdSecret): boolean {
  const all = fields.reveal();
  return all.username !== undefined && ![
    "password",
    "bearerToken",
    "sshPrivateKey",
    "tlsClientCertData",
    "githubAppPrivateKey",
    "gcpServiceAccountKey",
    "useAzureWorkloadIdentity",
    "azureServicePrincipalClientSecret",
  ].some((key) => Object.hasOwn(all, key));
}

function readSecret(secret: StoredSecret): ArgocdSecret | undefined {
  const label = secret.labels[SECRET_TYPE_LABEL] ?? "";
  if (!Object.hasOwn(KINDS, label)) return undefined;
  const { kind, isWrite } = KINDS[label]!;
  const data = secret.data.reveal();
  const { fields, unparsable } = fieldsOf(data, KEYS[kind]);
  const textOf = (key: string) => String(fields[key] ?? "");
  const prefix = normalizeGitUrl(textOf("url"));
  return {
    ref: refOf(secret),
    kind,
    isWrite,
    url: textOf("url"),
    prefix,
    comparable: prefix || textOf("url"), // comparableUrl, once

    project: textOf("project"),
    type: textOf("type"),
    fields: seal(fields),
    hasOwnCredential: kind === "repository" && hasOwnCredential(data),
    unparsable,
    keys: new Set(Object.keys(data)),
  };
}

function fieldsOf(data: Readonly<SecretData>, { texts, parsed }: Keys) {
  const fields: Record<string, string | true> = {};
  const unparsable: string[] = [];
  for (const name in texts) {
    const text = textAt(data, texts[name]!);
    if (text !== undefined && text !== "") fields[name] = text;
  }
  for (const [key, as] of parsed) {
    const text = textAt(data, key);
    if (text === undefined) continue;
    const value = as === "flag" ? goBool(text) : goInt(text);
    if (value === undefined) unparsable.push(key);
    else if (value === true || typeof value === "string") fields[key] = value;
  }
  return { fields, unparsable };
}

function textAt(data: Readonly<SecretData>, key: string): string | undefined {
  if (!Object.hasOwn(data, key)) return undefined;
  const base64 = data[key] ?? "";
  // Go keeps a byte order mark as a character.
  const decoded = () => new TextDecoder("utf-8", { ignoreBOM: true }).decode(decodeBase64(base64));
  return asciiText(base64) ?? decoded();
}

/** @see https://pkg.go.dev/strconv#ParseBool */
function goBool(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Base 10 and 64 bits; returns false for 0, which Argo CD treats like a missing key.
 * @see https://pkg.go.dev/strconv#ParseInt
 */
function goInt(text: string): string | false | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  // Without leading zeros, an int64 has at most 19 digits.
  const digits = text.replace(/^[+-]/, "").replace(/^0+/, "");
  if (digits === "") return false;
  if (digits.length > 19) return undefined;
  const value = BigInt(digits) * (text.startsWith("-") ? -1n : 1n);
  return value > MAX_INT64 || value < -MAX_INT64 - 1n ? undefined : String(value);
}
