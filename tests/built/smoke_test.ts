import assert from "node:assert/strict";
import { join } from "node:path";
import { realWorld } from "../../scripts/control_plane/cache.ts";
import { installedProgram } from "../../scripts/control_plane/debian.ts";
import { assertEnded, storedPassword, testsBothWays } from "../cli/credentials_support.ts";
import { BUILT, demoOf, folder, listening, outcome, program } from "../cli/support.ts";
import { crashTests, during } from "../crash/world.ts";
import { uniqueName } from "../support/api_objects.ts";
import { decodeBase64 } from "../support/base64.ts";
import { trustTests } from "../trust/world.ts";
import { basicHeader, serve, turnedAway } from "../verify/http_server.ts";

const groff = await installedProgram("groff", "groff-base", realWorld);
const bothWays = testsBothWays((test) => Deno.test(test));
const trustTest = trustTests((test) => Deno.test(test));
const crashTest = crashTests((test) => Deno.test(test));

/**
 * What a build may break: code that is loaded late, embedded files, permissions, signals and child
 * processes. Everything else is tested from source.
 */

Deno.test("the tests run the executable, and it prints the commit of its build", async () => {
  assert.ok(BUILT, "ARGOCD_CONFIGURER_TEST_PROGRAM names the executable");
  const { code, stdout } = await outcome(["version"]);
  assert.equal(code, 0);
  assert.match(stdout, /^argocd-configurer \d+\.\d+\.\d+ \([0-9a-f]{12}(-changed)?\)\nDeno /);
});

Deno.test("help exits with 0, and an unknown flag with 2", async () => {
  const help = await outcome(["--help"]);
  assert.deepEqual([help.code, help.stderr], [0, ""]);
  for (const command of ["serve", "start", "clusters", "docker", "repo", "verify", "delete"]) {
    assert.match(help.stdout, new RegExp(`\\b${command}\\b`));
  }
  const wrong = await outcome(["serve", "--no-such-flag"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /no-such-flag/);
});

Deno.test("the executable contains the completion of each shell", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout, stderr } = await outcome(["completion", shell]);
    assert.deepEqual([code, stderr], [0, ""], shell);
    assert.match(stdout, /argocd-configurer/, shell);
  }
});

Deno.test("the executable contains the manual page, and man formats it without warnings", async () => {
  const { code, stdout, stderr } = await outcome(["help", "--man"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^\.TH ARGOCD-CONFIGURER 1 /);
  if (groff === undefined) return;
  await using here = await folder();
  const page = await here.write("argocd-configurer.1", stdout);
  // The same as man runs: with its macros, with warnings, as text.
  const read = await new Deno.Command(groff, { args: ["-man", "-ww", "-Tutf8", page] }).output();
  const [text, said] = [read.stdout, read.stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.deepEqual([read.code, said], [0, ""]);
  assert.match(text!, /docker\u{2010}? ?add/u);
});

Deno.test("the demo responds, and Ctrl-C stops it with exit code 0", async () => {
  await using running = program(["demo", "--port", "0"]);
  const { url } = await demoOf(running);
  const { clusters } = await (await fetch(`${url}/clusters`)).json();
  assert.deepEqual(clusters, [
    "dev",
    "edge",
    "eu-prod",
    "hub",
    "production-cluster",
    "test-cluster",
    "unreachable-cluster",
    "us-prod",
  ]);
  const secrets = await fetch(`${url}/secrets?cluster=test-cluster`);
  assert.equal((await secrets.json()).status, "success");
  running.kill("SIGINT");
  assert.equal((await running.ended).code, 0);
});

Deno.test("a server with tokens accepts a created token, and rejects other requests", async () => {
  await using here = await folder();
  const tokens = ["--tokens-file", join(here.path, "tokens.yaml")];
  const made = await outcome(["token", "create", "--name", "ci", "--role", "reader", ...tokens]);
  assert.equal(made.code, 0, made.stderr);
  await using running = program(["serve", "--port", "0", ...tokens]);
  const url = await listening(running);
  const status = async (token: string) => {
    const answer = await fetch(`${url}/clusters`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.body?.cancel();
    return answer.status;
  };
  assert.deepEqual([await status(made.stdout.trim()), await status("another")], [200, 401]);
  running.kill("SIGTERM");
  assert.equal((await running.ended).code, 0);
});

bothWays("a pull secret is added, listed, shown and deleted", async (stage) => {
  const { run, canary: { value }, emulators: { one } } = stage;
  const where = ["--cluster", "one", "--name", "pull"];
  const login = ["--username", "alice", "--password-stdin", "--namespaces", "team-a"];
  const added = await run(["docker", "add", ...where, ...login], { stdin: value });
  assertEnded(added, { stdout: /created/, stderr: /created successfully/ });
  assert.equal(storedPassword(one, "team-a", "pull"), value);
  assertEnded(await run(["secrets", "one"]), { stdout: /team-a +pull|pull +team-a/, stderr: /.*/ });
  assertEnded(await run(["secrets", "one", "pull"]), {
    stdout: /team-a +pull +kubernetes\.io\/dockerconfigjson/,
    stderr: /[^]*/,
  });
  assertEnded(await run(["delete", "one", "pull", "--yes"]), { stdout: /deleted/, stderr: /[^]*/ });
  assert.equal(storedPassword(one, "team-a", "pull"), undefined);
});

bothWays("a repository credential is verified before it is written", async (stage) => {
  const { run, canary: { value }, emulators: { one } } = stage;
  await using charts = serve((request) =>
    turnedAway(request, [basicHeader("alice", value)]) ??
      new Response("apiVersion: v1\nentries: {}\n")
  );
  const args = [
    ...["repo", "add", "--cluster", "one", "--name", "charts", "--type", "helm", "--verify"],
    ...["--url", `${charts.url}/charts`, "--username", "alice", "--password-stdin"],
  ];
  const refused = await run(args, { stdin: "wrong" });
  assertEnded(refused, { code: 1, stderr: /Credential refused .*Nothing was changed/ });
  assert.equal(one.cluster.secret("argocd", "charts"), undefined);
  assertEnded(await run(args, { stdin: value }), { stdout: /created/, stderr: /accepted/ });
  assert.notEqual(one.cluster.secret("argocd", "charts"), undefined);
}, { config: "verify-allow: [127.0.0.1]\n" });

trustTest(
  "credentials are written to and read from a real API server, and leak nowhere",
  async (world) => {
    const running = await world.start();
    const namespace = await world.namespace();
    const [pull, repository] = [uniqueName("pull"), uniqueName("repo")];
    const added = await running.addDocker({ name: pull, namespaces: namespace });
    assert.equal(added.status, 200, added.text);
    const config = (await world.find(namespace, pull))?.data?.[".dockerconfigjson"];
    assert.equal(JSON.parse(decodeBase64(config!)).auths["ghcr.io"].password, world.password);
    const repository_url = `https://${repository}.example.com/x`;
    const written = await running.addHelmRepo({ name: repository, repository_url });
    assert.equal(written.status, 200, written.text);
    const list = await running.ask("GET", "/secrets?cluster=c");
    assert.equal(list.status, 200, list.text);
    assert.ok(list.text.includes(pull) && list.text.includes(repository), list.text);
    const audit = await running.ask("GET", "/audit?cluster=c");
    assert.equal(audit.status, 200, audit.text);
    assert.ok(audit.text.includes(pull), audit.text);
  },
);

crashTest("SIGTERM lets a write finish, and the server exits with 0", async (world) => {
  const targets = await world.targets(6, (place) => place % 2 === 0);
  const gate = await world.gate();
  const running = await world.start({ through: gate, targets });
  const creating = gate.holdFrom("create", 2, "before");
  const write = running.write(targets);
  await during(write, creating.reached);
  await running.stop();
  creating.release();
  const { status, body } = await write;
  assert.equal(status, 200, JSON.stringify(body));
  const { code, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  await targets.assertAll("new");
});

crashTest(
  "killed during a write, each secret is old or new, and the next upsert completes it",
  async (world) => {
    const targets = await world.targets(6, (place) => place % 2 === 0);
    const gate = await world.gate();
    const victim = await world.start({ through: gate, targets });
    const creating = gate.holdFrom("create", 2, "after");
    await during(victim.write(targets), creating.reached);
    await victim.kill(creating.release);
    await gate.close();
    await targets.assertOldOrNew();
    const next = await world.start({ targets });
    const { status, body } = await next.write(targets);
    assert.equal(status, 200, JSON.stringify(body));
    await targets.assertAll("new");
    await next.kill();
  },
);
