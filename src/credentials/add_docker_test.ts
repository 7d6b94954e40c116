import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import type { FakeCluster } from "../kube/fake/store.ts";
import { seal } from "../log/sealed.ts";
import {
  type AddDocker,
  addDocker,
  type AddDockerResult,
  dockerAttempt,
  dockerOutcome,
  dockerPasswords,
} from "./add_docker.ts";
import { accountCluster } from "./fake/accounts.ts";
import { emptyCluster, NAMESPACES, passwordOf, pullCluster } from "./fake/clusters.ts";
import { ARGOCD, LABELS } from "./fake/desired.ts";
import { ACCEPTED, type Recorder, recorder, servicesOf, writer } from "./fake/services.ts";
import { MAX_NAMESPACES } from "./namespaces.ts";
import { recorded } from "./recorded.ts";

const SETTINGS = { argocdNamespace: ARGOCD, dockerLabels: LABELS };

function request(more: Partial<AddDocker> = {}): AddDocker {
  return {
    ...writer(),
    cluster: "test",
    name: "pull",
    namespaces: ["a", "b"],
    credentials: [{ registry: "ghcr.io", username: "user", password: seal("new") }],
    merge: false,
    gitWriteBack: false,
    serviceAccounts: [],
    createNamespaces: false,
    upsert: false,
    force: false,
    verify: false,
    dryRun: false,
    ...more,
  };
}

async function added(
  it: FakeCluster,
  more: Partial<AddDocker>,
  services = servicesOf(it),
): Promise<AddDockerResult> {
  const outcome = await addDocker(request(more), SETTINGS, services);
  assert.ok(outcome.kind === "docker");
  return outcome;
}

/** The same, with a record. */
function onRecord(
  record: Recorder,
  it: Parameters<typeof servicesOf>[0],
  more: Partial<AddDocker>,
  services = servicesOf(it),
) {
  const asked = request(more);
  const recording = { record, outcomeOf: dockerOutcome, credentials: dockerPasswords(asked) };
  return recorded(
    dockerAttempt(asked, SETTINGS),
    recording,
    (begin) => addDocker(asked, SETTINGS, { ...services, begin }),
  );
}

Deno.test("a credential is written to the requested namespaces and to Argo CD's", async () => {
  const it = emptyCluster();
  const { namespaces, verdict, verified, hints } = await added(it, {});
  assert.deepEqual(namespaces, ["a", "b", "argocd"]);
  assert.equal(verdict.kind, "written");
  assert.deepEqual([verified, hints], [[], []]);
  assert.deepEqual([...it.secrets.keys()], ["a/pull", "b/pull", "argocd/pull"]);
});

Deno.test("a merge needs no upsert, but does not touch a foreign secret", async () => {
  const it = pullCluster();
  it.put(it.secrets.get("b/pull")!, { ".dockerconfigjson": btoa(`{"auths": {"quay.io": {}}}`) });
  const credentials = [{ registry: "ghcr.io", username: "user", password: seal("new") }];
  const refused = await added(it, { credentials });
  assert.equal(refused.verdict.kind, "refused");
  it.secrets.delete("argocd/pull");
  const merged = await added(it, { credentials, merge: true });
  assert.equal(merged.verdict.kind, "written");
  assert.equal(passwordOf(it, "b/pull"), "new");
  it.put({ namespace: "a", name: "pull", type: "Opaque" });
  const foreign = await added(it, { merge: true });
  assert.ok(foreign.verdict.kind === "refused");
  assert.deepEqual(foreign.verdict.refusals.map(({ kind }) => kind), ["foreign"]);
});

Deno.test("the service accounts of each namespace except Argo CD's get the secret", async () => {
  const it = accountCluster();
  it.putAccount({ namespace: "b", name: "runner" });
  it.putAccount({ namespace: "a", name: "runner" });
  it.putAccount({ namespace: "argocd", name: "default" });
  const { verdict } = await added(it, { upsert: true, serviceAccounts: ["default", "runner"] });
  assert.ok(verdict.kind === "written");
  assert.deepEqual(
    verdict.attached.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`),
    ["a/default", "a/runner", "b/default", "b/runner"],
  );
  assert.deepEqual(it.accounts.get("argocd/default")!.pullSecrets, []);
});

Deno.test("NAME-iu is written in the same all-or-nothing write", async () => {
  const it = emptyCluster();
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 3, error: "forbidden" } : undefined;
  const failed = await added(it, { gitWriteBack: true });
  assert.equal(failed.verdict.kind, "failed");
  assert.equal(it.secrets.size, 0);
  it.fault = () => undefined;
  await added(it, { gitWriteBack: true });
  assert.ok(it.secrets.has("argocd/pull-iu"));
});

// --- selected namespaces ------------------------------------------------------------------------

function labelled(): FakeCluster {
  const it = emptyCluster();
  for (const namespace of ["b", "c"]) it.namespaceLabels.set(namespace, { team: "x" });
  it.namespaces.set("gone", "Terminating");
  return it;
}

Deno.test("selected namespaces are added to the named ones, each once", async () => {
  const it = labelled();
  const select = { selector: "team=x", exclude: [] };
  const { namespaces, verdict } = await added(it, { namespaces: ["b", "a"], select });
  assert.deepEqual(namespaces, ["b", "a", "c", "argocd"]);
  assert.equal(verdict.kind, "written");
});

Deno.test("all namespaces are those that exist and are not being deleted", async () => {
  const { namespaces } = await added(labelled(), {
    namespaces: [],
    select: { exclude: ["d"] },
  });
  assert.deepEqual(namespaces, ["a", "b", "c", "argocd"]);
});

Deno.test("a selector that matches no namespace is an error, unless namespaces are named, too", async () => {
  const it = labelled();
  const select = { selector: "team=nobody", exclude: [] };
  const { verdict, namespaces } = await added(it, { namespaces: [], select });
  assert.ok(verdict.kind === "unable");
  assert.equal(verdict.error.kind, "invalid");
  assert.match(
    verdict.error.message,
    /^Cannot select namespaces of cluster 'test': no namespace matches/,
  );
  assert.deepEqual(namespaces, ["argocd"]);
  assert.equal(it.secrets.size, 0);
  assert.equal((await added(it, { namespaces: ["a"], select })).verdict.kind, "written");
});

for (const [more, kind] of [[0, "written"], [1, "unable"]] as const) {
  Deno.test(`a selection of ${MAX_NAMESPACES + more} namespaces is ${kind}`, async () => {
    const it = emptyCluster();
    for (const namespace of NAMESPACES) it.namespaces.delete(namespace);
    it.namespaces.set(ARGOCD, "Active");
    for (let i = 0; i < MAX_NAMESPACES - 1 + more; i++) it.namespaces.set(`n${i}`, "Active");
    it.namespaces.set("named", "Active");
    const { verdict } = await added(it, {
      namespaces: ["named"],
      select: { exclude: ["named"] },
      dryRun: true,
    });
    assert.equal(verdict.kind, kind);
    if (verdict.kind !== "unable") return;
    assert.match(
      verdict.error.message,
      /1001 namespaces match, but one request can write to at most 1000/,
    );
    assert.deepEqual(it.calls.map(({ method }) => method), ["namespaces"]);
  });
}

Deno.test("without the right to list namespaces, the write fails with the reason", async () => {
  const it = labelled();
  it.mayReadNamespaces = false;
  const { verdict } = await added(it, { select: { exclude: [] } });
  assert.equal(verdict.kind === "unable" && verdict.error.kind, "forbidden");
  assert.deepEqual(it.calls.map(({ method }) => method), ["namespaces"]);
});

// --- verification -------------------------------------------------------------------------------

Deno.test("the credential is verified only on request, and the result is reported", async () => {
  const it = emptyCluster();
  const services = servicesOf(it);
  const without = await added(it, {}, services);
  assert.deepEqual([without.verified, services.verified], [[], []]);
  const { verified } = await added(it, { verify: true, upsert: true }, services);
  assert.deepEqual(verified, [{ at: "ghcr.io", verdict: ACCEPTED }]);
  assert.equal(services.verified.length, 1);
});

for (const verdict of [{ accepted: false }, { reachable: false, accepted: undefined }]) {
  const what = verdict.accepted === false
    ? "that its registry refuses"
    : "whose registry is unreachable";
  Deno.test(`a credential ${what} is not written, and only namespaces are read from the cluster`, async () => {
    const it = emptyCluster();
    const record = recorder();
    const services = servicesOf(it, { verdict: { ...ACCEPTED, ...verdict } });
    const more = { verify: true, select: { exclude: [] } };
    const outcome = await onRecord(record, it, more, services);
    assert.ok(outcome.kind === "not_accepted");
    assert.equal(outcome.verified[0]!.at, "ghcr.io");
    // With a selection, the record names the namespaces before the credential is verified.
    assert.deepEqual(it.calls.filter(({ method }) => method !== "namespaces"), []);
    const [begin, end] = record.lines;
    assert.ok(begin?.phase === "begin");
    assert.deepEqual(begin.attempt.namespaces, ["a", "b", "c", "d", "argocd"]);
    assert.deepEqual(end, {
      phase: "end",
      outcome: { outcome: "refused", refusals: ["not_accepted"] },
    });
  });
}

Deno.test("a credential that one of several registries rejects is not written", async () => {
  const it = emptyCluster();
  const services = servicesOf(it, {
    verifyOne: (what) =>
      Promise.resolve({
        ...ACCEPTED,
        accepted: what.kind !== "registry" || what.host !== "quay.io",
      }),
  });
  const credentials = ["ghcr.io", "quay.io"].map((registry) => ({
    registry,
    username: "user",
    password: seal("x"),
  }));
  const outcome = await addDocker(request({ verify: true, credentials }), SETTINGS, services);
  assert.ok(outcome.kind === "not_accepted");
  assert.deepEqual(outcome.verified.map(({ at, verdict }) => [at, verdict!.accepted]), [
    ["ghcr.io", true],
    ["quay.io", false],
  ]);
  assert.deepEqual(it.calls, []);
});

// --- hints and the record -----------------------------------------------------------------------

Deno.test("a credential for Amazon ECR gives a hint that it expires, or that the user name must be AWS", async () => {
  const registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const of = async (username: string) => {
    const credentials = [{ registry, username, password: seal("x") }];
    return (await added(emptyCluster(), { credentials })).hints.join();
  };
  assert.match(await of("AWS"), /^Amazon ECR passwords expire after 12 hours/);
  assert.match(await of("user"), /^The user name for Amazon ECR must be AWS/);
});

Deno.test("for one registry its password is fingerprinted, and for several the password of each", async () => {
  const credentialOf = async (passwords: readonly string[]) => {
    const record = recorder();
    const it = emptyCluster();
    const credentials = passwords.map((password, i) => ({
      registry: `r${i}.example`,
      username: "user",
      password: seal(password),
    }));
    await onRecord(record, it, { credentials });
    const [begin] = record.lines;
    assert.ok(begin?.phase === "begin");
    assert.equal(begin.attempt.kind, "docker");
    return begin.credential;
  };
  assert.equal(await credentialOf(["one"]), "one");
  assert.deepEqual(await credentialOf(["one", "two"]), {
    "r0.example": "one",
    "r1.example": "two",
  });
});

Deno.test("a dry run writes nothing", async () => {
  const it = emptyCluster();
  const { verdict } = await added(it, { dryRun: true });
  assert.equal(verdict.kind === "written" && verdict.dryRun, true);
  assert.equal(it.secrets.size, 0);
});

Deno.test("the attempt is recorded before the credential is verified and the cluster is read", async () => {
  const it = emptyCluster();
  const record = recorder();
  const seen: unknown[] = [];
  it.fault = ({ method, index }) => {
    if (index === 0) seen.push([method, record.lines.length]);
    return undefined;
  };
  const services = servicesOf(it, {
    verifyOne: () => {
      seen.push(["try", record.lines.length]);
      return Promise.resolve(ACCEPTED);
    },
  });
  await onRecord(record, it, { verify: true, gitWriteBack: true, merge: true }, services);
  assert.deepEqual(seen, [["try", 1], ["read", 1]]);
  const [begin] = record.lines;
  assert.ok(begin?.phase === "begin");
  const { writeId: _, ...attempt } = begin.attempt;
  assert.deepEqual(attempt, {
    requestId: "r1",
    actor: { name: "ci", from: "127.0.0.1" },
    cluster: "test",
    kind: "docker",
    names: ["pull", "pull-iu"],
    namespaces: ["a", "b", "argocd"],
    serviceAccounts: [],
    upsert: true, // a merge changes an existing secret
    force: false,
    dryRun: false,
  });
});

Deno.test("selected namespaces and their service accounts are recorded before the first write", async () => {
  const it = labelled();
  for (const namespace of ["a", "b", "c"]) it.putAccount({ namespace, name: "default" });
  const record = recorder();
  let linesAtRead: number | undefined;
  it.fault = ({ method }) => {
    if (method === "read") linesAtRead ??= record.lines.length;
    return undefined;
  };
  const select = { selector: "team=x", exclude: [] };
  await onRecord(record, it, { namespaces: ["a"], select, serviceAccounts: ["default"] });
  assert.equal(linesAtRead, 1);
  const [begin] = record.lines;
  assert.ok(begin?.phase === "begin");
  assert.deepEqual(begin.attempt.namespaces, ["a", "b", "c", "argocd"]);
  assert.deepEqual(
    begin.attempt.serviceAccounts,
    ["a", "b", "c"].map((namespace) => ({ namespace, name: "default" })),
  );
});

Deno.test("namespaces that cannot be selected leave a record of the attempt", async () => {
  const it = labelled();
  it.mayReadNamespaces = false;
  const record = recorder();
  await onRecord(record, it, { namespaces: [], select: { exclude: [] } });
  const [begin, end] = record.lines;
  assert.deepEqual(begin?.phase === "begin" && begin.attempt.namespaces, ["argocd"]);
  assert.deepEqual(end, { phase: "end", outcome: { outcome: "unable", error: "forbidden" } });
});

Deno.test("a credential is not verified when the attempt cannot be recorded", async () => {
  const it = emptyCluster();
  const services = servicesOf(it);
  const outcome = await onRecord(recorder("the disk is full"), it, { verify: true }, services);
  assert.equal(outcome.kind === "unable" && outcome.error.kind, "not_recorded");
  assert.deepEqual([services.verified, it.calls], [[], []]);
});

Deno.test("an error of the cluster is reported, with and without a selection", async () => {
  const error = new KubeError("invalid_kubeconfig", "Cannot use it", {});
  for (const select of [undefined, { exclude: [] }]) {
    const refused = await addDocker(request({ select }), SETTINGS, servicesOf(error));
    assert.ok(refused.kind === "docker");
    assert.deepEqual(refused.verdict, { kind: "unable", error });
    assert.deepEqual(refused.namespaces, ["a", "b", "argocd"]);
  }
});
