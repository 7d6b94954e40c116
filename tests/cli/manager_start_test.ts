import assert from "node:assert/strict";
import { join } from "node:path";
import { place, until } from "./place.ts";
import { outcome } from "./support.ts";

/** A start while the server runs, and warnings of a start. */

Deno.test("start succeeds for a running server only if that has the same settings", async () => {
  await using here = await place();
  await here.write("tokens.yaml", "tokens: []\n");
  await here.start("--kubectl-timeout", "5", "--clusters-folder", "clusters");
  const pid = here.pid();
  const dir = await Deno.realPath(here.path);
  const same: string[][] = [
    [],
    ["--kubectl-timeout=5.0", "--port=0"],
    ["--clusters-folder", `${here.path}/clusters/`, "--port", "0"],
    ["--host", "127.0.0.1", "--transport=auto", "--config", "configs/defaults.yaml"],
  ];
  for (const flags of same) {
    const { code, stdout, stderr } = await here.run("start", ...flags);
    // The configuration file must exist; that the settings are the same is known before.
    assert.deepEqual(
      [code, stdout.startsWith("argocd-configurer is already running ")],
      [0, true],
      stderr,
    );
  }
  const others: [flags: string[], says: string][] = [
    [["--tokens-file", "tokens.yaml"], "with no tokens-file, not tokens-file tokens.yaml"],
    [["--port", "9001"], "with port 0, not port 9001"],
    [["--behind-proxy"], "with behind-proxy false, not behind-proxy true"],
    [["--config", "other.yaml"], "with config configs/defaults.yaml, not config other.yaml"],
  ];
  for (const [flags, says] of others) {
    const { code, stdout, stderr } = await here.run("start", ...flags);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.ok(
      stderr.includes(
        `argocd-configurer is already running (pid ${pid}, run directory ${dir}), but ${says}. `,
      ),
      stderr,
    );
    assert.match(stderr, /'argocd-configurer restart' with these flags/);
  }
  assert.equal(here.pid(), pid);
});

Deno.test("start fails if the settings require tokens and the running server does not", async () => {
  await using here = await place();
  const file = await here.write("tokens.yaml", "tokens: []\n");
  await here.start();
  const envs: Record<string, string>[] = [
    { ARGOCD_CONFIGURER_TOKENS_FILE: file },
    { ARGOCD_CONFIGURER_TOKEN: `a-token-${crypto.randomUUID()}` },
  ];
  for (const env of envs) {
    const { code, stdout, stderr } = await outcome(["start"], { cwd: here.path, env });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /but without authentication, which the settings here require\. /);
  }
});

Deno.test("start shows the server's warnings, in both formats of the log", async () => {
  for (const format of ["text", "json"]) {
    await using here = await place();
    await Deno.remove(join(here.path, "clusters"));
    await here.write("config.yaml", `port: 0\nlog-format: ${format}\ntokensfile1: x\n`);
    const { code, stderr } = await outcome(["start", "--config", "config.yaml"], {
      cwd: here.path,
      env: { ARGOCD_CONFIGURER_TOKEN_FILE: "a-value" },
    });
    assert.equal(code, 0, stderr);
    for (
      const line of [
        /^warning: config: unknown setting setting="?tokensfile1"? origin="?config\.yaml:3"? did_you_mean="?tokens-file"?$/m,
        /^warning: config: unknown environment variable variable="?ARGOCD_CONFIGURER_TOKEN_FILE"? did_you_mean="?ARGOCD_CONFIGURER_TOKENS_FILE"?$/m,
        /^warning: clusters: clusters folder not found folder="?\/[^"\s]+\/clusters"? hint="create it, or run 'argocd-configurer clusters import'"$/m,
      ]
    ) assert.match(stderr, line);
    assert.ok(!stderr.includes("a-value"), stderr);
  }
});

Deno.test("start shows that the labels file cannot be used", async () => {
  await using here = await place();
  await here.write("config.yaml", "port: 0\n");
  await here.write("clusters/labels.yaml", "prod: {env: a b}\n");
  const { code, stderr } = await outcome(["start", "--config", "config.yaml"], { cwd: here.path });
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /^warning: clusters: cannot use labels file reason="[^"]*labels\.yaml:1: cluster 'prod', label 'env', value 'a b': /m,
  );
});

Deno.test("start shows which kubeconfigs are rejected; the log has each once", async () => {
  await using here = await place();
  await here.write("clusters/broken.kubeconfig", "garbage");
  await here.write("clusters/empty.kubeconfig", "");
  const started = await here.run("start", "--port", "0");
  assert.equal(started.code, 0, started.stderr);
  const shown =
    /^warning: clusters: kubeconfig rejected cluster=(\S+) reason="Cannot use kubeconfig /mg;
  assert.deepEqual([...started.stderr.matchAll(shown)].map(([, name]) => name), [
    "broken",
    "empty",
  ]);
  const url = /, listening on (\S+)$/m.exec(started.stdout)![1]!;
  for (let i = 0; i < 2; i++) {
    const { clusters } = await (await fetch(`${url}/api/v1/clusters`)).json();
    assert.deepEqual(clusters.map(({ usable }: { usable: boolean }) => usable), [false, false]);
    await (await fetch(`${url}/secrets?cluster=broken`)).body?.cancel();
  }
  const lines = Deno.readTextFileSync(here.log).match(/ kubeconfig rejected cluster=\w+/g);
  assert.deepEqual(lines, [
    " kubeconfig rejected cluster=broken",
    " kubeconfig rejected cluster=empty",
  ]);
});

Deno.test("a misspelled protective setting prevents the start", async () => {
  await using here = await place();
  await here.write("config.yaml", "port: 0\ntokens_file: tokens.yaml\n");
  const { code, stderr } = await here.run("start", "--config", "config.yaml");
  assert.equal(code, 2);
  assert.match(stderr, /Unknown setting 'tokens_file' in config\.yaml:2\. Use 'tokens-file'/);
  assert.equal((await here.run("status")).code, 3);
});

Deno.test("an ignored kubeconfig is reported at the start, and when clusters are listed", async () => {
  await using here = await place();
  for (const name of ["prod.yaml", "bad name.kubeconfig", "README.md", ".hidden", "ca.crt"]) {
    await here.write(`clusters/${name}`, "");
  }
  const started = await here.run("start", "--port", "0");
  const url = /, listening on (\S+)$/m.exec(started.stdout)![1]!;
  assert.match(started.stderr, /file=prod\.yaml reason=".* rename it to prod\.kubeconfig"$/m);
  assert.match(started.stderr, /file="bad name\.kubeconfig" reason="a cluster name starts/);
  await here.write("clusters/later.conf", "");
  for (let i = 0; i < 3; i++) await (await fetch(`${url}/clusters`)).body?.cancel();
  const told = Deno.readTextFileSync(here.log).matchAll(
    / file ignored .*file=(".*?"|\S+)/g,
  );
  assert.deepEqual([...told].map(([, file]) => file), [
    '"bad name.kubeconfig"',
    "prod.yaml",
    "later.conf",
  ]);
  const { code, stdout, stderr } = await here.run("clusters");
  assert.deepEqual([code, stdout], [0, ""]);
  assert.match(
    stderr,
    /^warning: clusters\/prod\.yaml is ignored: .*prod\.kubeconfig$/m,
  );
  assert.equal(stderr.match(/^warning: clusters/gm)?.length, 3, stderr);
});

Deno.test("start compares with the settings after a reload", async () => {
  await using here = await place();
  await here.write("config.yaml", "kubectl_timeout: 5\n");
  await here.start("--config", "config.yaml");
  await here.write("config.yaml", "kubectl_timeout: 6\nport: 1\n");
  Deno.kill(here.pid(), "SIGHUP");
  await until("it has reloaded", () => /reloaded/.test(Deno.readTextFileSync(here.log)));
  assert.equal((await here.run("start", "--kubectl-timeout", "6", "--port", "0")).code, 0);
  assert.equal((await here.run("start", "--kubectl-timeout", "5")).code, 1);
});

Deno.test("a reload that disables authentication is a warning, and start knows it", async () => {
  await using here = await place();
  const file = await here.write("tokens.yaml", "tokens: []\n");
  await here.write("config.yaml", `tokens-file: ${file}\n`);
  await here.start("--config", "config.yaml");
  await here.write("config.yaml", "");
  Deno.kill(here.pid(), "SIGHUP");
  await until(
    "it warns",
    () => /WARNING config: authentication is now DISABLED/.test(Deno.readTextFileSync(here.log)),
  );
  const { code, stderr } = await here.run("start", "--tokens-file", file);
  assert.equal(code, 1);
  assert.match(stderr, /with no tokens-file, not tokens-file /);
});

Deno.test({
  name: "a background server writes no core file, which would hold credentials",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using here = await place();
    await here.start();
    const limits = await Deno.readTextFile(`/proc/${here.pid()}/limits`);
    assert.match(limits, /^Max core file size +0 +0 +bytes/m);
  },
});
