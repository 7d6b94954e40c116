import { join } from "node:path";
import {
  clusterNames,
  type EmulatedFleet,
  type FleetOptions,
  startEmulatedFleet,
} from "./emulated_fleet.ts";
import type { SideBySide } from "./measure.ts";
import { PROGRAM, type ServerProcess, startServer } from "./server.ts";

export interface Stage {
  readonly server: ServerProcess;
  readonly fleet: EmulatedFleet;
}

/** Durations in milliseconds, and the peak memory of the server in MB. */
export interface Measured extends SideBySide {
  readonly memory: number;
}

/** Emulated clusters with a server for them alone, so that its memory is that of this work. */
export async function staged<T>(
  options: FleetOptions,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    await using fleet = await startEmulatedFleet(options);
    for (const name of clusterNames(options.clusters)) {
      const file = join(folder, `${name}.kubeconfig`);
      await Deno.writeTextFile(file, fleet.kubeconfig(name), { mode: 0o600 });
    }
    const flags = ["--port", "0", "--clusters-folder", folder, "--transport", "api"];
    // Long timeouts, so that slow machines can be measured, too.
    const patience = {
      ARGOCD_CONFIGURER_KUBECTL_TIMEOUT: "120",
      ARGOCD_CONFIGURER_CONNECT_TIMEOUT: "60",
    };
    const server = await startServer([...PROGRAM, ...flags], patience);
    try {
      return await work({ server, fleet });
    } finally {
      await server.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
