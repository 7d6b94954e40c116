import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import type { FakeCluster } from "../kube/fake/store.ts";
import { seal } from "../log/sealed.ts";
import { type AddRepo, addRepo, type AddRepoResult, repoAttempt, repoOutcome } from "./add_repo.ts";
import { argocdCluster } from "./fake/clusters.ts";
import { ARGOCD } from "./fake/desired.ts";
import { ACCEPTED, type Recorder, recorder, servicesOf, writer } from "./fake/services.ts";
import { secretOf } from "./kinds/repository_credential.ts";
import { parseUrl } from "./kinds/repository_url.ts";
import { recorded } from "./recorded.ts";

const SETTINGS = { argocdNamespace: ARGOCD, dockerLabels: {} };

interface Given extends Partial<Omit<AddRepo, "urls">> {
  readonly urls?: readonly string[];
}

function request({ urls = ["https://git.example.com/a"], ...more }: Given = {}): AddRepo {
  const { type = "git", as = "repository" } = more;
  return {
    ...writer(),
    cluster: "test",
    name: "repo",
    type,
    as,
    credential: { kind: "password", username: "user", password: seal("new") },
    options: {},
    template: true,
    upsert: false,
    force: false,
    verify: false,
    dryRun: false,
    ...more,
    urls: urls.map((spelled) => {
      const parsed = parseUrl(spelled, { type, as });
      assert.ok(parsed.ok, spelled);
      return { spelled, url: parsed.value };
    }),
  };
}

async function added(
  it: FakeCluster,
  more: Given = {},
  services = servicesOf(it),
): Promise<AddRepoResult> {
  const outcome = await addRepo(request(more), SETTINGS, services);
  assert.ok(outcome.kind === "repo");
  return outcome;
}

/** The stored URLs by secret name. */
const stored = (it: FakeCluster) =>
  Object.fromEntries(
    [...it.secrets.values()].map(({ name, data }) => [name, atob(data.reveal().url!)]),
  );

const THREE = ["a", "b", "c"].map((each) => `https://git.example.com/${each}`);

Deno.test("one URL is written under the name itself", async () => {
  const it = argocdCluster();
  const { kind, verdict, verified, places, requestedNames, ...about } = await added(it);
  assert.deepEqual(requestedNames, ["repo"]);
  assert.deepEqual([kind, verdict.kind, verified], ["repo", "written", []]);
  assert.deepEqual(about, { cluster: "test", name: "repo", type: "git", as: "repository" });
  assert.deepEqual(places.map(({ spelled, name, index }) => [spelled, name, index]), [
    ["https://git.example.com/a", "repo", 0],
  ]);
  assert.deepEqual(stored(it), { repo: "https://git.example.com/a" });
});

Deno.test("each of several URLs has a secret, and its index in the verdict", async () => {
  const it = argocdCluster();
  const { places, verdict } = await added(it, { urls: THREE });
  assert.ok(verdict.kind === "written");
  assert.deepEqual(places.map(({ index }) => index), [0, 1, 2]);
  for (const { name, index, spelled } of places) {
    assert.equal(verdict.secrets[index]!.name, name);
    assert.equal(stored(it)[name], spelled);
    assert.match(name, /^repo-[abc]-[0-9a-f]{6}$/);
  }
});

Deno.test("the template of a URL has the index after the repository's", async () => {
  const it = argocdCluster();
  const urls = ["https://charts.example.com/x", "https://ghcr.io/", "https://quay.io/org/*"];
  const { places, verdict } = await added(it, { type: "helm", urls });
  assert.ok(verdict.kind === "written");
  assert.deepEqual(places.map(({ index, templateIndex }) => [index, templateIndex]), [
    [0, undefined],
    [1, 2],
    [3, 4],
  ]);
  for (const { name, index, templateIndex } of places) {
    assert.equal(verdict.secrets[index]!.name, name);
    if (templateIndex === undefined) continue;
    assert.equal(verdict.secrets[templateIndex]!.name, `${name}-template`);
  }
  assert.equal(verdict.secrets.length, 5);
});

Deno.test("with template: false no template is written", async () => {
  const it = argocdCluster();
  const { places } = await added(it, { type: "helm", urls: ["https://ghcr.io/"], template: false });
  assert.deepEqual(places.map(({ templateIndex }) => templateIndex), [undefined]);
  assert.deepEqual(Object.keys(stored(it)), ["repo"]);
});

Deno.test("a URL that was written alone is replaced when it is written among several", async () => {
  const it = argocdCluster();
  await added(it, { urls: THREE.slice(0, 1) });
  const { verdict } = await added(it, {
    urls: THREE,
    upsert: true,
    credential: { kind: "bearer_token", token: seal("newer") },
  });
  assert.ok(verdict.kind === "written");
  assert.deepEqual(verdict.secrets.map(({ action }) => action), ["replaced", "created", "created"]);
  assert.equal(verdict.secrets[0]!.name, "repo");
  assert.equal(it.secrets.get("argocd/repo")!.data.reveal().password, undefined);
});

Deno.test("the order of the URLs does not change their secrets", async () => {
  const it = argocdCluster();
  await added(it, { urls: THREE });
  const { verdict } = await added(it, { urls: THREE.toReversed(), upsert: true });
  assert.deepEqual(
    verdict.kind === "written" && verdict.secrets.map(({ action }) => action),
    Array(3).fill("unchanged"),
  );
});

Deno.test("several URLs are written all or none", async () => {
  const it = argocdCluster();
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 2, error: "forbidden" } : undefined;
  const { verdict, places } = await added(it, { urls: THREE });
  assert.equal(verdict.kind, "failed");
  assert.equal(places.length, 3);
  assert.equal(it.secrets.size, 0);
});

Deno.test("a request with another project moves the repository of that name to it", async () => {
  const it = argocdCluster();
  await added(it, { options: { project: "first" } });
  const { verdict } = await added(it, { options: { project: "second" }, upsert: true });
  assert.deepEqual(verdict.kind === "written" && verdict.secrets.map(({ name }) => name), ["repo"]);
  assert.equal(it.secrets.size, 1);
  assert.equal(atob(it.secrets.get("argocd/repo")!.data.reveal().project!), "second");
});

/** The same, with a record. */
function onRecord(record: Recorder, it: FakeCluster, more: Given, services = servicesOf(it)) {
  const asked = request(more);
  const recording = { record, outcomeOf: repoOutcome, credentials: secretOf(asked) };
  return recorded(
    repoAttempt(asked, SETTINGS),
    recording,
    (begin) => addRepo(asked, SETTINGS, { ...services, begin }),
  );
}

// --- verification -------------------------------------------------------------------------------

Deno.test("the credential is verified only on request, at each URL", async () => {
  const it = argocdCluster();
  const services = servicesOf(it);
  assert.deepEqual((await added(it, {}, services)).verified, []);
  assert.deepEqual(services.verified, []);
  const { verified } = await added(it, { urls: THREE, verify: true, upsert: true }, services);
  assert.deepEqual(verified, THREE.map((at) => ({ at, verdict: ACCEPTED })));
  assert.equal(services.verified.length, 3);
});

Deno.test("if one URL rejects the credential, nothing is written and the cluster is not contacted", async () => {
  const it = argocdCluster();
  const record = recorder();
  const services = servicesOf(it, {
    verifyOne: (what) =>
      Promise.resolve({ ...ACCEPTED, accepted: what.kind === "git" && what.url !== THREE[1] }),
  });
  const outcome = await onRecord(record, it, { urls: THREE, verify: true }, services);
  assert.ok(outcome.kind === "not_accepted");
  assert.deepEqual(outcome.verified.map(({ verdict }) => verdict!.accepted), [true, false, true]);
  assert.deepEqual(it.calls, []);
  assert.deepEqual(record.lines.at(-1), {
    phase: "end",
    outcome: { outcome: "refused", refusals: ["not_accepted"] },
  });
});

Deno.test("a credential that cannot be verified is written, with a note", async () => {
  const it = argocdCluster();
  const { verified, verdict } = await added(it, {
    urls: ["git@git.example.com:a"],
    credential: { kind: "ssh_private_key", privateKey: seal("key") },
    verify: true,
  });
  assert.match(verified[0]!.notVerified!, /SSH logins are not verified/);
  assert.equal(verdict.kind, "written");
});

// --- the record ---------------------------------------------------------------------------------

const certificate = { cert: "public", key: seal("private") };

const RECORDED: [what: string, more: Given, credential: string | undefined][] = [
  ["a password", {}, "new"],
  ["a password beside a certificate", { clientCertificate: certificate }, "new"],
  ["a certificate alone", { credential: undefined, clientCertificate: certificate }, "private"],
  ["no credential", { credential: undefined }, undefined],
];

for (const [what, more, credential] of RECORDED) {
  Deno.test(`for ${what}, ${credential ? `the fingerprint of '${credential}'` : "no fingerprint"} is recorded`, async () => {
    const it = argocdCluster();
    const record = recorder();
    await onRecord(record, it, more);
    const [begin] = record.lines;
    assert.ok(begin?.phase === "begin");
    assert.deepEqual([begin.attempt.kind, begin.credential], ["git", credential]);
  });
}

Deno.test("the record names the secrets of all URLs, and templates", async () => {
  const it = argocdCluster();
  const record = recorder();
  const urls = ["https://ghcr.io/", "https://charts.example.com/x"];
  const outcome = await onRecord(record, it, { type: "helm", urls });
  const [begin] = record.lines;
  assert.ok(begin?.phase === "begin" && outcome.kind === "repo");
  const { places } = outcome;
  const [first, second] = places.map(({ name }) => name);
  assert.deepEqual(begin.attempt.names, [first, `${first}-template`, second]);
  assert.deepEqual([begin.attempt.namespaces, begin.attempt.kind], [["argocd"], "helm"]);
});

Deno.test("the attempt is recorded before the credential is verified and the cluster is read", async () => {
  const it = argocdCluster();
  const record = recorder();
  const seen: unknown[] = [];
  it.fault = ({ index }) => {
    if (index === 0) seen.push(["ask", record.lines.length]);
    return undefined;
  };
  const services = servicesOf(it, {
    verifyOne: () => {
      seen.push(["try", record.lines.length]);
      return Promise.resolve(ACCEPTED);
    },
  });
  await onRecord(record, it, { verify: true }, services);
  assert.deepEqual(seen, [["try", 1], ["ask", 1]]);
});

Deno.test("a dry run writes nothing", async () => {
  const it = argocdCluster();
  const { verdict } = await added(it, { urls: THREE, dryRun: true });
  assert.equal(verdict.kind === "written" && verdict.dryRun, true);
  assert.equal(it.secrets.size, 0);
});

Deno.test("an error of the cluster is reported", async () => {
  const error = new KubeError("invalid_kubeconfig", "Cannot use it", {});
  const outcome = await addRepo(request(), SETTINGS, servicesOf(error));
  assert.deepEqual(outcome.kind === "repo" && outcome.verdict, { kind: "unable", error });
});
