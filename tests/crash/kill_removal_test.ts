import assert from "node:assert/strict";
import { join } from "node:path";
import pLimit from "p-limit";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import type { AuditEntry } from "../../src/audit/entry.ts";
import { uniqueName } from "../support/api_objects.ts";
import type { Call } from "./gate.ts";
import type { Targets } from "./targets.ts";
import { type Answered, crashTests, during, type Running, type World } from "./world.ts";

const crashTest = crashTests((test) => Deno.test(test));

/**
 * SIGKILL at each store call of a deletion in ten namespaces and Argo CD's: eleven reads and eleven
 * deletes. There is no old value: each secret is unchanged or gone.
 */

/** Concurrent runs, each in its own namespaces; more than the number of cores gain nothing. */
const AT_ONCE = 2;

interface KillPoint {
  readonly sentence: string;
  readonly held: readonly [call: Call, number: number, moment: "before" | "after"];
  /** A finalizer delays one secret's deletion, so that the others are rolled back. */
  readonly fails?: boolean;
}

const POINTS: readonly KillPoint[] = [
  { sentence: "in the middle of the reads", held: ["read", 5, "after"] },
  { sentence: "before the first deletion", held: ["remove", 1, "before"] },
  { sentence: "at the first deletion", held: ["remove", 1, "after"] },
  { sentence: "in the middle of the deletions", held: ["remove", 6, "after"] },
  { sentence: "after the last deletion", held: ["remove", 11, "after"] },
  { sentence: "before the rollback", held: ["create", 1, "before"], fails: true },
  { sentence: "in the middle of the rollback", held: ["create", 5, "after"], fails: true },
  { sentence: "at the end of the rollback", held: ["create", 10, "after"], fails: true },
];

crashTest(
  "the server is killed at each of the store calls of a deletion: each secret is there or gone, and the next deletion completes it",
  async (world) => {
    await pLimit(AT_ONCE).map(POINTS, (point) =>
      killAt(point, world).catch((error) => {
        throw new Error(`Killed ${point.sentence}`, { cause: error });
      }));
  },
);

async function killAt({ held, fails = false }: KillPoint, world: World): Promise<void> {
  const targets = await world.targets(10);
  const first = await world.start({ targets });
  assertOk(await first.write(targets));
  await first.kill();

  const gate = await world.gate();
  const auditLog = join(world.folder, `${targets.argocd}.audit.log`);
  const account = await accountThatUses(targets);
  const victim = await world.start({ through: gate, targets, auditLog });
  const hold = gate.holdFrom(...held);
  const deletion = fails ? gate.holdFrom("remove", 1, "before") : undefined;
  const answer = deleted(victim, targets);
  if (deletion) {
    // It has read all of them by then.
    await during(answer, deletion.reached);
    await finalizers(targets, ["tests.invalid/held"]);
    deletion.release();
  }
  await during(answer, hold.reached);
  await victim.kill(() => hold.release());
  await gate.close();
  const left = new Set((await targets.look()).values());
  assert.ok(!left.has("old"), "a secret is neither unchanged nor gone");

  if (fails) await finalizers(targets, null);
  const next = await world.start({ targets, auditLog });
  const { status, body } = await deleted(next, targets);
  assert.equal(status, left.has("new") ? 200 : 404, JSON.stringify(body));
  assert.deepEqual(new Set((await targets.look()).values()), new Set(["nothing"]));
  await assertReported(next, {
    auditLog,
    // Nothing is changed before everything is read, so nothing is interrupted.
    expected: held[0] === "read" ? [] : [["delete", [targets.body.name], [account]]],
  });
  await next.kill();
}

interface Reported {
  readonly auditLog: string;
  /** Kind, names and service accounts of the interrupted deletions. */
  readonly expected: unknown[];
}

async function assertReported(next: Running, { auditLog, expected }: Reported): Promise<void> {
  const lines = Deno.readTextFileSync(auditLog).trimEnd().split("\n");
  const interrupted = lines.map((line): AuditEntry => JSON.parse(line))
    .filter(({ phase }) => phase === "interrupted")
    .map(({ kind, names, service_accounts }) => [kind, names, service_accounts]);
  assert.deepEqual(interrupted, expected);
  if (expected.length === 0) return;
  const [line] = await next.line(/WARNING audit: write interrupted .*kind=delete .*/);
  for (const said of ["unchanged or deleted", "the same delete again", "runner-"]) {
    assert.ok(line.includes(said), `${said} is not in ${line}`);
  }
}

/** A new service account in one of the namespaces, which uses the secret there. */
async function accountThatUses({ namespaces, body }: Targets) {
  const account = { namespace: namespaces[9]!, name: uniqueName("runner") };
  const { status } = await controlPlaneFromEnv()!.request(
    "POST",
    `/api/v1/namespaces/${account.namespace}/serviceaccounts`,
    { metadata: { name: account.name }, imagePullSecrets: [{ name: body.name }] },
  );
  assert.equal(status, 201);
  return account;
}

/** DELETE /secrets in all namespaces the program has written to. */
async function deleted({ url }: Running, { body }: Targets): Promise<Answered> {
  const query = new URLSearchParams({ cluster: "c", name: String(body.name) });
  const response = await fetch(`${url}/secrets?${query}`, { method: "DELETE" });
  return { status: response.status, body: await response.json() };
}

function assertOk({ status, body }: Answered): void {
  assert.equal(status, 200, JSON.stringify(body));
}

/** Gives the secret in one of the namespaces these finalizers. */
async function finalizers({ namespaces, body }: Targets, names: string[] | null): Promise<void> {
  const path = `/api/v1/namespaces/${namespaces[9]}/secrets/${body.name}`;
  const changed = { metadata: { finalizers: names } };
  const { status } = await controlPlaneFromEnv()!.request("PATCH", path, changed);
  assert.equal(status, 200);
}
