import type { FleetEvent } from "../../operations/fleet_answers.ts";
import type { Given, Operation, Place } from "../../operations/operation.ts";
import { PREFIX } from "../../operations/routes.ts";
import { Failure } from "../failure.ts";

/** Fields as they are called below `/api/v1`; secrets are plain texts. What is `undefined` was not given. */
export type Input = Readonly<Record<string, unknown>>;

/** What came of an operation. */
export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the user can do about it that the operation does not know of. */
  readonly advice?: string;
  /** Where clusters were looked for, where nothing was done because of which were meant. */
  readonly place?: string;
}

/** What is told of several clusters: how many there are, each of them, and the end. */
export type Followed = AsyncIterable<FleetEvent>;

export const isFollowed = (came: Answer | Followed): came is Followed =>
  Symbol.asyncIterator in came;

/** By which operations are carried out: in this process, or by a running server. */
export interface Way {
  /** Where it looks, for messages. */
  readonly place: string;
  /** Whether it is a server. */
  readonly isRemote: boolean;
  /** Why its fingerprints compare within this run only; absent where they do for longer. */
  readonly passing?: string;
  /** Whether what it has done is known to nobody once this run has ended. */
  readonly isForgotten?: boolean;
  /**
   * Where Argo CD is on a cluster, without asking that; `undefined` when there is no such cluster.
   * Absent where a server knows.
   */
  placeOf?(cluster: string): Promise<Place | undefined>;
  /** Which files beside the kubeconfigs are none, and why; absent where a server has them. */
  passedOver?(): Promise<readonly string[]>;
  /**
   * After how many seconds an answer is given up; `undefined` where it is waited for without end.
   * @param cluster that it is about, where it is about one
   */
  seconds(operation: Operation, cluster: string | undefined): Promise<number | undefined>;
  /** @throws {Failure} when there is no answer */
  ask(operation: Operation, input: Input): Promise<Answer>;
  /**
   * Carries an operation out on several clusters and tells of each as it ends.
   * @param gone aborted when it is to end: what has begun ends, and the rest is not begun. A server is
   * not listened to any longer, and does the same
   * @returns the events, which throw a {@link Failure} where they are cut; or the answer, where it came
   * to nothing before any cluster was asked
   * @throws {Failure} when there is no answer
   */
  follow(operation: Operation, input: Input, gone: AbortSignal): Promise<Answer | Followed>;
  close(): Promise<void>;
}

/** Whether it leaves everything as it is, so that it may be asked again without a look. */
export const changesNothing = ({ effect }: Operation, { dry_run }: Input): boolean =>
  effect !== "write" || dry_run === true;

/**
 * Whether a write may have been done of which a strange answer tells: an error of a proxy tells as
 * little as a success. What is redirected or refused was not done.
 */
export const mayBeDone = ({ status }: Pick<Answer, "status">): boolean =>
  status < 300 || status >= 500;

/**
 * What is told of an answer that this program would not give.
 * @param isWrite whether what was asked for changes something
 */
export function strange(
  { place }: Pick<Way, "place">,
  { status }: Pick<Answer, "status">,
  isWrite = false,
): Failure {
  const what = `unexpected response (status ${status}); is it an argocd-configurer server?`;
  return new Failure(
    isWrite && mayBeDone({ status })
      ? `Cannot tell what ${place} has done: ${what} Look with 'secrets' before you send it again`
      : `Cannot ask ${place}: ${what}`,
  );
}

/** An operation's input where a request has it: parameters in its path and query, or its body. */
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

/** Path from the root, and query. */
export function targetOf(
  operation: Operation,
  { path, query }: Pick<Given, "path" | "query">,
): string {
  const below = operation.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => encodeURIComponent(path[name] ?? ""),
  );
  return PREFIX + below + (query.size === 0 ? "" : `?${query}`);
}
