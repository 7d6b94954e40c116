import assert from "node:assert/strict";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { argocdCluster, passwordOf } from "../fake/clusters.ts";
import { repoSecrets } from "../fake/desired.ts";
import { runWrite } from "../fake/run.ts";

const URL_X = "https://charts.example.com/x";
const inProject = (project: string | undefined) => ({ options: { project } });
const projectOf = (it: FakeCluster, name: string) =>
  atob(it.secrets.get(`argocd/${name}`)!.data.reveal().project ?? "");

Deno.test("a request with another project moves the secret of that name to it", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ password: "old", ...inProject("first") }));
  const verdict = await runWrite(it, repoSecrets(inProject("second")));
  assert.deepEqual(verdict.kind === "written" && verdict.secrets.map(({ action }) => action), [
    "replaced",
  ]);
  assert.deepEqual([...it.secrets.keys()], ["argocd/repo"]);
  assert.deepEqual([projectOf(it, "repo"), passwordOf(it, "argocd/repo")], ["second", "new"]);
  assert.deepEqual(verdict.kind === "written" && verdict.hints, []);
});

Deno.test("a hint says that all other projects lose a repository that is moved to one project", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ password: "old" }));
  const verdict = await runWrite(it, repoSecrets(inProject("team")));
  assert.deepEqual(verdict.kind === "written" && verdict.hints, [
    "Secret 'repo' is no longer for all projects",
  ]);
});

Deno.test("a repository is not moved to a project in which another secret holds its URL", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "mine", ...inProject("first") }));
  await runWrite(it, repoSecrets({ name: "theirs", ...inProject("second") }));
  const before = it.dump();
  const verdict = await runWrite(it, repoSecrets({ name: "mine", ...inProject("second") }));
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [{
    kind: "identity",
    ref: { namespace: "argocd", name: "mine" },
    holders: ["theirs"],
  }]);
  assert.deepEqual(it.dump(), before);
});

Deno.test("of two secrets with one URL, the one of the named project is replaced", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "first", password: "old", ...inProject("first") }));
  await runWrite(it, repoSecrets({ name: "second", password: "old", ...inProject("second") }));
  const verdict = await runWrite(it, repoSecrets({ name: "third", ...inProject("second") }));
  assert.deepEqual(verdict.kind === "written" && verdict.secrets.map(({ name }) => name), [
    "second",
  ]);
  assert.deepEqual([...it.secrets.keys()], ["argocd/first", "argocd/second"]);
  assert.deepEqual(["first", "second"].map((name) => passwordOf(it, `argocd/${name}`)), [
    "old",
    "new",
  ]);
});

Deno.test("a secret without a project is kept beside one of a project, with a hint", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "all" }));
  const verdict = await runWrite(it, repoSecrets({ name: "team", ...inProject("team") }));
  assert.ok(verdict.kind === "written");
  assert.deepEqual(verdict.hints, ["Secret 'all' holds the same URL without a project"]);
  assert.deepEqual([...it.secrets.keys()], ["argocd/all", "argocd/team"]);
});

Deno.test("a URL that two other secrets hold is refused as ambiguous", async () => {
  const it = argocdCluster();
  for (const name of ["first", "second"]) {
    const [secret] = repoSecrets({ name });
    it.put({ namespace: "argocd", name, labels: secret!.labels }, secret!.data.reveal());
  }
  const before = it.dump();
  const refused = await runWrite(it, repoSecrets({ name: "third" }));
  assert.deepEqual(refused.kind === "refused" && refused.refusals, [{
    kind: "identity",
    ref: { namespace: "argocd", name: "third" },
    holders: ["first", "second"],
  }]);
  assert.deepEqual(it.dump(), before);
  const verdict = await runWrite(it, repoSecrets({ name: "first" }));
  assert.match(
    verdict.kind === "written" ? verdict.hints[0]! : "",
    /^'second' also has the same URL and project: Argo CD picks one at random$/,
  );
});

Deno.test("without upsert, an existing secret of that name is reported before one with that URL", async () => {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ name: "first" }));
  await runWrite(it, repoSecrets({ name: "second", url: "https://charts.example.com/y" }));
  const verdict = await runWrite(it, repoSecrets({ name: "second", url: URL_X }), {
    upsert: false,
  });
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "exists",
  ]);
});
