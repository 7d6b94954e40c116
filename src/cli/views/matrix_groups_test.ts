import assert from "node:assert/strict";
import type { CellSecret, MatrixRow } from "../../fleet/matrix/shapes.ts";
import { groupsOf } from "./matrix_groups.ts";

function row(...secrets: Partial<CellSecret>[]): MatrixRow {
  const cells = secrets.map((each, i) => {
    const secret = { namespace: "a", name: "x", managed: false, owner: null, ...each };
    return [`c${i}`, { state: "present", secrets: [secret] }] as const;
  });
  return {
    id: "docker/x",
    kind: "docker",
    state: "differs",
    not_seen: 0,
    findings: [],
    cells: Object.fromEntries(cells),
  };
}

const TWO = { "ghcr.io": "11", "quay.io": "22" };

const ROWS: [what: string, secrets: Partial<CellSecret>[], text: string][] = [
  ["nothing without fingerprints", [{}, {}], ""],
  [
    "fingerprints, each letter once",
    [
      { group: "B", fingerprints: { password: "22" }, username: "bot" },
      { group: "A", fingerprints: { password: "11" }, username: "ann" },
      { group: "A", fingerprints: { password: "11" }, username: "ann" },
    ],
    "A: password=11; B: password=22",
  ],
  [
    "user names if there are no other values",
    [{ group: "A", fingerprints: {} }, { group: "B", fingerprints: {}, username: "demo-reader" }],
    "A: no credential; B: user name demo-reader, no password",
  ],
  [
    "user names if fingerprints are equal, and only then",
    [
      { group: "A", fingerprints: { password: "11" }, username: "ann" },
      { group: "B", fingerprints: { password: "11" } },
      { group: "C", fingerprints: { password: "22" }, username: "ann" },
    ],
    "A: password=11 (user name ann); B: password=11 (no user name); C: password=22",
  ],
  [
    "user names by their registries",
    [
      { group: "A", fingerprints: TWO, usernames: { "ghcr.io": "ann", "quay.io": "bot" } },
      { group: "B", fingerprints: TWO, usernames: { "ghcr.io": "bot", "quay.io": "ann" } },
    ],
    "A: ghcr.io=11 quay.io=22 (user names ghcr.io: ann, quay.io: bot); " +
    "B: ghcr.io=11 quay.io=22 (user names ghcr.io: bot, quay.io: ann)",
  ],
  [
    "the workload identity of Argo CD's pods",
    [{ group: "A", fingerprints: {} }, { group: "B", fingerprints: {}, workload_identity: true }],
    "A: no credential; B: Azure workload identity",
  ],
  [
    "fingerprints in the order of the letters",
    [{ group: "AA", fingerprints: { p: "3" } }, { group: "Z", fingerprints: { p: "2" } }],
    "Z: p=2; AA: p=3",
  ],
];

for (const [what, secrets, text] of ROWS) {
  Deno.test(`the letters stand for ${what}`, () => {
    assert.equal(groupsOf(row(...secrets)), text);
  });
}
