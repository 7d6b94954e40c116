import assert from "node:assert/strict";
import { join } from "node:path";
import { install } from "../docs/home.ts";
import { demoOf, folder, outcome, type Program, program } from "./support.ts";

/** `demo` as users run it, with the commands that it prints. */

/** The shell commands on the demo's screen, with curl and with the command line. */
function commandsOn(screen: string) {
  const [, requests = "", commands = ""] =
    /\nRequests:\n([^]*)\n\nCommands, in another terminal:\n([^]*)\n\n/.exec(screen) ?? [];
  return {
    requests: requests.split(/\n(?= {2}curl )/),
    commands: commands.split("\n").filter((line) => line.includes("argocd-configurer ")),
  };
}

/** What a command prints, on either output, and its exit code. */
type Row = [command: string, code: number, prints: RegExp];

/** The requests of the quick start and the documents, some of which are on the screen. */
const OTHER_REQUESTS: Row[] = [
  ["curl -s URL/health", 0, /"status": "healthy"/],
  ['curl -s "URL/secrets?cluster=unreachable-cluster"', 0, /"status": "cluster_unreachable"/],
  [
    'curl -s "URL/api/v1/credentials?cluster_selector=env%3Dprod"',
    0,
    /"id": "docker\/ghcr",[^{]*"state": "differs"/,
  ],
  [
    `curl -s URL/secrets/add_docker -H "Content-Type: application/json" -d '{"password": ` +
    '"new-demo-token", "username": "demo-user", "cluster_name": "test-cluster", "name": ' +
    `"my-docker-secret", "namespaces": "kube-system,default", "upsert": true}'`,
    0,
    /"Docker registry secrets updated successfully in 3 namespace\(s\)"/,
  ],
  [
    `curl -s URL/secrets/add_helm_repo -H "Content-Type: application/json" -d '{"name": ` +
    '"ghcr-helm-repo", "repository_url": "https://ghcr.io/", "cluster_name": "test-cluster", ' +
    `"username": "demo-user", "password": "demo-token"}'`,
    0,
    /"template": "ghcr-helm-repo-template"/,
  ],
];

const OTHER_COMMANDS: Row[] = [
  [
    "argocd-configurer secrets --all-clusters",
    3,
    /^To retry the failed clusters: --cluster unreachable-cluster$/m,
  ],
  ["argocd-configurer audit", 0, /my-docker-secret/],
  [
    "argocd-configurer explain dev --image registry.example.net/shop/web:1.4 --namespace shop",
    0,
    /^finding kubelet_cannot_match: /m,
  ],
  [
    "argocd-configurer expiring --within 30d",
    4,
    /^in 12d +repository\/git\/.*internal[^]*^in 20d +docker\/harbor/m,
  ],
  ["argocd-configurer check --selector env", 4, /refused/],
  [
    "printf %s demo-new-password | argocd-configurer rotate --registry ghcr.io --old-username " +
    "demo-reader --password-stdin --selector env --everywhere --dry-run",
    0,
    /ghcr[^]*old-registry/,
  ],
];

interface Screen {
  readonly flags: readonly string[];
  readonly clusters: string;
  readonly requests: readonly [code: number, prints: RegExp][];
  readonly commands: readonly [code: number, prints: RegExp][];
  readonly others: readonly Row[];
}

const SCREENS: Screen[] = [
  {
    flags: [],
    clusters: "eight",
    requests: [
      [0, /"production-cluster",\s+"test-cluster",\s+"unreachable-cluster"/],
      [0, /"status": "success"/],
      [0, /"Docker registry secrets created successfully in 3 namespace\(s\)"/],
    ],
    commands: [
      [3, /^docker +ghcr +differs/m],
      [0, /^finding username_only: Repository 'shop-deploy'/m],
      // Easily overlooked: a legacy pull secret without a label, and the URL of a repository.
      [4, /^edge +shop +old-registry [^]*^hub +argocd +tools /m],
    ],
    others: [...OTHER_REQUESTS, ...OTHER_COMMANDS],
  },
  {
    flags: ["--twelve"],
    clusters: "twelve",
    requests: [
      [0, /"prod-10",\s+"stage-01"/],
      [0, /"id": "docker\/registry"/],
      [0, /"name": "old-git-registry"/],
    ],
    commands: [
      [4, /^in 20d /m],
      [0, /accepted/],
      [4, /^prod-01 +argocd +tools [^]*^prod-07 +tools +git-registry /m],
    ],
    others: [],
  },
];

/** The folder of kubeconfigs, from an error message. */
async function clustersFolder(url: string): Promise<string> {
  const { message } = await (await fetch(`${url}/secrets?cluster=missing`)).json();
  return /at (.*)\/missing\.kubeconfig$/.exec(message)![1]!;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Stops a demo. @returns its output */
async function screenOf(running: Program, signal: Deno.Signal = "SIGTERM"): Promise<string> {
  running.kill(signal);
  const { code, stdout, stderr } = await running.ended;
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("the demo serves, and Ctrl-C removes everything, including its log", async () => {
  await using running = program(["demo", "--port", "0"]);
  const { url, log } = await demoOf(running);
  const folder = await clustersFolder(url);
  assert.ok(await exists(folder));
  assert.equal((await Deno.stat(log)).mode! & 0o777, 0o600);
  assert.match(await Deno.readTextFile(log), /INFO server: listening url=http/);
  const smoke = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/smoke.ts", "--url", url, "--cluster", "production-cluster"],
    stdout: "piped",
  }).output();
  const verdict = new TextDecoder().decode(smoke.stdout);
  assert.equal(smoke.code, 0, verdict);
  assert.match(verdict, /^25 requests, 0 failed$/m);
  const after = await (await fetch(`${url}/secrets?cluster=production-cluster`)).text();
  assert.ok(!after.includes("smoke-"), "a secret of the smoke test is left");

  const failing = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/smoke.ts", "--url", url, "--cluster", "unreachable-cluster"],
    stdout: "null",
  }).output();
  assert.equal(failing.code, 1);

  await screenOf(running, "SIGINT");
  for (const path of [folder, log]) assert.equal(await exists(path), false, path);
});

for (const { flags, clusters, requests, commands, others } of SCREENS) {
  Deno.test(`the screen of the demo with ${clusters} clusters fits a terminal, and its commands work`, async () => {
    await using running = program(["demo", "--port", "0", ...flags]);
    const { url } = await demoOf(running);
    await running.printed(/^Stop: /);
    // Requests are logged and not shown, so the screen is complete at the end.
    await using second = program(["demo", "--port", "0", ...flags]);
    await demoOf(second);
    const screen = await screenOf(second);
    const lines = screen.trimEnd().split("\n");
    assert.ok(lines.length <= 20, screen);
    assert.ok(lines.every((line) => line.length <= 80), screen);
    assert.match(lines[0]!, new RegExp(`^argocd-configurer demo: ${clusters} emulated clusters `));

    const own = /^argocd-configurer demo: .* on (\S+)$/m.exec(screen)![1]!;
    const shown = commandsOn(screen);
    assert.deepEqual([shown.requests.length, shown.commands.length], [3, 3], screen);
    const all: Row[] = [
      ...shown.requests.map((line, i): Row => [line, ...requests[i]!]),
      ...shown.commands.map((line, i): Row => [line, ...commands[i]!]),
      ...others,
    ];
    await using home = await folder();
    const env = { ...await install(home), ARGOCD_CONFIGURER_SERVER: url };
    for (const [command, expected, prints] of all) {
      const args = ["-c", command.replaceAll(own, url).replaceAll("URL/", `${url}/`)];
      const { code, stdout, stderr } = await new Deno.Command("sh", { args, env, stdin: "null" })
        .output();
      const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
      assert.equal(code, expected, command + output);
      assert.match(output, prints, command);
    }
    await screenOf(running);
  });
}

Deno.test("a named log file is kept and contains the requests, and the terminal shows none of them", async () => {
  await using here = await folder();
  const log = join(here.path, "kept.log");
  await using running = program(["demo", "--port", "0", "--log-file", log]);
  const { url, log: shown } = await demoOf(running);
  assert.equal(shown, log);
  await (await fetch(`${url}/clusters`)).body?.cancel();
  assert.doesNotMatch(await screenOf(running), /INFO/);
  const text = await Deno.readTextFile(log);
  assert.match(text, /INFO server: request .*path=\/clusters[^]*INFO server: stopped\n$/);
  assert.equal((await Deno.stat(log)).mode! & 0o777, 0o600);
});

Deno.test("a demo that cannot start reports the reason on standard error", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const busy = await outcome(["demo", "--port", String(port)]);
  assert.deepEqual([busy.code, busy.stdout], [1, ""]);
  assert.equal(
    busy.stderr,
    `error: Cannot listen on 127.0.0.1:${port}: address already in use. Choose another port with ` +
      "--port, or a free port with --port 0\n",
  );
  const unwritable = await outcome(["demo", "--port", "0", "--log-file", "/nonexistent/demo.log"]);
  assert.deepEqual([unwritable.code, unwritable.stdout], [1, ""]);
  assert.match(unwritable.stderr, /^error: Cannot open log file \/nonexistent\/demo\.log: .*\n$/);
});

Deno.test("the demo works in full without kubectl", async () => {
  await using running = program(["demo", "--port", "0"], { env: { PATH: "/nowhere" } });
  const { url: base } = await demoOf(running);
  const secrets = await fetch(`${base}/secrets?cluster=test-cluster`);
  assert.equal(secrets.status, 200);
  assert.equal((await secrets.json()).total_docker_creds, 2);
  const body = JSON.stringify({
    password: "demo-token",
    username: "demo-user",
    cluster_name: "test-cluster",
    name: "my-docker-secret",
    namespaces: "kube-system,default",
  });
  const added = await fetch(`${base}/secrets/add_docker`, { method: "POST", body });
  assert.equal(added.status, 200, await added.text());
  await screenOf(running);
});
