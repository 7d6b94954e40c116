import assert from "node:assert/strict";
import { encodeBase64 } from "../../support/base64.ts";
import { uniqueName } from "../../support/api_objects.ts";
import {
  assertAnswer,
  type RealProgram,
  realTests,
  TRANSPORTS,
} from "../../support/real_program.ts";

const { realTest, realTestOver, realTestWith } = realTests((test) => Deno.test(test));

/** The reading endpoints end to end on the real API server. */

realTest("the index, /health and the list of clusters need no cluster", async ({ get }) => {
  const index = await get("/");
  assert.equal(index.status, 200);
  assert.equal(index.body.service, "Cluster API Configuration Server");
  assert.equal(index.body.version, "1.2.3");
  for (const path of ["/health", "/clusters", "/secrets"]) {
    assert.ok(index.body.endpoints[`GET ${path}`], path);
  }
  for (const path of ["/secrets/add_docker", "/secrets/add_helm_repo"]) {
    assert.ok(index.body.endpoints[`POST ${path}`], path);
  }
  const { body: { timestamp, ...health }, status } = await get("/health");
  assert.equal(status, 200);
  assert.deepEqual(health, { status: "healthy", service: "Cluster API Configuration Server" });
  assert.equal(new Date(timestamp).toUTCString(), timestamp);
  const names = [
    "administrator",
    "closed-port",
    "no-rights",
    "reader",
    "two-namespaces",
    "wrong-token",
  ];
  assertAnswer(await get("/clusters"), 200, { clusters: names, total: names.length });
});

realTest("a kubeconfig dropped into the clusters folder is listed immediately", async (program) => {
  await program.addCluster("another", "x");
  const { body } = await program.get("/clusters");
  assert.ok(body.clusters.includes("another"));
});

/** Settings with made-up names, so that a test sees only its own secrets. */
const alone = () => {
  const label = { [`tests.invalid/${uniqueName("docker")}`]: "yes" };
  return { "docker-labels": label };
};

const LISTERS = ["administrator", "reader"].flatMap((cluster) =>
  TRANSPORTS.map((transport) => ({ cluster, transport }))
);

for (const { cluster, transport } of LISTERS) {
  const settings = alone();
  const argocd = uniqueName("argocd");
  realTestOver(
    transport,
    { ...settings, "argocd-namespace": argocd },
    `${cluster} lists the existing secrets in the documented format`,
    async (program) => {
      await program.namespace("Active", argocd);
      const expected = await populate(program, argocd, Object.keys(settings["docker-labels"])[0]!);
      assertAnswer(await program.get(`/secrets?cluster=${cluster}`), 200, {
        cluster,
        ...expected,
        status: "success",
      });
    },
  );
}

realTestWith(
  { "argocd-namespace": uniqueName("missing"), ...alone() },
  "a cluster without credentials is a success with empty lists",
  async ({ get }) => {
    assertAnswer(await get("/secrets?cluster=administrator"), 200, {
      cluster: "administrator",
      repo_creds_secrets: [],
      docker_creds_secrets: [],
      helm_creds_secrets: [],
      repository_secrets: [],
      total_repo_creds: 0,
      total_docker_creds: 0,
      total_helm_creds: 0,
      status: "success",
    });
  },
);

realTest("by default docker secrets are found by either of two labels", async (program) => {
  const namespace = await program.namespace();
  const labels = ["jjo.finance/secret-type", "mcops.tech/secret-type"];
  const data = { password: encodeBase64(program.canary.value) };
  const put = (name: string, keys: string[]) =>
    program.put({
      metadata: {
        namespace,
        name,
        labels: Object.fromEntries(keys.map((key) => [key, "docker-creds"])),
      },
      data,
    });
  await put("both", labels);
  await put("first", labels.slice(0, 1));
  await put("second", labels.slice(1));
  await put("none", []);
  const { status, body } = await program.get("/secrets?cluster=administrator");
  assert.equal(status, 200);
  const own = body.docker_creds_secrets.filter((secret: { namespace: string }) =>
    secret.namespace === namespace
  );
  assert.deepEqual(own.map(({ name }: { name: string }) => name), ["both", "first", "second"]);
  assert.equal(body.total_docker_creds, body.docker_creds_secrets.length);
});

/** Creates one secret of each kind; returns the expected lists. */
async function populate(program: RealProgram, argocd: string, dockerLabel: string) {
  const elsewhere = await program.namespace();
  const token = program.canary.value;
  const password = encodeBase64(token);
  const put = async (
    namespace: string,
    name: string,
    labels: Record<string, string>,
    fields: Record<string, string>,
    type?: string,
  ) => {
    const entries = Object.entries(fields).map(([key, text]) => [key, encodeBase64(text)]);
    const data = { ...Object.fromEntries(entries), ...(fields.password ? {} : { password }) };
    const { metadata } = await program.put({ metadata: { namespace, name, labels }, type, data });
    const creation_timestamp = metadata.creationTimestamp;
    return { name, namespace, labels, type: type ?? "Opaque", creation_timestamp };
  };
  const kind = (type: string) => ({ "argocd.argoproj.io/secret-type": type });
  const fields = (url: string, name: string, type: string, username: string, oci = false) => ({
    repository_url: url,
    repository_name: name,
    repository_type: type,
    username,
    enable_oci: oci,
  });
  const git = {
    ...await put(argocd, "a-git", kind("repository"), {
      url: `https://user:${token}@git.example.com/x.git`,
      username: "ghp_0123456789abcdef",
    }),
    ...fields("https://***@git.example.com/x.git", "", "git", "ghp_***"),
  };
  const helm = {
    ...await put(argocd, "b-helm", kind("repository"), {
      url: "ghcr.io/org",
      name: "two\nlines 🗝️",
      type: "helm",
      username: "user",
      enableOCI: "true",
    }),
    ...fields("ghcr.io/org", "two\nlines 🗝️", "helm", "user", true),
  };
  const template = {
    ...await put(argocd, "c-template", kind("repo-creds"), {
      url: "https://example.com/",
      type: "helm",
      username: token,
      password: "x-oauth-basic",
    }),
    ...fields("https://example.com/", "", "helm", "***"),
  };
  const unknown = {
    ...await put(argocd, "d-unknown", kind("helm-repo-creds"), { url: "https://h.example.com" }),
    ...fields("https://h.example.com", "", "git", ""),
    note: "Argo CD itself does not know the secret type 'helm-repo-creds' and ignores it",
  };
  await put(argocd, "e-cluster", kind("cluster"), { server: "https://example.com" });
  const odd = "example.com/two\nlines and spaces";
  const docker = [
    await put(argocd, "pull", { [dockerLabel]: "yes" }, {}),
    await put(elsewhere, "pull", { [dockerLabel]: "yes" }, {}, odd),
  ].sort((a, b) => a.namespace < b.namespace ? -1 : 1);
  return {
    repo_creds_secrets: [template],
    docker_creds_secrets: docker,
    helm_creds_secrets: [helm, unknown],
    repository_secrets: [git, helm],
    total_repo_creds: 1,
    total_docker_creds: 2,
    total_helm_creds: 2,
  };
}
