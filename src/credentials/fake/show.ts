import type { FakeCluster } from "../../kube/fake/store.ts";
import { type ShownSecret, showSecret } from "../show_secret.ts";
import { servicesOf } from "./services.ts";

/** A fingerprint that is equal for equal values, and reveals no value. */
async function fingerprint(credential: { reveal(): string }): Promise<string> {
  const bytes = new TextEncoder().encode(credential.reveal());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Calls `showSecret` with defaults for tests. */
export async function shown(
  it: Parameters<typeof servicesOf>[0],
  name: string,
  more: { namespace?: string; fingerprint?: () => Promise<undefined>; seconds?: number } = {},
) {
  const { namespace, ...deps } = more;
  return await showSecret({ cluster: "test", name, ...(namespace ? { namespace } : {}) }, {
    ...servicesOf(it),
    argocdNamespace: "argocd",
    dockerNamespaces: ["a", "b"],
    fingerprint,
    ...deps,
  });
}

/** The secrets in the result. @throws when the call failed */
export async function shownIn(
  it: FakeCluster,
  name: string,
  namespace?: string,
): Promise<readonly ShownSecret[]> {
  const outcome = await shown(it, name, namespace === undefined ? {} : { namespace });
  if (outcome.kind !== "shown") throw new Error(outcome.kind);
  return outcome.secrets;
}
