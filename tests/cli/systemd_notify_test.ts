import assert from "node:assert/strict";
import { join } from "node:path";
import denoConfig from "../../deno.json" with { type: "json" };
import { PERMISSIONS, unstableFlags } from "../../scripts/build/permissions.ts";
import { notifySocket } from "../support/notify_socket.ts";
import { settled } from "../support/settled.ts";
import { listening, program } from "./support.ts";

/** The server under a unit of `Type=notify` with a watchdog. */

const ROOT = join(import.meta.dirname!, "..", "..");

Deno.test("systemd is notified when the server listens, that its event loop is running, and when it stops", async () => {
  await using socket = await notifySocket("file");
  const env = { NOTIFY_SOCKET: socket.name, WATCHDOG_USEC: "300000" };
  await using server = program(["serve", "--port", "0"], { env });
  const url = await listening(server);
  await socket.heard("READY=1");
  assert.equal((await fetch(`${url}/health`).then((answer) => answer.json())).status, "healthy");
  await socket.heard("WATCHDOG=1", 3);
  server.kill("SIGTERM");
  await socket.heard("STOPPING=1");
  assert.equal((await server.ended).code, 0);
  assert.equal(socket.received[0], "READY=1");
});

Deno.test("a server that cannot listen is never ready", async () => {
  await using socket = await notifySocket("file");
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const env = { NOTIFY_SOCKET: socket.name, WATCHDOG_USEC: "300000" };
  await using server = program(["serve", "--port", String(taken.addr.port)], { env });
  assert.equal((await server.ended).code, 1);
  assert.deepEqual(socket.received, []);
});

Deno.test("a suspended process sends no notification, so that the watchdog kills it", async () => {
  await using socket = await notifySocket("file");
  const env = { NOTIFY_SOCKET: socket.name, WATCHDOG_USEC: "150000" };
  await using server = program(["serve", "--port", "0"], { env });
  await socket.heard("WATCHDOG=1", 2);
  server.kill("SIGSTOP");
  const before = await settled(() => socket.received.length); // with notifications that were already sent
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(socket.received.length, before);
});

/** Runs the source with these Deno flags until it listens, and then until `heard` resolves. */
async function saidWith(
  flags: readonly string[],
  env: Record<string, string>,
  heard: () => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...flags, join(ROOT, "main.ts"), "serve", "--port", "0"],
    env: { NO_COLOR: "1", ...env },
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  let isEnding = false;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (isEnding || !/listening/.test(said)) continue;
    isEnding = true;
    await heard();
    child.kill("SIGTERM");
  }
  await child.status;
  return said;
}

Deno.test("the permissions of the built program suffice to notify systemd", async () => {
  await using socket = await notifySocket("abstract");
  const flags = [...unstableFlags(denoConfig.unstable), ...PERMISSIONS];
  const env = { NOTIFY_SOCKET: socket.name };
  const said = await saidWith(flags, env, () => socket.heard("READY=1"));
  assert.doesNotMatch(said, /cannot notify systemd/);
});

Deno.test("with the permissions of the task the server warns that it cannot notify systemd, and serves", async () => {
  await using socket = await notifySocket("abstract");
  const flags = /--allow-net=.* (?=main\.ts)/.exec(denoConfig.tasks.start.command)![0].trim();
  const said = await saidWith(flags.split(" "), { NOTIFY_SOCKET: socket.name });
  assert.match(said, /WARNING server: cannot notify systemd reason="Deno runs without/);
  assert.match(said, /listening/);
  assert.deepEqual(socket.received, []);
});
