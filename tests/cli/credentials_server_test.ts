import assert from "node:assert/strict";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { sha256 } from "../../src/tokens/tokens.ts";
import { serve } from "../verify/http_server.ts";
import { assertEnded, onStage, type Stage, storedPassword } from "./credentials_support.ts";
import { program } from "./support.ts";

/** Commands with --server: TLS, unexpected servers, and tokens. */

const ADD = [
  ...["docker", "add", "--cluster", "one", "--name", "n", "--username", "u", "--password-stdin"],
  ...["--namespaces", "team-a"],
];

Deno.test("an HTTPS server is used if its certificate is trusted", () =>
  onStage(async (stage) => {
    const { folder: { path, write }, canary: { value: stdin }, emulators: { one } } = stage;
    const authority = makeAuthority("ours");
    const { certificate, key } = authority.issue({
      commonName: "localhost",
      for: "server",
      hosts: ["localhost", "127.0.0.1"],
    });
    await write("server.crt", certificate);
    await write("server.key", key);
    await write("ca.crt", authority.certificate);
    const files = ["--tls-cert", "server.crt", "--tls-key", "server.key"];
    await using server = program(["serve", "--port", "0", ...files], { cwd: path });
    const [, url] = await server.line(/(https:\/\/127\.0\.0\.1:\d+)/);
    assertEnded(await stage.run([...ADD, "--server", url!], { stdin }), {
      code: 1,
      stderr:
        `error: Cannot connect to the server at ${url}: its certificate is not trusted (x509: certificate signed by unknown authority). ` +
        "Give its CA certificate with --server-ca\n",
    });
    assertEnded(await stage.run([...ADD, "--server", url!, "--server-ca", "ca.crt"], { stdin }), {
      stdout: /created/,
      stderr: /successfully/,
    });
    assert.equal(storedPassword(one, "team-a", "n"), stdin);
  }));

Deno.test("a server below a path of another server is requested at that path", () =>
  onStage(async (stage) => {
    await using proxy = serve((request) =>
      new URL(request.url).pathname.startsWith("/tools/acfg/")
        ? Response.json({ clusters: ["a"], total: 1 }, { headers: { "X-Request-Id": "1" } })
        : new Response("other", { status: 404 })
    );
    for (const path of ["/tools/acfg", "/tools/acfg/"]) {
      assertEnded(await stage.run(["clusters", "--server", proxy.url + path]), {
        stdout: "NAME\na\n",
      });
    }
    assert.deepEqual(proxy.seen.map(({ path }) => path), [
      "/tools/acfg/api/v1/clusters",
      "/tools/acfg/api/v1/clusters",
    ]);
  }));

/** Servers that are not argocd-configurer. */
const OTHERS: [what: string, answer: () => Response, status: number][] = [
  ["a page", () => new Response("<html>", { status: 200 }), 200],
  ["JSON of another program", () => Response.json({ clusters: [] }), 200],
  ["a list", () => Response.json([], { headers: { "X-Request-Id": "1" } }), 200],
  ["an error of a proxy", () => new Response("Bad Gateway", { status: 502 }), 502],
];

Deno.test("a response of another program is reported", () =>
  onStage(async (stage) => {
    for (const [what, answer, status] of OTHERS) {
      await using other = serve(answer);
      const ended = await stage.run(["clusters", "--server", other.url]);
      const stderr = `error: Unexpected response from the server at ${other.url} ` +
        `(status ${status}). Is it an argocd-configurer server?\n`;
      assert.deepEqual(ended, { code: 1, stdout: "", stderr }, what);
    }
    // A closed port that fetch does not block.
    assertEnded(await stage.run(["clusters", "--server", "http://127.0.0.1:2"]), {
      code: 1,
      stderr:
        "error: Cannot connect to the server at http://127.0.0.1:2: connection refused. Is the server running?\n",
    });
    const nowhere = ["--server", "http://nowhere.invalid", "--server-plain-http"];
    assertEnded(await stage.run(["clusters", ...nowhere]), {
      code: 1,
      stderr: /^error: Cannot connect to the server at http:\/\/nowhere\.invalid: .*\n$/,
    });
  }));

/** A list with a secret without labels, which only a wide table shows. */
const UNLABELLED = {
  docker_creds_secrets: [{ name: "n", namespace: "a", creation_timestamp: "2026-01-31T10:00:00Z" }],
  helm_creds_secrets: [],
  repo_creds_secrets: [],
};

/** Malformed responses with argocd-configurer's header, and the error for each. */
const STRANGE: [args: string[], status: number, body: object, says: string][] = [
  [["clusters"], 200, {}, "(status 200). Is it an argocd-configurer server?"],
  [["clusters"], 200, { clusters: [5] }, "(status 200). Is it an argocd-configurer server?"],
  [["secrets", "one"], 200, {}, "(status 200). Is it an argocd-configurer server?"],
  [["secrets", "--all-clusters"], 200, {}, "(status 200). Is it an argocd-configurer server?"],
  [
    ["secrets", "one", "-o", "wide"],
    200,
    UNLABELLED,
    "(status 200). Is it an argocd-configurer server?",
  ],
  [
    ["secrets", "one"],
    500,
    { message: { a: 1 } },
    "(status 500). Is it an argocd-configurer server?",
  ],
  [["secrets", "one"], 500, {}, "error: status 500\n"],
  [["audit"], 200, { entries: 5 }, "(status 200). Is it an argocd-configurer server?"],
  [
    ADD,
    200,
    { success: true },
    "The write may have succeeded. Check with 'secrets' before you run it again",
  ],
  [
    ["secrets", "--all-clusters"],
    200,
    { clusters: [] },
    "(status 200). Is it an argocd-configurer server?",
  ],
  [
    ADD,
    422,
    { code: "credential_refused", message: "No", verified: 5 },
    "(status 422). Is it an argocd-configurer server?",
  ],
  [ADD, 400, { code: "missing_field", message: "Nothing there" }, "error: Nothing there\n"],
  [
    ADD,
    400,
    { code: "missing_field", fields: [5], message: "Nothing" },
    "(status 400). Is it an argocd-configurer server?",
  ],
  [
    ADD,
    400,
    { code: "unknown_field", message: "Unknown field. Known fields: cluster, name, namespaces" },
    "namespaces. The server may be an older version without the password, --username\n",
  ],
  [
    ADD,
    400,
    { code: "unknown_field", field: "username", message: "Unknown field 'username'; and so on" },
    "and so on. The server may be an older version without --username\n",
  ],
];

Deno.test("a malformed response is reported, and is not an internal error", () =>
  onStage(async (stage) => {
    for (const [args, status, body, says] of STRANGE) {
      await using other = serve(() =>
        Response.json(body, { status, headers: { "X-Request-Id": "1" } })
      );
      const given = { stdin: stage.canary.value };
      const ended = await stage.run([...args, "--server", other.url], given);
      assert.deepEqual([ended.code > 0, ended.stdout], [true, ""], says);
      assert.ok(ended.stderr.includes(says), ended.stderr);
      assert.doesNotMatch(ended.stderr, /Internal error|\n +at /);
    }
  }));

/** A server's response about several clusters. */
function told(events: readonly object[], end = ""): Response {
  const lines = events.map((event) => JSON.stringify(event) + "\n").join("") + end;
  return new Response(lines, {
    headers: { "X-Request-Id": "1", "Content-Type": "application/x-ndjson" },
  });
}

const STARTED = { event: "started", clusters: 3, names: ["gone", "one", "two"] };
const DONE = { event: "done", success: true, succeeded: 3, failed: 0, not_begun: 0 };
const ADDED_ONE = {
  event: "cluster",
  cluster: "one",
  status_code: 200,
  answer: {
    success: true,
    cluster: "one",
    message: "Added",
    results: [{ namespace: "a", result: { success: true, output: "secret/n created" } }],
  },
};

/** Responses about several clusters that are truncated or empty. */
const CUT: [what: string, response: () => Response, stderr: RegExp, stderrOfRead: RegExp][] = [
  [
    "is cut after the first of them",
    () => told([STARTED, ADDED_ONE], '{"event":"cluster","cluster":"tw'),
    /^error: gone, two: Cannot tell whether the server at .* has completed the write: the connection was lost .*\. Check with 'secrets' before you run it again\n1 cluster: 1 created; 2 unknown\nUnknown outcome: --cluster gone,two\n$/,
    /^gone: failed: Cannot read the response of the server at .*: the connection was lost before the response was complete\ntwo: failed: [^]*\n1 cluster ok; 2 failed\nTo retry the failed clusters: --cluster gone,two\n$/,
  ],
  [
    "is no event after the first of them",
    () => told([STARTED, ADDED_ONE, { event: "more" }, DONE]),
    /^error: gone, two: Unexpected response from .* \(status 200\)\. Is it an argocd-configurer server\? The write may have succeeded\. Check with 'secrets' before you run it again\n1 cluster: 1 created; 2 unknown\n/,
    /^gone: failed: Unexpected response from .* \(status 200\)\. Is it an argocd-configurer server\?\n/,
  ],
  [
    "is done before it is told of all",
    () => told([STARTED, ADDED_ONE, DONE]),
    /^error: gone, two: The server reported no result for this cluster\n/,
    /^gone: failed: The server reported no result for this cluster\n/,
  ],
  [
    "is cut before it is told which there are",
    () => told([]),
    /^error: Cannot tell whether the server at .* has completed the write: the connection was lost /,
    /^error: Cannot read the response of the server at .*: the connection was lost /,
  ],
];

Deno.test("after a truncated response, the outcome of writes on the missing clusters is unknown", () =>
  onStage(async (stage) => {
    for (const [what, response, stderr, stderrOfRead] of CUT) {
      await using other = serve(response);
      const given = { stdin: stage.canary.value };
      const add = ADD.map((word) => word === "one" ? "*" : word);
      const written = await stage.run([...add, "--server", other.url], given);
      assert.match(written.stderr, stderr, what);
      assert.equal(written.code, /unknown/.test(written.stderr) ? 3 : 1, what);
      const tried = await stage.run([...add, "--dry-run=server", "--server", other.url], given);
      const text = tried.stderr.replace("1 cluster: 1 created;", "1 cluster ok;");
      assert.match(text, stderrOfRead, what);
      assert.doesNotMatch(text, /unknown/);
      const [{ path } = { path: "" }] = other.seen;
      assert.equal(path, "/api/v1/docker", what);
      assert.equal(other.seen.length, 2, "one request for all clusters");
    }
  }));

Deno.test("a malformed response about one cluster hides no other cluster", () =>
  onStage(async (stage) => {
    const good = { docker_creds_secrets: [], helm_creds_secrets: [], repo_creds_secrets: [] };
    await using other = serve(() =>
      told([
        { event: "started", clusters: 2, names: ["one", "two"] },
        { event: "cluster", cluster: "one", status_code: 200, answer: {} },
        { event: "cluster", cluster: "two", status_code: 200, answer: good },
        { event: "done", success: true, succeeded: 2, failed: 0, not_begun: 0 },
      ])
    );
    const args = ["secrets", "--all-clusters", "--server", other.url];
    assertEnded(await stage.run(args), {
      code: 3,
      stderr: `one: failed: Unexpected response from the server at ${other.url} (status ` +
        "200). Is it an argocd-configurer server?\nNo credentials found in cluster 'two'\n1 cluster ok; 1 failed\n" +
        "To retry the failed clusters: --cluster one\n",
    });
  }));

/** A proxy may drop the client's Accept header; the server then responds with one JSON document. */
Deno.test("a single response about several clusters is accepted instead of a stream", () =>
  onStage(async (stage) => {
    const { event: _, ...ok } = ADDED_ONE;
    const clusters = [
      {
        cluster: "gone",
        status_code: 503,
        answer: { error: true, code: "cluster_unreachable", message: "No answer" },
        same_server_as: ["also"],
      },
      ok,
      { ...ok, cluster: "two", answer: { ...ok.answer, cluster: "two" } },
    ];
    await using other = serve(() =>
      Response.json({ success: false, clusters, succeeded: 2, failed: 1, not_begun: 0 }, {
        status: 207,
        headers: { "X-Request-Id": "1" },
      })
    );
    const add = ADD.map((word) => word === "one" ? "*" : word);
    const given = { stdin: stage.canary.value };
    assertEnded(await stage.run([...add, "--server", other.url], given), {
      code: 3,
      stderr: "gone: failed: No answer\n" +
        "note: gone, also share one API server and are treated as one cluster\n" +
        "2 clusters: 2 created; 1 failed\nTo retry the failed clusters: --cluster gone\n",
    });
  }));

/** Malformed entries about a write, and the error for each. */
const ENTRIES: [what: string, entry: object, stderr: RegExp][] = [
  [
    "success in another shape",
    { ...ADDED_ONE, answer: { results: 5 } },
    /^error: one: Unexpected response from .* \(status 200\)[^]*\n1 cluster unknown\nUnknown outcome: --cluster one\n$/,
  ],
  [
    "refusal in another shape",
    { ...ADDED_ONE, status_code: 400, answer: { message: {} } },
    /^one: failed: Unexpected response from the server at .* \(status 400\)[^]*\n1 cluster failed\nTo retry the failed clusters: --cluster one\n$/,
  ],
  [
    "other names that are no list",
    { ...ADDED_ONE, same_server_as: "two" },
    /^error: one: Unexpected response from .* \(status 200\)[^]*\n1 cluster unknown\n/,
  ],
];

Deno.test("after a malformed response about a write, its outcome is unknown, unless the status is a failure", () =>
  onStage(async (stage) => {
    for (const [what, entry, stderr] of ENTRIES) {
      const started = { event: "started", clusters: 1, names: ["one"] };
      await using other = serve(() => told([started, entry, DONE]));
      const add = ADD.map((word) => word === "one" ? "*" : word);
      const given = { stdin: stage.canary.value };
      const ended = await stage.run([...add, "--server", other.url], given);
      assert.match(ended.stderr, stderr, what);
      assert.equal(ended.code, 1, what);
    }
  }));

Deno.test("neither password nor token is sent to the target of a redirect", () =>
  onStage(async (stage) => {
    await using elsewhere = serve(() => Response.json({}));
    for (const status of [301, 302, 307, 308]) {
      await using server = serve(() =>
        new Response(null, { status, headers: { Location: `${elsewhere.url}/secrets` } })
      );
      const ended = await stage.run([...ADD, "--server", server.url], {
        stdin: stage.canary.value,
        env: { ARGOCD_CONFIGURER_TOKEN: "a-token-of-some-length" },
      });
      assertEnded(ended, {
        code: 1,
        stderr: new RegExp(`Unexpected response from .* \\(status ${status}\\)`),
      });
      assert.equal(server.seen[0]?.authorization, "Bearer a-token-of-some-length");
    }
    assert.deepEqual(elsewhere.seen, []);
  }));

/** Runs a server with tokens, by their names. */
async function withTokens(
  stage: Stage,
  test: (
    run: (token: string, args: readonly string[]) => ReturnType<Stage["run"]>,
  ) => Promise<void>,
): Promise<void> {
  const tokens = {
    reader: `reader-${crypto.randomUUID()}`,
    limited: `limited-${crypto.randomUUID()}`,
  };
  const { path } = stage.folder;
  await stage.folder.write(
    "tokens.yaml",
    JSON.stringify({
      tokens: [
        { name: "reader", role: "reader", sha256: sha256(tokens.reader) },
        { name: "limited", role: "writer", clusters: ["one"], sha256: sha256(tokens.limited) },
      ],
    }),
  );
  await using server = program(["serve", "--port", "0", "--tokens-file", "tokens.yaml"], {
    cwd: path,
  });
  const [, url] = await server.line(/listening.*(http:\/\/[\d.]+:\d+)/);
  await test((token, args) =>
    stage.run([...args, "--server", url!], {
      stdin: stage.canary.value,
      env: { ARGOCD_CONFIGURER_TOKEN: tokens[token as keyof typeof tokens] ?? token },
    })
  );
}

Deno.test("a token's role and clusters are enforced, and the missing permission is reported", () =>
  onStage((stage) =>
    withTokens(stage, async (run) => {
      assertEnded(await run("reader", ["clusters", "-o", "name"]), { stdout: "gone\none\ntwo\n" });
      assertEnded(await run("reader", ADD), {
        code: 1,
        stderr: "error: Token 'reader' has role reader. This operation requires role writer\n",
      });
      const on = (clusters: string) => ADD.map((word) => word === "one" ? clusters : word);
      assertEnded(await run("limited", on("one,two")), {
        code: 1,
        stderr: "error: Token 'limited' is not allowed on cluster 'two'. Allowed clusters: one\n",
      });
      assertEnded(await run("limited", on("two")), {
        code: 1,
        stderr: "error: Token 'limited' is not allowed on cluster 'two'. Allowed clusters: one\n",
      });
      assertEnded(await run("limited", on("*")), {
        stderr: "1 cluster: 2 created\n",
      });
      assertEnded(await run("not-a-known-token", on("one,two")), {
        code: 1,
        stderr:
          /^error: Unknown token\. It was mistyped or removed, or belongs to another server\. The token is from the environment variable/,
      });
      assertEnded(await run("", ["clusters"]), {
        code: 1,
        stderr:
          /^error: The server requires a token\. Set the environment variable ARGOCD_CONFIGURER_SERVER_TOKEN$/m,
      });
      assertEnded(await run("not-a-known-token", ["clusters"]), {
        code: 1,
        stderr:
          /^error: Unknown token\. It was mistyped or removed, or belongs to another server\. The token is from the environment variable ARGOCD_CONFIGURER_TOKEN$/m,
      });
    })
  ));

Deno.test("commands in process need no token", () =>
  onStage(async (stage) => {
    await stage.folder.write("tokens.yaml", "tokens: []\n");
    const env = { ARGOCD_CONFIGURER_TOKENS_FILE: join(stage.folder.path, "tokens.yaml") };
    for (const token of ["", "short"]) {
      const given = { env: { ...env, ARGOCD_CONFIGURER_TOKEN: token } };
      assertEnded(await stage.run(["clusters", "-o", "name"], given), {
        stdout: "gone\none\ntwo\n",
        stderr: token === "" ? /^warning: .*'ARGOCD_CONFIGURER_TOKEN' is empty/ : "",
      });
    }
  }));

Deno.test("environment variables name the server and its token, and flags take precedence", () =>
  onStage(async (stage) => {
    await using server = serve(() =>
      Response.json({ clusters: ["a"], total: 1 }, { headers: { "X-Request-Id": "1" } })
    );
    const env = { ARGOCD_CONFIGURER_SERVER: server.url, ARGOCD_CONFIGURER_TOKEN: "first-token" };
    const found = { stdout: "NAME\na\n" };
    assertEnded(await stage.run(["clusters"], { env }), found);
    const both = { ...env, ARGOCD_CONFIGURER_SERVER_TOKEN: "second-token" };
    assertEnded(await stage.run(["clusters", "-o", "wide"], { env: both }), found);
    const tokens = server.seen.map(({ authorization }) => authorization);
    assert.deepEqual(tokens, ["Bearer first-token", "Bearer second-token"]);
    // A flag takes precedence, and an empty variable counts as not set.
    assertEnded(await stage.run(["clusters", "--server", "http://127.0.0.1:2"], { env }), {
      code: 1,
      stderr:
        "error: Cannot connect to the server at http://127.0.0.1:2: connection refused. Is the server running?\n",
    });
    const empty = { ARGOCD_CONFIGURER_SERVER: "", ARGOCD_CONFIGURER_SERVER_CA: "not-read" };
    assertEnded(await stage.run(["clusters"], { env: empty }), {
      stdout: "NAME\ngone\none\ntwo\n",
    });
    assertEnded(await stage.run(["clusters", "--clusters-folder", "clusters"], { env }), {
      code: 2,
      stderr: "error: --clusters-folder cannot be used with ARGOCD_CONFIGURER_SERVER: the server " +
        "has its own configuration\n",
    });
    const wrong = { ARGOCD_CONFIGURER_SERVER: "localhost:8091" };
    assertEnded(await stage.run(["clusters"], { env: wrong }), {
      code: 2,
      stderr: /^error: Cannot use ARGOCD_CONFIGURER_SERVER: it must be the URL of a server/,
    });
    const noCa = { ...env, ARGOCD_CONFIGURER_SERVER_CA: "absent.crt" };
    assertEnded(await stage.run(["clusters"], { env: noCa }), { code: 2, stderr: /absent\.crt/ });
  }));
