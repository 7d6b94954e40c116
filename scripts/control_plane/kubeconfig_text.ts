/** Writes a kubeconfig as text. */
import { dump } from "js-yaml";

/** A port below 1024, which no program gets as a free port: tcpmux, which is not in use. */
export const closedPortUrl = "https://127.0.0.1:1";

/** A cluster or a user of a kubeconfig. */
export type Entry = Readonly<Record<string, unknown>>;

export interface Context {
  readonly name: string;
  readonly cluster: Entry;
  readonly user: Entry;
}

/** @param current the name of the context that a client takes @default the first one's */
export function kubeconfig(
  contexts: readonly [Context, ...Context[]],
  current = contexts[0].name,
): string {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: contexts.map(({ name, cluster }) => ({ name, cluster })),
    users: contexts.map(({ name, user }) => ({ name, user })),
    contexts: contexts.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
    "current-context": current,
  };
  return dump(config, { lineWidth: -1, noRefs: true });
}
