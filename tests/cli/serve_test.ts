import assert from "node:assert/strict";
import { join } from "node:path";
import denoConfig from "../../deno.json" with { type: "json" };
import { BUILT, folder, kubeconfig, listening, outcome, program } from "./support.ts";

/** The program as users run it. */

async function health(url: string): Promise<void> {
  const response = await fetch(`${url}/health`);
  assert.equal(response.status, 200);
  assert.equal((await response.json()).status, "healthy");
}

for (
  const [format, line] of [
    ["text", /^\S+Z INFO server: listening url=http:\/\/127\.0\.0\.1:\d+$/],
    ["json", /^\{"time":"\S+Z","level":"info","part":"server","message":"listening","url":"http:/],
  ] as const
) {
  Deno.test(`serve logs its address in a ${format} line, and responds there`, async () => {
    await using running = program(["serve", "--port", "0", "--log-format", format]);
    await running.line(line);
    await health(await listening(running));
  });
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} stops the server with exit code 0`, async () => {
    await using running = program(["serve", "--port", "0"]);
    await health(await listening(running));
    running.kill(signal);
    const { code, stderr, stdout } = await running.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`stopping signal=${signal}\n[^]*stopped\n$`));
    assert.equal(stdout, "");
  });
}

Deno.test("flags without a command start the server", async () => {
  await using running = program(["--port", "0"]);
  await health(await listening(running));
});

/** An API server that accepts connections and never responds. */
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
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    /** Resolves at the first connection. */
    asked: first.promise,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of connections) connection.close();
    },
  };
}

Deno.test("SIGTERM finishes the requests in progress, refuses new ones, then stops", async () => {
  await using clusters = await folder();
  await using cache = await folder();
  await using server = hungServer();
  await clusters.write("hung.kubeconfig", kubeconfig(server.url));
  await using running = program(
    ["--port", "0", "--clusters-folder", clusters.path, "--kubectl-timeout", "2"],
    { env: { KUBECACHEDIR: cache.path } },
  );
  const url = await listening(running);
  const underWay = fetch(`${url}/secrets?cluster=hung`);
  await server.asked;
  running.kill("SIGTERM");
  await running.line(/stopping/);
  const another = await fetch(`${url}/clusters`).then(async (response) => {
    await response.body?.cancel();
    return response.status;
  }, () => "refused");
  assert.ok([503, "refused"].includes(another), String(another));

  const response = await underWay;
  assert.equal(response.status, 504);
  const { status, message } = await response.json();
  assert.deepEqual([status, message], ["timeout", "Commands timed out after 2 seconds"]);
  const { code, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  assert.ok(!stderr.includes("a-token"), stderr);
});

Deno.test("SIGTERM while a client stalls in sending its body stops the server with exit code 0", async () => {
  await using running = program(["serve", "--port", "0"]);
  const url = new URL(await listening(running));
  using client = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  const head =
    "POST /secrets/add_docker HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
  await client.write(new TextEncoder().encode(head));
  await health(url.origin); // the server has had its turn
  running.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
});

Deno.test("a port in use is reported, with exit code 1", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const { code, stderr } = await outcome(["--port", String(port)]);
  assert.equal(code, 1, stderr);
  assert.match(
    stderr,
    new RegExp(
      `ERROR server: cannot listen host=127.0.0.1 port=${port} reason="address already in use" ` +
        'hint="another process listens there: choose another port"\n$',
    ),
  );
});

const WRONG_USAGE: [what: string, args: string[], says: RegExp][] = [
  [
    "an unknown flag",
    ["serve", "--prot", "0"],
    /Unknown flag --prot; did you mean --port\?/,
  ],
  [
    "an unknown flag without a subcommand",
    ["--prot", "0"],
    /Unknown flag --prot; did you mean --port\?/,
  ],
  ["an unknown command", ["sevre"], /Unknown command 'sevre'; did you mean 'serve'\?/],
  [
    "a port that is not a number",
    ["--port", "many"],
    /^error: --port must be a number\n/,
  ],
  ["a flag without its value", ["--port"], /Expected input for flag --port/],
  ["a port that is too high", ["--port", "65536"], /'port' from flag --port: /],
  [
    "a timeout of zero",
    ["--kubectl-timeout", "0"],
    /'kubectl_timeout' from flag --kubectl-timeout: /,
  ],
  ["an unknown transport", ["--transport", "pigeon"], /'transport' from flag --transport: /],
  [
    "all addresses",
    ["--host", "0.0.0.0"],
    /Cannot listen on '0\.0\.0\.0' without tokens: anyone who can reach it could write credentials/,
  ],
  [
    "all IPv6 addresses",
    ["--host", "::"],
    /Cannot listen on '::' without tokens: anyone who can reach it could write credentials/,
  ],
  [
    "a missing configuration file",
    ["--config", "no/such.yaml"],
    /configuration file no\/such\.yaml: no such file/,
  ],
];

for (const [what, args, says] of WRONG_USAGE) {
  Deno.test(`${what} is reported, with exit code 2`, async () => {
    const { code, stderr, stdout } = await outcome(args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.ok(!stderr.includes("    at "), stderr);
    assert.ok(!stderr.includes("listening"), stderr);
    assert.equal(stdout, "");
  });
}

Deno.test("a start without configs/defaults.yaml logs nothing about it", async () => {
  await using here = await folder();
  const args = ["serve", "--port", "0", "--clusters-folder", here.path];
  await using running = program(args, { cwd: here.path });
  await health(await listening(running));
  running.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /WARN|ERROR|defaults\.yaml|[Nn]o configuration|not found|looked/);
});

Deno.test("a start in an empty folder logs nothing about a missing configuration file", async () => {
  await using here = await folder();
  await using running = program(["serve", "--port", "0"], { cwd: here.path });
  await health(await listening(running));
  running.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /defaults\.yaml|[Nn]o configuration|looked/);
});

Deno.test("an invalid value in a file is exit code 2 and names file, line and key", async () => {
  await using here = await folder();
  const file = await here.write("bad.yaml", '# a comment\nclusters-folder: "x"\nport: many\n');
  const { code, stderr } = await outcome(["--config", file]);
  assert.equal(code, 2, stderr);
  assert.ok(stderr.includes(`Invalid setting 'port' from ${file}:3: `), stderr);
});

Deno.test("an invalid value in the environment is exit code 2 and names the variable", async () => {
  const { code, stderr } = await outcome(["--port", "0"], {
    env: { ARGOCD_CONFIGURER_KUBECTL_TIMEOUT: "soon" },
  });
  assert.equal(code, 2, stderr);
  assert.match(
    stderr,
    /'kubectl_timeout' from environment variable ARGOCD_CONFIGURER_KUBECTL_TIMEOUT/,
  );
});

Deno.test("a settings file is used, and an unknown key in it is a warning", async () => {
  await using here = await folder();
  const file = await here.write("good.yaml", "port: 0\nlog-format: json\nkubectl-timeout: 5\n");
  await using running = program(["--config", file]);
  const [line] = await running.line(/^.*unknown setting.*$/);
  const { level, message, setting, origin, did_you_mean } = JSON.parse(line);
  assert.deepEqual([level, message, setting, origin, did_you_mean], [
    ...["warning", "unknown setting", "kubectl-timeout"],
    ...[`${file}:3`, "kubectl_timeout"],
  ]);
  await health(await listening(running));
});

for (const args of [[], ["--help"], ["-h"], ["help"]]) {
  Deno.test(`'${args}' shows the commands and is exit code 0`, async () => {
    const { code, stdout } = await outcome(args);
    assert.equal(code, 0);
    assert.match(stdout, /\nUsage:\n {2}argocd-configurer COMMAND \[flags\]\n/);
    assert.match(stdout, /\nServer:\n {2}serve +Serve the HTTP API in the foreground\n/);
    assert.match(stdout, /\nExamples:\n(?: {2}# .*\n(?: {2}argocd.*\n(?: {4}.*\n)*)\n?){3}/);
  });
}

Deno.test("serve --help shows its options and is exit code 0", async () => {
  const { code, stdout } = await outcome(["serve", "--help"]);
  assert.equal(code, 0);
  for (
    const flag of ["config", "host", "port", "clusters-folder", "kubectl-timeout", "transport"]
  ) {
    assert.ok(stdout.includes(` --${flag} `), stdout);
  }
});

for (
  const command of ["serve", "start", "stop", "restart", "status", "logs", "demo", "completion"]
) {
  Deno.test(`${command} --help has a description, an example and flags, and no colours`, async () => {
    const { code, stdout, stderr } = await outcome([command, "--help"], {
      env: { NO_COLOR: "", FORCE_COLOR: "1" },
    });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^Usage:\\n {2}argocd-configurer ${command} .*\\n`, "m"));
    assert.match(
      stdout,
      new RegExp(`^Examples:\\n {2}# \\w.*\\n {2}argocd-configurer ${command}`, "m"),
    );
    assert.match(stdout, /^[A-Z].*[Ff]lags:\n/m);
    assert.ok(!stdout.includes("\x1b"), stdout);
  });
}

Deno.test("--version shows the version and is exit code 0", async () => {
  const { code, stdout } = await outcome(["--version"]);
  assert.deepEqual([code, stdout.trim()], [0, denoConfig.version]);
});

Deno.test("version shows the version, the commit of a build, and the runtime", async () => {
  const { code, stdout } = await outcome(["version"]);
  assert.equal(code, 0);
  const source = BUILT === undefined ? "from source" : "[0-9a-f]{12}(-changed)?";
  assert.match(
    stdout,
    new RegExp(`^argocd-configurer ${denoConfig.version} \\(${source}\\)\nDeno \\d.*, V8 .*\n$`),
  );
});

Deno.test("without the configured kubectl the server warns, and reads are 503 and name kubectl", async () => {
  await using clusters = await folder();
  await using nothing = await folder();
  await clusters.write("test-cluster.kubeconfig", kubeconfig("http://127.0.0.1:9"));
  const args = ["--port", "0", "--clusters-folder", clusters.path, "--transport", "kubectl"];
  await using running = program(args, { env: { PATH: nothing.path } });
  await running.line(/WARNING kubectl: kubectl not available hint="install it and have it on PATH/);
  const url = await listening(running);
  const response = await fetch(`${url}/secrets?cluster=test-cluster`);
  assert.equal(response.status, 503);
  const { status, message, total_docker_creds } = await response.json();
  assert.deepEqual([status, total_docker_creds], ["error", 0]);
  assert.match(message, /'kubectl' cannot be executed/);
  await health(url);
});

Deno.test("without kubectl the server logs that it connects to clusters directly, and does so", async () => {
  await using clusters = await folder();
  await using nothing = await folder();
  await clusters.write("test-cluster.kubeconfig", kubeconfig("http://127.0.0.1:9"));
  const args = ["--port", "0", "--clusters-folder", clusters.path];
  await using running = program(args, { env: { PATH: nothing.path } });
  await running.line(/INFO kubectl: kubectl not available: using transport api/);
  const response = await fetch(`${await listening(running)}/secrets?cluster=test-cluster`);
  assert.equal(response.status, 503);
  assert.equal((await response.json()).status, "cluster_unreachable");
  await running.line(/WARNING api: cluster request failed .*cluster=test-cluster/);
});

Deno.test("a missing clusters folder is an empty list and a warning, until it exists", async () => {
  await using here = await folder();
  const clusters = join(here.path, "clusters");
  await using running = program(["--port", "0", "--clusters-folder", clusters]);
  const url = await listening(running);
  const list = async () => await (await fetch(`${url}/clusters`)).json();
  assert.deepEqual(await list(), { clusters: [], total: 0 });
  await running.line(new RegExp(`WARNING clusters: clusters folder not found folder=${clusters}`));

  await Deno.mkdir(clusters);
  await Deno.writeTextFile(join(clusters, "new.kubeconfig"), kubeconfig("http://127.0.0.1:9"));
  assert.deepEqual(await list(), { clusters: ["new"], total: 1 });
  const response = await fetch(`${url}/secrets?cluster=old`);
  assert.equal(response.status, 404);
  assert.equal(
    (await response.json()).message,
    `Cluster 'old' not found. No kubeconfig file at ${clusters}/old.kubeconfig`,
  );
});
