import assert from "node:assert/strict";
import { filtered, type MatrixFilter, secondsIn } from "./filter.ts";
import { matrixOf } from "./rows.ts";
import type { CellSecret, ColumnRow } from "./shapes.ts";

function row(id: string, kind: ColumnRow["kind"], secret: Partial<CellSecret>): ColumnRow {
  const own: CellSecret = {
    namespace: "default",
    name: "x",
    fingerprints: { password: "1111222233334444" },
    managed: false,
    owner: null,
    ...secret,
  };
  return { id, kind, secrets: [own] };
}

const ROWS: readonly ColumnRow[] = [
  row("docker/ghcr", "docker", {
    fingerprints: { "ghcr.io": "aaaabbbbccccdddd" },
    username: "Bot",
    managed: true,
    expires: { at: "2030-01-01T00:00:00.000Z", source: "declared" },
  }),
  {
    ...row("repository/git/https://git.example/app", "repository", {
      namespace: "argocd",
      owner: "Helm release 'apps'",
    }),
    findings: [{ code: "username_only", message: "It never looks at templates" }],
  },
  row("template/https://git.example", "template", {
    name: "tpl",
    expires: { at: "2030-01-01T00:00:00.001Z", source: "value" },
  }),
];

const matrix = matrixOf([
  { name: "a", column: { cluster: "a", status: "success", credentials: ROWS } },
  { name: "b", column: { cluster: "b", status: "success", credentials: ROWS.slice(0, 1) } },
]);

const [DOCKER, REPOSITORY, TEMPLATE] = ["docker", "repository", "template"];

const FILTERS: [filter: MatrixFilter, kinds: (string | undefined)[]][] = [
  [{}, [DOCKER, REPOSITORY, TEMPLATE]],
  [{ kinds: ["repository", "template"] }, [REPOSITORY, TEMPLATE]],
  [{ kinds: [] }, []],
  [{ states: ["same"] }, [DOCKER]],
  [{ states: ["partial", "differs"] }, [REPOSITORY, TEMPLATE]],
  [{ q: "GHCR" }, [DOCKER]],
  [{ q: "bot" }, [DOCKER]],
  [{ q: "git.example" }, [REPOSITORY, TEMPLATE]],
  [{ q: "argocd/x" }, [REPOSITORY]],
  [{ q: "aaaabbbb" }, [DOCKER]],
  [{ q: "username_only" }, [REPOSITORY]],
  [{ q: "nowhere" }, []],
  [{ owner: "helm" }, [REPOSITORY]],
  [{ owner: "argocd-configurer" }, [DOCKER]],
  [{ owner: "none" }, [TEMPLATE]],
  [{ expiresBefore: Date.parse("2029-12-31T23:59:59.999Z") }, []],
  [{ expiresBefore: Date.parse("2030-01-01T00:00:00.000Z") }, [DOCKER]],
  [{ expiresBefore: Date.parse("2031-01-01T00:00:00.000Z") }, [DOCKER, TEMPLATE]],
  [{ q: "git.example", states: ["partial"], kinds: ["template"] }, [TEMPLATE]],
];

for (const [filter, kinds] of FILTERS) {
  Deno.test(`the filter ${JSON.stringify(filter)} leaves ${kinds.join(", ") || "nothing"}`, () => {
    const { credentials, total, clusters } = filtered(matrix, filter);
    assert.deepEqual(credentials.map(({ kind }) => kind), kinds);
    assert.equal(total, kinds.length);
    assert.deepEqual(clusters, matrix.clusters);
  });
}

const DURATIONS: [text: string, seconds: number | undefined][] = [
  ["30d", 30 * 86_400],
  ["12h", 12 * 3600],
  ["90m", 90 * 60],
  ["0s", 0],
  ["30", undefined],
  ["1.5d", undefined],
  ["30D", undefined],
  ["123456d", undefined],
];

for (const [text, seconds] of DURATIONS) {
  Deno.test(`the duration ${text} is ${seconds === undefined ? "invalid" : `${seconds} seconds`}`, () => {
    assert.equal(secondsIn(text), seconds);
  });
}
