import { dump, load } from "js-yaml";
import { controlPlaneFromEnv } from "../../../scripts/control_plane/connect.ts";
import { accountBystander, type ApiAccount } from "../../contract/accounts.ts";
import { uniqueName } from "../../support/api_objects.ts";
import { decodeBase64 } from "../../support/base64.ts";
import type { Declare } from "../../support/declare.ts";
import { type RealProgram, realTests, TRANSPORTS } from "../../support/real_program.ts";

/** Direct access to the real API server: users, policies, service accounts, kubectl. */

const plane = controlPlaneFromEnv();

async function done(method: string, path: string, body?: unknown) {
  const answer = await plane!.request(method, path, body);
  if (answer.status < 300) return answer.body;
  throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Makes a function that declares a test over each transport, with its own Argo CD namespace. */
export function argocdNamespaceTests(declare: Declare) {
  const { realTestOver } = realTests(declare);
  return (
    sentence: string,
    test: (program: RealProgram, argocd: string) => Promise<void>,
  ): void => {
    for (const transport of TRANSPORTS) {
      const argocd = uniqueName("argocd");
      realTestOver(transport, { "argocd-namespace": argocd }, sentence, async (program) => {
        await program.namespace("Active", argocd);
        await test(program, argocd);
      });
    }
  };
}

/** A namespace with these labels and a unique name. */
export async function labelledNamespace(labels: Record<string, string>): Promise<string> {
  const name = uniqueName("ns");
  const metadata = { name, labels };
  await done("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
  return name;
}

export async function namespaceIsThere(name: string): Promise<boolean> {
  return (await plane!.request("GET", `/api/v1/namespaces/${name}`)).status === 200;
}

/** Creates or replaces a service account. */
export async function putAccount(
  namespace: string,
  name: string,
  more: Partial<ApiAccount> = {},
): Promise<void> {
  const account = { metadata: { namespace, name }, ...more };
  await accountBystander(plane!.request).putAccount(account);
}

export async function findAccount(
  namespace: string,
  name: string,
): Promise<ApiAccount | undefined> {
  return await accountBystander(plane!.request).findAccount(namespace, name);
}

/** The decoded data of a secret as kubectl prints it; `undefined` if there is none. */
export async function kubectlData(
  namespace: string,
  name: string,
): Promise<Record<string, string> | undefined> {
  const { kubectl, kubeconfigs } = plane!;
  const { stdout, success, stderr } = await new Deno.Command(kubectl, {
    args: [
      ...["--kubeconfig", kubeconfigs.administrator, "--namespace", namespace],
      ...["get", "secret", name, "--ignore-not-found", "--output=json"],
    ],
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`kubectl get secret: ${text(stderr)}`);
  if (stdout.length === 0) return undefined;
  const data: Record<string, string> = JSON.parse(text(stdout)).data ?? {};
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decodeBase64(value)]));
}

/**
 * The versions of all secrets and service accounts of these namespaces, and of the namespaces
 * themselves; other namespaces change while other tests write.
 */
export async function versions(namespaces: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    namespaces.flatMap((namespace) =>
      ["secrets", "serviceaccounts"].map((kind) => `${namespace}/${kind}`)
    )
      .map((path) => done("GET", `/api/v1/namespaces/${path}`)),
  );
  const their = await Promise.all(
    namespaces.map((name) => done("GET", `/api/v1/namespaces/${name}`)),
  );
  return [...lists.flatMap((list) => list.items), ...their]
    .map(({ metadata: { namespace = "", name, uid, resourceVersion } }) =>
      [namespace, name, uid, resourceVersion].join("/")
    ).sort();
}

/** Makes the API server reject each secret in namespaces whose name contains this text. */
export async function refuseSecrets(namespace: string, text: string): Promise<void> {
  const name = uniqueName("refuse");
  const base = "/apis/admissionregistration.k8s.io/v1";
  await done("POST", `${base}/validatingadmissionpolicies`, {
    metadata: { name },
    spec: {
      matchConstraints: {
        resourceRules: [{
          apiGroups: [""],
          apiVersions: ["v1"],
          operations: ["CREATE", "UPDATE"],
          resources: ["secrets"],
        }],
      },
      validations: [{ expression: `!object.metadata.name.contains("${text}")` }],
    },
  });
  await done("POST", `${base}/validatingadmissionpolicybindings`, {
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ["Deny"],
      matchResources: {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      },
    },
  });
  const probe = { metadata: { name: `probe${text}x` } };
  const path = `/api/v1/namespaces/${namespace}/secrets?dryRun=All`;
  await until(async () => (await plane!.request("POST", path, probe)).status === 422);
}

export interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The kubeconfig of a new user with only these cluster-wide rights. */
export async function kubeconfigOf(...rules: readonly Rule[]): Promise<string> {
  const user = uniqueName("user");
  const group = "rbac.authorization.k8s.io";
  await done("POST", `/apis/${group}/v1/clusterroles`, {
    metadata: { name: user },
    rules: rules.map((rule) => ({ apiGroups: [""], ...rule })),
  });
  await done("POST", `/apis/${group}/v1/clusterrolebindings`, {
    metadata: { name: user },
    roleRef: { apiGroup: group, kind: "ClusterRole", name: user },
    subjects: [{ kind: "User", apiGroup: group, name: user }],
  });
  await until(() => isAllowed(user, rules));
  const text = await Deno.readTextFile(plane!.kubeconfigs.administrator);
  const config = load(text) as { users: { user: Record<string, string> }[] };
  for (const each of config.users) each.user.as = user;
  return dump(config);
}

/** The API server applies new roles with a delay. */
async function isAllowed(user: string, rules: readonly Rule[]): Promise<boolean> {
  const [first] = rules;
  const { status } = await done("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    spec: {
      user,
      resourceAttributes: { resource: first!.resources[0], verb: first!.verbs[0] },
    },
  });
  return status.allowed;
}
