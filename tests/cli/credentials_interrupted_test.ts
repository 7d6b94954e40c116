import assert from "node:assert/strict";
import { type Fault, startEmulator } from "../../src/emulator/emulator.ts";
import { onStage, programCommand, type Stage, storedPassword } from "./credentials_support.ts";

/** A signal during a write. */

/** A command, and when it has begun to write, which takes a while. */
function begun(
  { folder: { path }, emulators: { one }, canary }: Stage,
  args: readonly string[],
  fault: Fault = { kind: "delay", milliseconds: 1500 },
) {
  const writing = Promise.withResolvers<void>();
  one.fault = ({ method }) => {
    if (method !== "POST") return undefined;
    writing.resolve();
    return fault;
  };
  const [executable, ...rest] = programCommand(args);
  const child = new Deno.Command(executable!, {
    args: rest,
    cwd: path,
    env: { NO_COLOR: "1", ARGOCD_CONFIGURER_PASSWORD: canary.value },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return { child, writing: writing.promise };
}

const add = (clusters: string) => [
  ...["docker", "add", "--cluster", clusters, "--name", "n", "--username", "u"],
  ...["--namespaces", "team-a,team-b"],
];

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} lets a write that has begun end`, () =>
    onStage(async (stage) => {
      const { child, writing } = begun(stage, add("one"));
      await writing;
      child.kill(signal);
      const { code, stdout, stderr } = await child.output();
      const said = new TextDecoder().decode(stderr);
      assert.equal(code, 0, said);
      assert.match(said, /^What is being written ends first; once more to leave it half done$/m);
      assert.match(new TextDecoder().decode(stdout), /secret\/n +created/);
      for (const namespace of ["team-a", "team-b", "argocd"]) {
        assert.equal(storedPassword(stage.emulators.one, namespace, "n"), stage.canary.value);
      }
    }));
}

Deno.test("a second signal ends it at once", () =>
  onStage(async (stage) => {
    const { child, writing } = begun(stage, add("one"), { kind: "hang" });
    await writing;
    const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    child.kill("SIGINT");
    let text = "";
    while (!text.includes("once more")) text += (await said.read()).value ?? assert.fail(text);
    child.kill("SIGINT");
    assert.equal((await child.status).signal, "SIGINT");
    await said.cancel();
    await child.stdout.cancel();
  }));

Deno.test("clusters that have not begun are left alone, and that is said", () =>
  onStage(async (stage) => {
    const { folder, emulators: { two } } = stage;
    // More than are written to at once: the last one waits.
    const others = ["b", "c", "d"].map((name) => ({ name, emulator: startEmulator() }));
    try {
      for (const { name, emulator } of others) {
        for (const namespace of ["argocd", "team-a", "team-b"]) {
          emulator.cluster.addNamespace(namespace);
        }
        emulator.fault = ({ count }) =>
          count === 1 ? { kind: "delay", milliseconds: 3000 } : undefined;
        await folder.write(`clusters/${name}.kubeconfig`, emulator.kubeconfig());
      }
      const { child, writing } = begun(stage, add("one,b,c,d,two"));
      await writing;
      child.kill("SIGTERM");
      const { code, stderr } = await child.output();
      const said = new TextDecoder().decode(stderr);
      assert.equal(code, 3, said);
      assert.match(said, /^error: two: Not tried, as it was interrupted$/m);
      assert.deepEqual(two.requests, []);
    } finally {
      for (const { emulator } of others) await emulator.stop();
    }
  }));
