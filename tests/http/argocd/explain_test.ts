import assert from "node:assert/strict";
import { encodeBase64Text } from "../../../src/text/bytes.ts";
import { type ArgocdProgram, argocdReadsTests } from "./program.ts";

const argocdReadsTest = argocdReadsTests((test) => Deno.test(test));

/** `explain` and Argo CD's own code find the same credential on the same API server. */

const HOST = "https://git.example.com";

interface Secret {
  readonly secretType: "repository" | "repo-creds";
  readonly data: Readonly<Record<string, string>>;
}

async function put(program: ArgocdProgram, secrets: Readonly<Record<string, Secret>>) {
  for (const [name, { secretType, data }] of Object.entries(secrets)) {
    await program.put({
      metadata: {
        namespace: program.argocd,
        name,
        labels: { "argocd.argoproj.io/secret-type": secretType },
      },
      data: Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, encodeBase64Text(text)]),
      ),
    });
  }
}

async function explain({ get }: ArgocdProgram, url: string, project: string) {
  const query = new URLSearchParams({ cluster: "administrator", url, project });
  const { status, body } = await get(`/api/v1/explain?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** As the Argo CD reader names them. */
const GIT_KINDS: Readonly<Record<string, string>> = {
  password: "https",
  ssh_private_key: "ssh",
  gcp_service_account_key: "googleCloud",
  azure_workload_identity: "azureWorkloadIdentity",
};

argocdReadsTest(
  "the explanation names the secret whose credential Argo CD uses, for each URL and project",
  async (program) => {
    const { value } = program.canary;
    const login = (username: string) => ({ username, password: value });
    const [repository, template] = ["repository", "repo-creds"] as const;
    await put(program, {
      host: { secretType: template, data: { url: `${HOST}/`, ...login("host") } },
      org: { secretType: template, data: { url: `${HOST}/org/`, ...login("org") } },
      azure: {
        secretType: template,
        data: { url: `${HOST}/azure/`, useAzureWorkloadIdentity: "true" },
      },
      own: { secretType: repository, data: { url: `${HOST}/Org/own.git`, ...login("own") } },
      team: {
        secretType: repository,
        data: { url: `${HOST}/org/own`, project: "team", sshPrivateKey: value },
      },
      bare: { secretType: repository, data: { url: `${HOST}/org/bare` } },
      named: { secretType: repository, data: { url: `${HOST}/org/named`, username: "named" } },
      google: {
        secretType: repository,
        data: { url: "https://source.example.com/p/r", gcpServiceAccountKey: "{}" },
      },
      broken: {
        secretType: repository,
        data: { url: `${HOST}/org/broken`, insecure: "yes", ...login("broken") },
      },
    });
    const urls = [
      ...[`${HOST}/org/own`, `${HOST}/org/own.git`, `${HOST}/org/own/`, `${HOST}/org`, HOST],
      ...[`${HOST}/org/bare.git`, `${HOST}/org/named`, `${HOST}/org/new`, `${HOST}/azure/x`],
      ...[`${HOST}/org/broken`, "https://source.example.com/p/r", "git@git.example.com:org/own"],
    ];
    const asked = urls.flatMap((url) => ["default", "team"].map((project) => ({ url, project })));
    const { repositories, argocd } = await program.ask({ repositories: asked });
    const kinds = new Set<string>();
    for (const [i, { url, project }] of asked.entries()) {
      const { used, failed, inherited, argocd_rules } = await explain(program, url, project);
      const { repository, uses, error } = repositories[i]!;
      const what = `${url} of ${project}`;
      assert.equal(argocd_rules, argocd);
      assert.equal(failed !== null, error !== undefined, what);
      if (failed !== null) continue;
      assert.equal(used === null ? "none" : GIT_KINDS[used.credential], uses!.git.kind, what);
      assert.equal(inherited.length > 0, repository!.inheritedCreds ?? false, what);
      if (used?.credential === "password") assert.equal(used.name, repository!.username, what);
      kinds.add(used === null ? "none" : `${used.kind} ${used.credential}`);
    }
    assert.deepEqual([...kinds].sort(), [
      "none",
      "repository gcp_service_account_key",
      "repository password",
      "repository ssh_private_key",
      "template azure_workload_identity",
      "template password",
    ]);
  },
);
