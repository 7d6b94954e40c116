import assert from "node:assert/strict";
import { join } from "node:path";
import { folder, listening, outcome, program } from "./support.ts";
import { place } from "./place.ts";

/** Files of another user in the working directory. */

const STRANGER = 65534;
/** Only root can change the owner of a file. */
const ignore = Deno.uid() !== 0;

/** A working directory with another user's configuration in it. */
async function strangers() {
  const here = await folder();
  await Deno.mkdir(join(here.path, "configs"));
  const file = await here.write(
    "configs/defaults.yaml",
    `trusted-owners: [${STRANGER}]\nport: 0\n`,
  );
  await Deno.chown(file, STRANGER, STRANGER);
  await Deno.chmod(file, 0o644);
  return here;
}

for (const command of [["serve", "--port", "0"], ["clusters"], ["secrets", "--cluster", "c"]]) {
  Deno.test({
    name: `${command[0]} does not use another user's configuration in the working directory`,
    ignore,
    async fn() {
      await using here = await strangers();
      const { code, stdout, stderr } = await outcome(command, { cwd: here.path });
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(
        stderr,
        /^error: Cannot use configuration file configs\/defaults\.yaml: it is owned by uid 65534, not by the current user, root or one of ARGOCD_CONFIGURER_TRUSTED_OWNERS; run chown on it, or name another file with --config. This file was found in the working directory$/m,
      );
    },
  });
}

Deno.test({
  name: "the environment sets who may own a configuration, not the configuration",
  ignore,
  async fn() {
    await using here = await strangers();
    const env = { ARGOCD_CONFIGURER_TRUSTED_OWNERS: `[${STRANGER}]` };
    await using running = program(["serve"], { cwd: here.path, env });
    assert.match(await listening(running), /^http:/);
  },
});

for (const name of ["server.log", "server.pid"]) {
  for (const there of [true, false]) {
    Deno.test(`start does not follow a symbolic link ${name} whose target ${there ? "exists" : "does not exist"}`, async () => {
      await using here = await place();
      const target = join(here.path, "target");
      if (there) await Deno.writeTextFile(target, "precious\n", { mode: 0o600 });
      await Deno.symlink(target, join(here.path, name));
      const { code, stderr } = await here.run("start", "--port", "0");
      assert.equal(code, 1, stderr);
      assert.match(stderr, /it is a symbolic link, which is not followed for writing; remove it/);
      const now = await Deno.readTextFile(target).catch(() => undefined);
      assert.equal(now, there ? "precious\n" : undefined);
    });
  }
}

Deno.test("serve --log-file does not follow a symbolic link", async () => {
  await using here = await place();
  const target = await here.write("target", "precious\n");
  const link = join(here.path, "link");
  await Deno.symlink(target, link);
  const { code, stderr } = await here.run("serve", "--port", "0", "--log-file", link);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: Cannot open log file .*\/link: it is a symbolic link, which is not followed/m,
  );
  assert.equal(await Deno.readTextFile(target), "precious\n");
});
