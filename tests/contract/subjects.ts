import { join } from "node:path";
import {
  type ControlPlaneClient,
  controlPlaneFromEnv,
} from "../../scripts/control_plane/connect.ts";
import { kubectlEnv } from "../../src/kube/environment.ts";
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import { apiStore } from "../../src/kube/api/store.ts";
import { kubectlOf, type KubectlOptions } from "../../src/kube/kubectl/command.ts";
import { defaultGateLimits, ProcessGate } from "../../src/kube/kubectl/gate.ts";
import { type RunProcess, runProcess } from "../../src/kube/process.ts";
import { kubectlProbe } from "../../src/kube/kubectl/probe.ts";
import { kubectlStore } from "../../src/kube/kubectl/store.ts";
import { readYaml } from "../../src/kube/kubeconfig/yaml.ts";
import { seal } from "../../src/log/sealed.ts";
import { type ApiRequest, type Bystander, bystander } from "../support/api_objects.ts";
import { makeCanary } from "../support/canary.ts";
import { type AccountBystander, accountBystander } from "./accounts.ts";
import type { Subject, World } from "./subject.ts";

/** A transport that the suites run with. */
export interface Transport {
  readonly name: string;
  /** Whether this machine meets its requirements. */
  readonly available: boolean;
  /** Whether the items of a batch are sent one after the other. */
  readonly inOrder: boolean;
  open(options: OpenOptions): Promise<Opened>;
}

export interface OpenOptions {
  /** Its path. */
  readonly kubeconfig: string;
  /** kubectl's discovery cache. */
  readonly cacheDir?: string;
}

export type Opened = Pick<World, "store" | "probe" | "said"> & { close(): void };

export function overKubectl(name: string, program: string | undefined): Transport {
  return {
    name,
    available: program !== undefined,
    inOrder: true,
    open: (options) => Promise.resolve(watchedKubectl({ ...options, program })),
  };
}

const overApi: Transport = {
  name: "api",
  available: true,
  inOrder: false,
  async open({ kubeconfig }) {
    const said: string[] = [];
    const text = await Deno.readTextFile(kubeconfig);
    const content = seal(readYaml(text));
    const store = apiStore({
      cluster: "test",
      kubeconfig: { path: kubeconfig, content },
      env: kubectlEnv(Deno.env.toObject()),
      connectSeconds: 60, // deadlines are tested with a port that never responds
      onCall: (call) => said.push(JSON.stringify(call)),
    });
    return { store, probe: store.probe, said, close: () => store.close() };
  },
};

/** The kubectl of the API server's version if available; other suites use the one on PATH. */
const KUBECTL = Deno.env.get("ARGOCD_CONFIGURER_TEST_KUBECTL") ?? onPath("kubectl");

export const TRANSPORTS: readonly Transport[] = [overKubectl("kubectl", KUBECTL), overApi];

export const controlPlane: ControlPlaneClient | undefined = controlPlaneFromEnv();

/** Each transport on the emulator and on a real API server. */
export const SUBJECTS: readonly Subject[] = TRANSPORTS.flatMap((transport) => [
  emulatorSubject(transport),
  realSubject(transport),
]);

/** A store over kubectl that records its messages and kubectl's. */
function watchedKubectl(
  options: Pick<KubectlOptions, "kubeconfig" | "program" | "cacheDir">,
): Opened {
  const said: string[] = [];
  const all: KubectlOptions = {
    ...options,
    cluster: "test",
    env: kubectlEnv(Deno.env.toObject()),
    gate: new ProcessGate(defaultGateLimits(8)), // no process of a test has to wait
    onCommand: (command) => said.push(JSON.stringify(command)),
    run: noting(said),
  };
  const probe = kubectlProbe(kubectlOf(all), "test", () => Promise.resolve(undefined));
  return { store: kubectlStore(all), probe, said, close: () => {} };
}

/** Records kubectl's arguments and output, except the output of reads, which contains values. */
function noting(said: string[]): RunProcess {
  return async (program, args, options) => {
    said.push(args.join(" "));
    const result = await runProcess(program, args, options);
    if (!args.includes("--output=json")) said.push(result.stdout);
    return result;
  };
}

/** Another client of the cluster. */
export function othersBy(
  request: ApiRequest,
): Bystander & AccountBystander & Pick<World, "deploy"> {
  return { ...bystander(request), ...accountBystander(request), deploy: deployBy(request) };
}

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "contract-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export interface EmulatedWorld extends World {
  readonly emulator: Emulator;
  /** A path that no other test's kubectl has in its command line. */
  readonly kubeconfig: string;
}

export function emulatorSubject(transport: Transport): Subject<EmulatedWorld> {
  return {
    name: `${transport.name}, emulator`,
    ignore: !transport.available,
    judges: true,
    async run(test) {
      const emulator = startEmulator();
      try {
        await withFolder(async (folder) => {
          const kubeconfig = join(folder, "kubeconfig");
          await Deno.writeTextFile(kubeconfig, emulator.kubeconfig(), { mode: 0o600 });
          const opened = await transport.open({ kubeconfig, cacheDir: join(folder, "cache") });
          const others = othersBy(requestOf(emulator));
          try {
            await test({
              ...opened,
              ...others,
              deploy(deployment) {
                emulator.cluster.deployments = [...emulator.cluster.deployments, deployment];
                return Promise.resolve();
              },
              canary: makeCanary(),
              emulator,
              kubeconfig,
            });
          } finally {
            opened.close();
          }
        });
      } finally {
        await emulator.stop();
      }
    },
  };
}

function realSubject(transport: Transport): Subject {
  return {
    name: `${transport.name}, real API server`,
    ignore: !transport.available || controlPlane === undefined,
    judges: true,
    async run(test) {
      const { kubeconfigs, request } = controlPlane!;
      const opened = await transport.open({ kubeconfig: kubeconfigs.administrator });
      try {
        await test({ ...opened, ...othersBy(request), canary: makeCanary() });
      } finally {
        opened.close();
      }
    },
  };
}

/** A deployment without replicas. */
const deployBy = (request: ApiRequest): World["deploy"] => async ({ image, ...metadata }) => {
  const { namespace, name, labels } = metadata;
  const selector = { matchLabels: { app: name } };
  const template = {
    metadata: { labels: selector.matchLabels },
    spec: { containers: [{ name, image, env: [{ name: "A", value: "not for us" }] }] },
  };
  const answer = await request("POST", `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: { replicas: 0, selector, template },
  });
  if (answer.status !== 201) throw new Error(`deployment: ${JSON.stringify(answer.body)}`);
};

function requestOf(emulator: Emulator): ApiRequest {
  return async (method, path, body) => {
    const patch = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const answer = await fetch(emulator.url + path, {
      method,
      headers: { "content-type": patch, connection: "close" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
}

function onPath(program: string): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, program)).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
