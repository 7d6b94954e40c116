import type { ApiRequest } from "../support/api_objects.ts";

/** The fields of a ServiceAccount that the tests check. */
export interface ApiAccount {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly secrets?: readonly { readonly name?: string }[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly automountServiceAccountToken?: boolean;
}

/** Another client of the cluster, for service accounts and namespaces. */
export interface AccountBystander {
  /** Creates or replaces a service account. */
  putAccount(account: ApiAccount): Promise<ApiAccount>;
  findAccount(namespace: string, name: string): Promise<ApiAccount | undefined>;
  /** The labels of a namespace; `undefined` if it does not exist. */
  labelsOf(namespace: string): Promise<Readonly<Record<string, string>> | undefined>;
}

export function accountBystander(request: ApiRequest): AccountBystander {
  const accounts = (namespace: string) => `/api/v1/namespaces/${namespace}/serviceaccounts`;
  async function found(path: string) {
    const { status, body } = await request("GET", path);
    return status === 404 ? undefined : body;
  }
  return {
    async putAccount(account) {
      const { namespace, name } = account.metadata;
      const body = { apiVersion: "v1", kind: "ServiceAccount", ...account };
      const created = await request("POST", accounts(namespace), body);
      if (created.status === 201) return created.body;
      const replaced = await request("PUT", `${accounts(namespace)}/${name}`, body);
      if (replaced.status === 200) return replaced.body;
      throw new Error(`Cannot put ${namespace}/${name}: ${JSON.stringify(replaced.body)}`);
    },
    findAccount: (namespace, name) => found(`${accounts(namespace)}/${name}`),
    async labelsOf(namespace) {
      const there = await found(`/api/v1/namespaces/${namespace}`);
      return there && (there.metadata.labels ?? {});
    },
  };
}

/** The names of a service account's pull secrets. */
export function pullSecrets(account: ApiAccount | undefined): (string | undefined)[] {
  return (account?.imagePullSecrets ?? []).map(({ name }) => name);
}
