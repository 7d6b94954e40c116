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

export interface ImageExplained {
  readonly kind: "image_explained";
  readonly cluster: string;
  readonly explanation: ImageExplanation;
  /** What could not be seen. */
  readonly warnings: readonly string[];
}

/**
 * Explains which login kubelet takes for an image. Only the service account is read, and the secrets that
 * it names; where those have no login for the image the namespace's other pull secrets, too, if that is
 * allowed. Their values stay in this process.
 */
export async function explainImage(
  { cluster, ...question }: ExplainImage,
  { store, seconds }: ExplainImageDeps,
): Promise<ImageExplained | ListFailed> {
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

/** None and a warning where they may not be listed: what is known without them is enough for an answer. */
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
      const warning = `The kubeconfig's user may not list secrets in namespace '${namespace}': ` +
        "pull secrets that the service account does not name were not searched";
      return { secrets: [], warnings: [warning] };
    }
    throw error;
  }
}
