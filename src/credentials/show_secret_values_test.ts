import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeBase64Text } from "../text/bytes.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import type { StoredSecret } from "../kube/store.ts";
import { seal } from "../log/sealed.ts";
import { pullSecrets, repoSecrets } from "./fake/desired.ts";
import { removableCluster } from "./fake/removable.ts";
import { runWrite } from "./fake/run.ts";
import { shown, shownIn } from "./fake/show.ts";
import type { RepositoryCredential } from "./kinds/kinds.ts";

const labels = { "argocd.argoproj.io/secret-type": "repo-creds" };

const text = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64Text(value)]));

const data = fc.dictionary(
  fc.constantFrom("a", "b", "url", "password", "__proto__", "constructor"),
  fc.constantFrom("", "x", "y", "xy").map(encodeBase64Text),
  { noNullPrototype: true },
);

Deno.test("fingerprints are equal exactly when the data is, whatever else differs", async () => {
  await fc.assert(fc.asyncProperty(data, data, async (a, b) => {
    const it = new FakeCluster();
    const put = (namespace: string, marks: Partial<StoredSecret>, data: Record<string, string>) =>
      it.put({ namespace, name: "x", ...marks }, data);
    put("a", { labels, type: "Opaque" }, a);
    put("b", { type: "other", annotations: { x: "y" } }, b);
    const [first, second] = await shownIn(it, "x");
    const entries = (data: Record<string, string>) => JSON.stringify(Object.entries(data).sort());
    assert.equal(first!.dataFingerprint === second!.dataFingerprint, entries(a) === entries(b));
  }));
});

Deno.test("a secret is shown even when no fingerprint can be made", async () => {
  const it = removableCluster();
  const outcome = await shown(it, "pull", { fingerprint: () => Promise.resolve(undefined) });
  assert.ok(outcome.kind === "shown");
  assert.deepEqual(
    outcome.secrets.map(({ dataFingerprint }) => dataFingerprint),
    Array(4).fill(undefined),
  );
});

Deno.test("no value of any kind is in what is shown", async () => {
  const canary = `canary${crypto.randomUUID()}`;
  const secret = () => seal(canary);
  const credentials: RepositoryCredential[] = [
    { kind: "password", username: "user", password: secret() },
    { kind: "bearer_token", token: secret() },
    { kind: "ssh_private_key", privateKey: secret() },
    { kind: "github_app", id: "1", installationId: "2", privateKey: secret() },
    { kind: "gcp_service_account_key", key: secret() },
  ];
  const it = removableCluster();
  const git = { type: "git", url: "https://git.example.com/app" } as const;
  for (const as of ["repository", "repo-creds"] as const) {
    for (const [i, credential] of credentials.entries()) {
      const clientCertificate = { cert: canary, key: secret() };
      const url = `${git.url}/${i}`;
      await runWrite(
        it,
        repoSecrets({ ...git, url, name: `${as}-${i}`, as, credential, clientCertificate }),
      );
    }
  }
  await runWrite(it, pullSecrets(canary, { name: "docker", gitWriteBack: true }));
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": canary };
  it.put({ namespace: "a", name: "foreign", type: "x", annotations }, text({ any: canary }));
  it.put({ namespace: "a", name: "half", annotations }, text({ ".dockerconfigjson": canary }));
  it.put(
    { namespace: "a", name: "odd", labels },
    text({ unknown: canary, password: canary, type: "git" }),
  );
  const names = [...new Set([...it.secrets.values()].map(({ name }) => name))];
  assert.ok(names.length > 14);
  for (const name of names) {
    const outcome = await shown(it, name);
    assert.ok(outcome.kind === "shown" && outcome.secrets.length > 0, name);
    const all = JSON.stringify(outcome) + Deno.inspect(outcome, { depth: 20 });
    assert.ok(!all.includes(canary) && !all.includes(btoa(canary).slice(4, -4)), name);
  }
});
