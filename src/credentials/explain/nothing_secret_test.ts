import { deepEqual, equal, match, ok } from "node:assert/strict";
import { argocdRepository, argocdTemplate } from "../fake/argocd_secret.ts";
import { explainRepository } from "./repository.ts";

/** The result when several secrets match equally well, and values that are never in it. */

const URL = "https://git.example.com/org/app";
const PASSWORD = { username: "bot", password: "fake-password" };

Deno.test("if secrets match equally well, all resolutions and all names are listed", () => {
  const { ambiguous, possible, candidates, used, findings } = explainRepository(
    [
      argocdRepository("b", { url: `${URL}.git`, ...PASSWORD }),
      argocdRepository("a", { url: URL }),
      argocdTemplate("t2", { url: "https://git.example.com/org", password: "fake" }),
      argocdTemplate("t1", { url: "https://git.example.com/org.git", bearerToken: "fake" }),
    ],
    URL,
    "default",
  );
  equal(ambiguous, true);
  deepEqual(used, possible[0]!.used);
  deepEqual(
    possible.map((way) => [way.repository?.name, way.template?.name, way.used?.credential]),
    [["a", "t1", "bearer_token"], ["a", "t2", "password"], ["b", undefined, "password"]],
  );
  deepEqual(candidates.map(({ name, state }) => [name, state]), [
    ["a", "possible"],
    ["b", "possible"],
    ["t1", "possible"],
    ["t2", "possible"],
  ]);
  match(
    candidates[0]!.why,
    /it is not limited to a project, like 'b': Argo CD picks one at random/,
  );
  match(candidates[2]!.why, /longest matching prefix, like 't2': Argo CD picks one at random/);
  equal(findings.filter(({ code }) => code === "duplicate_url").length, 2);
});

Deno.test("hundreds of equally matching secrets are listed within bounds", () => {
  const all = Array.from({ length: 300 }, (_, i) => [
    argocdRepository(`r${i}`, { url: URL }),
    argocdTemplate(`t${i}`, { url: URL, ...PASSWORD }),
  ]).flat();
  const { possible, ambiguous, candidates } = explainRepository(all, URL, "default");
  equal(ambiguous, true);
  equal(possible.length, 100);
  const tied = candidates.filter(({ state }) => state === "possible");
  equal(tied.length, 600, "also secrets in none of the listed resolutions");
});

Deno.test("the state of a secret agrees with the possible resolutions, for any set of secrets", () => {
  const all = [
    argocdRepository("plain", { url: URL }),
    argocdRepository("own", { url: `${URL}.git`, ...PASSWORD }),
    argocdRepository("unread", { url: URL, insecure: "" }),
    argocdTemplate("long", { url: URL, bearerToken: "fake" }),
    argocdTemplate("twin", { url: URL, insecureOCIForceHttp: "" }),
    argocdTemplate("short", { url: "https://git.example.com/", ...PASSWORD }),
  ];
  for (let set = 1; set < 2 ** all.length; set++) {
    const secrets = all.filter((_, i) => set & 1 << i);
    const explained = explainRepository(secrets, URL, "default");
    const ways = explained.ambiguous ? explained.possible : [explained];
    for (const { name, state } of explained.candidates) {
      const using = ways.filter((way) =>
        way.repository?.name === name || way.template?.name === name
      ).length;
      const expected = using === 0 ? "not_used" : using === ways.length ? "used" : "possible";
      equal(state, expected, `${name} of ${secrets.map((each) => each.name)}`);
    }
  }
});

Deno.test("no value of a credential is in what is explained, and no user of a URL", () => {
  const canary = "canary-7f3a";
  const secret = {
    username: `ghp_${canary.padEnd(36, "x")}`,
    password: canary,
    bearerToken: canary,
    sshPrivateKey: canary,
    gcpServiceAccountKey: canary,
    insecure: canary,
  };
  const explained = explainRepository(
    [
      argocdRepository("app", { url: URL, ...secret }),
      argocdRepository("user", {
        url: `https://${canary}:${canary}@git.example.com/org/app`,
        ...secret,
      }),
      argocdTemplate("org", { url: `https://bot:${canary}@git.example.com/`, ...secret }),
      argocdTemplate("host", { url: "https://git.example.com", ...secret, insecure: "true" }),
    ],
    URL,
    "default",
  );
  ok(explained.candidates.length >= 3);
  ok(!JSON.stringify(explained).includes(canary), JSON.stringify(explained));
});

const logins: [url: string, isFound: boolean, type?: string][] = [
  ["https://u:fake@git.example.com/org/app", true],
  ["HTTP://u:@git.example.com/org/app", true],
  ["https://u@git.example.com/org/app", false],
  ["https://:fake@git.example.com/org/app", false],
  ["https://git.example.com/u:fake@org/app", false],
  ["ssh://u:fake@git.example.com/org/app", false],
  ["https://u:fake@git.example.com/charts", false, "helm"],
  [URL, false],
];

for (const [url, isFound, type = "git"] of logins) {
  Deno.test(`the login in a URL is found if Git uses it: ${url} ${type}`, () => {
    const secrets = type === "git" ? [] : [argocdRepository("r", { url, type })];
    const { used, findings } = explainRepository(secrets, url, "default");
    equal(used, null);
    const found = findings.filter(({ code }) => code === "login_in_url");
    equal(found.length, isFound ? 1 : 0);
    ok(!JSON.stringify(found).includes("fake"));
  });
}

Deno.test("a user name that is the token is masked", () => {
  const { used } = explainRepository(
    [argocdRepository("app", { url: URL, username: "fake-token", password: "x-oauth-basic" })],
    URL,
    "default",
  );
  equal(used?.username, "***");
});
