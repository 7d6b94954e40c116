/**
 * `deno task bench`: this program beside the least that could do the same, on a real control plane,
 * in one run. Prints a table of medians and ratios; a ratio above its goal is marked.
 */
import autocannon from "autocannon";
import { join } from "node:path";
import { summaryTemplate, WRITTEN_TEMPLATE } from "../src/kube/kubectl/templates.ts";
import { runBare, sideBySide } from "./bench/measure.ts";
import { type ServerProcess, startServer } from "./bench/server.ts";
import { type ControlPlane, startControlPlane } from "./control_plane/control_plane.ts";

interface Row {
  readonly work: string;
  readonly ours: string;
  readonly bare: string;
  /** Ours by bare. */
  readonly ratio: number;
  readonly goal: string;
  readonly met: boolean;
}

const TURNS = 15;
const NAMESPACES = Array.from({ length: 20 }, (_, i) => `bench-${i}`);

const milliseconds = (value: number) => `${value.toFixed(0)} ms`;

/** GET /secrets, against the same three kubectl processes run at once. */
async function benchList(server: ServerProcess, plane: ControlPlane): Promise<Row> {
  const kubeconfig = plane.kubeconfigs.administrator;
  const list = (scope: string, selector: string, repository: boolean) =>
    runBare(plane.kubectl, [
      "get",
      "secrets",
      `--kubeconfig=${kubeconfig}`,
      scope,
      `--selector=${selector}`,
      `--output=go-template=${summaryTemplate(repository)}`,
    ]);
  const { ours, bare } = await sideBySide(
    TURNS,
    () => get(`${server.url}/secrets?cluster=bench`),
    () =>
      Promise.all([
        list(
          "--namespace=argocd",
          "argocd.argoproj.io/secret-type in (repo-creds,repository,helm-repo-creds)",
          true,
        ),
        list("--all-namespaces", "jjo.finance/secret-type=docker-creds", false),
        list("--all-namespaces", "mcops.tech/secret-type=docker-creds", false),
      ]),
  );
  return ratioRow("GET /secrets", ours, bare, 1.3);
}

/** add_docker into 20 namespaces and Argo CD's, against its two kubectl processes. */
async function benchAddDocker(server: ServerProcess, plane: ControlPlane): Promise<Row> {
  const targets = [...NAMESPACES, "argocd"];
  const kubectl = (args: string[], items: unknown[]) =>
    runBare(
      plane.kubectl,
      [...args, `--kubeconfig=${plane.kubeconfigs.administrator}`, "--filename=-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    );
  const config = btoa(JSON.stringify({ auths: { "ghcr.io": { username: "u", password: "p" } } }));
  const { ours, bare } = await sideBySide(
    TURNS,
    (turn) =>
      post(`${server.url}/secrets/add_docker`, {
        password: "bench",
        username: "bench",
        cluster_name: "bench",
        name: `ours-${turn}`,
        namespaces: NAMESPACES,
      }),
    async (turn) => {
      const secret = (namespace: string) => ({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { namespace, name: `bare-${turn}` },
        type: "kubernetes.io/dockerconfigjson",
        data: { ".dockerconfigjson": config },
      });
      const namespace = (name: string) => ({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name },
      });
      const secrets = targets.map(secret);
      await kubectl(["get", "--ignore-not-found", "--output=json"], [
        ...secrets,
        ...targets.map(namespace),
      ]);
      await kubectl(
        ["create", "--validate=false", `--output=go-template=${WRITTEN_TEMPLATE}`],
        secrets,
      );
    },
  );
  return ratioRow("POST /secrets/add_docker, 20 namespaces", ours, bare, 1.4);
}

function ratioRow(work: string, ours: number, bare: number, goal: number): Row {
  const ratio = ours / bare;
  return {
    work,
    ours: milliseconds(ours),
    bare: milliseconds(bare),
    ratio,
    goal: `at most ${goal} ×`,
    met: ratio <= goal,
  };
}

/** /health, against a server that gives the same answer and does nothing else. */
async function benchHealth(server: ServerProcess): Promise<Row> {
  const bare = await startServer([join(import.meta.dirname!, "bench", "bare_server.ts")]);
  const rates: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  try {
    for (let turn = 0; turn < 6; turn++) {
      const ourRate = await rate(`${server.url}/health`);
      const bareRate = await rate(bare.url);
      if (turn === 0) continue; // warming up
      rates.ours.push(ourRate);
      rates.bare.push(bareRate);
    }
  } finally {
    await bare.stop();
  }
  const [ours, least] = [Math.max(...rates.ours), Math.max(...rates.bare)];
  const shown = (value: number) => `${value.toFixed(0)} /s`;
  return {
    work: "GET /health, rate",
    ours: shown(ours),
    bare: shown(least),
    ratio: ours / least,
    goal: "at least 0.8 ×",
    met: ours / least >= 0.8,
  };
}

/** Answers in a second by 20 connections for two seconds. */
async function rate(url: string): Promise<number> {
  const { requests } = await autocannon({ url, connections: 20, duration: 2 });
  return requests.average;
}

async function benchMemory(server: ServerProcess): Promise<Row> {
  const memory = await server.residentMemory();
  return {
    work: "resident memory, idle",
    ours: `${memory.toFixed(0)} MB`,
    bare: "",
    ratio: NaN,
    goal: "under 120 MB",
    met: memory < 120,
  };
}

async function get(url: string): Promise<void> {
  await answered(await fetch(url));
}

async function post(url: string, body: unknown): Promise<void> {
  await answered(await fetch(url, { method: "POST", body: JSON.stringify(body) }));
}

async function answered(response: Response): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
}

function print(rows: readonly Row[]): void {
  console.log("| work | ours | bare | ratio | goal | |\n|---|---|---|---|---|---|");
  for (const { work, ours, bare, ratio, goal, met } of rows) {
    const times = Number.isNaN(ratio) ? "" : `${ratio.toFixed(2)} ×`;
    console.log(`| ${work} | ${ours} | ${bare} | ${times} | ${goal} | ${met ? "met" : "MISSED"} |`);
  }
}

async function bench(): Promise<void> {
  const plane = await startControlPlane();
  const clusters = await Deno.makeTempDir();
  // Inherited by every kubectl, the server's too: nothing is left in the user's own.
  Deno.env.set("KUBECACHEDIR", join(plane.dir, "kubectl-cache"));
  try {
    await Deno.copyFile(plane.kubeconfigs.administrator, join(clusters, "bench.kubeconfig"));
    for (const name of NAMESPACES) {
      await plane.request("POST", "/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name },
      });
    }
    const main = join(import.meta.dirname!, "..", "main.ts");
    const server = await startServer([main, "--port", "0", "--clusters-folder", clusters]);
    try {
      // Before the load: afterwards it is what the load has left.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const memory = await benchMemory(server);
      const rows = [
        await benchList(server, plane),
        await benchAddDocker(server, plane),
        await benchHealth(server),
        memory,
      ];
      print(rows);
    } finally {
      await server.stop();
    }
  } finally {
    await Deno.remove(clusters, { recursive: true });
    await plane.stop();
  }
}

if (import.meta.main) await bench();
