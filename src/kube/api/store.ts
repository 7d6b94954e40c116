import type { RunProcess } from "../process.ts";
import { type Accounts, changePullSecrets } from "../pull_secrets.ts";
import type { SecretStore, WriteOptions } from "../store.ts";
import { type ApiCall, type ApiClient, apiClient } from "./client.ts";
import { type Connector, connectorOf, type KubeconfigSource } from "./connection.ts";
import { NoAnswer } from "./http.ts";
import { apiLists } from "./paged.ts";
import { apiReads } from "./reads.ts";
import { apiWrites } from "./writes.ts";

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
  readonly onCall?: (call: ApiCall) => void;
}

/** A store that keeps connections. */
export interface ApiStore extends SecretStore {
  close(): void;
}

/**
 * A {@link SecretStore} over HTTPS, with connections that are kept from call to call.
 *
 * Permissions: `--allow-net` of the server, `--allow-read` of files that the kubeconfig names,
 * `--allow-run` of its exec plugins.
 */
export function apiStore(options: ApiStoreOptions): ApiStore {
  const { cluster, kubeconfig, env, connectSeconds, run } = options;
  let opened: Promise<{ connector: Connector; client: ApiClient }> | undefined;

  /** Everything starts with the first request, the import of what reads a kubeconfig too. */
  function open() {
    return opened ??= connectorOf(kubeconfig, env, connectSeconds, run).then((connector) => ({
      connector,
      client: apiClient(connector, (call) => options.onCall?.(call)),
    }));
  }

  const call: ApiClient["call"] = async (request, shape, deadline, accept) => {
    try {
      const { client } = await open();
      return await client.call(request, shape, deadline, accept);
    } catch (error) {
      if (error instanceof NoAnswer) return { ok: false, report: error.report };
      throw error;
    }
  };

  const { read, readAccounts } = apiReads(call, cluster);
  const { replaceAccounts, ...writes } = apiWrites(call, cluster);
  const accounts = (options: WriteOptions | undefined): Accounts => ({
    cluster,
    read: readAccounts,
    replace: replaceAccounts(options),
  });

  return {
    ...apiLists(call, cluster),
    ...writes,
    read,
    // A thousand take seconds, over connections that are kept.
    foreseeRemoval: () => Promise.resolve(),
    attach: (uses, deadline, options) =>
      changePullSecrets("attach", uses, accounts(options), deadline),
    detach: (uses, deadline, options) =>
      changePullSecrets("detach", uses, accounts(options), deadline),
    close: () => void opened?.then(({ connector }) => connector.close(), () => {}),
  };
}
