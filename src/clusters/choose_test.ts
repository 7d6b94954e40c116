import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import { clusterChooser } from "./choose.ts";
import { inMemory, usable } from "./fake/in_memory.ts";

Deno.test("of those that have one API server only the first is a cluster, and names the others", async () => {
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
