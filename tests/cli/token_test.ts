import assert from "node:assert/strict";
import { join } from "node:path";
import { type Folder, folder, listening, outcome, program } from "./support.ts";

/** The `token` commands, and a server that requires tokens. */

async function create(here: Folder, ...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await outcome([
    "token",
    "create",
    "--tokens-file",
    join(here.path, "tokens.yaml"),
    ...flags,
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^acfg_[A-Za-z0-9_-]{43}\n$/);
  assert.ok(!stderr.includes(stdout.trim()));
  return stdout.trim();
}

const list = async (here: Folder) =>
  (await outcome(["token", "list", "--tokens-file", join(here.path, "tokens.yaml")])).stdout;

async function status(url: string, token: string, path = "/clusters"): Promise<number> {
  const response = await fetch(url + path, { headers: { Authorization: `Bearer ${token}` } });
  await response.body?.cancel();
  return response.status;
}

Deno.test("a token is printed once, alone on standard output, and only its hash is stored", async () => {
  await using here = await folder();
  const token = await create(
    here,
    "--name",
    "ci",
    "--role",
    "writer",
    "--clusters",
    "prod-*, test",
  );
  const text = await Deno.readTextFile(join(here.path, "tokens.yaml"));
  assert.ok(!text.includes(token) && !text.includes(btoa(token)));
  assert.match(
    await list(here),
    /^NAME +ROLE +CLUSTERS +EXPIRES\nci +writer +prod-\*,test +never\n$/,
  );
});

Deno.test("tokens that are created concurrently are all stored", async () => {
  await using here = await folder();
  const names = Array.from({ length: 6 }, (_, i) => `token-${i}`);
  await Promise.all(names.map((name) => create(here, "--name", name, "--role", "reader")));
  const shown = await list(here);
  for (const name of names) assert.ok(shown.includes(name), shown);
});

Deno.test("a server accepts a token until it is removed", async () => {
  await using here = await folder();
  const file = join(here.path, "tokens.yaml");
  const token = await create(here, "--name", "ci", "--role", "reader", "--expires", "90d");
  await using running = program(["--port", "0", "--tokens-file", file]);
  const url = await listening(running);
  assert.equal(await status(url, token), 200);
  assert.equal(await status(url, token, "/secrets/add_docker"), 405);
  assert.equal(await status(url, "other"), 401);
  assert.equal((await fetch(`${url}/health`).then((r) => r.text())).includes("healthy"), true);
  const removed = await outcome(["token", "remove", "ci", "--tokens-file", file]);
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(await status(url, token), 401);
  running.kill("SIGTERM");
  const { stderr } = await running.ended;
  assert.ok(!stderr.includes(token), stderr);
});

Deno.test("the token of the environment has the role admin, and kubectl does not get it", async () => {
  await using here = await folder();
  const token = `environment-${crypto.randomUUID()}`;
  const log = join(here.path, "environment");
  await Deno.mkdir(join(here.path, "bin"));
  await Deno.writeTextFile(join(here.path, "bin", "kubectl"), `#!/bin/sh\nenv > ${log}\nexit 1\n`, {
    mode: 0o755,
  });
  await here.write(
    "one.kubeconfig",
    JSON.stringify({
      "current-context": "c",
      clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:1" } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      users: [{ name: "u", user: { token: "x" } }],
    }),
  );
  await using running = program(
    ["--port", "0", "--clusters-folder", here.path, "--transport", "kubectl"],
    {
      env: {
        ARGOCD_CONFIGURER_TOKEN: token,
        PATH: `${join(here.path, "bin")}:${Deno.env.get("PATH")}`,
      },
    },
  );
  const url = await listening(running);
  assert.equal(await status(url, token), 200);
  assert.equal(await status(url, "x"), 401);
  await status(url, token, "/secrets?cluster=one");
  const seen = await Deno.readTextFile(log);
  assert.match(seen, /^PATH=/m);
  assert.ok(!seen.includes(token) && !seen.includes("ARGOCD_CONFIGURER"), seen);
});

const WRONG: [what: string, args: string[], says: RegExp, code?: number][] = [
  [
    "an unknown role",
    ["--name", "a", "--role", "owner"],
    /--role must be reader, writer or admin\n/,
  ],
  ["an invalid name", ["--name", "a b", "--role", "reader"], /Cannot use name 'a b'/],
  ["no name", ["--role", "reader"], /^error: Missing --name$/m],
  ["neither name nor role", [], /^error: Missing --name, --role$/m],
  [
    "an invalid cluster pattern",
    ["--name", "a", "--role", "reader", "--clusters", "a/b"],
    /clusters/,
  ],
  ["no clusters", ["--name", "a", "--role", "reader", "--clusters", " ,"], /clusters/],
  ...["soon", "0d", "-1d", "2001-01-01", "45", "90", "9999999d"].map((time) =>
    [
      `the time ${time}`,
      ["--name", "a", "--role", "reader", `--expires=${time}`],
      /--expires must be a duration in days, hours or minutes .*, or a time in the future/,
    ] as [string, string[], RegExp]
  ),
];

for (const [what, args, says] of WRONG) {
  Deno.test(`token create with ${what} is wrong usage, and creates nothing`, async () => {
    await using here = await folder();
    const file = join(here.path, "tokens.yaml");
    const { code, stdout, stderr } = await outcome([
      "token",
      "create",
      ...args,
      "--tokens-file",
      file,
    ]);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, says);
    await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
  });
}

Deno.test("a token's name is unique, and a missing token cannot be removed", async () => {
  await using here = await folder();
  const file = join(here.path, "tokens.yaml");
  await create(here, "--name", "ci", "--role", "reader");
  const again = await outcome(
    ["token", "create", "--name", "ci", "--role", "admin", "--tokens-file", file],
  );
  assert.equal(again.code, 1);
  assert.match(again.stderr, /Token 'ci' already exists/);
  const other = await outcome(["token", "remove", "other", "--tokens-file", file]);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /Token 'other' not found in /);
  assert.match(await list(here), /\nci +reader /);
});

Deno.test("token commands print JSON or YAML for scripts, without the hashes", async () => {
  await using here = await folder();
  const file = join(here.path, "tokens.yaml");
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await outcome(["token", ...args, "--tokens-file", file]);
    assert.equal(code, 0, stderr);
    return { stdout, stderr };
  };
  const flags = ["--name", "ci", "--role", "admin", "--clusters", "prod-*,test", "--expires", "1d"];
  const made = await run("create", ...flags, "-o", "json");
  const { token, tokens_file, expires, ...others } = JSON.parse(made.stdout);
  assert.match(token, /^acfg_[A-Za-z0-9_-]{43}$/);
  assert.ok(tokens_file === file && new Date(expires).getTime() > Date.now());
  assert.deepEqual(others, { name: "ci", role: "admin", clusters: ["prod-*", "test"] });
  assert.match(made.stderr, /^Token 'ci' created: role admin, clusters prod-\*, test, expires 20/);
  await run("create", "--name", "all", "--role", "reader");
  const json = (await run("list", "-o", "json")).stdout;
  assert.deepEqual(JSON.parse(json), {
    tokens: [
      { ...others, expires, expired: false },
      { name: "all", role: "reader", clusters: null, expires: null, expired: false },
    ],
    total: 2,
  });
  assert.match((await run("list", "-o", "yaml")).stdout, /^tokens:\n +- name: ci\n/);
  assert.equal((await run("list", "-o", "name")).stdout, "ci\nall\n");
  const sum = /sha256: (\S+)/.exec(await Deno.readTextFile(file))![1]!;
  assert.ok(!json.includes(sum) && !json.includes(token));
});

Deno.test("token delete is an alias of token remove, and a missing tokens file is reported", async () => {
  await using here = await folder();
  const file = join(here.path, "tokens.yaml");
  await create(here, "--name", "ci", "--role", "reader");
  const run = (...args: string[]) => outcome(["token", ...args, "--tokens-file", file]);
  assert.equal((await run("delete", "ci")).code, 0);
  assert.deepEqual(await run("list"), {
    code: 0,
    stdout: "",
    stderr: `No tokens in ${file}. Create one with 'argocd-configurer token create'\n`,
  });
  const nameless = await run("remove");
  assert.equal(nameless.code, 2);
  assert.match(nameless.stderr, /^error: Missing NAME \(token remove NAME\)$/m);
  await Deno.remove(file);
  const { code, stderr } = await run("remove", "ci");
  assert.equal(code, 1);
  assert.equal(stderr, `error: Tokens file ${file} not found\n`);
  await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
});

Deno.test("the tokens file of the configuration is the default", async () => {
  await using here = await folder();
  const config = await here.write("config.yaml", `tokens-file: ${here.path}/t.yaml\n`);
  const { code, stdout } = await outcome(
    ["token", "create", "--name", "a", "--role", "reader", "--config", config],
  );
  assert.equal(code, 0);
  assert.match(stdout, /^acfg_/);
  assert.ok((await Deno.stat(join(here.path, "t.yaml"))).isFile);
  const none = await outcome(["token", "list"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /give --tokens-file, or set tokens-file in the configuration/);
});
