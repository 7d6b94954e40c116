import type { RouteConfig, z } from "@hono/zod-openapi";
import type { AddServices } from "../credentials/adding.ts";
import type { CheckMemory } from "../credentials/checks/memory.ts";
import type { Begin } from "../credentials/recorded.ts";
import type { VerifyOne } from "../credentials/verify_credential.ts";
import type { KeyLocks, Locks } from "../credentials/write/locks.ts";
import type { Actor, Writer } from "../credentials/writer.ts";
import type { AllClusters, Each, SelectedCluster, StepResult } from "../fleet/each.ts";
import type { Rotations } from "../fleet/rotation/rotations.ts";
import type { Fields } from "../fields/field.ts";
import type { Pause } from "../kube/deadline.ts";
import type { Sealed } from "../log/sealed.ts";
import type { Identity, Role } from "../tokens/rights.ts";
import type { AskedSelection, Attempted, AttemptedOnFleet, Done } from "./attempted.ts";
import type { Command, CommandHelp } from "./command.ts";
import type { Face } from "./face.ts";
import type { ClusterEntry, FleetEvent } from "./fleet_answers.ts";
import type {
  ArgocdLocation,
  Audit,
  Clusters,
  ClusterSettings,
  OperationSettings,
} from "./program.ts";
import type { Json } from "./reply.ts";

export type { AskedSelection, Attempted, AttemptedOnFleet, Done, Limited } from "./attempted.ts";
export type { Command, CommandHelp, FieldGroup } from "./command.ts";
export type {
  ArgocdLocation,
  Audit,
  Clusters,
  ClusterSettings,
  OperationSettings,
} from "./program.ts";

/** The group of an operation; a generated client has one group per tag. */
export type Tag = "server" | "clusters" | "secrets" | "audit";

/** An operation. Its module, which loads the schemas, is imported at the first call. */
export interface Operation {
  /** The operation id in OpenAPI, and the method of a generated client. */
  readonly name: string;
  readonly tag: Tag;
  /** The role that a token needs; `anyone` needs no token. */
  readonly role: Role | "anyone";
  /** Whether it reads, writes, or verifies credentials where they are used. */
  readonly effect: "read" | "write" | "try";
  /**
   * The clusters of one call: `one`; `each`, which is one or, below `/api/v1`, each of a selection
   * separately; `many`, a selection as a whole.
   */
  readonly clusters: "none" | "one" | "each" | "many";
  readonly method: "get" | "post" | "delete";
  /** Below `/api/v1`, as OpenAPI writes it: `/secrets/{name}`. */
  readonly path: string;
  /** The path at the root, for operations that are older than the versioned paths. */
  readonly root?: RootPath;
  /** What it does, in the imperative, for `GET /` and OpenAPI. */
  readonly summary: string;
  /** Names of its parameters, which `GET /` appends to the summary. */
  readonly parameters?: readonly string[];
  /** Whether a read needs the audit log. @default true for the tag `audit` */
  readonly readsAuditLog?: true;
  /** Its command; absent if the command line does not have it. */
  readonly command?: Command;
  /** Other commands for it, with some fields preset: `clusters check`. */
  readonly alsoBy?: readonly (Command & {
    readonly input: Readonly<Record<string, unknown>>;
    /** The field of the clusters, if the command sends one request per cluster; all if none is named. */
    readonly eachBy?: string;
  })[];
  load(): Promise<OperationModule>;
}

export interface RootPath {
  readonly path: string;
  /** Whether it is one of the seed's paths, whose errors keep the form of the first version. @default false */
  readonly isSeed?: boolean;
  /** Names of its parameters there. @default those below `/api/v1` */
  readonly parameters?: readonly string[];
}

/** The exports of the module of an operation. */
export interface OperationModule {
  /** The fields of its body, or its parameters, by their names below `/api/v1`. */
  readonly fields?: Fields;
  /** Present if it has a {@link Command}. */
  readonly command?: CommandHelp;
  /** Help of other commands, by their words: `clusters check`. */
  readonly otherCommands?: Readonly<Record<string, CommandHelp>>;
  /** Its request and responses, for OpenAPI. */
  describe(face: Face): Description | Promise<Description>;
  /**
   * Parses the input; uses no cluster.
   * @throws {OperationError} for invalid input; quotes no value
   */
  take(given: Given): ParsedCall;
}

/** The caller, and how the operation is called. */
export interface Caller {
  readonly requestId: string;
  readonly actor: Actor;
  readonly identity: Identity;
  readonly face: Face;
  /** For the audit log, if the request is rejected: `POST /api/v1/docker`. */
  readonly action: string;
  /** Aborted when the client has gone away. */
  readonly gone?: () => AbortSignal;
  /** Whether to stream an event per cluster instead of one response. @default false */
  readonly wantsEvents?: boolean;
}

/** The input of a call. */
export interface Given {
  readonly face: Face;
  readonly method: string;
  readonly query: URLSearchParams;
  /** Parameters in the path. */
  readonly path: Readonly<Record<string, string | undefined>>;
  /** The body as it was sent, empty if there is none; or the parsed object, for a call in process. */
  readonly body: Uint8Array | Readonly<Record<string, unknown>>;
}

/** A parsed call. */
export type ParsedCall = CallWithoutCluster | ClusterCall | EachClusterCall | SelectionCall;

export interface CallWithoutCluster {
  readonly cluster?: undefined;
  readonly selection?: undefined;
  /** Absent for a read. */
  readonly attempt?: Attempted;
  readonly refuse?: undefined;
  run(context: Context): Promise<Done>;
}

export interface ClusterCall {
  /** The name of the cluster. */
  readonly cluster: string;
  readonly selection?: undefined;
  readonly attempt?: Attempted;
  /**
   * Checks the input against the settings of this cluster, before it is used.
   * @throws {OperationError} for invalid input
   */
  refuse?(place: ArgocdLocation): void;
  run(context: ClusterContext): Promise<Done>;
}

/** A call about several clusters, which runs on each separately. */
export interface EachClusterCall {
  readonly cluster?: undefined;
  readonly run?: undefined;
  readonly refuse?: undefined;
  readonly steps?: undefined;
  readonly selection: AskedSelection;
  /** The call on one of the clusters, with the same kind of attempt on each. */
  of(cluster: string): ClusterCall;
  /**
   * Builds the response from the results, unless events are streamed.
   * @param entries sorted by name
   * @default lists all entries, with counts
   */
  whole?(entries: readonly ClusterEntry[]): Json;
  /**
   * Whether names of one API server with different namespaces of Argo CD stay separate, so that each Argo CD
   * gets its secrets. Secrets that they share must not be written twice. @default for reads
   */
  readonly byArgocd?: true;
  /**
   * Whether the answer of a cluster that succeeded is complete; otherwise the status is 207.
   * @default true
   */
  isWhole?(answer: object): boolean;
}

/** A call about several clusters in one or more steps, each on some of them. */
export interface SelectionCall {
  readonly cluster?: undefined;
  readonly run?: undefined;
  readonly refuse?: undefined;
  readonly of?: undefined;
  readonly selection: AskedSelection;
  /** Id of its own entry in the audit log, and prefix of its writes' ids. @default from the request's id */
  readonly id?: string;
  /** See {@link EachClusterCall.byArgocd}. */
  readonly byArgocd?: true;
  /** Its own entry in the audit log, besides those of its steps. */
  readonly attempt?: AttemptedOnFleet;
  /**
   * Runs the steps. An error before the first event is an ordinary error response, also if events are
   * streamed; a later one ends the stream with the event `done`.
   * @returns the result; if events are streamed, the body of its reply becomes the event `done`
   */
  steps(context: FleetContext): FleetSteps;
}

export type FleetSteps = AsyncGenerator<FleetEvent, Done, void>;

/** What operations use: the program, wired to clusters and settings. */
export interface Services {
  readonly version: string;
  readonly settings: OperationSettings;
  readonly clusters: Clusters;
  /** All operations, as `GET /` shows them. */
  readonly operations: readonly Operation[];
  readonly locks: Locks;
  readonly verifyOne: VerifyOne;
  /** Receives errors that are bugs; the write continues. */
  readonly onBug: (error: unknown) => void;
  /** @default the real one */
  readonly pause?: Pause;
  /** The fingerprint of a credential; `undefined` if it cannot be computed. */
  readonly fingerprint: (credential: Sealed<string>) => Promise<string | undefined>;
  /** The results of verifying stored credentials. */
  readonly checks: CheckMemory;
  /** Why fingerprints are only comparable until this process stops; absent if they are persistent. */
  readonly fingerprintsEnd?: string;
  /** Whether their key was created by this call, so that no earlier fingerprint can match. */
  readonly fingerprintsAreNew?: boolean;
  /** Absent if no audit log is configured. */
  readonly auditLog?: Audit;
  /** Running and remembered rotations. */
  readonly rotations: Rotations;
}

/** What one call uses. */
export interface Context extends Omit<Services, "locks"> {
  readonly face: Face;
  readonly identity: Identity;
  readonly writer: Writer;
  /** Aborted when the client has gone away. */
  readonly gone?: () => AbortSignal;
  /** Records the start of the write; called before anything is changed. */
  readonly begin: Begin;
}

export interface ClusterContext extends Omit<Context, "settings">, AddServices {
  readonly settings: ClusterSettings;
  /** Serializes writes to the same secrets. */
  readonly locks: KeyLocks;
}

/** What one call about several clusters uses. */
export interface FleetContext extends Context {
  /** The selected clusters, sorted by name. */
  readonly chosen: readonly SelectedCluster[];
  /** Whether an event per cluster is streamed instead of one response. */
  readonly wantsEvents: boolean;
  /** Whether the server is about to stop, or the client has gone away; no further cluster is started then. */
  isStopped(): boolean;
  /** Runs a step on several clusters. No further cluster is started once it {@link isStopped}. */
  readonly each: Each<ClusterContext>;
  /**
   * All clusters, whatever the selection, for reads. Names of one API server with different namespaces of Argo
   * CD stay separate.
   */
  all(): Promise<AllClusters>;
  /** The entry of one cluster in the response: the reply to the same request for that cluster alone. */
  entryOf<Result>(ended: StepResult<Result>, answer: (result: Result) => Json): ClusterEntry;
  /**
   * Counts verified values, if only the call itself knows how many there are.
   * @throws {OperationError} 429 over the limit; recorded in the audit log
   */
  countTries(count: number): Promise<void>;
}

export interface Description {
  /** Details besides the summary. */
  readonly about?: string;
  readonly request?: RouteConfig["request"];
  /** By status; without those of every operation. */
  readonly answers: Answers;
}

export type Answers = Readonly<Record<number, DescribedAnswer>>;

export interface DescribedAnswer {
  /** When the response is sent. */
  readonly when: string;
  /** The body is one of these. */
  readonly bodies: readonly z.ZodType[];
  /** One line, if the response is a stream of events. */
  readonly event?: z.ZodType;
}

export const SERVICE = "Cluster API Configuration Server";
