import { seal } from "../../log/sealed.ts";
import type { ClusterSource, SourceEntry, UsableCluster } from "../source.ts";

/** A usable cluster with an API server of its own. */
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

/** A source in memory that records which clusters were looked up. */
export function inMemory(
  ...entries: readonly SourceEntry[]
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
