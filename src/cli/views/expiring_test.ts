import assert from "node:assert/strict";
import { matrixOf } from "../../fleet/matrix/rows.ts";
import type {
  CellSecret,
  ColumnOrReason,
  ColumnRow,
  CredentialMatrix,
  Expiry,
} from "../../fleet/matrix/shapes.ts";
import { filtered } from "../../fleet/matrix/filter.ts";
import { view } from "./expiring.ts";

/** The view of `expiring`: what expires soon, where, and whether everything was read. */

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR + 90_000).toISOString();

const secret = (name: string, expires?: Expiry): CellSecret => ({
  namespace: "web",
  name,
  managed: true,
  owner: null,
  ...expires && { expires },
});

const row = (name: string, ...secrets: CellSecret[]): ColumnRow => ({
  id: `docker/${name}`,
  kind: "docker",
  name,
  secrets,
});

const seen = (
  name: string,
  credentials: readonly ColumnRow[],
  more: object = {},
): ColumnOrReason => ({
  name,
  column: { cluster: name, status: "success", credentials, ...more },
});

const HUNG: ColumnOrReason = { name: "hung", status: "timeout" };

const soon = (columns: readonly ColumnOrReason[], hours = 30 * 24) =>
  filtered(matrixOf(columns), { expiresBefore: Date.now() + hours * HOUR });

const table = (matrix: CredentialMatrix, flags = {}) => {
  const rows = view.rows(matrix, flags);
  const columns = Object.entries(view.columns(rows)) as [string, (row: unknown) => string][];
  return rows.map((row) => columns.map(([, cell]) => cell(row)).join(" | "));
};

const TWELVE_DAYS: Expiry = { at: inHours(12 * 24), source: "declared" };
const PAST: Expiry = { at: inHours(-72), source: "value" };
const LATER: Expiry = { at: inHours(100 * 24), source: "issuer" };

Deno.test("the same expiry on several clusters is one line, and the earliest comes first", () => {
  const matrix = soon([
    seen("a", [row("ghcr", secret("ghcr", TWELVE_DAYS)), row("hub", secret("hub", PAST))]),
    seen("b", [row("ghcr", secret("ghcr", TWELVE_DAYS), secret("other", LATER))]),
    seen("c", [row("ghcr", secret("ghcr", LATER)), row("quay", secret("quay"))]),
  ]);
  assert.deepEqual(table(matrix), [
    "expired 2d23h ago | docker/hub | a | value",
    "in 12d | docker/ghcr | a, b | declared",
  ]);
  assert.deepEqual(view.names!(matrix), ["docker/ghcr", "docker/hub"]);
  assert.deepEqual(
    table(soon([seen("a", [row("ghcr", secret("ghcr", PAST))])], 1), { within: "1h" }),
    [
      "expired 2d23h ago | docker/ghcr | a | value",
    ],
  );
});

Deno.test("secrets of a listed row that expire later are not shown", () => {
  const first = { at: inHours(1), source: "value" } as const;
  const matrix = soon([
    seen("a", [row("ghcr", secret("ghcr", first), secret("more", TWELVE_DAYS))]),
  ], 2);
  assert.deepEqual(table(matrix, { within: "2h" }), ["in 61m | docker/ghcr | a | value"]);
});

const ENDS: [what: string, columns: ColumnOrReason[], code: number, note: string | undefined][] = [
  [
    "nothing expires",
    [seen("a", [row("x", secret("x", LATER))])],
    0,
    "note: no credential is known to expire within 30d",
  ],
  ["something expires", [seen("a", [row("x", secret("x", PAST))])], 4, undefined],
  [
    "something expires, and not all could be read",
    [seen("a", [row("x", secret("x", PAST))]), HUNG],
    4,
    undefined,
  ],
  [
    "nothing expires on the clusters that could be read",
    [seen("a", []), HUNG],
    3,
    "note: no credential is known to expire within 30d on the clusters that could be read",
  ],
  [
    "nothing expires in the namespaces that could be read",
    [seen("a", [], { not_seen: { docker: "namespaces_not_listed" } })],
    3,
    "note: no credential is known to expire within 30d on the clusters that could be read",
  ],
  ["no cluster could be read", [HUNG], 3, undefined],
];

for (const [what, columns, code, note] of ENDS) {
  Deno.test(`the exit code is ${code} when ${what}`, () => {
    const matrix = soon(columns);
    const counts = { ok: 0, failed: 0 };
    assert.equal(view.exitCode!(matrix, counts as never, {}), code);
    assert.deepEqual(view.notes!(matrix, {}), note === undefined ? [] : [note]);
  });
}
