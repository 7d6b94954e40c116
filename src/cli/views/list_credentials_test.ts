import assert from "node:assert/strict";
import { tableOf } from "../client/show_table.ts";
import type { CredentialMatrix, MatrixRow } from "../../fleet/matrix/shapes.ts";
import { view } from "./list_credentials.ts";

/** The table of `fleet`, whatever the clusters are called. */

const NAMES = ["10", "9", "CREDENTIAL", "GROUPS", "KIND", "STATE"];

const ROW: MatrixRow = {
  id: "docker/ghcr",
  kind: "docker",
  name: "ghcr",
  state: "differs",
  not_seen: 0,
  findings: [],
  cells: Object.fromEntries(
    NAMES.map((name, i) => [name, { state: "present", secrets: [], group: i === 0 ? "A" : "B" }]),
  ),
};

const WIDE = ["GROUPS", "USERNAMES", "OWNERS", "EXPIRES", "CHECKED", "NAMESPACES"];

for (const output of ["table", "wide"] as const) {
  Deno.test(`a cluster with the name of a column has its own column, with -o ${output}`, () => {
    const body = { credentials: [ROW] } as unknown as CredentialMatrix;
    const { text } = tableOf([{
      cluster: undefined,
      input: {},
      answer: { status: 200, body: { ...body } },
    }], {
      output,
      view,
      areSeveral: false,
      flags: {},
    });
    const [headings, cells] = text.split("\n").map((line) => line.trim().split(/ {2,}/));
    const clusters = Object.keys(ROW.cells);
    assert.deepEqual(clusters.toSorted(), NAMES);
    assert.deepEqual(headings, [
      ...["KIND", "CREDENTIAL", "STATE"],
      ...clusters,
      ...output === "wide" ? WIDE : [],
    ]);
    assert.deepEqual(cells!.slice(0, 3), ["docker", "ghcr", "differs"]);
    assert.deepEqual(
      cells!.slice(3, 3 + NAMES.length),
      clusters.map((name) => name === "10" ? "= A" : "≠ B"),
    );
  });
}

const SEEN = { name: "a", status: "success" };

const CODES: [what: string, clusters: readonly object[], ok: number, code: number | undefined][] = [
  ["all of it", [SEEN], 1, undefined],
  ["a part of a cluster", [SEEN, { ...SEEN, not_seen: { docker: "forbidden" } }], 2, 3],
  ["one of two clusters", [SEEN, { name: "b", status: "timeout" }], 1, undefined],
  ["nothing", [{ name: "b", status: "timeout" }], 0, undefined],
];

for (const [what, clusters, ok, code] of CODES) {
  Deno.test(`if ${what} was read, the exit code is ${code ?? "the usual one"}`, () => {
    const body = { clusters, credentials: [], total: 0 } as unknown as CredentialMatrix;
    assert.equal(view.exitCode!(body, { ok, failed: clusters.length - ok }, {}), code);
  });
}
