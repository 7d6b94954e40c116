import { equal, ok } from "node:assert/strict";
import { seal } from "../log/sealed.ts";
import { allValuesToCheck } from "./checks/values_to_check.ts";
import { explainPull } from "./explain/image.ts";
import { pullSecretFindings } from "./explain/pull_secret_findings.ts";
import { explainRepository } from "./explain/repository.ts";
import { repositoryFindings } from "./explain/repository_findings.ts";
import { argocdRepository, argocdTemplate } from "./fake/argocd_secret.ts";
import { fakePullSecret } from "./fake/pull_secret.ts";
import { matchesIn } from "./rotation/matches.ts";
import { soughtValue } from "./rotation/sought.ts";
import { wantedIn } from "./rotation/wanted.ts";
import { valuesIn } from "./values.ts";

/** Who may write secrets may write very many logins, and all requests share one process. */

/** A secret may hold a megabyte, which is room for more. */
const LOGINS = 6000;

const SECRETS = 3000;

/** Milliseconds; work that grows with the square of these numbers takes minutes. */
const MOST = 20_000;

const REGISTRIES: Readonly<Record<string, (i: number) => string>> = {
  "other registries": (i) => `r${i}.example.com`,
  "other paths of one registry": (i) => `ghcr.io/o${i}`,
  "one registry for other users": (i) => `https://user-${i}@ghcr.io`,
};

for (const [what, registry] of Object.entries(REGISTRIES)) {
  Deno.test(`a pull secret with very many logins for ${what} is read in time`, async () => {
    const logins = Array.from(
      { length: LOGINS },
      (_, i) =>
        [registry(i), {
          username: "bot",
          password: i % 2 === 0 ? "one-and-the-same" : `other-${i}`,
        }] as const,
    );
    const secret = fakePullSecret("many", Object.fromEntries(logins));
    const { namespace, name } = secret;
    const began = performance.now();
    equal(new Set(valuesIn(secret).map(({ place }) => place)).size, LOGINS);
    const [{ values }] = allValuesToCheck({ argocd: [], pullSecrets: [secret] }) as [
      ReturnType<typeof allValuesToCheck>[number],
    ];
    equal(values.length, LOGINS);
    pullSecretFindings([secret], [], { argocdNamespace: namespace });
    explainPull({
      image: "ghcr.io/o1/x",
      repository: "ghcr.io/o1/x",
      namespace,
      serviceAccount: "default",
    }, {
      account: { namespace, name: "default", pullSecrets: [name] },
      named: [secret],
      others: [],
    });
    const sought = soughtValue({ password: seal("one-and-the-same") })!;
    const wanted = await wantedIn([secret], [sought], () => Promise.resolve(undefined));
    ok(matchesIn(secret, wanted).length > 0);
    const elapsed = performance.now() - began;
    ok(elapsed < MOST, `${Math.round(elapsed)} ms`);
  });
}

const URL = "https://git.example.com/org/app";

const SETS: Readonly<Record<string, (i: number) => ReturnType<typeof argocdRepository>>> = {
  "repositories with one URL": (i) => argocdRepository(`r${i}`, { url: URL }),
  "repositories with one URL, and credentials": (i) =>
    argocdRepository(`r${i}`, { url: URL, password: `fake-${i}` }),
  "templates with one URL": (i) =>
    argocdTemplate(`t${i}`, { url: "https://git.example.com/", password: `fake-${i}` }),
  "templates and OCI repositories that they match": (i) =>
    i % 2 === 0
      ? argocdTemplate(`t${i}`, { url: "https://git.example.com/", password: `fake-${i}` })
      : argocdRepository(`r${i}`, { url: `${URL}-${i}`, enableOCI: "true" }),
};

for (const [what, of] of Object.entries(SETS)) {
  Deno.test(`very many ${what} are read in time`, () => {
    const argocd = Array.from({ length: SECRETS }, (_, i) => of(i));
    argocd.push(argocdTemplate("short", { url: "https://git.example", password: "fake" }));
    const began = performance.now();
    equal(allValuesToCheck({ argocd, pullSecrets: [] }).length, SECRETS + 1);
    const told = repositoryFindings(argocd).flatMap(({ secrets }) => secrets).length;
    ok(told < 10 * SECRETS, `findings name ${told} secrets`);
    explainRepository(argocd, URL, "default");
    const elapsed = performance.now() - began;
    ok(elapsed < MOST, `${Math.round(elapsed)} ms`);
  });
}
