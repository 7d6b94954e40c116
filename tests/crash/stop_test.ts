import assert from "node:assert/strict";
import type { Targets } from "./targets.ts";
import {
  type Answered,
  crashTests,
  during,
  longerThanConnectionsLinger,
  type Running,
} from "./world.ts";

const crashTest = crashTests((test) => Deno.test(test));

/** SIGTERM in the middle of a write to twenty namespaces. */

crashTest("SIGTERM during a write: the write ends, new requests get 503, exit 0", async (world) => {
  const targets = await world.targets(20, (place) => place % 4 === 3);
  const others = await world.targets(1);
  const gate = await world.gate();
  const running = await world.start({ through: gate, targets });
  const creating = gate.holdFrom("create", 3, "before");
  const write = running.write(targets);
  await during(write, creating.reached);

  await running.stop();
  await assertRefused(running, others);
  await longerThanConnectionsLinger();
  creating.release();
  const { status, body } = await write;
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(namespacesOf(body), [...targets.namespaces, targets.argocd]);
  assert.deepEqual([...actionsOf(body)].sort(), ["created", "replaced"]);
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /stopped\n$/);
  await targets.assertAll("new");
  await others.assertAll("as before");

  const again = await (await world.start({ targets })).write(targets);
  assert.equal(again.status, 200, JSON.stringify(again.body));
  assert.deepEqual(actionsOf(again.body), new Set(["unchanged"]));
  await targets.assertAll("new");
});

crashTest("SIGTERM waits until a failed write is rolled back", async (world) => {
  const targets = await world.targets(6, (place) => place % 2 === 0);
  const full = await world.fill(targets.namespaces[3]!);
  const gate = await world.gate();
  const running = await world.start({ through: gate, targets });
  const removing = gate.holdFrom("remove", 1, "before");
  const write = running.write(targets);
  await during(write, removing.reached);

  await running.stop();
  removing.release();
  const { status, body } = await write;
  assert.deepEqual([status, body.rolled_back], [502, true], JSON.stringify(body));
  assert.equal((await running.ended()).code, 0);
  await targets.assertAll("as before");

  await full.empty();
  const again = await (await world.start({ targets })).write(targets);
  assert.equal(again.status, 200, JSON.stringify(again.body));
  await targets.assertAll("new");
});

/** A write and a request for /health: each gets 503 or no connection. */
async function assertRefused(running: Running, targets: Targets): Promise<void> {
  const write = await running.write(targets).catch(() => undefined);
  const health = await fetch(`${running.url}/health`).catch(() => undefined);
  await health?.body?.cancel();
  for (const answer of [write, health]) assert.equal(answer?.status ?? 503, 503);
}

function namespacesOf(body: Answered["body"]): string[] {
  return body.results.map(({ namespace }: { namespace: string }) => namespace);
}

function actionsOf(body: Answered["body"]): Set<string> {
  return new Set(
    body.results.map(({ result }: { result: { output: string } }) =>
      result.output.split(" ").at(-1)
    ),
  );
}
