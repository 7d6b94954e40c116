import type { KubeError } from "./errors.ts";
import type { SecretStore } from "./store.ts";

/**
 * A store that is made at its first call.
 * @param make called once; when it throws, the call rejects with that, and the next one tries again
 */
export function lateStore(make: () => SecretStore): SecretStore {
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

/** The store of a cluster that is not asked: every call rejects with the reason. */
export function refusedStore(reason: KubeError): SecretStore {
  return lateStore(() => {
    throw reason;
  });
}
