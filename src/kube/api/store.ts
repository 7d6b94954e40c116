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
  /** Its kubeconfig, vetted. */
  readonly kubeconfig: KubeconfigSource;
  /** The environment of exec plugins, and where proxies are named. */
  readonly env: Readonly<Record<string, string>>;
  /** Seconds within which a connection has to be made: TCP, TLS and a proxy's part. */
  readonly connectSeconds: number;
  /** What runs exec plugins. @default runProcess */
  readonly run?: RunProcess;
  /** What limits the connections that are kept. @default a limit of its own */
  readonly idle?: IdleConnections;
  readonly onCall?: (call: ApiCall) => void;
}

/** A store that keeps connections. */
export interface ApiStore extends SecretStore {
  /** By the same connections. */
  readonly probe: ClusterProbe;
  close(): void;
}

/**
 * A {@link SecretStore} over HTTPS, with connections that are kept from call to call.
 *
 * Permissions: `--allow-net` of the server, `--allow-read` of files that the kubeconfig names,
 * `--allow-run` of its exec plugins.
 */
export function apiStore(options: ApiStoreOptions): ApiStore {
  const { cluster, kubeconfig, env, connectSeconds, run, idle } = options;
  let opened: Promise<Connector> | undefined;
  // Everything starts with the first request, the import of what reads a kubeconfig too.
  const open = () => opened ??= connectorOf(kubeconfig, env, connectSeconds, run, idle);
  const send = apiSend(open, options.onCall);

  const { read, readAccounts } = apiReads(send, cluster);

  return {
    ...apiLists(send, cluster),
    ...storeWrites(cluster, apiWrites(send, cluster), readAccounts),
    read,
    remove: apiRemovals(send, cluster),
    // A thousand take seconds, over connections that are kept.
    foreseeRemoval: () => Promise.resolve(),
    probe: apiProbe(
      send,
      cluster,
      // Of a kubeconfig that cannot be used nothing is known; requests say why.
      () => open().then((connector) => connector.expires(), () => undefined),
    ),
    close: () => void opened?.then((connector) => connector.close(), () => {}),
  };
}
