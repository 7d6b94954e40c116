import assert from "node:assert/strict";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { sha256 } from "../../src/tokens/tokens.ts";
import { serve } from "../verify/http_server.ts";
import { assertEnded, onStage, type Stage, storedPassword } from "./credentials_support.ts";
import { program } from "./support.ts";

/** A server that is asked: whom it is trusted by, what it may be, and what a token allows. */

const ADD = [
  ...["docker", "add", "--cluster", "one", "--name", "n", "--username", "u", "--password-stdin"],
  ...["--namespaces", "team-a"],
];

Deno.test("a server by HTTPS is asked when its certificate is trusted", () =>
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
      stderr: `error: Cannot ask the server at ${url}: its certificate is not trusted; ` +
        "--server-ca names one that is\n",
    });
    assertEnded(await stage.run([...ADD, "--server", url!, "--server-ca", "ca.crt"], { stdin }), {
      stdout: /created/,
      stderr: /successfully/,
    });
    assert.equal(storedPassword(one, "team-a", "n"), stdin);
  }));

Deno.test("one behind a path of another server is asked there", () =>
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

/** Servers that are none of this program. */
const OTHERS: [what: string, answer: () => Response, says: string][] = [
  ["a page", () => new Response("<html>", { status: 200 }), "it answers 200"],
  ["JSON of another program", () => Response.json({ clusters: [] }), "it answers 200"],
  ["a list", () => Response.json([], { headers: { "X-Request-Id": "1" } }), "it answers 200"],
  ["an error of a proxy", () => new Response("Bad Gateway", { status: 502 }), "it answers 502"],
];

Deno.test("what does not answer as this program does is told so", () =>
  onStage(async (stage) => {
    for (const [what, answer, says] of OTHERS) {
      await using other = serve(answer);
      const ended = await stage.run(["clusters", "--server", other.url]);
      const stderr =
        `error: Cannot ask the server at ${other.url}: ${says}, and not as this program does\n`;
      assert.deepEqual(ended, { code: 1, stdout: "", stderr }, what);
    }
    // Of the ports where nobody listens this is one that fetch asks.
    assertEnded(await stage.run(["clusters", "--server", "http://127.0.0.1:2"]), {
      code: 1,
      stderr: "error: Cannot ask the server at http://127.0.0.1:2: nothing listens there\n",
    });
    const nowhere = ["--server", "http://nowhere.invalid", "--server-plain-http"];
    assertEnded(await stage.run(["clusters", ...nowhere]), {
      code: 1,
      stderr: /^error: Cannot ask the server at http:\/\/nowhere\.invalid: .*\n$/,
    });
  }));

/** A list whose one secret has no labels, which only a wide table shows. */
const UNLABELLED = {
  docker_creds_secrets: [{ name: "n", namespace: "a", creation_timestamp: "2026-01-31T10:00:00Z" }],
  helm_creds_secrets: [],
  repo_creds_secrets: [],
};

/** Answers with a header as this program's, and how each is told. */
const STRANGE: [args: string[], status: number, body: object, says: string][] = [
  [["clusters"], 200, {}, "it answers 200, and not as this program does"],
  [["clusters"], 200, { clusters: [5] }, "it answers 200, and not as this program does"],
  [["secrets", "one"], 200, {}, "it answers 200, and not as this program does"],
  [["secrets", "--all-clusters"], 200, {}, "it answers 200, and not as this program does"],
  [["secrets", "one", "-o", "wide"], 200, UNLABELLED, "it answers 200, and not as this program"],
  [["secrets", "one"], 500, { message: { a: 1 } }, "it answers 500, and not as this program does"],
  [["secrets", "one"], 500, {}, "error: status 500\n"],
  [["audit"], 200, { entries: 5 }, "it answers 200, and not as this program does"],
  [ADD, 422, { code: "credential_refused", message: "No", verified: 5 }, "it answers 422, and not"],
  [ADD, 400, { code: "missing_field", message: "Nothing there" }, "error: Nothing there\n"],
  [ADD, 400, { code: "missing_field", fields: [5], message: "Nothing" }, "it answers 400, and not"],
  [
    ADD,
    400,
    { code: "unknown_field", message: "Unknown field; the fields are cluster, name, namespaces" },
    "namespaces; that server may be older than this program, which has the password, --username\n",
  ],
  [
    ADD,
    400,
    { code: "unknown_field", field: "username", message: "Unknown field 'username'; and so on" },
    "and so on; that server may be older than this program, which has --username\n",
  ],
];

Deno.test("of an answer that is not as expected it is told what it is, and nothing breaks", () =>
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

Deno.test("an answer that is not as expected hides those of no other cluster", () =>
  onStage(async (stage) => {
    const good = { docker_creds_secrets: [], helm_creds_secrets: [], repo_creds_secrets: [] };
    await using other = serve((request) => {
      const { pathname, search } = new URL(request.url);
      const isList = pathname.endsWith("/clusters");
      const body = isList ? { clusters: ["one", "two"] } : search.includes("two") ? good : {};
      return Response.json(body, { headers: { "X-Request-Id": "1" } });
    });
    const args = ["secrets", "--all-clusters", "--server", other.url];
    assertEnded(await stage.run(args), {
      code: 3,
      stderr: `one: failed: Cannot ask the server at ${other.url}: it answers 200, and not as ` +
        "this program does\nThere are no credentials in cluster 'two'\n1 cluster ok; 1 failed\n" +
        "failed: --cluster one\n",
    });
  }));

Deno.test("neither password nor token follow a redirect", () =>
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
      assertEnded(ended, { code: 1, stderr: new RegExp(`it answers ${status}, and not as`) });
      assert.equal(server.seen[0]?.authorization, "Bearer a-token-of-some-length");
    }
    assert.deepEqual(elsewhere.seen, []);
  }));

/** Serves with tokens, by their names. */
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

Deno.test("a token allows what it allows, and what it does not is told", () =>
  onStage((stage) =>
    withTokens(stage, async (run) => {
      assertEnded(await run("reader", ["clusters", "-o", "name"]), { stdout: "gone\none\ntwo\n" });
      assertEnded(await run("reader", ADD), {
        code: 1,
        stderr: "error: Token 'reader' has the role reader; this needs writer\n",
      });
      const on = (clusters: string) => ADD.map((word) => word === "one" ? clusters : word);
      assertEnded(await run("limited", on("one,two")), {
        code: 2,
        stderr: /^error: There is no cluster 'two' in the server at .*; nothing was done\n$/,
      });
      assertEnded(await run("limited", on("two")), {
        code: 1,
        stderr: "error: Token 'limited' is not for cluster 'two', only for one\n",
      });
      assertEnded(await run("limited", on("*")), {
        stderr: "1 cluster: 2 created\n",
      });
      assertEnded(await run("not-a-known-token", on("one,two")), {
        code: 1,
        stderr: /^error: Cannot find the clusters: The token is not known; the variable/,
      });
      assertEnded(await run("", ["clusters"]), {
        code: 1,
        stderr: /^error: Token missing: .*; the variable ARGOCD_CONFIGURER_SERVER_TOKEN holds/,
      });
      assertEnded(await run("not-a-known-token", ["clusters"]), {
        code: 1,
        stderr: /^error: The token is not known; the variable ARGOCD_CONFIGURER_TOKEN holds/,
      });
    })
  ));

Deno.test("this machine's own folder needs no token", () =>
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

Deno.test("variables stand for the flags that name a server, and one is for its token", () =>
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
    // A flag wins, and an empty variable is none.
    assertEnded(await stage.run(["clusters", "--server", "http://127.0.0.1:2"], { env }), {
      code: 1,
      stderr: "error: Cannot ask the server at http://127.0.0.1:2: nothing listens there\n",
    });
    const empty = { ARGOCD_CONFIGURER_SERVER: "", ARGOCD_CONFIGURER_SERVER_CA: "not-read" };
    assertEnded(await stage.run(["clusters"], { env: empty }), {
      stdout: "NAME\ngone\none\ntwo\n",
    });
    assertEnded(await stage.run(["clusters", "--clusters-folder", "clusters"], { env }), {
      code: 2,
      stderr: "error: --clusters-folder is of no use with ARGOCD_CONFIGURER_SERVER: the server " +
        "has its own\n",
    });
    const wrong = { ARGOCD_CONFIGURER_SERVER: "localhost:8091" };
    assertEnded(await stage.run(["clusters"], { env: wrong }), {
      code: 2,
      stderr: /^error: Cannot use ARGOCD_CONFIGURER_SERVER: it is the URL of a server/,
    });
    const noCa = { ...env, ARGOCD_CONFIGURER_SERVER_CA: "absent.crt" };
    assertEnded(await stage.run(["clusters"], { env: noCa }), { code: 2, stderr: /absent\.crt/ });
  }));
