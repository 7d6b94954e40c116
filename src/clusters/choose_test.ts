import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import { clusterChooser } from "./choose.ts";
import { inMemory, usable } from "./fake/in_memory.ts";

Deno.test("clusters with the same API server are one cluster: the first, which names the others", async () => {
  const problem = new KubeError("invalid_kubeconfig", "it is empty", {});
  const source = inMemory(
    usable("a", { identity: "one" }),
    { name: "b", labels: {}, problem },
    usable("c", { identity: "one", transport: "api" }),
    { name: "d", labels: {}, problem },
    usable("e", {
      inFleet: () => ({ transport: "api", runsPrograms: true }),
    }),
  );
  const chosen = await clusterChooser([source])(["a", "b", "c", "d", "e", "gone"]);
  assert.deepEqual(chosen, [
    { name: "a", sameServerAs: ["c"], server: "one", transport: "kubectl", runsPrograms: true },
    { name: "b", sameServerAs: [], server: "b", runsPrograms: false },
    { name: "d", sameServerAs: [], server: "d", runsPrograms: false },
    { name: "e", sameServerAs: [], server: "server of e", transport: "api", runsPrograms: true },
    { name: "gone", sameServerAs: [], server: "gone", runsPrograms: false },
  ]);
});

Deno.test("with byArgocd, clusters on one server stay separate if their Argo CD namespaces differ", async () => {
  const one = { identity: "one" };
  const source = inMemory(
    usable("a", one),
    usable("b", { ...one, own: { argocdNamespace: "argocd-b" } }),
    usable("c", { ...one, own: { argocdNamespace: null } }),
    usable("d", one),
    usable("e", { ...one, own: { argocdNamespace: "argocd-b" } }),
  );
  const namesOf = async (options?: { byArgocd: boolean }) =>
    (await clusterChooser([source])(["a", "b", "c", "d", "e"], options))
      .map(({ name, sameServerAs }) => [name, ...sameServerAs].join());
  assert.deepEqual(await namesOf(), ["a,b,c,d,e"]);
  assert.deepEqual(await namesOf({ byArgocd: true }), ["a,d", "b,e", "c"]);
});
