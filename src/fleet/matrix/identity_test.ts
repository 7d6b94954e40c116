import assert from "node:assert/strict";
import { argocdIdentity } from "./identity.ts";

/** With the form of a token, but not a real one. */
const TOKEN = `ghp_${"Fake1Not2Real3".repeat(3)}`;

const labelled = (type: string) => ({ labels: { "argocd.argoproj.io/secret-type": type } });

type Fields = Parameters<typeof argocdIdentity>[1];

const IDS: [type: string, fields: Fields, id: string | undefined][] = [
  ["repository", { url: "https://Git.example/App.git" }, "repository/git/https://git.example/app"],
  ["repository", { url: "git@git.example:org/app.git" }, "repository/git/git@git.example/org/app"],
  [
    "repository",
    { url: "ssh://git@git.example/org/app" },
    "repository/git/git@git.example/org/app",
  ],
  ["repository", { url: "ghcr.io/org", type: "helm" }, "repository/helm/ghcr.io/org"],
  [
    "repository",
    { url: "https://git.example/app", project: "team-a" },
    "repository/git@team-a/https://git.example/app",
  ],
  [
    "repository",
    { url: "https://git.example/app", type: "git@x", project: "a/b" },
    "repository/git%40x@a%2Fb/https://git.example/app",
  ],
  ["repository", { url: "https://git.example/app/" }, "repository/git/https://git.example/app/"],
  ["repository", {}, "repository/git/"],
  ["repo-creds", { url: "https://git.example/org/" }, "template/https://git.example/org"],
  [
    "repo-creds",
    { url: "https://git.example/org", type: "helm", project: "x" },
    "template/https://git.example/org",
  ],
  // A URL that Go cannot parse stays unchanged, so that two of them stay different.
  ["repo-creds", { url: "192.0.2.10:1843/" }, "template/192.0.2.10:1843/"],
  [
    "repository-write",
    { url: "https://git.example/app" },
    "write_repository/git/https://git.example/app",
  ],
  ["repo-write-creds", { url: "https://git.example/" }, "write_template/https://git.example"],
  ["cluster", { url: "https://git.example/" }, undefined],
  ["__proto__", { url: "https://git.example/" }, undefined],
];

for (const [type, fields, id] of IDS) {
  Deno.test(`a secret of type ${type} with ${JSON.stringify(fields)} is the row ${id}`, () => {
    assert.equal(argocdIdentity(labelled(type), fields)?.id, id);
  });
}

const MASKED: [url: string, shown: string][] = [
  [`https://bot:${TOKEN}@git.example/App`, "https://***@git.example/app"],
  ["https://bot:pass@git.example/App", "https://***@git.example/app"],
  ["https://git.example/app?private_token=pass", "https://git.example/app?***"],
  [`https://git.example/${TOKEN}/app`, "https://git.example/ghp_***/app"],
  ["https://git.example/AKIAABCDEFGHIJKLMNOP/app", "https://git.example/akia***/app"],
];

for (const [url, shown] of MASKED) {
  Deno.test(`the row of ${url.replace(TOKEN, "TOKEN")} is identified by ${shown}`, () => {
    const identity = argocdIdentity(labelled("repository"), { url });
    assert.equal(identity?.url, shown);
    assert.equal(identity?.id, `repository/git/${shown}`);
    assert.equal(argocdIdentity(labelled("repo-creds"), { url })?.url, shown);
  });
}
