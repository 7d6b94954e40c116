import assert from "node:assert/strict";
import fc from "fast-check";
import { letter } from "./groups.ts";
import { matrixOf } from "./rows.ts";
import type { CellSecret, Column, ColumnOrReason, ColumnRow, CredentialMatrix } from "./shapes.ts";

const GHCR = "docker/ghcr";

function secret(fingerprint?: string, more: Partial<CellSecret> = {}): CellSecret {
  return {
    namespace: "default",
    name: "ghcr",
    ...fingerprint !== undefined && { fingerprints: { "ghcr.io": fingerprint } },
    managed: true,
    owner: null,
    ...more,
  };
}

/** A row of two registries with equal values and these user names. */
const pair = (usernames: Readonly<Record<string, string>>) =>
  secret(undefined, {
    fingerprints: { "ghcr.io": "1", "quay.io": "1" },
    username: "ann, bot",
    usernames,
  });

const docker = (...secrets: CellSecret[]): ColumnRow => ({
  id: GHCR,
  kind: "docker",
  name: "ghcr",
  secrets,
});

const repository = (...secrets: CellSecret[]): ColumnRow => ({
  id: "repository/git/https://git.example/app",
  kind: "repository",
  url: "https://git.example/app",
  type: "git",
  secrets,
});

function seen(
  name: string,
  credentials: readonly ColumnRow[] = [],
  more: Partial<Column> = {},
): ColumnOrReason {
  return { name, column: { cluster: name, status: "success", credentials, ...more } };
}

const hung = (name: string): ColumnOrReason => ({
  name,
  status: "timeout",
  message: "The cluster did not answer",
});

/** The state of the only row, and each cell in a word. */
function rowIn(matrix: CredentialMatrix) {
  const [row, ...others] = matrix.credentials;
  assert.equal(others.length, 0);
  return {
    state: row!.state,
    notSeen: row!.not_seen,
    cells: Object.entries(row!.cells).map(([name, cell]) =>
      `${name} ${cell.state === "present" ? cell.group ?? "present" : cell.reason ?? cell.state}`
    ).join(", "),
  };
}

const ROWS: [
  title: string,
  columns: ColumnOrReason[],
  state: string,
  cells: string,
  notSeen?: number,
][] = [
  [
    "a value that is equal everywhere is the same",
    [seen("a", [docker(secret("1"))]), seen("b", [docker(secret("1"))])],
    "same",
    "a A, b A",
  ],
  [
    "another value makes it differ, and the most frequent one is A",
    [
      seen("a", [docker(secret("1"))]),
      seen("b", [docker(secret("2"))]),
      seen("c", [docker(secret("2"))]),
    ],
    "differs",
    "a B, b A, c A",
  ],
  [
    "among groups of equal size the first fingerprint is A",
    [seen("a", [docker(secret("2"))]), seen("b", [docker(secret("1"))])],
    "differs",
    "a B, b A",
  ],
  [
    "the same value for another user differs",
    [
      seen("a", [docker(secret("1", { username: "bot" }))]),
      seen("b", [docker(secret("1", { username: "ann" }))]),
    ],
    "differs",
    "a B, b A",
  ],
  [
    "a registry under another of its names is the same",
    [
      seen("a", [docker(secret(undefined, { fingerprints: { "docker.io": "1" } }))]),
      seen("b", [
        docker(secret(undefined, { fingerprints: { "https://index.docker.io/v1/": "1" } })),
      ]),
    ],
    "same",
    "a A, b A",
  ],
  [
    "a registry under two of its names is the same as under one",
    [
      seen("a", [
        docker(secret(undefined, {
          fingerprints: { "https://index.docker.io/v1/": "1", "https://registry-1.docker.io": "1" },
        })),
      ]),
      seen("b", [
        docker(secret(undefined, { fingerprints: { "https://index.docker.io/v1/": "1" } })),
      ]),
    ],
    "same",
    "a A, b A",
  ],
  [
    "user names that are swapped between two registries differ",
    [
      seen("a", [docker(pair({ "ghcr.io": "ann", "quay.io": "bot" }))]),
      seen("b", [docker(pair({ "ghcr.io": "bot", "quay.io": "ann" }))]),
    ],
    "differs",
    "a A, b B",
  ],
  [
    "the workload identity of Argo CD's pods differs from no credential",
    [
      seen("a", [repository(secret(undefined, { fingerprints: {}, workload_identity: true }))]),
      seen("b", [repository(secret(undefined, { fingerprints: {} }))]),
    ],
    "differs",
    "a B, b A",
  ],
  [
    "the same value for another registry differs",
    [
      seen("a", [docker(secret("1"))]),
      seen("b", [docker(secret(undefined, { fingerprints: { "quay.io": "1" } }))]),
    ],
    "differs",
    "a A, b B",
  ],
  [
    "a credential that is absent somewhere is partial",
    [seen("a", [docker(secret("1"))]), seen("b")],
    "partial",
    "a A, b absent",
  ],
  [
    "a credential that differs and is absent somewhere differs",
    [seen("a", [docker(secret("1"))]), seen("b"), seen("c", [docker(secret("2"))])],
    "differs",
    "a A, b absent, c B",
  ],
  [
    "secrets that disagree in one cluster make it mixed",
    [
      seen("a", [docker(secret("1"), secret("2", { namespace: "kube-system" }))]),
      seen("b", [docker(secret("1"))]),
    ],
    "differs",
    "a mixed, b A",
  ],
  [
    "a cluster that could not be read is unknown and does not count",
    [seen("a", [docker(secret("1"))]), hung("b")],
    "same",
    "a A, b timeout",
    1,
  ],
  [
    "a pull secret that may be in an unlisted namespace is not absent",
    [
      seen("a", [docker(secret("1"))]),
      seen("b", [], { not_seen: { docker: "namespaces_not_listed" } }),
    ],
    "same",
    "a A, b namespaces_not_listed",
    1,
  ],
  [
    "unlisted namespaces do not matter for repositories",
    [
      seen("a", [repository(secret("1"))]),
      seen("b", [], { not_seen: { docker: "namespaces_not_listed" } }),
    ],
    "partial",
    "a A, b absent",
  ],
  [
    "a repository is not absent on a cluster without Argo CD",
    [seen("a", [repository(secret("1"))]), seen("b", [], { no_argocd: true })],
    "same",
    "a A, b no_argocd",
  ],
  [
    "a pull secret is absent on a cluster without Argo CD",
    [seen("a", [docker(secret("1"))]), seen("b", [], { no_argocd: true })],
    "partial",
    "a A, b absent",
  ],
  [
    "without fingerprints nothing is the same",
    [seen("a", [docker(secret())]), seen("b", [docker(secret())])],
    "not_compared",
    "a present, b present",
  ],
  [
    "without fingerprints an absence is still shown",
    [seen("a", [docker(secret())]), seen("b")],
    "partial",
    "a present, b absent",
  ],
  [
    "an invalid credential is not the same as others",
    [seen("a", [docker(secret("1"))]), seen("b", [docker(secret())])],
    "differs",
    "a A, b present",
  ],
  [
    "repositories without a credential are the same",
    [
      seen("a", [repository(secret(undefined, { fingerprints: {} }))]),
      seen("b", [repository(secret(undefined, { fingerprints: {} }))]),
    ],
    "same",
    "a A, b A",
  ],
  [
    "a credential that was read nowhere is not compared",
    [
      seen("a", [{ ...docker(), findings: [{ code: "pull_secret_missing", message: "…" }] }], {
        not_seen: { docker: "namespaces_not_listed" },
      }),
      hung("b"),
    ],
    "not_compared",
    "a namespaces_not_listed, b timeout",
    2,
  ],
  [
    "a secret that cannot be listed in Argo CD's namespace is not absent",
    [
      seen("a", [repository(secret("1"))]),
      seen("b", [], { not_seen: { argocd: "forbidden" } }),
    ],
    "same",
    "a A, b forbidden",
    1,
  ],
  [
    "a missing pull secret is partial, with its finding",
    [seen("a", [{ ...docker(), findings: [{ code: "pull_secret_missing", message: "…" }] }])],
    "partial",
    "a absent",
  ],
];

for (const [title, columns, state, cells, notSeen = 0] of ROWS) {
  Deno.test(`in the matrix ${title}`, () => {
    assert.deepEqual(rowIn(matrixOf(columns)), { state, notSeen, cells });
  });
}

Deno.test("a cluster that could not be read is listed with its reason", () => {
  const { clusters } = matrixOf([hung("b"), seen("a", [], { warnings: ["w"] })]);
  assert.deepEqual(clusters, [
    { name: "a", status: "success", warnings: ["w"] },
    { name: "b", status: "timeout", message: "The cluster did not answer" },
  ]);
});

Deno.test("a finding names its cluster", () => {
  const finding = { code: "plain_http_registry", message: "m", remedy: "r" };
  const { credentials: [row] } = matrixOf([
    seen("b", [{ ...docker(secret("1")), findings: [finding] }]),
    seen("a", [{ ...docker(secret("1")), findings: [finding] }]),
  ]);
  assert.deepEqual(row?.findings, [{ ...finding, cluster: "a" }, { ...finding, cluster: "b" }]);
});

Deno.test("rows are sorted by kind, then by identity", () => {
  const row = (kind: ColumnRow["kind"], name: string): ColumnRow => ({
    id: `${kind}/${name}`,
    kind,
    name,
    secrets: [secret("1")],
  });
  const { credentials, total } = matrixOf([
    seen("a", [row("write_template", "a"), row("template", "b"), row("docker", "z")]),
    seen("b", [row("template", "a"), row("repository", "x"), row("docker", "z")]),
  ]);
  assert.deepEqual(
    credentials.map(({ id }) => id),
    ["docker/z", "repository/x", "template/a", "template/b", "write_template/a"],
  );
  assert.equal(total, 5);
});

Deno.test("letters go on after Z", () => {
  assert.deepEqual([0, 25, 26, 51, 52, 701, 702].map(letter), [
    "A",
    "Z",
    "AA",
    "AZ",
    "BA",
    "ZZ",
    "AAA",
  ]);
});

const cell = fc.array(
  fc.record({
    namespace: fc.constantFrom("n1", "n2", "n3"),
    value: fc.constantFrom("1", "2", "3"),
  }),
  { maxLength: 3 },
).map((all) => all.map(({ namespace, value }) => secret(value, { namespace })));

const column = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 1 },
  { arbitrary: cell, weight: 4 },
);

Deno.test("the matrix does not depend on the order of columns", () => {
  fc.assert(
    fc.property(
      fc.array(column, { maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      (cells, random) => {
        const columns = cells.map((each, i) =>
          each === undefined
            ? hung(`c${i}`)
            : seen(`c${i}`, each.length > 0 ? [docker(...each)] : [])
        );
        const matrix = matrixOf(columns);
        const shuffled = columns.map((each) => ({ each, by: random.next().value }))
          .sort((a, b) => a.by - b.by).map(({ each }) => each);
        assert.deepEqual(matrixOf(shuffled), matrix);
        const values = cells.map((each) =>
          new Set(each?.map(({ fingerprints }) => fingerprints!["ghcr.io"]!))
        );
        const all = new Set(values.flatMap((each) => [...each]));
        const [row] = matrix.credentials;
        if (all.size === 0) return assert.equal(row, undefined);
        const isPartial = cells.some((each) => each?.length === 0);
        assert.equal(row!.state, all.size > 1 ? "differs" : isPartial ? "partial" : "same");
        assert.equal(row!.not_seen, cells.filter((each) => each === undefined).length);
        assert.deepEqual(Object.keys(row!.cells), columns.map(({ name }) => name));
        // Each value has one letter, and values on more clusters come first.
        const letters = new Map<string, string>();
        for (const { secrets } of Object.values(row!.cells)) {
          for (const { fingerprints, group } of secrets) {
            const value = fingerprints!["ghcr.io"]!;
            assert.equal(letters.get(value) ?? group, group);
            letters.set(value, group!);
          }
        }
        const countOf = (value: string) => values.filter((each) => each.has(value)).length;
        const expected = [...all].sort((a, b) => countOf(b) - countOf(a) || (a < b ? -1 : 1));
        assert.deepEqual(
          expected.map((value) => letters.get(value)),
          expected.map((_, i) => letter(i)),
        );
      },
    ),
    { numRuns: 500 },
  );
});
