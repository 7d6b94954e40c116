import assert from "node:assert/strict";
import { basicHeader, serve, turnedAway } from "../verify/http_server.ts";
import { assertEnded, type Stage, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Stored credentials are verified at a chart repository on this machine. */

const LOOPBACK = { config: "verify-allow: [127.0.0.1]\n" };

const PAIR = ["--cluster", "one,two"];

/** A chart repository that requires the password, and counts logins. */
function chartRepository(password: string) {
  const visitors = [basicHeader("alice", password)];
  let logins = 0;
  const server = serve((request) => {
    if (request.headers.has("Authorization")) logins++;
    return turnedAway(request, visitors) ?? new Response("apiVersion: v1\nentries: {}\n");
  });
  return { server, logins: () => logins };
}

/** Stores a repository with the stage's password in these clusters. */
function put(
  { emulators, canary }: Stage,
  name: string,
  url: string,
  ...clusters: ("one" | "two")[]
) {
  putPassword(emulators, canary.value, name, url, ...clusters);
}

function putPassword(
  emulators: Stage["emulators"],
  password: string,
  name: string,
  url: string,
  ...clusters: ("one" | "two")[]
) {
  for (const cluster of clusters) {
    emulators[cluster].cluster.put({
      metadata: {
        namespace: "argocd",
        name,
        labels: { "argocd.argoproj.io/secret-type": "repository" },
      },
      stringData: { type: "helm", url, username: "alice", password },
    });
  }
}

bothWays(
  "check verifies each place once, and exits with 4 if one rejects the credential",
  async (stage) => {
    const { run, canary: { value } } = stage;
    const [own, other] = [chartRepository(value), chartRepository("another")];
    await using _own = own.server;
    await using _other = other.server;
    put(stage, "own", `${own.server.url}/charts`, "one", "two");
    const good = await run(["check", ...PAIR]);
    assertEnded(good, {
      stdout: new RegExp(
        "^RESULT +PLACE +USERNAME +USED BY +MESSAGE\n" +
          `accepted +${own.server.url}/charts +alice +2 secrets on 2 clusters +The repository accepts .*\n$`,
      ),
      stderr:
        /^(one: 1 credential in 1 secret\n|two: 1 credential in 1 secret\n){2}note: 1 accepted\n2 clusters read\n$/s,
    });
    assert.equal(own.logins(), 1);
    put(stage, "other", `${other.server.url}/charts`, "two");
    const bad = await run(["check", ...PAIR]);
    assertEnded(bad, {
      code: 4,
      stdout: new RegExp(
        `\nrefused +${other.server.url}/charts +alice +two/argocd/other +.*\\(401 Unauthorized\\)\naccepted +${own.server.url}`,
      ),
      stderr: /note: 1 refused, 1 accepted\n2 clusters read\n$/,
    });
    const json = await run(["check", "--cluster", "two", "-o", "json"]);
    assert.equal(json.code, 4);
    const { checks, refused } = JSON.parse(json.stdout);
    assert.deepEqual([checks.length, refused], [2, 1]);
    assert.deepEqual(Object.keys(checks[0].cells[0]), ["cluster", "namespace", "name", "key"]);
  },
  LOOPBACK,
);

bothWays(
  "check queries a host for a token's expiry once, however many places use the token there",
  async ({ run, emulators, canary }) => {
    const token = `glpat-${canary.value}`;
    const { server } = chartRepository(token);
    await using _ = server;
    for (const name of ["a", "b"]) {
      putPassword(emulators, token, name, `${server.url}/${name}`, "one", "two");
    }
    assertEnded(await run(["check", ...PAIR]), { stdout: /accepted.*\naccepted/s, stderr: /./ });
    const questions = server.seen.filter(({ path }) => path.startsWith("/api/"));
    assert.deepEqual(questions.map(({ path }) => path), ["/api/v4/personal_access_tokens/self"]);
  },
  LOOPBACK,
);

bothWays(
  "check exits with 3 if a place or a cluster was not reached, and with 1 if no cluster was",
  async (stage) => {
    const { run } = stage;
    put(stage, "charts", "http://127.0.0.1:1/charts", "one");
    const place = await run(["check", "--cluster", "one"]);
    assertEnded(place, {
      code: 3,
      stdout:
        /^unreachable +http:\/\/127\.0\.0\.1:1\/charts +alice +one\/argocd\/charts +.*refused$/m,
      stderr: /note: 1 unreachable\n1 cluster read\n$/,
    });
    assertEnded(await run(["check", "--cluster", "two,gone"]), {
      code: 3,
      stderr: /^gone: failed: .*$/m,
    });
    assertEnded(await run(["check", "--cluster", "gone"]), { code: 1, stderr: /^gone: failed: / });
  },
  LOOPBACK,
);

bothWays("check --id verifies that credential only, and rejects an unknown ID", async (stage) => {
  const { run, canary: { value } } = stage;
  const own = chartRepository(value);
  await using _own = own.server;
  const url = `${own.server.url}/charts`;
  put(stage, "own", url, "one");
  put(stage, "nowhere", "http://127.0.0.1:1/charts", "one");
  const row = await run([
    "check",
    "--cluster",
    "one",
    "--id",
    `repository/helm/${url}`,
    "-o",
    "name",
  ]);
  assertEnded(row, { stdout: "one/argocd/own\n", stderr: /.*/s });
  const none = await run(["check", "--cluster", "one", "--id", "docker/none"]);
  assertEnded(none, { code: 1, stderr: /^error: No credential of these clusters has this ID/ });
}, LOOPBACK);
