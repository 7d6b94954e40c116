import assert from "node:assert/strict";
import { join } from "node:path";
import { stopSeconds } from "../../src/server/listen/graceful_stop.ts";
import { loadConfig } from "../../src/config/load.ts";
import { deployFile, readDeployFile, stopThatIsSaid, timeoutThatStopAllows } from "./files.ts";
import { findSystemdAnalyze } from "./systemd_analyze.ts";

/** The unit according to systemd's own tools, and what they do not check. */

const UNIT = "argocd-configurer.service";
const unit = await readDeployFile(`systemd/${UNIT}`);
const systemdAnalyze = await findSystemdAnalyze();

/** The values of a key, in order. */
function values(key: string): string[] {
  const lines = unit.split("\n").filter((line) => line.startsWith(`${key}=`));
  return lines.map((line) => line.slice(key.length + 1));
}

interface Said {
  readonly code: number;
  readonly text: string;
}

/** Runs systemd-analyze on a copy of the unit, whose programs are replaced by one that every machine has. */
async function analyze(args: readonly string[], text: string): Promise<Said> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, UNIT);
    const runnable = text.replaceAll(/^(Exec\w+)=\S+/gm, "$1=/bin/true");
    await Deno.writeTextFile(file, runnable);
    const { code, stdout, stderr } = await new Deno.Command(systemdAnalyze!, {
      args: [...args, file],
      env: { SYSTEMD_COLORS: "0", SYSTEMD_PAGER: "", LC_ALL: "C.UTF-8" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ignore = systemdAnalyze === undefined;
/** It prints warnings without failing. */
const VERIFY = ["verify", "--man=no", "--recursive-errors=no"];

Deno.test({
  name: "systemd accepts the unit",
  ignore,
  fn: async () => {
    assert.deepEqual(await analyze(VERIFY, unit), { code: 0, text: "" });
  },
});

Deno.test({
  name: "systemd would report a wrong key or value",
  ignore,
  fn: async () => {
    const wrongKey = await analyze(VERIFY, unit.replace("ProtectClock=", "ProtectClok="));
    assert.match(wrongKey.text, /ProtectClok/);
    const wrongValue = await analyze(VERIFY, unit.replace(/^KillMode=.*$/m, "KillMode=gentle"));
    assert.match(wrongValue.text, /gentle/);
  },
});

Deno.test({
  name: "systemd rates the exposure of the service as low",
  ignore,
  fn: async () => {
    // In tenths of 10, where a service without any protection has 9.6.
    const security = ["security", "--offline=true", "--no-pager", "--threshold=20"];
    const rated = await analyze(security, unit);
    assert.equal(rated.code, 0, rated.text);
    const bare = unit.replaceAll(/^(Protect|Private|Restrict|SystemCall|Capability).*$/gm, "");
    assert.notEqual((await analyze(security, bare)).code, 0);
  },
});

Deno.test("a stop signals the program only, and leaves time for the longest write", async () => {
  assert.deepEqual(values("KillMode"), ["mixed"]);
  const { settings } = await config();
  const stop = Number(values("TimeoutStopSec")[0]);
  const limit = timeoutThatStopAllows(await readDeployFile("systemd/config.yaml"));
  for (const timeout of [settings.kubectl_timeout, limit]) {
    assert.ok(stop > stopSeconds({ kubectl_timeout: timeout }), `${timeout}`);
  }
  const said = { kubectlTimeout: settings.kubectl_timeout, seconds: stopSeconds(settings) };
  assert.deepEqual(stopThatIsSaid(unit), said);
});

Deno.test("a service whose event loop is blocked for 30 seconds is killed and restarted", () => {
  assert.deepEqual([values("Type"), values("WatchdogSec")], [["notify"], ["30"]]);
  // Both restart a service that the watchdog killed.
  assert.ok(["on-failure", "always"].includes(values("Restart")[0]!));
  // The socket is AF_UNIX, and the process itself sends the notifications.
  assert.ok(values("RestrictAddressFamilies")[0]!.split(" ").includes("AF_UNIX"));
  assert.ok(["", "main"].includes(values("NotifyAccess")[0] ?? ""));
});

Deno.test("the service is not restarted after an invalid configuration", () => {
  assert.deepEqual(values("RestartPreventExitStatus"), ["2"]);
});

Deno.test("the service runs as its own user, without privileges", () => {
  assert.deepEqual([values("User"), values("Group")], [
    ["argocd-configurer"],
    ["argocd-configurer"],
  ]);
  for (const key of ["CapabilityBoundingSet", "AmbientCapabilities"]) {
    assert.deepEqual(values(key), [""], key);
  }
  assert.deepEqual(values("NoNewPrivileges"), ["yes"]);
});

Deno.test("the service leaves no core file, which would hold credentials", () => {
  assert.deepEqual(values("LimitCORE"), ["0"]);
});

Deno.test("the service has the permissions that V8 needs", () => {
  assert.deepEqual(values("MemoryDenyWriteExecute"), []);
  assert.deepEqual(values("SystemCallErrorNumber"), ["EPERM"]);
});

Deno.test("the service writes only to its own folders", () => {
  assert.deepEqual(values("ProtectSystem"), ["strict"]);
  for (const setting of values("Environment")) {
    assert.match(setting, /=%C\/argocd-configurer(\/|$)/);
  }
  assert.deepEqual(values("CacheDirectory"), ["argocd-configurer"]);
  assert.deepEqual(values("StateDirectory"), ["argocd-configurer"]);
  assert.deepEqual(values("WorkingDirectory"), ["%S/argocd-configurer"]);
});

Deno.test("the service starts the server with the shipped configuration", async () => {
  assert.deepEqual(values("ExecStart"), [
    "/usr/local/bin/argocd-configurer serve --config /etc/argocd-configurer/config.yaml",
  ]);
  const { settings, warnings } = await config();
  assert.deepEqual(warnings, []);
  assert.equal(settings["clusters-folder"], "/etc/argocd-configurer/clusters");
  assert.equal(settings.host, "127.0.0.1");
});

function config() {
  const file = deployFile("systemd/config.yaml");
  return loadConfig({ flags: {}, env: {}, file, fileRequired: true });
}
