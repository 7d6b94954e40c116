import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { argocdTests, repository, template } from "../../tests/support/argocd_reader.ts";
import { controlPlaneFromEnv } from "../control_plane/connect.ts";
import { argocdReader } from "./argocd_reader.ts";
import { argocdReaderIsAtHand, argocdVersion } from "./build.ts";

const argocdTest = argocdTests((test) => Deno.test(test));

/** How Argo CD's code reads secrets: each key, each kind of secret, and invalid values. */

/** Keys whose value is the text itself, in repositories and templates. */
const TEXTS = [
  "type",
  "username",
  "password",
  "bearerToken",
  "sshPrivateKey",
  "tlsClientCertData",
  "tlsClientCertKey",
  "githubAppPrivateKey",
  "githubAppEnterpriseBaseUrl",
  "gcpServiceAccountKey",
  "azureServicePrincipalClientSecret",
  "azureActiveDirectoryEndpoint",
  "proxy",
  "noProxy",
];
const FLAGS = [
  "enableOCI",
  "insecureOCIForceHttp",
  "forceHttpBasicAuth",
  "useAzureWorkloadIdentity",
];
const NUMBERS = ["githubAppID", "githubAppInstallationID"];

/** Two fields whose keys end in `Id` in repositories and in `ID` in templates. */
const IDENTITY = {
  azureServicePrincipalClientId: "fake client",
  azureServicePrincipalTenantId: "fake tenant",
};
const TEMPLATE_IDENTITY = {
  azureServicePrincipalClientID: "fake client",
  azureServicePrincipalTenantID: "fake tenant",
};

const URL = "https://git.example.com/org/repo";

function textsOf(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, ` ${key}\n`]));
}

const written = {
  ...textsOf(TEXTS),
  ...Object.fromEntries(FLAGS.map((key) => [key, "true"])),
  ...Object.fromEntries(NUMBERS.map((key, i) => [key, `${i + 1}`])),
};
const read = {
  ...textsOf(TEXTS),
  ...Object.fromEntries(FLAGS.map((key) => [key, true])),
  ...Object.fromEntries(NUMBERS.map((key, i) => [key, i + 1])),
};

Deno.test("the reader is built from the named version of Argo CD", async () => {
  const module = await Deno.readTextFile(join(import.meta.dirname!, "go.mod"));
  match(module, new RegExp(`github.com/argoproj/argo-cd/v3 ${argocdVersion}\n`));
});

argocdTest("without Argo CD, its code finds nothing and reports its version", async (cluster) => {
  const answers = await cluster.ask({ repositories: [{ url: URL }], credentials: [URL] });
  equal(answers.argocd, argocdVersion);
  deepEqual(answers.repositories[0]!.repository, { repo: URL });
  equal(answers.repositories[0]!.uses!.git.kind, "none");
  deepEqual(answers.credentials, [{ credentials: null }]);
  for (const list of Object.values(answers.lists)) deepEqual(list, { items: [] });
});

argocdTest("each key of a repository secret is read, with strings unchanged", async (cluster) => {
  const flags = {
    insecure: true,
    insecureIgnoreHostKey: true,
    enableLfs: true,
    webhookManifestCacheWarmDisabled: true,
  };
  const own = Object.fromEntries(Object.keys(flags).map((key) => [key, "true"]));
  const data = { url: URL, name: "a", project: "p", ...own, depth: "7", ...IDENTITY, ...written };
  await cluster.put(repository("a", data));
  const answers = await cluster.ask({ repositories: [{ url: URL, project: "p" }] });
  const expected = {
    repo: URL,
    name: "a",
    project: "p",
    ...flags,
    depth: 7,
    ...IDENTITY,
    ...read,
  };
  deepEqual(answers.repositories[0]!.repository, expected);
  deepEqual(answers.lists.repositories, { items: [expected] });
});

argocdTest(
  "each key of a template is read, and keys of repositories only are not",
  async (cluster) => {
    const foreign = {
      name: "a",
      project: "p",
      insecure: "bad",
      insecureIgnoreHostKey: "bad",
      enableLfs: "bad",
      depth: "bad",
      webhookManifestCacheWarmDisabled: "bad",
    };
    await cluster.put(template("a", { url: URL, ...foreign, ...TEMPLATE_IDENTITY, ...written }));
    const answers = await cluster.ask({ credentials: [`${URL}/below`] });
    const expected = { url: URL, ...IDENTITY, ...read };
    deepEqual(answers.credentials, [{ credentials: expected }]);
    deepEqual(answers.lists.credentials, { items: [expected] });
  },
);

argocdTest(
  "a repository ignores the template spelling of Azure's keys, and a template the repository's",
  async (cluster) => {
    await cluster.put(
      repository("a", { url: URL, username: "own", ...TEMPLATE_IDENTITY }),
      template("b", { url: URL, username: "template", ...IDENTITY }),
    );
    const answers = await cluster.ask({ repositories: [{ url: URL }], credentials: [URL] });
    deepEqual(answers.repositories[0]!.repository, { repo: URL, username: "own" });
    deepEqual(answers.credentials[0]!.credentials, { url: URL, username: "template" });
  },
);

argocdTest("a cluster secret in the namespace does not affect the answers", async (cluster) => {
  const server = "https://kubernetes.example.com";
  await cluster.put(
    { name: "c", secretType: "cluster", data: { name: "c", server, config: "{}" } },
    repository("a", { url: URL, password: "p" }),
  );
  const answers = await cluster.ask({ repositories: [{ url: URL }] });
  deepEqual(answers.repositories[0]!.repository, { repo: URL, password: "p" });
  equal(answers.lists.repositories.items.length, 1);
});

argocdTest("write credentials are read from their own secrets", async (cluster) => {
  const data = (password: string) => ({ url: URL, password });
  await cluster.put(
    repository("a", data("read")),
    { name: "b", secretType: "repository-write", data: data("write") },
    template("c", data("read-template")),
    { name: "d", secretType: "repo-write-creds", data: data("write-template") },
  );
  const repositories = [{ url: URL }, { url: `${URL}-other` }];
  const answers = await cluster.ask({
    repositories,
    writeRepositories: repositories,
    writeCredentials: [URL],
  });
  const passwords = (all: typeof answers.repositories) => all.map((a) => a.repository!.password);
  deepEqual(passwords(answers.repositories), ["read", "read-template"]);
  deepEqual(passwords(answers.writeRepositories), ["write", "write-template"]);
  equal(answers.writeCredentials[0]!.credentials!.password, "write-template");
  deepEqual(answers.lists.writeRepositories.items.map(({ password }) => password), ["write"]);
});

argocdTest(
  "booleans are parsed as in Go, and an invalid one makes the repository unusable",
  async (cluster) => {
    const spellings = ["1", "T", "True", "0", "f", "FALSE", "yes", "", " true", "tRUE"];
    const repositories = spellings.map((_, i) => ({ url: `https://git.example.com/${i}` }));
    await cluster.put(
      ...spellings.map((insecure, i) =>
        repository(`r${i}`, { ...repositories[i], insecure, password: "p", enableLfs: "true" })
      ),
    );
    const answers = await cluster.ask({ repositories });
    const said = answers.repositories.map(({ repository, error }) =>
      error === undefined ? repository!.insecure ?? false : /invalid syntax/.exec(error)?.[0]
    );
    const bad = "invalid syntax";
    deepEqual(said, [true, true, true, false, false, false, bad, bad, bad, bad]);
    const listed = answers.lists.repositories;
    equal(listed.error, undefined, "the list itself is returned");
    deepEqual(listed.items.map(({ connectionState }) => connectionState?.status), [
      ...new Array(6).fill(undefined),
      ...new Array(4).fill("Failed"),
    ]);
    equal(listed.items[9]!.password, "p", "the entries before the invalid one");
    equal(listed.items[9]!.enableLfs, undefined, "the entries after the invalid one");
    equal(listed.warnings!.length, 4);
  },
);

argocdTest("an invalid number makes the repository unusable", async (cluster) => {
  const ids = ["12", "-1", "", "1.5", "12 "];
  const repositories = ids.map((_, i) => ({ url: `https://git.example.com/${i}` }));
  await cluster.put(
    ...ids.map((githubAppID, i) => repository(`r${i}`, { ...repositories[i], githubAppID })),
  );
  const { repositories: answers } = await cluster.ask({ repositories });
  const said = answers.map(({ repository, error }) => error ? "bad" : repository!.githubAppID);
  deepEqual(said, [12, -1, "bad", "bad", "bad"]);
});

argocdTest(
  "an invalid value in one template breaks the lists that every Application needs",
  async (cluster) => {
    const host = "registry.example.com";
    await cluster.put(
      template("bad", { url: `${host}/bad/`, type: "helm", enableOCI: "yes" }),
      template("good", { url: `${host}/good/`, type: "helm", enableOCI: "true" }),
      repository("r", { url: `${host}/bad/r`, type: "helm", name: "r" }),
    );
    const repositories = [{ url: `${host}/bad/r` }, { url: `${host}/good/r` }];
    const { repositories: answers, lists } = await cluster.ask({ repositories });
    match(answers[0]!.error!, /invalid syntax/);
    deepEqual(answers[1]!.repository, {
      repo: `${host}/good/r`,
      type: "helm",
      enableOCI: true,
      inheritedCreds: true,
    });
    for (const name of ["helmCredentials", "repositories", "helmRepositories"] as const) {
      match(lists[name].error ?? "", /invalid syntax/, name);
      deepEqual(lists[name].items, [], name);
    }
    deepEqual(lists.ociCredentials, { items: [] });
  },
);

argocdTest("a secret is read as it was last written", async (cluster) => {
  for (let i = 0; i < 5; i++) {
    const data = { url: URL, password: `p${i}` };
    await cluster.put(repository("a", data));
    const { repositories, lists } = await cluster.ask({ repositories: [{ url: URL }] });
    equal(repositories[0]!.repository!.password, `p${i}`);
    equal(lists.repositories.items.length, 1);
  }
});

const plane = controlPlaneFromEnv();
const ignore = plane === undefined || !await argocdReaderIsAtHand();

for (const [who, why] of [["no-rights", /forbidden/], ["closed-port", /refused/]] as const) {
  Deno.test(
    { name: `the error for a reader without access gives the reason: ${who}`, ignore },
    async () => {
      const kubeconfig = plane!.kubeconfigs[who];
      await rejects(argocdReader({ kubeconfig, namespace: "argocd" }).ask(), (error: Error) => {
        match(error.message, /^Cannot ask Argo CD's code: exit code 1: /);
        match(error.message, why);
        return true;
      });
    },
  );
}
