import { refOf, type SecretData, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { asciiText, decodeBase64 } from "../../text/bytes.ts";
import { normalizeGitUrl } from "../kinds/comparable_url.ts";
import { hasOwnCredential, SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";

/** The version of Argo CD whose rules are followed here; tests hold them against that version's own code. */
export const ARGOCD_RULES = "v3.5.6";

/**
 * What Argo CD reads of a secret, by the keys that a repository's has: texts and numbers as texts, flags as
 * `true`. What is empty, 0 or false is left out, as in Argo CD's own JSON.
 */
export type ArgocdFields = Readonly<Record<string, string | true>>;

/** A secret of Argo CD for repositories, as Argo CD reads it. */
export interface ArgocdSecret {
  readonly ref: SecretRef;
  readonly kind: "repository" | "template";
  /** Whether it is for pushing, which the source hydrator alone does. */
  readonly isWrite: boolean;
  /** As it is stored. */
  readonly url: string;
  /** As prefixes are compared; empty where Go cannot parse it. */
  readonly prefix: string;
  /** As repositories are compared; empty where it is never found. */
  readonly comparable: string;
  /** Of a repository. */
  readonly project: string;
  /** `git`, `helm`, `oci`, or what else stands there; empty means Git. */
  readonly type: string;
  readonly fields: Sealed<ArgocdFields>;
  /** Whether Argo CD looks at no template for it. */
  readonly hasOwnCredential: boolean;
  /** Keys whose values Argo CD cannot parse, in its order: at the first it gives up. */
  readonly unparsable: readonly string[];
  /** The keys that are there, whatever their values. */
  readonly keys: ReadonlySet<string>;
}

/** Which of a secret's keys are read, and as what. A template's spelling stands behind the repository's. */
interface Keys {
  readonly texts: Readonly<Record<string, string>>;
  /** In the order in which they are parsed. */
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

/** Those of a list that Argo CD reads for repositories, sorted by namespace and name. */
export function argocdSecrets(secrets: readonly StoredSecret[]): ArgocdSecret[] {
  return secrets.flatMap((secret) => readSecret(secret) ?? [])
    .sort((a, b) => order(a.ref.namespace, b.ref.namespace) || order(a.ref.name, b.ref.name));
}

const order = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;

/** Whether a user name is all that it has of a credential. */
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
  for (const [name, key] of Object.entries(texts)) {
    const text = textAt(data, key);
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
  // A byte order mark stays: to Go it is a character as any other.
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
 * With base 10 and 64 bits; 0 is false, as if it were not there.
 * @see https://pkg.go.dev/strconv#ParseInt
 */
function goInt(text: string): string | false | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  // Leading zeros count for nothing, and more digits than 19 are too many.
  const digits = text.replace(/^[+-]/, "").replace(/^0+/, "");
  if (digits === "") return false;
  if (digits.length > 19) return undefined;
  const value = BigInt(digits) * (text.startsWith("-") ? -1n : 1n);
  return value > MAX_INT64 || value < -MAX_INT64 - 1n ? undefined : String(value);
}
