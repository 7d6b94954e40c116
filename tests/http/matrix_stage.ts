import assert from "node:assert/strict";
import { inMemory, usable } from "../../src/clusters/fake/in_memory.ts";
import type { UsableCluster } from "../../src/clusters/source.ts";
import { KubeError, type KubeErrorKind } from "../../src/kube/errors.ts";
import { FakeCluster } from "../../src/kube/fake/store.ts";
import type { SecretStore } from "../../src/kube/store.ts";
import type { ColumnRow, CredentialMatrix } from "../../src/fleet/matrix/shapes.ts";
import type { FleetEvent } from "../../src/operations/fleet_answers.ts";
import { encodeBase64Text } from "../../src/text/bytes.ts";
import { assertDocumented } from "./documented.ts";
import { search } from "./requests.ts";
import { DOCKER_LABELS, type Stage, stage, type StageOptions } from "./stage.ts";
import { assertAbsent, CANARY, get, type Headers } from "./support.ts";

/** Several in-memory clusters, and the matrix of their credentials. */

export interface MatrixStage extends Stage {
  readonly clusters: Readonly<Record<string, FakeCluster>>;
  /** The response of `GET /api/v1/credentials`, which matches OpenAPI and contains no password. */
  ask(parameters?: Record<string, string>, headers?: Headers): Promise<Answered>;
  /** The same as a stream of events. */
  follow(parameters?: Record<string, string>): Promise<readonly FleetEvent[]>;
}

export interface Answered {
  readonly status: number;
  readonly body: CredentialMatrix & Readonly<Record<string, unknown>>;
}

/** One cluster's setup. */
export interface Kept {
  readonly labels?: Readonly<Record<string, string>>;
  /** What else its source knows of it. */
  readonly known?: Partial<UsableCluster>;
  readonly argocdNamespace?: string | null;
  /** The error of its calls. */
  readonly fails?: KubeErrorKind;
  /** The call that fails. @default all */
  readonly failsAt?: string;
  /** Whether only single namespaces can be listed. @default false */
  readonly isNarrow?: boolean;
  /** A namespace that cannot be listed, although all namespaces at once can. */
  readonly refused?: string;
  fill?(cluster: FakeCluster): void;
}

/** A pull secret with one of the configured labels. */
export function putPull(
  cluster: FakeCluster,
  ref: { namespace: string; name: string },
  auths: Record<string, { username: string; password: string }>,
  more: Partial<Parameters<FakeCluster["put"]>[0]> = {},
): void {
  const [label] = Object.entries(DOCKER_LABELS);
  cluster.put({
    ...ref,
    type: "kubernetes.io/dockerconfigjson",
    labels: Object.fromEntries([label!]),
    ...more,
  }, { ".dockerconfigjson": encodeBase64Text(JSON.stringify({ auths })) });
}

/** An Argo CD secret. */
export function putArgocd(
  cluster: FakeCluster,
  name: string,
  type: string,
  data: Readonly<Record<string, string>>,
  annotations: Record<string, string> = {},
): void {
  cluster.put(
    { namespace: "argocd", name, labels: { "argocd.argoproj.io/secret-type": type }, annotations },
    Object.fromEntries(Object.entries(data).map(([key, text]) => [key, encodeBase64Text(text)])),
  );
}

export function matrixStage(
  kept: Readonly<Record<string, Kept>>,
  options: StageOptions = {},
): MatrixStage {
  const clusters = Object.fromEntries(
    Object.entries(kept).map(([name, { fails, failsAt, fill }]) => {
      const cluster = new FakeCluster();
      for (const each of ["default", "argocd"]) cluster.namespaces.set(each, "Active");
      fill?.(cluster);
      if (fails !== undefined) {
        cluster.fault = ({ method }) =>
          failsAt === undefined || method === failsAt ? { kind: "throw", error: fails } : undefined;
      }
      return [name, cluster];
    }),
  );
  const it = stage({
    ...options,
    sources: [
      inMemory(
        ...Object.entries(kept).map(([name, { labels = {}, known }]) =>
          usable(name, { labels, ...known })
        ),
      ),
    ],
    services: {
      fingerprint: async (value) => {
        const bytes = new TextEncoder().encode(value.reveal());
        return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
      },
      ...options.services,
    },
    clusters: {
      open(name) {
        const { argocdNamespace = "argocd", isNarrow = false, refused } = kept[name]!;
        const store = clusters[name]!.store();
        return Promise.resolve({
          kind: "open",
          name,
          store: isNarrow || refused ? limited(store, refused) : store,
          lockScope: name,
          seconds: 10,
          argocdNamespace: argocdNamespace ?? undefined,
          labelsAt: "clusters/labels.yaml",
        });
      },
      ...options.clusters,
    },
  });
  const send = async (parameters: Record<string, string>, headers: Headers) => {
    const request = get(`/api/v1/credentials?${search(parameters)}`, headers);
    const response = await it.app.fetch(request);
    const text = await response.text();
    assertAbsent(text + it.logged.join(""), CANARY);
    return { request, response, text };
  };
  return {
    ...it,
    clusters,
    async ask(parameters = {}, headers = {}) {
      const { request, response: { status }, text } = await send(parameters, headers);
      const body = JSON.parse(text);
      await assertDocumented(request, status, body);
      return { status, body };
    },
    async follow(parameters = {}) {
      const { response, text } = await send(parameters, { Accept: "application/x-ndjson" });
      assert.equal(response.headers.get("Content-Type"), "application/x-ndjson");
      return text.trimEnd().split("\n").map((line) => JSON.parse(line));
    },
  };
}

/**
 * The store of a kubeconfig whose user can list only single namespaces.
 * @param refused instead: the only namespace that cannot be listed
 */
function limited(store: SecretStore, refused: string | undefined): SecretStore {
  return {
    ...store,
    listData(query, deadline) {
      if (query.namespace !== refused) return store.listData(query, deadline);
      return Promise.reject(new KubeError("forbidden", "secrets is forbidden"));
    },
  };
}

/** Each row in a line: `docker/ghcr differs: a A, b B`. */
export function linesOf({ credentials }: CredentialMatrix): string[] {
  return credentials.map(({ id, state, cells }) =>
    `${id} ${state}: ` +
    Object.entries(cells).map(([name, cell]) =>
      `${name} ${cell.state === "present" ? cell.group ?? "present" : cell.reason ?? cell.state}`
    ).join(", ")
  );
}

/** The rows of a column, by their ids. */
export const idsOf = ({ credentials }: { readonly credentials: readonly ColumnRow[] }) =>
  credentials.map(({ id }) => id);
