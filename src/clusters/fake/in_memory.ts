import { seal } from "../../log/sealed.ts";
import type { ClusterEntry, ClusterSource, UsableCluster } from "../source.ts";

/** A cluster whose server nobody else has. */
export function usable(name: string, more: Partial<UsableCluster> = {}): UsableCluster {
  return {
    name,
    labels: {},
    identity: `server of ${name}`,
    version: "1",
    kubeconfig: { path: "", content: seal(null) },
    transport: "kubectl",
    own: {},
    labelsAt: "clusters/labels.yaml",
    server: `https://${name}.example.com`,
    ...more,
  };
}

/** A source that is no folder: what it knows is in memory, and how often each was looked for. */
export function inMemory(
  ...entries: readonly ClusterEntry[]
): ClusterSource & { readonly looked: string[] } {
  const looked: string[] = [];
  return {
    kind: "folder",
    list: () =>
      Promise.resolve({ clusters: entries.map(({ name, labels }) => ({ name, labels })) }),
    find(name) {
      looked.push(name);
      return Promise.resolve(entries.find((each) => each.name === name));
    },
    looked,
  };
}
