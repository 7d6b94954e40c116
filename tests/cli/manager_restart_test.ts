import assert from "node:assert/strict";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { isServing, lives, type Place, place, until } from "./place.ts";
import { folder, outcome } from "./support.ts";

/** What a restart keeps, and what it checks before it stops the server. */

/** A tokens file without tokens, so that every request is rejected. */
const tokens = (here: Place) => here.write("tokens.yaml", "tokens: []\n");

/** URL of the running server. */
async function urlOf(here: Place): Promise<string> {
  return /url +(\S+)/.exec((await here.run("status")).stdout)![1]!;
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(`${url}/clusters`);
  await response.body?.cancel();
  return response.status;
}

Deno.test("restart with a flag keeps the others, including tokens, and prints them", async () => {
  await using here = await place();
  await tokens(here);
  assert.equal(await statusOf(await here.start("--tokens-file", "tokens.yaml")), 401);
  const { code, stderr } = await here.run("restart", "--transport", "api");
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^Previous flags kept: --port=0 --tokens-file=tokens\.yaml$/m);
  assert.equal(await statusOf(await urlOf(here)), 401);
  const again = await here.run("restart", "--kubectl-timeout", "20");
  assert.match(again.stderr, /--transport=api --tokens-file=tokens\.yaml$/m);
});

Deno.test("from another directory, previous paths keep their base, and new ones use the current one", async () => {
  await using here = await place();
  await using other = await folder();
  await tokens(here);
  await Deno.mkdir(join(other.path, "others"));
  await other.write("others/one.kubeconfig", "");
  const env = { ARGOCD_CONFIGURER_TOKEN: `a-token-${crypto.randomUUID()}` };
  await here.start("--tokens-file", "tokens.yaml");
  const { code, stderr } = await outcome(
    ["restart", "--run-dir", here.path, "--clusters-folder", "others"],
    { cwd: other.path, env },
  );
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    new RegExp(
      `--tokens-file=tokens\\.yaml \\(paths relative to ${await Deno.realPath(here.path)}\\)`,
    ),
  );
  const url = await urlOf(here);
  assert.equal(await statusOf(url), 401);
  const response = await fetch(`${url}/clusters`, {
    headers: { Authorization: `Bearer ${env.ARGOCD_CONFIGURER_TOKEN}` },
  });
  assert.deepEqual(await response.json(), { clusters: ["one"], total: 1 });
});

for (const from of ["the environment", "the configuration", "a variable with the token"] as const) {
  Deno.test(`a restart fails if ${from} no longer requires the tokens of the running server`, async () => {
    await using here = await place();
    const file = await tokens(here);
    const config = await here.write(
      "config.yaml",
      from === "the configuration" ? `tokens-file: ${file}\n` : "",
    );
    const env: Record<string, string> = from === "the environment"
      ? { ARGOCD_CONFIGURER_TOKENS_FILE: file }
      : from === "the configuration"
      ? {}
      : { ARGOCD_CONFIGURER_TOKEN: `a-token-${crypto.randomUUID()}` };
    const started = await outcome(["start", "--port", "0", "--config", config], {
      cwd: here.path,
      env,
    });
    assert.equal(started.code, 0, started.stderr);
    const pid = here.pid();
    await Deno.writeTextFile(config, "");
    const { code, stderr } = await here.run("restart", "--kubectl-timeout", "5");
    assert.equal(code, 2);
    assert.match(stderr, /^error: Cannot restart: this would disable authentication\. /m);
    assert.match(stderr, new RegExp(`The server \\(pid ${pid}\\) keeps running unchanged\n$`));
    assert.equal(await statusOf(await urlOf(here)), 401);
    // To disable authentication, the user runs stop and start.
    assert.equal((await here.run("stop")).code, 0);
    assert.equal(await statusOf(await here.start()), 200);
  });
}

Deno.test("a request finds out whether a server of an older version requires tokens", async () => {
  await using here = await place();
  const env = { ARGOCD_CONFIGURER_TOKEN: `a-token-${crypto.randomUUID()}` };
  await outcome(["start", "--port", "0"], { cwd: here.path, env });
  const [pid, more] = Deno.readTextFileSync(here.pidFile).split("\n");
  const { settings: _, asksForTokens: __, ...older } = JSON.parse(more!);
  await Deno.writeTextFile(here.pidFile, `${pid}\n${JSON.stringify(older)}\n`);
  const { code, stderr } = await here.run("restart");
  assert.equal(code, 2);
  assert.match(stderr, /^error: Cannot restart: this would disable authentication\. /m);
  assert.equal(here.pid(), Number(pid));
});

Deno.test("a restart after kill -9 keeps the flags", async () => {
  await using here = await place();
  await tokens(here);
  await here.start("--tokens-file", "tokens.yaml");
  const pid = here.pid();
  Deno.kill(pid, "SIGKILL");
  await until("it is gone", async () => !await lives(pid));
  const { code, stderr } = await here.run("restart", "--transport", "api");
  assert.equal(code, 0, stderr);
  assert.equal(await statusOf(await urlOf(here)), 401);
});

Deno.test("restart fails if a left pid file does not record the flags", async () => {
  await using here = await place();
  await here.write("server.pid", "1234567\n");
  const { code, stderr } = await here.run("restart", "--port", "0");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: Cannot restart: .* does not record the previous flags\. .*argocd-configurer start$/m,
  );
  assert.equal((await here.run("status")).code, 3);
});

Deno.test("restart starts a stopped server, and reports that no flags are kept", async () => {
  await using here = await place();
  const { code, stdout, stderr } = await here.run("restart", "--port", "0");
  assert.equal(code, 0);
  assert.match(stdout, /^argocd-configurer started \(pid /);
  assert.match(
    stderr,
    /^argocd-configurer is stopped \(run directory .*\)\nStarting it with only the flags given here$/m,
  );
});

Deno.test("other settings that change by a restart are printed", async () => {
  await using here = await place();
  const config = await here.write("config.yaml", "audit-log: audit.log\nkubectl_timeout: 5\n");
  await here.start("--config", config);
  await here.write("config.yaml", "kubectl_timeout: 6\n");
  const { code, stderr } = await here.run("restart", "--transport", "api");
  assert.equal(code, 0, stderr);
  const changes = stderr.split("\n").filter((line) => line.startsWith("Setting changed: ")).sort();
  assert.deepEqual(changes, [
    "Setting changed: kubectl_timeout 6 (was: kubectl_timeout 5)",
    "Setting changed: no audit-log (was: audit-log audit.log)",
  ]);
});

const certificates = () => {
  const authority = makeAuthority("a-test-authority");
  const issue = () =>
    authority.issue(
      { commonName: "a", for: "server", addresses: ["127.0.0.1"] } as Parameters<
        typeof authority.issue
      >[0],
    );
  return [issue(), issue()] as const;
};

interface Unfit {
  readonly what: string;
  /** Makes something invalid. @returns the flags */
  readonly spoil: (here: Place) => Promise<string[]>;
  readonly says: RegExp;
  readonly code: number;
}

const UNFIT: Unfit[] = [
  {
    what: "a configuration with a wrong value",
    spoil: async (here) => {
      await here.write("config.yaml", "kubectl_timeout: x\n");
      return [];
    },
    says: /Invalid setting 'kubectl_timeout' from \S+config\.yaml:1: /,
    code: 2,
  },
  {
    what: "a missing tokens file",
    spoil: () => Promise.resolve(["--tokens-file", "no.yaml"]),
    says: /Cannot use tokens file no\.yaml: no such file/,
    code: 2,
  },
  {
    what: "another address without TLS",
    spoil: async (here) => ["--host", "0.0.0.0", "--tokens-file", await tokens(here)],
    says: /Cannot listen on '0\.0\.0\.0' without TLS/,
    code: 2,
  },
  {
    what: "a certificate with the key of another one",
    spoil: async (here) => {
      const [one, other] = certificates();
      const cert = await here.write("a.crt", one.certificate);
      return ["--tls-cert", cert, "--tls-key", await here.write("a.key", other.key)];
    },
    says: /Cannot use certificate \S+a\.crt with key \S+a\.key/,
    code: 2,
  },
  {
    what: "an invalid flag",
    spoil: () => Promise.resolve(["--transport", "pigeon"]),
    says: /Invalid setting 'transport' from flag --transport/,
    code: 2,
  },
];

for (const { what, spoil, says, code: expected } of UNFIT) {
  Deno.test(`restart with ${what} leaves the server running`, async () => {
    await using here = await place();
    const config = await here.write("config.yaml", "");
    const url = await here.start("--config", config);
    const pid = here.pid();
    const { code, stdout, stderr } = await here.run("restart", ...await spoil(here));
    assert.deepEqual([code, stdout], [expected, ""], stderr);
    assert.match(stderr, says);
    assert.match(stderr, new RegExp(`The server \\(pid ${pid}\\) keeps running unchanged\n$`));
    assert.equal(here.pid(), pid);
    assert.ok(await isServing(url));
  });
}

Deno.test("restart with a port in use, or with an address of another machine, leaves the server running", async () => {
  await using here = await place();
  await tokens(here);
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = await here.start("--tokens-file", "tokens.yaml", "--behind-proxy");
  const { port } = new URL(url);
  const refused: [flags: string[], says: RegExp][] = [
    [
      ["--port", String(taken.addr.port)],
      /Cannot listen on 127\.0\.0\.1:\d+: address already in use\n/,
    ],
    // An address for documentation, RFC 5737.
    [["--host", "192.0.2.1", "--port", port], /192\.0\.2\.1:\d+: this machine does not have the /],
  ];
  for (const [flags, says] of refused) {
    const { code, stderr } = await here.run("restart", ...flags);
    assert.equal(code, 1);
    assert.match(stderr, says);
    assert.match(stderr, /\nThe server \(pid \d+\) keeps running unchanged\n$/);
    assert.ok(await isServing(url));
  }
  const { code, stderr } = await here.run("restart", "--port", port);
  assert.equal(code, 0, stderr);
  assert.ok(await isServing(url));
});
