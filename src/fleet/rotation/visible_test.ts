import assert from "node:assert/strict";
import { proofOf } from "./proof.ts";
import type { RotationRecord } from "./rotations.ts";
import { visiblePart } from "./visible.ts";

/** @param unknownIn clusters whose old value is unknown */
const record = (wasFound: boolean, unknownIn: readonly string[]): RotationRecord => ({
  ...{ rotation: "r1", state: "done", started: "2026-01-31T12:00:00.000Z", by: "ci" },
  ...{ names: ["a", "b"], clusters: [], replaces: [] },
  proof: proofOf({
    ...{ fingerprints: [], wasFound, unknownIn, places: [], clustersNotSeen: [] },
    ...{ partsNotSeen: [], isLimited: false },
  }),
});

const ROWS: [what: string, of: RotationRecord, codes: string[], clusters?: string[]][] = [
  ["was found", record(true, []), ["limited_token"]],
  ["was never found", record(false, []), ["never_found", "limited_token"]],
  ["is not known in a", record(true, ["a"]), ["never_found", "limited_token"], ["a"]],
  ["is not known in both", record(true, ["a", "b"]), ["never_found", "limited_token"], ["a"]],
  ["is not known in b", record(true, ["b"]), ["limited_token"]],
];

for (const [what, of, codes, clusters] of ROWS) {
  Deno.test(`with access to cluster a only, the reasons about a value that ${what} name no other cluster`, () => {
    const { reasons, safe_to_revoke } = visiblePart(of, (name) => name === "a")!.proof!;
    assert.equal(safe_to_revoke, false);
    assert.deepEqual(reasons!.map(({ code }) => code), codes);
    assert.deepEqual(reasons![0]!.clusters, clusters);
  });
}
