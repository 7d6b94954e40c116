import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { encodeBase64Text } from "../../text/bytes.ts";

type Auths = Readonly<Record<string, unknown>>;

/** A pull secret as the cluster stores it. */
export function fakePullSecret(name: string, auths: Auths, more: Partial<StoredSecret> = {}) {
  return pullSecretOf(name, JSON.stringify({ auths }), more);
}

/** A pull secret with any text as its configuration. */
export function pullSecretOf(
  name: string,
  text: string,
  more: Partial<StoredSecret> = {},
): StoredSecret {
  return {
    namespace: "team",
    name,
    type: "kubernetes.io/dockerconfigjson",
    labels: {},
    annotations: {},
    data: seal({ ".dockerconfigjson": encodeBase64Text(text) }),
    uid: `uid-${name}`,
    resourceVersion: "1",
    creationTimestamp: "2026-11-30T00:00:00Z",
    ...more,
  };
}

/** A pull secret of the older type. */
export function dockercfg(name: string, auths: Auths): StoredSecret {
  return pullSecretOf(name, "", {
    type: "kubernetes.io/dockercfg",
    data: seal({ ".dockercfg": encodeBase64Text(JSON.stringify(auths)) }),
  });
}

/** An entry as argocd-configurer writes it. */
export function login(username: string, password = `password of ${username}`) {
  return { username, password, auth: encodeBase64Text(`${username}:${password}`) };
}
