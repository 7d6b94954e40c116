import assert from "node:assert/strict";
import { serve } from "../verify/http_server.ts";
import { eachOf, type Given, onStage, type Stage } from "./credentials_support.ts";

/** Completion of cluster names and flag values. */

/** The proposals for the last word, without flags. */
async function proposed(
  { runAlone }: Stage,
  words: readonly string[],
  env: Given["env"] = {},
): Promise<string[]> {
  const { code, stdout, stderr } = await runAlone(["complete", "--", ...words], { env });
  assert.deepEqual([code, stderr], [0, ""]);
  const completions = stdout.split("\n").slice(0, -1).map((line) => line.split("\t", 1)[0]!);
  return completions.filter((each) => !each.startsWith("--") || each.includes("="));
}

const ROWS: [words: string[], proposed: string[]][] = [
  [["secrets", ""], ["gone", "one", "two"]],
  [["secrets", "o"], ["one"]],
  [["secrets", "-o", "json", "t"], ["two"]],
  [["secrets", "one", ""], []],
  [["secrets", "--cluster", "one,t"], ["one,two"]],
  [["audit", "--cluster", "t"], ["two"]],
  [["delete", "tw"], ["two"]],
  [["docker", "add", "--cluster", ""], ["gone", "one", "two"]],
  [["docker", "add", "--cluster", "one,t"], ["one,two"]],
  [["docker", "add", "--cluster=one,t"], ["--cluster=one,two"]],
  [["docker", "add", "--cluster", "one", "--cluster", "t"], ["two"]],
  [["repo", "add", "--cluster", "g"], ["gone"]],
  [["delete", "n", "--cluster", "o"], ["one"]],
  [["verify", "--cluster", ""], []],
  // The clusters folder that the command line selects.
  [["secrets", "--clusters-folder", "others", ""], ["other"]],
  [["secrets", "--clusters-folder=others", ""], ["other"]],
  [["secrets", "--config", "others.yaml", ""], ["other"]],
  [["docker", "add", "--clusters-folder", "others", "--cluster", ""], ["other"]],
  // Without a known folder there are no proposals.
  [["secrets", "--clusters-folder", "nowhere", ""], []],
  [["secrets", "--config", "nowhere.yaml", ""], []],
];

Deno.test("the clusters of the selected folder are proposed", () =>
  onStage(async (stage) => {
    const { path, write } = stage.folder;
    await Deno.mkdir(`${path}/others`);
    await write("others/other.kubeconfig", "");
    await write("others.yaml", "clusters-folder: others\n");
    await eachOf(ROWS, async ([words, expected]) => {
      assert.deepEqual(await proposed(stage, words), expected, words.join(" "));
    });
  }));

Deno.test("with a server its clusters are proposed, and none if it does not respond", () =>
  onStage(async (stage) => {
    await using server = serve(() =>
      Response.json({ clusters: ["far", "near"], total: 2 }, { headers: { "X-Request-Id": "1" } })
    );
    const late = Promise.withResolvers<Response>();
    await using silent = serve(() => late.promise);
    const env = { ARGOCD_CONFIGURER_SERVER: server.url };
    assert.deepEqual(await proposed(stage, ["secrets", "n"], env), ["near"]);
    assert.deepEqual(await proposed(stage, ["secrets", "--server", server.url, ""]), [
      "far",
      "near",
    ]);
    for (const url of [silent.url, "http://127.0.0.1:2", "none"]) {
      assert.deepEqual(await proposed(stage, ["secrets", "--server", url, ""], env), []);
    }
    late.resolve(new Response());
  }));

Deno.test("only valid cluster names in a server's response are proposed", () =>
  onStage(async (stage) => {
    const hostile = [
      "near",
      "$(touch x)",
      "`touch x`",
      "a;touch x",
      "a b",
      "a\nnear2",
      "a\tb",
      "a\x1b[2J",
      "-o",
      "../a",
      ":files",
      "a'b",
      'a"b',
      "a\\b",
      "a$b",
      "",
      "n".repeat(300),
      7,
      null,
      { near: 1 },
      "far.example-1",
    ];
    for (const clusters of [hostile, "near", null, { 0: "near" }]) {
      await using server = serve(() =>
        Response.json({ clusters, total: 2 }, { headers: { "X-Request-Id": "1" } })
      );
      const expected = clusters === hostile ? ["near", "far.example-1"] : [];
      for (const words of [["secrets", ""], ["docker", "add", "--cluster", ""]]) {
        const env = { ARGOCD_CONFIGURER_SERVER: server.url };
        assert.deepEqual(await proposed(stage, words, env), expected, words.join(" "));
      }
    }
  }));

Deno.test("values of flags are proposed, alone and after the flag's name", () =>
  onStage(async (stage) => {
    const rows: [words: string[], proposed: string[]][] = [
      [["clusters", "-o", ""], ["table", "wide", "json", "yaml", "name"]],
      [["verify", "--output", ""], ["table", "wide", "json", "yaml"]],
      [["repo", "add", "--type", ""], ["git", "helm", "oci"]],
      [["repo", "add", "--as=repo"], ["--as=repository", "--as=repo-creds"]],
      [["delete", "--dry-run=s"], ["--dry-run=server"]],
      [["docker", "add", "--password-file", ""], [":files"]],
      [["repo", "add", "--ssh-private-key-file="], [":files"]],
    ];
    await eachOf(rows, async ([words, expected]) => {
      assert.deepEqual(await proposed(stage, words), expected, words.join(" "));
    });
  }));
