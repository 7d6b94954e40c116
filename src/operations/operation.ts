import type { RouteConfig, z } from "@hono/zod-openapi";
import type { Actor } from "../credentials/actor.ts";
import type { AddServices } from "../credentials/adding.ts";
import type { CheckMemory } from "../credentials/checks/memory.ts";
import type { Begin } from "../credentials/recorded.ts";
import type { VerifyOne } from "../credentials/verify_credential.ts";
import type { Locks, Turns } from "../credentials/write/locks.ts";
import type { Writer } from "../credentials/writer.ts";
import type { AllClusters, Chosen, Each, StepEnded } from "../fleet/each.ts";
import type { Rotations } from "../fleet/rotation/rotations.ts";
import type { Fields } from "../fields/field.ts";
import type { Pause } from "../kube/deadline.ts";
import type { Sealed } from "../log/sealed.ts";
import type { Identity, Role } from "../tokens/rights.ts";
import type { AskedSelection, Attempted, AttemptedOnFleet, Done } from "./attempted.ts";
import type { Command, CommandHelp } from "./command.ts";
import type { Face } from "./face.ts";
import type { ClusterEntry, FleetEvent } from "./fleet_answers.ts";
import type { Audit, Clusters, ClusterSettings, OperationSettings, Place } from "./program.ts";
import type { Json } from "./reply.ts";

export type { AskedSelection, Attempted, AttemptedOnFleet, Done, Limited } from "./attempted.ts";
export type { Command, CommandHelp, FieldGroup } from "./command.ts";
export type { Audit, Clusters, ClusterSettings, OperationSettings, Place } from "./program.ts";

/** What an operation is about; a generated client has one group for each. */
export type Tag = "server" | "clusters" | "secrets" | "audit";

/** One thing that the program can do. Its module, and with it the schemas, is loaded when it is called. */
export interface Operation {
  /** By which OpenAPI, and a client that is generated from it, calls it. */
  readonly name: string;
  readonly tag: Tag;
  /** Who may call it, where there are tokens; `anyone` needs none. */
  readonly role: Role | "anyone";
  /** Whether it only looks, changes something, or tries a credential where it would be used. */
  readonly effect: "read" | "write" | "try";
  /**
   * How many clusters one call is about: `one`; `each`, which is one or, below `/api/v1`, each of a
   * selection by itself; `many`, a selection as a whole.
   */
  readonly clusters: "none" | "one" | "each" | "many";
  readonly method: "get" | "post" | "delete";
  /** Below `/api/v1`, as OpenAPI writes it: `/secrets/{name}`. */
  readonly path: string;
  /** The same at the root, for what was there before there were versions. */
  readonly root?: RootPath;
  /** What it does, for `GET /` and OpenAPI. */
  readonly summary: string;
  /** Names of its parameters, which `GET /` adds to the summary. */
  readonly parameters?: readonly string[];
  /** Whether it only looks, and needs the audit log for that. @default whether it is about that */
  readonly readsAuditLog?: true;
  /** How a command line asks for it; absent where it cannot. */
  readonly command?: Command;
  /** Other commands that ask for it, with some of its fields given: `clusters check`. */
  readonly alsoBy?: readonly (Command & {
    readonly input: Readonly<Record<string, unknown>>;
    /** The field by which the command asks for one cluster after the other; all where none is named. */
    readonly eachBy?: string;
  })[];
  load(): Promise<OperationModule>;
}

export interface RootPath {
  readonly path: string;
  /** Whether the bodies of its errors stay as they were in the first version. @default false */
  readonly isSeed?: boolean;
  /** Names of its parameters there. @default those that it has below `/api/v1` */
  readonly parameters?: readonly string[];
}

/** What the file of an operation exports. */
export interface OperationModule {
  /** Fields of its body, or parameters, as they are called below `/api/v1`. */
  readonly fields?: Fields;
  /** Of what has a {@link Command}. */
  readonly command?: CommandHelp;
  /** Of further commands, by their words: `clusters check`. */
  readonly otherCommands?: Readonly<Record<string, CommandHelp>>;
  /** What it takes and gives, for OpenAPI. */
  describe(face: Face): Description | Promise<Description>;
  /**
   * Understands what was given; nothing is asked or changed yet.
   * @throws {OperationError} says what is wrong with it; no value is quoted
   */
  take(given: Given): Taken;
}

/** Who calls, and how. */
export interface Caller {
  readonly requestId: string;
  readonly actor: Actor;
  readonly identity: Identity;
  readonly face: Face;
  /** For the audit log, should it be refused: `POST /api/v1/docker`. */
  readonly action: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone?: () => AbortSignal;
  /** Whether of several clusters events are wanted, as each ends, in place of one answer. @default false */
  readonly wantsEvents?: boolean;
}

/** What was given. */
export interface Given {
  readonly face: Face;
  readonly method: string;
  readonly query: URLSearchParams;
  /** Parameters that are parts of the path. */
  readonly path: Readonly<Record<string, string | undefined>>;
  /** As it was sent, of no bytes where there is none; or what it stands for, where nothing was sent. */
  readonly body: Uint8Array | Readonly<Record<string, unknown>>;
}

/** A call that is understood. */
export type Taken = TakenOfNone | TakenOfCluster | TakenOfMany | TakenOfFleet;

export interface TakenOfNone {
  readonly cluster?: undefined;
  readonly selection?: undefined;
  /** Absent of what only looks. */
  readonly attempt?: Attempted;
  readonly refuse?: undefined;
  run(context: Context): Promise<Done>;
}

export interface TakenOfCluster {
  /** The one that it is about. */
  readonly cluster: string;
  readonly selection?: undefined;
  readonly attempt?: Attempted;
  /**
   * Says what is wrong with what was given, on this cluster; nothing is asked or changed yet.
   * @throws {OperationError}
   */
  refuse?(place: Place): void;
  run(context: ClusterContext): Promise<Done>;
}

/** A call about several clusters: it is carried out on each by itself. */
export interface TakenOfMany {
  readonly cluster?: undefined;
  readonly run?: undefined;
  readonly refuse?: undefined;
  readonly steps?: undefined;
  /** Those that it is about. */
  readonly selection: AskedSelection;
  /** The call on one of them, of the same kind on each. */
  of(cluster: string): TakenOfCluster;
  /**
   * The one answer, where no events are wanted, made of what came of each.
   * @param entries sorted by name
   * @default each of them as it is, with counts
   */
  whole?(entries: readonly ClusterEntry[]): Json;
}

/** A call about several clusters in one or several steps, each of which is done on some of them. */
export interface TakenOfFleet {
  readonly cluster?: undefined;
  readonly run?: undefined;
  readonly refuse?: undefined;
  readonly of?: undefined;
  /** Those that it is about. */
  readonly selection: AskedSelection;
  /**
   * By which the call is known: the id of its own line in the audit log, and what the ids of its writes
   * begin with. @default made of the request's id
   */
  readonly id?: string;
  /**
   * Whether names of one API server stay apart that have Argo CD in different namespaces: of what is about
   * the secrets of each. What they have in common is not to be written by both. @default false
   */
  readonly looksByArgocd?: true;
  /** Its own line in the audit log, besides those of its steps. */
  readonly attempt?: AttemptedOnFleet;
  /**
   * Does it. What is thrown before the first event is an ordinary error, also where events are wanted;
   * later it ends the stream, as the event `done`.
   * @returns what came of it; the body of its answer is what `done` says where events are wanted
   */
  steps(context: FleetContext): FleetSteps;
}

export type FleetSteps = AsyncGenerator<FleetEvent, Done, void>;

/** What operations work with: the program, wired to clusters and settings. */
export interface Services {
  readonly version: string;
  readonly settings: OperationSettings;
  readonly clusters: Clusters;
  /** All operations, as `GET /` shows them. */
  readonly operations: readonly Operation[];
  readonly locks: Locks;
  readonly verifyOne: VerifyOne;
  /** Called with what would be a bug; the write goes on. */
  readonly onFault: (error: unknown) => void;
  /** @default the real one */
  readonly pause?: Pause;
  /** Of a credential; `undefined` when none can be made. */
  readonly fingerprint: (credential: Sealed<string>) => Promise<string | undefined>;
  /** What came of trying stored credentials. */
  readonly checks: CheckMemory;
  /** Why fingerprints compare until this process ends only; absent where they do for longer. */
  readonly fingerprintsEnd?: string;
  /** Whether they are by a key that was made just now, so that nobody can know one of them. */
  readonly fingerprintsAreNew?: boolean;
  /** Absent when there is none. */
  readonly auditLog?: Audit;
  /** Those that run, and that are remembered. */
  readonly rotations: Rotations;
}

/** For one call. */
export interface Context extends Omit<Services, "locks"> {
  readonly face: Face;
  readonly identity: Identity;
  readonly writer: Writer;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone?: () => AbortSignal;
  /** Records that the write begins; called before anything is changed. */
  readonly begin: Begin;
}

export interface ClusterContext extends Omit<Context, "settings">, AddServices {
  readonly settings: ClusterSettings;
  /** Whom else its writes wait for. */
  readonly locks: Turns;
}

/** For one call about several clusters. */
export interface FleetContext extends Context {
  /** Those that it is about, sorted by name. */
  readonly chosen: readonly Chosen[];
  /** Whether events are wanted, as each cluster ends, in place of one answer. */
  readonly wantsEvents: boolean;
  /** Whether the program is about to stop, or nobody waits for the answer any more: no more is begun then. */
  isStopped(): boolean;
  /**
   * Does a step on several clusters. No further one is begun when it {@link isStopped}.
   */
  readonly each: Each<ClusterContext>;
  /**
   * All clusters that there are, whatever the call is about, to look at: those of one API server that have
   * Argo CD in different namespaces are apart.
   */
  all(): Promise<AllClusters>;
  /** What of an answer tells of one cluster: as the same request about that one alone is answered. */
  entryOf<Result>(ended: StepEnded<Result>, answer: (result: Result) => Json): ClusterEntry;
  /**
   * Counts values that are tried, where only the call itself knows how many.
   * @throws {OperationError} 429, on record, when it is too many
   */
  countTries(count: number): Promise<void>;
}

export interface Description {
  /** What the summary has no room for. */
  readonly about?: string;
  readonly request?: RouteConfig["request"];
  /** By status; besides those that any operation can give. */
  readonly answers: Answers;
}

export type Answers = Readonly<Record<number, DescribedAnswer>>;

export interface DescribedAnswer {
  /** When it is given. */
  readonly when: string;
  /** The body is one of these. */
  readonly bodies: readonly z.ZodType[];
  /** One line of it, where a stream of events is asked for. */
  readonly event?: z.ZodType;
}

export const SERVICE = "Cluster API Configuration Server";
