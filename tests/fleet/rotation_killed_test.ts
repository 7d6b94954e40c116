import assert from "node:assert/strict";
import { AuditLog } from "../../src/audit/audit_log.ts";
import type { AuditEntry } from "../../src/audit/entry.ts";
import { FakeCluster, type StoreCall } from "../../src/kube/fake/store.ts";
import { PREFIX as V1 } from "../../src/operations/routes.ts";
import { encodeBase64 } from "../support/base64.ts";
import { makeCanary } from "../support/canary.ts";
import { fleetStage } from "../http/fleet.ts";
import { type Place, withLog } from "../http/audit_place.ts";
import { post } from "../http/support.ts";
import { type RotationAnswer, statusesOf } from "./rotation_answer.ts";

/** A rotation over three clusters whose program is killed at each of its store calls in turn. */

const NAMES = ["a", "b", "c"] as const;
type Fleet = Readonly<Record<typeof NAMES[number], FakeCluster>>;

const [OLD, NEW] = [makeCanary(), makeCanary()];

const OURS = { "app.kubernetes.io/managed-by": "argocd-configurer" };
const DOCKER = { ...OURS, "mcops.tech/secret-type": "docker-creds" };
const REPOSITORY = { ...OURS, "argocd.argoproj.io/secret-type": "repository" };

const login = (password: string) => ({
  ".dockerconfigjson": encodeBase64(JSON.stringify({
    auths: { "ghcr.io": { username: "ci", password, auth: encodeBase64(`ci:${password}`) } },
  })),
});

const repository = (password: string) => ({
  type: encodeBase64("git"),
  url: encodeBase64("https://git.example.com/team/app"),
  username: encodeBase64("ci"),
  password: encodeBase64(password),
});

/** In the order in which they are listed. */
const SECRETS = [
  {
    ...{ namespace: "argocd", name: "app", type: "Opaque", labels: REPOSITORY },
    data: repository,
  },
  {
    ...{ namespace: "default", name: "pull", labels: DOCKER },
    ...{ type: "kubernetes.io/dockerconfigjson", data: login },
  },
];

function clusterWithOld(): FakeCluster {
  const cluster = new FakeCluster();
  for (const namespace of ["argocd", "default"]) cluster.namespaces.set(namespace, "Active");
  for (const { data, ...secret } of SECRETS) cluster.put(secret, data(OLD.value));
  return cluster;
}

/** Whether each secret of a cluster holds the old or the new value. @throws when one holds neither, whole */
function heldBy(cluster: FakeCluster): string[] {
  assert.equal(cluster.secrets.size, SECRETS.length);
  return SECRETS.map(({ namespace, name, data }) => {
    const stored = cluster.secrets.get(`${namespace}/${name}`)!;
    const sorted = (data: object) => JSON.stringify(Object.entries(data).sort());
    const text = sorted(stored.data.reveal());
    const held = [["old", OLD], ["new", NEW]] as const;
    const [which] = held.find(([, { value }]) => text === sorted(data(value))) ?? [];
    assert.ok(which, `${namespace}/${name} holds neither value, whole`);
    return which;
  });
}

/** @param mayCall called at each store call; a denied call never returns */
async function rotate(
  fleet: Fleet,
  auditLog: AuditLog,
  mayCall: (cluster: string, call: StoreCall) => number | undefined = () => undefined,
) {
  for (const [name, cluster] of Object.entries(fleet)) {
    cluster.calls = [];
    cluster.fault = (call) => {
      const after = mayCall(name, call);
      return after === undefined ? undefined : { kind: "kill", after };
    };
  }
  const fingerprint = auditLog.fingerprint.bind(auditLog);
  const { app, logged } = fleetStage({ fleet, auditLog, services: { fingerprint } });
  const response = await app.fetch(post(`${V1}/rotations`, {
    find: { password: OLD.value },
    set: { password: NEW.value },
    ...{ clusters: ["*"], verify: false },
  }));
  const text = await response.text();
  for (const { absentFrom } of [OLD, NEW]) absentFrom(text + logged.join(""), "the output");
  return { status: response.status, body: JSON.parse(text) as RotationAnswer };
}

/** The program dies at one call to cluster `b`, and with it all other calls in progress. */
async function killAt(fleet: Fleet, auditLog: AuditLog, at: number, after: number) {
  const reached = Promise.withResolvers<"killed">();
  let isDead = false;
  const answer = rotate(fleet, auditLog, (name, { index }) => {
    if (isDead) return 0;
    if (name !== "b" || index !== at) return undefined;
    isDead = true;
    reached.resolve("killed");
    return after;
  });
  const ended = await Promise.race([reached.promise, answer]);
  // Until all calls in progress are blocked.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  return ended;
}

/** The writes without an end, by cluster; the rotation itself has none either. */
function underWay(entries: readonly AuditEntry[]): string[] {
  const ended = new Set(entries.flatMap(({ phase, write }) => phase === "end" ? [write] : []));
  const open = entries.filter(({ phase, write }) => phase === "begin" && !ended.has(write));
  return open.flatMap(({ cluster }) => cluster ?? []).toSorted();
}

/** @returns whether it was killed before it finished */
async function killedAndCompleted(
  { auditLog, entries, path }: Place,
  at: number,
  after: number,
): Promise<boolean> {
  const fleet = { a: clusterWithOld(), b: clusterWithOld(), c: clusterWithOld() };
  const ended = await killAt(fleet, auditLog, at, after);
  await auditLog.start(); // it may have been killed before the first line
  const begun = entries();
  await auditLog.close();
  const held = Object.fromEntries(
    Object.entries(fleet).map(([name, cluster]) => [name, heldBy(cluster)]),
  );
  if (ended !== "killed") {
    assert.deepEqual(statusesOf(ended.body), { a: "rotated", b: "rotated", c: "rotated" });
    return false;
  }
  // Another process, later.
  const next = new AuditLog(path);
  await next.start();
  const interrupted = entries().slice(begun.length)
    .flatMap(({ phase, cluster }) => phase === "interrupted" ? cluster ?? [] : []);
  assert.deepEqual(interrupted.toSorted(), underWay(begun));
  for (const [name, [one, other]] of Object.entries(held)) {
    if (one !== other) {
      assert.ok(interrupted.includes(name), `${name} is partly rotated and not reported`);
    }
  }
  const { status, body } = await rotate(fleet, next);
  await next.close();
  assert.equal(status, 200, JSON.stringify(body));
  for (const [name, cluster] of Object.entries(fleet)) {
    assert.deepEqual(heldBy(cluster), ["new", "new"]);
    const wasDone = held[name]!.every((each) => each === "new");
    assert.equal(statusesOf(body)[name], wasDone ? "unchanged" : "rotated", name);
  }
  assert.deepEqual([body.old_value.state, body.old_value.places], ["gone", []]);
  assert.equal(body.safe_to_revoke, true, JSON.stringify(body.reasons));
  return true;
}

Deno.test("killed at each store call: no secret is half-written, the audit log names the cluster, the same request completes the rotation", async () => {
  let calls = 0;
  for (let at = 0, goesOn = true; goesOn; at++) {
    for (let after = 0; after <= SECRETS.length; after++) {
      await withLog(async (place) => {
        try {
          goesOn = await killedAndCompleted(place, at, after);
        } catch (error) {
          throw new Error(`Killed at call ${at} after ${after} items`, { cause: error });
        }
      });
    }
    if (goesOn) calls++;
  }
  assert.ok(calls >= 8, `lists, reads, a replace and the final search make ${calls} calls only`);
});
