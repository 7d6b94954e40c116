import assert from "node:assert/strict";
import { uniqueName } from "../../support/api_objects.ts";
import { assertAnswer, type RealProgram, realTests } from "../../support/real_program.ts";
import { linesOf, makeGcpKey, makeRsaKey, makeSshKey, makeTlsPair } from "../material.ts";
import { argocdNamespaceTests, kubectlData, refuseSecrets, versions } from "./cluster.ts";

const { realTest } = realTests((test) => Deno.test(test));
const argocdNamespaceTest = argocdNamespaceTests((test) => Deno.test(test));

/** POST /secrets/add_repo end to end on the real API server. */

const LABELS = (secretType: string) => ({
  "app.kubernetes.io/managed-by": "argocd-configurer",
  "argocd.argoproj.io/secret-type": secretType,
});
const MANAGED = { "managed-by": "argocd.argoproj.io" };

const add = (program: RealProgram, name: string, more: object) =>
  program.post("/secrets/add_repo", { cluster_name: "administrator", name, type: "git", ...more });

/** A host for one test only: a namespace can hold a URL only once. */
const host = () => `${uniqueName("h")}.example.com`;

const keys = {
  ssh: makeSshKey(),
  app: makeRsaKey(),
  gcp: makeGcpKey(makeRsaKey()),
  pair: makeTlsPair(),
};
const LINES = [keys.ssh, keys.app, keys.gcp.private_key, keys.pair.key].flatMap(linesOf);

interface Kind {
  readonly what: string;
  /** The scheme and whatever precedes the host. @default https:// */
  readonly scheme?: string;
  readonly type?: string;
  /** The path after the host. @default /org/app.git */
  readonly path?: string;
  readonly more: (password: string) => object;
  /** Besides the name, the type and the URL. */
  readonly data: (password: string) => Record<string, string>;
}

const app = { id: 12, installation_id: 345, private_key: keys.app };
const ODD = "\n---\r\n\"quotes\" 'too' 🗝️ {{.data}} $(x) \\n";

const KINDS: Kind[] = [
  { what: "no credential", more: () => ({}), data: () => ({}) },
  {
    what: "a password of arbitrary characters",
    more: (password) => ({ username: "user", password: password + ODD }),
    data: (password) => ({ username: "user", password: password + ODD }),
  },
  {
    what: "a token",
    more: (bearer_token) => ({ bearer_token }),
    data: (bearerToken) => ({ bearerToken }),
  },
  {
    what: "an SSH key",
    scheme: "ssh://git@",
    more: () => ({ ssh_private_key: keys.ssh }),
    data: () => ({ sshPrivateKey: keys.ssh }),
  },
  {
    what: "a GitHub App",
    more: () => ({
      github_app: { ...app, enterprise_url: "https://ghe.example.com/api/v3" },
    }),
    data: () => ({
      githubAppID: "12",
      githubAppInstallationID: "345",
      githubAppPrivateKey: keys.app,
      githubAppEnterpriseBaseUrl: "https://ghe.example.com/api/v3",
    }),
  },
  {
    what: "a Google service account key",
    more: () => ({ gcp_service_account_key: keys.gcp }),
    data: () => ({ gcpServiceAccountKey: JSON.stringify(keys.gcp) }),
  },
  {
    what: "a password and a client certificate",
    more: (password) => ({
      username: "user",
      password,
      tls_client_cert: keys.pair.certificate,
      tls_client_key: keys.pair.key,
    }),
    data: (password) => ({
      username: "user",
      password,
      tlsClientCertData: keys.pair.certificate,
      tlsClientCertKey: keys.pair.key,
    }),
  },
  {
    what: "every option of a Git repository",
    more: () => ({
      project: "team",
      proxy: "http://proxy.example.com:3128",
      no_proxy: "localhost",
      insecure: true,
      force_basic_auth: true,
      enable_lfs: true,
      depth: 1,
    }),
    data: () => ({
      project: "team",
      proxy: "http://proxy.example.com:3128",
      noProxy: "localhost",
      insecure: "true",
      forceHttpBasicAuth: "true",
      enableLfs: "true",
      depth: "1",
    }),
  },
  {
    what: "charts in an OCI registry",
    type: "helm",
    scheme: "oci://",
    path: "/org/charts",
    more: (password) => ({ username: "user", password, insecure_oci_http: false }),
    data: (password) => ({
      username: "user",
      password,
      enableOCI: "true",
      insecureOCIForceHttp: "false",
    }),
  },
  {
    what: "an OCI artifact",
    type: "oci",
    scheme: "oci://",
    path: "/org/app",
    more: (password) => ({ username: "user", password }),
    data: (password) => ({ username: "user", password }),
  },
];

for (const { what, scheme = "https://", type = "git", path = "/org/app.git", ...kind } of KINDS) {
  realTest(
    `a repository is written in the form Argo CD reads, and kubectl reads it back: ${what}`,
    async (program) => {
      const name = uniqueName("repo");
      const url = scheme + host() + path;
      const stored = type === "helm" ? url.replace("oci://", "") : url;
      const { value } = program.canary;
      const answer = await add(program, name, { type, url, ...kind.more(value) });
      assertAnswer(answer, 200, {
        success: true,
        cluster: "administrator",
        type,
        as: "repository",
        results: [{
          name,
          url,
          result: { success: true, namespace: "argocd", output: `secret/${name} created` },
          application_repo_url: stored,
        }],
        message: "Repository secret created successfully",
      });
      const data = { name, type, url: stored, ...kind.data(value) };
      assert.deepEqual(await kubectlData("argocd", name), data);
      assert.deepEqual(await program.stored("argocd", name), {
        type: "Opaque",
        labels: LABELS("repository"),
        annotations: MANAGED,
        data,
      });
      const said = program.log.join("") + JSON.stringify(answer);
      for (const line of LINES) assert.ok(!said.includes(line), "a line of a key is shown");
    },
  );
}

realTest(
  "a template is written with its label and without a repository's name",
  async (program) => {
    const name = uniqueName("template");
    const prefix = `https://${host()}/org/`;
    const { value: password } = program.canary;
    const more = { as: "repo-creds", url: `${prefix}*`, username: "user", password };
    const { status, body } = await add(program, name, more);
    assert.deepEqual([status, body.as, body.message], [
      200,
      "repo-creds",
      "Repository template secret created successfully",
    ]);
    assert.deepEqual(await program.stored("argocd", name), {
      type: "Opaque",
      labels: LABELS("repo-creds"),
      annotations: MANAGED,
      data: { type: "git", url: prefix, username: "user", password },
    });
  },
);

realTest(
  "another kind of credential replaces the old one and keeps what others added",
  async (program) => {
    const name = uniqueName("repo");
    const url = `https://${host()}/org/app`;
    const { value: password } = program.canary;
    const before = { project: "team", proxy: "http://proxy.example.com:3128" };
    await add(program, name, { url, bearer_token: password, ...before });
    const old = (await program.find("argocd", name))!;
    const { labels, annotations } = old.metadata;
    const metadata = { namespace: "argocd", name, annotations, labels: { ...labels, team: "a" } };
    await program.put({ ...old, metadata });
    const { status, body } = await add(program, name, {
      url,
      username: "user",
      password,
      upsert: true,
    });
    assert.deepEqual([status, body.results[0].result.output], [200, `secret/${name} replaced`]);
    assert.deepEqual(await program.stored("argocd", name), {
      type: "Opaque",
      labels: { ...LABELS("repository"), team: "a" },
      annotations: MANAGED,
      data: { name, type: "git", url, ...before, username: "user", password },
    });
  },
);

const LAST = ["first", "second", "third"];

argocdNamespaceTest(
  "several URLs are all written, or none when one is rejected",
  async (program, argocd) => {
    await refuseSecrets(argocd, "-second-");
    const name = uniqueName("repos");
    const base = `https://${host()}/org`;
    const urls = LAST.map((last) => `${base}/${last}`);
    const login = { username: "user", password: program.canary.value };
    const before = await versions([argocd]);
    const { status, body } = await add(program, name, { urls, ...login });
    assert.deepEqual([status, body.rolled_back], [400, true]);
    assert.match(
      body.message,
      /^Cannot create secret [^/]+\/\S+-second-\w+ of cluster 'administrator': ValidatingAdmissionPolicy 'refuse-[^']+' denied the request\. Nothing was changed$/,
    );
    const told = body.results.map(({ result }: { result: { error: string } }) =>
      /(not written|written and rolled back)$/.exec(result.error)?.[0]
    );
    assert.deepEqual(told, ["written and rolled back", "not written", "written and rolled back"]);
    assert.deepEqual(await versions([argocd]), before, "a secret is left");

    const others = await add(program, name, { urls: [urls[0], urls[2]], ...login });
    assert.equal(others.status, 200);
    const names: string[] = others.body.results.map((each: { name: string }) => each.name);
    assert.deepEqual(
      await Promise.all(names.map(async (each) => (await program.stored(argocd, each))?.data.url)),
      [urls[0], urls[2]],
    );
  },
);

argocdNamespaceTest(
  "a failed upsert of several URLs restores all old values",
  async (program, argocd) => {
    const name = uniqueName("repos");
    const base = `https://${host()}/org`;
    const urls = LAST.map((last) => `${base}/${last}`);
    const first = await add(program, name, { urls, username: "old", password: "old" });
    assert.equal(first.status, 200);
    const names: string[] = first.body.results.map((each: { name: string }) => each.name);
    const before = await Promise.all(names.map((each) => program.stored(argocd, each)));
    await refuseSecrets(argocd, "-third-");
    const login = { username: "user", password: program.canary.value, upsert: true };
    const { status, body } = await add(program, name, { urls, ...login });
    assert.deepEqual([status, body.rolled_back], [400, true]);
    const after = await Promise.all(names.map((each) => program.stored(argocd, each)));
    assert.deepEqual(after, before);
  },
);

argocdNamespaceTest(
  "a dry run changes nothing, whether or not the secret exists",
  async (program, argocd) => {
    const name = uniqueName("repo");
    const url = `https://${host()}/org/app`;
    const login = { username: "user", password: program.canary.value };
    await add(program, name, { url, ...login });
    const before = await versions([argocd]);
    const dry = { ...login, dry_run: true };
    const fresh = await add(program, uniqueName("repo"), { url: `https://${host()}/x`, ...dry });
    assert.deepEqual([fresh.status, fresh.body.dry_run], [200, true]);
    const again = await add(program, name, { url, ...dry, username: "other", upsert: true });
    assert.deepEqual(again.body.results[0].result, {
      success: true,
      namespace: argocd,
      output: `secret/${name} replaced (dry run)`,
      changes: [{ field: "data.username", before: "user", after: "other" }],
    });
    assert.equal((await add(program, name, { url, ...dry })).status, 409);
    assert.deepEqual(await versions([argocd]), before);
  },
);
