import fc from "fast-check";
import type { CaseSecret } from "../../scripts/argocd_reader/answers.ts";
import { encodeBase64Text } from "../../src/text/bytes.ts";
import type { FakeCluster } from "../../src/kube/fake/store.ts";
import { makeSshKey } from "../http/material.ts";
import { type Stage, stage, stored } from "../http/stage.ts";
import { get, post } from "../http/support.ts";
import { type Place, place, urlAt } from "./urls.ts";

/** Generated requests to add_repo, over existing secrets. */

/** The values of a request: the password, and the SSH key. */
export const NEW = "new";
const NEW_KEY = makeSshKey();

export interface Held {
  readonly secretType: "repository" | "repo-creds";
  readonly type: string;
  readonly url: string;
  readonly project: string;
  readonly hasValue: boolean;
}

export interface Request {
  readonly as: "repository" | "repo-creds";
  readonly type: "git" | "helm" | "oci";
  readonly url: string;
  /** The index of an existing secret for the name, or a new name. */
  readonly name: number;
  readonly project: string | undefined;
  readonly template: boolean;
}

export interface Scene {
  readonly held: readonly Held[];
  readonly request: Request;
}

const SPELLED = {
  git: ["https", "https", "none", "http", "ssh", "scp"],
  helm: ["https", "oci", "oci", "none"],
  oci: ["oci", "oci", "none", "https"],
};

const GIVEN_ENDS = ["", "", "", "/", ".git", "/*"];

function request(at: Place, type: Request["type"]): fc.Arbitrary<Request> {
  return fc.record({
    as: fc.constantFrom("repository", "repo-creds"),
    type: fc.constant(type),
    url: urlAt(at, { forms: SPELLED[type], ends: GIVEN_ENDS }),
    name: fc.constantFrom(-1, -1, -1, 0, 1),
    project: fc.constantFrom(undefined, undefined, undefined, "a"),
    template: fc.constantFrom(true, true, false),
  });
}

function held(at: Place, type: Request["type"]): fc.Arbitrary<Held> {
  return fc.record({
    secretType: fc.constantFrom("repository", "repo-creds"),
    type: fc.constantFrom(type, type, type, type, "git", "helm", "oci", ""),
    url: fc.oneof(
      { weight: 3, arbitrary: urlAt(at, { forms: SPELLED[type], ends: ["", "", "/", ".git"] }) },
      urlAt(at),
    ),
    project: fc.constantFrom("", "", "", "a"),
    hasValue: fc.constantFrom(true, true, true, false),
  });
}

export const scene: fc.Arbitrary<Scene> = fc
  .tuple(place, fc.constantFrom("git", "helm", "helm", "oci"))
  .chain(([at, type]) =>
    fc.record({ held: fc.array(held(at, type), { maxLength: 4 }), request: request(at, type) })
  );

export interface Played {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly before: readonly CaseSecret[];
  readonly after: readonly CaseSecret[];
  /** The value in the request. */
  readonly value: string;
}

/** Sends the request to the program over an in-memory cluster. */
export async function play(scene: Scene, upsert = true): Promise<Played> {
  const it = stage();
  put(it, scene.held);
  const before = secretsOf(it.cluster);
  const { request } = scene;
  const { name, as, ...fields } = request;
  const isSsh = /^(ssh:|git@)/i.test(request.url);
  const response = await it.app.fetch(post("/secrets/add_repo", {
    cluster_name: "test-cluster",
    name: nameOf(name),
    as,
    ...fields,
    project: as === "repository" ? request.project : undefined,
    upsert,
    ...(isSsh ? { ssh_private_key: NEW_KEY } : { username: "user", password: NEW }),
  }));
  const body = await response.json();
  const after = secretsOf(it.cluster);
  return { status: response.status, body, before, after, value: isSsh ? NEW_KEY : NEW };
}

/** Sends the request, deletes the secret by its name, and returns what is left. */
export async function playAndDelete(request: Request): Promise<readonly CaseSecret[]> {
  const it = stage();
  const { name: _, ...fields } = request;
  await it.app.fetch(post("/secrets/add_repo", {
    cluster_name: "test-cluster",
    name: nameOf(-1),
    ...fields,
    project: request.as === "repository" ? request.project : undefined,
    username: "user",
    password: NEW,
  }));
  const query = new URLSearchParams({ cluster: "test-cluster", name: nameOf(-1) });
  await it.app.fetch(get(`/secrets?${query}`, {}, "DELETE"));
  return secretsOf(it.cluster);
}

/** The name of the secret at an index; any other index is a new name. */
export function nameOf(place: number): string {
  return place < 0 ? "wanted" : `held-${place}`;
}

function put({ cluster }: Stage, held: readonly Held[]): void {
  held.forEach(({ secretType, type, url, project, hasValue }, i) => {
    const data = {
      url,
      ...(type === "" ? {} : { type }),
      ...(project === "" ? {} : { project }),
      ...(hasValue ? { username: "user", password: `old-${i}` } : {}),
    };
    cluster.put(
      {
        namespace: "argocd",
        name: nameOf(i),
        labels: { "argocd.argoproj.io/secret-type": secretType },
      },
      Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, encodeBase64Text(text)]),
      ),
    );
  });
}

function secretsOf(cluster: FakeCluster): CaseSecret[] {
  return [...cluster.secrets].map(([ref, { name, labels, data }]) => ({
    name,
    secretType: labels["argocd.argoproj.io/secret-type"] ?? "",
    data: Object.fromEntries(
      Object.keys(data.reveal()).map((key) => [key, stored(cluster, ref, key)]),
    ),
  }));
}
