import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";

/** The content of a secret in Argo CD's namespace. */
export interface ArgocdSecretData {
  readonly name: string;
  /** Value of the label `argocd.argoproj.io/secret-type`. */
  readonly secretType: string;
  /** Plain text, not base64. */
  readonly data: Readonly<Record<string, string>>;
}

/** The secret as the cluster stores it. */
export function storedSecret({ name, secretType, data }: ArgocdSecretData): StoredSecret {
  const encoded = Object.entries(data).map(([key, text]) => [key, encodeBase64Text(text)]);
  return {
    namespace: "argocd",
    name,
    type: "Opaque",
    labels: { "argocd.argoproj.io/secret-type": secretType },
    annotations: {},
    data: seal(Object.fromEntries(encoded)),
    uid: `uid-${name}`,
    resourceVersion: "1",
    creationTimestamp: "2026-11-30T00:00:00Z",
  };
}

type Make = (name: string, data: ArgocdSecretData["data"]) => StoredSecret;

export const argocdRepository: Make = (name, data) =>
  storedSecret({ name, secretType: "repository", data });
export const argocdTemplate: Make = (name, data) =>
  storedSecret({ name, secretType: "repo-creds", data });
