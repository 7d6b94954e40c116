import type { RouteConfig, z } from "@hono/zod-openapi";
import type { Attempt, Credentials, Outcome, RefusedAttempt } from "../audit/entry.ts";
import type { AuditPage, AuditQuery } from "../audit/read.ts";
import type { WriteRecord } from "../audit/write_record.ts";
import type { ChosenCluster } from "../clusters/choose.ts";
import type { Described, WhichClusters } from "../clusters/describe.ts";
import type { OpenCluster, OpenedCluster } from "../clusters/open.ts";
import type { ListedClusters } from "../clusters/source.ts";
import type { Actor } from "../credentials/actor.ts";
import type { AddServices } from "../credentials/adding.ts";
import type { Begin } from "../credentials/recorded.ts";
import type { VerifyOne } from "../credentials/verify_credential.ts";
import type { Locks, Turns } from "../credentials/write/locks.ts";
import type { Writer } from "../credentials/writer.ts";
import type { Fields } from "../fields/field.ts";
import type { Checked } from "../kube/check.ts";
import type { Pause } from "../kube/deadline.ts";
import type { LabelSelector } from "../kube/label_selector.ts";
import type { Sealed } from "../log/sealed.ts";
import type { Identity, Role } from "../tokens/rights.ts";
import type { Face } from "./face.ts";
import type { Command, CommandHelp } from "./command.ts";
import type { ClusterEntry } from "./fleet_answers.ts";
import type { Json, Reply } from "./reply.ts";
import type { Part } from "./request_kinds.ts";

export type { Command, CommandHelp, FieldGroup } from "./command.ts";

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
export type Taken = TakenOfNone | TakenOfCluster | TakenOfMany;

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

/** Which clusters a request is about, as it says it; which there are is not looked up yet. */
export interface AskedSelection {
  /** Where it was said, for messages. */
  readonly part: Part;
  /** Names and patterns, behind a `!` what is taken out; without any, all that may be seen are meant. */
  readonly clusters: readonly string[];
  /** What has to match besides. */
  readonly selector?: LabelSelector | undefined;
  /** Names and patterns of those that go first and must all succeed. */
  readonly first: readonly string[];
  /** How many may fail. @default any number */
  readonly maxFailures?: number | undefined;
}

/** What the audit log says of an attempt. */
export interface Attempted {
  readonly dryRun: boolean;
  /** Values of which it tells whether they are right: the credentials that it tries, or a dry run's. */
  readonly tries: number;
  /** @param place where that is known */
  of(writer: Writer, place: Place): Attempt;
  /** The values, of which only fingerprints are recorded. */
  readonly credentials?: Credentials;
}

/** What came of it. */
export interface Done {
  /** For the audit log; of every attempt. */
  readonly outcome?: Outcome;
  /** @throws {OperationError} of what came to nothing */
  reply(): Reply;
}

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
  /** Why fingerprints compare until this process ends only; absent where they do for longer. */
  readonly fingerprintsEnd?: string;
  /** Absent when there is none. */
  readonly auditLog?: Audit;
}

/** The clusters that there are. */
export interface Clusters {
  /** Sorted. */
  names(): Promise<readonly string[]>;
  /** With their labels, and why those are not known. */
  list(): Promise<ListedClusters>;
  /** Of those with one API server the first, in the order given; with how each is asked. */
  choose(names: readonly string[]): Promise<readonly ChosenCluster[]>;
  readonly open: OpenCluster;
  /** What can be told of them without asking one. */
  describe(which: WhichClusters): Promise<Described>;
  /**
   * Asks clusters what can be found out, by name; of one that is not there or not used nothing.
   * @param gone aborted when nobody waits for the answer any more
   */
  check(
    names: readonly string[],
    gone?: AbortSignal,
  ): Promise<ReadonlyMap<string, Checked>>;
}

/** What holds for all clusters. */
export interface OperationSettings {
  readonly dockerLabels: Readonly<Record<string, string>>;
  /** Where to look when not all namespaces may be listed. @default those of a usual cluster */
  readonly dockerNamespaces?: readonly string[];
}

/** Where Argo CD is on one cluster, and its labels. */
export type Place = Pick<OpenedCluster, "argocdNamespace" | "labels" | "labelsAt">;

/** What holds for one cluster. */
export interface ClusterSettings extends Required<OperationSettings>, Omit<Place, "labels"> {
  /** For what it is asked, in all. */
  readonly seconds: number;
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

/** What of the audit log operations use. */
export interface Audit extends WriteRecord {
  /** Records what was not allowed, before that is answered. It never rejects. */
  refused(attempt: RefusedAttempt): Promise<void>;
  /** @throws when the log cannot be read */
  read(query: AuditQuery): Promise<AuditPage>;
}

export const SERVICE = "Cluster API Configuration Server";
