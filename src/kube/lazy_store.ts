import type { KubeError } from "./errors.ts";
import type { SecretStore } from "./store.ts";

/**
 * A store that is created by its first call.
 * @param make called once; when it throws, the call rejects with the error, and the next call retries
 */
export function lazyStore(make: () => SecretStore): SecretStore {
  let made: SecretStore | undefined;
  const store = () => made ??= make();
  return {
    list: async (...args) => await store().list(...args),
    listData: async (...args) => await store().listData(...args),
    read: async (...args) => await store().read(...args),
    create: async (...args) => await store().create(...args),
    replace: async (...args) => await store().replace(...args),
    remove: async (...args) => await store().remove(...args),
    foreseeRemoval: async (...args) => await store().foreseeRemoval(...args),
    namespaces: async (...args) => await store().namespaces(...args),
    createNamespaces: async (...args) => await store().createNamespaces(...args),
    serviceAccounts: async (...args) => await store().serviceAccounts(...args),
    attach: async (...args) => await store().attach(...args),
    detach: async (...args) => await store().detach(...args),
  };
}

/** The store of a cluster that cannot be used: every call rejects with the reason. */
export function unusableStore(reason: KubeError): SecretStore {
  return lazyStore(() => {
    throw reason;
  });
}
