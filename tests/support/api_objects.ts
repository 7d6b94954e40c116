import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";

/** The fields of a Secret in the API that tests use. */
export interface ApiSecret {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly finalizers?: readonly string[];
  };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** Sends requests to an API server as its administrator. */
export type ApiRequest = ControlPlaneClient["request"];

/** Another client of the cluster: creates and reads objects without the program under test. */
export interface Bystander {
  /** Creates a namespace. @default a unique name */
  namespace(phase?: "Active" | "Terminating", name?: string): Promise<string>;
  /** Creates or replaces a secret. */
  put(secret: ApiSecret): Promise<ApiSecret>;
  find(namespace: string, name: string): Promise<ApiSecret | undefined>;
  remove(namespace: string, name: string): Promise<void>;
}

/**
 * Limits the number of secrets in a namespace by a quota; resolves when the quota is enforced. Its status
 * is set here, since no quota controller is running.
 */
export async function limitSecrets(
  request: ApiRequest,
  namespace: string,
  secrets: number,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  const quota = {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "secrets" },
    spec: { hard: { secrets: String(secrets) } },
  };
  const { body } = await request("POST", `${path}/resourcequotas`, quota);
  const status = { hard: quota.spec.hard, used: { secrets: "0" } };
  await request("PUT", `${path}/resourcequotas/secrets/status`, { ...body, status });
  const probe = { apiVersion: "v1", kind: "Secret", metadata: { name: "probe" } };
  while ((await request("POST", `${path}/secrets?dryRun=All`, probe)).status !== 403) {
    await new Promise((resolve) => setTimeout(resolve, 20)); // until its caches are updated
  }
}

/** A unique name. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${crypto.randomUUID().slice(0, 13)}`;
}

export function bystander(request: ApiRequest): Bystander {
  async function done(method: string, path: string, body?: unknown): Promise<ApiSecret> {
    const answer = await request(method, path, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }
  const secrets = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;
  return {
    async namespace(phase = "Active", name = uniqueName("ns")) {
      await done("POST", "/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name },
      });
      // The namespace stays: no controller removes the finalizer "kubernetes". Where one does, as in
      // the emulator, another finalizer keeps it.
      if (phase === "Terminating") {
        const finalizers = { metadata: { finalizers: ["tests.invalid/held"] } };
        await done("PATCH", `/api/v1/namespaces/${name}`, finalizers);
        await done("DELETE", `/api/v1/namespaces/${name}`);
      }
      return name;
    },
    async put(secret) {
      const { namespace, name } = secret.metadata;
      const body = { apiVersion: "v1", kind: "Secret", ...secret };
      const created = await request("POST", secrets(namespace), body);
      if (created.status === 201) return created.body;
      if (created.status === 409) return await done("PUT", `${secrets(namespace)}/${name}`, body);
      throw new Error(`Cannot put ${namespace}/${name}: ${JSON.stringify(created.body)}`);
    },
    async find(namespace, name) {
      const answer = await request("GET", `${secrets(namespace)}/${name}`);
      return answer.status === 404 ? undefined : answer.body;
    },
    async remove(namespace, name) {
      await done("DELETE", `${secrets(namespace)}/${name}`);
    },
  };
}
