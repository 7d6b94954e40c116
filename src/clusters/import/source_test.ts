import assert from "node:assert/strict";
import { join } from "node:path";
import { ownTrust } from "../../files/trusted.ts";
import { KubeconfigRejected } from "../vet.ts";
import { NoKubeconfig, readSource } from "./source.ts";

const kubeconfig = (name: string) =>
  JSON.stringify({
    clusters: [{ name, cluster: { server: `https://${name}.example.com` } }],
    users: [{ name, user: { token: "fake-token" } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });

async function inFolder(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const write = (path: string, text: string, mode = 0o600) =>
  Deno.writeTextFile(path, text, { mode });

const contextsOf = async (which: Parameters<typeof readSource>[0]) => {
  const { config, files, warnings } = await readSource(which, ownTrust());
  return { contexts: [...config.reveal().contexts.keys()], files, warnings };
};

Deno.test("the kubeconfig comes from the flag, else from KUBECONFIG, else from ~/.kube/config", () =>
  inFolder(async (path) => {
    await Deno.mkdir(join(path, ".kube"));
    await write(join(path, ".kube/config"), kubeconfig("home"));
    await write(join(path, "listed"), kubeconfig("listed"));
    await write(join(path, "flag"), kubeconfig("flag"));
    const home = { HOME: path };
    const listed = { ...home, KUBECONFIG: join(path, "listed") };
    const found = async (which: Parameters<typeof readSource>[0]) =>
      (await contextsOf(which)).contexts;
    assert.deepEqual(await found({ file: join(path, "flag"), env: listed }), ["flag"]);
    assert.deepEqual(await found({ env: listed }), ["listed"]);
    assert.deepEqual(await found({ env: home }), ["home"]);
    assert.deepEqual(await found({ env: { ...home, KUBECONFIG: "" } }), ["home"]);
  }));

Deno.test("missing files of KUBECONFIG are skipped with a warning; if all are missing, that is an error", () =>
  inFolder(async (path) => {
    await write(join(path, "a"), kubeconfig("a"));
    await write(join(path, "b"), "");
    const list = ["x", "a", "b"].map((name) => join(path, name)).join(":");
    assert.deepEqual(await contextsOf({ env: { KUBECONFIG: `:${list}:` } }), {
      contexts: ["a"],
      files: [join(path, "a"), join(path, "b")],
      warnings: [`KUBECONFIG names ${join(path, "x")}, which does not exist`],
    });
    const none: [Parameters<typeof readSource>[0], string][] = [
      [{ env: { KUBECONFIG: "/x:/y" } }, "No kubeconfig found: /x, /y do not exist. "],
      [{ env: { HOME: path } }, `No kubeconfig found: ${path}/.kube/config does not exist. `],
      [{ env: {} }, "No kubeconfig found: neither KUBECONFIG nor HOME is set. "],
      [{ file: "/x", env: { HOME: path } }, "Kubeconfig '/x' does not exist"],
    ];
    for (const [which, message] of none) {
      await assert.rejects(readSource(which, ownTrust()), (error: Error) => {
        assert.ok(error instanceof NoKubeconfig);
        assert.ok(error.message.startsWith(message), error.message);
        return true;
      });
    }
  }));

const CANARY = "canary-token-4711";

/** Kubeconfigs that are rejected quickly, without quoting them. */
const REFUSED: [what: string, text: string, why: RegExp][] = [
  ["malformed", `users: [{user: {token: ${CANARY}`, /it is not valid YAML at line 1/],
  ["with an entry twice", `users: [{name: a}, {name: a, user: {token: ${CANARY}}}]`, /same name/],
  ["with endless aliases", `a: &a [*a, ${CANARY}]`, /alias/],
  [
    "a bomb of aliases",
    `a: &a [${CANARY}]\n` +
    "bcdefghijk".split("").map((name, i) => {
      const before = "abcdefghij"[i];
      return `${name}: &${name} [${Array(10).fill(`*${before}`).join(", ")}]\n`;
    }).join(""),
    /aliases .* expand/,
  ],
  ["a list", `[${CANARY}]`, /it is not a YAML mapping/],
  ["of another kind", `kind: Pod\nx: ${CANARY}`, /its 'kind' is not 'Config'/],
  ["too large", `x: ${CANARY}\n${"#".repeat(16 * 1024 * 1024)}`, /larger than 16777216 bytes/],
];

for (const [what, text, why] of REFUSED) {
  Deno.test(`a kubeconfig is rejected, and not quoted: ${what}`, () =>
    inFolder(async (path) => {
      const file = join(path, "config");
      await write(file, text);
      await assert.rejects(readSource({ file, env: {} }, ownTrust()), (error: Error) => {
        assert.ok(error instanceof KubeconfigRejected);
        assert.match(error.message, why);
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
    }));
}

Deno.test("a kubeconfig that others may write is rejected, and one that they may read gives a warning", () =>
  inFolder(async (path) => {
    const file = join(path, "config");
    await write(file, kubeconfig("a"));
    await Deno.chmod(file, 0o666);
    await assert.rejects(readSource({ file, env: {} }, ownTrust()), /it is world-writable/);
    await Deno.chmod(file, 0o644);
    const { warnings } = await contextsOf({ file, env: {} });
    assert.deepEqual(warnings, [
      `Kubeconfig '${file}' is readable by other users. Run chmod 600 on it`,
    ]);
  }));

Deno.test("a thousand contexts with certificates are read in one go", () =>
  inFolder(async (path) => {
    const names = Array.from({ length: 1000 }, (_, i) => `cluster-${i}`);
    const data = btoa("x".repeat(3000));
    const lines = [
      "clusters:",
      ...names.map((name) =>
        `- name: ${name}\n  cluster:\n    server: https://${name}\n    certificate-authority-data: ${data}`
      ),
      "users:",
      ...names.map((name) => `- name: ${name}\n  user:\n    client-key-data: ${data}`),
      "contexts:",
      ...names.map((name) => `- name: ${name}\n  context: {cluster: ${name}, user: ${name}}`),
    ];
    const file = join(path, "config");
    await write(file, lines.join("\n"));
    assert.equal((await contextsOf({ file, env: {} })).contexts.length, 1000);
  }));
