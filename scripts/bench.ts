/**
 * `deno task bench`: compares argocd-configurer with the minimal program for the same work, in one run on
 * a real control plane. Prints tables of medians and ratios, and marks missed goals. With `--write` it
 * also writes them to docs/benchmarks.md.
 */
import { join } from "node:path";
import { benchAddOverApi, benchAddOverKubectl } from "./bench/add_docker.ts";
import { BENCHMARKS, BY_HAND, machine, sectionOf } from "./bench/document.ts";
import { benchHealth, benchMemory, benchStart } from "./bench/health.ts";
import { benchListOverApi, benchListOverKubectl } from "./bench/list.ts";
import { benchManyClusters } from "./bench/many_clusters.ts";
import { PROGRAM, type ServerProcess, startServer } from "./bench/server.ts";
import { benchMatrix } from "./bench/matrix.ts";
import { benchRotation } from "./bench/rotate.ts";
import { markdown, type Row } from "./bench/table.ts";
import { benchTwelve } from "./bench/twelve.ts";
import { type ControlPlane, startControlPlane } from "./control_plane/control_plane.ts";

const NAMESPACES = Array.from({ length: 200 }, (_, i) => `bench-${i}`);

async function bench(): Promise<{ goals: Row[]; growth: Row[] }> {
  const plane = await startControlPlane();
  // For every kubectl, also the server's: nothing is left in the user's cache.
  Deno.env.set("KUBECACHEDIR", join(plane.dir, "kubectl-cache"));
  const clusters = await Deno.makeTempDir();
  const serve = (transport: string) =>
    startServer([
      ...PROGRAM,
      "--port",
      "0",
      "--clusters-folder",
      clusters,
      "--transport",
      transport,
    ]);
  const servers: ServerProcess[] = [];
  try {
    const file = join(clusters, "bench.kubeconfig");
    await Deno.copyFile(plane.kubeconfigs.administrator, file);
    await createNamespaces(plane);
    const kubectl = await serve("kubectl");
    const api = await serve("api");
    servers.push(kubectl, api);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const memory = await benchMemory(kubectl);
    const goals = [
      await benchListOverKubectl(kubectl, plane),
      await benchListOverApi(api, plane),
      await benchAddOverKubectl(kubectl, plane, NAMESPACES.slice(0, 20)),
      await benchAddOverApi(api, plane, NAMESPACES.slice(0, 20)),
      await benchAddOverApi(api, plane, NAMESPACES),
      await benchManyClusters(),
      ...await benchStart(clusters),
      await benchHealth(kubectl),
      memory,
    ];
    return { goals, growth: await benchGrowth(kubectl, api, plane) };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await Deno.remove(clusters, { recursive: true });
    await plane.stop();
  }
}

/** How the cost grows with the secrets of a cluster and the namespaces of a write. */
async function benchGrowth(
  kubectl: ServerProcess,
  api: ServerProcess,
  plane: ControlPlane,
): Promise<Row[]> {
  const rows = [
    await benchAddOverKubectl(kubectl, plane, NAMESPACES.slice(0, 1)),
    await benchAddOverKubectl(kubectl, plane, NAMESPACES),
    await benchAddOverApi(api, plane, NAMESPACES.slice(0, 1)),
  ];
  await removeSecrets(plane);
  let there = 0;
  for (const secrets of [10, 100, 1000]) {
    await createDockerSecrets(plane, there, secrets);
    there = secrets;
    const what = `GET /secrets, ${secrets} docker secrets, api`;
    rows.push(await benchListOverApi(api, plane, what));
  }
  const overKubectl = await benchListOverKubectl(kubectl, plane);
  rows.push({ ...overKubectl, work: "GET /secrets, 1000 docker secrets, kubectl" });
  return rows;
}

async function createNamespaces(plane: ControlPlane): Promise<void> {
  for (const name of NAMESPACES) {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    await plane.request("POST", "/api/v1/namespaces", namespace);
  }
}

const LABEL = "mcops.tech/secret-type";

async function createDockerSecrets(plane: ControlPlane, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const namespace = NAMESPACES[i % NAMESPACES.length]!;
    await plane.request("POST", `/api/v1/namespaces/${namespace}/secrets`, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `grown-${i}`, labels: { [LABEL]: "docker-creds" } },
    });
  }
}

async function removeSecrets(plane: ControlPlane): Promise<void> {
  for (const namespace of [...NAMESPACES, "argocd"]) {
    await plane.request("DELETE", `/api/v1/namespaces/${namespace}/secrets`);
  }
}

if (import.meta.main) {
  const { goals, growth } = await bench();
  const fleet = [...await benchMatrix(), await benchRotation(), ...await benchTwelve()];
  const written = await Deno.readTextFile(BENCHMARKS);
  const text = `# Benchmarks

Measured by \`deno task bench --write\` on ${await machine()}, with a real kube-apiserver and etcd on the
same machine. Both sides are measured alternately in one run, and durations are medians. "Bare" is a
program that runs the same kubectl processes, or sends the same requests over kept connections, and does
nothing else: it parses no response and answers no client.

## Goals

${markdown(goals)}

## Fleet

"Bare" for the matrix and the rotation is a client that sends the same requests and discards the responses.
The ratio of the matrix is therefore the cost of parsing, fingerprinting and comparing 10,000 secrets and of
the response about them. For the rows about twelve clusters, each row names what is compared. Ten of the
twelve clusters are API servers with an etcd prefix each; the time is until the last of these ten is finished.

${markdown(fleet)}

## How the cost grows

The goals are those of the same work above.

${markdown(growth)}

${sectionOf(written, BY_HAND)}`.trimEnd() + "\n";
  console.log(text);
  if (Deno.args.includes("--write")) {
    await Deno.writeTextFile(BENCHMARKS, text);
  }
}
