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

/** POST /secrets/add_helm_repo end to end on the real API server. */

const MANAGED = { "managed-by": "argocd.argoproj.io" };

function add(
  program: RealProgram,
  name: string,
  repository_url: string,
  more: Record<string, unknown> = {},
) {
  return program.post("/secrets/add_helm_repo", {
    name,
    repository_url,
    cluster_name: "administrator",
    username: "user",
    password: program.canary.value,
    ...more,
  });
}

function labels(secretType: string) {
  return {
    "app.kubernetes.io/managed-by": "argocd-configurer",
    "argocd.argoproj.io/secret-type": secretType,
  };
}

/** A host for one test only: a namespace can hold a URL only once. */
const host = () => `${uniqueName("h")}.example.com`;

interface Spelling {
  readonly sentence: string;
  /** As the user writes it, with HOST for the host. */
  readonly given: string;
  readonly useOci?: boolean;
  readonly url: string;
  readonly oci: boolean;
  readonly template?: string;
  /** The URL that an Application uses, if it differs. */
  readonly application?: string;
  readonly hint?: string;
}

const SLASH = "The URL ends with a slash, which Argo CD takes literally: an Application needs it " +
  "too";

const SPELLINGS: readonly Spelling[] = [
  { sentence: "https", given: "https://HOST/b", url: "https://HOST/b", oci: false },
  { sentence: "no scheme", given: "HOST/b", url: "https://HOST/b", oci: false },
  { sentence: "http", given: "http://HOST/b", url: "http://HOST/b", oci: false },
  {
    sentence: "a trailing slash",
    given: "https://HOST/b/",
    url: "https://HOST/b/",
    oci: false,
    hint: SLASH,
  },
  { sentence: "oci", given: "oci://HOST:5000/x", url: "HOST:5000/x", oci: true },
  { sentence: "use_oci", given: "https://HOST/x/", useOci: true, url: "HOST/x", oci: true },
  {
    sentence: "a bare OCI host",
    given: "oci://HOST",
    url: "HOST",
    oci: true,
    template: "HOST/",
    application: "HOST/<path>",
  },
  {
    sentence: "an OCI wildcard",
    given: "oci://HOST/org/*",
    url: "HOST/org",
    oci: true,
    template: "HOST/org/",
  },
];

for (const { sentence, given, useOci, url, oci, template, application, hint } of SPELLINGS) {
  realTest(
    `a repository given by ${sentence} is stored in the form Argo CD matches`,
    async (program) => {
      const name = uniqueName("repo");
      const own = host();
      const of = (text: string) => text.replace("HOST", own);
      const more = useOci === undefined ? {} : { use_oci: useOci };
      assertAnswer(await add(program, name, of(given), more), 200, {
        success: true,
        cluster: "administrator",
        secret_name: name,
        repository_url: of(given),
        helm_secret_applied: {
          success: true,
          namespace: "argocd",
          output: `secret/${name} created`,
        },
        ...(template === undefined ? {} : { template: `${name}-template` }),
        application_repo_url: of(application ?? url),
        ...(hint === undefined ? {} : { hint }),
        message: "Helm repository secret created successfully",
      });
      const credential = {
        type: "helm",
        username: "user",
        password: program.canary.value,
        ...(oci ? { enableOCI: "true" } : {}),
      };
      assert.deepEqual(await program.stored("argocd", name), {
        type: "Opaque",
        labels: labels("repository"),
        annotations: MANAGED,
        data: { name, url: of(url), ...credential },
      });
      assert.deepEqual(
        await program.stored("argocd", `${name}-template`),
        template === undefined ? undefined : {
          type: "Opaque",
          labels: labels("repo-creds"),
          annotations: MANAGED,
          data: { url: of(template), ...credential },
        },
      );
    },
  );
}

for (const transport of TRANSPORTS) {
  const ghcr = uniqueName("argocd");
  realTestOver(
    transport,
    { "argocd-namespace": ghcr },
    "the seed's repository_url for ghcr.io creates a template, unless turned off",
    async (program) => {
      await program.namespace("Active", ghcr);
      const name = uniqueName("repo");
      const { status, body } = await add(program, name, "https://ghcr.io/");
      assert.equal(status, 200);
      assert.deepEqual(
        [body.repository_url, body.template, body.application_repo_url],
        ["https://ghcr.io/", `${name}-template`, "ghcr.io/<path>"],
      );
      assert.equal((await program.stored(ghcr, `${name}-template`))?.data.url, "ghcr.io/");
      const plain = uniqueName("repo");
      const without = await add(program, plain, "https://quay.io/", { template: false });
      assert.equal(without.status, 200);
      assert.equal("template" in without.body, false);
      assert.equal(await program.find(ghcr, `${plain}-template`), undefined);
    },
  );
}

realTest("an existing repository is reported and not changed", async (program) => {
  const name = uniqueName("repo");
  const url = `https://${host()}/x`;
  await add(program, name, url);
  const before = await program.find("argocd", name);
  assertAnswer(await add(program, name, url, { username: "other" }), 409, {
    error: true,
    message: "Helm repository secret already exists",
    existing_secret: {
      exists: true,
      description: { name, namespace: "argocd", type: "Opaque", labels: labels("repository") },
    },
    upsert_required: true,
  });
  assert.deepEqual(await program.find("argocd", name), before);
});

realTest("upsert replaces the credential and keeps the other fields", async (program) => {
  const name = uniqueName("repo");
  const url = `https://${host()}/x`;
  const fields = {
    url,
    name: "mine",
    type: "helm",
    username: "old",
    password: "old",
    proxy: "http://proxy.example.com",
    insecure: "true",
    sshPrivateKey: "of another kind",
    enableOCI: "true",
  };
  const own = { ...labels("repository"), "app.kubernetes.io/managed-by": "helm", team: "a" };
  await program.put({
    metadata: { namespace: "argocd", name, labels: own, annotations: { note: "keep" } },
    data: Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, encodeBase64(value)]),
    ),
  });
  const answer = await add(program, name, url, { upsert: true });
  assert.equal(answer.status, 200);
  assert.equal(answer.body.message, "Helm repository secret updated successfully");
  assert.equal(answer.body.helm_secret_applied.output, `secret/${name} replaced`);
  assert.deepEqual(await program.stored("argocd", name), {
    type: "Opaque",
    labels: own,
    annotations: { note: "keep", ...MANAGED },
    data: {
      url,
      name: fields.name,
      type: "helm",
      username: "user",
      password: program.canary.value,
      proxy: fields.proxy,
      insecure: "true",
    },
  });
  const again = await add(program, name, url, { upsert: true });
  assert.equal(again.body.helm_secret_applied.output, `secret/${name} unchanged`);
});

realTest("a URL held by another secret is replaced there, only with upsert", async (program) => {
  const [holder, name] = [uniqueName("holder"), uniqueName("repo")];
  const own = host();
  await add(program, holder, `https://${own}/x`);
  assertAnswer(await add(program, name, `https://${own.toUpperCase()}/X`), 409, {
    error: true,
    message: `The URL of secret argocd/${name} is already used by secret ` +
      `argocd/${holder}. Send "upsert": true and "name": "${holder}" to replace ` +
      "that secret",
    status_code: 409,
  });
  const upsert = { upsert: true, username: "second" };
  const { status, body } = await add(program, name, `https://${own}/x`, upsert);
  assert.equal(status, 200);
  assert.equal(body.secret_name, holder);
  assert.equal(body.hint, `Secret '${holder}' already had this URL, so it was replaced instead`);
  assert.equal(await program.find("argocd", name), undefined);
  assert.equal((await program.stored("argocd", holder))?.data.username, "second");
});

realTest("the same URL in another project gets a hint", async (program) => {
  const [other, name] = [uniqueName("other"), uniqueName("repo")];
  const url = `https://${host()}/x`;
  await program.put({
    metadata: { namespace: "argocd", name: other, labels: labels("repository") },
    data: { url: encodeBase64(url), type: encodeBase64("helm"), project: encodeBase64("team") },
  });
  const { status, body } = await add(program, name, url);
  assert.equal(status, 200);
  assert.equal(body.hint, `Secret '${other}' holds the same URL for project 'team'`);
});

realTest("a foreign secret is replaced only with force", async (program) => {
  const name = uniqueName("argocd-secret");
  const before = await program.put({
    metadata: { namespace: "argocd", name, labels: { "app.kubernetes.io/part-of": "argocd" } },
    data: { "admin.password": encodeBase64("old") },
  });
  const url = `https://${host()}/x`;
  for (const upsert of [false, true]) {
    const { status, body } = await add(program, name, url, { upsert });
    assert.equal(status, 409);
    assert.match(
      body.message,
      /already exists and is not a credential of this kind \(type Opaque\)/,
    );
    assert.deepEqual(await program.find("argocd", name), before);
  }
  assert.equal((await add(program, name, url, { upsert: true, force: true })).status, 200);
  const after = await program.stored("argocd", name);
  assert.deepEqual(after?.data, {
    url,
    name,
    type: "helm",
    username: "user",
    password: program.canary.value,
  });
});

const missing = uniqueName("missing");

realTestWith(
  { "argocd-namespace": missing },
  "when Argo CD's namespace is missing, the error names it as Argo CD's own",
  async (program) => {
    assertAnswer(await add(program, uniqueName("repo"), `https://${host()}/x`), 400, {
      error: true,
      message: `Namespaces do not exist: ${missing}; '${missing}' is Argo CD's own ` +
        "(setting argocd-namespace)",
      status_code: 400,
    });
  },
);
