import assert from "node:assert/strict";
import { remote } from "../../src/cli/client/remote.ts";
import { READ_SECONDS, WRITE_SECONDS } from "../../src/cli/client/which_server.ts";
import { operationNamed } from "../../src/operations/table.ts";
import { settingsOf } from "../../src/config/schema.ts";
import { silentPort } from "../support/silent_port.ts";
import { serve } from "../verify/http_server.ts";
import { assertEnded, eachOf, onStage, type Stage } from "./credentials_support.ts";
import { kubeconfig } from "./support.ts";

/** Timeouts of servers and clusters that never respond. */

const WAIT = ["--request-timeout", "0.5"];
/** Additional milliseconds for the start of the program; far less than the default timeout. */
const SLACK = 40_000;

const DOCKER = [
  ...["docker", "add", "--cluster", "one", "--name", "n", "--username", "u", "--password-stdin"],
  ...["--namespaces", "team-a"],
];

const notAsked = (url: string) =>
  `error: Cannot reach the server at ${url}: no response within 0.5 seconds. Check that argocd-configurer ` +
  "listens there, or wait longer with --request-timeout\n";

const notTold = (url: string) =>
  `error: Cannot tell whether the server at ${url} has completed the write: no response within 0.5 ` +
  "seconds. It may still complete it. Check with 'secrets' before you run it again, or wait longer with " +
  "--request-timeout\n";

const ROWS: [args: readonly string[], says: (url: string) => string][] = [
  [["clusters"], notAsked],
  [["secrets", "one"], notAsked],
  [["audit"], notAsked],
  [["verify", "--registry", "ghcr.io", "--username", "u", "--password-stdin"], notAsked],
  [DOCKER, notTold],
  [[...DOCKER, "--dry-run", "server"], notAsked],
  [["delete", "one", "n", "--yes"], notTold],
];

async function timed(stage: Stage, args: readonly string[]) {
  const began = performance.now();
  const ended = await stage.run(args, { stdin: stage.canary.value });
  return { ended, took: performance.now() - began };
}

Deno.test("a server that accepts connections and never responds times out, over HTTP and HTTPS", () =>
  onStage(async (stage) => {
    const port = silentPort();
    try {
      await eachOf(ROWS, async ([args, says]) => {
        for (const url of [port.url, port.url.replace("https:", "http:")]) {
          const { ended, took } = await timed(stage, [...args, "--server", url, ...WAIT]);
          assertEnded(ended, { code: 1, stderr: says(url) });
          assert.ok(took < SLACK, `${args[0]} took ${took} ms`);
        }
      });
    } finally {
      await port.close();
    }
  }));

Deno.test("a response that never completes times out", async () => {
  const closing = Promise.withResolvers<void>();
  await using server = serve(() =>
    new Response(
      new ReadableStream({
        start: async (controller) => {
          controller.enqueue(new TextEncoder().encode('{"clusters": ['));
          await closing.promise;
          controller.close();
        },
      }),
      { headers: { "X-Request-Id": "1" } },
    )
  );
  const backend = remote({
    url: server.url,
    namedBy: "--server",
    plainHttp: false,
    requestTimeout: 0.2,
  });
  try {
    await assert.rejects(
      backend.request(operationNamed("listClusters"), {}),
      /^Failure: Cannot reach the server at .*: no response within 0\.2 seconds\./,
    );
  } finally {
    closing.resolve();
    await backend.close();
  }
});

Deno.test("the default timeouts for a server exceed what its default settings may take", () => {
  const { kubectl_timeout } = settingsOf({});
  assert.ok(READ_SECONDS > kubectl_timeout);
  assert.ok(WRITE_SECONDS > 5 * kubectl_timeout);
});

Deno.test("--request-timeout accepts durations as kubectl does, 0 disables it, and it requires --server", () =>
  onStage(async (stage) => {
    await using server = serve(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return Response.json({ clusters: ["a"], total: 1 }, { headers: { "X-Request-Id": "1" } });
    });
    const at = ["clusters", "-o", "name", "--server", server.url, "--request-timeout"];
    await eachOf(["0", "90", "90s", "1.5m", "1h", "999999h"], async (time) => {
      assertEnded(await stage.run([...at, time]), { stdout: "a\n" });
    });
    await eachOf(["soon", "-1", "1d", "1e3", "10 s"], async (time) => {
      const ended = await stage.run([...at.slice(0, -1), `--request-timeout=${time}`]);
      assert.equal(ended.code, 2, JSON.stringify(ended));
      assert.match(
        ended.stderr,
        /--request-timeout must be a number of seconds, or a duration such as 90s, 5m or 1h/,
      );
    });
    assertEnded(await stage.run(["clusters", ...WAIT]), {
      code: 2,
      stderr: "error: --request-timeout needs --server\n",
    });
  }));

Deno.test("a cluster that accepts connections and never speaks TLS fails after connect-timeout", () =>
  onStage(async (stage) => {
    const port = silentPort();
    const env = {
      ARGOCD_CONFIGURER_CONNECT_TIMEOUT: "0.5",
      ARGOCD_CONFIGURER_KUBECTL_TIMEOUT: "120",
    };
    try {
      await stage.folder.write("clusters/hung.kubeconfig", kubeconfig(port.url));
      const began = performance.now();
      assertEnded(await stage.run(["secrets", "hung"], { env }), {
        code: 1,
        stderr: /no connection within 0\.5 seconds/,
      });
      const on = DOCKER.map((word) => word === "one" ? "hung" : word);
      assertEnded(await stage.run(on, { env, stdin: stage.canary.value }), {
        code: 1,
        stderr: /^error: .*: no connection within 0\.5 seconds \(dial tcp: i\/o timeout\)\n/,
      });
      assert.ok(performance.now() - began < 2 * SLACK);
    } finally {
      await port.close();
    }
  }));

Deno.test("each reported cluster restarts the timeout for the others", () =>
  onStage(async (stage) => {
    const lines = (events: readonly object[]) =>
      events.map((event) => new TextEncoder().encode(JSON.stringify(event) + "\n"));
    const answer = { docker_creds_secrets: [], helm_creds_secrets: [], repo_creds_secrets: [] };
    const names = ["a", "b", "c", "silent"];
    const events = lines([
      { event: "started", clusters: 4, names },
      ...names.slice(0, 3).map((cluster) => ({
        event: "cluster",
        cluster,
        status_code: 200,
        answer,
      })),
    ]);
    await using server = serve(() => {
      let at = 0;
      const body = new ReadableStream({
        async pull(controller) {
          // Longer in total than one timeout, and then silence.
          if (at > 0) await new Promise((resolve) => setTimeout(resolve, 1500));
          if (at < events.length) controller.enqueue(events[at++]!);
          else await new Promise(() => {});
        },
      });
      return new Response(body, {
        headers: { "X-Request-Id": "1", "Content-Type": "application/x-ndjson" },
      });
    });
    const args = ["secrets", "*", "--server", server.url, "--request-timeout", "4"];
    const ended = await stage.run(args);
    assert.equal(ended.code, 3, ended.stderr);
    assert.match(ended.stderr, /^silent: failed: .*: no response within 4 seconds\. /);
    assert.match(ended.stderr, /^3 clusters: .*; 1 failed|^3 clusters ok; 1 failed$/m);
  }));
