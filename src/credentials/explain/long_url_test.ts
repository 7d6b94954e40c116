import { deepEqual, equal, ok } from "node:assert/strict";
import { argocdRepository, argocdTemplate } from "../fake/argocd_secret.ts";
import { explainRepository } from "./repository.ts";
import { repositoryFindings } from "./repository_findings.ts";

/** Anybody who can write a secret can write a long URL, and all requests share one process. */

/** Longer than any URL; a secret may hold a megabyte. */
const LENGTH = 150_000;

const URLS: Readonly<Record<string, string>> = {
  "many segments": `https://git.example.com/${"a/".repeat(LENGTH / 2)}`,
  "slashes": `https://git.example.com${"/".repeat(LENGTH)}x.git`,
  "at signs": "a@".repeat(LENGTH / 2),
  "white space": `${"\u2003".repeat(LENGTH / 3)}x`,
};

for (const [what, url] of Object.entries(URLS)) {
  Deno.test(`a stored URL of ${what} is parsed in linear time`, () => {
    const secrets = [
      argocdRepository("long", { url, type: "helm", enableOCI: "true" }),
      argocdTemplate("short", { url: "https://git.example.com/", password: "fake" }),
    ];
    const withTemplate = [...secrets, argocdTemplate("long-template", { url, type: "helm" })];
    const began = performance.now();
    for (const those of [secrets, withTemplate]) {
      repositoryFindings(those);
      explainRepository(those, url, "default");
      equal(explainRepository(those, "https://git.example.com/x", "default").used?.name, "short");
    }
    const elapsed = performance.now() - began;
    ok(elapsed < 5000, `${Math.round(elapsed)} ms`);
  });
}

Deno.test("all prefixes of a long URL are found, the longest first", () => {
  const url = `https://git.example.com/${"a/".repeat(LENGTH / 2)}`;
  const names = explainRepository(
    [
      argocdTemplate("host", { url: "https://git.example.com" }),
      argocdTemplate("all", { url }),
      argocdTemplate("twin", { url: "https://git.example.com" }),
      argocdTemplate("deeper", { url: `${url}b` }),
      argocdTemplate("none", { url: "" }),
    ],
    url,
    "default",
  ).candidates.map(({ name, state }) => `${name} ${state}`);
  deepEqual(names, ["all used", "host not_used", "twin not_used"]);
});
