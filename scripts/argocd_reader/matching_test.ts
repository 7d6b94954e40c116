import { deepEqual, equal } from "node:assert/strict";
import { argocdTests, repository, template } from "../../tests/support/argocd_reader.ts";

const argocdTest = argocdTests((test) => Deno.test(test));

/** Which secret Argo CD's code uses for an Application's URL and project. */

/** URL of the secret, URLs of Applications that find it, and URLs that do not. */
const SPELLINGS: readonly { url: string; found: string[]; not: string[] }[] = [
  {
    url: "https://Git.Example.com/Org/Https.git",
    found: ["https://git.example.com/org/https", " HTTPS://GIT.example.com/org/https.GIT\n"],
    not: [
      "https://git.example.com/org/https/",
      "https://git.example.com/org/https.git/",
      "https://git.example.com:443/org/https",
      "https://user@git.example.com/org/https",
      "http://git.example.com/org/https",
      "git.example.com/org/https",
    ],
  },
  {
    url: "git@git.example.com:org/ssh.git",
    found: ["ssh://git@git.example.com/org/ssh", "git@git.example.com:Org/SSH"],
    not: ["ssh://git@git.example.com:22/org/ssh", "ssh://git.example.com/org/ssh"],
  },
  {
    url: "registry.example.com/org",
    found: ["Registry.example.com/Org", "registry.example.com/org.git"],
    not: ["oci://registry.example.com/org", "registry.example.com/org/", "registry.example.com"],
  },
  {
    url: "oci://registry.example.com/artifact",
    found: ["OCI://registry.example.com/Artifact"],
    not: ["registry.example.com/artifact", "oci://registry.example.com/artifact/chart"],
  },
];

for (const { url, found, not } of SPELLINGS) {
  argocdTest(`a repository at ${url} is found by equivalent URLs`, async (cluster) => {
    await cluster.put(repository("r", { url, password: "own" }));
    const urls = [...found, ...not];
    const { repositories } = await cluster.ask({ repositories: urls.map((url) => ({ url })) });
    const finders = urls.filter((_, i) => repositories[i]!.repository!.password === "own");
    deepEqual(finders, found);
    equal(repositories[0]!.repository!.repo, url, "the secret's spelling is used");
  });
}

argocdTest(
  "whitespace around a secret's URL is ignored in the search, and kept",
  async (cluster) => {
    const url = "https://git.example.com/org/repo";
    await cluster.put(repository("r", { url: ` ${url}\n`, password: "own" }));
    const { repositories } = await cluster.ask({ repositories: [{ url }] });
    deepEqual(repositories[0]!.repository, { repo: ` ${url}\n`, password: "own" });
  },
);

argocdTest(
  "a URL that cannot be parsed finds a repository with the same URL, and no template",
  async (cluster) => {
    const url = "https://git.example.com/%zz";
    await cluster.put(
      repository("r", { url, username: "own" }),
      template("t", { url, password: "template" }),
      template("empty", { url: "", password: "empty" }),
    );
    const { repositories, credentials } = await cluster.ask({
      repositories: [{ url }, { url: "https://git.example.com/%ZZ" }],
      credentials: [url, "https://git.example.com/org"],
    });
    deepEqual(repositories.map(({ repository }) => repository!.username), ["own", undefined]);
    deepEqual(credentials.map(({ credentials }) => credentials), [null, null]);
  },
);

argocdTest(
  "a repository of a project is found for that project only, one without a project for all",
  async (cluster) => {
    const url = "https://git.example.com/org/repo";
    const only = "https://git.example.com/org/only";
    await cluster.put(
      repository("all", { url, password: "all" }),
      repository("a", { url, password: "a", project: "a" }),
      repository("only-a", { url: only, password: "a", project: "a" }),
    );
    const asked = [url, only].flatMap((url) =>
      ["", "a", "A", "b"].map((project) => ({ url, project }))
    );
    const { repositories } = await cluster.ask({ repositories: asked });
    const passwords = repositories.map(({ repository }) => repository!.password);
    deepEqual(passwords, ["all", "a", "all", "all", undefined, "a", undefined, undefined]);
  },
);

argocdTest(
  "a template applies to each URL that starts with its own, the longest first",
  async (cluster) => {
    const host = "https://git.example.com";
    await cluster.put(
      template("host", { url: host, password: "host" }),
      template("org", { url: `${host}/Org`, password: "org" }),
      template("slash", { url: `${host}/team/`, password: "team" }),
      template("registry", { url: "registry.example.com", password: "registry" }),
    );
    const passwords: Record<string, string | undefined> = {
      [`${host}/x`]: "host",
      [`${host}/org/x.git`]: "org",
      [`${host}/org-other/x`]: "org", // as text, not as a path
      [`${host}.attacker.example/x`]: "host",
      [`${host}/team/x`]: "team",
      [`${host}/team`]: "host",
      [`${host}/team-other/x`]: "host",
      "http://git.example.com/x": undefined,
      "registry.example.com/chart": "registry",
      "oci://registry.example.com/chart": undefined,
    };
    const urls = Object.keys(passwords);
    const { credentials, repositories } = await cluster.ask({
      credentials: urls,
      repositories: urls.map((url) => ({ url })),
    });
    deepEqual(urls.map((_, i) => credentials[i]!.credentials?.password), Object.values(passwords));
    deepEqual(urls.map((_, i) => repositories[i]!.repository!.password), Object.values(passwords));
  },
);

argocdTest("two templates with the same URL are ambiguous, which Argo CD logs", async (cluster) => {
  const url = "https://git.example.com/";
  await cluster.put(template("a", { url, password: "p" }), template("b", { url, password: "p" }));
  const { credentials } = await cluster.ask({ credentials: [`${url}x`] });
  equal(credentials[0]!.credentials!.password, "p");
  const line = `Found multiple credentials for repoURL: ${url}x`;
  deepEqual(new Set(credentials[0]!.warnings), new Set([line]));
});
