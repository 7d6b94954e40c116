import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { deadlineIn, pause } from "../deadline.ts";
import { KubeError } from "../errors.ts";
import type { ProcessResult, RunProcess } from "../process.ts";
import { kubectlOf } from "./command.ts";
import { defaultGateLimits, ProcessGate } from "./gate.ts";
import { kubectlRemovals } from "./removals.ts";

/** The API server's response as kubectl prints it. */
const REMOVED = JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Success" });

interface Start {
  readonly path: string;
  readonly body: { readonly dryRun?: readonly string[]; readonly preconditions: unknown };
}

/** Removals by a kubectl that takes this many milliseconds, four of them concurrently. */
function removalsTaking(milliseconds: number, result: Partial<ProcessResult> = {}) {
  const starts: Start[] = [];
  const run: RunProcess = async (_program, args, { stdin, deadline }) => {
    const raw = args.find((arg) => arg.startsWith("--raw="))!;
    starts.push({ path: raw.slice("--raw=".length), body: JSON.parse(stdin!) });
    await pause(milliseconds, deadline);
    const ended = deadline.signal.aborted ? "deadline" : "exit";
    return { ended, code: 0, stdout: REMOVED, stderr: "", ...result };
  };
  const kubectl = kubectlOf({
    cluster: "c",
    kubeconfig: "/c.kubeconfig",
    env: {},
    gate: new ProcessGate({ ...defaultGateLimits(2), startTime: 10_000 }),
    run,
  });
  return { ...kubectlRemovals(kubectl, "c"), starts };
}

const secrets = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    namespace: `n-${i}`,
    name: "a",
    uid: `uid-${i}`,
    resourceVersion: String(i),
  }));

Deno.test("of many removals a sample is timed, and a deletion that would not end in time is rejected", async () => {
  using _clock = fakeClock({ runs: true });
  const { foreseeRemoval, starts } = removalsTaking(20);
  const error = await foreseeRemoval(secrets(1000), deadlineIn(3)).then(
    () => assert.fail("it was not rejected"),
    (error) => error,
  );
  assert.ok(error instanceof KubeError);
  assert.equal(error.kind, "timeout");
  const message =
    /^Cannot delete 1000 secrets of cluster 'c': one kubectl process per secret takes about (\d+) seconds, but only 2 are left, so nothing was deleted\. Set kubectl_timeout to (\d+) or transport to api$/
      .exec(error.message);
  assert.ok(message, error.message);
  // 1000 removals of 20 ms, four at a time, take 5 s, plus the safety margin.
  const [seconds, enough] = [Number(message[1]), Number(message[2])];
  assert.deepEqual([seconds, enough], [7, 10], error.message);
  assert.equal(starts.length, 16);
  for (const { body } of starts) assert.deepEqual(body.dryRun, ["All"]);
});

Deno.test("a deletion that ends in time is allowed after a sample, and a small one without a sample", async () => {
  using _clock = fakeClock({ runs: true });
  const { foreseeRemoval, remove, starts } = removalsTaking(1);
  await foreseeRemoval(secrets(100), deadlineIn(60));
  assert.equal(starts.splice(0).length, 16);
  await foreseeRemoval(secrets(32), deadlineIn(0.001));
  assert.equal(starts.length, 0);
  const outcomes = await remove(secrets(100), deadlineIn(60));
  assert.ok(outcomes.every(({ kind }) => kind === "done"));
  const [{ path, body } = assert.fail("nothing was started")] = starts;
  assert.equal(path, "/api/v1/namespaces/n-0/secrets/a");
  assert.deepEqual(body.preconditions, { uid: "uid-0", resourceVersion: "0" });
  assert.equal(body.dryRun, undefined);
});

Deno.test("a deletion requests no more slots at once than one cluster has", async () => {
  using _clock = fakeClock({ runs: true });
  let waiting = 0;
  let most = 0;
  const gate = new ProcessGate(defaultGateLimits(2));
  const enter = gate.enter.bind(gate);
  gate.enter = async (...asked) => {
    most = Math.max(most, ++waiting);
    const place = await enter(...asked);
    return { started: place.started, release: () => (waiting--, place.release()) };
  };
  const run: RunProcess = async (_program, _args, { deadline }) => {
    await pause(1, deadline);
    return { ended: "exit", code: 0, stdout: REMOVED, stderr: "" };
  };
  const kubectl = kubectlOf({ cluster: "c", kubeconfig: "/c.kubeconfig", env: {}, gate, run });
  await kubectlRemovals(kubectl, "c").remove(secrets(50), deadlineIn(60));
  assert.equal(most, gate.limits.alivePerCluster);
});

Deno.test("an error that affects all secrets is reported before anything is deleted", async () => {
  using _clock = fakeClock({ runs: true });
  const line = 'Error from server (Forbidden): secrets "a" is forbidden: User "u" cannot ' +
    'delete resource "secrets" in API group "" in the namespace "n-0"';
  const { foreseeRemoval } = removalsTaking(0, { code: 1, stderr: line });
  await assert.rejects(foreseeRemoval(secrets(100), deadlineIn(60)), {
    kind: "forbidden",
    message: "Cannot delete secret n-0/a of cluster 'c': the kubeconfig's user " +
      "cannot delete secrets in namespace 'n-0' (Forbidden)",
  });
  const silent = removalsTaking(10_000);
  await assert.rejects(silent.foreseeRemoval(secrets(100), deadlineIn(0.05)), {
    kind: "timeout",
    message: "Cannot delete secret n-0/a of cluster 'c': no response within " +
      "0.05 seconds",
  });
});

Deno.test("an error of a dry run only, or of a single secret, does not prevent the deletion", async () => {
  using _clock = fakeClock({ runs: true });
  const lines = [
    'Error from server (BadRequest): admission webhook "w" does not support dry run',
    'Error from server (NotFound): secrets "a" not found',
    "Error from server (Conflict): the object has been modified",
  ];
  for (const stderr of lines) {
    const { foreseeRemoval, starts } = removalsTaking(0, { code: 1, stderr });
    await foreseeRemoval(secrets(100), deadlineIn(60));
    assert.equal(starts.length, 16);
  }
});
