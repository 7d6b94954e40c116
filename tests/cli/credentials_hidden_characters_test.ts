import assert from "node:assert/strict";
import { load } from "js-yaml";
import { serve } from "../verify/http_server.ts";
import { eachOf, onStage } from "./credentials_support.ts";

/** Control characters from a cluster or a hostile server do not reach the terminal. */

/** C1 (a terminal's commands in one character), DEL, bidi overrides and marks, separators, a tag. */
const NASTY = "a\x9b2Jb\x85\x7fc\u202edrow\u202c\u2066\u2028\u200f\ufeff\u{e0041}z";
const RAW = /[\p{Cf}\p{Zl}\p{Zp}]|(?![\n])\p{Cc}/u;

/** As a server may send it: characters that JSON allows unescaped are unescaped. */
const BODY = {
  cluster: "c",
  secrets: [{
    name: NASTY,
    namespace: "n",
    type: "Opaque",
    secret_type: "docker_registry",
    created: "2026-01-31T10:00:00Z",
  }],
  [NASTY]: NASTY,
  total: 1,
  message: NASTY,
  status: "success",
};

const ROWS: [args: string[], read: (text: string) => unknown][] = [
  [["secrets", "c", "-o", "json"], JSON.parse],
  [["secrets", "c", "-o", "yaml"], (text) => load(text)],
  [["secrets", "--cluster", "c,d", "-o", "json"], JSON.parse],
  [["secrets", "--cluster", "c,d", "-o", "yaml"], (text) => load(text)],
];

for (const status of [200, 422]) {
  Deno.test(`a response with status ${status} is the same as JSON and YAML, and contains no control characters`, () =>
    onStage(async ({ runAlone }) => {
      const headers = { "X-Request-Id": "1" };
      const names = ["c", "d"];
      const events = [
        { event: "started", clusters: 2, names },
        ...names.map((cluster) => ({
          event: "cluster",
          cluster,
          status_code: status,
          answer: BODY,
        })),
        { event: "done" },
      ];
      await using server = serve(({ url }) =>
        new URL(url).searchParams.has("clusters")
          ? new Response(events.map((event) => JSON.stringify(event) + "\n").join(""), {
            headers: { ...headers, "Content-Type": "application/x-ndjson" },
          })
          : Response.json(BODY, { status, headers })
      );
      const env = { ARGOCD_CONFIGURER_SERVER: server.url };
      await eachOf(ROWS, async ([args, read]) => {
        const { stdout, stderr } = await runAlone(args, { env });
        assert.notEqual(stdout, "", stderr);
        assert.doesNotMatch(stdout, RAW, args.join(" "));
        assert.doesNotMatch(stderr, RAW, args.join(" "));
        const several = args.includes("--cluster");
        const expected = ["c", "d"].map((cluster) => ({
          cluster,
          status_code: status,
          answer: BODY,
        }));
        assert.deepEqual(read(stdout), several ? expected : BODY, args.join(" "));
      });
    }));
}

Deno.test("a cluster name with control characters is rejected", () =>
  onStage(async ({ runAlone }) => {
    const started = JSON.stringify({ event: "started", clusters: 1, names: [NASTY] });
    await using server = serve(() =>
      new Response(started + "\n", {
        headers: { "X-Request-Id": "1", "Content-Type": "application/x-ndjson" },
      })
    );
    const { code, stdout, stderr } = await runAlone(["secrets", "*", "--server", server.url]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^error: .*Unexpected response from .* \(status 200\)\. Is it an argocd-configurer server\?\n$/,
    );
  }));
