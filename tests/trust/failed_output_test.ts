import assert from "node:assert/strict";
import { deadlineIn } from "../../src/kube/deadline.ts";
import { KubeError } from "../../src/kube/errors.ts";
import { defaultGateLimits, ProcessGate } from "../../src/kube/kubectl/gate.ts";
import { kubectlStore } from "../../src/kube/kubectl/store.ts";
import type { ProcessResult } from "../../src/kube/process.ts";
import { fakeClock } from "../support/fake_clock.ts";

/** A failed kubectl prints its input: for our templates these are whole secrets. */

const CANARY = `canary${crypto.randomUUID()}`;

const FAILED: [what: string, ended: ProcessResult["ended"], code: number][] = [
  ["a nonzero exit code", "exit", 1],
  ["the deadline", "deadline", 0],
  ["more output than is read", "too_large", 0],
];

for (const [what, ended, code] of FAILED) {
  Deno.test(`the output of a failed kubectl is discarded: ${what}`, async () => {
    using _clock = fakeClock({ runs: true });
    const logged: unknown[] = [];
    const store = kubectlStore({
      cluster: "c",
      kubeconfig: "/nowhere",
      env: {},
      gate: new ProcessGate(defaultGateLimits(1)),
      onCommand: (command) => logged.push(command),
      run: () =>
        Promise.resolve({
          ended,
          code,
          // It looks like a response, and like a list of raw objects.
          stdout: `argocd ${CANARY} Opaque 2026-01-01T00:00:00Z \\n`,
          stderr: `error: error executing template: ${CANARY}\\n`,
        }),
    });
    const deadline = deadlineIn(1);
    const reads = [
      () => store.list({ selector: "a=b" }, deadline),
      () => store.read([{ namespace: "argocd", name: "a" }], deadline),
      () => store.namespaces(undefined, deadline),
      () => store.serviceAccounts("argocd", deadline),
    ];
    for (const read of reads) {
      await assert.rejects(read, (error) => {
        assert.ok(error instanceof KubeError);
        assert.ok(!Deno.inspect(error, { depth: 9 }).includes(CANARY), error.message);
        return true;
      });
    }
    assert.ok(logged.length > 0 && !JSON.stringify(logged).includes(CANARY));
  });
}
