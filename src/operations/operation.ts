import type { RouteConfig, z } from "@hono/zod-openapi";
import type { Attempt, Credentials, Outcome, RefusedAttempt } from "../audit/entry.ts";
import type { AuditPage, AuditQuery } from "../audit/read.ts";
import type { WriteRecord } from "../audit/write_record.ts";
import type { Described, WhichClusters } from "../clusters/describe.ts";
import type { OpenCluster, OpenedCluster } from "../clusters/open.ts";
import type { Actor } from "../credentials/actor.ts";
import type { AddServices } from "../credentials/adding.ts";
import type { Begin } from "../credentials/recorded.ts";
import type { VerifyOne } from "../credentials/verify_credential.ts";
import type { Locks, Turns } from "../credentials/write/locks.ts";
import type { Writer } from "../credentials/writer.ts";
import type { Fields } from "../fields/field.ts";
import type { Checked } from "../kube/check.ts";
import type { Pause } from "../kube/deadline.ts";
import type { Sealed } from "../log/sealed.ts";
import type { Identity, Role } from "../tokens/rights.ts";
import type { Face } from "./face.ts";
import type { Reply } from "./reply.ts";

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
  /** How many clusters one call is about. */
  readonly clusters: "none" | "one";
  readonly method: "get" | "post" | "delete";
  /** Below `/api/v1`, as OpenAPI writes it: `/secrets/{name}`. */
  readonly path: string;
  /** The same at the root, as it was before there were versions. */
  readonly root: RootPath;
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

/** A command of the command line, as far as its list of all commands shows it. */
export interface Command {
  /** `docker add` */
  readonly words: readonly string[];
  /** What it does, in a clause without a period. */
  readonly brief: string;
  /** What all commands that begin with the same word have in common. @default that of the first */
  readonly group?: string;
}

/** What help says of a command besides, and how it takes its fields. */
export interface CommandHelp {
  /** One or more sentences, between what all commands have in common. */
  readonly full?: string;
  /** `1: refused; 2: …`, where they are others than those of all commands on clusters. */
  readonly exitCodes?: string;
  readonly examples: readonly (readonly [args: string, brief: string])[];
  /** Fields that are arguments by their place and not flags, in order. */
  readonly args?: readonly { readonly field: string; readonly brief: string }[];
  /** Which fields help shows together; what is not named here by its form and what the operation does. */
  readonly groups?: Readonly<Partial<Record<FieldGroup, readonly string[]>>>;
  /** Flags by one letter: `{ n: "namespaces" }` */
  readonly letters?: Readonly<Record<string, string>>;
  /** Fields whose flags come before all others, which have the order of the fields. */
  readonly first?: readonly string[];
  /** What the credential is for, where some of it is asked for at a terminal: a registry's host. */
  asks?(input: Readonly<Record<string, unknown>>): string;
}

/** Of fields: what is written, where to, what kind of repository, what is asked for, and how. */
export type FieldGroup = "credential" | "where" | "repository" | "which" | "how";

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
export type Taken = TakenOfNone | TakenOfCluster;

interface TakenOfNone {
  readonly cluster?: undefined;
  /** Absent of what only looks. */
  readonly attempt?: Attempted;
  readonly refuse?: undefined;
  run(context: Context): Promise<Done>;
}

interface TakenOfCluster {
  /** The one that it is about. */
  readonly cluster: string;
  readonly attempt?: Attempted;
  /**
   * Says what is wrong with what was given, on this cluster; nothing is asked or changed yet.
   * @throws {OperationError}
   */
  refuse?(place: Place): void;
  run(context: ClusterContext): Promise<Done>;
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
  /** Absent when there is none. */
  readonly auditLog?: Audit;
}

/** The clusters that there are. */
export interface Clusters {
  /** Sorted. */
  names(): Promise<readonly string[]>;
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

/** Where Argo CD is on one cluster. */
export type Place = Pick<OpenedCluster, "argocdNamespace" | "labelsAt">;

/** What holds for one cluster. */
export interface ClusterSettings extends Required<OperationSettings>, Place {
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
}

/** What of the audit log operations use. */
export interface Audit extends WriteRecord {
  /** Records what was not allowed, before that is answered. It never rejects. */
  refused(attempt: RefusedAttempt): Promise<void>;
  /** @throws when the log cannot be read */
  read(query: AuditQuery): Promise<AuditPage>;
}

export const SERVICE = "Cluster API Configuration Server";
