import type { RunProcess } from "../process.ts";
import type { SecretStore } from "../store.ts";
import { storeWrites } from "../writes.ts";
import { type Connector, connectorOf, type KubeconfigSource } from "./connection.ts";
import type { IdleConnections } from "./idle_connections.ts";
import { apiLists } from "./lists.ts";
import type { ClusterProbe } from "../probe.ts";
import { apiProbe } from "./probe.ts";
import { apiReads } from "./reads.ts";
import { type ApiCall, apiSend } from "./send.ts";
import { apiRemovals, apiWrites } from "./writes.ts";

export interface ApiStoreOptions {
  /** The cluster's name, for messages. */
  readonly cluster: string;
  /** Its kubeconfig, after vetting. */
  readonly kubeconfig: KubeconfigSource;
  /** The environment of exec plugins, also read for HTTPS_PROXY and NO_PROXY. */
  readonly env: Readonly<Record<string, string>>;
  /** The timeout of a connection in seconds, for TCP, TLS and a proxy together. */
  readonly connectSeconds: number;
  /** Runs exec plugins. @default runProcess */
  readonly run?: RunProcess;
  /** Limits the idle connections of all clusters together. @default a limit for this cluster alone */
  readonly idle?: IdleConnections;
  readonly onCall?: (call: ApiCall) => void;
}

/** A store that keeps connections open. */
export interface ApiStore extends SecretStore {
  /** Uses the same connections. */
  readonly probe: ClusterProbe;
  close(): void;
}

/**
 * A {@link SecretStore} over HTTPS, which keeps its connections open between calls.
 *
 * Permissions: `--allow-net` of the server, `--allow-read` of files that the kubeconfig names,
 * `--allow-run` of its exec plugins.
 */
export function apiStore(options: ApiStoreOptions): ApiStore {
  const { cluster, kubeconfig, env, connectSeconds, run, idle } = options;
  let opened: Promise<Connector> | undefined;
  // Nothing is loaded or read before the first request.
  const open = () => opened ??= connectorOf(kubeconfig, env, connectSeconds, run, idle);
  const send = apiSend(open, options.onCall);

  const { read, readAccounts } = apiReads(send, cluster);

  return {
    ...apiLists(send, cluster),
    ...storeWrites(cluster, apiWrites(send, cluster), readAccounts),
    read,
    remove: apiRemovals(send, cluster),
    // Over open connections a thousand deletions take only seconds.
    foreseeRemoval: () => Promise.resolve(),
    probe: apiProbe(
      send,
      cluster,
      // The expiry of an unusable kubeconfig is unknown; requests report why it is unusable.
      () => open().then((connector) => connector.expires(), () => undefined),
    ),
    close: () => void opened?.then((connector) => connector.close(), () => {}),
  };
}
