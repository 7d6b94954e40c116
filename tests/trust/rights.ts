import { load } from "js-yaml";
import { controlPlaneFromEnv } from "../../scripts/control_plane/connect.ts";
import { type Access, administrator, clientOf } from "../crash/admin.ts";
import type { World } from "./world.ts";

/** A user of the API server whose permissions are granted for each namespace. */

const USER = "two-namespaces";
const GROUP = "rbac.authorization.k8s.io";

/** All verbs that a write needs. */
export const ALL_VERBS: readonly string[] = ["get", "list", "create", "update", "delete"];

export async function keeper(): Promise<Access> {
  const plane = controlPlaneFromEnv()!;
  const { users } = load(await Deno.readTextFile(plane.kubeconfigs[USER])) as {
    users: [{ user: { token: string } }];
  };
  return { ...await administrator(plane), token: users[0].user.token };
}

/** Gives the user exactly these permissions on secrets of a namespace; resolves when they are in effect. */
export async function grant(
  { request }: World,
  person: Access,
  namespace: string,
  verbs: readonly string[],
): Promise<void> {
  const base = `/apis/${GROUP}/v1/namespaces/${namespace}`;
  const metadata = { name: USER, namespace };
  const rules = verbs.length === 0 ? [] : [{ apiGroups: [""], resources: ["secrets"], verbs }];
  const role = { metadata, rules };
  const created = await request("POST", `${base}/roles`, role);
  if (created.status === 409) await request("PUT", `${base}/roles/${USER}`, role);
  await request("POST", `${base}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: GROUP, kind: "Role", name: USER },
    subjects: [{ kind: "User", apiGroup: GROUP, name: USER }],
  });
  const client = clientOf(person);
  try {
    while (!await holds(client.request, namespace, verbs)) {
      await new Promise((resolve) => setTimeout(resolve, 20)); // the API server's caches follow
    }
  } finally {
    client.close();
  }
}

async function holds(
  asPerson: World["request"],
  namespace: string,
  verbs: readonly string[],
): Promise<boolean> {
  const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const answers = await Promise.all(ALL_VERBS.map(async (verb) => {
    const resourceAttributes = { namespace, verb, resource: "secrets" };
    const { body } = await asPerson("POST", path, { spec: { resourceAttributes } });
    return body.status?.allowed === verbs.includes(verb);
  }));
  return answers.every((isSo) => isSo);
}
