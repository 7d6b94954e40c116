import assert from "node:assert/strict";
import {
  type ControlPlaneClient,
  controlPlaneFromEnv,
} from "../../scripts/control_plane/connect.ts";
import type { Declare } from "../support/declare.ts";
import { ofKind, type Parsed } from "./files.ts";

/** The name of everything in the manifests. */
export const NAME = "argocd-configurer";

const plane = controlPlaneFromEnv();

/** Declares a test on the real API server; ignored without one. */
export function planeTests(declare: Declare) {
  return (sentence: string, test: (plane: ControlPlaneClient) => Promise<void>): void =>
    declare({ name: sentence, ignore: plane === undefined, fn: () => test(plane!) });
}

/** The objects with names that no other test uses: all have the namespace's name. */
export function renamed(objects: readonly Parsed[], namespace: string): Parsed[] {
  return structuredClone(objects).map((object: Parsed) => {
    const { metadata, roleRef, subjects } = object;
    if (metadata.namespace === undefined) metadata.name = metadata.name.replace(NAME, namespace);
    else metadata.namespace = namespace;
    if (roleRef) roleRef.name = roleRef.name.replace(NAME, namespace);
    for (const subject of subjects ?? []) subject.namespace = namespace;
    return object;
  });
}

/** The paths where objects of these kinds are created. */
const PATHS: Record<string, (namespace: string) => string> = {
  Namespace: () => "/api/v1/namespaces",
  ServiceAccount: (namespace) => `/api/v1/namespaces/${namespace}/serviceaccounts`,
  ClusterRole: () => "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: () => "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
};

/** Creates the objects of these kinds during `use`, with their permissions in effect. */
export async function withObjects(
  plane: ControlPlaneClient,
  objects: readonly Parsed[],
  kinds: readonly string[],
  use: () => Promise<void>,
): Promise<void> {
  const made: string[] = [];
  try {
    for (const kind of kinds) {
      const object = ofKind(objects, kind);
      const path = PATHS[kind]!(object.metadata.namespace);
      const { status, body } = await plane.request("POST", path, object);
      assert.equal(status, 201, JSON.stringify(body));
      made.unshift(`${path}/${object.metadata.name}`);
    }
    if (kinds.includes("ClusterRoleBinding")) await untilAllowed(plane, objects);
    await use();
  } finally {
    for (const path of made) await plane.request("DELETE", path);
  }
}

/** Roles and bindings take effect a moment after they are created. */
async function untilAllowed(plane: ControlPlaneClient, objects: readonly Parsed[]): Promise<void> {
  const [{ name, namespace }] = ofKind(objects, "ClusterRoleBinding").subjects;
  const [{ apiGroups, resources, verbs }] = ofKind(objects, "ClusterRole").rules;
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: `system:serviceaccount:${namespace}:${name}`,
      resourceAttributes: { group: apiGroups[0], resource: resources[0], verb: verbs[0] },
    },
  };
  const end = performance.now() + 60_000;
  for (;;) {
    const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    const { status, body } = await plane.request("POST", path, review);
    assert.equal(status, 201, JSON.stringify(body));
    if (body.status.allowed) return;
    assert.ok(performance.now() < end, JSON.stringify(body.status));
  }
}
