import { join } from "node:path";
import { seedTestCluster } from "../../src/demo/secrets.ts";
import { startEmulator } from "../../src/emulator/emulator.ts";
import { get } from "./http.ts";
import { timed } from "./measure.ts";
import { PROGRAM, startServer } from "./server.ts";
import type { Row } from "./table.ts";

const CLUSTERS = 200;

/** GET /secrets of two hundred emulated clusters, by a server that has just started. */
export async function benchManyClusters(): Promise<Row> {
  const folder = await Deno.makeTempDir();
  const emulators = Array.from({ length: CLUSTERS }, () => startEmulator());
  try {
    for (const [i, emulator] of emulators.entries()) {
      seedTestCluster(emulator.cluster);
      const file = join(folder, `c${i}.kubeconfig`);
      await Deno.writeTextFile(file, emulator.kubeconfig(), { mode: 0o600 });
    }
    const server = await startServer(
      [...PROGRAM, "--port", "0", "--clusters-folder", folder, "--transport", "api"],
    );
    try {
      const took = await timed(() =>
        Promise.all(emulators.map((_, i) => get(`${server.url}/secrets?cluster=c${i}`)))
      );
      const memory = await server.residentMemory();
      return {
        work: `${CLUSTERS} emulated clusters read once, api`,
        ours: `${(took / 1000).toFixed(2)} s, ${memory.toFixed(0)} MB`,
        bare: "",
        ratio: undefined,
        goal: "3 s, 300 MB",
        met: took < 3000 && memory < 300,
      };
    } finally {
      await server.stop();
    }
  } finally {
    await Promise.all(emulators.map((emulator) => emulator.stop()));
    await Deno.remove(folder, { recursive: true });
  }
}
