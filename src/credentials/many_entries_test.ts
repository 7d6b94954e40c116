import { equal, ok } from "node:assert/strict";
import { assertTakesLess } from "../../tests/support/takes_less.ts";
import { seal, type Sealed } from "../log/sealed.ts";
import { allValuesToCheck } from "./checks/values_to_check.ts";
import { explainPull } from "./explain/image.ts";
import { pullSecretFindings } from "./explain/pull_secret_findings.ts";
import { explainRepository } from "./explain/repository.ts";
import { repositoryFindings } from "./explain/repository_findings.ts";
import { argocdRepository, argocdTemplate } from "./fake/argocd_secret.ts";
import { fakePullSecret, pullSecretOf } from "./fake/pull_secret.ts";
import { matchesIn } from "./rotation/matches.ts";
import { soughtValue } from "./rotation/sought.ts";
import { wantedIn } from "./rotation/wanted.ts";
import { valuesIn } from "./values.ts";

/** Who may write secrets may write very many logins, and all requests share one process. */

const VALUE = "one-and-the-same";

/** A secret may hold a megabyte, which is room for more. */
const LOGINS = 6000;

const SECRETS = 3000;

/** Milliseconds; work that grows with the square of these numbers takes minutes. */
const MOST = 8000;

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
          password: i % 2 === 0 ? VALUE : `other-${i}`,
        }] as const,
    );
    const secret = fakePullSecret("many", Object.fromEntries(logins));
    const { namespace, name } = secret;
    await assertTakesLess(MOST, async () => {
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
      const value = soughtValue({ password: seal(VALUE) })!;
      for (const sought of [value, { by: "name", name } as const]) {
        const wanted = await wantedIn([secret], [sought], () => Promise.resolve(undefined));
        ok(matchesIn(secret, wanted).length > 0);
      }
    });
  });
}

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

/** Configurations with a value, and with a JSON array as deep as is given. */
const CONFIGS: Readonly<Record<string, (deep: string) => string>> = {
  "beside the logins": (deep) => `{"auths":{"ghcr.io":{"password":"${VALUE}"}},"x":${deep}}`,
  "in a login": (deep) => `{"auths":{"ghcr.io":{"Password":"${VALUE}","x":${deep}}}}`,
  "in the wrong place": (deep) => `{"Auths":{"ghcr.io":{"password":"${VALUE}"}},"x":${deep}}`,
};

for (const [what, of] of Object.entries(CONFIGS)) {
  for (const depth of [1000, 2000, 3000, 4000, 6000, 20_000, 200_000]) {
    Deno.test(`JSON of depth ${depth} ${what} of a pull secret hides no value`, async () => {
      const secret = pullSecretOf("deep", of(nested(depth)));
      const { namespace, name } = secret;
      equal(valuesIn(secret).length, 1);
      equal(allValuesToCheck({ argocd: [], pullSecrets: [secret] }).length, 1);
      pullSecretFindings([secret], [], { argocdNamespace: namespace });
      explainPull({
        image: "ghcr.io/o/x",
        repository: "ghcr.io/o/x",
        namespace,
        serviceAccount: "default",
      }, {
        account: { namespace, name: "default", pullSecrets: [name] },
        named: [secret],
        others: [secret],
      });
      const value = soughtValue({ password: seal(VALUE) })!;
      const fingerprint = (value: Sealed<string>) => Promise.resolve(value.reveal());
      for (const sought of [value, { by: "fingerprint", fingerprint: VALUE } as const]) {
        const wanted = await wantedIn([secret], [sought], fingerprint);
        equal(matchesIn(secret, wanted).length, 1, sought.by);
      }
    });
  }
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
  Deno.test(`very many ${what} are read in time`, async () => {
    const argocd = Array.from({ length: SECRETS }, (_, i) => of(i));
    argocd.push(argocdTemplate("short", { url: "https://git.example", password: "fake" }));
    await assertTakesLess(MOST, () => {
      equal(allValuesToCheck({ argocd, pullSecrets: [] }).length, SECRETS + 1);
      const told = repositoryFindings(argocd).flatMap(({ secrets }) => secrets).length;
      ok(told < 10 * SECRETS, `findings name ${told} secrets`);
      explainRepository(argocd, URL, "default");
    });
  });
}
