import assert from "node:assert/strict";
import { join } from "node:path";
import { AuditLog } from "../../../src/audit/audit_log.ts";
import type { Identity } from "../../../src/tokens/rights.ts";
import type { Tokens } from "../../../src/tokens/tokens.ts";
import type { Stage } from "../stage.ts";
import { check, docker, get, helm, post, refused, type Row, testsOf } from "../support.ts";

/** `GET /audit`. */

type Options = NonNullable<Row["options"]>;

/** One row with an audit log of its own. */
function audited(
  row: Omit<Row, "options" | "before"> & {
    deps?: Options["deps"];
    before?: (stage: Stage, path: string) => Promise<void>;
  },
): void {
  Deno.test(row.name, async () => {
    const folder = await Deno.makeTempDir();
    const path = join(folder, "audit.log");
    const auditLog = new AuditLog(path);
    const { before, deps, ...rest } = row;
    try {
      await check({
        ...rest,
        options: { auditLog, deps },
        before: (stage) => before?.(stage, path),
      });
    } finally {
      await auditLog.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const bearer = { Authorization: "Bearer admin-of-everything" };

/** Two writes and a rejected one, in order. */
async function before({ app }: Stage): Promise<void> {
  for (const request of [docker({}, bearer), helm({}, bearer), docker({}, bearer)]) {
    await app.fetch(request);
  }
}

/** A response in short form. */
function shown(body: unknown) {
  const { entries, chain, ...rest } = body as {
    entries: Record<string, string>[];
    total: number;
    truncated: boolean;
    damaged: number;
    chain: { state: string; checked: number };
  };
  assert.ok(["unbroken", "unchained"].includes(chain.state), chain.state);
  return {
    entries: entries.map(({ phase, kind, outcome }) =>
      [phase, kind, outcome].filter(Boolean).join(" ")
    ),
    ...rest,
  };
}

const EVERYTHING = [
  "end docker refused",
  "begin docker",
  "end helm created",
  "begin helm",
  "end docker created",
  "begin docker",
  "started",
];

const whole = { truncated: false, damaged: 0 };

audited({
  name: "GET /audit shows the attempts, newest first",
  before,
  request: () => get("/audit"),
  status: 200,
  opens: false,
  changes: false,
  after: (_it, body) => assert.deepEqual(shown(body), { entries: EVERYTHING, total: 7, ...whole }),
});

const QUERIES: [query: string, entries: string[], truncated: boolean][] = [
  ["limit=2", EVERYTHING.slice(0, 2), true],
  ["limit=7", EVERYTHING, false],
  ["cluster=test-cluster", EVERYTHING.slice(0, 6), false],
  ["cluster=production-cluster", [], false],
  ["name=my-helm-repo", EVERYTHING.slice(2, 4), false],
  ["name=my-docker-secret&limit=1", EVERYTHING.slice(0, 1), true],
  ["since=2020-01-01", EVERYTHING, false],
  ["since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00.5Z", [], false],
  ["until=2020-01-01T00:00%2B01:00", [], false],
  ["since=2020-01-01T00:00:00+01:00", EVERYTHING, false],
  ["since=9999-01-01", [], false],
  ["since=1h", EVERYTHING, false],
  ["since=90s", EVERYTHING, false],
  ["since=7d&until=5m", [], false],
  ["since=999999999d", EVERYTHING, false],
  ["credential=0123456789abcdef", [], false],
];

for (const [query, entries, truncated] of QUERIES) {
  audited({
    name: `GET /audit?${query} shows ${entries.length} entries of 7`,
    before,
    request: () => get(`/audit?${query}`),
    status: 200,
    after: (_it, body) =>
      assert.deepEqual(shown(body), { entries, total: entries.length, truncated, damaged: 0 }),
  });
}

const TIME = /^Parameter '(since|until)' must be a date, a time with a time zone such as /;
const LIMIT = "must be a number from 1 to 1000";

const MISTAKES: [query: string, message: RegExp][] = [
  ["since=yesterday", TIME],
  ["since=", TIME],
  ["until=2026-01-31T12:00:00", TIME],
  ["until=2026-13-31", TIME],
  ["since=1767225600", TIME],
  ["since=1w", TIME],
  ["since=0h", TIME],
  ["since=1.5h", TIME],
  ["since=-1h", TIME],
  ["since=1h30m", TIME],
  ["until=h", TIME],
  ["credential=abc", /^Parameter 'credential' must be a fingerprint, or at least its first 8/],
  ["credential=ghp_1234567890", /^Parameter 'credential' must be a fingerprint/],
  ["rotation=a%20b", /^Parameter 'rotation' must be the ID of a rotation$/],
  ["limit=0", new RegExp(`^Parameter 'limit' ${LIMIT}$`)],
  ["limit=1001", new RegExp(`^Parameter 'limit' ${LIMIT}$`)],
  ["limit=ten", new RegExp(`^Parameter 'limit' ${LIMIT}$`)],
  ["limit=-1", new RegExp(`^Parameter 'limit' ${LIMIT}$`)],
  ["limit=1&limit=2", /^Parameter 'limit' must be a string$/],
  ["cluster=../x", /^Parameter 'cluster' is invalid: a cluster name/],
  ["name=Not%20a%20name", /^Parameter 'name' must be a valid secret name/],
];

for (
  const test of testsOf(
    MISTAKES.map(([query, message]) =>
      refused(
        `GET /audit?${query} is 400 and names the parameter`,
        () => get(`/audit?${query}`),
        400,
        message,
      )
    ),
  )
) Deno.test(test);

for (
  const test of testsOf([
    refused(
      "without an audit log GET /audit names the setting that enables one",
      () => get("/audit"),
      404,
      /^No audit log is configured\. Set audit-log in the configuration file, such as audit-log: audit\.log$/,
    ),
  ])
) Deno.test(test);

audited({
  name: "a line truncated by a crash is counted as damaged, and the other lines are shown",
  async before(it, path) {
    await before(it);
    await Deno.writeTextFile(path, '{"time":"2026-01-01T00:00:00.0', { append: true });
    await before(it);
  },
  request: () => get("/audit?limit=1000"),
  status: 200,
  after: (_it, body) => {
    const { entries, damaged } = shown(body);
    assert.deepEqual([entries.length, damaged], [13, 1]);
    // A truncated line does not count as tampering.
    const { chain } = body as { chain: unknown };
    assert.deepEqual(chain, { state: "unbroken", checked: 12 });
  },
});

audited({
  name: "an altered line breaks the chain at the time of the next line",
  async before(it, path) {
    await before(it);
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"outcome":"created"', '"outcome":"refused"'));
  },
  request: () => get("/audit"),
  status: 200,
  after: (_it, body) => {
    const { entries, chain } = body as { entries: { time: string }[]; chain: unknown };
    assert.deepEqual(chain, {
      ...{ state: "broken", checked: 5 },
      broken_at: [entries[entries.length - 3]!.time],
    });
  },
});

const tokensOf = (identity: Identity): Tokens => ({ verify: () => ({ kind: "known", identity }) });

audited({
  name: "a token limited to some clusters sees only entries about those",
  deps: { tokens: tokensOf({ name: "a", role: "admin", clusters: ["test-*"] }) },
  before,
  request: () => get("/audit", bearer),
  status: 200,
  // Without the start of the server, which is about no cluster.
  after: (_it, body) =>
    assert.deepEqual(shown(body), { entries: EVERYTHING.slice(0, 6), total: 6, ...whole }),
});

/** Searches these clusters for a value. */
const find = (clusters: string[]) =>
  post("/api/v1/credentials/find", { fingerprint: "0123456789abcdef", clusters }, bearer);

for (const [clusters, entries] of [["test-*", 1], ["*-cluster", 2]] as const) {
  audited({
    name: `entries about several clusters are hidden from a token limited to ${clusters}`,
    deps: {
      tokens: {
        verify: (token) => {
          const isAny = token === "admin-of-everything";
          const identity = { name: "a", role: "admin", ...isAny ? {} : { clusters: [clusters] } };
          return { kind: "known", identity: identity as Identity };
        },
      },
    },
    async before({ app }) {
      for (const which of [["test-cluster"], ["*"]]) await app.fetch(find(which));
    },
    request: () => get("/api/v1/audit", { Authorization: "Bearer of-some" }),
    status: 200,
    after: (_it, body) => {
      const { entries: all } = body as { entries: { phase: string; clusters: string[] }[] };
      const ends = all.filter(({ phase }) => phase === "end");
      assert.equal(ends.length, entries);
      assert.deepEqual(ends.at(-1)!.clusters, ["test-cluster"]);
    },
  });
}

audited({
  name: "a search is listed under the fingerprint searched for and under each of its clusters",
  async before({ app }) {
    await app.fetch(find(["*"]));
  },
  request: () => get("/api/v1/audit?credential=01234567&cluster=production-cluster"),
  status: 200,
  after: (_it, body) =>
    assert.deepEqual(shown(body).entries, ["end find not_all_seen", "begin find"]),
});

audited({
  name: "an unknown rotation has no entries",
  before,
  request: () => get("/api/v1/audit?rotation=r-0123456789abcdef"),
  status: 200,
  after: (_it, body) => assert.deepEqual(shown(body), { entries: [], total: 0, ...whole }),
});

audited({
  name: "a token limited to other clusters sees no entries",
  deps: { tokens: tokensOf({ name: "a", role: "admin", clusters: ["production-*"] }) },
  request: () => get("/audit?cluster=test-cluster", bearer),
  status: 200,
  after: (_it, body) => assert.deepEqual(shown(body), { entries: [], total: 0, ...whole }),
});

audited({
  name: "a token without role admin cannot read the audit log",
  deps: { tokens: tokensOf({ name: "w", role: "writer" }) },
  request: () => get("/audit", bearer),
  status: 403,
  body: /requires role admin$/,
});

audited({
  name: "an unreadable audit log is reported as such",
  async before(_it, path) {
    await Deno.mkdir(path);
  },
  request: () => get("/audit"),
  status: 503,
  body: /^Cannot read the audit log$/,
});
