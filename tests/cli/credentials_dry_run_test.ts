import assert from "node:assert/strict";
import { load } from "js-yaml";
import { assertEnded, onStage, type Stage, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** A client dry run sends nothing, and reports everything that it can determine locally. */

const DOCKER = [
  ...["docker", "add", "--cluster", "one", "--name", "n", "--username", "u", "--password-stdin"],
  ...["--namespaces", "team-a, team-b", "--merge", "--service-accounts", "default"],
  ...["--dry-run", "client"],
];

const NOT_SENT = "The request is valid as far as can be checked here. It was not sent\n";

const BODY = `{
  "cluster": "one",
  "password": "***",
  "username": "u",
  "name": "n",
  "namespaces": "team-a, team-b",
  "merge": true,
  "service_accounts": [
    "default"
  ]
}`;

/** Fails if a cluster got a request. */
function assertNotAsked({ emulators: { one, two } }: Stage): void {
  assert.deepEqual([...one.requests, ...two.requests], []);
}

bothWays("a client dry run shows the request without the password", async (stage) => {
  const { run, canary: { value: stdin } } = stage;
  const text = `POST /api/v1/docker\n${BODY}\n`;
  assertEnded(await run(DOCKER, { stdin }), { stdout: text, stderr: NOT_SENT });
  assertEnded(await run([...DOCKER, "-o", "wide"], { stdin }), { stdout: text, stderr: NOT_SENT });
  assertEnded(await run([...DOCKER, "-o", "name"], { stdin }), {
    stdout: "secret/n\n",
    stderr: NOT_SENT,
  });
  const json = await run([...DOCKER, "-o", "json"], { stdin });
  const request = { method: "POST", path: "/api/v1/docker", body: JSON.parse(BODY) };
  assert.deepEqual(JSON.parse(json.stdout), request);
  const yaml = await run([...DOCKER, "-o", "yaml"], { stdin });
  assert.deepEqual(load(yaml.stdout), request);
  assertNotAsked(stage);
});

bothWays(
  "a client dry run omits fields that were not given, even those with a default",
  async (stage) => {
    const { run, canary: { value: stdin } } = stage;
    const url = "https://charts.example.com";
    const given = ["--cluster", "one", "--name", "n", "--type", "helm", "--url", url];
    const login = ["--username", "u", "--password-stdin", "--dry-run", "client"];
    const request = {
      method: "POST",
      path: "/api/v1/repositories",
      body: { cluster: "one", name: "n", type: "helm", url, username: "u", password: "***" },
    };
    const parsers = { json: JSON.parse, yaml: load };
    for (const [format, parse] of Object.entries(parsers)) {
      const shown = await run(["repo", "add", ...given, ...login, "-o", format], { stdin });
      assert.deepEqual(parse(shown.stdout), request);
    }
    assertNotAsked(stage);
  },
);

bothWays("a client dry run shows no secret of several registries or of a proxy", async (stage) => {
  const { run, canary: { value }, folder } = stage;
  await folder.write("proxy", `http://u:${value}@proxy.example.com:3128`);
  const registries = [{ registry: "ghcr.io", username: "u", password: value }];
  const several = ["docker", "add", "--cluster", "one", "--name", "n", "--namespaces", "team-a"];
  const shown = await run([...several, "--registries-file", "-", "--dry-run=client"], {
    stdin: JSON.stringify(registries),
  });
  assertEnded(shown, { stdout: /"password": "\*\*\*"/, stderr: NOT_SENT });
  const repo = ["repo", "add", "--cluster", "one", "--name", "n", "--type", "git"];
  const proxied = await run(
    [...repo, "--url", "https://h/r", "--proxy-file", "proxy", "--dry-run=client"],
  );
  assertEnded(proxied, {
    stdout: /"proxy": "http:\/\/\*\*\*@proxy\.example\.com:3128"/,
    stderr: NOT_SENT,
  });
  assertNotAsked(stage);
});

bothWays("a client dry run of delete shows one request for several clusters", async (stage) => {
  const args = ["delete", "n", "--cluster", "one,two", "--namespaces", "a,b", "--force"];
  assertEnded(await stage.run([...args, "--dry-run", "client"]), {
    stdout: "DELETE /api/v1/secrets?clusters=one%2Ctwo&name=n&namespaces=a%2Cb&force=true\n",
    stderr: NOT_SENT,
  });
  assertNotAsked(stage);
});

bothWays("a client dry run rejects what the schema rejects", async (stage) => {
  const { run, canary: { value: stdin } } = stage;
  assertEnded(
    await run([...DOCKER, "--all-namespaces", "--namespace-selector", "a=b"], { stdin }),
    {
      code: 2,
      stderr: "error: --all-namespaces cannot be combined with --namespace-selector\n",
    },
  );
  const key = ["--type", "git", "--url", "git@h:r", "--ssh-private-key-file", "-"];
  const repo = ["repo", "add", "--cluster", "one", "--name", "n", "--dry-run=client"];
  assertEnded(await run([...repo, ...key], { stdin }), {
    code: 2,
    stderr: /^error: --ssh-private-key-file must be a private key/,
  });
  assertNotAsked(stage);
});

Deno.test("a client dry run rejects Argo CD's namespace in process, but not with --server, where it is unknown", () =>
  onStage(async (stage) => {
    const { runAlone, canary: { value: stdin } } = stage;
    const args = [...DOCKER.slice(0, -4), "--namespaces", "gitops", "--dry-run=client"];
    const wrong = /^error: --namespaces must not name 'gitops'/;
    assertEnded(await runAlone([...args, "--argocd-namespace", "gitops"], { stdin }), {
      code: 2,
      stderr: wrong,
    });
    // Nothing listens there, and no request is sent.
    assertEnded(await runAlone([...args, "--server", "http://localhost:1"], { stdin }), {
      stdout: /^POST/,
      stderr: NOT_SENT,
    });
    assertNotAsked(stage);
  }));

bothWays("a server dry run queries the cluster, and stores nothing", async (stage) => {
  const { run, canary: { value: stdin }, emulators: { one } } = stage;
  const args = [...DOCKER.slice(0, -2), "--dry-run", "server"];
  assertEnded(await run(args, { stdin }), {
    stdout: /^one +team-a +secret\/n +created \(dry run\)$/m,
    stderr: /would be created/,
  });
  assert.ok(one.requests.some((request) => request.includes("dryRun=All")));
  assert.equal(one.cluster.secret("team-a", "n"), undefined);
});
