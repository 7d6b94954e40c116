import type { RouteConfig, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { AuditPage, AuditQuery, RefusedAttempt } from "../audit/audit_log.ts";
import type { Actor } from "../credentials/actor.ts";
import type { AddDocker, DockerAdded } from "../credentials/add_docker.ts";
import type { NotAccepted } from "../credentials/adding.ts";
import type { AddRepo, RepoAdded } from "../credentials/add_repo.ts";
import type { DockerCredential } from "../credentials/kinds/docker.ts";
import type { Listed, ListFailed } from "../credentials/list.ts";
import type { RemoveSecrets, SecretsRemoved } from "../credentials/remove_secrets.ts";
import type { SecretShown, ShowSecret } from "../credentials/show_secret.ts";
import type { ClusterNotFound } from "../credentials/stores.ts";
import type { Verified, VerifyRepo } from "../credentials/verify_credential.ts";
import type { Identity, Role } from "../tokens/rights.ts";
import type { Tokens } from "../tokens/tokens.ts";
import type { Answer } from "./answer.ts";

/** What the routes call: the use-cases, wired to clusters and settings. */
export interface UseCases {
  /** Names of the clusters, sorted. */
  clusterNames(): Promise<string[]>;
  listSecrets(cluster: string): Promise<Listed | ListFailed | ClusterNotFound>;
  showSecret(request: ShowSecret): Promise<SecretShown | ListFailed | ClusterNotFound>;
  addDocker(request: AddDocker): Promise<DockerAdded | NotAccepted | ClusterNotFound>;
  addRepo(request: AddRepo): Promise<RepoAdded | NotAccepted | ClusterNotFound>;
  removeSecrets(request: RemoveSecrets): Promise<SecretsRemoved | ClusterNotFound>;
  verifyDocker(credentials: readonly DockerCredential[]): Promise<Verified[]>;
  verifyRepo(request: VerifyRepo): Promise<Verified[]>;
}

export interface ServerDeps {
  readonly useCases: UseCases;
  readonly version: string;
  readonly argocdNamespace: string;
  /** Host names that are answered, besides this machine's. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may use the API, besides this machine's. */
  readonly corsOrigins: readonly string[];
  /** Requests under way at once, and bodies that are being read besides. @default 256 */
  readonly maxRequests?: number;
  /** Seconds that a client may take to send a body. @default 10 */
  readonly bodySeconds?: number;
  /** Whether a proxy in front says who the client is. @default false */
  readonly behindProxy?: boolean;
  /** Absent when anyone may act. */
  readonly tokens?: Tokens;
  /** Who that is, for the audit log. @default anonymous */
  readonly anyone?: string;
  /** Absent when there is none. */
  readonly auditLog?: Audit;
}

/** What of the audit log the HTTP edge uses; writes are recorded further in. */
export interface Audit {
  /** Records what was not allowed, before that is answered. It never rejects. */
  refused(attempt: RefusedAttempt): Promise<void>;
  /** @throws when the log cannot be read */
  read(query: AuditQuery): Promise<AuditPage>;
}

/** What a request carries on its way. */
export interface Env {
  Bindings: { from: string };
  Variables: {
    requestId: string;
    actor: Actor;
    identity: Identity;
    /** That it is about, once that is known. */
    cluster?: string;
  };
}

export type Tag = "server" | "clusters" | "secrets" | "audit";

/** One endpoint. Its module, and with it the schemas, is loaded when it is first asked for. */
export interface Endpoint {
  readonly method: "get" | "post" | "delete";
  /** As OpenAPI writes it: `/secrets/{name}`. */
  readonly path: string;
  /** Who may use it, where there are tokens; `anyone` needs none. */
  readonly role: Role | "anyone";
  /** By which OpenAPI, and a client that is generated from it, calls it. */
  readonly operationId: string;
  /** What it is about; a generated client has one group for each. */
  readonly tag: Tag;
  /** What it does, for `GET /` and OpenAPI. */
  readonly summary: string;
  /** Names of its parameters, which `GET /` adds to the summary. */
  readonly parameters?: readonly string[];
  load(): Promise<EndpointModule>;
}

/** What the file of an endpoint exports. */
export interface EndpointModule {
  /** What it takes and gives, for OpenAPI. */
  describe(): Description | Promise<Description>;
  readonly handle: Handle;
}

export interface Description {
  /** What the summary has no room for. */
  readonly about?: string;
  readonly request?: RouteConfig["request"];
  /** By status; besides those that any endpoint can give. */
  readonly answers: Answers;
}

export type Answers = Readonly<Record<number, DescribedAnswer>>;

export interface DescribedAnswer {
  /** When it is given. */
  readonly when: string;
  /** The body is one of these. */
  readonly bodies: readonly z.ZodType[];
}

export type Handle = (c: Context<Env>, deps: HandlerDeps) => Answer | Promise<Answer>;

export interface HandlerDeps extends ServerDeps {
  /** All endpoints, as `GET /` shows them. */
  readonly endpoints: readonly Endpoint[];
}

export const SERVICE = "Cluster API Configuration Server";
