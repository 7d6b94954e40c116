/** The initial namespaces and rights of the test cluster. */
import { namespaces } from "./kubeconfigs.ts";

export interface ApiObject {
  path: string;
  body: unknown;
}

/** The objects to POST, in this order. */
export function initialObjects(): ApiObject[] {
  return [
    ...namespaces.map((name) => ({
      path: "/api/v1/namespaces",
      body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    })),
    ...secretKeeper("two-namespaces", namespaces[0]),
    ...secretKeeper("two-namespaces", namespaces[1]),
    ...clusterReader("reader"),
  ];
}

const group = "rbac.authorization.k8s.io";
const subjects = (name: string) => [{ kind: "User", apiGroup: group, name }];

function secretKeeper(user: string, namespace: string): ApiObject[] {
  const verbs = ["get", "list", "create", "update", "delete"];
  const base = `/apis/${group}/v1/namespaces/${namespace}`;
  const metadata = { name: user, namespace };
  return [{
    path: `${base}/roles`,
    body: { metadata, rules: [{ apiGroups: [""], resources: ["secrets"], verbs }] },
  }, {
    path: `${base}/rolebindings`,
    body: {
      metadata,
      roleRef: { apiGroup: group, kind: "Role", name: user },
      subjects: subjects(user),
    },
  }];
}

function clusterReader(user: string): ApiObject[] {
  const metadata = { name: user };
  const resources = ["secrets", "namespaces"];
  return [{
    path: `/apis/${group}/v1/clusterroles`,
    body: { metadata, rules: [{ apiGroups: [""], resources, verbs: ["get", "list"] }] },
  }, {
    path: `/apis/${group}/v1/clusterrolebindings`,
    body: {
      metadata,
      roleRef: { apiGroup: group, kind: "ClusterRole", name: user },
      subjects: subjects(user),
    },
  }];
}
