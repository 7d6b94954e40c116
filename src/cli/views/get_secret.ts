import type { ShownBody } from "../client/answers.ts";
import type { View } from "./view.ts";
import { age, untilThen } from "./age.ts";
import { labelText } from "./list_secrets.ts";

type ShownSecret = ShownBody["secrets"][number];

export const view: View<ShownBody, ShownSecret> = {
  namesCluster: true,
  showsFingerprints: true,
  columns: () => ({
    NAMESPACE: ({ namespace }) => namespace,
    NAME: ({ name }) => name,
    TYPE: ({ type }) => type,
    DATA: ({ keys }) => String(keys.length),
    FINGERPRINT: ({ data_fingerprint }) => data_fingerprint ?? undefined,
    MANAGED: ({ managed }) => managed ? "yes" : "no",
    AGE: (secret) => age(secret.creation_timestamp),
  }),
  wide: {
    KIND: kindOf,
    CREDENTIALS: ({ credentials }) => credentials?.join(","),
    "REGISTRY/URL": ({ registries, repository_url }) =>
      registries?.map(({ registry }) => registry).join(",") ?? repository_url,
    USERNAME: usernamesOf,
    FINGERPRINTS: ({ fingerprints }) =>
      Object.entries(fingerprints).map(([place, each]) => `${place}=${each}`).join(","),
    IMMUTABLE: ({ immutable }) => String(immutable),
    EXPIRES: ({ expires }) => expires && untilThen(expires.at),
    OWNER: ({ owner }) => owner ?? undefined,
    WRITE: ({ write }) => write ?? undefined,
    LABELS: labelText,
  },
  rows: ({ secrets }) => secrets,
  names: ({ secrets }) => secrets.map(({ namespace, name }) => ({ namespace, name })),
  counted: ({ secrets }) => secrets.map(() => ({ noun: "secret" })),
};

function usernamesOf({ registries, username }: ShownSecret): string | undefined {
  const names = registries?.flatMap(({ username }) => username === undefined ? [] : [username]);
  return names === undefined ? username : [...new Set(names)].join(",");
}

/** The kind as in the list of secrets, by Argo CD's label. */
function kindOf({ registries, labels }: ShownSecret): string | undefined {
  if (registries !== undefined) return "docker";
  const type = labels["argocd.argoproj.io/secret-type"];
  return type === "repo-creds" ? "template" : type;
}
