import { join } from "node:path";
import { type ControlPlane, startControlPlane } from "../control_plane/control_plane.ts";
import type { ControlPlaneClient } from "../control_plane/connect.ts";
import { kubeconfig } from "./emulated_fleet.ts";
import { sideBySide } from "./measure.ts";
import { PROGRAM, type ServerProcess, startServer } from "./server.ts";
import { atMost, markdown, type Row } from "./table.ts";

const HEALTHY = 10;
const TURNS = 9;

/** Timeout for the hung cluster in seconds, for the program and for kubectl. */
const PATIENCE = 30;

/** The resources that a script would list, and those that the program lists. */
const LISTS = [
  "--namespace=argocd --selector='argocd.argoproj.io/secret-type in (repository,repo-creds)'",
  "--all-namespaces --selector=mcops.tech/secret-type=docker-creds",
  "--all-namespaces --selector=jjo.finance/secret-type=docker-creds",
];

interface Stage {
  readonly server: ServerProcess;
  /** A folder with a kubeconfig for each of the twelve. */
  readonly folder: string;
  readonly kubectl: string;
}

/** Ten API servers with one etcd, one listener that never responds, one closed port. */
export async function benchTwelve(): Promise<Row[]> {
  const plane = await startControlPlane();
  Deno.env.set("KUBECACHEDIR", join(plane.dir, "kubectl-cache"));
  const folder = await Deno.makeTempDir();
  using hung = silentListener();
  try {
    for (const [i, { kubeconfigs }] of (await tenOf(plane)).entries()) {
      await Deno.copyFile(kubeconfigs.administrator, join(folder, `h${i}.kubeconfig`));
    }
    const write = (name: string, port: number) =>
      Deno.writeTextFile(
        join(folder, `${name}.kubeconfig`),
        kubeconfig(`http://127.0.0.1:${port}`),
        { mode: 0o600 },
      );
    await write("hung", hung.port);
    await write("refusing", 1);
    const flags = ["--port", "0", "--clusters-folder", folder];
    const timeout = ["--kubectl-timeout", String(PATIENCE)];
    const server = await startServer([...PROGRAM, ...flags, ...timeout]);
    try {
      return await rows({ server, folder, kubectl: plane.kubectl });
    } finally {
      await server.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
    await plane.stop();
  }
}

/** Starts them sequentially, since each start takes seconds of CPU time. */
async function tenOf(plane: ControlPlane): Promise<ControlPlaneClient[]> {
  const all: ControlPlaneClient[] = [plane];
  while (all.length < HEALTHY) all.push(await plane.another());
  for (const cluster of all) {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "argocd" } };
    await cluster.request("POST", "/api/v1/namespaces", namespace);
  }
  return all;
}

/** A listener that accepts connections and never responds. */
function silentListener(): Disposable & { readonly port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  (async () => {
    for await (const connection of listener) held.push(connection);
  })();
  return {
    port: listener.addr.port,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of held) connection.close();
    },
  };
}

async function rows(stage: Stage): Promise<Row[]> {
  const { server } = stage;
  const read = (clusters: string, healthy = HEALTHY) =>
    untilEnded(
      healthy,
      () => fetch(`${server.url}/api/v1/secrets?clusters=${encodeURIComponent(clusters)}`, NDJSON),
    );
  const write = () =>
    untilEnded(HEALTHY, () =>
      fetch(`${server.url}/api/v1/docker`, {
        ...NDJSON,
        method: "POST",
        body: JSON.stringify({
          clusters: ["*"],
          name: `ours-${fresh()}`,
          username: "bench",
          password: "bench",
          namespaces: NAMESPACES,
        }),
      }));
  await read("h0", 1); // loads the modules
  const healthy = await sideBySide(TURNS, () => read("*"), () => read("h*"));
  const reads = await sideBySide(TURNS, () => read("*"), () => byXargs(stage, readScript(stage)));
  const writes = await sideBySide(TURNS, write, async () => {
    const file = await writeManifest();
    try {
      await byXargs(stage, writeScript(stage, file));
    } finally {
      await Deno.remove(file);
    }
  });
  return [
    atMost(
      1.3,
      "12 real clusters, one hung, one refusing: the ten read, beside ten alone",
      healthy,
    ),
    atMost(0.15, "the ten of twelve read, beside xargs -P 4 kubectl", reads),
    atMost(0.15, "the ten of twelve written, beside xargs -P 4 kubectl", writes),
  ];
}

const NDJSON = { headers: { Accept: "application/x-ndjson" } };

/** Argo CD's namespace is written in addition. */
const NAMESPACES = ["default", "kube-system"];

/** Names that no other measurement uses. */
const fresh = () => crypto.randomUUID().slice(0, 8);

/** Reads a stream until this many healthy clusters are finished. @throws when one of them failed */
async function untilEnded(healthy: number, ask: () => Promise<Response>): Promise<void> {
  const response = await ask();
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  let left = healthy;
  let text = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split("\n");
    text = lines.pop()!;
    for (const line of lines) {
      const { event, cluster, status_code, answer } = JSON.parse(line);
      if (event !== "cluster" || !/^h\d/.test(cluster)) continue;
      if (status_code !== 200) throw new Error(`${cluster}: ${JSON.stringify(answer)}`);
      if (--left === 0) return;
    }
  }
  throw new Error(`The stream ended, and ${left} healthy clusters are missing`);
}

/** Runs a script for each kubeconfig (`$1`), four concurrently, until the healthy clusters are finished. */
async function byXargs({ folder }: Stage, script: string): Promise<void> {
  const command = `printf '%s\\0' "$0"/*.kubeconfig | xargs -0 -P 4 -I{} sh -c "$1" sh {}`;
  const child = new Deno.Command("sh", {
    args: ["-c", command, folder, `{ ${script}; } >/dev/null 2>&1 && echo "$1"`],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.match(/\/h\d+\.kubeconfig\n/g)?.length === HEALTHY) break;
  }
  child.kill("SIGTERM"); // the process for the hung cluster exits by its own timeout
  await child.status;
  const done = text.match(/\/h\d+\.kubeconfig\n/g)?.length;
  if (done !== HEALTHY) throw new Error(`xargs has finished ${done} of the healthy clusters`);
}

const common = ({ kubectl }: Stage) =>
  `${kubectl} --kubeconfig="$1" --request-timeout=${PATIENCE}s`;

function readScript(stage: Stage): string {
  return LISTS.map((list) => `${common(stage)} get secrets ${list} --output=json`).join(" && ");
}

/** Checks first that the names are free, as the program does. */
function writeScript(stage: Stage, file: string): string {
  return [
    `${common(stage)} get --ignore-not-found --output=json --filename=${file}`,
    `${common(stage)} create --validate=false --filename=${file}`,
  ].join(" && ");
}

/** A pull secret with a new name for each namespace. */
async function writeManifest(): Promise<string> {
  const name = `bare-${fresh()}`;
  const login = { username: "bench", password: "bench", auth: btoa("bench:bench") };
  const items = [...NAMESPACES, "argocd"].map((namespace) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": JSON.stringify({ auths: { "ghcr.io": login } }) },
  }));
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  return file;
}

if (import.meta.main) console.log(markdown(await benchTwelve()));
