import assert from "node:assert/strict";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import { clustersFromEnv } from "../../scripts/control_plane/several.ts";
import { sha256 } from "../../src/tokens/tokens.ts";
import {
  type Ended,
  folder,
  kubeconfig,
  listening,
  program,
  programCommand,
} from "../cli/support.ts";
import { uniqueName } from "../support/api_objects.ts";
import { type Canary, makeCanary } from "../support/canary.ts";
import { silentPort } from "../support/silent_port.ts";
import { isThere } from "./world.ts";

/**
 * Commands on a fleet: `a`, `b`, `c` and `d` have their own API server, `alias` is another name of `a`'s,
 * `closed` is a closed port, and `hung` never responds.
 */

const [a, b, c, d] = clustersFromEnv();

/** The timeout of a cluster in seconds. */
const SECONDS = 5;

const LABELS = "a: {env: prod}\nb: {env: test}\nc: {env: test}\n" +
  `hung: {env: far, argocd-configurer.io/timeout: "${SECONDS}"}\n`;

/** The server's tokens. */
const TOKENS = { admin: `admin-${crypto.randomUUID()}`, limited: `limited-${crypto.randomUUID()}` };

interface Fleet {
  readonly planes: Readonly<Record<string, ControlPlaneClient>>;
  readonly canary: Canary;
  write(name: string, content: string): Promise<string>;
  run(args: readonly string[], token?: keyof typeof TOKENS): Promise<Ended>;
}

function fleetTest(sentence: string, test: (fleet: Fleet) => Promise<void>): void {
  for (const way of ["in process", "by a server"]) {
    Deno.test({
      name: `${way}: ${sentence}`,
      ignore: d === undefined,
      fn: () => onFleet(way === "by a server", test),
    });
  }
}

async function onFleet(isByServer: boolean, test: (fleet: Fleet) => Promise<void>): Promise<void> {
  const planes = { a: a!, b: b!, c: c!, d: d! };
  await using here = await folder();
  const hung = silentPort();
  const canary = makeCanary();
  const write = (name: string, content: string) => here.write(`clusters/${name}`, content);
  await Deno.mkdir(`${here.path}/clusters`);
  await Deno.mkdir(`${here.path}/configs`);
  await here.write("configs/defaults.yaml", "kubectl_timeout: 60\n");
  for (const [name, { kubeconfigs }] of Object.entries(planes)) {
    await write(`${name}.kubeconfig`, await Deno.readTextFile(kubeconfigs.administrator));
  }
  const ofA = planes.a.kubeconfigs;
  await write("alias.kubeconfig", await Deno.readTextFile(ofA["two-namespaces"]));
  await write("closed.kubeconfig", await Deno.readTextFile(ofA["closed-port"]));
  await write("hung.kubeconfig", kubeconfig(hung.url));
  await write("labels.yaml", LABELS);
  const tokens = [
    { name: "admin", role: "admin", sha256: await sha256(TOKENS.admin) },
    {
      name: "limited",
      role: "writer",
      clusters: ["b", "alias"],
      sha256: await sha256(TOKENS.limited),
    },
  ];
  await here.write("tokens.json", JSON.stringify({ tokens }));
  const said: string[] = [];
  const options = { cwd: here.path };
  try {
    await using server = isByServer
      ? program(["serve", "--port", "0", "--tokens-file", "tokens.json"], options)
      : undefined;
    const by = server === undefined ? [] : ["--server", await listening(server)];
    await test({
      planes,
      canary,
      write,
      async run(args, token = "admin") {
        const [executable, ...rest] = programCommand([...args, ...by]);
        const { code, stdout, stderr } = await new Deno.Command(executable!, {
          args: rest,
          cwd: here.path,
          env: {
            NO_COLOR: "1",
            ARGOCD_CONFIGURER_PASSWORD: canary.value,
            ...isByServer ? { ARGOCD_CONFIGURER_SERVER_TOKEN: TOKENS[token] } : {},
          },
          stdin: "null",
        }).output();
        const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        const ended = { code, stdout: text(stdout), stderr: text(stderr) };
        said.push(ended.stdout, ended.stderr);
        return ended;
      },
    });
  } finally {
    await hung.close();
  }
  for (const text of said) canary.absentFrom(text, "the output");
}

const add = (name: string, ...more: string[]) => [
  ...["docker", "add", "--name", name, "--username", "ci", "--namespaces", "team-a"],
  ...more,
];

/** The real clusters that hold the secret. */
async function placesOf({ planes }: Fleet, name: string): Promise<string> {
  const there = await Promise.all(
    Object.entries(planes).map(async ([each, plane]) => await isThere(plane, name) ? each : ""),
  );
  return there.join("");
}

fleetTest(
  "a closed cluster and a hung cluster fail without affecting the others",
  async (fleet) => {
    const name = uniqueName("commands");
    const began = performance.now();
    const added = await fleet.run(add(name, "--all-clusters", "-o", "json"));
    assert.equal(added.code, 3, added.stderr);
    assert.equal(await placesOf(fleet, name), "abcd");
    // Timeouts run concurrently, plus the start of a process.
    assert.ok(performance.now() - began < 2 * SECONDS * 1000 + 20_000);
    assert.match(added.stderr, /^closed: failed: .*connection refused$/m);
    assert.match(added.stderr, /^hung: failed: /m);
    assert.match(
      added.stderr,
      /^note: a, alias share one API server and are treated as one cluster$/m,
    );
    assert.match(
      added.stderr,
      /^4 clusters: 8 created; 2 failed\nTo retry the failed clusters: --cluster closed,hung$/m,
    );
    const entries: Record<string, unknown>[] = JSON.parse(added.stdout);
    assert.deepEqual(entries.map(({ cluster, status_code }) => [cluster, status_code]), [
      ...[["a", 200], ["b", 200], ["c", 200], ["closed", 503], ["d", 200], ["hung", 504]],
    ]);
    assert.deepEqual(entries[0]!.same_server_as, ["alias"]);

    const shown = await fleet.run(["secrets", name, "--clusters", "!closed,!hung", "-o", "name"]);
    assert.equal(shown.code, 0, shown.stderr);
    assert.deepEqual(
      shown.stdout.trimEnd().split("\n").toSorted(),
      ["a", "b", "c", "d"].flatMap((each) => [`${each}/argocd/${name}`, `${each}/team-a/${name}`]),
    );
    const limits = ["--first", "b", "--max-failures", "0"];
    const gone = await fleet.run([
      "delete",
      name,
      "--clusters",
      "!closed,!hung",
      ...limits,
      "--yes",
    ]);
    assert.equal(gone.code, 0, gone.stderr);
    assert.equal(await placesOf(fleet, name), "");
  },
);

fleetTest(
  "labels select clusters, and unreadable labels select none",
  async (fleet) => {
    const name = uniqueName("commands");
    const tests = await fleet.run(add(name, "--selector", "env in (test)"));
    assert.equal(tests.code, 0, tests.stderr);
    assert.match(tests.stderr, /^2 clusters: 4 created$/m);
    assert.equal(await placesOf(fleet, name), "bc");
    const both = await fleet.run([
      "secrets",
      name,
      "--cluster",
      "b*,a",
      "-l",
      "env=test",
      "-o",
      "name",
    ]);
    assert.deepEqual([both.code, both.stdout], [0, `b/argocd/${name}\nb/team-a/${name}\n`]);
    const none = await fleet.run(add(name, "-l", "env=none"));
    assert.match(none.stderr, /^error: --selector matches no cluster/);
    assert.equal(none.code, 2);
    const checked = await fleet.run(["clusters", "check", "-l", "env=prod", "-o", "name"]);
    assert.deepEqual([checked.code, checked.stdout], [0, "a\n"], checked.stderr);
    await fleet.write("labels.yaml", "a: {env: prod\n");
    for (const selector of ["env!=prod", "env=test"]) {
      const broken = await fleet.run(add(uniqueName("none"), "-l", selector));
      assert.equal(broken.code, 1, broken.stderr);
      assert.match(broken.stderr, /^error: .*labels/);
    }
    await fleet.write("labels.yaml", LABELS);
    const gone = await fleet.run(["delete", name, "--cluster", "b,c", "--yes"]);
    assert.equal(gone.code, 0, gone.stderr);
  },
);

fleetTest(
  "a failed cluster in --first skips the remaining clusters",
  async (fleet) => {
    const name = uniqueName("commands");
    const first = await fleet.run(add(name, "--cluster", "a,closed,d", "--first", "closed"));
    assert.equal(first.code, 1, first.stderr);
    assert.match(
      first.stderr,
      /^error: a, d: Skipped: a cluster in --first failed\n1 cluster failed; 2 skipped\nTo retry the failed clusters: --cluster closed\nTo retry the skipped clusters: --cluster a,d$/m,
    );
    assert.equal(await placesOf(fleet, name), "");
    // The clusters in --first succeed, so the others follow.
    const others = await fleet.run(add(name, "--cluster", "a,closed,d", "--first", "a,d"));
    assert.equal(others.code, 3, others.stderr);
    assert.equal(await placesOf(fleet, name), "ad");
    const again = await fleet.run(add(name, "--cluster", "a,d,b", "--first", "a", "--upsert"));
    assert.equal(again.code, 0, again.stderr);
    const gone = await fleet.run(["delete", name, "--cluster", "a,b,d", "--yes"]);
    assert.equal(gone.code, 0, gone.stderr);
  },
);

Deno.test({
  name: "a token limited to some clusters sees only those",
  ignore: d === undefined,
  fn: () =>
    onFleet(true, async (fleet) => {
      const all = await fleet.run(["secrets", "--all-clusters", "-o", "json"], "limited");
      assert.equal(all.code, 0, all.stderr);
      const entries: Record<string, unknown>[] = JSON.parse(all.stdout);
      assert.deepEqual(entries.map(({ cluster }) => cluster), ["alias", "b"]);
      assert.doesNotMatch(all.stderr, /same API server/);
      assert.equal(entries[0]!.same_server_as, undefined);
      const name = uniqueName("commands");
      for (const which of [["--cluster", "a,b"], ["--cluster", "b", "--first", "a"]]) {
        const outside = await fleet.run(add(name, ...which), "limited");
        assert.equal(outside.code, 1, outside.stderr);
        assert.match(outside.stderr, /^error: Token 'limited' is not allowed on cluster 'a'/);
      }
      const unseen = await fleet.run(add(name, "-l", "env=prod"), "limited");
      assert.equal(unseen.code, 2, unseen.stderr);
      assert.equal(await placesOf(fleet, name), "");
    }),
});
