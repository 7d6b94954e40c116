import assert from "node:assert/strict";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { send, withLog } from "../audit_place.ts";
import { linesOf, makeSshKey } from "../material.ts";
import { NO_LOGIN, remove, repo, verification } from "../requests.ts";
import { type Stage, stage, type StageOptions } from "../stage.ts";
import { docker } from "../support.ts";

/** The audit log of repositories, of deletions, and of requests that write nothing. */

const WHO = { who: "anonymous", from: "unknown", cluster: "test-cluster" };

interface Row {
  readonly what: string;
  readonly before?: (it: Stage) => unknown;
  readonly request: (headers: Record<string, string>) => Request;
  readonly status: number;
  readonly begin: Partial<AuditEntry>;
  readonly end: Partial<AuditEntry>;
  /** Whether the line has a credential's fingerprint. */
  readonly credential: boolean;
}

const deletion = (names: string[], namespaces: string[], force = false) => ({
  kind: "delete",
  names,
  namespaces,
  upsert: false,
  force,
});

const repository = (names: string[], kind = "git") => ({
  kind,
  names,
  namespaces: ["argocd"],
  upsert: false,
  force: false,
});

const counts = { created: 0, replaced: 0, unchanged: 0 };
const URLS = ["https://git.example.com/org/app", "https://git.example.com/org/lib"];
const name = "my-docker-secret";
const sshKey = makeSshKey();

const ROWS: Row[] = [
  {
    what: "a repository",
    request: (headers) => repo({}, headers),
    status: 200,
    begin: repository(["my-repo"]),
    end: { outcome: "created", counts: { ...counts, created: 1 } },
    credential: true,
  },
  {
    what: "an SSH key",
    request: (headers) =>
      repo({ ...NO_LOGIN, url: "git@github.com:org/app", ssh_private_key: sshKey }, headers),
    status: 200,
    begin: repository(["my-repo"]),
    end: { outcome: "created", counts: { ...counts, created: 1 } },
    credential: true,
  },
  {
    what: "several repositories",
    request: (headers) => repo({ url: undefined, urls: URLS }, headers),
    status: 200,
    begin: repository(["my-repo-app-e2d1e4", "my-repo-lib-c162f4"]),
    end: { outcome: "created", counts: { ...counts, created: 2 } },
    credential: true,
  },
  {
    what: "a repository and its template",
    request: (headers) => repo({ type: "helm", url: "ghcr.io/org/*" }, headers),
    status: 200,
    begin: repository(["my-repo", "my-repo-template"], "helm"),
    end: { outcome: "created", counts: { ...counts, created: 2 } },
    credential: true,
  },
  {
    what: "a deletion",
    before: (it) => send(it, docker({ git_write_back: true, namespaces: "default" })),
    request: (headers) => remove({ name }, headers),
    status: 200,
    begin: deletion([name, `${name}-iu`], ["argocd", "default"]),
    end: { outcome: "deleted", counts: { deleted: 3 } },
    credential: false,
  },
  {
    what: "a rejected deletion",
    before: ({ cluster }) => cluster.put({ namespace: "argocd", name: "my-repo" }),
    request: (headers) => remove({ namespaces: "argocd" }, headers),
    status: 409,
    begin: deletion(["my-repo"], ["argocd"]),
    end: { outcome: "refused", refusals: ["not_ours"] },
    credential: false,
  },
  {
    what: "a forced deletion",
    before: ({ cluster }) => cluster.put({ namespace: "argocd", name: "my-repo" }),
    request: (headers) => remove({ namespaces: "argocd", force: "true" }, headers),
    status: 200,
    begin: deletion(["my-repo"], ["argocd"], true),
    end: { outcome: "deleted", counts: { deleted: 1 } },
    credential: false,
  },
  {
    what: "a failed deletion",
    before: async (it) => {
      await send(it, docker({ namespaces: "default" }));
      it.cluster.fault = ({ method }) =>
        method === "remove" ? { kind: "reject", item: 0, error: "forbidden" } : undefined;
    },
    request: (headers) => remove({ name }, headers),
    status: 502,
    begin: deletion([name], ["argocd", "default"]),
    end: { outcome: "failed", error: "forbidden", not_restored: [] },
    credential: false,
  },
];

for (const { what, before, request, status, begin, end, credential } of ROWS) {
  Deno.test(`${what} has one audit line before it starts and one before its response`, () =>
    withLog(async ({ auditLog, entries }) => {
      const it = stage({ auditLog });
      await before?.(it);
      const earlier = countOf(entries);
      const answer = await send(it, request({ "X-Request-Id": "mine" }));
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      const [first, last, ...more] = entries().filter(({ phase }) => phase !== "started")
        .slice(earlier);
      assert.deepEqual(more, []);
      const { time: _time, write, credential: fingerprint, ...rest } = first!;
      assert.match(write!, /^mine\.[0-9a-f]{8}$/);
      assert.equal(fingerprint !== undefined, credential);
      assert.deepEqual(rest, { phase: "begin", request: "mine", ...WHO, ...begin });
      const { time: _, ...ended } = last!;
      const same = { ...rest, write, ...(credential ? { credential: fingerprint } : {}) };
      assert.deepEqual(ended, { ...same, phase: "end", ...end });
      const text = JSON.stringify(entries());
      for (const line of linesOf(sshKey)) assert.ok(!text.includes(line));
    }));
}

function countOf(entries: () => AuditEntry[]): number {
  try {
    return entries().filter(({ phase }) => phase !== "started").length;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0; // nothing was written yet
    throw error;
  }
}

Deno.test("one password has the same fingerprint in a pull secret, a Git repository and a chart repository", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = stage({ auditLog });
    const charts = { name: "charts", type: "helm", url: "charts.example.com/x" };
    for (const request of [docker(), repo(), repo(charts)]) {
      assert.equal((await send(it, request)).status, 200);
    }
    const begun = entries().filter(({ phase }) => phase === "begin");
    assert.deepEqual(begun.map(({ kind }) => kind), ["docker", "git", "helm"]);
    assert.equal(new Set(begun.map(({ credential }) => credential)).size, 1);
  }));

const refusing: StageOptions["verifyOne"] = () =>
  Promise.resolve({ reachable: true, accepted: false, may: [], asked: "", why: "It is wrong" });

const NOTHING: [what: string, request: () => Request, status: number][] = [
  ["an invalid repository", () => repo({ type: "svn" }), 400],
  ["an invalid deletion", () => remove({ force: "yes" }), 400],
];

for (const [what, request, status] of NOTHING) {
  Deno.test(`${what} is rejected as invalid and not audited`, () =>
    withLog(async ({ auditLog, entries }) => {
      const it = stage({ auditLog, verifyOne: refusing });
      await send(it, repo({ name: "there" }));
      const before = entries();
      assert.equal((await send(it, request())).status, status);
      assert.deepEqual(entries(), before);
    }));
}

const PRINCIPAL = {
  ...NO_LOGIN,
  type: "git",
  url: "https://dev.azure.com/org/project/_git/app",
  azure_service_principal: {
    client_id: "0000000a-000b-000c-000d-00000000000e",
    client_secret: crypto.randomUUID().replaceAll("-", ""),
    tenant_id: "example.onmicrosoft.com",
  },
};

/** Requests that change nothing but could verify a stolen value. */
const TRIED: [what: string, request: () => Request, begin: Partial<AuditEntry>, outcome: string][] =
  [
    [
      "a dry run of a repository",
      () => repo({ upsert: true, dry_run: true }),
      { kind: "git", names: ["my-repo"], dry_run: true },
      "unchanged",
    ],
    [
      "a dry run of pull secrets",
      () => docker({ dry_run: true }),
      { kind: "docker", names: ["my-docker-secret"], dry_run: true },
      "created",
    ],
    [
      "a dry run of a deletion",
      () => remove({ name: "there", dry_run: "true" }),
      { kind: "delete", names: ["there"], dry_run: true },
      "deleted",
    ],
    ["a verification", () => verification(), { kind: "verify", names: [] }, "not_accepted"],
    [
      "a kind that cannot be verified",
      () => verification(PRINCIPAL),
      { kind: "verify" },
      "not_tried",
    ],
  ];

for (const [what, request, begin, outcome] of TRIED) {
  Deno.test(`${what} is audited, with the fingerprint of its credential if it has one`, () =>
    withLog(async ({ auditLog, entries }) => {
      const it = stage({ auditLog, verifyOne: refusing });
      await send(it, repo({ name: "there" }));
      const before = entries().length;
      await send(it, request());
      const [first, last] = entries().slice(before);
      assert.partialDeepStrictEqual(first, { phase: "begin", ...begin });
      assert.partialDeepStrictEqual(last, { phase: "end", write: first!.write, outcome });
      const tried = ({ credential, credentials }: AuditEntry) => credential ?? credentials;
      assert.deepEqual(tried(last!), tried(first!));
      assert.equal(tried(first!) === undefined, first!.kind === "delete");
    }));
}

const selecting = { namespaces: undefined, all_namespaces: true };

/** Attempts that fail before anything is written have audit lines, too. */
const TO_NOTHING: [
  what: string,
  request: () => Request,
  status: number,
  begin: Partial<AuditEntry>,
  end: Partial<AuditEntry>,
][] = [
  [
    "a credential refused by its server",
    () => repo({ verify: true }),
    422,
    repository(["my-repo"]),
    { outcome: "refused", refusals: ["not_accepted"] },
  ],
  [
    "a login refused by its registry",
    () => docker({ verify: true, namespaces: "default" }),
    422,
    { kind: "docker", names: [name], namespaces: ["default", "argocd"] },
    { outcome: "refused", refusals: ["not_accepted"] },
  ],
  [
    "a login for a namespace selection that fails",
    () => docker(selecting),
    502,
    { kind: "docker", names: [name], namespaces: ["argocd"] },
    { outcome: "unable", error: "forbidden" },
  ],
  [
    "a login for namespaces of an unknown cluster",
    () => docker({ ...selecting, cluster_name: "nowhere" }),
    400,
    { kind: "docker", cluster: "nowhere", names: [name], namespaces: ["argocd"] },
    { outcome: "unable", error: "cluster_not_found" },
  ],
  [
    "a repository for an unknown cluster",
    () => repo({ cluster_name: "nowhere" }),
    400,
    { cluster: "nowhere", ...repository(["my-repo"]) },
    { outcome: "unable", error: "cluster_not_found" },
  ],
  [
    "a deletion in an unknown cluster",
    () => remove({ cluster: "nowhere", namespaces: "default" }),
    400,
    { cluster: "nowhere", ...deletion(["my-repo"], ["default"]) },
    { outcome: "unable", error: "cluster_not_found" },
  ],
  [
    "a deletion of a missing secret",
    () => remove({ namespaces: "default,argocd" }),
    404,
    deletion(["my-repo"], ["default", "argocd"]),
    { outcome: "refused", refusals: ["not_there"] },
  ],
];

for (const [what, request, status, begin, end] of TO_NOTHING) {
  Deno.test(`${what} is audited as an attempt`, () =>
    withLog(async ({ auditLog, entries }) => {
      const it = stage({ auditLog, verifyOne: refusing });
      it.cluster.mayReadNamespaces = false;
      const answer = await send(it, request());
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      const [started, first, last, ...more] = entries();
      assert.deepEqual([started!.phase, first!.phase, last!.phase], ["started", "begin", "end"]);
      assert.deepEqual(more, []);
      assert.equal(first!.write, last!.write);
      for (const line of [first, last]) assert.partialDeepStrictEqual(line, begin);
      assert.partialDeepStrictEqual(last, end);
    }));
}

Deno.test("while the audit log cannot be written, nothing is deleted and no repository is written", () =>
  withLog(async ({ auditLog, path }) => {
    const it = stage({ auditLog });
    const labels = { "app.kubernetes.io/managed-by": "argocd-configurer" };
    it.cluster.put({ namespace: "argocd", name: "my-repo", labels });
    Deno.symlinkSync("/dev/full", path);
    const before = it.cluster.dump();
    for (
      const request of [repo({ name: "new", upsert: true }), remove(), remove({ force: "true" })]
    ) {
      const { status, body } = await send(it, request);
      assert.equal(status, 503);
      assert.deepEqual(body, {
        error: true,
        message: "Cannot write: the audit log cannot be written: No space left on device. " +
          "Nothing was changed",
        status_code: 503,
        code: "not_recorded",
      });
    }
    assert.deepEqual(it.cluster.dump(), before);
    assert.equal((await send(it, repo({ name: "new", dry_run: true }))).status, 503);
  }));
