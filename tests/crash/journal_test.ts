import assert from "node:assert/strict";
import { join } from "node:path";
import type { AuditEntry } from "../../src/audit/entry.ts";
import type { Call } from "./gate.ts";
import { type Answered, crashTests, during, type Running, type World } from "./world.ts";

const crashTest = crashTests((test) => Deno.test(test));

/** SIGKILL during a write with an audit log: the next start reports what to check. */

const WARNING = /WARNING audit: write interrupted .*/;

function entriesOf(auditLog: string): AuditEntry[] {
  const lines = Deno.readTextFileSync(auditLog).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

const phases = (auditLog: string) => entriesOf(auditLog).map(({ phase }) => phase);

/** Kills a program during a write to three namespaces and Argo CD's; returns what is left. */
async function interrupted(world: World, held: [call: Call, number: number]) {
  const auditLog = join(world.folder, "audit.log");
  const targets = await world.targets(3, (place) => place % 2 === 0);
  const gate = await world.gate();
  const victim = await world.start({ through: gate, targets, auditLog });
  const hold = gate.holdFrom(...held, "before");
  await during(victim.write(targets), hold.reached);
  // It is on disk before anything is in the cluster.
  assert.deepEqual(phases(auditLog), ["started", "begin"]);
  await victim.kill(() => hold.release());
  await gate.close();
  await targets.assertOldOrNew();
  return { auditLog, targets };
}

function assertWritten({ status, body }: Answered): void {
  assert.equal(status, 200, JSON.stringify(body));
}

/** Stops a program after a write; returns its log. */
async function stopped(running: Running): Promise<string> {
  await running.stop();
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  return stderr;
}

for (const held of [["read", 1], ["create", 2], ["replace", 2]] as [Call, number][]) {
  crashTest(
    `killed at ${held[0]} ${held[1]}, the next start reports the interrupted write exactly once`,
    async (world) => {
      const { auditLog, targets } = await interrupted(world, held);
      const [, begin] = entriesOf(auditLog);
      const all = [...targets.namespaces, targets.argocd];
      assert.deepEqual([begin!.names, begin!.namespaces], [[targets.body.name], all]);

      const next = await world.start({ targets, auditLog });
      // At the start, before any request.
      const [line] = await next.line(WARNING);
      for (const said of [begin!.write!, String(targets.body.name), ...all, "with upsert"]) {
        assert.ok(line.includes(said), `${said} is not in ${line}`);
      }
      assertWritten(await next.write(targets));
      await targets.assertAll("new");
      const stderr = await stopped(next);
      assert.equal(stderr.split("\n").filter((each) => WARNING.test(each)).length, 1);

      const third = await world.start({ targets, auditLog });
      assertWritten(await third.write(targets));
      assert.doesNotMatch(await stopped(third), WARNING);
      const written = ["begin", "end"];
      assert.deepEqual(phases(auditLog), [
        ...["started", "begin"],
        ...["interrupted", "started", ...written],
        ...["started", ...written],
      ]);
      const ends = entriesOf(auditLog).filter(({ phase }) => phase === "end");
      assert.equal(ends[1]!.outcome, "unchanged");
      assert.equal(new Set(entriesOf(auditLog).map(({ credential }) => credential)).size, 2); // including none
    },
  );
}

crashTest(
  "SIGTERM during a write: the end of the write is recorded and the next start reports nothing",
  async (world) => {
    const auditLog = join(world.folder, "audit.log");
    const targets = await world.targets(3);
    const gate = await world.gate();
    const first = await world.start({ through: gate, targets, auditLog });
    const hold = gate.holdFrom("create", 2, "before");
    const write = first.write(targets);
    await during(write, hold.reached);
    await first.stop();
    hold.release();
    assertWritten(await write);
    assert.equal((await first.ended()).code, 0);
    await gate.close();
    assert.deepEqual(phases(auditLog), ["started", "begin", "end"]);

    const next = await world.start({ targets, auditLog });
    assertWritten(await next.write(targets));
    assert.doesNotMatch(await stopped(next), WARNING);
  },
);
