import { join } from "node:path";
import {
  type ControlPlaneClient,
  controlPlaneFromEnv,
} from "../../scripts/control_plane/connect.ts";
import { surroundings } from "../../src/cli/surroundings.ts";
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import type { KubectlOptions } from "../../src/kube/kubectl/command.ts";
import { defaultGateLimits, ProcessGate } from "../../src/kube/kubectl/gate.ts";
import { type RunProcess, runProcess } from "../../src/kube/kubectl/process.ts";
import { kubectlStore } from "../../src/kube/kubectl/store.ts";
import { type ApiRequest, bystander } from "../support/api_objects.ts";
import { makeCanary } from "../support/canary.ts";
import type { Subject, World } from "./subject.ts";

/** A kubectl that the suites run with. */
export interface KubectlProgram {
  readonly name: string;
  /** Absent when this machine has none. */
  readonly program: string | undefined;
}

export const KUBECTLS: readonly KubectlProgram[] = [
  { name: "kubectl from PATH", program: onPath("kubectl") },
  { name: "official kubectl", program: Deno.env.get("ARGOCD_CONFIGURER_TEST_KUBECTL") },
];

export const controlPlane: ControlPlaneClient | undefined = controlPlaneFromEnv();

/** Each kubectl on the emulator and on a real API server. */
export const KUBECTL_SUBJECTS: readonly Subject[] = KUBECTLS.flatMap((kubectl) => [
  emulatorSubject(kubectl),
  realSubject(kubectl),
]);

/** A store over kubectl that notes what it and kubectl say. */
export function watchedStore(
  options: Pick<KubectlOptions, "kubeconfig" | "program" | "cacheDir">,
): Pick<World, "store" | "said"> {
  const said: string[] = [];
  const store = kubectlStore({
    ...options,
    cluster: "test",
    env: surroundings().kubectlEnv,
    gate: new ProcessGate(defaultGateLimits(8)), // none of a test's few has to wait
    onCommand: (command) => said.push(JSON.stringify(command)),
    run: noting(said),
  });
  return { store, said };
}

/** Notes kubectl's arguments, and its output but for that of a read, which is values by purpose. */
function noting(said: string[]): RunProcess {
  return async (program, args, options) => {
    said.push(args.join(" "));
    const result = await runProcess(program, args, options);
    if (!args.includes("--output=json")) said.push(result.stdout);
    return result;
  };
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
  /** Its path, which no other test's kubectl has in its command line. */
  readonly kubeconfig: string;
}

export function emulatorSubject({ name, program }: KubectlProgram): Subject<EmulatedWorld> {
  return {
    name: `${name}, emulator`,
    ignore: program === undefined,
    judges: true,
    async run(test) {
      const emulator = startEmulator();
      try {
        await withFolder(async (folder) => {
          const kubeconfig = join(folder, "kubeconfig");
          await Deno.writeTextFile(kubeconfig, emulator.kubeconfig(), { mode: 0o600 });
          const watched = watchedStore({ kubeconfig, program, cacheDir: join(folder, "cache") });
          const others = bystander(requestOf(emulator));
          await test({ ...watched, ...others, canary: makeCanary(), emulator, kubeconfig });
        });
      } finally {
        await emulator.stop();
      }
    },
  };
}

function realSubject({ name, program }: KubectlProgram): Subject {
  return {
    name: `${name}, real API server`,
    ignore: program === undefined || controlPlane === undefined,
    judges: true,
    async run(test) {
      const { kubeconfigs, request } = controlPlane!;
      const watched = watchedStore({ kubeconfig: kubeconfigs.administrator, program });
      await test({ ...watched, ...bystander(request), canary: makeCanary() });
    },
  };
}

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
