import { deepEqual, equal, ok } from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { argocdRepository, argocdTemplate } from "../fake/argocd_secret.ts";
import { fakePullSecret } from "../fake/pull_secret.ts";
import { pullSecretFindings } from "./pull_secret_findings.ts";
import { explainRepository } from "./repository.ts";
import { repositoryFindings } from "./repository_findings.ts";

/** Who gets which findings, and values that are never in them. */

const URL = "https://git.example.com/org/app";
const LOGIN = { username: "bot", password: "fake-password" };

Deno.test("no value is in a finding, and no user of a URL", () => {
  const canary = "canary-7f3a";
  const url = `https://${canary}:${canary}@git.example.com/org`;
  const data = { url, username: `${canary} `, password: `${canary}\n`, insecure: canary };
  const findings = repositoryFindings([
    argocdRepository("a", data),
    argocdRepository("b", data),
    argocdTemplate("c", { ...data, enableOCI: canary }),
    argocdTemplate("d", { ...data, insecure: "true" }),
  ]);
  ok(findings.length >= 8, `${findings.length}`);
  ok(!JSON.stringify(findings).includes(canary), JSON.stringify(findings));
});

/** Made-up tokens in the issuers' formats, in upper and lower case. */
const TOKENS = {
  github: `ghp_${"CaNaRy7f3A".repeat(3)}XxYyZz`,
  jwt: ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJjYW5hcnkifQ", "CaNaRy7f3ACaNaRy7f3A"].join("."),
  amazon: `AKIA${"CANARY7F".repeat(2)}`,
};

for (const [whose, token] of Object.entries(TOKENS)) {
  Deno.test(`no token in a path is in a finding, in upper or lower case: ${whose}`, () => {
    const secrets = [
      argocdTemplate("slash", { url: `https://git.example.com/${token}` }),
      argocdTemplate("git", { url: ` https://git.example.com/org/${token}.git` }),
      argocdTemplate("below", { url: `ghcr.io/${token}/charts`, type: "helm" }),
      argocdTemplate("host", { url: `https://${token}` }),
      argocdRepository("a", { url: `http://git.example.com/${token}`, username: "bot" }),
      argocdRepository("b", { url: `http://git.example.com/${token}` }),
    ];
    const keys = [
      `oci://ghcr.io/${token}`,
      `oci://${token}/x`,
      `ghcr.io/${token}/v2`,
      `http://ghcr.io/${token}`,
      `https://docker.io/${token}/app:1`,
      `u:${token}@ghcr.io`,
      `ghcr.io/?x=${token}`,
      token,
    ];
    const found = [
      ...repositoryFindings(secrets),
      ...keys.flatMap((key) =>
        pullSecretFindings([fakePullSecret("s", { [key]: { username: "u" } })], [], {
          argocdNamespace: "team",
        })
      ),
      ...secrets.flatMap(({ name }, i) => [
        explainRepository(secrets.slice(i), `https://git.example.com/org/${name}`, "default"),
      ]),
    ];
    ok(found.length >= 20, `${found.length}`);
    const secret = token.slice(4).toLowerCase();
    ok(!JSON.stringify(found).toLowerCase().includes(secret), JSON.stringify(found));
  });
}

Deno.test("odd secrets give findings or are ignored, and nothing is thrown", () => {
  const odd = (data: Record<string, string>): StoredSecret => ({
    ...argocdRepository("odd", {}),
    data: seal(data),
  });
  const findings = repositoryFindings([
    odd({}),
    odd({ url: "no base64!", password: "?" }),
    odd({ url: "/////w==", insecure: "/////w==", __proto__: "eA==", constructor: "eA==" }),
    { ...argocdRepository("unlabelled", { url: URL }), labels: {} },
    {
      ...argocdRepository("odd-label", { url: URL }),
      labels: { "argocd.argoproj.io/secret-type": "constructor" },
    },
  ]);
  ok(findings.every(({ secrets }) => secrets.every(({ name }) => name === "odd")));
});

Deno.test("nothing is wrong with five thousand secrets of as many URLs", () => {
  const secrets = Array.from({ length: 2500 }, (_, i) => [
    argocdRepository(`r${i}`, { url: `oci.example.com/org-${i}/app`, enableOCI: "true" }),
    argocdTemplate(`t${i}`, { url: `oci.example.com/org-${i}/`, enableOCI: "true", ...LOGIN }),
  ]).flat();
  deepEqual(repositoryFindings(secrets), []);
  equal(explainRepository(secrets, "oci.example.com/org-7/app", "").used?.name, "t7");
});

Deno.test("an Application gets the findings about its secrets and about secrets that break every Application", () => {
  const secrets = [
    argocdRepository("app", { url: URL, insecure: "true", ...LOGIN }),
    argocdRepository("other", { url: `${URL}-other`, insecure: "true", ...LOGIN }),
    argocdTemplate("charts", { url: "charts.example.com/", type: "helm", enableOCI: "no" }),
  ];
  const { findings } = explainRepository(secrets, URL, "default");
  deepEqual(
    findings.map(({ code, secrets }) => `${code} ${secrets[0]!.name}`),
    ["tls_not_verified app", "unparsable_value charts"],
  );
});

Deno.test("a URL that Argo CD cannot parse is a finding even without secrets", () => {
  const { findings } = explainRepository([], "192.0.2.10:1843/org/app", "default");
  deepEqual(findings.map(({ code, secrets }) => [code, secrets]), [["unparsable_url", []]]);
});
