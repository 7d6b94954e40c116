import assert from "node:assert/strict";
import type { Verdict } from "../../../src/verify/verdict.ts";
import { makeSshKey } from "../material.ts";
import {
  NEW,
  OLD,
  passwordIn,
  putManaged,
  putRepository,
  type RotationOptions,
  type RotationStage,
  rotationStage,
  statusesOf,
} from "../rotation_stage.ts";
import { putArgocd } from "../matrix_stage.ts";

/** Reasons to reject a rotation, which then writes nothing. */

const REFUSED: Verdict = {
  ...{ reachable: true, accepted: false, may: [], asked: "https://ghcr.io/", status: 401 },
  why: "The registry refuses it",
};
const SILENT: Verdict = {
  ...{ reachable: false, accepted: undefined, may: [], asked: "https://ghcr.io/" },
  why: "Nobody answers",
};

interface Row {
  readonly name: string;
  readonly options?: RotationOptions;
  readonly before?: (it: RotationStage) => void;
  readonly more: object;
  readonly status: number;
  readonly code: string;
  readonly message: RegExp;
  readonly field?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The number of verifications. @default 0 */
  readonly tries?: number;
}

const fails = (name: string) => (it: RotationStage) => {
  it.fleet[name]!.fault = () => ({ kind: "throw", error: "unreachable" });
};

const ROWS: readonly Row[] = [
  {
    name: "the old and the new value are the same",
    more: { set: { password: OLD } },
    status: 400,
    code: "same_value",
    message: /are the same\. Nothing was changed/,
  },
  {
    name: "the old value is given by fingerprint and fingerprints are unavailable",
    options: { services: { fingerprint: () => Promise.resolve(undefined) } },
    more: { find: { fingerprint: "0123456789abcdef" } },
    status: 503,
    code: "fingerprints_unavailable",
    message: /^Cannot create fingerprints/,
  },
  {
    name: "no cluster is selected",
    more: { clusters: undefined },
    status: 400,
    code: "selection_required",
    message: /^No cluster selected: set 'clusters' \(\["\*"\] for all\) or 'cluster_selector'$/,
    field: "clusters",
  },
  {
    name: "there is no old value",
    more: { find: undefined },
    status: 400,
    code: "missing_field",
    message: /find/,
    field: "find",
  },
  {
    name: "there is no new value",
    more: { set: undefined },
    status: 400,
    code: "missing_field",
    message: /set/,
    field: "set",
  },
  {
    name: "the old value is given by a user name only",
    more: { find: { username: "ci" } },
    status: 400,
    code: "invalid_field",
    message: /'find.username' requires 'registry' or 'url_prefix': many/,
    field: "find.username",
  },
  {
    name: "the old value is given by a registry only",
    more: { find: { registry: "ghcr.io" } },
    status: 400,
    code: "invalid_field",
    message: /'find.registry' requires 'username'$/,
    field: "find.registry",
  },
  {
    name: "the old value is given in two ways",
    more: { find: { password: OLD, name: "ghcr" } },
    status: 400,
    code: "invalid_field",
    message: /cannot be combined with /,
    field: "find.name",
  },
  {
    name: "the new value is of two kinds",
    more: { set: { password: NEW, bearer_token: NEW } },
    status: 400,
    code: "invalid_field",
    message: /cannot be combined with /,
    field: "set.bearer_token",
  },
  {
    name: "the new value is a user name only",
    more: { set: { username: "ci" } },
    status: 400,
    code: "invalid_field",
    message: /'set' must have a credential/,
    field: "set",
  },
  {
    name: "more clusters than max_failures cannot be read",
    before: fails("b"),
    more: {},
    status: 409,
    code: "clusters_not_seen",
    message:
      /Cannot read cluster 'b': .*\. Nothing was changed\. Leave it out, or send "max_failures": 1$/,
    field: "max_failures",
    body: {
      not_seen: [{
        ...{ cluster: "b", status: "cluster_unreachable", message: "Cannot do it: unreachable" },
      }],
    },
  },
  {
    name: "a cluster in 'first' cannot be read",
    before: fails("b"),
    more: { first: ["b"], max_failures: 3 },
    status: 409,
    code: "clusters_not_seen",
    message: /Cannot read cluster 'b': .*Leave it out, or remove it from 'first'$/,
    field: "max_failures",
  },
  {
    name: "one of the first clusters cannot be read, and none may fail",
    before: fails("b"),
    more: { first: ["b"] },
    status: 409,
    code: "clusters_not_seen",
    message: /Leave it out, or send "max_failures": 1 and remove it from 'first'$/,
    field: "max_failures",
  },
  {
    name: "a cluster in 'first' has nothing to rotate",
    options: { fill: (cluster, name) => name === "b" ? undefined : putManaged(cluster) },
    more: { first: ["a", "b"] },
    status: 409,
    code: "first_not_found",
    message: /Nothing to rotate on these clusters of 'first': 'b'\. Nothing was changed/,
    field: "first",
    body: { first: ["b"] },
  },
  {
    name: "a cluster in 'first' has only secrets that are left",
    options: {
      fill: (cluster, name) =>
        putManaged(cluster, "ghcr", OLD, name === "b" ? { annotations: {} } : {}),
    },
    more: { first: ["b"] },
    status: 409,
    code: "first_not_found",
    message: /Nothing to rotate on these clusters of 'first': 'b'/,
    field: "first",
  },
  {
    name: "the registry refuses the new value",
    options: { verdict: () => REFUSED },
    more: {},
    status: 422,
    code: "credential_refused",
    message: /^Credential refused by ghcr.io: The registry refuses it\. Nothing was changed/,
    body: { verified: [{ at: "ghcr.io", state: "refused", message: "The registry refuses it" }] },
    tries: 1,
  },
  {
    name: "the registry refuses the new value, even with allow_untried",
    options: { verdict: () => REFUSED },
    more: { allow_untried: true },
    status: 422,
    code: "credential_refused",
    message: /The registry refuses it/,
    tries: 1,
  },
];

for (const { name, options, before, more, status, code, message, field, body, tries = 0 } of ROWS) {
  Deno.test(`when ${name}, a rotation is ${status} ${code} and writes nothing`, async () => {
    const it = rotationStage(options);
    before?.(it);
    const was = Object.values(it.fleet).map((cluster) => cluster.dump());
    const answer = await it.rotate(more);
    assert.equal(answer.status, status);
    assert.equal(answer.body.code, code);
    assert.match(answer.body.message!, message);
    assert.equal(answer.body.field, field);
    for (const [name, value] of Object.entries(body ?? {})) {
      assert.deepEqual(answer.body[name], value);
    }
    assert.deepEqual(Object.values(it.fleet).map((cluster) => cluster.dump()), was);
    assert.equal(it.tried.length, tries);
  });
}

Deno.test("a new value that cannot be verified is rejected, unless allow_untried is set", async () => {
  const it = rotationStage({ verdict: () => SILENT });
  const { status, body } = await it.rotate();
  assert.deepEqual([status, body.code, body.field], [422, "credential_untried", "allow_untried"]);
  assert.deepEqual(body.remedy, { allow_untried: true });
  assert.equal(passwordIn(it.fleet.a!), OLD);
  const allowed = await it.rotate({ allow_untried: true });
  assert.equal(allowed.status, 200);
  assert.equal(passwordIn(it.fleet.a!), NEW);
});

Deno.test("a value in a place whose server is unknown cannot be verified", async () => {
  const it = rotationStage({
    known: { a: {} },
    fill(cluster) {
      putManaged(cluster);
      putArgocd(cluster, "scm", "scm-creds", { token: OLD });
    },
  });
  const { status, body } = await it.rotate({ managed_only: false });
  assert.deepEqual([status, body.code], [422, "credential_untried"]);
  assert.deepEqual(body.verified!.map(({ at, state }) => [at, state]), [
    ["secret argocd/scm (token)", "not_tried"],
    ["ghcr.io", "accepted"],
  ]);
  const allowed = await it.rotate({ managed_only: false, allow_untried: true });
  assert.equal(allowed.body.safe_to_revoke, true);
});

Deno.test("without verify no server is contacted", async () => {
  const it = rotationStage({ verdict: () => REFUSED });
  const { status, body } = await it.rotate({ verify: false });
  assert.equal(status, 200);
  assert.equal(body.verified, undefined);
  assert.deepEqual(it.tried, []);
});

Deno.test("a new credential that a place cannot hold is rejected, and the places are named", async () => {
  const it = rotationStage({
    known: { a: {} },
    fill(cluster) {
      putManaged(cluster);
      putRepository(cluster);
    },
  });
  const was = it.fleet.a!.dump();
  const { status, body } = await it.rotate({ set: { ssh_private_key: makeSshKey() } });
  assert.deepEqual([status, body.code, body.field], [400, "cannot_hold", "set"]);
  const places = body.places as { cluster: string; name: string; key: string }[];
  assert.deepEqual(places.map(({ cluster, name, key }) => [cluster, name, key]), [
    ["a", "app", "password"],
    ["a", "ghcr", ".dockerconfigjson"],
  ]);
  assert.deepEqual(it.fleet.a!.dump(), was);
});

Deno.test("unreadable clusters count as failures, up to max_failures", async () => {
  const it = rotationStage();
  fails("b")(it);
  const { status, body } = await it.rotate({ max_failures: 1 });
  assert.equal(status, 207);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "failed", c: "rotated" });
});

Deno.test("a refused new value is verified again by the next request", async () => {
  let verdict = REFUSED;
  const it = rotationStage({ verdict: () => verdict });
  assert.equal((await it.rotate()).status, 422);
  verdict = { ...REFUSED, accepted: true, status: 200, why: "It is accepted" };
  // A result of the same millisecond counts as current.
  await new Promise((resolve) => setTimeout(resolve, 2));
  assert.equal((await it.rotate()).status, 200);
  assert.equal(it.tried.length, 2);
});
