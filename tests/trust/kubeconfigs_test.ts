import assert from "node:assert/strict";
import { join } from "node:path";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { silentPort } from "../support/silent_port.ts";
import { trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Kubeconfigs that other users could have written, or that attack the reader. */

/** A limit in milliseconds for a busy machine too: a hang would last until the deadline. */
const QUICK = 10_000;
const DEADLINE = 60;

interface Bad {
  readonly name: string;
  readonly why: RegExp;
  /** @param usable a valid kubeconfig with the token */
  make(file: string, usable: string, token: string): Promise<unknown>;
}

const write = (file: string, text: string, mode = 0o600) =>
  Deno.writeTextFile(file, text).then(() => Deno.chmod(file, mode));

const bomb = (token: string) =>
  `a: &a ["${token}",x,x,x,x,x,x,x,x]\n` + [..."bcdefghij"].map((key, i) => {
    const last = "abcdefghij"[i];
    return `${key}: &${key} [${Array(9).fill(`*${last}`).join(",")}]`;
  }).join("\n");

const BAD: readonly Bad[] = [
  {
    name: "fifo",
    why: /it is not a regular file$/,
    make: (file) => new Deno.Command("mkfifo", { args: ["-m", "600", file] }).output(),
  },
  {
    name: "for-everyone",
    why: /it is world-writable/,
    make: (file, usable) => write(file, usable, 0o666),
  },
  {
    name: "bomb",
    why: /its aliases .* for safety/,
    make: (file, _, token) => write(file, bomb(token)),
  },
  {
    name: "bomb-in-use",
    why: /its aliases .* for safety/,
    make: (file, usable, token) =>
      write(file, `${bomb(token)}\n${usable.replace(/token: .*/, "token: *j")}`),
  },
  {
    name: "nested",
    why: /nested deeper .* for safety/,
    make: (file, _, token) => write(file, `a: ${"[".repeat(20_000)} ${token}\n`),
  },
  {
    name: "nested-objects",
    why: /nested deeper .* for safety/,
    make: (file, _, token) => write(file, `a: ${"{a: ".repeat(20_000)} ${token}\n`),
  },
  {
    name: "malformed",
    why: /it is not valid YAML at line \d+, column \d+/,
    make: (file, _, token) => write(file, `users: [{token: ${token}\n  - : ]`),
  },
  {
    name: "malformed-json",
    why: /it is not valid YAML at line \d+, column \d+/,
    make: (file, _, token) => write(file, `{"users": [{"user": {"token": "${token}}]`),
  },
  {
    name: "only-a-token",
    why: /it is not a YAML mapping/,
    make: (file, _, token) => write(file, token),
  },
];

trustTest(
  "a kubeconfig that is a FIFO, of mode 0666, a YAML bomb, nested 20,000 deep, or malformed with a token in it: rejected quickly, and no token is shown",
  async (world) => {
    const token = world.watch.secret();
    const port = silentPort();
    try {
      for (const { name, make } of BAD) {
        const file = join(world.clusters, `${name}.kubeconfig`);
        await make(file, kubeconfigFor(port.url, token), token);
        world.watch.except(file);
      }
      await assertRefused(world);
      assert.equal(port.connections, 0);
    } finally {
      await port.close();
    }
  },
);

async function assertRefused({ start, kubectlStarts }: World): Promise<void> {
  const running = await start({ settings: { kubectl_timeout: DEADLINE } });
  for (const { name, why } of BAD) {
    const began = performance.now();
    const about = { cluster_name: name, name: "x" };
    for (
      const { status, body } of [
        await running.ask("GET", `/secrets?cluster=${name}`),
        await running.addDocker({ ...about, namespaces: "default" }),
        await running.addHelmRepo({ ...about, repository_url: "ghcr.io/x" }),
      ]
    ) {
      assert.deepEqual([status, body.status], [500, "invalid_kubeconfig"], name);
      assert.match(body.message, why, name);
    }
    const took = performance.now() - began;
    assert.ok(took < QUICK, `${name} took ${took} ms`);
  }
  assert.deepEqual(kubectlStarts(), []);
}
