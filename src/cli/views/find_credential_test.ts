import assert from "node:assert/strict";
import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import { foundAnswer } from "../../operations/respond/found.ts";
import { view } from "./find_credential.ts";

type Found = Parameters<typeof foundAnswer>[1];

const PLACE: Found["places"][number] = {
  ...{ namespace: "default", name: "ghcr", place: "ghcr.io", key: ".dockerconfigjson" },
  ...{ kind: "docker", registry: "ghcr.io", managed: true, owner: null },
};

function entry(cluster: string, found: Partial<Found>): ClusterEntry {
  const all = { places: [], isWhole: true, refused: [], warnings: [], ...found };
  const { status, body } = foundAnswer(cluster, all);
  return { cluster, status_code: status, answer: body };
}

const gone = (cluster: string): ClusterEntry => ({
  cluster,
  status_code: 503,
  answer: { error: true, status: "cluster_unreachable", message: "It is off" },
});

const partly = { isWhole: false, warnings: ["Only 'default' was searched"] };

const ROWS: [what: string, entries: ClusterEntry[], code: number | undefined, notes: string[]][] = [
  ["found", [entry("a", { places: [PLACE] })], 4, []],
  [
    "found, though not all clusters could be read",
    [entry("a", { places: [PLACE] }), gone("b")],
    4,
    [],
  ],
  ["found nowhere", [entry("a", {}), entry("b", {})], 0, []],
  ["found nowhere, but a cluster could not be read", [entry("a", {}), gone("b")], 3, []],
  ["found nowhere, but a cluster was read only in part", [entry("a", partly)], 3, [
    "warning: a was searched only in part: Only 'default' was searched",
  ]],
  ["not searched for, as no cluster could be read", [gone("a")], undefined, []],
];

for (const [what, entries, code, notes] of ROWS) {
  Deno.test(`the exit code is ${code ?? "that of any failure"} if it was ${what}`, () => {
    const body = view.whole!(entries, {}, []);
    const failed = entries.filter(({ status_code }) => status_code >= 400).length;
    const seen = { ok: entries.length - failed, failed };
    assert.equal(view.exitCode!(body, seen, {}), code);
    assert.deepEqual(view.notes!(body, { everywhere: true }), notes);
  });
}

Deno.test("a note reports that not all pull secrets were searched", () => {
  const body = view.whole!([entry("a", {})], {}, []);
  assert.deepEqual(view.notes!(body, {}), [
    "note: only pull secrets with a docker label were searched. --everywhere searches all",
  ]);
});

Deno.test("a warning reports fingerprints of another process", () => {
  const body = view.whole!([entry("a", {})], {}, [], { fingerprints_end: "there is no key" });
  assert.deepEqual(view.notes!(body, { everywhere: true }), [
    "warning: fingerprints from another process never match. Set fingerprint-key-file or audit-log",
  ]);
  const seen = { ok: 1, failed: 0 };
  assert.equal(view.exitCode!(body, seen, {}), 3, "it may be stored in the unread parts");
  const found = view.whole!([entry("a", { places: [PLACE] })], {}, [], { fingerprints_end: "x" });
  assert.equal(view.exitCode!(found, seen, {}), 4);
});
