import assert from "node:assert/strict";
import { join } from "node:path";
import { KubeconfigRejected, vetKubeconfig, type VetRules } from "./vet.ts";

const CANARY = `canary${crypto.randomUUID()}`;
const rules: VetRules = { owners: [Deno.uid()!], group: Deno.gid()!, allowExecPlugins: true };

const GOOD = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443"}}]
users: [{name: u, user: {token: ${CANARY}}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`;

async function withFile(
  content: string | Uint8Array,
  mode: number,
  test: (file: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "x.kubeconfig");
    await Deno.writeFile(
      file,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    await Deno.chmod(file, mode);
    await test(file, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (
  const [what, name] of [
    ["a missing kubeconfig", "nowhere.kubeconfig"],
    ["a name too long for the file system", `${"a".repeat(253)}.kubeconfig`],
  ] as const
) {
  Deno.test(`${what} is not found`, () =>
    withFile(GOOD, 0o600, async (_file, folder) => {
      await assert.rejects(vetKubeconfig(join(folder, name), rules), Deno.errors.NotFound);
    }));
}

Deno.test("a dangling link is not found", () =>
  withFile(GOOD, 0o600, async (_file, folder) => {
    const link = join(folder, "link.kubeconfig");
    await Deno.symlink(join(folder, "nowhere"), link);
    await assert.rejects(vetKubeconfig(link, rules), Deno.errors.NotFound);
  }));

Deno.test("a private kubeconfig is accepted without a warning", () =>
  withFile(GOOD, 0o600, async (file) => {
    const { path, current, warnings } = await vetKubeconfig(file, rules);
    assert.equal(path, file);
    assert.equal(current.reveal().server.href, "https://127.0.0.1:6443/");
    assert.deepEqual(warnings, []);
  }));

Deno.test("a kubeconfig that others may read is accepted with a warning", () =>
  withFile(GOOD, 0o644, async (file) => {
    assert.equal((await vetKubeconfig(file, rules)).warnings.length, 1);
  }));

const bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" +
  [..."bcdefghij"].map((key, i) => {
    const last = "abcdefghij"[i];
    return `${key}: &${key} [${Array(9).fill(`*${last}`).join(",")}]`;
  }).join("\n");

const REFUSED: [what: string, content: string | Uint8Array, mode: number, why: RegExp][] = [
  ["writable by everyone", GOOD, 0o602, /it is world-writable/],
  [
    "malformed with a token in it",
    `users: [{token: ${CANARY}\n  - : ]`,
    0o600,
    /line \d+, column \d+/,
  ],
  ["a YAML bomb", bomb, 0o600, /its aliases .* for safety/],
  ["nested 20,000 deep", "[".repeat(20_000) + CANARY, 0o600, /nested deeper .* for safety/],
  ["not UTF-8", new Uint8Array([0xc3, 0x28, 0x00]), 0o600, /not UTF-8/],
  ["UTF-16", new Uint8Array([0xff, 0xfe, 0x61, 0x00]), 0o600, /UTF-16, .* for safety/],
  ["a text", CANARY, 0o600, /not a YAML mapping/],
  ["empty", "", 0o600, /is empty/],
  ["without contexts", `clusters: []\nusers: []\n`, 0o600, /'current-context' is not set/],
  [
    "without a current context",
    GOOD.replace(/current.*\n/, ""),
    0o600,
    /'current-context' is not set/,
  ],
  [
    "with a missing current context",
    GOOD.replace("current-context: c", "current-context: d"),
    0o600,
    /context that does not exist/,
  ],
  [
    "of a missing cluster",
    GOOD.replace("cluster: c,", "cluster: d,"),
    0o600,
    /cluster that does not exist/,
  ],
  [
    "without a server",
    GOOD.replace(/server: "[^"]*"/, ""),
    0o600,
    /the 'server' of its current cluster is not/,
  ],
  [
    "of a server that is not a URL",
    GOOD.replace("https://127.0.0.1:6443", "ht!tp://["),
    0o600,
    /the 'server' of its current cluster is not/,
  ],
  [
    "of a server with no such port",
    GOOD.replace("6443", "99999"),
    0o600,
    /the 'server' of its current cluster is not/,
  ],
  [
    "of a missing user",
    GOOD.replace("user: u}", "user: v}"),
    0o600,
    /user that does not exist/,
  ],
  ["without users", GOOD.replace(/users.*\n/, ""), 0o600, /user that does not exist/],
  ["of a user without credentials", GOOD.replace(`token: ${CANARY}`, ""), 0o600, /no credentials/],
  ["over 1 MiB", GOOD + "#".repeat(1024 * 1024), 0o600, /larger than/],
];

for (const [what, content, mode, why] of REFUSED) {
  Deno.test(`a kubeconfig is rejected quickly, and not quoted: ${what}`, () =>
    withFile(content, mode, async (file) => {
      await assert.rejects(vetKubeconfig(file, rules), (error) => {
        assert.ok(error instanceof KubeconfigRejected);
        assert.match(error.message, why);
        assert.ok(!error.message.includes(CANARY));
        return true;
      });
    }));
}

Deno.test("a kubeconfig of another owner is rejected", () =>
  withFile(GOOD, 0o600, async (file) => {
    if (Deno.uid() !== 0) return; // only root can give a file away
    await Deno.chown(file, 12345, 12345);
    await assert.rejects(vetKubeconfig(file, rules), /it is owned by uid 12345, not by/);
    await vetKubeconfig(file, { ...rules, owners: [12345] });
  }));

Deno.test("a kubeconfig that a group may write is accepted only for the server's own group", () =>
  withFile(GOOD, 0o620, async (file) => {
    await vetKubeconfig(file, rules);
    await assert.rejects(vetKubeconfig(file, { ...rules, group: 54321 }), /group/);
  }));

Deno.test("a FIFO is rejected without hanging", () =>
  withFile("", 0o600, async (_file, folder) => {
    const fifo = join(folder, "fifo.kubeconfig");
    await new Deno.Command("mkfifo", { args: ["-m", "600", fifo] }).output();
    await assert.rejects(vetKubeconfig(fifo, rules), /not a regular file/);
  }));

Deno.test("a link is followed to a file that passes the same checks", () =>
  withFile(GOOD, 0o606, async (file, folder) => {
    const link = join(folder, "link.kubeconfig");
    await Deno.symlink(file, link);
    await assert.rejects(vetKubeconfig(link, rules), /it is world-writable/);
    await Deno.chmod(file, 0o600);
    assert.equal((await vetKubeconfig(link, rules)).path, link);
  }));

const EXEC = "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}";
const PROVIDER = "auth-provider: {name: oidc, config: {idp-issuer-url: x, client-id: z}}";
const PROGRAMS: [how: string, kubeconfig: string][] = [
  ["named", GOOD.replace(`token: ${CANARY}`, EXEC)],
  ["named beside a token", GOOD.replace(`token: ${CANARY}`, `token: x, ${EXEC}`)],
  ["of the older kind", GOOD.replace(`token: ${CANARY}`, PROVIDER)],
  ["of an unknown kind", GOOD.replace(CANARY, `${CANARY}, run: {command: aws}`)],
  [
    "merged in, as kubectl's parser does",
    `x: &x {${EXEC}}\n` + GOOD.replace(`token: ${CANARY}`, "<<: *x"),
  ],
];

for (const [how, kubeconfig] of PROGRAMS) {
  Deno.test(`a credential plugin is rejected if plugins are not allowed: ${how}`, () =>
    withFile(kubeconfig, 0o600, async (file) => {
      await vetKubeconfig(file, rules);
      await assert.rejects(
        vetKubeconfig(file, { ...rules, allowExecPlugins: false }),
        /allow-exec-plugins/,
      );
    }));
}

Deno.test("a kubeconfig in a world-writable folder is rejected, unless the folder is sticky", () =>
  withFile(GOOD, 0o600, async (file, folder) => {
    await Deno.chmod(folder, 0o777);
    await assert.rejects(
      vetKubeconfig(file, rules),
      /its folder .* is not safe: it is world-writable/,
    );
    await Deno.chmod(folder, 0o1777);
    await vetKubeconfig(file, rules);
  }));

Deno.test("a loop of links is rejected", () =>
  withFile(GOOD, 0o600, async (_file, folder) => {
    await Deno.symlink(join(folder, "b"), join(folder, "a"));
    await Deno.symlink(join(folder, "a"), join(folder, "b"));
    await assert.rejects(vetKubeconfig(join(folder, "a"), rules), KubeconfigRejected);
  }));

Deno.test("an unchanged kubeconfig is not read again, a changed one is", () =>
  withFile(GOOD, 0o600, async (file) => {
    const seen = new Map();
    const first = await vetKubeconfig(file, rules, seen);
    assert.equal(await vetKubeconfig(file, rules, seen), first);
    await Deno.writeTextFile(file, GOOD + "# changed\n");
    const second = await vetKubeconfig(file, rules, seen);
    assert.notEqual(second.version, first.version);
    await Deno.chmod(file, 0o606);
    await assert.rejects(vetKubeconfig(file, rules, seen), /it is world-writable/);
    await Deno.chmod(file, 0o600);
    await Deno.writeTextFile(file, CANARY);
    await assert.rejects(vetKubeconfig(file, rules, seen), /not a YAML mapping/);
  }));

Deno.test("a replaced kubeconfig is another version, even with the same content", () =>
  withFile(GOOD, 0o600, async (file, folder) => {
    const seen = new Map();
    const { version } = await vetKubeconfig(file, rules, seen);
    const other = join(folder, "other");
    await Deno.writeTextFile(other, GOOD, { mode: 0o600 });
    await Deno.rename(other, file);
    assert.notEqual((await vetKubeconfig(file, rules, seen)).version, version);
  }));

Deno.test("a plugin is looked up on the search path, and rejected if it is world-writable", () =>
  withFile(
    GOOD.replace(
      `token: ${CANARY}`,
      "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: a-plugin}",
    ),
    0o600,
    async (file, folder) => {
      const plugin = join(folder, "a-plugin");
      await Deno.writeTextFile(plugin, "", { mode: 0o755 });
      const programs = `${folder}/none:${folder}`;
      await vetKubeconfig(file, { ...rules, programs });
      await Deno.chmod(plugin, 0o757);
      await assert.rejects(
        vetKubeconfig(file, { ...rules, programs }),
        /the credential plugin 'a-plugin' of its current user cannot be trusted: it is world-writable/,
      );
    },
  ));
