import assert from "node:assert/strict";
import { CheckMemory } from "../../src/credentials/checks/memory.ts";
import { WRITE_ANNOTATION } from "../../src/credentials/kinds/desired_secret.ts";
import type { VerifyOne } from "../../src/credentials/verify_credential.ts";
import type { FakeCluster } from "../../src/kube/fake/store.ts";
import type { SecretStore, StoredSecret } from "../../src/kube/store.ts";
import type { Proof, RotationCluster, VerifiedPlace } from "../../src/fleet/rotation/shapes.ts";
import type { Verdict, Verifiable } from "../../src/verify/verdict.ts";
import { assertDocumented } from "./documented.ts";
import { EVENTS, eventsIn, type FleetOptions, type FleetStage, fleetStage } from "./fleet.ts";
import { putArgocd, putPull } from "./matrix_stage.ts";
import { assertRequestDocumented } from "./request_schemas.ts";
import { storedLogin } from "./stage.ts";
import { assertAbsent, CANARY, get, type Headers, post } from "./support.ts";

/** Several in-memory clusters, and rotations over them. */

/** The old and the new value: no response, log or audit line may contain either. */
export const OLD = `${CANARY}-old`;
export const NEW = `${CANARY}-new`;

/** A fingerprint that distinguishes values, as real ones do. */
export async function fingerprintOf(value: string): Promise<string> {
  const bytes = new TextEncoder().encode(value);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

const MANAGED = { annotations: { [WRITE_ANNOTATION]: "an-earlier-write" } };

/** A pull secret managed by argocd-configurer. */
export function putManaged(
  cluster: FakeCluster,
  name = "ghcr",
  password = OLD,
  more: Partial<StoredSecret> = {},
): void {
  const auths = { "ghcr.io": { username: "ci", password } };
  putPull(cluster, { namespace: "default", name }, auths, { ...MANAGED, ...more });
}

/** An Argo CD repository managed by argocd-configurer. */
export function putRepository(cluster: FakeCluster, name = "app", password = OLD): void {
  const url = "https://git.example.com/org/app";
  putArgocd(cluster, name, "repository", { type: "git", url, username: "ci", password });
  const stored = cluster.secrets.get(`argocd/${name}`)!;
  cluster.secrets.set(`argocd/${name}`, { ...stored, ...MANAGED });
}

export const passwordIn = (cluster: FakeCluster, name = "ghcr") =>
  storedLogin(cluster, `default/${name}`).password;

const ACCEPTED: Verdict = {
  ...{ reachable: true, accepted: true, may: [], asked: "https://ghcr.io/", why: "It is accepted" },
};

export interface RotationAnswer extends Partial<Proof> {
  readonly success: boolean;
  readonly rotation: string;
  readonly state: string;
  readonly clusters: readonly RotationCluster[];
  readonly verified?: readonly VerifiedPlace[];
  readonly code?: string;
  readonly message?: string;
  readonly field?: string;
  readonly [more: string]: unknown;
}

export interface RotationStage extends FleetStage {
  /** What was verified. */
  readonly tried: Verifiable[];
  /** Sends a rotation from the old value to the new one, by default on all clusters. */
  rotate(more?: object, headers?: Headers): Promise<Answered>;
  follow(more?: object, headers?: Headers): Promise<Record<string, unknown>[]>;
  show(id: string, headers?: Headers): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly body: RotationAnswer;
}

export interface RotationOptions extends FleetOptions {
  /** The result of a verification. @default accepted */
  readonly verdict?: (what: Verifiable) => Verdict | Promise<Verdict>;
  /** Sets up each cluster. @default one pull secret with the old value */
  readonly fill?: (cluster: FakeCluster, name: string) => void;
  /** Wraps the stores of some clusters, by name. */
  readonly stores?: Readonly<Record<string, (store: SecretStore) => SecretStore>>;
}

/** The body of a rotation. */
export const rotation = (more: object = {}) => ({
  find: { password: OLD },
  set: { password: NEW },
  clusters: ["*"],
  ...more,
});

export function rotationStage(
  { verdict = () => ACCEPTED, fill = (cluster) => putManaged(cluster), stores, ...options }:
    RotationOptions = {},
): RotationStage {
  const tried: Verifiable[] = [];
  const verifyOne: VerifyOne = async (what) => {
    tried.push(what);
    return await verdict(what);
  };
  const it = fleetStage({
    verifyOne,
    ...options,
    services: {
      checks: new CheckMemory(),
      fingerprint: (value) => fingerprintOf(value.reveal()),
      ...options.services,
    },
  });
  for (const [name, cluster] of Object.entries(it.fleet)) {
    fill(cluster, name);
    const store = cluster.store.bind(cluster);
    cluster.store = () => stores?.[name]?.(store()) ?? store();
  }
  const send = async (request: Request): Promise<{ status: number; text: string }> => {
    const response = await it.app.fetch(request);
    const text = await response.text();
    assertAbsent(text + it.logged.join(""), CANARY);
    return { status: response.status, text };
  };
  const asked = async (request: Request): Promise<Answered> => {
    const copy = request.method === "POST" ? request.clone() : undefined;
    const { status, text } = await send(request);
    const body = JSON.parse(text);
    await assertDocumented(request, status, body);
    if (copy) await assertRequestDocumented(copy, status, text);
    return { status, body };
  };
  const path = "/api/v1/rotations";
  return {
    ...it,
    tried,
    rotate: (more, headers) => asked(post(path, rotation(more), headers)),
    async follow(more, headers = {}) {
      const { status, text } = await send(post(path, rotation(more), { ...EVENTS, ...headers }));
      assert.equal(status, 200, text);
      return eventsIn(text) as unknown as Record<string, unknown>[];
    },
    show: (id, headers) => asked(get(`${path}/${id}`, headers)),
  };
}

/** The status of each cluster, by name. */
export const statusesOf = ({ clusters }: RotationAnswer) =>
  Object.fromEntries(clusters.map(({ cluster, status }) => [cluster, status]));

export const codesOf = ({ reasons = [] }: RotationAnswer) => reasons.map(({ code }) => code);
