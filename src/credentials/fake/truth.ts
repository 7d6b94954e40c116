import assert from "node:assert/strict";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { refKey } from "../../kube/store.ts";
import type { NotRestored } from "../write.ts";

/** Everything that a write may change, unsealed, without versions and other parts that always change. */
export interface World {
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Pull secrets by service account, sorted: their order does not matter. */
  readonly accounts: Readonly<Record<string, readonly string[]>>;
}

export function worldOf(cluster: FakeCluster): World {
  const accounts = [...cluster.accounts].sort()
    .map(([key, { pullSecrets }]) => [key, [...pullSecrets].sort()]);
  return { secrets: cluster.dump(), accounts: Object.fromEntries(accounts) };
}

/** Fails unless each secret and service account is as before, or is in `notRestored` with its state. */
export function assertAsBefore(
  cluster: FakeCluster,
  before: World,
  notRestored: readonly NotRestored[] = [],
): void {
  const now = worldOf(cluster);
  const secrets = new Map(
    notRestored.filter((each) => !each.isServiceAccount).map((each) => [refKey(each), each.state]),
  );
  for (const key of keysOf(before.secrets, now.secrets)) {
    const state = secrets.get(key);
    if (state === undefined) {
      assert.deepEqual(now.secrets[key], before.secrets[key], `${key} is not as before`);
    }
    if (state === "missing") assert.equal(now.secrets[key], undefined, `${key} is there`);
    if (state === "new") {
      assert.notDeepEqual(now.secrets[key], before.secrets[key], `${key} is old`);
    }
  }
  const accounts = notRestored.filter((each) => each.isServiceAccount).map(refKey);
  for (const key of keysOf(before.accounts, now.accounts)) {
    if (accounts.includes(key)) continue;
    assert.deepEqual(now.accounts[key], before.accounts[key], `${key} is not as before`);
  }
}

function keysOf(...records: readonly Readonly<Record<string, unknown>>[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}
