import assert from "node:assert/strict";
import { join } from "node:path";
import { type Ended, type Folder, folder, outcome } from "./support.ts";

/** The machine of a user who has a kubeconfig with many contexts. */

/** No output may contain it. */
export const CANARY = `fake-canary-${crypto.randomUUID()}`;

/** Contexts as common tools name them, and the names of the imported clusters. */
export const TWELVE: Readonly<Record<string, string>> = {
  "admin@prod-eu": "prod-eu",
  "admin@prod-us": "prod-us",
  "arn:aws:eks:eu-west-1:123456789012:cluster/prod-01": "prod-01",
  "arn:aws:eks:eu-west-1:123456789012:cluster/prod-02": "prod-02",
  "default/api-prod-example-com:6443/admin": "api-prod-example-com",
  "gke_my-project_europe-west1_web": "web",
  "kind-dev": "kind-dev",
  "kubernetes-admin@kubernetes": "kubernetes",
  lab: "lab",
  "stage one": "stage-one",
  "test/1": "test-1",
  "zz@edge": "edge",
};

/** The number of a context determines its server. */
export function kubeconfigOf(contexts: readonly string[], more: object = {}): string {
  const names = contexts.map((context, i) => ({ context, i }));
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": contexts[0] ?? "",
    clusters: names.map(({ i }) => ({
      name: `c${i}`,
      cluster: { server: `https://user:${CANARY}@10.0.0.${i}:6443/` },
    })),
    users: names.map(({ i }) => ({ name: `u${i}`, user: { token: `${CANARY}-${i}` } })),
    contexts: names.map(({ context, i }) => ({
      name: context,
      context: { cluster: `c${i}`, user: `u${i}` },
    })),
    ...more,
  });
}

export interface Host {
  readonly home: Folder;
  /** The clusters folder. */
  readonly clusters: string;
  run(...args: string[]): Promise<Ended>;
  /** Files of the clusters folder. */
  files(): string[];
  /** The text of a kubeconfig. */
  read(cluster: string): string;
}

/** A working directory with a clusters folder, which is the user's home too. */
export async function onHost(
  contexts: readonly string[],
  test: (host: Host) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  await using home = await folder();
  const clusters = join(home.path, "clusters");
  await Deno.mkdir(join(home.path, ".kube"), { mode: 0o700 });
  await Deno.mkdir(clusters, { mode: 0o700 });
  await home.write(".kube/config", kubeconfigOf(contexts));
  await test({
    home,
    clusters,
    async run(...args) {
      const ended = await outcome(["clusters", ...args], {
        cwd: home.path,
        env: { ...DENO_DIR, HOME: home.path, KUBECONFIG: "", ...env },
      });
      assert.doesNotMatch(ended.stdout + ended.stderr, /fake-canary/);
      return ended;
    },
    files: () => [...Deno.readDirSync(clusters)].map(({ name }) => name).sort(),
    read: (cluster) => Deno.readTextFileSync(join(clusters, `${cluster}.kubeconfig`)),
  });
}

/** Deno's package cache, which Deno would look for in HOME. */
export const DENO_DIR: Record<string, string> = {
  DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache/deno"),
};
