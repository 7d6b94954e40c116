import assert from "node:assert/strict";
import { join } from "node:path";
import { demoOf, folder, program } from "../cli/support.ts";
import { makeCanary } from "../support/canary.ts";
import { install, makeHome } from "./home.ts";
import { type Run, shell } from "./shell.ts";

/**
 * A fresh demo, and a shell whose commands use the demo's server.
 * @param flags of `demo`
 */
export async function inDemo(
  test: (run: Run) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  const canary = makeCanary();
  await using place = await folder();
  const home = await makeHome(place.path, canary.value);
  const env = await install(home);
  // Credentials are verified inside the demo; requests to other hosts would fail.
  const nowhere = { HTTPS_PROXY: "http://127.0.0.1:1" };
  const log = join(place.path, "demo.log");
  await using demo = program(["demo", "--port", "0", "--log-file", log, ...flags], {
    env: nowhere,
  });
  const { url } = await demoOf(demo);
  await test(shell(join(place.path, ".shell"), {
    cwd: home.path,
    env: { ...env, ARGOCD_CONFIGURER_SERVER: url },
    change: (command) => command.replaceAll("http://localhost:8091", url),
    canary,
  }));
  demo.kill("SIGTERM");
  const { stdout, stderr, code } = await demo.ended;
  assert.equal(code, 0);
  canary.absentFrom(stdout + stderr, "the terminal");
  canary.absentFrom(await Deno.readTextFile(log), "the log");
}
