import assert from "node:assert/strict";
import { uniqueName } from "../support/api_objects.ts";
import type { ApiSecret } from "../support/api_objects.ts";
import { decodeBase64 } from "../support/base64.ts";
import type { Canary } from "../support/canary.ts";
import type { Declare } from "../support/declare.ts";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import type { KubeconfigName } from "../../scripts/control_plane/kubeconfigs.ts";
import type { RotationAnswer } from "./rotation_answer.ts";
import { type Manifest, manifestOf, NOTE, type Shape, type Where } from "./leaked_shapes.ts";
import {
  type Asked,
  fleetTests,
  type FleetWorld,
  REAL,
  type RealName,
  type WorldOptions,
} from "./world.ts";

/** A leaked credential and its replacement. */
export interface Credential extends Canary {
  /** Contains characters that are escaped in JSON, in URLs and in base64. */
  readonly text: string;
}

export interface RotationWorld extends FleetWorld {
  /** Namespaces of this test only, with the same names on each real cluster. */
  readonly where: Where;
  readonly old: Credential;
  readonly new: Credential;
  credential(): Credential;
  /** Stores secrets with `kubectl apply`, as people do. */
  store(cluster: RealName, secrets: readonly Manifest[]): Promise<void>;
  /** Uses the kubeconfig of another user for a cluster. */
  as(cluster: RealName, who: KubeconfigName): Promise<void>;
  stored(cluster: RealName, namespace: string, name: string): Promise<ApiSecret>;
  /** The secrets of the real clusters that hold a credential in any form, annotations included. */
  holders(of: Canary): Promise<string[]>;
  /** Fails unless a secret matches its shape with this value, including the data of others. */
  assertHolds(cluster: RealName, shape: Shape, value: string): Promise<void>;
  rotate(body: object): Promise<Asked<RotationAnswer>>;
}

/** One label for each cluster, and a second for the hung one. */
const labelsFor = ({ argocd }: Where) =>
  [
    ...[...REAL, "alias"].map((name) =>
      `${name}: {argocd-configurer.io/argocd-namespace: ${argocd}}`
    ),
    'hung: {argocd-configurer.io/timeout: "1"}',
    "",
  ].join("\n");

/** Makes a function that declares a test of rotations on real API servers, with an audit log. */
export function rotationTests(declare: Declare) {
  const fleetTest = fleetTests(declare);
  return (
    sentence: string,
    options: WorldOptions,
    test: (world: RotationWorld) => Promise<void>,
  ): void =>
    fleetTest(sentence, { hasAuditLog: true, ...options }, async (fleet) => {
      const stored: [ControlPlaneClient, path: string][] = [];
      const world = await worldIn(fleet, stored);
      await fleet.write("labels.yaml", labelsFor(world.where));
      try {
        await test(world);
      } finally {
        await Promise.all(stored.map(([plane, path]) => plane.request("DELETE", path)));
      }
    });
}

async function worldIn(
  fleet: FleetWorld,
  kept: [ControlPlaneClient, path: string][],
): Promise<RotationWorld> {
  const { planes, ask, write } = fleet;
  const where = { argocd: uniqueName("argocd"), team: uniqueName("team") };
  await Promise.all(
    Object.values(planes).flatMap((plane) =>
      Object.values(where).map(async (name) => {
        const made = await plane.request("POST", "/api/v1/namespaces", { metadata: { name } });
        assert.equal(made.status, 201);
      })
    ),
  );
  const credential = (): Credential => {
    const canary = fleet.secret();
    return { ...canary, text: `${canary.value}/@:%+"` };
  };
  const stored: RotationWorld["stored"] = async (cluster, namespace, name) => {
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    const { status, body } = await planes[cluster].request("GET", path);
    assert.equal(status, 200, `${cluster}: ${path}`);
    return body;
  };
  return {
    ...fleet,
    where,
    old: credential(),
    new: credential(),
    credential,
    stored,
    async store(cluster, secrets) {
      for (const { metadata: { namespace, name } } of secrets) {
        kept.push([planes[cluster], `/api/v1/namespaces/${namespace}/secrets/${name}`]);
      }
      await apply(planes[cluster], secrets);
    },
    async as(cluster, who) {
      const text = await Deno.readTextFile(planes[cluster].kubeconfigs[who]);
      await write(`${cluster}.kubeconfig`, text);
    },
    async holders(of) {
      const found = await Promise.all(
        REAL.map(async (cluster) => await holdersIn(cluster, planes[cluster], of)),
      );
      return found.flat();
    },
    async assertHolds(cluster, shape, value) {
      const secret = await stored(cluster, where[shape.of], shape.name);
      const what = `${cluster}: ${shape.name}`;
      assert.deepEqual(understood(textsOf(secret)), understood(shape.data(value)), what);
      assert.equal(secret.type, shape.type, what);
      assert.equal(secret.metadata.annotations?.note, NOTE, what);
      for (const [key, label] of Object.entries(shape.labels)) {
        assert.equal(secret.metadata.labels?.[key], label, what);
      }
    },
    rotate: (body) => ask<RotationAnswer>("POST", "/rotations", body),
  };
}

async function apply(plane: ControlPlaneClient, items: readonly Manifest[]): Promise<void> {
  const child = new Deno.Command(plane.kubectl, {
    args: ["--kubeconfig", plane.kubeconfigs.administrator, "apply", "-f", "-"],
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items,
  })));
  await writer.close();
  const { code, stderr } = await child.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

async function holdersIn(
  cluster: string,
  plane: ControlPlaneClient,
  { absentFrom }: Canary,
): Promise<string[]> {
  const { body } = await plane.request("GET", "/api/v1/secrets");
  return (body.items as ApiSecret[]).flatMap((secret) => {
    const { namespace, name } = secret.metadata;
    try {
      absentFrom(JSON.stringify(secret), "it");
      for (const text of Object.values(textsOf(secret))) absentFrom(text, "it");
      return [];
    } catch {
      return [`${cluster}/${namespace}/${name}`];
    }
  });
}

function textsOf({ data = {} }: ApiSecret): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decodeBase64(value)]));
}

/** Ignores white space in JSON, which may be rewritten. */
function understood(texts: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      key.startsWith(".docker") ? JSON.parse(text) : text,
    ]),
  );
}

/** Stores all shapes on the clusters, with the same value. */
export async function storeShapes(
  { store, where }: RotationWorld,
  clusters: readonly RealName[],
  shapes: readonly Shape[],
  value: string,
): Promise<void> {
  const manifests = shapes.map((shape) => manifestOf(shape, value, where));
  await Promise.all(clusters.map((cluster) => store(cluster, manifests)));
}
