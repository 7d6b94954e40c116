import {
  type ControlPlaneClient,
  controlPlaneFromEnv,
} from "../../scripts/control_plane/connect.ts";
import type { Declare } from "./declare.ts";

/** A value of `--transport`. */
export const TRANSPORTS = ["kubectl", "api"] as const;
export type Transport = typeof TRANSPORTS[number];

/** The start of a test of the whole program. */
export interface Given {
  readonly plane: ControlPlaneClient;
  readonly transport: Transport;
  /** An empty folder, removed at the end. Its long name is in no other command line. */
  readonly folder: string;
}

const plane = controlPlaneFromEnv();

/** Declares a test for each transport; ignored without a control plane. */
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
