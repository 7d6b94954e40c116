import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import type { FakeCluster } from "../kube/fake/store.ts";
import { argocdCluster } from "./fake/clusters.ts";
import { ARGOCD, pullSecrets, repoSecrets } from "./fake/desired.ts";
import { putOurs, removableCluster } from "./fake/removable.ts";
import { runWrite } from "./fake/run.ts";
import { type Recorder, recorder, type RecordLine, servicesOf, writer } from "./fake/services.ts";
import { recorded } from "./recorded.ts";
import {
  removalAttempt,
  removalOutcome,
  type RemoveSecrets,
  removeSecrets,
  type RemoveSecretsResult,
} from "./remove_secrets.ts";

const SETTINGS = { argocdNamespace: ARGOCD, dockerNamespaces: ["a", "b"] };

const request = (more: Partial<RemoveSecrets> = {}): RemoveSecrets => ({
  ...writer(),
  cluster: "test",
  name: "pull",
  force: false,
  dryRun: false,
  ...more,
});

async function removed(
  it: FakeCluster,
  more: Partial<RemoveSecrets> = {},
  services = servicesOf(it),
): Promise<RemoveSecretsResult> {
  const outcome = await removeSecrets(request(more), SETTINGS, services);
  return outcome;
}

/** The same, with a record. */
function onRecord(record: Recorder, it: FakeCluster, more: Partial<RemoveSecrets> = {}) {
  const asked = request(more);
  return recorded(
    removalAttempt(asked),
    { record, outcomeOf: removalOutcome },
    (begin) => removeSecrets(asked, SETTINGS, { ...servicesOf(it), begin }),
  );
}

const keysOf = ({ verdict }: RemoveSecretsResult) =>
  verdict.kind === "removed"
    ? verdict.secrets.map(({ namespace, name }) => `${namespace}/${name}`).sort()
    : verdict.kind;

Deno.test("without namespaces, a secret is deleted wherever argocd-configurer wrote it", async () => {
  const it = removableCluster();
  it.put({ namespace: "d", name: "pull" }, { key: "dGhlaXJz" });
  const outcome = await removed(it);
  assert.deepEqual(keysOf(outcome), ["a/pull", "argocd/pull", "b/pull", "c/pull"]);
  assert.deepEqual([outcome.absent, outcome.warnings], [[], []]);
  assert.deepEqual([...it.secrets.keys()].sort(), ["a/bystander", "d/pull"]);
});

Deno.test("with namespaces, a secret is deleted only there, and the namespaces without it are reported", async () => {
  const it = removableCluster();
  const outcome = await removed(it, { namespaces: ["b", "d", "nowhere"] });
  assert.deepEqual(keysOf(outcome), ["b/pull"]);
  assert.deepEqual(outcome.absent, ["d", "nowhere"]);
  assert.ok(it.secrets.has("a/pull") && it.secrets.has("argocd/pull"));
});

Deno.test("a foreign secret in a named namespace prevents the deletion, unless forced", async () => {
  const it = removableCluster();
  it.put({ namespace: "d", name: "pull" }, { key: "dGhlaXJz" });
  const before = it.dump();
  const { verdict } = await removed(it, { namespaces: ["a", "d"] });
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals, [
    { kind: "not_ours", ref: { namespace: "d", name: "pull" } },
  ]);
  assert.deepEqual(it.dump(), before);
  const forced = await removed(it, { namespaces: ["a", "d"], force: true });
  assert.deepEqual(keysOf(forced), ["a/pull", "d/pull"]);
});

Deno.test("a secret that another program owns prevents the deletion in any namespace", async () => {
  const it = removableCluster();
  putOurs(it, { namespace: "c", ownerReferences: [{ kind: "SealedSecret", name: "x" }] });
  const before = it.dump();
  const { verdict } = await removed(it);
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "owned",
  ]);
  assert.deepEqual(it.dump(), before);
});

Deno.test("a secret that does not exist, or only as a foreign one, is not there", async () => {
  const it = removableCluster();
  assert.deepEqual((await removed(it, { name: "nothing" })).verdict, { kind: "not_there" });
  assert.deepEqual((await removed(it, { name: "bystander" })).verdict, { kind: "not_there" });
  const named = await removed(it, { namespaces: ["d"] });
  assert.deepEqual([named.verdict, named.absent], [{ kind: "not_there" }, ["d"]]);
  assert.ok(it.calls.every(({ method }) => method === "list"));
});

// --- companions ---------------------------------------------------------------------------------

async function withTemplate(): Promise<FakeCluster> {
  const it = argocdCluster();
  await runWrite(it, repoSecrets({ url: "https://ghcr.io/" }), { writeId: "w1" });
  return it;
}

Deno.test("the template of the same write is deleted with its repository", async () => {
  const it = await withTemplate();
  assert.deepEqual(keysOf(await removed(it, { name: "repo" })), [
    "argocd/repo",
    "argocd/repo-template",
  ]);
  assert.equal(it.secrets.size, 0);
});

Deno.test("a template is deleted without its repository", async () => {
  const it = await withTemplate();
  assert.deepEqual(keysOf(await removed(it, { name: "repo-template" })), ["argocd/repo-template"]);
});

Deno.test("Image Updater's secret is deleted with the pull secret in Argo CD's namespace", async () => {
  const of = async (namespaces: string[] | undefined) => {
    const it = removableCluster();
    await runWrite(it, pullSecrets("new", { namespaces: ["a"], gitWriteBack: true }));
    return keysOf(await removed(it, { namespaces }));
  };
  assert.deepEqual(await of(["argocd", "a"]), ["a/pull", "argocd/pull", "argocd/pull-iu"]);
  // In another namespace, it is not a companion.
  assert.deepEqual(await of(["a"]), ["a/pull"]);
});

Deno.test("a companion from another write is not deleted", async () => {
  const it = await withTemplate();
  const template = it.secrets.get("argocd/repo-template")!;
  for (
    const annotations of [{}, { ...template.annotations, "argocd-configurer.io/request": "w2" }]
  ) {
    it.put({ ...template, annotations }, template.data.reveal());
    await runWrite(it, repoSecrets({ url: "https://ghcr.io/" }).slice(0, 1), { writeId: "w1" });
    assert.deepEqual(keysOf(await removed(it, { name: "repo" })), ["argocd/repo"]);
  }
});

Deno.test("a companion that another write has replaced stays, with a warning", async () => {
  const it = await withTemplate();
  const [repository] = repoSecrets({ url: "https://ghcr.io/", password: "newer" });
  await runWrite(it, [repository!], { writeId: "w2" });
  const { warnings } = await removed(it, { name: "repo" });
  assert.deepEqual(warnings, [
    "Secret argocd/repo-template was last written by another request and was not " +
    "deleted; delete it by its own name",
  ]);
});

Deno.test("a secret without the annotation of a write is deleted alone", async () => {
  const it = await withTemplate();
  const repo = it.secrets.get("argocd/repo")!;
  it.put({ ...repo, annotations: {} }, repo.data.reveal());
  const template = it.secrets.get("argocd/repo-template")!;
  it.put({ ...template, annotations: {} }, template.data.reveal());
  assert.deepEqual(keysOf(await removed(it, { name: "repo" })), ["argocd/repo"]);
});

Deno.test("a secret in another namespace with a companion's name is not deleted", async () => {
  const it = await withTemplate();
  it.namespaces.set("a", "Active");
  putOurs(it, { namespace: "a", name: "repo-template" });
  putOurs(it, { namespace: "a", name: "repo-iu" });
  assert.deepEqual(keysOf(await removed(it, { name: "repo" })), [
    "argocd/repo",
    "argocd/repo-template",
  ]);
});

Deno.test("a repository and its template are deleted both or neither", async () => {
  const it = await withTemplate();
  const before = it.dump();
  it.fault = ({ method }) =>
    method === "remove" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const { verdict } = await removed(it, { name: "repo" });
  assert.equal(verdict.kind, "failed");
  assert.deepEqual(it.dump(), before);
});

// --- without the right to list all namespaces ---------------------------------------------------

/** Refuses lists of all namespaces. */
function restricted(it: FakeCluster): ReturnType<typeof servicesOf> {
  const store = it.store();
  const services = servicesOf(it);
  return {
    ...services,
    store: {
      ...store,
      list: async (query, deadline) => {
        if (query.namespace !== undefined) return await store.list(query, deadline);
        throw new KubeError("forbidden", "Cannot list secrets in all namespaces");
      },
    },
  };
}

Deno.test("without the right to list all namespaces, secrets in those of the settings are deleted, with a warning", async () => {
  const it = removableCluster();
  const outcome = await removed(it, {}, restricted(it));
  assert.deepEqual(keysOf(outcome), ["a/pull", "argocd/pull", "b/pull"]);
  assert.deepEqual(outcome.warnings, [
    "The kubeconfig's user cannot list secrets in all namespaces: " +
    "'pull' was searched for in a, b, argocd only",
  ]);
  assert.ok(it.secrets.has("c/pull"));
});

Deno.test("named namespaces are searched whatever the settings are", async () => {
  const it = removableCluster();
  const outcome = await removed(it, { namespaces: ["c", "d"] }, restricted(it));
  assert.deepEqual([keysOf(outcome), outcome.absent], [["c/pull"], ["d"]]);
  // Argo CD's namespace is only searched for companions.
  assert.ok(it.secrets.has("argocd/pull"));
});

Deno.test("without the right to list all namespaces, a template is deleted with its repository, too", async () => {
  const it = await withTemplate();
  assert.deepEqual(keysOf(await removed(it, { name: "repo" }, restricted(it))), [
    "argocd/repo",
    "argocd/repo-template",
  ]);
});

// --- failures, dry runs, records ----------------------------------------------------------------

Deno.test("if the cluster cannot be used or fails, the reason is reported and nothing is deleted", async () => {
  const error = new KubeError("invalid_kubeconfig", "Cannot use it", {});
  const refused = await removeSecrets(request(), SETTINGS, servicesOf(error));
  assert.deepEqual(refused.verdict, { kind: "unable", error });
  for (let at = 0; at < 5; at++) {
    const it = removableCluster();
    const before = it.dump();
    it.fault = ({ index }) => index === at ? { kind: "throw", error: "unreachable" } : undefined;
    const { verdict } = await removed(it);
    assert.equal(verdict.kind === "unable" && verdict.error.kind, "unreachable");
    assert.deepEqual(it.dump(), before);
    it.calls = [];
    it.fault = ({ index }) => index === at ? { kind: "bug" } : undefined;
    await assert.rejects(removed(it), TypeError);
    assert.deepEqual(it.dump(), before);
  }
});

Deno.test("a dry run reports the secrets to delete, and deletes nothing", async () => {
  const it = await withTemplate();
  const before = it.dump();
  const outcome = await removed(it, { name: "repo", dryRun: true });
  assert.deepEqual(keysOf(outcome), ["argocd/repo", "argocd/repo-template"]);
  assert.equal(outcome.verdict.kind === "removed" && outcome.verdict.dryRun, true);
  assert.deepEqual(it.dump(), before);
});

Deno.test("a deletion is recorded with all its secrets, from start to end", async () => {
  const it = await withTemplate();
  const record = recorder();
  await onRecord(record, it, { name: "repo" });
  const [begin, end] = record.lines;
  assert.ok(begin?.phase === "begin" && end?.phase === "end");
  const { kind, names, namespaces } = begin.attempt;
  assert.deepEqual([kind, names, namespaces], ["delete", ["repo", "repo-template"], ["argocd"]]);
  assert.deepEqual(end.outcome, { outcome: "deleted", counts: { deleted: 2 } });
});

Deno.test("a deletion that cannot be recorded deletes nothing", async () => {
  const it = removableCluster();
  const before = it.dump();
  const outcome = await onRecord(recorder("the disk is full"), it, {});
  assert.equal(outcome.kind === "unable" && outcome.error.kind, "not_recorded");
  assert.deepEqual(it.dump(), before);
  const methods = it.calls.map(({ method }) => method);
  assert.deepEqual([...new Set(methods)], ["list", "read", "serviceAccounts"]);
});

Deno.test("a deletion is recorded with its service accounts before anything is changed", async () => {
  const it = removableCluster();
  const record = recorder();
  const linesAt = new Map<string, number>();
  it.fault = ({ method }) => {
    if (!linesAt.has(method)) linesAt.set(method, record.lines.length);
    return undefined;
  };
  await onRecord(record, it);
  assert.deepEqual(Object.fromEntries(linesAt), {
    list: 0,
    read: 0,
    serviceAccounts: 0,
    detach: 1,
    remove: 1,
  });
  const [begin] = record.lines;
  assert.ok(begin?.phase === "begin");
  assert.deepEqual(begin.attempt.namespaces, ["a", "argocd", "b", "c"]);
  assert.deepEqual(begin.attempt.serviceAccounts, [
    { namespace: "a", name: "default" },
    { namespace: "a", name: "runner" },
    { namespace: "b", name: "default" },
    { namespace: "c", name: "default" },
  ]);
});

const said = (line: RecordLine) => line.phase === "end" ? line.outcome : line.attempt.namespaces;

Deno.test("a deletion that fails before any change is recorded with the secrets found", async () => {
  const it = removableCluster();
  it.fault = ({ method }) =>
    method === "serviceAccounts" ? { kind: "throw", error: "unreachable" } : undefined;
  const record = recorder();
  await onRecord(record, it);
  assert.deepEqual(record.lines.map(said), [
    ["a", "argocd", "b", "c"],
    { outcome: "unable", error: "unreachable" },
  ]);
  it.fault = ({ method }) => method === "read" ? { kind: "bug" } : undefined;
  const second = recorder();
  await assert.rejects(onRecord(second, it), TypeError);
  assert.deepEqual(second.lines.map(said), [
    ["a", "argocd", "b", "c"],
    { outcome: "failed", error: "internal" },
  ]);
});

Deno.test("a deletion that finds nothing, or cannot search, is recorded as requested", async () => {
  const it = removableCluster();
  const nowhere = recorder();
  await onRecord(nowhere, it, { name: "nothing" });
  const [begin, end] = nowhere.lines;
  assert.deepEqual(begin?.phase === "begin" && begin.attempt.names, ["nothing"]);
  assert.deepEqual(end && said(end), { outcome: "refused", refusals: ["not_there"] });
  it.fault = () => ({ kind: "throw", error: "unreachable" });
  const ill = recorder();
  await onRecord(ill, it, { namespaces: ["b", "d"] });
  assert.deepEqual(ill.lines.map(said), [["b", "d"], { outcome: "unable", error: "unreachable" }]);
});

Deno.test("a refused deletion that cannot be recorded gets not_recorded instead", async () => {
  const it = removableCluster();
  it.put({ namespace: "a", name: "pull" }, { key: "dmFsdWU=" }); // somebody else's
  const namespaces = ["a"];
  const refused = await onRecord(recorder(), it, { namespaces });
  assert.ok(refused.kind === "secrets_removed" && refused.verdict.kind === "refused");
  const outcome = await onRecord(recorder("the disk is full"), it, { namespaces });
  assert.equal(outcome.kind === "unable" && outcome.error.kind, "not_recorded");
});
