import assert from "node:assert/strict";
import { join } from "node:path";
import { commandLines } from "../support/processes.ts";
import { until } from "./until.ts";

/** Whole process groups are ended with the permission to run named programs only, `kill` among them. */

const KUBE = join(import.meta.dirname!, "..", "..", "src", "kube");

/** A number of seconds that no other process sleeps. */
const SECONDS = `4${Math.floor(Math.random() * 1e6)}.25`;

/** A program and its child, which both ignore SIGTERM; the deadline is short. */
const PROGRAM = `
import { deadlineIn } from ${JSON.stringify(`file://${KUBE}/deadline.ts`)};
import { runProcess } from ${JSON.stringify(`file://${KUBE}/process.ts`)};
const script = "trap '' TERM; (trap '' TERM; sleep ${SECONDS}) & sleep ${SECONDS}";
const { ended } = await runProcess("sh", ["-c", script], {
  env: { PATH: Deno.env.get("PATH") },
  deadline: deadlineIn(0.5),
  limits: { stdout: 1000, stderr: 1000, grace: 100 },
});
console.log(ended);
`;

const sleeping = () => commandLines().filter((line) => line.includes(SECONDS)).length;

Deno.test({
  name:
    "with permission to run named programs only, kill(1) ends a whole group, even processes that ignore SIGTERM",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--allow-env", "--allow-run=sh,kill", "-"],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(PROGRAM));
    await writer.close();
    const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
    const { stdout, stderr } = await child.output().finally(() => clearTimeout(late));
    assert.equal(new TextDecoder().decode(stdout), "deadline\n", new TextDecoder().decode(stderr));
    await until("none of the group is left", () => sleeping() === 0);
  },
});
