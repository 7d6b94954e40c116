import type { FakeCluster } from "../../kube/fake/store.ts";
import { deadlineIn } from "../../kube/deadline.ts";
import type { SecretStore } from "../../kube/store.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import { MANAGED_BY, MANAGED_BY_LABEL, WRITE_ANNOTATION } from "../kinds/desired_secret.ts";
import { DOCKER_CONFIG_TYPE } from "../kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import { carryOutRotation, type RotationVerdict } from "../rotation/carry_out.ts";
import { rotationInventory } from "../rotation/find.ts";
import { type PlanRequest, planRotation, type RotationPlan } from "../rotation/plan.ts";
import type { WriteDeps } from "../write.ts";
import { Locks } from "../write/locks.ts";
import { emptyCluster } from "./clusters.ts";
import { LABELS } from "./desired.ts";
import { auth, newOf, OLD, old, plainFingerprint } from "./rotation.ts";

export interface RunRotation extends Partial<PlanRequest> {
  readonly everywhere?: boolean;
  readonly dryRun?: boolean;
  readonly writeId?: string;
  /** @default 20 */
  readonly seconds?: number;
  /** Called between the plan and the write. */
  readonly between?: (plan: RotationPlan) => void;
  /** Wraps the cluster's store. */
  readonly over?: (store: SecretStore) => SecretStore;
}

/** Plans a rotation on an in-memory cluster, and carries it out. */
export async function runRotation(
  cluster: FakeCluster,
  options: RunRotation = {},
): Promise<RotationVerdict & { readonly plan: RotationPlan; readonly bugs: readonly unknown[] }> {
  const { everywhere = false, seconds = 20, between, over = (store) => store } = options;
  const store = over(cluster.store());
  const settings = { argocdNamespace: "argocd", dockerNamespaces: [], dockerLabels: LABELS };
  const request: PlanRequest = {
    sought: old(),
    set: newOf(),
    managedOnly: true,
    force: false,
    ...options,
  };
  const all = await rotationInventory(store, settings, { everywhere }, deadlineIn(seconds));
  const plan = await planRotation(all, request, plainFingerprint);
  between?.(plan);
  const bugs: unknown[] = [];
  const deps: WriteDeps = {
    store,
    locks: new Locks(),
    seconds,
    onBug: (error) => bugs.push(error),
    pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
  };
  const { force, expires } = request;
  const { writeId = crypto.randomUUID(), dryRun = false } = options;
  const done = await carryOutRotation(plan, { force, expires, writeId, dryRun }, deps);
  return { ...done, plan, bugs };
}

/** The keys of the secrets in {@link clusterToRotate} that have the old value. */
export const HOLDING: readonly string[] = ["a/pull", "argocd/pull-iu", "argocd/repo", "b/pull"];

/** A cluster with the old value in pull secrets of a and b, a repository, and a Git write-back secret. */
export function clusterToRotate(value = OLD): FakeCluster {
  const cluster = emptyCluster();
  const ours = {
    labels: { ...LABELS, [MANAGED_BY_LABEL]: MANAGED_BY, "team.example/owner": "ops" },
    annotations: { [WRITE_ANNOTATION]: "w0", "team.example/note": "keep" },
  };
  const base64 = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [key, encodeBase64Text(text)]),
    );
  const login = { username: "robot", password: value, auth: auth("robot", value) };
  const config = base64({
    ".dockerconfigjson": JSON.stringify({
      auths: { "ghcr.io": login, "quay.io": { auth: auth("u", "other") } },
    }),
  });
  for (const namespace of ["a", "b"]) {
    cluster.put({ namespace, name: "pull", type: DOCKER_CONFIG_TYPE, ...ours }, config);
  }
  cluster.put(
    { namespace: "argocd", name: "pull-iu", ...ours },
    base64({ username: "robot", password: value }),
  );
  cluster.put({
    namespace: "argocd",
    name: "repo",
    ...ours,
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY, [SECRET_TYPE_LABEL]: "repository" },
  }, base64({ url: "https://git.example.com/a", username: "robot", password: value }));
  cluster.put({ namespace: "a", name: "bystander" }, { key: "dmFsdWU=" });
  return cluster;
}
