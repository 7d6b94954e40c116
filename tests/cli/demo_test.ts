import assert from "node:assert/strict";
import { install } from "../docs/home.ts";
import { folder, listening, program } from "./support.ts";

/** `demo` as users run it, with the commands that it prints. */

interface Command {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly body: string | undefined;
}

/** The curl commands in a text. */
function commands(text: string): Command[] {
  return text.split("\n").filter((line) => line.startsWith("  curl ")).map((line) => {
    const url = /(http:\/\/[^\s"]+)/.exec(line)![1]!;
    const body = /-d '(.*)'$/.exec(line)?.[1];
    return { method: line.includes("-X POST") ? "POST" : "GET", url, body };
  });
}

const EXPECTED: [status: number, answer: RegExp][] = [
  [200, /"status": "healthy"/],
  [200, /"production-cluster",\s+"test-cluster",\s+"unreachable-cluster"/],
  [200, /"status": "success"/],
  [503, /"status": "cluster_unreachable"/],
  [200, /"Docker registry secrets created successfully in 3 namespace\(s\)"/],
  [200, /"Docker registry secrets updated successfully in 3 namespace\(s\)"/],
  [200, /"template": "ghcr-helm-repo-template"/],
  [200, /"id": "docker\/ghcr",[^{]*"state": "differs"/],
];

/** What the printed commands of the program itself say, and their exit codes. */
const TOLD: [command: RegExp, code: number, said: RegExp][] = [
  [/ secrets /, 3, /^failed: --cluster unreachable-cluster$/m],
  [/ audit$/, 0, /my-docker-secret/],
  [/ fleet$/, 3, /^docker +ghcr +differs/m],
  [/ explain us-prod /, 0, /^finding username_only: Repository 'shop-deploy'/m],
  [/ explain dev /, 0, /^finding kubelet_cannot_match: /m],
  // Easily overlooked: a legacy pull secret without a label, and the URL of a repository.
  [/ find /, 4, /^edge +shop +old-registry [^]*^hub +argocd +tools /m],
  [/ expiring /, 4, /^in 12d +repository\/git\/.*internal[^]*^in 20d +docker\/harbor/m],
  [/ check /, 4, /refused/],
  [/ rotate /, 0, /ghcr[^]*old-registry/],
];

/** The folder that the server says a kubeconfig would be in. */
async function clustersFolder(url: string): Promise<string> {
  const { message } = await (await fetch(`${url}/secrets?cluster=missing`)).json();
  return /at (.*)\/missing\.kubeconfig$/.exec(message)![1]!;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("the demo's curl commands give the documented answers, and Ctrl-C leaves nothing", async () => {
  await using running = program(["demo", "--port", "0"]);
  const url = await listening(running);
  const folder = await clustersFolder(url);
  assert.ok(await exists(folder));
  // Standard output is whole only at the end, so what it will say is asked in its own way here.
  const smoke = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/smoke.ts", "--url", url, "--cluster", "production-cluster"],
    stdout: "piped",
  }).output();
  const verdict = new TextDecoder().decode(smoke.stdout);
  assert.equal(smoke.code, 0, verdict);
  assert.match(verdict, /^25 requests, 0 failed$/m);
  const after = await (await fetch(`${url}/secrets?cluster=production-cluster`)).text();
  assert.ok(!after.includes("smoke-"), "what the smoke test wrote is still there");

  const failing = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/smoke.ts", "--url", url, "--cluster", "unreachable-cluster"],
    stdout: "null",
  }).output();
  assert.equal(failing.code, 1);

  running.kill("SIGINT");
  const { code, stdout } = await running.ended;
  assert.equal(code, 0);
  assert.equal(await exists(folder), false);
  assert.equal(commands(stdout).length, EXPECTED.length);
});

Deno.test("each command that the demo prints is answered as documented", async () => {
  // A first demo prints the commands, a second one, on a port of its own, is given them.
  const printed = await (async () => {
    await using first = program(["demo", "--port", "0"]);
    await listening(first);
    first.kill("SIGTERM");
    return (await first.ended).stdout;
  })();
  await using running = program(["demo", "--port", "0"]);
  const base = await listening(running);
  const all = commands(printed);
  for (const [i, [status, answer]] of EXPECTED.entries()) {
    const { method, url, body } = all[i]!;
    const { pathname, search } = new URL(url);
    const response = await fetch(base + pathname + search, { method, body });
    assert.equal(response.status, status, url);
    assert.match(await response.text(), answer);
  }
  const lines = printed.split("\n").filter((line) => /^ {2}.*\bargocd-configurer /.test(line));
  assert.equal(lines.length, TOLD.length);
  await using home = await folder();
  const env = { ...await install(home), ARGOCD_CONFIGURER_SERVER: base };
  for (const [i, [command, expected, said]] of TOLD.entries()) {
    assert.match(lines[i]!, command);
    const args = ["-c", lines[i]!];
    const { code, stdout, stderr } = await new Deno.Command("sh", { args, env, stdin: "null" })
      .output();
    const [out, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(code, expected, lines[i]! + out + told);
    assert.match(out! + told, said);
  }
  running.kill("SIGTERM");
  assert.equal((await running.ended).code, 0);
});

Deno.test("the demo works in full without kubectl", async () => {
  await using running = program(["demo", "--port", "0"], { env: { PATH: "/nowhere" } });
  const base = await listening(running);
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
  running.kill("SIGTERM");
  assert.equal((await running.ended).code, 0);
});
