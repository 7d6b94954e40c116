import fc from "fast-check";
import type { CaseSecret } from "../../scripts/argocd_reader/answers.ts";
import { anyUrl, type Place, place, type Spelling, urlAt } from "./urls.ts";

/** Generated sets of Argo CD secrets whose URLs are equal to Argo CD, or nearly so, or prefixes of each other. */

export interface World {
  readonly secrets: readonly CaseSecret[];
  readonly asked: readonly { readonly url: string; readonly project: string }[];
}

const project = fc.constantFrom("", "", "", "a", "b", "A");

const TEXT_KEYS = [
  "username",
  "password",
  "bearerToken",
  "sshPrivateKey",
  "tlsClientCertData",
  "tlsClientCertKey",
  "githubAppPrivateKey",
  "githubAppEnterpriseBaseUrl",
  "gcpServiceAccountKey",
  "azureServicePrincipalClientId",
  "azureServicePrincipalClientID",
  "azureServicePrincipalClientSecret",
  "azureServicePrincipalTenantId",
  "azureServicePrincipalTenantID",
  "azureActiveDirectoryEndpoint",
  "proxy",
  "noProxy",
  "name",
];
const FLAG_KEYS = [
  "enableOCI",
  "insecureOCIForceHttp",
  "forceHttpBasicAuth",
  "useAzureWorkloadIdentity",
  "insecure",
  "insecureIgnoreHostKey",
  "enableLfs",
  "webhookManifestCacheWarmDisabled",
];
const NUMBER_KEYS = ["githubAppID", "githubAppInstallationID", "depth"];

/** Mostly valid: an unparsable one fails the question. */
const flag = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("true", "false", "1", "0", "T", "f", "TRUE", "False") },
  { weight: 1, arbitrary: fc.constantFrom("", "yes", "true\n", " true", "tRUE", "on", "２") },
);
const number = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("7", "0", "007", "+7", "-7", "9007199254740991") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "7\n", " 7", "1_000", "0x7", "7.0", "9223372036854775808", "٧"),
  },
);

/** The keys of whole credentials, besides single keys that are often incomplete. */
const KITS: readonly (readonly string[])[] = [
  [],
  [],
  ["username"],
  ["username", "password"],
  ["password"],
  ["bearerToken"],
  ["sshPrivateKey"],
  ["tlsClientCertData", "tlsClientCertKey"],
  ["githubAppID", "githubAppInstallationID", "githubAppPrivateKey"],
  ["githubAppID", "githubAppPrivateKey"],
  ["gcpServiceAccountKey"],
  ["useAzureWorkloadIdentity"],
  [
    "azureServicePrincipalClientId",
    "azureServicePrincipalClientSecret",
    "azureServicePrincipalTenantId",
  ],
  [
    "azureServicePrincipalClientID",
    "azureServicePrincipalClientSecret",
    "azureServicePrincipalTenantID",
  ],
  ["azureServicePrincipalClientId", "azureServicePrincipalTenantId"],
];

/** Repositories without a credential are those that templates apply to. */
const REPOSITORY_KITS = [...KITS, ...Array<readonly string[]>(12).fill([]), [
  "gcpServiceAccountKey",
]];

const keysOf = (secretType: string) =>
  fc.tuple(
    fc.constantFrom(...(secretType.startsWith("repository") ? REPOSITORY_KITS : KITS)),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      {
        weight: 2,
        arbitrary: fc.subarray([...TEXT_KEYS, ...FLAG_KEYS, ...NUMBER_KEYS], { maxLength: 4 }),
      },
      { weight: 2, arbitrary: fc.subarray(FLAG_KEYS.slice(0, 4)) },
    ),
  ).map(([kit, more]) => [...new Set([...kit, ...more])]);

/** The data of a secret without its URL; strings identify the secret. */
const dataOf = (secret: string, secretType: string) =>
  keysOf(secretType).chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        NUMBER_KEYS.includes(name)
          ? number
          : FLAG_KEYS.includes(name)
          ? flag
          : fc.constantFrom(...Array(8).fill(`${secret} ${name}`), "", " ", `${secret}\n`)
      ),
    ).map((values) =>
      Object.fromEntries(names.map((name, i) => [name, values[i] as string] as const))
    )
  );

/** The spellings of URLs in one set: few, so that they collide. */
const spelling: fc.Arbitrary<Required<Spelling>> = fc.record({
  forms: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(["https"], ["https", "HTTPS"], ["ssh", "scp"], ["none", "oci"]),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(["https", "http"], ["https", "user"], ["https", "scp"], ["none"]),
    },
  ),
  ends: fc.oneof(
    {
      weight: 2,
      arbitrary: fc.constantFrom(["", "", ".git"], ["", "/"], ["", "", "/below", "-other"]),
    },
    {
      weight: 1,
      arbitrary: fc.constant(["", "/", ".git", ".GIT", "-other", "/below", "//", ".git/", " "]),
    },
  ),
});

/** URLs at a place, and prefixes of them. */
function urlOf(at: Place, spelled: Required<Spelling>): fc.Arbitrary<string> {
  const url = urlAt(at, spelled);
  return fc.oneof(
    { weight: 8, arbitrary: url },
    {
      weight: 1,
      arbitrary: fc.tuple(url, fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([text, share]) => [...text].slice(0, Math.round([...text].length * share)).join("")),
    },
    { weight: 1, arbitrary: urlAt(at) },
    { weight: 1, arbitrary: anyUrl },
  );
}

const secretType = fc.constantFrom(
  ...Array<string>(6).fill("repository"),
  ...Array<string>(6).fill("repo-creds"),
  "repository-write",
  "repo-write-creds",
);

const type = fc.constantFrom(undefined, "git", "helm", "oci", "Helm", "", "other");

const secretAt = (at: Place, spelled: Required<Spelling>) => (name: string) =>
  secretType.chain((secretType) =>
    fc.record({ url: urlOf(at, spelled), project, type, data: dataOf(name, secretType) })
      .map(({ url, project, type, data }): CaseSecret => ({
        name,
        secretType,
        data: {
          ...data,
          ...(url === "" ? {} : { url }),
          ...(project === "" ? {} : { project }),
          ...(type === undefined ? {} : { type }),
        },
      }))
  );

/** Up to seven secrets, and questions about their URLs and others of the place. */
export const world: fc.Arbitrary<World> = fc.tuple(place, spelling, fc.integer({ min: 1, max: 7 }))
  .chain(([at, spelled, count]) =>
    fc.record({
      secrets: fc.tuple(...Array.from({ length: count }, (_, i) => secretAt(at, spelled)(`s${i}`))),
      asked: fc.array(fc.record({ url: urlOf(at, spelled), project }), {
        minLength: 1,
        maxLength: 4,
      }),
      own: fc.array(
        fc.record({
          at: fc.nat(6),
          end: fc.constantFrom("", "", "", "/", "/x", "-x"),
          project: fc.option(project, { nil: undefined, freq: 3 }),
        }),
        {
          minLength: 2,
          maxLength: 5,
        },
      ),
    })
  ).map(({ secrets, asked, own }) => ({
    secrets,
    asked: [
      ...asked,
      // A secret's own URL, and URLs below it.
      ...own.map(({ at, end, project }) => {
        const { data } = secrets[at % secrets.length]!;
        return { url: (data.url ?? "") + end, project: project ?? data.project ?? "" };
      }),
    ],
  }));
