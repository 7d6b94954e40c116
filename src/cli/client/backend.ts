import type { FleetEvent } from "../../operations/fleet_answers.ts";
import type { ArgocdLocation, Given, Operation } from "../../operations/operation.ts";
import { PREFIX } from "../../operations/routes.ts";
import { Failure } from "../failure.ts";

/** Fields by their names below `/api/v1`; secrets are plain texts. `undefined` means not given. */
export type Input = Readonly<Record<string, unknown>>;

/** The response to an operation. */
export interface Answer {
  /** HTTP status code. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** A sentence on what the user can do, which the operation itself cannot know. */
  readonly advice?: string;
  /** Where clusters were searched, if the selection of clusters was rejected. */
  readonly place?: string;
}

/** Events about several clusters: `started`, one for each cluster, and `done`. */
export type ClusterEvents = AsyncIterable<FleetEvent>;

export const isClusterEvents = (response: Answer | ClusterEvents): response is ClusterEvents =>
  Symbol.asyncIterator in response;

/** Runs operations: in this process, or on a running server. */
export interface Backend {
  /** Where clusters are searched, for messages. */
  readonly place: string;
  /** Whether this is a server. */
  readonly isRemote: boolean;
  /** Why its fingerprints are comparable within this run only; absent where they stay comparable. */
  readonly passing?: string;
  /** Whether nothing remembers its writes after this run. */
  readonly isForgotten?: boolean;
  /**
   * Resolves where Argo CD is on a cluster, without a request to that; `undefined` for an unknown cluster.
   * Absent where only a server knows.
   */
  placeOf?(cluster: string): Promise<ArgocdLocation | undefined>;
  /** Resolves the ignored files of the clusters folder, with the reasons; absent for a server. */
  ignoredFiles?(): Promise<readonly string[]>;
  /**
   * Resolves the timeout of an operation in seconds; `undefined` for none.
   * @param cluster that the operation is about, if it is about one
   */
  seconds(operation: Operation, cluster: string | undefined): Promise<number | undefined>;
  /** @throws {Failure} when there is no response */
  request(operation: Operation, input: Input): Promise<Answer>;
  /**
   * Runs an operation on several clusters, with an event as each finishes.
   * @param gone aborted to stop: clusters that were started finish, the rest is skipped. A server does the
   * same, but its events are no longer read
   * @returns the events, which throw a {@link Failure} where the stream breaks; or the answer, if the
   * operation failed before the first cluster
   * @throws {Failure} when there is no response
   */
  follow(operation: Operation, input: Input, gone: AbortSignal): Promise<Answer | ClusterEvents>;
  close(): Promise<void>;
}

/** Whether a request writes nothing, so that it is safe to repeat. */
export const changesNothing = ({ effect }: Operation, { dry_run }: Input): boolean =>
  effect !== "write" || dry_run === true;

/**
 * Whether a write may have happened although the response is not from argocd-configurer. A proxy's 5xx
 * proves as little as a 2xx; a redirect or a 4xx means that nothing was written.
 */
export const mayBeDone = ({ status }: Pick<Answer, "status">): boolean =>
  status < 300 || status >= 500;

/**
 * The failure for a response that argocd-configurer would not give.
 * @param isWrite whether the request changes something
 */
export function unexpectedResponse(
  { place }: Pick<Backend, "place">,
  { status }: Pick<Answer, "status">,
  isWrite = false,
): Failure {
  const message =
    `Unexpected response from ${place} (status ${status}). Is it an argocd-configurer server?`;
  return new Failure(
    isWrite && mayBeDone({ status })
      ? `${message} The write may have succeeded. ${CHECK_FIRST}`
      : message,
  );
}

/** What to do about a cluster that is not known. */
export const LIST_CLUSTERS = "'argocd-configurer clusters' lists the clusters";
export const IMPORT_SOME = "Import some with 'argocd-configurer clusters import'";

/** Whether it names a cluster that is not known, nor is one like it. */
export const isUnknownCluster = ({ body: { code, remedy } }: Answer): boolean =>
  code === "cluster_not_found" && remedy === undefined;

/** What to do about a write with an unknown outcome. */
export const CHECK_FIRST = "Check with 'secrets' before you run it again";

/** Splits an operation's input as a request has it: parameters in path and query, or a body. */
export function partsOf({ method, path }: Operation, input: Input) {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const isInPath = ([name]: [string, unknown]) => path.includes(`{${name}}`);
  const texts = (entries: [string, unknown][]) =>
    entries.map(([name, value]): [string, string] => [name, String(value)]);
  const rest = given.filter((entry) => !isInPath(entry));
  const hasBody = method === "post";
  return {
    face: "v1",
    method: method.toUpperCase(),
    path: Object.fromEntries(texts(given.filter(isInPath))),
    query: new URLSearchParams(hasBody ? [] : texts(rest)),
    body: hasBody ? Object.fromEntries(rest) : {},
    hasBody,
  } as const;
}

/** The request target: path from the root, and query. */
export function pathAndQuery(
  operation: Operation,
  { path, query }: Pick<Given, "path" | "query">,
): string {
  const below = operation.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => encodeURIComponent(path[name] ?? ""),
  );
  return PREFIX + below + (query.size === 0 ? "" : `?${query}`);
}
