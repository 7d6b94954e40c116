import assert from "node:assert/strict";
import type { AccessQuestion } from "../../src/kube/probe.ts";
import { soon } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

const QUESTIONS: readonly AccessQuestion[] = [
  { verb: "list", resource: "secrets" },
  { verb: "delete", resource: "secrets", namespace: "default" },
  { verb: "create", resource: "namespaces" },
  { verb: "update", resource: "serviceaccounts" },
];

/** Every promise of `ClusterProbe` in src/kube/probe.ts. */
export function probeContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("returns the version of Kubernetes, and a clock skew of almost zero if the server sends its time", async (world) => {
    const { version, clockSkewSeconds = 0 } = await world.probe.version(soon());
    assert.match(version!, /^v1\.\d+\.\d+/);
    assert.ok(Math.abs(clockSkewSeconds) <= 2, `${clockSkewSeconds} seconds`);
  });

  test("returns for each question whether it is allowed, in order", async (world) => {
    assert.deepEqual(await world.probe.access(QUESTIONS, soon()), [true, true, true, true]);
    assert.deepEqual(await world.probe.access([QUESTIONS[1]!], soon()), [true]);
  });

  test("returns the version of Argo CD from its image, and none without Argo CD", async (world) => {
    const [none, some] = [await world.namespace(), await world.namespace()];
    assert.equal(await world.probe.argocdVersion(none, soon()), undefined);
    await world.deploy({
      namespace: some,
      name: "argocd-server",
      labels: {
        "app.kubernetes.io/component": "server",
        "app.kubernetes.io/part-of": "argocd",
      },
      image: "quay.io/argoproj/argocd:v3.2.0",
    });
    assert.equal(await world.probe.argocdVersion(some, soon()), "v3.2.0");
    assert.equal(await world.probe.argocdVersion(none, soon()), undefined);
  });
}
