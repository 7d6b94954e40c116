import assert from "node:assert/strict";
import type { AuditEntry } from "../../audit/entry.ts";
import { rotationFromAudit } from "./from_audit.ts";

const ID = "rotation-0f3b2c1d4e5f6a7b";

let minute = 0;
const line = (more: Partial<AuditEntry>): AuditEntry => ({
  time: `2026-01-31T12:${String(minute++).padStart(2, "0")}:00.000Z`,
  phase: "begin",
  rotation: ID,
  kind: "rotate",
  who: "ci",
  ...more,
});

const whole = (more: Partial<AuditEntry>) =>
  line({ write: ID, clusters: ["a", "b", "c"], replaces: ["old"], credential: "new", ...more });

const of = (cluster: string, more: Partial<AuditEntry> = {}) =>
  line({
    write: `${ID}.${cluster}`,
    cluster,
    names: ["ghcr"],
    namespaces: ["web", "api"],
    ...more,
  });

/** As the log returns them: newest first. */
const told = (...lines: readonly AuditEntry[]) => rotationFromAudit(ID, [...lines].reverse());

Deno.test("a finished rotation has its clusters, and whether the value was safe to revoke", () => {
  minute = 0;
  const counts = { created: 0, replaced: 2, unchanged: 0 };
  const record = told(
    whole({}),
    of("a"),
    of("a", { phase: "end", outcome: "replaced", counts }),
    whole({ phase: "end", outcome: "rotated", safe_to_revoke: true }),
  );
  assert.deepEqual(record, {
    rotation: ID,
    state: "done",
    started: "2026-01-31T12:00:00.000Z",
    ended: "2026-01-31T12:03:00.000Z",
    by: "ci",
    names: ["a", "b", "c"],
    clusters: [{
      ...{ cluster: "a", status: "rotated", status_code: 200, secrets: [], left: [] },
      written: { names: ["ghcr"], namespaces: ["web", "api"], counts },
    }],
    replaces: ["old"],
    to: "new",
    proof: {
      old_value: { state: "gone", fingerprints: ["old"], places: [], not_seen: [] },
      safe_to_revoke: true,
    },
  });
});

const COUNTS: [what: string, counts: unknown, expected: object | undefined][] = [
  ["also clusters without an entry", { rotated: 1, failed: 1, not_begun: 2 }, {
    ...{ rotated: 1, failed: 1, not_begun: 2 },
  }],
  ["none if the entry has none", undefined, undefined],
  ["none if the entry was tampered with", { rotated: "x", failed: null, other: 3 }, undefined],
];

for (const [what, counts, expected] of COUNTS) {
  Deno.test(`the number of clusters by status in a finished rotation: ${what}`, () => {
    const end = { phase: "end", outcome: "mixed", counts } as Partial<AuditEntry>;
    assert.deepEqual(told(whole({}), whole(end))!.counts, expected);
  });
}

Deno.test("a rotation that a crash interrupted names the cluster that was being written", () => {
  const record = told(
    whole({}),
    of("a"),
    of("a", { phase: "end", outcome: "replaced" }),
    of("b"),
    of("b", { phase: "interrupted" }),
    whole({ phase: "interrupted" }),
  )!;
  assert.equal(record.state, "interrupted");
  assert.equal(record.proof, undefined, "there was no second search");
  assert.deepEqual(record.clusters.map(({ cluster, status }) => [cluster, status]), [
    ["b", "failed"],
    ["a", "rotated"],
  ]);
  const { code, message } = record.clusters[0]!.answer as { code: string; message: string };
  assert.equal(code, "interrupted");
  assert.match(message, /each secret contains either its old or its new value/);
});

Deno.test("a rotation without an end is running, perhaps in another process", () => {
  const record = told(whole({}), of("a"), of("a", { phase: "end", outcome: "mixed" }), of("b"))!;
  assert.deepEqual([record.state, record.ended], ["running", undefined]);
  assert.deepEqual(record.clusters.map(({ cluster, status }) => [cluster, status]), [
    ["a", "rotated"],
  ]);
});

const OUTCOMES: [outcome: string, status: string][] = [
  ["created", "rotated"],
  ["replaced", "rotated"],
  ["mixed", "rotated"],
  ["unchanged", "unchanged"],
  ["not_found", "not_found"],
  ["refused", "failed"],
  ["failed", "failed"],
  ["unable", "failed"],
];

for (const [outcome, status] of OUTCOMES) {
  Deno.test(`a cluster whose write has ended as ${outcome} is ${status}`, () => {
    const record = told(
      whole({}),
      of("a"),
      of("a", { phase: "end", outcome }),
      whole({ phase: "end" }),
    );
    assert.deepEqual(record!.clusters.map((each) => each.status), [status]);
  });
}

Deno.test("reasons have codes; places left mean that the old value remains", () => {
  const record = told(
    whole({}),
    whole({ phase: "end", outcome: "rotated", refusals: ["not_seen", "places_left", "new_word"] }),
  );
  const { safe_to_revoke, reasons, old_value } = record!.proof!;
  assert.deepEqual([safe_to_revoke, old_value.state], [false, "remains"]);
  assert.deepEqual(reasons!.map(({ code }) => code), ["not_seen", "places_left"]);
});

const SAFE: [what: string, end: Partial<AuditEntry>, codes: string[] | undefined][] = [
  ["says that it is", { safe_to_revoke: true }, undefined],
  [
    "says that it is, though a cluster failed",
    { outcome: "mixed", safe_to_revoke: true },
    undefined,
  ],
  ["says that it is not, and why", { safe_to_revoke: false, refusals: ["places_left"] }, [
    "places_left",
  ]],
  ["says nothing about it", { outcome: "mixed" }, ["not_seen"]],
  ["gives reasons of another version only", { safe_to_revoke: false, refusals: ["new_word"] }, [
    "not_seen",
  ]],
  ["says both", { safe_to_revoke: true, refusals: ["new_word"] }, ["not_seen"]],
];

for (const [what, end, codes] of SAFE) {
  Deno.test(`an old value is ${codes ? "not " : ""}safe to revoke if the last entry ${what}`, () => {
    const { state, proof } = told(whole({}), whole({ phase: "end", outcome: "rotated", ...end }))!;
    assert.equal(state, "done");
    assert.equal(proof!.safe_to_revoke, codes === undefined);
    assert.deepEqual(proof!.reasons?.map(({ code }) => code), codes);
  });
}

Deno.test("a rotation that failed with an unexpected error was interrupted and did not search again", () => {
  const end = { phase: "end", outcome: "failed", error: "internal" } as const;
  const record = told(whole({}), whole(end))!;
  assert.deepEqual([record.state, record.proof], ["interrupted", undefined]);
});

Deno.test("a dry run has the state planned", () => {
  const record = told(
    whole({ dry_run: true }),
    whole({ dry_run: true, phase: "end", outcome: "planned", refusals: ["dry_run"] }),
  );
  assert.equal(record!.state, "planned");
});

Deno.test("a rotation that was refused, or has no first entry, does not exist", () => {
  assert.equal(told(), undefined);
  assert.equal(told(whole({}), whole({ phase: "end", outcome: "refused" })), undefined);
  assert.equal(told(of("a")), undefined, "its first entry is in a removed file");
});
