import type { Shown } from "../client/answers.ts";
import type { View } from "./view.ts";
import { age, untilThen } from "./age.ts";
import { labelsOf } from "./list_secrets.ts";

type ShownSecret = Shown["secrets"][number];

export const view: View<Shown, ShownSecret> = {
  namesCluster: true,
  showsFingerprints: true,
  columns: () => ({
    NAMESPACE: ({ namespace }) => namespace,
    NAME: ({ name }) => name,
    TYPE: ({ type }) => type,
    DATA: ({ keys }) => String(keys.length),
    FINGERPRINT: ({ data_fingerprint }) => data_fingerprint ?? undefined,
    MANAGED: ({ managed }) => String(managed),
    AGE: (secret) => age(secret.creation_timestamp),
  }),
  wide: {
    KIND: kindOf,
    CREDENTIALS: ({ credentials }) => credentials?.join(","),
    // Registries, or the repository's URL.
    FOR: ({ registries, repository_url }) =>
      registries?.map(({ registry }) => registry).join(",") ?? repository_url,
    USERNAME: usernamesOf,
    FINGERPRINTS: ({ fingerprints }) =>
      Object.entries(fingerprints).map(([place, each]) => `${place}=${each}`).join(","),
    IMMUTABLE: ({ immutable }) => String(immutable),
    EXPIRES: ({ expires }) => expires && untilThen(expires.at),
    OWNER: ({ owner }) => owner ?? undefined,
    WRITE: ({ write }) => write ?? undefined,
    LABELS: labelsOf,
  },
  rows: ({ secrets }) => secrets,
  names: ({ secrets }) => secrets.map(({ namespace, name }) => ({ namespace, name })),
  counted: ({ secrets }) => secrets.map(() => ({ noun: "secret" })),
};

function usernamesOf({ registries, username }: ShownSecret): string | undefined {
  const names = registries?.flatMap(({ username }) => username === undefined ? [] : [username]);
  return names === undefined ? username : [...new Set(names)].join(",");
}

/** As the list has it, by Argo CD's label. */
function kindOf({ registries, labels }: ShownSecret): string | undefined {
  if (registries !== undefined) return "docker";
  const type = labels["argocd.argoproj.io/secret-type"];
  return type === "repo-creds" ? "template" : type;
}
