import assert from "node:assert/strict";
import { join } from "node:path";
import { startInBackground } from "./background.ts";

/** The exit code. A background process does not keep the process that waits for it alive. */
async function exitCode(ended: Promise<number>): Promise<number> {
  const timer = setInterval(() => {}, 1000);
  try {
    return await ended;
  } finally {
    clearInterval(timer);
  }
}

Deno.test("a started process writes no core file, nor do its children", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const log = join(folder, "log");
    const script = 'echo "$$ $(ulimit -Sc) $(ulimit -Hc) $0 $*"; sh -c "ulimit -Hc"';
    const { pid, ended } = await startInBackground(
      { program: "sh", args: ["-c", script, "a name", "an  argument", "*"] },
      { cwd: folder, log },
    );
    assert.equal(await exitCode(ended), 0);
    // The process itself, with its arguments as they are.
    assert.equal(await Deno.readTextFile(log), `${pid} 0 0 a name an  argument *\n0\n`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a program that cannot be run logs why", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const log = join(folder, "log");
    const { ended } = await startInBackground({ program: "/no/such", args: [] }, {
      cwd: folder,
      log,
    });
    assert.equal(await exitCode(ended), 127);
    assert.match(await Deno.readTextFile(log), /\/no\/such/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
