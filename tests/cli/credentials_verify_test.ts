import assert from "node:assert/strict";
import { basicHeader, serve, turnedAway } from "../verify/http_server.ts";
import { assertEnded, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Credentials are verified at a chart repository on this machine. */

const LOOPBACK = { config: "verify-allow: [127.0.0.1]\n" };

const INDEX = "apiVersion: v1\nentries: {}\n";

/** A chart repository that requires the password. */
function chartRepository(password: string) {
  const visitors = [basicHeader("alice", password)];
  return serve((request) => turnedAway(request, visitors) ?? new Response(INDEX));
}

bothWays(
  "verify shows the result for each place, and fails if one rejects the credential",
  async (stage) => {
    const { run, canary: { value } } = stage;
    await using own = chartRepository(value);
    await using other = chartRepository("another");
    const login = ["--type", "helm", "--username", "alice", "--password-stdin"];
    const good = await run(["verify", ...login, "--url", `${own.url}/charts`], { stdin: value });
    assertEnded(good, {
      stdout: new RegExp(
        `^PLACE +RESULT +PERMISSIONS +MESSAGE\n${own.url}/charts +accepted +\\S.*\n$`,
      ),
      stderr: "Credential accepted (1 of 1 verified)\n",
    });
    const urls = ["--url", `${own.url}/charts`, "--url", `${other.url}/charts`];
    const bad = await run(["verify", ...login, ...urls, "-o", "wide"], { stdin: value });
    assertEnded(bad, {
      code: 1,
      stdout: new RegExp(
        `^PLACE +RESULT +PERMISSIONS +MESSAGE +EXPIRES +REQUEST\n${own.url}/charts +accepted .*\n` +
          `${other.url}/charts +refused .*\n$`,
      ),
      stderr: `error: Credential refused by ${other.url}/charts\n`,
    });
    const json = await run(["verify", ...login, ...urls, "-o", "json"], { stdin: value });
    assert.equal(json.code, 1);
    assert.deepEqual(
      JSON.parse(json.stdout).verified.map(({ accepted }: { accepted: boolean }) => accepted),
      [true, false],
    );
  },
  LOOPBACK,
);

bothWays(
  "with --verify only an accepted credential is written, and the result is reported",
  async (stage) => {
    const { run, canary: { value }, emulators: { one } } = stage;
    await using own = chartRepository(value);
    const args = [
      ...["repo", "add", "--cluster", "one", "--name", "charts", "--type", "helm", "--verify"],
      ...["--url", `${own.url}/charts`, "--username", "alice", "--password-stdin"],
    ];
    const refused = await run(args, { stdin: "wrong" });
    assertEnded(refused, {
      code: 1,
      stderr: new RegExp(
        `^error: Credential refused by ${own.url}/charts. Nothing was changed\n  ` +
          `${own.url}/charts: refused: .*\n$`,
      ),
    });
    assert.equal(one.cluster.secret("argocd", "charts"), undefined);
    assertEnded(await run(args, { stdin: value }), {
      stdout: /secret\/charts +created/,
      stderr: new RegExp(
        `^Repository secret created successfully\nverified:\n  ${own.url}/charts: accepted: .*\n$`,
      ),
    });
    assert.notEqual(one.cluster.secret("argocd", "charts"), undefined);
  },
  LOOPBACK,
);

bothWays("a rejected password that ends with a line break gets a hint", async (stage) => {
  const { run, canary: { value } } = stage;
  await using other = chartRepository("another");
  const args = ["verify", "--type", "helm", "--username", "alice", "--url", `${other.url}/charts`];
  const hint =
    /\n {2}hint: The password ends with a line break, which is stored as part of it; remove it if it only comes from a file or from copying\n$/;
  const inVariable = { env: { ARGOCD_CONFIGURER_PASSWORD: `${value}\n` } };
  assertEnded(await run(args, inVariable), { code: 1, stdout: /refused/, stderr: hint });
  // The final line break of standard input is not part of the password.
  const fromInput = await run([...args, "--password-stdin"], { stdin: `${value}\n` });
  assert.doesNotMatch(fromInput.stderr, /hint/);
}, LOOPBACK);
