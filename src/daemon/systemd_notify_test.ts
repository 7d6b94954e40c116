import assert from "node:assert/strict";
import { configureLog } from "../log/logger.ts";
import { notifySocket } from "../../tests/support/notify_socket.ts";
import { systemdNotifier } from "./systemd_notify.ts";

for (const kind of ["file", "abstract"] as const) {
  Deno.test(`a systemd socket (${kind}) is notified of ready, of a running event loop, and of stopping`, async () => {
    await using socket = await notifySocket(kind);
    const notifier = systemdNotifier({ socket: socket.name, watchdogUsec: "60000" });
    notifier.ready();
    await socket.heard("WATCHDOG=1", 3);
    notifier.stopping();
    await socket.heard("STOPPING=1");
    notifier.close();
    assert.equal(socket.received[0], "READY=1");
    assert.deepEqual(new Set(socket.received), new Set(["READY=1", "WATCHDOG=1", "STOPPING=1"]));
  });
}

Deno.test("a blocked event loop does not notify the watchdog", async () => {
  await using socket = await notifySocket("abstract");
  const notifier = systemdNotifier({ socket: socket.name, watchdogUsec: "30000" });
  notifier.ready();
  await socket.heard("WATCHDOG=1", 2);
  const before = socket.received.length;
  const end = performance.now() + 500; // fifty times the interval of messages
  while (performance.now() < end);
  await socket.heard("WATCHDOG=1", before);
  notifier.close();
  assert.ok(
    socket.received.length - before < 10,
    `${socket.received.length - before} in half a second`,
  );
});

const WITHOUT_WATCHDOG: [what: string, options: { watchdogUsec?: string; watchdogPid?: string }][] =
  [
    ["no time", {}],
    ["an invalid time", { watchdogUsec: "soon" }],
    ["another process", { watchdogUsec: "3000", watchdogPid: String(Deno.pid + 1) }],
  ];

for (const [what, options] of WITHOUT_WATCHDOG) {
  Deno.test(`with ${what} for the watchdog, only ready is notified`, async () => {
    await using socket = await notifySocket("abstract");
    const notifier = systemdNotifier({ socket: socket.name, ...options });
    notifier.ready();
    await socket.heard("READY=1");
    await new Promise((resolve) => setTimeout(resolve, 30));
    notifier.close();
    assert.deepEqual(socket.received, ["READY=1"]);
  });
}

Deno.test("without systemd, or without its socket, nothing fails", async () => {
  for (const socket of [undefined, "", "relative", "@", "/nowhere/notify"]) {
    const lines: string[] = [];
    configureLog({ format: "json", level: "info", write: (line) => lines.push(line) });
    const notifier = systemdNotifier({ socket, watchdogUsec: "3000" });
    notifier.ready();
    await new Promise((resolve) => setTimeout(resolve, 20));
    notifier.stopping();
    notifier.close();
    configureLog({ format: "json", level: "error", write: () => {} });
    // A message that does not arrive is not sent again.
    assert.equal(lines.length, socket === "/nowhere/notify" ? 1 : 0, lines.join(""));
  }
});
