import assert from "node:assert/strict";
import { type Evidence, proofOf } from "./proof.ts";
import type { OldValueState, ReasonCode, ValuePlace } from "./shapes.ts";

/** The evidence that makes a value safe to revoke. */
const ALL_IS_WELL: Evidence = {
  fingerprints: ["5b0c8f2e5b0c8f2e"],
  wasFound: true,
  places: [],
  clustersNotSeen: [],
  partsNotSeen: [],
  isLimited: false,
};

const place = (cluster: string, name = "ghcr"): ValuePlace => ({
  ...{
    cluster,
    namespace: "web",
    name,
    place: "ghcr.io",
    key: ".dockerconfigjson",
    kind: "docker",
  },
  managed: true,
  owner: null,
});

const notSeen = (cluster: string, status = "timeout") => ({
  cluster,
  status,
  message: "No answer",
});

Deno.test("a value that was found once, and is in none of the places searched, is safe to revoke", () => {
  assert.deepEqual(proofOf(ALL_IS_WELL), {
    old_value: { state: "gone", fingerprints: ["5b0c8f2e5b0c8f2e"], places: [], not_seen: [] },
    safe_to_revoke: true,
  });
});

const CASES: [what: string, Partial<Evidence>, ReasonCode, OldValueState, clusters?: string[]][] = [
  ["it was never found", { wasFound: false }, "never_found", "unknown"],
  [
    "a cluster could not be read",
    { clustersNotSeen: [notSeen("b"), notSeen("a")] },
    "not_seen",
    "unknown",
    ["a", "b"],
  ],
  [
    "not all namespaces of a cluster could be listed",
    { partsNotSeen: [notSeen("a", "namespaces_not_listed")] },
    "namespaces_not_listed",
    "unknown",
    ["a"],
  ],
  [
    "a place still holds it",
    { places: [place("b"), place("a"), place("b", "other")] },
    "places_left",
    "remains",
    ["a", "b"],
  ],
  ["the token is for some clusters only", { isLimited: true }, "limited_token", "unknown"],
  ["it was a dry run", { isDryRun: true }, "dry_run", "unknown"],
];

for (const [what, evidence, code, state, clusters] of CASES) {
  Deno.test(`a value is not safe to revoke if ${what}`, () => {
    const { safe_to_revoke, reasons = [], old_value } = proofOf({ ...ALL_IS_WELL, ...evidence });
    assert.equal(safe_to_revoke, false);
    assert.deepEqual(reasons.map((each) => each.code), [code]);
    assert.deepEqual(reasons[0]!.clusters, clusters);
    assert.equal(old_value.state, state);
  });
}

Deno.test("each obstacle to revoking a value is a separate reason", () => {
  const all = Object.assign({}, ALL_IS_WELL, ...CASES.map(([, evidence]) => evidence));
  const codes = proofOf(all).reasons?.map(({ code }) => code);
  assert.deepEqual(codes?.toSorted(), [...new Set(CASES.map(([, , code]) => code))].sort());
});

Deno.test("places and clusters that were not searched are sorted", () => {
  const places = [place("b"), place("a", "z"), place("a", "b")];
  const clustersNotSeen = [notSeen("d"), notSeen("c")];
  const { old_value } = proofOf({ ...ALL_IS_WELL, places, clustersNotSeen });
  assert.deepEqual(old_value.places.map(({ cluster, name }) => `${cluster}/${name}`), [
    "a/b",
    "a/z",
    "b/ghcr",
  ]);
  assert.deepEqual(old_value.not_seen.map(({ cluster }) => cluster), ["c", "d"]);
});

Deno.test("the reason names the clusters that could not be searched", () => {
  const { reasons } = proofOf({ ...ALL_IS_WELL, clustersNotSeen: [notSeen("b"), notSeen("a")] });
  assert.deepEqual(reasons, [{
    code: "not_seen",
    message:
      "Clusters that could not be searched: a, b. Send the same request again when they are reachable",
    clusters: ["a", "b"],
  }]);
});

Deno.test("a value is not safe to revoke if the old value of a cluster is unknown", () => {
  const { old_value, safe_to_revoke, reasons } = proofOf({ ...ALL_IS_WELL, unknownIn: ["b", "c"] });
  assert.deepEqual([old_value.state, safe_to_revoke], ["unknown", false]);
  assert.deepEqual(reasons!.map(({ code, clusters }) => [code, clusters]), [
    ["never_found", ["b", "c"]],
  ]);
  assert.match(reasons![0]!.message, /^The value that was replaced in b, c is unknown/);
});
