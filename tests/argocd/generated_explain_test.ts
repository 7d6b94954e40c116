import assert from "node:assert/strict";
import fc from "fast-check";
import type { Case, CaseSecret, RepositoryAnswer } from "../../scripts/argocd_reader/answers.ts";
import { askMany } from "../../scripts/argocd_reader/ask_many.ts";
import { argocdVersion } from "../../scripts/argocd_reader/build.ts";
import {
  ARGOCD_RULES,
  argocdSecrets,
  isUsernameOnly,
} from "../../src/credentials/explain/argocd_secret.ts";
import { credentialsFor } from "../../src/credentials/explain/clients.ts";
import { FoundByUrl, type Resolution } from "../../src/credentials/explain/resolve.ts";
import { judgedTest, shortest } from "./judged.ts";
import { storedSecret } from "../../src/credentials/fake/argocd_secret.ts";
import { type World, world } from "./worlds.ts";

/** `explain` and Argo CD's own code agree on the credential in use. */

/** The seed of all generated cases: it reproduces a failure. */
const SEED = 20261201;

const CASES = 3000;

/** A result in a common form: whether it failed, all fields, and the credential of each client. */
interface Result {
  readonly failed: boolean;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly isInherited?: boolean;
  readonly git?: string;
  readonly clientCertificate?: boolean;
  readonly helm?: string;
  readonly oci?: string;
}

/** As uses.go names them. */
const GIT_KINDS: Readonly<Record<string, string>> = {
  password: "https",
  bearer_token: "https",
  ssh_private_key: "ssh",
  github_app: "githubApp",
  gcp_service_account_key: "googleCloud",
  azure_workload_identity: "azureWorkloadIdentity",
  azure_service_principal: "azureServicePrincipal",
};

/** This program's result. */
function ours({ failed, template, fields }: Resolution): Result {
  if (failed !== undefined) return { failed: true };
  const all = fields.reveal();
  const [git, helm, oci] = (["git", "helm", "oci"] as const).map((client) =>
    credentialsFor(client, all)[0]?.credential
  );
  const login = (credential: string | undefined) =>
    credential === "password" ? `${all.username ?? ""}:${all.password ?? ""}` : ":";
  return {
    failed: false,
    fields: { ...all },
    isInherited: template !== undefined,
    git: git === undefined ? "none" : GIT_KINDS[git],
    helm: helm === "azure_workload_identity" ? helm : login(helm),
    oci: login(oci),
  };
}

/** The result of Argo CD's code. */
function theirs({ error, repository, uses }: RepositoryAnswer): Result {
  if (error !== undefined) return { failed: true };
  const { repo, inheritedCreds, connectionState: _, ...rest } = repository!;
  const url = repo === "" ? {} : { url: repo };
  const fields = Object.entries({ ...url, ...rest })
    .map(([key, value]) => [key, typeof value === "number" ? String(value) : value]);
  const login = ({ username = "", password = "" }) => `${username}:${password}`;
  return {
    failed: false,
    fields: Object.fromEntries(fields),
    isInherited: inheritedCreds ?? false,
    git: uses!.git.kind,
    helm: uses!.helm.kind === "basic" ? login(uses!.helm) : "azure_workload_identity",
    oci: login(uses!.oci),
  };
}

const sorted = (value: unknown): unknown =>
  value !== null && typeof value === "object"
    ? Object.fromEntries(
      Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
        .map(([key, each]) => [key, sorted(each)]),
    )
    : value;
const textOf = (result: Result) => JSON.stringify(sorted(result));

interface Judged {
  readonly secrets: readonly CaseSecret[];
  readonly url: string;
  readonly project: string;
  /** The outcomes that this program considers possible, and the number of secrets. */
  readonly ours: ReadonlySet<string>;
  readonly ways: readonly Resolution[];
  readonly theirs: ReadonlySet<string>;
}

/** Ties are asked repeatedly, to see that Argo CD picks any of them. */
const REPEAT = 40;

async function judge(worlds: readonly World[]): Promise<Judged[]> {
  const explained = worlds.map(({ secrets, asked }) => {
    const found = new FoundByUrl(argocdSecrets(secrets.map(storedSecret)));
    return asked.map(({ url, project }) => [...found.resolve(url, project)]);
  });
  const answers = await askMany(worlds.map(({ secrets, asked }, i): Case => ({
    secrets,
    repositories: asked,
    repeat: explained[i]!.some((ways) => ways.length > 1) ? REPEAT : 1,
  })));
  return worlds.flatMap(({ secrets, asked }, i) =>
    asked.map(({ url, project }, j) => {
      const ways = explained[i]![j]!;
      return {
        secrets,
        url,
        project,
        ways,
        ours: new Set(ways.map(ours).map(textOf)),
        theirs: new Set(answers[i]!.repositories[j]!.map(theirs).map(textOf)),
      };
    })
  );
}

let judging: Promise<Judged[]> | undefined;

const judged = () => judging ??= judge(fc.sample(world, { numRuns: CASES, seed: SEED }));

const told = ({ secrets, url, project, ours, theirs }: Judged) => ({
  url,
  project,
  ours: [...ours],
  theirs: [...theirs],
  secrets,
});

Deno.test("the rules implemented here are those of the Argo CD version that judges", () => {
  assert.equal(ARGOCD_RULES, argocdVersion);
});

judgedTest(
  `Argo CD uses exactly the explained secrets (${CASES} sets of secrets without ties)`,
  async () => {
    const all = (await judged()).filter(({ ways }) => ways.length === 1);
    const failed = all.filter(({ ours, theirs }) => theirs.symmetricDifference(ours).size > 0);
    assert.equal(shortest(failed.map(told)), "", `${failed.length} of ${all.length}, seed ${SEED}`);
  },
);

judgedTest("with ties, Argo CD uses one of the explained secrets", async () => {
  const all = (await judged()).filter(({ ways }) => ways.length > 1);
  const failed = all.filter(({ ours, theirs }) => theirs.size === 0 || !theirs.isSubsetOf(ours));
  assert.equal(shortest(failed.map(told)), "", `${failed.length} of ${all.length}, seed ${SEED}`);
});

judgedTest("the generated questions cover every kind", async () => {
  const all = await judged();
  const count = new Map<string, number>();
  const add = (kind: string) => count.set(kind, (count.get(kind) ?? 0) + 1);
  for (const { ways, theirs } of all) {
    add(ways.length === 1 ? "one way" : "several ways");
    if (theirs.size > 1) add("several answers");
    const [way] = ways;
    add(way!.repository === undefined ? "no repository" : "repository");
    add(way!.template === undefined ? "no template" : "template");
    if (way!.failed !== undefined) add("failed");
    if (way!.repository !== undefined && way!.template !== undefined) add("both");
    if (way!.overwritten.length > 0) add("overwritten");
    add(`git ${ours(way!).git}`);
  }
  if (Deno.env.get("SHOW_KINDS")) console.log(all.length, [...count].sort());
  const least: Readonly<Record<string, number>> = {
    "one way": 5000,
    "several ways": 500,
    "several answers": 500,
    "both": 300,
    "failed": 200,
    "overwritten": 25,
    "git azureServicePrincipal": 40,
  };
  for (const [kind, number] of Object.entries(least)) {
    assert.ok((count.get(kind) ?? 0) >= number, `${kind}: ${count.get(kind)}`);
  }
  for (const kind of Object.values(GIT_KINDS)) {
    assert.ok((count.get(`git ${kind}`) ?? 0) >= 40, `git ${kind}: ${count.get(`git ${kind}`)}`);
  }
});

judgedTest("the generated sets contain each feature often enough", async () => {
  const all = await judged();
  const urls = all.map(({ url }) => url);
  const data = all.flatMap(({ secrets }) => secrets);
  const has = (secretType: string, key: string) =>
    data.filter((each) => each.secretType === secretType && (each.data[key] ?? "") !== "").length;
  const found: Readonly<Record<string, number>> = {
    "SCP-like SSH URLs": urls.filter((url) => /^git@[^/]*:/.test(url)).length,
    "ends with .git": urls.filter((url) => /\.git$/i.test(url)).length,
    "upper case": urls.filter((url) => /[A-Z]/.test(url)).length,
    "spaces": urls.filter((url) => / \w/.test(url)).length,
    "encoded spaces": urls.filter((url) => url.includes("%20")).length,
    "ports": urls.filter((url) => /\w:\d+\//.test(url)).length,
    "registries": urls.filter((url) => url.startsWith("oci://")).length,
    "users": urls.filter((url) => url.startsWith("https://user@")).length,
    "overlapping prefixes": all.filter(({ secrets, url }) =>
      new Set(
        new FoundByUrl(argocdSecrets(secrets.map(storedSecret))).matching(url)
          .map(({ prefix }) => prefix),
      ).size > 1
    ).length,
    "user names only": argocdSecrets(data.map(storedSecret))
      .filter((each) => each.kind === "repository" && isUsernameOnly(each)).length,
    "template flags": has("repo-creds", "enableOCI"),
    "Azure keys as repositories spell them": has("repo-creds", "azureServicePrincipalClientId"),
    "Azure keys as templates spell them": has("repo-creds", "azureServicePrincipalClientID"),
    "Google keys": has("repository", "gcpServiceAccountKey"),
    "projects": all.filter(({ project, ways }) => project !== "" && ways[0]!.repository).length,
  };
  if (Deno.env.get("SHOW_KINDS")) console.log(found);
  for (const [what, count] of Object.entries(found)) assert.ok(count >= 100, `${what}: ${count}`);
});
