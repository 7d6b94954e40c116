import assert from "node:assert/strict";
import { send } from "../../fields/advice.ts";
import {
  FINGERPRINT_LIMIT,
  type LeftSecret,
  type RotatedSecret,
  type ValuePlace,
  type VerifiedPlace,
} from "../../fleet/rotation/shapes.ts";
import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import { tableOf } from "../client/show_table.ts";
import { rotated, shownRotation } from "./rotation.ts";
import type { View } from "./view.ts";

/** The output for the stream of a rotation. */

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
  reasons: [{ code: "places_left", message: "2 places still contain the old value: c" }],
};

const whole = (entries: readonly ClusterEntry[], told: object) =>
  rotated.whole!(entries, {}, [], { names: [], clusters: 0, ...told });

const tableFor = (body: object, flags: { output?: "wide"; everywhere?: boolean } = {}) =>
  tableOf([{
    cluster: undefined,
    input: {},
    answer: { status: 200, body: body as Record<string, unknown> },
  }], { ...flags, view: rotated as View, areSeveral: false, flags }).text
    .split("\n").map((line) => line.replaceAll(/ {3,}/g, " | ").trim()).filter(Boolean);

Deno.test("the combined result has each cluster, in order, with its state or its error", () => {
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

Deno.test("without the last event nothing is safe to revoke", () => {
  const body = whole([entry("a", ROTATED)], {});
  assert.deepEqual([body.success, body.safe_to_revoke], [false, false]);
  assert.match(
    rotated.notes!(body).join("\n"),
    /^NOT safe to revoke the old value: it is unknown where/m,
  );
  assert.equal(rotated.exitCode!(body, { ok: 1, failed: 0 }, {}), 3);
});

const CODES: [what: string, told: object, ok: number, code: number | undefined][] = [
  ["all is done and the old value may be revoked", SAFE, 1, 0],
  ["the old value remains", UNSAFE, 1, 3],
  ["some clusters failed", { ...SAFE, success: false }, 1, 3],
  ["a server does not report safe_to_revoke as true", { ...SAFE, safe_to_revoke: "yes" }, 1, 3],
  ["it is still running", { ...SAFE, state: "running" }, 1, 3],
  ["it was interrupted", { ...SAFE, state: "interrupted" }, 1, 3],
  ["no cluster has succeeded", UNSAFE, 0, undefined],
  ["it was a dry run", { ...UNSAFE, dry_run: true }, 1, undefined],
];

for (const [what, told, ok, code] of CODES) {
  Deno.test(`if ${what}, the exit code is ${code ?? "that of the clusters' results"}`, () => {
    for (const view of [rotated, shownRotation]) {
      assert.equal(view.exitCode!(whole([], told), { ok, failed: 0 }, {}), code);
    }
  });
}

const LINES: [body: object, line: string][] = [
  [ROTATED, "rotated: 2 secrets"],
  [{ ...ROTATED, left: [owned] }, "rotated: 2 secrets, 1 not rotated"],
  [{ status: "unchanged", secrets: [unchanged], left: [] }, "unchanged"],
  [LEFT, "1 secret not rotated"],
];

for (const [body, line] of LINES) {
  Deno.test(`the line of a finished cluster is ${line}`, () =>
    assert.equal(rotated.line!(body), line));
}

Deno.test("clusters that the audit log has only counted are mentioned", () => {
  const body = whole([entry("a", ROTATED), entry("b", FAILED, 503)], { ...SAFE, state: "done" });
  const noted = (more: object) => {
    const notes = shownRotation.notes!({ ...body, success: false, ...more }, {});
    return notes.filter((note) => note.includes("not listed"));
  };
  assert.deepEqual(noted({ failed: 2, not_begun: 3 }), [
    "4 clusters not listed: failed or skipped before anything was written",
  ]);
  assert.deepEqual(noted({ failed: 1, not_begun: 0 }), []);
  assert.deepEqual(noted({}), []);
});

Deno.test("hints about rotated secrets are printed once each, also before the prompt", () => {
  const hinted = { ...ROTATED, hints: ["Change the repoURL of Applications"] };
  const entries = [entry("a", hinted), entry("b", hinted), entry("c", ROTATED)];
  for (const more of [SAFE, { ...UNSAFE, dry_run: true }]) {
    const notes = rotated.notes!(whole(entries, more), {});
    assert.deepEqual(notes.filter((note) => note.includes("repoURL")), [
      "hint: Change the repoURL of Applications",
    ]);
  }
});

Deno.test("the table has each secret and each further place of the old value once", () => {
  const body = whole([entry("a", ROTATED), entry("c", LEFT)], UNSAFE);
  assert.deepEqual(tableFor(body), [
    "CLUSTER | SECRET | KEYS | RESULT | REASON",
    "a | ci/a | ghcr.io | replaced | <none>",
    "a | ci/b | ghcr.io | replaced | <none>",
    "c | ci/theirs | password | not rotated | is managed by External Secrets",
    "c | ci/forgotten | password | old value remains | not selected by the request, or written during the rotation",
  ]);
  assert.match(tableFor(body, { output: "wide" }).join("\n"), /Change it there, or give --force/);
  assert.deepEqual(tableFor(body, { output: "wide" }).map((line) => line.split(" | ")[1]), [
    ...["SECRET", "ci/a", "ci/b", "ci/same", "ci/theirs", "ci/forgotten"],
  ]);
});

Deno.test("the table of unchanged secrets is empty", () => {
  const body = { status: "unchanged", secrets: [unchanged], left: [] };
  assert.deepEqual(tableFor(whole([entry("a", body)], SAFE)), []);
});

/** Why the old value is still stored somewhere. */
const WHY: [what: string, of: Partial<ValuePlace>, flags: object, why: string][] = [
  ["a cluster that was not selected", { cluster: "z" }, {}, "cluster not selected"],
  ["a cluster that failed", { cluster: "b" }, {}, "cluster failed"],
  ["a cluster that was not started", { cluster: "d" }, {}, "cluster was skipped"],
  [
    "a pull secret",
    { key: ".dockerconfigjson" },
    {},
    "no docker label, or written during the rotation. Give --everywhere",
  ],
  [
    "a pull secret, with --everywhere",
    { key: ".dockercfg" },
    { everywhere: true },
    "not selected by the request, or written during the rotation",
  ],
];

for (const [what, of, flags, why] of WHY) {
  Deno.test(`the reason why ${what} keeps the old value is: ${why}`, () => {
    const old_value = { ...GONE, state: "remains", places: [{ ...place("x"), ...of }] };
    const entries = [entry("b", FAILED, 503), entry("c", LEFT), entry("d", NOT_BEGUN, 503)];
    const [row] = tableFor(whole(entries, { ...UNSAFE, old_value }), flags).slice(-1);
    assert.equal(row!.split(" | ").at(-1), why);
  });
}

const PLANNED = {
  status: "rotated",
  secrets: [replaced("a", " (dry run)"), unchanged],
  left: [owned],
};

Deno.test("a plan has the secrets that would be written and those that would not", () => {
  const body = whole([entry("a", PLANNED)], { ...UNSAFE, dry_run: true });
  assert.deepEqual(tableFor(body), [
    "CLUSTER | SECRET | KEYS | RESULT | REASON",
    "a | ci/a | ghcr.io | to be replaced | <none>",
    "a | ci/theirs | password | not rotated | is managed by External Secrets",
  ]);
  assert.deepEqual(rotated.notes!(body), [
    "1 secret not rotated (managed by another tool): Change it there, or give --force",
  ]);
  assert.equal(rotated.confirmation!.question(body), "Rotate 1 secret on 1 cluster?");
});

Deno.test("in a large plan equal rows of clusters are merged, unless with -o wide", () => {
  const names = Array.from({ length: 60 }, (_, i) => `c${String(i).padStart(2, "0")}`);
  const body = whole(names.map((name) => entry(name, PLANNED)), { ...UNSAFE, dry_run: true });
  assert.deepEqual(tableFor(body).slice(1), [
    "c00 and 59 more | ci/a | ghcr.io | to be replaced | <none>",
    "c00 and 59 more | ci/theirs | password | not rotated | is managed by External Secrets",
  ]);
  assert.equal(tableFor(body, { output: "wide" }).length, 1 + 3 * 60);
  assert.equal(rotated.confirmation!.question(body), "Rotate 60 secrets on 60 clusters?");
});

Deno.test("an empty plan has a prompt, too", () => {
  const body = whole([entry("c", LEFT)], { ...UNSAFE, dry_run: true });
  assert.equal(
    rotated.confirmation!.question(body),
    "Run it anyway, to search all clusters?",
  );
  assert.match(rotated.notes!(body).at(-1)!, /^Nothing to rotate: no secret/);
  const same = { status: "unchanged", secrets: [unchanged], left: [] };
  const again = whole([entry("b", same), entry("c", LEFT)], { ...UNSAFE, dry_run: true });
  assert.equal(
    rotated.notes!(again).at(-1),
    "Nothing to rotate: the new value is already in place",
  );
});

const tried = (at: string, more: Partial<VerifiedPlace> = {}): VerifiedPlace => ({
  ...{ at, state: "not_tried", message: "Will be verified here" },
  ...more,
});

/** The failed clusters, the verified places and the flags of a plan, and why it is not carried out. */
const REFUSED: [
  failed: readonly string[],
  verified: readonly VerifiedPlace[],
  flags: Record<string, unknown>,
  why: string | undefined,
][] = [
  [[], [tried("ghcr.io")], {}, undefined],
  [["b"], [], { maxFailures: 1 }, undefined],
  [
    ["b", "c"],
    [],
    { maxFailures: 1 },
    "2 clusters failed, more than --max-failures 1. Leave them out with --cluster '!b,!c', or " +
    "allow it with --max-failures 2",
  ],
  [
    ["b", "c", "d", "e", "f", "g"],
    [],
    {},
    "6 clusters failed, more than --max-failures 0. Leave them out with --cluster '!NAME', " +
    "or allow it with --max-failures 6",
  ],
  [
    [],
    [tried("ghcr.io"), tried("git.example.com", { unverifiable: true })],
    {},
    "The new value cannot be verified at git.example.com. Give --allow-untried to write it there unverified",
  ],
  [[], [tried("git.example.com", { unverifiable: true })], { allowUntried: true }, undefined],
];

for (const [failed, verified, flags, why] of REFUSED) {
  Deno.test(`a plan with ${JSON.stringify([failed, verified.length, flags])}: ${why ?? "carried out"}`, () => {
    const entries = [entry("a", PLANNED), ...failed.map((name) => entry(name, FAILED, 503))];
    const body = whole(entries, { ...UNSAFE, dry_run: true, verified });
    assert.equal(rotated.confirmation!.refusal!(body, flags), why);
    const notes = rotated.notes!(body, { ...flags, dryRun: "server" });
    assert.equal(notes.includes(`The rotation would be rejected: ${why}`), why !== undefined);
    assert.equal(rotated.notes!(body, flags).join("\n").includes("refused"), false);
  });
}

Deno.test("the notes say how to roll back, where nothing was searched, and whether to revoke", () => {
  const body = whole([entry("a", ROTATED)], {
    ...SAFE,
    never_searched: ["ConfigMaps", "Git repositories"],
    rollback: { find: { fingerprint: "0123456789abcdef" } },
  });
  assert.deepEqual(rotated.notes!(body), [
    "To roll back: run the same command with the two values swapped. If the new value is lost, name " +
    "it with --fingerprint 0123456789abcdef",
    "Rotation ID: r-1 (show it again: argocd-configurer rotations r-1)",
    "Not searched: ConfigMaps; Git repositories",
    "Safe to revoke the old value: it is no longer found on any cluster",
  ]);
});

Deno.test("the limit of fingerprints is printed unless the old value was given otherwise", () => {
  const body = whole([entry("a", ROTATED)], {
    ...SAFE,
    never_searched: ["ConfigMaps", FINGERPRINT_LIMIT],
  });
  const notes = (view: typeof rotated | typeof shownRotation, flags: object) =>
    view.notes!(body, flags as Record<string, unknown>)
      .filter((note) => note.startsWith("Not searched: "));
  const all = [`Not searched: ConfigMaps; ${FINGERPRINT_LIMIT}`];
  assert.deepEqual(notes(rotated, { oldPasswordFile: "old" }), ["Not searched: ConfigMaps"]);
  assert.deepEqual(notes(rotated, { fingerprint: "0123456789abcdef" }), all);
  assert.deepEqual(notes(shownRotation, {}), all);
});

Deno.test("without an audit log, nothing is advised that needs one", () => {
  const rollback = { find: { fingerprint: "0123456789abcdef" }, fingerprints_end: "no key" };
  const body = whole([entry("a", ROTATED)], { ...SAFE, rollback });
  assert.deepEqual(rotated.notes!(body, {}, { isForgotten: true }), [
    "To roll back: run the same command with the two values swapped",
    "Safe to revoke the old value: it is no longer found on any cluster",
  ]);
});

Deno.test("places with the same verification result share a line", () => {
  const at = (at: string, state: string, message: string) => ({ at, state, message });
  const verified = [
    at("ghcr.io", "accepted", "Accepted"),
    at("a.example.com", "not_tried", "SSH logins are not verified"),
    at("b.example.com", "not_tried", "SSH logins are not verified"),
  ];
  const lines = [
    "  ghcr.io: accepted: Accepted",
    "  a.example.com, b.example.com: not verified: SSH logins are not verified",
  ];
  const notes = rotated.notes!(whole([entry("a", ROTATED)], { ...SAFE, verified }));
  assert.deepEqual(notes.slice(0, 3), ["Verification of the new value:", ...lines]);
  const here = ["ghcr.io", "c.example.com"].map((each) => tried(each));
  const planned = whole([entry("a", PLANNED)], {
    ...{ ...UNSAFE, dry_run: true },
    verified: [...here, ...verified.slice(1)],
  });
  assert.deepEqual(rotated.notes!(planned).slice(1), [
    "The new value will be verified at: ghcr.io, c.example.com",
    "  a.example.com, b.example.com: SSH logins are not verified",
  ]);
});

Deno.test("each reason against revoking is printed, and so is that the same command continues", () => {
  const body = whole([entry("b", FAILED, 503), entry("c", LEFT)], {
    ...UNSAFE,
    success: false,
    reasons: [...UNSAFE.reasons, { code: "not_seen", message: "Clusters not seen: b\x1b[2J" }],
  });
  assert.deepEqual(rotated.notes!(body), [
    "1 secret not rotated (managed by another tool): Change it there, or give --force",
    "Run the same command again to continue. Secrets with the new value stay unchanged",
    "Rotation ID: r-1 (show it again: argocd-configurer rotations r-1)",
    "NOT safe to revoke the old value:",
    "  places_left: 2 places still contain the old value: c",
    "  not_seen: Clusters not seen: b\\u001b[2J",
  ]);
});
