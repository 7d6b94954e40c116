import {
  type ControlPlaneClient,
  controlPlaneFromEnv,
} from "../../scripts/control_plane/connect.ts";
import type { Declare } from "./declare.ts";

/** How the program may reach its clusters, as `--transport` names it. */
export const TRANSPORTS = ["kubectl", "api"] as const;
export type Transport = typeof TRANSPORTS[number];

/** What a test of the whole program begins with. */
export interface Given {
  readonly plane: ControlPlaneClient;
  readonly transport: Transport;
  /** Empty, and removed at the end. No other command line has its name, which is long. */
  readonly folder: string;
}

const plane = controlPlaneFromEnv();

/** What declares a test for each transport; ignored without a control plane. */
export function testsPerTransport(declare: Declare) {
  return (
    sentence: string,
    test: (given: Given) => Promise<void>,
    transports: readonly Transport[] = TRANSPORTS,
  ): void => {
    for (const transport of transports) {
      declare({
        name: `${transport}: ${sentence}`,
        ignore: plane === undefined,
        fn: async () => {
          const folder = await Deno.makeTempDir({ prefix: `test-${crypto.randomUUID()}-` });
          try {
            await test({ plane: plane!, transport, folder });
          } finally {
            await Deno.remove(folder, { recursive: true });
          }
        },
      });
    }
  };
}
