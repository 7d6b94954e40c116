import assert from "node:assert/strict";
import { folder, kubeconfig } from "../cli/support.ts";
import { within } from "../crash/within.ts";
import { develop, type Development, runs, smallProject, wholeProject } from "./support.ts";

/** The development server as developers run it. */

/** Serves "one", prints its process ID, and exits at SIGTERM. */
const MAIN = `
const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
const server = Deno.serve(options, () => new Response("one"));
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
console.error("flags", ...Deno.args);
console.error("process", Deno.pid, "at", "http://127.0.0.1:" + server.addr.port);
`;

/** A program that ignores SIGTERM. */
const BUSY = MAIN.replace("Deno.exit(0)", 'console.error("busy")');

const SERVING = /^process (\d+) at (http:\S+)$/;
const LISTENING = /listening url=(http:\S+)$/;

async function serving(running: Development): Promise<{ pid: number; answer: string }> {
  const [, pid, url] = await running.line(SERVING);
  const response = await within("an answer", fetch(url!));
  return { pid: Number(pid), answer: await response.text() };
}

/** The lines printed by the development server itself. */
const said = ({ lines }: Development) => lines.filter((line) => line.startsWith("dev: "));

Deno.test("the server restarts after each change and is stopped at the end", async () => {
  await using project = await wholeProject();
  await using running = develop(project, ["--port", "0"]);
  await running.line(/^dev: clusters is missing; waiting for it to appear$/);
  const service = async () => {
    const [, url] = await running.line(LISTENING);
    const health = await (await within("an answer", fetch(`${url}/health`))).json();
    return { url, name: health.service as string };
  };
  const { name } = await service();

  const source = await project.read("src/operations/operation.ts");
  assert.ok(source.includes(name));
  await project.write("src/operations/operation.ts", source.replace(name, "Another name"));
  await running.line(/^dev: changed src\/operations\/operation\.ts$/);
  await running.line(/^dev: restarting$/);
  await running.line(/stopped$/);
  assert.equal((await service()).name, "Another name");

  const main = await project.read("main.ts");
  await project.write("main.ts", "const = 1;");
  await running.line(/^dev: changed main\.ts$/);
  await running.line(/main\.ts:1:7$/);
  await running.line(/^dev: stopped with exit code 1; waiting for a change$/);
  await project.write("main.ts", main);
  await running.line(/^dev: restarting$/);
  await service();

  const defaults = await project.read("configs/defaults.yaml");
  await project.write("configs/defaults.yaml", "kubectl_timeout: never\n");
  await running.line(/^dev: changed configs\/defaults\.yaml$/);
  await running.line(/^error: Invalid setting 'kubectl_timeout'/);
  await running.line(/^dev: stopped with exit code 2; waiting for a change$/);
  await project.write("configs/defaults.yaml", defaults);
  await running.line(/^dev: changed configs\/defaults\.yaml$/);
  await service();

  await project.write("clusters/new.kubeconfig", kubeconfig("https://127.0.0.1:1"));
  await running.line(/^dev: changed clusters\/new\.kubeconfig$/);
  await running.line(/^dev: restarting$/);
  const { url } = await service();
  assert.deepEqual(await (await fetch(`${url}/clusters`)).json(), { clusters: ["new"], total: 1 });

  running.kill("SIGTERM");
  await running.line(/^dev: stopping$/);
  await running.line(/stopped$/);
  assert.equal(await running.exitCode(), 0);
  await running.ended();
  await assert.rejects(fetch(`${url}/health`));
});

/** An API server that does not respond until it is released, and then disconnects. */
function hungServer() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const first = Promise.withResolvers<void>();
  const accepting = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      first.resolve();
    }
  })();
  const letGo = async () => {
    try {
      listener.close();
    } catch {
      return; // it was released
    }
    await accepting;
    for (const connection of connections) connection.close();
  };
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    /** Resolves when a client has connected. */
    asked: first.promise,
    letGo,
    [Symbol.asyncDispose]: letGo,
  };
}

Deno.test("the current request is answered before the restart", async () => {
  await using project = await wholeProject();
  await using clusters = await folder();
  await using server = hungServer();
  await clusters.write("hung.kubeconfig", kubeconfig(server.url));
  const flags = ["--port=0", "--transport=api", "--kubectl-timeout=60"];
  await using running = develop(project, [...flags, `--clusters-folder=${clusters.path}`]);
  const [, url] = await running.line(LISTENING);
  const underWay = fetch(`${url}/secrets?cluster=hung`);
  await within("a connection", server.asked);
  await project.write("src/new.ts", "export {};\n");
  await running.line(/^dev: restarting$/);
  await running.line(/server: stopping/);
  await server.letGo();
  const answer = await within("an answer", underWay);
  assert.equal((await answer.json()).status, "cluster_unreachable");
  await running.line(/server: stopped$/);
  await running.line(LISTENING);
  await clusters.write("another.kubeconfig", kubeconfig(server.url));
  await running.line(new RegExp(`^dev: changed ${clusters.path}/another\\.kubeconfig$`));
  await running.line(LISTENING);
});

Deno.test("the flags are passed to serve", async () => {
  await using project = await smallProject(MAIN);
  await using running = develop(project, ["--port", "0", "--host=::1"]);
  await running.line(/^flags serve --port 0 --host=::1$/);
});

Deno.test("many files changed at once cause one restart", async () => {
  await using project = await smallProject(MAIN);
  await project.write("one/a.ts", "");
  await project.write("two/b.ts", "");
  await project.write("two/c.ts", "");
  await Deno.symlink("one", `${project.root}/src`);
  await using running = develop(project, []);
  await running.line(SERVING);
  await Deno.symlink("two", `${project.root}/next`);
  await Deno.rename(`${project.root}/next`, `${project.root}/src`);
  await running.line(/^dev: restarting$/);
  await running.line(SERVING);
  running.kill("SIGTERM");
  assert.equal(await running.exitCode(), 0);
  assert.deepEqual(said(running).slice(-5), [
    "dev: changed src/a.ts",
    "dev: changed src/b.ts",
    "dev: changed src/c.ts",
    "dev: restarting",
    "dev: stopping",
  ]);
});

Deno.test("after a server has exited, the next change starts it again", async () => {
  await using project = await smallProject(MAIN);
  await using running = develop(project, []);
  const first = await serving(running);
  assert.equal(first.answer, "one");
  Deno.kill(first.pid, "SIGKILL");
  await running.line(/^dev: stopped by SIGKILL; waiting for a change$/);
  await project.write("main.ts", MAIN.replace("one", "two"));
  await running.line(/^dev: changed main\.ts$/);
  const second = await serving(running);
  assert.equal(second.answer, "two");
  running.kill("SIGTERM");
  assert.equal(await running.exitCode(), 0);
  assert.ok(!runs(second.pid));
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${signal} stops both processes, with exit code 0`, async () => {
    await using project = await smallProject(MAIN);
    await using running = develop(project, []);
    const { pid } = await serving(running);
    assert.ok(runs(pid));
    running.kill(signal);
    assert.equal(await running.exitCode(), 0);
    assert.ok(!runs(pid));
    assert.equal(said(running).at(-1), "dev: stopping");
  });
}

Deno.test("a signal stops the development server when no server is running", async () => {
  await using project = await smallProject("Deno.exit(3);");
  await using running = develop(project, []);
  await running.line(/^dev: stopped with exit code 3; waiting for a change$/);
  running.kill("SIGTERM");
  assert.equal(await running.exitCode(), 0);
});

Deno.test("a second Ctrl-C kills a busy server", async () => {
  await using project = await smallProject(BUSY);
  await using running = develop(project, []);
  const { pid } = await serving(running);
  running.kill("SIGINT");
  await running.line(/^busy$/);
  // An immediate second signal would count as the same key press.
  await new Promise((resolve) => setTimeout(resolve, 500));
  running.kill("SIGINT");
  assert.equal(await running.exitCode(), 1);
  assert.ok(!runs(pid));
});

Deno.test("the server stops when the development server is killed", async () => {
  await using project = await smallProject(MAIN);
  await using running = develop(project, []);
  const { pid } = await serving(running);
  assert.ok(runs(pid));
  running.kill("SIGKILL");
  await running.ended();
  assert.ok(!runs(pid));
});
