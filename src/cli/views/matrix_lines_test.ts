import assert from "node:assert/strict";
import type { Cell, MatrixRow } from "../../fleet/matrix/shapes.ts";
import { AWAITED, cellText } from "./matrix_cell.ts";
import { matrixLines } from "./matrix_lines.ts";
import { isNotable, matrixNotes } from "./matrix_notes.ts";

const PRESENT = { state: "present", secrets: [] } as const;
const AT = "2026-11-30T00:00:00.000Z";
const ABSENT: Cell = { state: "absent", secrets: [] };

const unknown = (reason: string): Cell => ({ state: "unknown", reason, secrets: [] });

function row(cells: Record<string, Cell>, more: Partial<MatrixRow> = {}): MatrixRow {
  return {
    id: "docker/ghcr",
    kind: "docker",
    name: "ghcr",
    state: "differs",
    not_seen: 0,
    findings: [],
    cells,
    ...more,
  };
}

const CELLS: [cell: Cell, text: string][] = [
  [{ ...PRESENT, group: "A" }, "= A"],
  [{ ...PRESENT, group: "B" }, "≠ B"],
  [{ ...PRESENT, group: "mixed" }, "± mixed"],
  [PRESENT, "+ present"],
  [{ ...PRESENT, group: "A", check: { state: "refused", at: AT } }, "= A refused"],
  [{ ...PRESENT, group: "B", check: { state: "not_tried", at: AT } }, "≠ B not verified"],
  [ABSENT, "- missing"],
  [{ state: "absent", reason: "no_argocd", secrets: [] }, ". no Argo CD"],
  [unknown("cluster_unreachable"), "? cluster unreachable"],
  [unknown(AWAITED), "… pending"],
];

for (const [cell, text] of CELLS) {
  Deno.test(`a cell that is ${cell.state} reads ${text}`, () => {
    assert.equal(cellText(row({ prod: cell }), "prod"), text);
  });
}

const FINDING = {
  code: "plain_http_registry",
  message: "It is sent in the open",
  remedy: "Use TLS",
};

Deno.test("a cell with a finding has a mark, and the others of the row have none", () => {
  const found = row({ dev: ABSENT, prod: ABSENT }, { findings: [{ ...FINDING, cluster: "prod" }] });
  assert.deepEqual(["dev", "prod"].map((name) => cellText(found, name)), [
    "- missing",
    "- missing !",
  ]);
});

const A: Cell = { ...PRESENT, group: "A" };

const wide = row({
  ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`cluster-${i}`, A])),
  edge: ABSENT,
});

Deno.test("a row is one line if it fits, or the width is unlimited", () => {
  for (const width of [undefined, 300]) {
    assert.deepEqual(matrixLines([wide], width), [{ row: wide }]);
  }
  assert.deepEqual(matrixLines([], 10), []);
});

const CUT: [width: number, names: string][] = [
  [80, "cluster-0, cluster-1, cluster-2 +6"],
  [66, "cluster-0, cluster-1 +7"],
  [10, "cluster-0 +8"],
  [120, "cluster-0, cluster-1, cluster-2, cluster-3, cluster-4, cluster-5, cluster-6 +2"],
];

for (const [width, names] of CUT) {
  Deno.test(`in ${width} columns clusters with equal cells share a line, as ${names}`, () => {
    assert.deepEqual(matrixLines([wide], width).map(({ part }) => part), [
      { isFirst: true, text: "= A", clusters: names },
      { isFirst: false, text: "- missing", clusters: "edge" },
    ]);
  });
}

const matrix = (...rows: MatrixRow[]) => ({
  clusters: [],
  credentials: rows,
  total: rows.length,
});

const SAME = row({ dev: A }, { state: "same" });

Deno.test("the same finding of several clusters is printed once, with its remedy", () => {
  const findings = ["dev", "prod"].map((cluster) => ({ ...FINDING, cluster }));
  assert.deepEqual(matrixNotes(matrix(row({ dev: A, prod: A }, { findings }))), [
    "warning: dev, prod: docker/ghcr: It is sent in the open. Use TLS",
  ]);
});

Deno.test("many findings are cut, and the rest is counted", () => {
  const findings = Array.from(
    { length: 25 },
    (_, i) => ({ ...FINDING, cluster: "a", message: `m${i}` }),
  );
  const notes = matrixNotes(matrix(row({ a: A }, { findings })));
  assert.equal(notes.length, 21);
  assert.equal(notes.at(-1), "warning: … and 5 more findings");
});

Deno.test("control characters from a cluster are escaped", () => {
  const findings = [{ code: "x", message: "a\x1b[2Jb", cluster: "dev" }];
  assert.deepEqual(matrixNotes(matrix(row({ dev: A }, { findings }))), [
    "warning: dev: docker/ghcr: a\\u001b[2Jb",
  ]);
});

Deno.test("a credential that is the same everywhere is shown if it is refused somewhere", () => {
  const check = (state: "accepted" | "refused") => ({
    ...SAME,
    cells: { dev: { ...PRESENT, group: "A", check: { state, at: AT } } },
  });
  assert.deepEqual([isNotable(check("accepted")), isNotable(check("refused"))], [false, true]);
  assert.deepEqual(matrixNotes(matrix(check("refused"), row({ dev: A }))), []);
});

Deno.test("hidden credentials are counted, and shown with --all", () => {
  const all = matrix(SAME, row({ dev: A }));
  assert.deepEqual(matrixNotes(all), ["note: 1 of 2 credentials do not differ; --all shows them"]);
  assert.deepEqual(matrixNotes(all, { all: true }), []);
  assert.deepEqual(matrixNotes(all, { state: "same" }), []);
});

const HIDDEN: [rows: Partial<MatrixRow>[], note: string][] = [
  [
    [{ state: "same" }, { state: "same" }],
    "no differences found: 2 of 2 credentials are the same",
  ],
  [
    [{ state: "not_compared" }, { state: "not_compared", not_seen: 1 }],
    "2 of 2 credentials are not shown: 2 not compared",
  ],
  [
    [
      { state: "differs" },
      { state: "same" },
      { state: "not_compared" },
      { state: "not_compared" },
      { state: "same", not_seen: 1 },
    ],
    "4 of 5 credentials are not shown: 1 the same on all clusters, 2 not compared, " +
    "1 not read on all clusters",
  ],
];

for (const [rows, note] of HIDDEN) {
  Deno.test(`the note on hidden credentials is: ${note}`, () => {
    const all = matrix(...rows.map((more) => row({ dev: A }, more)));
    assert.deepEqual(matrixNotes(all), [`note: ${note}; --all shows them`]);
  });
}

Deno.test("a part of a cluster that could not be read is reported with its name", () => {
  const clusters = ["a", "b"].map((name) => ({ name, status: "success", warnings: ["w"] }));
  const seen = { ...matrix(row({ a: A })), clusters };
  assert.deepEqual(matrixNotes(seen), ["warning: a, b: w"]);
});

Deno.test("an empty matrix has a note only if a cluster could be read", () => {
  const of = (...states: string[]) =>
    matrixNotes({ ...matrix(), clusters: states.map((status) => ({ name: "a", status })) });
  assert.deepEqual(of("timeout", "success"), [
    "note: no matching credentials on the clusters that could be read",
  ]);
  assert.deepEqual(of("timeout", "forbidden"), []);
});

Deno.test("the note on fingerprints that expire is printed with the fingerprints", () => {
  const ending = { ...matrix(), fingerprints_end: "there is no key" };
  assert.deepEqual(matrixNotes(ending), []);
  assert.deepEqual(matrixNotes(ending, { output: "wide" }), [
    "note: fingerprints change when the server restarts: there is no key",
  ]);
});
