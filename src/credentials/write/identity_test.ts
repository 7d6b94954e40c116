import assert from "node:assert/strict";
import { argocdCluster, passwordOf } from "../fake/clusters.ts";
import { repoSecrets } from "../fake/desired.ts";
import { runWrite } from "../fake/run.ts";
import { Locks } from "./locks.ts";

Deno.test("a repository's replacement keeps the fields that the request does not mention", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ password: "old" }));
  const stored = it.secrets.get("argocd/repo")!;
  it.put(stored, {
    ...stored.data.reveal(),
    proxy: btoa("http://proxy"),
    sshPrivateKey: btoa("an old key"),
    enableOCI: btoa("true"),
  });
  await runWrite(it, repoSecrets({ password: "new" }));
  const data = it.secrets.get("argocd/repo")!.data.reveal();
  assert.equal(atob(data.proxy!), "http://proxy");
  assert.equal(passwordOf(it, "argocd/repo"), "new");
  assert.equal(data.sshPrivateKey, undefined);
  assert.equal(data.enableOCI, undefined);
});

Deno.test("a URL that another secret holds is refused, or with upsert replaced there", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "first", password: "old" }));
  const refused = await runWrite(
    it,
    repoSecrets({ name: "second", url: "HTTPS://charts.EXAMPLE.com/x" }),
    {
      upsert: false,
    },
  );
  assert.deepEqual(refused.kind === "refused" && refused.refusals, [{
    kind: "identity",
    ref: { namespace: "argocd", name: "second" },
    holders: ["first"],
  }]);
  const verdict = await runWrite(it, repoSecrets({ name: "second" }));
  assert.equal(verdict.kind, "written");
  assert.deepEqual([...it.secrets.keys()], ["argocd/first"]);
  assert.equal(passwordOf(it, "argocd/first"), "new");
  assert.match(verdict.kind === "written" ? verdict.hints[0]! : "", /'first' already had this URL/);
});

Deno.test("a secret that gets another URL gives a hint, without the password in the old URL", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets());
  const stored = it.secrets.get("argocd/repo")!;
  const url = "https://user:s3cret@charts.example.com/old";
  it.put(stored, { ...stored.data.reveal(), url: btoa(url) });
  const hints = async (url?: string) => {
    const verdict = await runWrite(it, repoSecrets({ url, password: crypto.randomUUID() }));
    return verdict.kind === "written" ? verdict.hints : verdict;
  };
  const until = "Secret 'repo' is no longer for https://***@charts.example.com/old";
  assert.deepEqual(await hints("https://charts.example.com/new"), [until]);
  assert.deepEqual(await hints("HTTPS://charts.example.com/NEW"), [], "the same to Argo CD");
});

Deno.test("a URL held elsewhere is not moved to a secret that holds another URL", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "first" }));
  await runWrite(it, repoSecrets({ name: "second", url: "https://charts.example.com/y" }));
  const before = it.dump();
  const verdict = await runWrite(
    it,
    repoSecrets({ name: "second", url: "https://charts.example.com/x" }),
  );
  assert.equal(verdict.kind === "refused" && verdict.refusals[0]!.kind, "identity");
  assert.deepEqual(it.dump(), before);
});

Deno.test("the same URL in another project is allowed, with a hint", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "first" }));
  const first = it.secrets.get("argocd/first")!;
  it.put(first, { ...first.data.reveal(), project: btoa("team") });
  const verdict = await runWrite(it, repoSecrets({ name: "second" }), { upsert: false });
  assert.equal(verdict.kind, "written");
  assert.match(verdict.kind === "written" ? verdict.hints[0]! : "", /project 'team'/);
});

Deno.test("a repository keeps its project, and another one with its URL in that project blocks it", async () => {
  const it = argocdCluster();
  const inProject = async (name: string, url: string) => {
    await runWrite(it, repoSecrets({ name, url }));
    const secret = it.secrets.get(`argocd/${name}`)!;
    it.put(secret, { ...secret.data.reveal(), project: btoa("team") });
  };
  await inProject("first", "https://charts.example.com/x");
  await inProject("second", "https://charts.example.com/y");
  const before = it.dump();
  const verdict = await runWrite(
    it,
    repoSecrets({ name: "second", url: "https://charts.example.com/x" }),
  );
  assert.equal(verdict.kind === "refused" && verdict.refusals[0]!.kind, "identity");
  assert.deepEqual(it.dump(), before);
});

Deno.test("a Git repository with the same URL is not replaced under another name", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "git" }));
  const git = it.secrets.get("argocd/git")!;
  it.put(git, { url: git.data.reveal().url!, type: btoa("git"), sshPrivateKey: btoa("key") });
  const before = it.dump();
  const verdict = await runWrite(it, repoSecrets({ name: "charts" }));
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [{
    kind: "identity",
    ref: { namespace: "argocd", name: "charts" },
    holders: ["git"],
  }]);
  assert.deepEqual(it.dump(), before);
});

Deno.test("a template is not replaced by a repository", async () => {
  const it = argocdCluster();
  const labels = { "argocd.argoproj.io/secret-type": "repo-creds" };
  it.put({ namespace: "argocd", name: "repo", labels }, { url: btoa("https://github.com/x/") });
  const verdict = await runWrite(it, repoSecrets());
  assert.equal(verdict.kind === "refused" && verdict.refusals[0]!.kind, "foreign");
});

Deno.test("a repository that would move to the name of its own template is refused", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "repo-template", url: "oci://ghcr.io/" }).slice(0, 1));
  const before = it.dump();
  const verdict = await runWrite(it, repoSecrets({ name: "repo", url: "https://ghcr.io/" }));
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(it.dump(), before);
});

Deno.test("a TLS client certificate is kept beside a new password", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ password: "old" }));
  const stored = it.secrets.get("argocd/repo")!;
  it.put(stored, { ...stored.data.reveal(), tlsClientCertKey: btoa("key") });
  await runWrite(it, repoSecrets({ password: "new" }));
  assert.equal(it.secrets.get("argocd/repo")!.data.reveal().tlsClientCertKey, btoa("key"));
});

Deno.test("without the right to list, a hint says that other holders are unknown", async () => {
  const it = argocdCluster();
  it.fault = ({ method }) => method === "list" ? { kind: "throw", error: "forbidden" } : undefined;
  const verdict = await runWrite(it, repoSecrets());
  assert.match(verdict.kind === "written" ? verdict.hints[0]! : "", /cannot list/);
});

Deno.test("a repository and its template are written both or neither", async () => {
  const it = argocdCluster();
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const verdict = await runWrite(it, repoSecrets({ url: "https://ghcr.io/" }));
  assert.equal(verdict.kind, "failed");
  assert.equal(it.secrets.size, 0);
});

Deno.test("the secret that holds the URL is read before it is replaced", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "first", password: "old" }));
  it.calls = [];
  await runWrite(it, repoSecrets({ name: "second" }));
  assert.deepEqual(it.calls.map(({ method }) => method), ["read", "list", "read", "replace"]);
});

// --- holders of a URL ---------------------------------------------------------------------------

Deno.test("a URL held by a secret of another program is refused with its owner, unless forced", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "first", password: "old" }));
  const first = it.secrets.get("argocd/first")!;
  const ownerReferences = [{ apiVersion: "v1", kind: "ExternalSecret", name: "charts", uid: "1" }];
  it.put({ ...first, ownerReferences }, first.data.reveal());
  const before = it.dump();
  const refused = await runWrite(it, repoSecrets({ name: "second" }));
  assert.deepEqual(refused.kind === "refused" && refused.refusals, [{
    kind: "owned",
    ref: { namespace: "argocd", name: "first" },
    owner: "ExternalSecret 'charts'",
  }]);
  assert.deepEqual(it.dump(), before);
  const forced = await runWrite(it, repoSecrets({ name: "second" }), { force: true });
  assert.equal(forced.kind, "written");
  assert.deepEqual([...it.secrets.keys()], ["argocd/first"]);
  assert.equal(passwordOf(it, "argocd/first"), "new");
  assert.deepEqual(it.secrets.get("argocd/first")!.ownerReferences, ownerReferences);
});

const GIT = { type: "git", url: "https://git.example.com/org/app" } as const;

for (const type of ["git", ""]) {
  Deno.test(`a secret with the type '${type}' is a Git repository, and replaced by one`, async () => {
    const it = argocdCluster();
    const labels = { "argocd.argoproj.io/secret-type": "repository" };
    it.put({ namespace: "argocd", name: "first", labels }, {
      url: btoa(`${GIT.url}.git`),
      ...(type === "" ? {} : { type: btoa(type) }),
    });
    const verdict = await runWrite(it, repoSecrets({ ...GIT, name: "second" }));
    assert.deepEqual(verdict.kind === "written" && verdict.secrets.map(({ name }) => name), [
      "first",
    ]);
  });
}

Deno.test("a template that exists as another secret is refused, or with upsert replaced there", async () => {
  const it = argocdCluster();
  const template = { ...GIT, as: "repo-creds", url: "https://git.example.com/org/" } as const;
  await runWrite(it, repoSecrets({ ...template, name: "first", password: "old" }));
  const refused = await runWrite(it, repoSecrets({ ...template, name: "second" }), {
    upsert: false,
  });
  assert.equal(refused.kind === "refused" && refused.refusals[0]!.kind, "identity");
  const verdict = await runWrite(it, repoSecrets({ ...template, name: "second" }));
  assert.equal(verdict.kind, "written");
  assert.deepEqual([...it.secrets.keys()], ["argocd/first"]);
  assert.equal(passwordOf(it, "argocd/first"), "new");
});

Deno.test("a repository and a template with one URL do not affect each other", async () => {
  const it = argocdCluster();
  const url = "https://git.example.com/org/";
  await runWrite(it, repoSecrets({ ...GIT, url, name: "repository" }));
  const verdict = await runWrite(it, repoSecrets({ ...GIT, url, name: "all", as: "repo-creds" }), {
    upsert: false,
  });
  assert.deepEqual(verdict.kind === "written" && verdict.hints, []);
});

Deno.test("a secret without a URL, or that is not Argo CD's, holds no URL", async () => {
  const it = argocdCluster();
  const labels = { "argocd.argoproj.io/secret-type": "repository" };
  it.put({ namespace: "argocd", name: "empty", labels }, {});
  it.put({ namespace: "argocd", name: "other" }, {
    url: btoa("https://charts.example.com/x"),
    type: btoa("helm"),
  });
  it.put({ namespace: "elsewhere", name: "away", labels }, {
    url: btoa("https://charts.example.com/x"),
    type: btoa("helm"),
  });
  const verdict = await runWrite(it, repoSecrets(), { upsert: false });
  assert.deepEqual(verdict.kind === "written" && [verdict.secrets[0]!.name, verdict.hints], [
    "repo",
    [],
  ]);
});

// --- concurrent requests ------------------------------------------------------------------------

Deno.test("of concurrent requests for one URL under different names, one creates it", async () => {
  const it = argocdCluster();
  const locks = new Locks();
  const names = Array.from({ length: 12 }, (_, i) => `repo-${i}`);
  const verdicts = await Promise.all(
    names.map((name) => runWrite(it, repoSecrets({ name }), { upsert: false, locks })),
  );
  assert.deepEqual(verdicts.map(({ kind }) => kind), ["written", ...Array(11).fill("refused")]);
  assert.ok(
    verdicts.every((each) =>
      each.kind === "written" || each.kind === "refused" &&
        each.refusals[0]!.kind === "identity"
    ),
  );
  assert.equal(it.secrets.size, 1);
});

Deno.test("with upsert, concurrent requests for one URL are all written to its one secret", async () => {
  const it = argocdCluster();
  const locks = new Locks();
  const verdicts = await Promise.all(
    Array.from(
      { length: 12 },
      (_, i) => runWrite(it, repoSecrets({ name: `repo-${i}`, password: `p${i}` }), { locks }),
    ),
  );
  assert.ok(verdicts.every(({ kind }) => kind === "written"));
  assert.deepEqual([...it.secrets.keys()], ["argocd/repo-0"]);
  assert.equal(passwordOf(it, "argocd/repo-0"), "p11");
});
