import assert from "node:assert/strict";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { closedPortUrl } from "../../scripts/control_plane/kubeconfig_text.ts";
import { type ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import { clustersFromEnv } from "../../scripts/control_plane/several.ts";
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import { decodeBase64 } from "../support/base64.ts";
import { makeCanary } from "../support/canary.ts";
import { silentPort } from "../support/silent_port.ts";
import { type Ended, folder, programCommand } from "./support.ts";
import { denoFolder } from "../../scripts/test/deno_folder.ts";

/**
 * The first hour of a user with a kubeconfig of twelve contexts: four real clusters, six emulated
 * ones, one with a closed port and one that hangs.
 */

const planes = clustersFromEnv();

/** Contexts as common tools name them, and the names of the clusters here. */
const NAMES = {
  real: [
    ["arn:aws:eks:eu-west-1:123456789012:cluster/prod-eu", "prod-eu"],
    ["arn:aws:eks:us-east-1:123456789012:cluster/prod-us", "prod-us"],
    ["admin@staging", "staging"],
    ["kubernetes-admin@test", "test"],
  ],
  emulated: [
    ["edge-1", "edge-1"],
    ["edge-2", "edge-2"],
    ["edge-3", "edge-3"],
    ["edge-4", "edge-4"],
    ["k3d-dev", "k3d-dev"],
    ["kind-ci", "kind-ci"],
  ],
  closed: [["admin@gone", "gone"]],
  hanging: [["admin@frozen", "frozen"]],
} as const;

const NAMESPACES = ["default", "kube-system", "team-a", "team-b", "team-c"];

type Named = Readonly<Record<string, unknown>>;

/** One cluster and one user of a kubeconfig. */
interface Contents {
  readonly cluster: Named;
  readonly user: Named;
}

function contentsOf(kubeconfig: string): Contents {
  const { clusters, users } = load(kubeconfig) as {
    clusters: [{ cluster: Named }];
    users: [{ user: Named }];
  };
  return { cluster: clusters[0].cluster, user: users[0].user };
}

function oneFile(contexts: readonly (readonly [name: string, Contents])[]): string {
  return dump({
    apiVersion: "v1",
    kind: "Config",
    preferences: {},
    "current-context": contexts[0]![0],
    clusters: contexts.map(([name, { cluster }]) => ({ name, cluster })),
    users: contexts.map(([name, { user }]) => ({ name, user })),
    contexts: contexts.map(([name]) => ({ name, context: { cluster: name, user: name } })),
  });
}

/** The pull secrets of a cluster by namespace. */
type Holds = () => Promise<Readonly<Record<string, string>>>;

const SECRET = "ghcr-pull";

function heldBy(plane: ControlPlaneClient): Holds {
  return async () => {
    const { body } = await plane.request(
      "GET",
      `/api/v1/secrets?fieldSelector=metadata.name%3D${SECRET}`,
    );
    return byNamespace(body.items);
  };
}

const heldByEmulator = (emulator: Emulator): Holds => () =>
  Promise.resolve(
    byNamespace(emulator.cluster.secrets().filter(({ metadata: { name } }) => name === SECRET)),
  );

interface Held {
  readonly metadata: { readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
}

const byNamespace = (secrets: readonly Held[]) =>
  Object.fromEntries(
    secrets.map(({ metadata: { namespace }, data }) =>
      [namespace!, decodeBase64(data![".dockerconfigjson"]!)] as const
    ),
  );

Deno.test({
  name:
    "from a kubeconfig of twelve contexts to a pull secret in five namespaces of ten clusters: " +
    "four commands",
  ignore: planes.length === 0,
  async fn() {
    await using home = await folder();
    const canary = makeCanary();
    const emulators = NAMES.emulated.map(() => startEmulator());
    const frozen = silentPort();
    try {
      for (const { cluster } of emulators) {
        for (const namespace of [...NAMESPACES, "argocd"]) cluster.addNamespace(namespace);
      }
      for (const plane of planes) {
        await plane.request("POST", "/api/v1/namespaces", { metadata: { name: "team-c" } });
      }
      const real = await Promise.all(
        planes.map(({ kubeconfigs: { administrator } }) => Deno.readTextFile(administrator)),
      );
      const [first] = real.map(contentsOf) as [Contents];
      const at = (server: string) => ({ ...first, cluster: { ...first.cluster, server } });
      await Deno.mkdir(join(home.path, ".kube"), { mode: 0o700 });
      const file = oneFile([
        ...NAMES.real.map(([name], i) => [name, contentsOf(real[i]!)] as const),
        ...NAMES.emulated.map(([name], i) =>
          [name, contentsOf(emulators[i]!.kubeconfig())] as const
        ),
        ...NAMES.closed.map(([name]) => [name, at(closedPortUrl)] as const),
        ...NAMES.hanging.map(([name]) => [name, at(frozen.url)] as const),
      ]);
      await home.write(".kube/config", file);
      const said: string[] = [];
      const run = async (args: readonly string[], stdin = ""): Promise<Ended> => {
        const ended = await runAtHome(home.path, args, stdin);
        said.push(`$ argocd-configurer ${args.join(" ")}`, ended.stdout + ended.stderr);
        return ended;
      };

      const imported = await run(["clusters", "import", "--yes"]);
      assert.equal(imported.code, 0, said.join("\n"));

      const healthy = [...NAMES.real, ...NAMES.emulated].map(([, name]) => name).sort();
      const ill = [...NAMES.closed, ...NAMES.hanging].map(([, name]) => name).sort();
      const checked = await run(["clusters", "check", "-o", "json"]);
      assert.equal(checked.code, 3, said.join("\n"));
      const { clusters } = JSON.parse(checked.stdout) as {
        clusters: { name: string; check: { reachable: boolean } }[];
      };
      const reachable = (is: boolean) =>
        clusters.filter(({ check }) => check.reachable === is).map(({ name }) => name);
      assert.deepEqual([reachable(true), reachable(false)], [healthy, ill]);

      const add = [
        ...["docker", "add", "--all-clusters", "--name", SECRET, "--registry", "ghcr.io"],
        ...["--username", "bot", "--password-stdin", "--namespaces", NAMESPACES.join(",")],
      ];
      const planned = await run([...add, "--dry-run=server"], canary.value);
      assert.equal(planned.code, 3, said.join("\n"));
      const held = [...planes.map(heldBy), ...emulators.map(heldByEmulator)];
      for (const holds of held) assert.deepEqual(await holds(), {});

      const added = await run(add, canary.value);
      assert.equal(added.code, 3, said.join("\n"));
      for (const holds of held) {
        const secrets = await holds();
        assert.deepEqual(Object.keys(secrets).sort(), ["argocd", ...NAMESPACES].sort());
        for (const content of Object.values(secrets)) {
          const { auths } = JSON.parse(content);
          assert.equal(auths["ghcr.io"].password, canary.value);
        }
      }
      for (const name of ill) assert.match(added.stderr, new RegExp(`^${name}: `, "m"));
      assert.match(added.stderr, /^10 clusters: 60 created; 2 failed$/m);
      for (const text of said) canary.absentFrom(text, "what is printed");
    } finally {
      await Promise.all(emulators.map((emulator) => emulator.stop()));
      await frozen.close();
      for (const plane of planes) {
        for (const namespace of [...NAMESPACES, "argocd"]) {
          await plane.request("DELETE", `/api/v1/namespaces/${namespace}/secrets/${SECRET}`);
        }
      }
    }
  },
});

/** As on a machine where the program is not configured. */
async function runAtHome(home: string, args: readonly string[], stdin: string): Promise<Ended> {
  const [executable, ...rest] = programCommand(args);
  const child = new Deno.Command(executable!, {
    args: rest,
    cwd: home,
    env: {
      HOME: home,
      NO_COLOR: "1",
      KUBECACHEDIR: join(home, "cache"),
      DENO_DIR: await denoFolder(),
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {}), // the process may exit before reading
  ]);
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
}
