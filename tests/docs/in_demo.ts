import assert from "node:assert/strict";
import { folder, listening, program } from "../cli/support.ts";
import { makeCanary } from "../support/canary.ts";
import { install, makeHome } from "./home.ts";
import { withPassword } from "./readme.ts";

/** Runs a command in a shell. `out` is its standard output and, where it fails, also what it `said`. */
export type Run = (command: string) => Promise<{ code: number; out: string; said: string }>;

/**
 * A fresh demo, and a shell where the program's commands ask the demo.
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
  // Credentials are tried inside the demo; one that left it would get nowhere.
  const nowhere = { HTTPS_PROXY: "http://127.0.0.1:1" };
  await using demo = program(["demo", "--port", "0", ...flags], { env: nowhere });
  const url = await listening(demo);
  await test(async (command) => {
    const asked = withPassword(command, canary.value).replaceAll("http://localhost:8091", url);
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", asked],
      cwd: home.path,
      env: { ...env, ARGOCD_CONFIGURER_SERVER: url },
      stdin: "null",
    }).output();
    const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    canary.absentFrom(out! + said!, `what ${command.slice(0, 40)} says`);
    return { code, out: code === 0 ? out! : out! + said!, said: said! };
  });
  demo.kill("SIGTERM");
  const { stderr, code } = await demo.ended;
  assert.equal(code, 0);
  canary.absentFrom(stderr, "the log");
}
