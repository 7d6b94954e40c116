import assert from "node:assert/strict";
import { identityText } from "./identified.ts";
import type { SoughtIdentity } from "./sought.ts";

const registry = (registry: string, username = "ci"): SoughtIdentity => ({
  ...{ by: "registry", registry, username },
});
const prefix = (urlPrefix: string, username = "ci"): SoughtIdentity => ({
  ...{ by: "url_prefix", urlPrefix, username },
});

const ROWS: [one: SoughtIdentity, other: SoughtIdentity, areSame: boolean][] = [
  [registry("ghcr.io"), registry("https://GHCR.io/"), true],
  [registry("docker.io"), registry("https://index.docker.io/v1/"), true],
  [registry("ghcr.io/org-a"), registry("ghcr.io/org-b"), false],
  [registry("ghcr.io/org-a"), registry("ghcr.io"), false],
  [registry("ghcr.io/org-a"), registry("ghcr.io/org-a/"), true],
  [registry("ghcr.io:5000"), registry("ghcr.io"), false],
  [registry("ghcr.io", "a"), registry("ghcr.io", "b"), false],
  [prefix("https://git.example.com/org"), prefix("https://git.example.com/org/"), true],
  [prefix("https://git.example.com/org"), prefix("https://git.example.com/other"), false],
  [prefix("https://git.example.com/a b", "c"), prefix("https://git.example.com/a", "b c"), false],
  [registry("ghcr.io"), prefix("ghcr.io"), false],
  [{ by: "name", name: "ghcr" }, { by: "name", name: "ghcr", namespace: "a" }, false],
  [{ by: "name", name: "a" }, { by: "name", name: "b" }, false],
];

for (const [one, other, areSame] of ROWS) {
  const what = `${JSON.stringify(one)} and ${JSON.stringify(other)}`;
  Deno.test(`${what} are ${areSame ? "the same" : "different"}`, () => {
    assert.equal(identityText(one) === identityText(other), areSame);
  });
}
