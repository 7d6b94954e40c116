import assert from "node:assert/strict";
import { encodeBase64Text } from "../../text/bytes.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { argocdCluster } from "../fake/clusters.ts";
import { type Repo, repoSecrets } from "../fake/desired.ts";
import { runWrite } from "../fake/run.ts";

/** The companions of a repository or template, so that no old credential is left unnoticed. */

const OLD = "old";
const NEW = "new";

/** A secret of Argo CD that somebody else has put there. */
interface Held {
  readonly as?: "repository" | "repo-creds";
  readonly type?: string;
  readonly url: string;
  readonly password?: string;
  readonly project?: string;
  readonly owner?: string;
}

function put(cluster: FakeCluster, name: string, held: Held): void {
  const { as = "repository", type = "helm", url, password = OLD, project, owner } = held;
  const data = {
    type,
    url,
    ...(password === "" ? {} : { username: "user", password }),
    ...(project === undefined ? {} : { project }),
  };
  cluster.put({
    namespace: "argocd",
    name,
    labels: { "argocd.argoproj.io/secret-type": as },
    ...(owner === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: "v1", kind: "ExternalSecret", name: owner, uid: "1" }] }),
  }, Object.fromEntries(Object.entries(data).map(([key, text]) => [key, encodeBase64Text(text)])));
}

/** Each secret's URL and password, by name. */
function stateOf(cluster: FakeCluster): Record<string, string> {
  const text = (value = "") => new TextDecoder().decode(Uint8Array.fromBase64(value));
  return Object.fromEntries([...cluster.secrets.values()].map(({ name, data }) => {
    const { url, password } = data.reveal();
    return [name, `${text(url)} ${text(password)}`.trim()];
  }));
}

interface Case {
  readonly what: string;
  readonly held?: Record<string, Held>;
  readonly wanted: Repo;
  readonly after: Record<string, string>;
  readonly hints?: RegExp[];
}

const TEAM = { as: "repo-creds", type: "helm", url: "oci://registry.example.com/team" } as const;
const CHARTS = { ...TEAM, url: "https://charts.example.com/team" } as const;
const OCI = { ...TEAM, type: "oci" } as const;
const GIT = { as: "repo-creds", type: "git", url: "https://git.example.com/team" } as const;
const HOST = "registry.example.com/team";

const LONGER = /keeps its URL .* such as registry\.example\.com\/team-other/;

const CASES: Case[] = [
  // --- new templates ---------------------------------------------------------------------------
  ...[[TEAM, HOST], [CHARTS, CHARTS.url], [OCI, OCI.url]].map(([wanted, url]): Case => ({
    what: `a new template for ${(wanted as Repo).url} of type ${
      (wanted as Repo).type
    } is written with a repository for the URL itself`,
    wanted: wanted as Repo,
    after: { repo: `${url}/ new`, "repo-repository": `${url} new` },
  })),
  {
    what: "a new template of a whole registry is written without a repository",
    wanted: { ...TEAM, url: "oci://registry.example.com" },
    after: { repo: "registry.example.com/ new" },
  },
  {
    what:
      "a new template of Git is written without a repository, since no Git repository contains others",
    wanted: GIT,
    after: { repo: "https://git.example.com/team/ new" },
  },
  // --- existing templates ----------------------------------------------------------------------
  {
    what: "a template without a slash at its end keeps its URL under another name's request",
    held: { held: { as: "repo-creds", url: HOST } },
    wanted: TEAM,
    after: { held: `${HOST} new` },
    hints: [/'held' already had this URL, so it was replaced instead/, LONGER],
  },
  {
    what: "a template without a slash at its end keeps its URL under its own name's request",
    held: { repo: { as: "repo-creds", url: HOST } },
    wanted: TEAM,
    after: { repo: `${HOST} new` },
    hints: [LONGER],
  },
  {
    what: "a template of chart repositories by HTTPS keeps its URL",
    held: { held: { as: "repo-creds", url: CHARTS.url } },
    wanted: CHARTS,
    after: { held: `${CHARTS.url} new` },
    hints: [
      /already had this URL, so it was replaced instead/,
      /such as https:\/\/charts\.example\.com\/team-other/,
    ],
  },
  {
    what: "a template of OCI artifacts keeps its URL",
    held: { held: { as: "repo-creds", type: "oci", url: OCI.url } },
    wanted: OCI,
    after: { held: `${OCI.url} new` },
    hints: [
      /already had this URL, so it was replaced instead/,
      /such as oci:\/\/registry\.example\.com\/team-other/,
    ],
  },
  {
    what: "a template of Git that ends with .git keeps its URL, with a hint that it matches others",
    held: { held: { as: "repo-creds", type: "git", url: "https://git.example.com/team.git" } },
    wanted: GIT,
    after: { held: "https://git.example.com/team.git new" },
    hints: [
      /already had this URL, so it was replaced instead/,
      /such as https:\/\/git\.example\.com\/team-other/,
    ],
  },
  {
    what: "a template with a slash at its end gets its missing repository",
    held: { held: { as: "repo-creds", url: `${HOST}/` } },
    wanted: TEAM,
    after: { held: `${HOST}/ new`, "held-repository": `${HOST} new` },
    hints: [/'held' already had this URL, so it was replaced instead/],
  },
  {
    what: "templates with and without a slash both get the credential",
    held: {
      a: { as: "repo-creds", url: HOST },
      b: { as: "repo-creds", url: `${HOST}/` },
    },
    wanted: TEAM,
    after: { a: `${HOST} new`, b: `${HOST}/ new` },
    hints: [
      /'b' already had this URL, so it was replaced instead/,
      /Template 'a' has the same URL/,
      LONGER,
    ],
  },
  {
    what:
      "templates with and without a slash both get the credential, even if one has the requested name",
    held: {
      repo: { as: "repo-creds", url: HOST },
      b: { as: "repo-creds", url: `Registry.example.com/Team/` },
    },
    wanted: TEAM,
    after: { repo: `${HOST} new`, b: "Registry.example.com/Team/ new" },
    hints: [LONGER, /Template 'b' has the same URL/],
  },
  {
    what: "a template of another type is not changed, and named in a hint",
    held: {
      repo: { as: "repo-creds", url: `${HOST}/` },
      other: { as: "repo-creds", type: "git", url: HOST },
    },
    wanted: TEAM,
    after: { repo: `${HOST}/ new`, other: `${HOST} old`, "repo-repository": `${HOST} new` },
    hints: [/Template 'other' has the same URL .* but the type git, so it was not changed/],
  },
  {
    what: "a project in a template is ignored, as Argo CD does not read it",
    held: { held: { as: "repo-creds", url: `${HOST}/`, project: "team" } },
    wanted: TEAM,
    after: { held: `${HOST}/ new`, "held-repository": `${HOST} new` },
    hints: [/'held' already had this URL, so it was replaced instead/],
  },
  // --- repositories of exactly the template's URL ----------------------------------------------
  {
    what:
      "a repository of exactly the template's URL keeps its own credential, and is named in a hint",
    held: { own: { url: HOST } },
    wanted: TEAM,
    after: { own: `${HOST} old`, repo: `${HOST}/ new` },
    hints: [
      /'own' is a repository for exactly .* and has its own credential, which was not changed/,
    ],
  },
  {
    what: "a repository of exactly the template's URL without a credential gets the template's",
    held: { bare: { url: HOST, password: "" } },
    wanted: TEAM,
    after: { bare: `${HOST} new`, repo: `${HOST}/ new` },
    hints: [/'bare' is a repository for exactly .* and had no credential; it got this one/],
  },
  {
    what: "a repository without a credential that another program manages is not changed",
    held: { bare: { url: HOST, password: "", owner: "charts" } },
    wanted: TEAM,
    after: { bare: HOST, repo: `${HOST}/ new` },
    hints: [/'bare' .* and had no credential; it got none/],
  },
  {
    what: "a repository without a credential inherits that of a matching template",
    held: { bare: { url: HOST, password: "" }, repo: { as: "repo-creds", url: HOST } },
    wanted: TEAM,
    after: { bare: HOST, repo: `${HOST} new` },
    hints: [LONGER],
  },
  {
    what: "a repository of one project does not replace the one for all other projects",
    held: { own: { url: HOST, project: "team" } },
    wanted: TEAM,
    after: { own: `${HOST} old`, repo: `${HOST}/ new`, "repo-repository": `${HOST} new` },
    hints: [/in project 'team' and has its own credential/],
  },
  // --- spellings that are other URLs to Argo CD ------------------------------------------------
  {
    what: "a repository of the same charts with oci:// gets the credential, too",
    held: { literal: { url: `oci://${HOST}` } },
    wanted: { type: "helm", url: `oci://${HOST}` },
    after: { literal: `oci://${HOST} new`, repo: `${HOST} new` },
    hints: [
      /'literal' has the URL oci:\/\/.* different one to Argo CD; it got the same credential/,
    ],
  },
  {
    what: "charts over HTTPS are not those in an OCI registry, and a hint names a forgotten oci://",
    held: { literal: { url: `oci://${HOST}` }, held: { url: HOST } },
    wanted: { type: "helm", url: HOST },
    after: { literal: `oci://${HOST} old`, held: `${HOST} old`, repo: `https://${HOST} new` },
    hints: [/'held' has the URL registry\.example\.com\/team, .* was not changed/],
  },
  {
    what: "a template of the same charts with oci:// gets the credential, too",
    held: { literal: { as: "repo-creds", url: `oci://${HOST}` } },
    wanted: TEAM,
    after: {
      literal: `oci://${HOST} new`,
      repo: `${HOST}/ new`,
      "repo-repository": `${HOST} new`,
    },
    hints: [/'literal' has the URL oci:\/\/.* got the same credential/],
  },
  {
    what: "a repository with oci:// and no credential is not changed, and named in a hint",
    held: { literal: { url: `oci://${HOST}`, password: "" } },
    wanted: { type: "helm", url: `oci://${HOST}` },
    after: { literal: `oci://${HOST}`, repo: `${HOST} new` },
    hints: [/'literal' has the URL oci:\/\/.* was not changed/],
  },
  {
    what: "a repository of an OCI source is not changed, and named in a hint",
    held: { artifact: { type: "oci", url: `oci://${HOST}` } },
    wanted: { type: "helm", url: `oci://${HOST}` },
    after: { artifact: `oci://${HOST} old`, repo: `${HOST} new` },
    hints: [/'artifact' has the URL oci:\/\/.* was not changed/],
  },
  {
    what: "a repository with oci:// in a project is not changed, and named in a hint",
    held: { literal: { url: `oci://${HOST}`, project: "team" } },
    wanted: { type: "helm", url: `oci://${HOST}` },
    after: { literal: `oci://${HOST} old`, repo: `${HOST} new` },
    hints: [/'literal' has the URL oci:\/\/.* was not changed/],
  },
  {
    what:
      "a repository with oci:// that another program manages is not changed, and named in a hint",
    held: { literal: { url: `oci://${HOST}`, owner: "charts" } },
    wanted: { type: "helm", url: `oci://${HOST}` },
    after: { literal: `oci://${HOST} old`, repo: `${HOST} new` },
    hints: [/'literal' has the URL oci:\/\/.* was not changed/],
  },
  {
    what: "a repository with https:// in front of an OCI registry is named in a hint",
    held: { literal: { url: "https://ghcr.io/" } },
    wanted: { type: "helm", url: "https://ghcr.io/", template: false },
    after: { literal: "https://ghcr.io/ old", repo: "ghcr.io new" },
    hints: [/'literal' has the URL https:\/\/ghcr\.io\/, .* was not changed/],
  },
  {
    what: "a repository with oci:// of the requested name gets the URL without it, with a hint",
    held: { repo: { url: `oci://${HOST}` } },
    wanted: { type: "helm", url: `oci://${HOST}` },
    after: { repo: `${HOST} new` },
    hints: [/'repo' is no longer for oci:\/\/.*/],
  },
  {
    what: "a repository with oci:// for the URL of a new template is named in a hint",
    held: { literal: { url: `oci://${HOST}` } },
    wanted: TEAM,
    after: {
      literal: `oci://${HOST} old`,
      repo: `${HOST}/ new`,
      "repo-repository": `${HOST} new`,
    },
    hints: [/'literal' has the URL oci:\/\/.* was not changed/],
  },
];

for (const { what, held = {}, wanted, after, hints = [] } of CASES) {
  Deno.test(what, async () => {
    const it = argocdCluster();
    for (const [name, each] of Object.entries(held)) put(it, name, each);
    const verdict = await runWrite(it, repoSecrets({ ...wanted, password: NEW }));
    assert.ok(verdict.kind === "written", JSON.stringify(verdict));
    assert.deepEqual(stateOf(it), after);
    assert.equal(verdict.hints.length, hints.length, verdict.hints.join("\n"));
    hints.forEach((hint, i) => assert.match(verdict.hints[i]!, hint));
  });
}

// --- several writes -----------------------------------------------------------------------------

Deno.test("a new password is written to the template and to its repository", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ ...TEAM, password: OLD }));
  const verdict = await runWrite(it, repoSecrets({ ...TEAM, password: NEW }));
  assert.deepEqual(verdict.kind === "written" && verdict.hints, []);
  assert.deepEqual(stateOf(it), { repo: `${HOST}/ new`, "repo-repository": `${HOST} new` });
});

Deno.test("a request under another name replaces both where they are", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ ...TEAM, password: OLD }));
  await runWrite(it, repoSecrets({ ...TEAM, name: "other", password: NEW }));
  assert.deepEqual(stateOf(it), { repo: `${HOST}/ new`, "repo-repository": `${HOST} new` });
});

Deno.test("a repository that has got its own credential since keeps it, and is named", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ ...TEAM, password: OLD }));
  await runWrite(it, repoSecrets({ type: "helm", url: TEAM.url, name: "own", password: "own" }));
  const verdict = await runWrite(it, repoSecrets({ ...TEAM, password: NEW }));
  assert.deepEqual(stateOf(it), { repo: `${HOST}/ new`, "repo-repository": `${HOST} own` });
  assert.match(verdict.kind === "written" ? verdict.hints[0]! : "", /and has its own credential/);
});

Deno.test("a repository that was written again with the same credential still follows its template", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ ...TEAM, password: OLD }));
  const stored = it.secrets.get("argocd/repo-repository")!;
  it.put({ ...stored, annotations: { "argocd-configurer.io/request": "another" } }, {
    ...stored.data.reveal(),
    proxy: encodeBase64Text("http://p:3128"),
  });
  await runWrite(it, repoSecrets({ ...TEAM, password: NEW }));
  assert.deepEqual(stateOf(it), { repo: `${HOST}/ new`, "repo-repository": `${HOST} new` });
});

Deno.test("a template that gets another URL takes its repository along", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ ...TEAM, password: OLD }));
  const verdict = await runWrite(it, repoSecrets({ ...CHARTS, password: NEW }));
  assert.deepEqual(stateOf(it), {
    repo: `${CHARTS.url}/ new`,
    "repo-repository": `${CHARTS.url} new`,
  });
  assert.deepEqual(verdict.kind === "written" && verdict.hints, [
    `Secret 'repo' is no longer for ${HOST}/`,
    `Secret 'repo-repository' is no longer for ${HOST}`,
  ]);
});

Deno.test("a companion that an earlier write made and this one does not write is named", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ ...TEAM, password: OLD }));
  const template = await runWrite(it, repoSecrets({ ...GIT, password: NEW }));
  assert.deepEqual(template.kind === "written" && template.hints, [
    `Secret 'repo' is no longer for ${HOST}/`,
    `Secret 'repo-repository' (${HOST}) belongs to 'repo' and was not changed`,
  ]);
  const wildcard = { type: "helm", name: "all" } as const;
  await runWrite(it, repoSecrets({ ...wildcard, url: `oci://${HOST}-b/*`, password: OLD }));
  const verdict = await runWrite(it, repoSecrets({ ...wildcard, url: `oci://${HOST}-b` }));
  assert.deepEqual(verdict.kind === "written" && verdict.hints, [
    `Secret 'all-template' (${HOST}-b/) belongs to 'all' and was not changed`,
  ]);
});

Deno.test("a secret of the repository's name for another purpose is not replaced", async () => {
  const it = argocdCluster();
  put(it, "repo-repository", { url: "https://charts.example.com/other" });
  const before = it.dump();
  const verdict = await runWrite(it, repoSecrets({ ...TEAM, password: NEW }));
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "foreign",
  ]);
  assert.deepEqual(it.dump(), before);
});

Deno.test("without upsert, no existing secret is changed", async () => {
  for (const { held = {}, wanted } of CASES) {
    const it = argocdCluster();
    for (const [name, each] of Object.entries(held)) put(it, name, each);
    const before = it.dump();
    await runWrite(it, repoSecrets({ ...wanted, password: NEW }), { upsert: false });
    const after = it.dump();
    for (const key of Object.keys(before)) assert.deepEqual(after[key], before[key], key);
  }
});

for (const name of ["repo", "held"]) {
  Deno.test(`a longer template of another type, which Argo CD would use, blocks ${name}`, async () => {
    const it = argocdCluster();
    put(it, name, { as: "repo-creds", url: HOST });
    put(it, "other", { as: "repo-creds", type: "git", url: `${HOST}/` });
    const before = it.dump();
    const verdict = await runWrite(it, repoSecrets({ ...TEAM, password: NEW }));
    assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [{
      kind: "identity",
      ref: { namespace: "argocd", name: "repo" },
      holders: ["other"],
    }]);
    assert.deepEqual(it.dump(), before);
  });
}

Deno.test("two templates of one URL under other names are refused", async () => {
  const it = argocdCluster();
  put(it, "a", { as: "repo-creds", url: `${HOST}/` });
  put(it, "b", { as: "repo-creds", url: `${HOST.toUpperCase()}/` });
  const before = it.dump();
  const verdict = await runWrite(it, repoSecrets({ ...TEAM, password: NEW }));
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [{
    kind: "identity",
    ref: { namespace: "argocd", name: "repo" },
    holders: ["a", "b"],
  }]);
  assert.deepEqual(it.dump(), before);
});

Deno.test("companions are read in the same request as the holders of their URLs", async () => {
  const it = argocdCluster();
  put(it, "held", { as: "repo-creds", url: `${HOST}/` });
  put(it, "own", { url: HOST, password: "own" });
  it.calls = [];
  await runWrite(it, repoSecrets({ ...TEAM, password: NEW }));
  assert.deepEqual(it.calls.map(({ method }) => method), ["read", "list", "read", "replace"]);
});

Deno.test("a template and its repository are written both or neither", async () => {
  const it = argocdCluster();
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const verdict = await runWrite(it, repoSecrets({ ...TEAM, password: NEW }));
  assert.equal(verdict.kind, "failed");
  assert.equal(it.secrets.size, 0);
});
