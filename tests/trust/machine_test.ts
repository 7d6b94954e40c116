import assert from "node:assert/strict";
import { join } from "node:path";
import { kubeconfigOf } from "../crash/admin.ts";
import { uniqueName } from "../support/api_objects.ts";
import { smallDisk } from "./full_disk.ts";
import { type Connection, connectTo } from "./raw_http.ts";
import { until } from "./until.ts";
import { type Running, trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** A machine without kubectl, without file descriptors, without room on its disks. */

async function assertServes({ ask }: Running): Promise<void> {
  for (const path of ["/health", "/clusters", "/"]) {
    assert.equal((await ask("GET", path)).status, 200, path);
  }
}

async function assertNotWritten({ request }: World, name: string): Promise<void> {
  const path = `/api/v1/secrets?fieldSelector=metadata.name%3D${name}`;
  assert.deepEqual((await request("GET", path)).body.items, [], name);
}

trustTest(
  "kubectl is missing: 503 with the reason, and the server keeps serving",
  async (world) => {
    const bin = join(world.folder, "no_kubectl");
    await Deno.mkdir(bin);
    const running = await world.start({ env: { PATH: bin } });
    await running.line(/kubectl not available hint="install it and have it on PATH/);
    const docker = { name: uniqueName("pull"), namespaces: await world.namespace() };
    const repository = { name: uniqueName("repo"), repository_url: "https://example.com/missing" };
    for (
      const { status, text } of [
        await running.ask("GET", "/secrets?cluster=c"),
        await running.addDocker(docker),
        await running.addHelmRepo(repository),
      ]
    ) {
      assert.equal(status, 503, text);
      assert.match(text, /'kubectl' cannot be executed\. Install kubectl on the server's PATH/);
    }
    await assertNotWritten(world, docker.name);
    await assertNotWritten(world, repository.name);
    await assertServes(running);
    // When kubectl is installed, it is used.
    await Deno.symlink(join(world.folder, "bin", "kubectl"), join(bin, "kubectl"));
    for (const name of ["sh", "kill"]) {
      await Deno.writeTextFile(join(bin, name), "#!/bin/sh\n", { mode: 0o755 });
    }
    assert.equal((await running.addDocker(docker)).status, 200);
  },
  ["kubectl"],
);

/** Enough for the program itself and one or two requests. */
const FILES = 96;
/** Concurrent connections; each kubectl takes as many descriptors. */
const STEP = 6;

trustTest("too few file descriptors: 503, and the server keeps serving", async (world) => {
  const running = await world.start({ maxFiles: FILES });
  const namespaces = await world.namespace();
  const seen = new Map<number, string>();
  const ask = async (from: Connection, method: string, path: string, body = "") => {
    const { length } = new TextEncoder().encode(body);
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}`;
    await from.send(`${head}\r\n\r\n${body}`);
    const { status, text } = await from.answer();
    world.watch.said(text, `the answer of ${method} ${path}`);
    return { status, text };
  };
  const askForAll = async (from: Connection): Promise<void> => {
    const name = uniqueName("pull");
    const usual = { cluster_name: "c", username: "user", password: world.password };
    const body = JSON.stringify({ ...usual, name, namespaces });
    // A cluster without earlier requests, so that its kubeconfig has to be read.
    const another = uniqueName("another");
    await world.addCluster(another, kubeconfigOf(world.access));
    const listed = await ask(from, "GET", `/secrets?cluster=${another}`);
    const written = await ask(from, "POST", "/secrets/add_docker", body);
    for (const { status, text } of [listed, written]) seen.set(status, text);
    assert.equal(await world.find(namespaces, name) !== undefined, written.status === 200);
    assert.equal((await ask(from, "GET", "/health")).status, 200);
  };
  // On existing connections, since no new one may be accepted.
  using before = new DisposableStack();
  const connect = async () => before.use(await connectTo(running.url));
  const [first, ...others] = [await connect(), await connect(), await connect(), await connect()];
  for (const each of others) assert.equal((await ask(each, "GET", "/health")).status, 200);
  await askForAll(first!);
  assert.deepEqual([...seen.keys()], [200], [...seen.values()].join());

  const { hostname, port } = new URL(running.url);
  const stalled: Deno.Conn[] = [];
  try {
    for (let step = 0; step < 2 * FILES / STEP; step++) {
      for (let i = 0; i < STEP; i++) {
        // Refused, if the server has no descriptor left to accept it.
        await Deno.connect({ hostname, port: Number(port) })
          .then((each) => stalled.push(each), () => {});
      }
      // Concurrently, so that kept connections to the cluster do not suffice.
      await Promise.all([first!, ...others].map(askForAll));
    }
  } finally {
    stalled.forEach((each) => each.close());
  }
  assert.deepEqual([...seen.keys()].sort(), [200, 503], [...seen.values()].join("\n"));
  await until("there are descriptors again", () => isWritten(running, namespaces));
  await assertServes(running);
});

async function isWritten({ addDocker }: Running, namespaces: string): Promise<boolean> {
  const answer = await addDocker({ name: uniqueName("pull"), namespaces }).catch(() => undefined);
  assert.ok([200, 503, undefined].includes(answer?.status), answer?.text ?? "");
  return answer?.status === 200;
}

/** The last page of a log has some room: after this many writes it is full on any machine. */
const WRITES = 20;

trustTest(
  "the disk of the log is full: the server keeps serving, and later reports the lost lines",
  async (world) => {
    const disk = world.use(await smallDisk(join(world.folder, "disk")));
    const log = join(disk.path, "server.log");
    const running = await world.start({ logFile: log });
    await disk.fill(log);
    const docker = { name: uniqueName("pull"), namespaces: await world.namespace(), upsert: true };
    const end = performance.now() + 5000;
    for (let written = 0; written < WRITES || performance.now() < end; written++) {
      const { status, text } = await running.addDocker(docker);
      assert.equal(status, 200, text);
      await assertServes(running);
    }
    await disk.empty(log);
    await until("the loss is said", async () => {
      await running.ask("GET", "/clusters"); // for a line
      return /log lines lost/.test(textOf(log));
    });
    assert.match(textOf(log), disk.why);
  },
);

function textOf(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return ""; // it does not exist yet
  }
}

trustTest(
  "the disk of the audit log is full: writes are 503 and change nothing, and the server keeps serving",
  async (world) => {
    const disk = world.use(await smallDisk(join(world.folder, "disk")));
    const auditLog = join(disk.path, "audit.log");
    const running = await world.start({ settings: { "audit-log": auditLog } });
    await disk.fill(auditLog);
    const docker = { name: uniqueName("pull"), namespaces: await world.namespace() };
    const url = `https://${uniqueName("h")}.example.com/x`;
    const repository = { name: uniqueName("repo"), repository_url: url };
    for (
      const { status, text } of [
        await running.addDocker(docker),
        await running.addHelmRepo(repository),
        await running.addDocker({ ...docker, upsert: true, force: true }),
      ]
    ) {
      assert.equal(status, 503, text);
      assert.match(text, /the audit log cannot be written: .*\. Nothing was changed/);
      assert.match(text, disk.why);
    }
    await assertNotWritten(world, docker.name);
    await assertNotWritten(world, repository.name);
    assert.equal((await running.ask("GET", "/secrets?cluster=c")).status, 200);
    await assertServes(running);
    await disk.empty(auditLog);
    assert.equal((await running.addDocker(docker)).status, 200);
    assert.equal((await running.addHelmRepo(repository)).status, 200);
  },
);
