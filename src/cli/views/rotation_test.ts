import assert from "node:assert/strict";
import { send } from "../../fields/advice.ts";
import type { LeftSecret, RotatedSecret, ValuePlace } from "../../fleet/rotation/shapes.ts";
import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import { tableOf } from "../client/show_table.ts";
import { rotated, shownRotation } from "./rotation.ts";
import type { View } from "./view.ts";

/** What is shown of a rotation, of what a stream tells. */

const replaced = (name: string, more = ""): RotatedSecret => ({
  namespace: "ci",
  name,
  keys: ["ghcr.io"],
  output: `secret/${name} replaced${more}`,
});
const unchanged: RotatedSecret = { ...replaced("same"), output: "secret/same unchanged" };
const owned: LeftSecret = {
  namespace: "ci",
  name: "theirs",
  keys: ["password"],
  reason: "owned",
  message: "is managed by External Secrets",
  remedy: `Change it there, or ${send({ force: true })}`,
};

const entry = (cluster: string, answer: object, status_code = 200): ClusterEntry => ({
  cluster,
  status_code,
  answer,
});
const ROTATED = { status: "rotated", secrets: [replaced("a"), replaced("b"), unchanged], left: [] };
const LEFT = { status: "not_found", secrets: [], left: [owned] };
const FAILED = { error: true, message: "No answer", status_code: 503, code: "cluster_unreachable" };
const NOT_BEGUN = { ...FAILED, code: "not_begun" };

const GONE = { state: "gone", fingerprints: [], places: [], not_seen: [] };
const SAFE = { rotation: "r-1", success: true, safe_to_revoke: true, old_value: GONE };
const place = (name: string): ValuePlace => ({
  ...{ cluster: "c", namespace: "ci", name, key: "password", kind: "repository" },
  managed: true,
  owner: null,
});
const UNSAFE = {
  ...SAFE,
  safe_to_revoke: false,
  old_value: { ...GONE, state: "remains", places: [place("theirs"), place("forgotten")] },
  reasons: [{ code: "places_left", message: "2 places still hold the old value: c" }],
};

const whole = (entries: readonly ClusterEntry[], told: object) =>
  rotated.whole!(entries, {}, [], { names: [], clusters: 0, ...told });

const tableFor = (body: object, flags: { output?: "wide" } = {}) =>
  tableOf([{
    cluster: undefined,
    input: {},
    answer: { status: 200, body: body as Record<string, unknown> },
  }], { ...flags, view: rotated as View, areSeveral: false, flags }).text
    .split("\n").map((line) => line.replaceAll(/ {3,}/g, " | ").trim()).filter(Boolean);

Deno.test("the one answer has each cluster, in order, with its state or its error", () => {
  const entries = [entry("c", LEFT), entry("b", FAILED, 503), entry("a", ROTATED)];
  const { clusters, ...all } = whole([...entries, entry("d", NOT_BEGUN, 503)], SAFE);
  assert.deepEqual(all, SAFE);
  assert.deepEqual(
    clusters.map(({ cluster, status, answer }) => [cluster, status, answer]),
    [
      ["a", "rotated", undefined],
      ["b", "failed", FAILED],
      ["c", "not_found", undefined],
      ["d", "not_begun", NOT_BEGUN],
    ],
  );
});

Deno.test("as long as the end is not told, nothing is safe", () => {
  const body = whole([entry("a", ROTATED)], {});
  assert.deepEqual([body.success, body.safe_to_revoke], [false, false]);
  assert.match(rotated.notes!(body).join("\n"), /^NOT safe to revoke: it is not known/);
  assert.equal(rotated.exitCode!(body, { ok: 1, failed: 0 }, {}), 3);
});

const CODES: [what: string, told: object, ok: number, code: number | undefined][] = [
  ["all is done and the old value may be revoked", SAFE, 1, 0],
  ["the old value remains", UNSAFE, 1, 3],
  ["some clusters failed", { ...SAFE, success: false }, 1, 3],
  ["a server says anything else than yes", { ...SAFE, safe_to_revoke: "yes" }, 1, 3],
  ["it still runs", { ...SAFE, state: "running" }, 1, 3],
  ["it was interrupted", { ...SAFE, state: "interrupted" }, 1, 3],
  ["no cluster has succeeded", UNSAFE, 0, undefined],
  ["it was a dry run", { ...UNSAFE, dry_run: true }, 1, undefined],
];

for (const [what, told, ok, code] of CODES) {
  Deno.test(`where ${what} the exit code is ${code ?? "by how many clusters succeeded"}`, () => {
    for (const view of [rotated, shownRotation]) {
      assert.equal(view.exitCode!(whole([], told), { ok, failed: 0 }, {}), code);
    }
  });
}

const LINES: [body: object, line: string][] = [
  [ROTATED, "rotated: 2 secrets"],
  [{ ...ROTATED, left: [owned] }, "rotated: 2 secrets, 1 left"],
  [{ status: "unchanged", secrets: [unchanged], left: [] }, "unchanged"],
  [LEFT, "not found: 1 left"],
];

for (const [body, line] of LINES) {
  Deno.test(`a cluster that has ended says ${line}`, () => assert.equal(rotated.line!(body), line));
}

Deno.test("the table has what is left and where the old value stands besides, each once", () => {
  const body = whole([entry("a", ROTATED), entry("c", LEFT)], UNSAFE);
  assert.deepEqual(tableFor(body), [
    "CLUSTER | SECRET | KEYS | RESULT | REASON",
    "c | ci/theirs | password | left | is managed by External Secrets",
    "c | ci/forgotten | password | old value remains",
  ]);
  assert.match(tableFor(body, { output: "wide" }).join("\n"), /Change it there, or give --force/);
  assert.deepEqual(tableFor(body, { output: "wide" }).map((line) => line.split(" | ")[1]), [
    ...["SECRET", "ci/a", "ci/b", "ci/same", "ci/theirs", "ci/forgotten"],
  ]);
});

Deno.test("nothing is in the table where all is as wished", () => {
  assert.deepEqual(tableFor(whole([entry("a", ROTATED)], SAFE)), []);
});

const PLANNED = {
  status: "rotated",
  secrets: [replaced("a", " (dry run)"), unchanged],
  left: [owned],
};

Deno.test("a plan has what would be written and what would be left", () => {
  const body = whole([entry("a", PLANNED)], { ...UNSAFE, dry_run: true });
  assert.deepEqual(tableFor(body), [
    "CLUSTER | SECRET | KEYS | RESULT | REASON",
    "a | ci/a | ghcr.io | replaced (dry run)",
    "a | ci/theirs | password | left | is managed by External Secrets",
  ]);
  assert.deepEqual(rotated.notes!(body), ['left (owned): Change it there, or send "force": true']);
  assert.equal(rotated.confirmation!.question(body), "Rotate 1 secret on 1 cluster?");
});

Deno.test("in a large plan clusters that are alike share a row, unless it is a wide one", () => {
  const names = Array.from({ length: 60 }, (_, i) => `c${String(i).padStart(2, "0")}`);
  const body = whole(names.map((name) => entry(name, PLANNED)), { ...UNSAFE, dry_run: true });
  assert.deepEqual(tableFor(body).slice(1), [
    "c00 and 59 more | ci/a | ghcr.io | replaced (dry run)",
    "c00 and 59 more | ci/theirs | password | left | is managed by External Secrets",
  ]);
  assert.equal(tableFor(body, { output: "wide" }).length, 1 + 3 * 60);
  assert.equal(rotated.confirmation!.question(body), "Rotate 60 secrets on 60 clusters?");
});

Deno.test("where nothing would be written nobody is asked", () => {
  const body = whole([entry("c", LEFT)], { ...UNSAFE, dry_run: true });
  assert.equal(rotated.confirmation!.question(body), undefined);
  assert.match(rotated.notes!(body).at(-1)!, /^Nothing to rotate/);
});

Deno.test("more clusters that were not seen than may fail refuse it", () => {
  const refusal = rotated.confirmation!.refusal!;
  assert.equal(refusal({ ok: 3, failed: 1 }, { max_failures: 1 }), undefined);
  assert.equal(
    refusal({ ok: 3, failed: 1 }, {}),
    "1 cluster could not be seen, more than --max-failures 0",
  );
});

Deno.test("at the end it is said what to revoke, where never is looked, and the way back", () => {
  const body = whole([entry("a", ROTATED)], {
    ...SAFE,
    never_looked_at: ["ConfigMaps", "Git repositories"],
    undo: { find: { fingerprint: "0123456789abcdef" } },
  });
  assert.deepEqual(rotated.notes!(body), [
    "Safe to revoke: the old value was found nowhere any more, on all clusters",
    "Never searched: ConfigMaps; Git repositories",
    "To go back: the same command with the two values exchanged, or with --fingerprint " +
    "0123456789abcdef in place of the value to replace",
    "rotation: r-1 ('rotations r-1' shows it again)",
  ]);
});

Deno.test("what came of trying the new value is said once for places that are alike", () => {
  const at = (at: string, state: string, message: string) => ({ at, state, message });
  const verified = [
    at("ghcr.io", "accepted", "Accepted"),
    at("a.example.com", "not_tried", "By SSH it is not tried"),
    at("b.example.com", "not_tried", "By SSH it is not tried"),
  ];
  const lines = [
    "  ghcr.io: accepted: Accepted",
    "  a.example.com, b.example.com: not tried: By SSH it is not tried",
  ];
  const notes = rotated.notes!(whole([entry("a", ROTATED)], { ...SAFE, verified }));
  assert.deepEqual(notes.slice(0, 3), ["The new value was tried:", ...lines]);
  const planned = whole([entry("a", PLANNED)], { ...UNSAFE, dry_run: true, verified });
  assert.deepEqual(rotated.notes!(planned).slice(1), [
    "Trying the new value:",
    "  ghcr.io: Accepted",
    "  a.example.com, b.example.com: By SSH it is not tried",
  ]);
});

Deno.test("each reason why not is said, and that the same command continues", () => {
  const body = whole([entry("b", FAILED, 503), entry("c", LEFT)], {
    ...UNSAFE,
    success: false,
    reasons: [...UNSAFE.reasons, { code: "not_seen", message: "Clusters not seen: b\x1b[2J" }],
  });
  assert.deepEqual(rotated.notes!(body).slice(0, 5), [
    'left (owned): Change it there, or send "force": true',
    "Run the same command again to continue: what holds the new value stays as it is",
    "NOT safe to revoke the old value:",
    "  places_left: 2 places still hold the old value: c",
    "  not_seen: Clusters not seen: b\\u001b[2J",
  ]);
});
