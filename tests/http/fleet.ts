import assert from "node:assert/strict";
import { inMemory, usable } from "../../src/clusters/fake/in_memory.ts";
import type { OpenCluster } from "../../src/clusters/open.ts";
import type { ClusterSource, UsableCluster } from "../../src/clusters/source.ts";
import { FakeCluster } from "../../src/kube/fake/store.ts";
import type { ClusterEntry, FleetAnswer, FleetEvent } from "../../src/operations/fleet_answers.ts";
import { PREFIX as V1 } from "../../src/operations/routes.ts";
import { assertDocumented } from "./documented.ts";
import { assertRequestDocumented } from "./request_schemas.ts";
import { type Stage, stage, type StageOptions } from "./stage.ts";
import { CANARY, get, type Headers, post } from "./support.ts";

/** Several clusters in memory, and requests about a selection of them. */

export interface FleetStage extends Stage {
  readonly fleet: Readonly<Record<string, FakeCluster>>;
}

export interface FleetOptions extends Omit<StageOptions, "sources"> {
  /** What else is known of each cluster, by name. @default `a`, `b` and `c` */
  readonly known?: Readonly<Record<string, Partial<UsableCluster>>>;
  /** Overrides of the cluster source. */
  readonly source?: Partial<ClusterSource>;
  /** The clusters behind the names. @default clusters with the namespaces `default` and `argocd` */
  readonly fleet?: Readonly<Record<string, FakeCluster>>;
  /** Called before a cluster is opened. */
  readonly onOpen?: (name: string) => void | Promise<void>;
}

export const THREE = { a: {}, b: {}, c: {} };

export function fleetStage(
  { known = THREE, source = {}, onOpen = () => {}, clusters, ...options }: FleetOptions = {},
): FleetStage {
  const fleet = options.fleet ?? Object.fromEntries(
    Object.keys(known).map((name) => {
      const cluster = new FakeCluster();
      for (const each of ["default", "argocd"]) cluster.namespaces.set(each, "Active");
      return [name, cluster];
    }),
  );
  const entries = Object.entries(known).map(([name, more]) => usable(name, more));
  const sources = [{ ...inMemory(...entries), ...source }];
  const opened: string[] = [];
  const open: OpenCluster = async (name) => {
    opened.push(name);
    await onOpen(name);
    const store = fleet[name]!.store();
    const { identity, own } = entries.find((each) => each.name === name)!;
    const labels = (await sources[0]!.find(name))?.labels;
    const { argocdNamespace = "argocd", seconds = 10 } = options;
    return {
      ...{ kind: "open", name, store, lockScope: identity, seconds, labels },
      argocdNamespace:
        (own.argocdNamespace === undefined ? argocdNamespace : own.argocdNamespace) ?? undefined,
    };
  };
  const it = stage({
    ...options,
    sources,
    clusters: { open, ...clusters },
  });
  return { ...it, fleet, opened };
}

export const PULL_SECRET = {
  name: "my-docker-secret",
  username: "ci",
  password: CANARY,
  namespaces: ["default"],
};

/** Writes a pull secret. */
export const addDocker = (which: object, headers: Headers = {}) =>
  post(`${V1}/docker`, { ...PULL_SECRET, ...which }, headers);

export const list = (query: string, headers: Headers = {}) =>
  get(`${V1}/secrets?${query}`, headers);

export interface Answered {
  readonly status: number;
  readonly body: FleetAnswer & { readonly message?: string; readonly code?: string };
}

/** Requests JSON, which must match OpenAPI. */
export async function answered({ app }: Pick<Stage, "app">, request: Request): Promise<Answered> {
  const copy = request.method === "POST" ? request.clone() : undefined;
  const response = await app.fetch(request);
  const text = await response.text();
  const body = JSON.parse(text);
  await assertDocumented(request, response.status, body);
  if (copy) await assertRequestDocumented(copy, response.status, text);
  assert.ok(!text.includes(CANARY));
  return { status: response.status, body };
}

export const EVENTS = { Accept: "application/x-ndjson" };

export const eventsIn = (text: string): FleetEvent[] =>
  text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));

/** The status of each entry, by cluster. */
export const statuses = (entries: readonly ClusterEntry[]) =>
  Object.fromEntries(entries.map(({ cluster, status_code }) => [cluster, status_code]));

/** The answer in a cluster's entry. */
export const answerOf = (entries: readonly ClusterEntry[], cluster: string) =>
  entries.find((each) => each.cluster === cluster)!.answer as Record<string, unknown>;

/** The clusters that hold a pull secret. */
export const holders = ({ fleet }: FleetStage) =>
  Object.entries(fleet).filter(([, { secrets }]) => secrets.has("default/my-docker-secret"))
    .map(([name]) => name);
