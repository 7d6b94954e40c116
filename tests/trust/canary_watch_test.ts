import assert from "node:assert/strict";
import { join } from "node:path";
import { folder } from "../cli/support.ts";
import { encodeBase64 } from "../support/base64.ts";
import { type CanaryWatch, canaryWatch } from "./canary_watch.ts";
import { type ProcessWatch, watchProcesses } from "./process_watch.ts";
import { until } from "./until.ts";

/** The search finds leaked secrets; otherwise no test with it could fail. */

/** Ways in which a program may show a secret. */
const SHOWN: Readonly<Record<string, (secret: string) => string>> = {
  "in plain text": (secret) => `password=${secret}&x`,
  "without its end": (secret) => `${secret.slice(0, 20)}…`,
  "without its start": (secret) => `…${secret.slice(-20)}`,
  "in base64": encodeBase64,
  "in base64 at an offset of one": (secret) => encodeBase64(`x${secret}`),
  "in base64 at an offset of two": (secret) => encodeBase64(`xx${secret}`),
  "in base64 twice": (secret) => encodeBase64(`{"auth":"${encodeBase64(`user:${secret}`)}"}`),
  "in base64 three times": (secret) =>
    encodeBase64(`x${encodeBase64(`xx${encodeBase64(`user:${secret}`)}`)}`),
  "in base64url": (secret) => encodeBase64(`??>>${secret}`).replaceAll("/", "_"),
};

for (const [how, show] of Object.entries(SHOWN)) {
  Deno.test(`a secret that is printed ${how} is found`, () => {
    const watch = canaryWatch("/nowhere");
    const secret = watch.secret();
    assert.throws(() => watch.said(`before ${show(secret)} after`, "an answer"), /canary is in an/);
    watch.said(show("another password that nobody looks for"), "an answer");
  });
}

async function withWatch(
  use: (watch: CanaryWatch, processes: ProcessWatch, path: string) => Promise<void>,
): Promise<void> {
  await using here = await folder();
  using processes = watchProcesses(here.path);
  await use(canaryWatch(here.path), processes, here.path);
}

Deno.test("a secret in a file is found, wherever the file is in the folder", () =>
  withWatch(async (watch, processes, path) => {
    const secret = watch.secret();
    const file = join(path, "deep", "er", "file");
    await Deno.mkdir(join(path, "deep", "er"), { recursive: true });
    await Deno.writeTextFile(file, encodeBase64(secret));
    assert.throws(() => watch.everywhere(processes), new RegExp(file));
    watch.except(file);
    watch.everywhere(processes);
  }));

Deno.test("a secret in a new temporary file is found", () =>
  withWatch(async (watch, processes) => {
    const file = await Deno.makeTempFile({ dir: "/tmp" });
    try {
      await Deno.writeTextFile(file, watch.secret());
      assert.throws(() => watch.everywhere(processes), new RegExp(file));
    } finally {
      await Deno.remove(file);
    }
  }));

interface Seen {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** An additional condition to wait for. */
  readonly isSeen?: () => boolean;
}

/** Runs a shell whose command line names the folder, until the watch has seen it. */
async function seen(
  processes: ProcessWatch,
  path: string,
  script: string,
  { args = [], env, isSeen = () => true }: Seen,
) {
  const child = new Deno.Command("sh", {
    args: ["-c", `${script}; true`, path, ...args],
    env,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await until(
    "it is seen",
    () => processes.alive().length >= 2 && hasSeen(processes, script) && isSeen(),
  );
  await child.stdin.close();
  await child.status;
  await until("it has gone", () => processes.alive().length === 0);
}

const hasSeen = ({ seen }: ProcessWatch, text: string) =>
  [...seen].some((each) => each.includes(text));

const linuxTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn });

/** A child that does not name the folder, until standard input ends. */
const CHILD = "cat";

linuxTest("a secret in a command line is found", () =>
  withWatch(async (watch, processes, path) => {
    await seen(processes, path, CHILD, { args: [watch.secret()] });
    assert.throws(() => watch.everywhere(processes), /in a command line or an environment/);
  }));

linuxTest("a secret in an environment is found", () =>
  withWatch(async (watch, processes, path) => {
    await seen(processes, path, CHILD, { env: { PASSWORD: watch.secret() } });
    assert.throws(() => watch.everywhere(processes), /in a command line or an environment/);
  }));

linuxTest(
  "a secret in the command line of a child that does not name the folder is found",
  () =>
    withWatch(async (watch, processes, path) => {
      const secret = watch.secret();
      const fed = join(path, "fed");
      await Deno.writeTextFile(fed, secret);
      watch.except(fed);
      const script = `sh -c "${CHILD}; true" "$(cat '${fed}')"`;
      await seen(processes, path, script, { isSeen: () => hasSeen(processes, secret) });
      assert.throws(() => watch.everywhere(processes), /in a command line or an environment/);
    }),
);

linuxTest(
  "a secret in a file elsewhere that a process has open for writing is found",
  () =>
    withWatch(async (watch, processes, path) => {
      await using elsewhere = await folder();
      const file = await elsewhere.write("file", watch.secret());
      const isSeen = () => processes.written.has(file);
      await seen(processes, path, `exec 3>>'${file}'; ${CHILD}`, { isSeen });
      assert.throws(() => watch.everywhere(processes), new RegExp(file));
    }),
);

linuxTest(
  "an unrelated process is not searched",
  () =>
    withWatch(async (watch, processes, path) => {
      const other = new Deno.Command("sh", {
        args: ["-c", "read line", "other", watch.secret()],
        stdin: "piped",
      }).spawn();
      await seen(processes, path, CHILD, {});
      await other.stdin.close();
      await other.status;
      watch.everywhere(processes);
    }),
);
