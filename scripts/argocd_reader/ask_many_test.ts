import { deepEqual, doesNotMatch, equal, rejects } from "node:assert/strict";
import { repository, template } from "../../tests/support/argocd_reader.ts";
import type { Case, CaseAnswer } from "./answers.ts";
import { askMany } from "./ask_many.ts";
import { argocdReaderIsAtHand } from "./build.ts";

/**
 * Many cases in one process, without an API server. Every test of argocd_reader_test.ts,
 * inheritance_test.ts and matching_test.ts checks that the answers are the same as with one.
 */

const ignore = !await argocdReaderIsAtHand();

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

const URL = "https://git.example.com/org/repo";

function passwords(answer: CaseAnswer): (string | undefined)[][] {
  return answer.repositories.map((each) => each.map(({ repository }) => repository!.password));
}

test("each of 500 cases is answered from its own secrets, in the order of the cases", async () => {
  const count = 500; // the long names fill the pipes in both directions
  const name = "n".repeat(2000);
  const cases = Array.from({ length: count }, (_, i): Case => ({
    secrets: [repository("a", { url: URL, name, password: `p${i}` })],
    repositories: [{ url: URL }],
  }));
  const answers = await askMany(cases);
  deepEqual(answers.map(passwords), cases.map((_, i) => [[`p${i}`]]));
});

test("no cases get no answers, and an empty case gets an empty answer", async () => {
  deepEqual(await askMany([]), []);
  deepEqual(await askMany([{}]), [{ repositories: [], credentials: [], normalized: [] }]);
});

test("a question repeated 200 times gets the answers of all tied secrets", async () => {
  const host = "https://git.example.com/";
  const secrets = [
    ...["a", "b"].map((name) => repository(name, { url: URL, password: name })),
    ...["c", "d", "e"].map((name) => template(name, { url: host, password: name })),
    template("shorter", { url: "https://git.example", password: "shorter" }),
    repository("one", { url: `${URL}-one`, password: "one" }),
  ];
  const [answer] = await askMany([{
    secrets,
    repositories: [{ url: URL }, { url: `${URL}-none` }, { url: `${URL}-one` }],
    credentials: [URL, "https://example.com"],
    repeat: 200,
  }]);
  deepEqual(passwords(answer!), [["a", "b"], ["c", "d", "e"], ["one"]]);
  deepEqual(answer!.credentials, [
    ["c", "d", "e"].map((password) => ({ credentials: { url: host, password } })),
    [{ credentials: null }],
  ]);
});

test("a question asked once gets the answer of one of the tied secrets", async () => {
  const secrets = ["a", "b"].map((name) => repository(name, { url: URL, password: name }));
  const answers = await askMany(
    new Array<Case>(100).fill({ secrets, repositories: [{ url: URL }] }),
  );
  for (const answer of answers) equal(answer.repositories[0]!.length, 1);
  deepEqual(new Set(answers.map((answer) => passwords(answer)[0]![0])), new Set(["a", "b"]));
});

test("a secret with an invalid value fails only the question that reads it", async () => {
  const [answer] = await askMany([{
    secrets: [
      repository("bad", { url: URL, insecure: "yes" }),
      repository("good", { url: `${URL}-good`, password: "p" }),
    ],
    repositories: [{ url: URL }, { url: `${URL}-good` }],
    repeat: 3,
  }]);
  const [bad, good] = answer!.repositories;
  deepEqual(bad!.map(({ error }) => /invalid syntax/.exec(error!)?.[0]), ["invalid syntax"]);
  deepEqual(good!.map(({ repository }) => repository!.password), ["p"]);
});

test("URLs are normalised as Argo CD compares them", async () => {
  const normalized = {
    " HTTPS://Git.Example.com/Org/Repo.git\n": "https://git.example.com/org/repo",
    "https://git.example.com/repo.git/": "https://git.example.com/repo.git/",
    "https://git.example.com/repo.git.git": "https://git.example.com/repo.git",
    "https://User@git.example.com:443/a b/ü": "https://user@git.example.com:443/a%20b/%C3%BC",
    "https://git.example.com/a//b/../c?d#": "https://git.example.com/a//b/../c?d",
    "git@git.example.com:Org/Repo": "git@git.example.com/org/repo",
    "ssh://git@git.example.com:22/org/repo": "git@git.example.com:22/org/repo",
    "oci://Registry.example.com/Chart": "oci://registry.example.com/chart",
    "https://git.example.com/%zz": "",
    "": "",
  };
  const [answer] = await askMany([{ normalize: Object.keys(normalized) }]);
  deepEqual(answer!.normalized, Object.values(normalized));
});

const SECRET = "hunter2-fake";

/** Invalid cases and the reason given. */
const WRONG: readonly [object, string][] = [
  [{ secret: [], repositories: [{ url: SECRET }] }, 'json: unknown field "secret"'],
  [{ secrets: [{ name: "a", data: { [SECRET]: 1 } }] }, "secrets.data: not of type string"],
  [{ secrets: [{ data: { password: SECRET } }] }, "secrets[0] has no name"],
  [
    { secrets: ["b", "a", "a"].map((name) => repository(name, { password: SECRET })) },
    "secrets[2] has the name of secrets[1]",
  ],
  [{ normalize: SECRET }, "normalize: not of type []string"],
  [{ normalize: [SECRET], repeat: -1 }, "repeat is negative"],
];

for (const [wrong, why] of WRONG) {
  test(`an invalid case is reported by its number, without its values: ${why}`, async () => {
    await rejects(askMany([{}, {}, wrong, {}]), (error: Error) => {
      const prefix = "Cannot ask Argo CD's code: exit code 1: Cannot read case 2 (counting from 0)";
      equal(error.message, `${prefix}: ${why}`);
      doesNotMatch(error.message, new RegExp(SECRET));
      return true;
    });
  });
}

test("a case that exceeds the timeout is reported by its number", async () => {
  const slow: Case = { repositories: [{ url: URL }], repeat: 1e9 };
  await rejects(askMany([{}, slow], { timeoutMs: 300 }), {
    message: /: exit code 1: Cannot answer case 1 \(counting from 0\): .*(deadline|timed out)/,
  });
});
