import assert from "node:assert/strict";
import type { CheckedAnswer } from "../../operations/check_answers.ts";
import type { UnseenCluster } from "../../operations/respond/found.ts";
import { view } from "./check_credentials.ts";

const cell = (cluster: string, name = "pull") => ({
  cluster,
  namespace: "web",
  name,
  key: "ghcr.io",
});

const check = (
  state: CheckedAnswer["state"],
  more: Partial<CheckedAnswer> = {},
): CheckedAnswer => ({
  place: "ghcr.io",
  state,
  at: new Date().toISOString(),
  message: "It says so",
  cells: [cell("a")],
  ...more,
});

const body = (checks: readonly CheckedAnswer[], not_seen: readonly UnseenCluster[] = []) => ({
  checks,
  not_seen,
  total: checks.length,
});

const SKIPPED = { ...check("not_tried"), skipped: true } as const;

const NOT_LISTED = { cluster: "a", status: "namespaces_not_listed", message: "Not all\x1b[2J" };

const EXITS: [what: string, body: ReturnType<typeof body>, ok: number, code: number | undefined][] =
  [
    ["nothing to check", body([]), 1, 0],
    ["all accepted", body([check("accepted")]), 1, 0],
    ["a value that cannot be checked", body([check("accepted"), check("not_tried")]), 1, 0],
    ["one refused and one unreachable", body([check("unreachable"), check("refused")]), 1, 4],
    ["one that was not reached in time", body([check("accepted"), SKIPPED]), 1, 3],
    ["one unreachable", body([check("accepted"), check("unreachable")]), 1, 3],
    ["namespaces that were not listed", body([check("accepted")], [NOT_LISTED]), 1, 3],
    ["no cluster that could be read", body([], [NOT_LISTED]), 0, undefined],
  ];

for (const [what, answer, ok, code] of EXITS) {
  Deno.test(`with ${what} the exit code of check is ${code ?? "that of a failure"}`, () => {
    assert.equal(view.exitCode!(answer, { ok, failed: 0 }, {}), code);
  });
}

Deno.test("the most urgent states come first", () => {
  const all = (["accepted", "not_tried", "unreachable", "refused"] as const).map((state) =>
    check(state)
  );
  assert.deepEqual(
    view.rows(body(all)).map(({ state }) => state),
    ["refused", "unreachable", "not_tried", "accepted"],
  );
});

const USED: [cells: CheckedAnswer["cells"], text: string][] = [
  [[cell("a")], "a/web/pull"],
  [[cell("a"), { ...cell("a"), key: "docker.io" }], "a/web/pull"],
  [[cell("a"), cell("a", "other")], "2 secrets on 1 cluster"],
  [[cell("a"), cell("b"), cell("b", "other")], "3 secrets on 2 clusters"],
];

for (const [cells, text] of USED) {
  Deno.test(`a value of ${cells.length} cells is used by ${text}`, () => {
    const columns = view.columns([]);
    const [, used] = (columns as readonly (readonly [string, (row: CheckedAnswer) => string])[])
      .find(([heading]) => heading === "USED BY")!;
    assert.equal(used(check("accepted", { cells })), text);
  });
}

Deno.test("EXPIRES is a column if one expiry is known", () => {
  const headings = (checks: readonly CheckedAnswer[]) =>
    (view.columns(checks) as readonly (readonly [string, unknown])[]).map(([heading]) => heading);
  const some = [check("accepted"), check("accepted", { expires: "2030-01-01T00:00:00.000Z" })];
  assert.equal(headings(some).includes("EXPIRES"), true);
  assert.equal(headings([check("accepted")]).includes("EXPIRES"), false);
});

Deno.test("the notes say that no credential has the ID that was given", () => {
  const counts = { accepted: 0, refused: 0, unreachable: 0, not_tried: 0 };
  const none = { ...body([]), ...counts };
  assert.deepEqual(view.notes!(none, { id: "docker/x" }), [
    "note: no cluster that was read has a credential with ID 'docker/x'. 'fleet -o json' has the IDs",
  ]);
  assert.deepEqual(view.notes!(none, {}), []);
  const one = { ...body([check("accepted")]), ...counts, accepted: 1 };
  assert.deepEqual(view.notes!(one, { id: "docker/x" }), ["note: 1 accepted"]);
});

Deno.test("the notes list what could not be read, and a count per state", () => {
  const answer = {
    ...body([check("accepted"), check("refused", { cached: true })], [
      NOT_LISTED,
      { cluster: "b", status: "timeout", message: "It is told as it ends" },
    ]),
    ...{ accepted: 1, refused: 1, unreachable: 0, not_tried: 0 },
  };
  assert.deepEqual(view.notes!(answer), [
    "warning: a: Not all\\u001b[2J",
    "note: 1 refused, 1 accepted (1 cached, not verified again)",
  ]);
});
