import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type Ended, folder } from "./support.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

/** Runs a copy of the script, so that a build in the project does not matter. */
async function manager(
  root: string,
  args: string[],
  path: string,
  cwd = root,
): Promise<Omit<Ended, "stderr"> & { stderr: string }> {
  await Deno.mkdir(join(root, "scripts"), { recursive: true });
  const script = join(root, "scripts", "server_manager.sh");
  await Deno.copyFile(join(ROOT, "scripts", "server_manager.sh"), script);
  const output = await new Deno.Command(script, { args, cwd, env: { PATH: path } }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

const TOOLS = "/usr/bin:/bin";

async function stub(path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, '#!/bin/sh\necho "$0 $*"\n', { mode: 0o755 });
}

Deno.test("the manager's script has five commands, and others are wrong usage", async () => {
  await using here = await folder();
  await stub(join(here.path, "dist", "argocd-configurer"));
  for (const word of ["start", "stop", "restart", "status", "logs"]) {
    const { code, stdout } = await manager(here.path, [word, "--run-dir", "a b"], TOOLS);
    assert.equal(code, 0);
    assert.equal(stdout, `${here.path}/dist/argocd-configurer ${word} --run-dir a b\n`);
  }
  for (const args of [[], ["serve"], ["--help"]]) {
    const { code, stderr } = await manager(here.path, args, TOOLS);
    assert.equal(code, 2);
    assert.match(stderr, /^Usage: .*\{start\|stop\|restart\|status\|logs\}/);
  }
});

Deno.test("the script runs the built program, else the installed one, else the source", async () => {
  await using here = await folder();
  const bin = join(here.path, "bin");
  await stub(join(bin, "deno"));
  const ran = async () => (await manager(here.path, ["status"], `${bin}:${TOOLS}`)).stdout;
  assert.equal(await ran(), `${bin}/deno run -A ${here.path}/main.ts status\n`);
  await stub(join(bin, "argocd-configurer"));
  assert.equal(await ran(), `${bin}/argocd-configurer status\n`);
  await stub(join(here.path, "dist", "argocd-configurer"));
  assert.equal(await ran(), `${here.path}/dist/argocd-configurer status\n`);
});

Deno.test("the script manages a real server in the current folder", async () => {
  await using here = await folder();
  await using project = await folder();
  await Deno.mkdir(join(project.path, "bin"));
  await Deno.symlink(Deno.execPath(), join(project.path, "bin", "deno"));
  for (const name of ["main.ts", "deno.json", "deno.lock", "src", "configs"]) {
    await Deno.symlink(join(ROOT, name), join(project.path, name));
  }
  const run = (...args: string[]) =>
    manager(project.path, args, `${project.path}/bin:${TOOLS}`, here.path);
  const started = await run("start", "--port", "0");
  assert.match(started.stdout, /^argocd-configurer started \(pid /, started.stderr);
  assert.equal((await run("status")).code, 0);
  assert.equal((await run("stop")).code, 0);
  assert.ok((await Deno.stat(join(here.path, "server.log"))).isFile);
});
