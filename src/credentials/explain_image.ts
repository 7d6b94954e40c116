import { type Deadline, deadlineIn } from "../kube/deadline.ts";
import { isForbidden, KubeError } from "../kube/errors.ts";
import { refKey, type SecretStore, type StoredSecret } from "../kube/store.ts";
import { explainPull, type ImageExplanation, type ImageQuestion } from "./explain/image.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "./kinds/pull_secret.ts";
import type { ListFailed } from "./list.ts";

export interface ExplainImage extends ImageQuestion {
  readonly cluster: string;
}

export interface ExplainImageDeps {
  readonly store: SecretStore;
  readonly seconds: number;
}

export interface ExplainImageResult {
  readonly kind: "image_explained";
  readonly cluster: string;
  readonly explanation: ImageExplanation;
  /** What could not be read, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Explains which login the kubelet uses for an image. It reads the service account and the pull secrets
 * that the account names. Where none of them has a login for the image, it also reads the namespace's
 * other pull secrets, if the kubeconfig's user may list them. Values never leave this process.
 */
export async function explainImage(
  { cluster, ...question }: ExplainImage,
  { store, seconds }: ExplainImageDeps,
): Promise<ExplainImageResult | ListFailed> {
  const deadline = deadlineIn(seconds);
  const { namespace, serviceAccount } = question;
  try {
    const accounts = await store.serviceAccounts(namespace, deadline);
    const account = accounts.find(({ name }) => name === serviceAccount);
    const refs = [...new Set(account?.pullSecrets)].map((name) => ({ namespace, name }));
    const read = refs.length === 0
      ? new Map<string, StoredSecret>()
      : (await store.read(refs, deadline)).secrets;
    const named = refs.flatMap((ref) => read.get(refKey(ref)) ?? []);
    const before = explainPull(question, { account, named, others: [] });
    const isAnswered = account === undefined || before.used !== null || before.failed !== null;
    if (isAnswered) {
      return { kind: "image_explained", cluster, explanation: before, warnings: [] };
    }
    const { secrets, warnings } = await pullSecretsIn(namespace, store, deadline);
    const others = secrets.filter((secret) => !read.has(refKey(secret)));
    const explanation = explainPull(question, { account, named, others });
    return { kind: "image_explained", cluster, explanation, warnings };
  } catch (error) {
    if (error instanceof KubeError) return { kind: "failed", cluster, error, seconds };
    throw error;
  }
}

/** Returns none, and a warning, when listing is forbidden: the answer does not depend on them. */
async function pullSecretsIn(
  namespace: string,
  store: SecretStore,
  deadline: Deadline,
): Promise<{ readonly secrets: StoredSecret[]; readonly warnings: string[] }> {
  try {
    const lists = [DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE].map((type) =>
      store.listData({ namespace, type }, deadline)
    );
    return { secrets: (await Promise.all(lists)).flat(), warnings: [] };
  } catch (error) {
    if (isForbidden(error)) {
      const warning = `The kubeconfig's user cannot list secrets in namespace '${namespace}': ` +
        "pull secrets that the service account does not name were not searched";
      return { secrets: [], warnings: [warning] };
    }
    throw error;
  }
}
