import { type Deadline, pause } from "./deadline.ts";
import { KubeError } from "./errors.ts";
import { doing, FAILURES, notDone } from "./reasons.ts";
import {
  accountOf,
  type ItemOutcome,
  type PullSecretUse,
  refKey,
  type SecretRef,
  type ServiceAccount,
} from "./store.ts";

/** A v1 ServiceAccount as in the API. Fields that are not declared here are kept as they are. */
export interface WireServiceAccount {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

export function accountFromWire({ metadata, imagePullSecrets = [] }: WireServiceAccount) {
  const { namespace, name } = metadata;
  const pullSecrets = imagePullSecrets.flatMap(({ name }) => name ? [name] : []);
  return { namespace, name, pullSecrets } satisfies ServiceAccount;
}

/** A transport's access to service accounts. */
export interface Accounts {
  readonly cluster: string;
  /** Reads the accounts that exist, with all their fields. @throws {KubeError} */
  read(refs: readonly SecretRef[], deadline: Deadline): Promise<WireServiceAccount[]>;
  /**
   * Replaces each account at its resourceVersion; resolves with the outcomes in order.
   * @throws {KubeError} when nothing was sent
   */
  replace(accounts: readonly WireServiceAccount[], deadline: Deadline): Promise<ItemOutcome[]>;
}

/** How often service accounts with a conflict are read and replaced again. */
const CONFLICT_RETRIES = 4;

/**
 * Implements `attach` and `detach` of the store: reads the service accounts, and replaces those that
 * change, at exactly the version that was read. A patch cannot do it: `imagePullSecrets` is atomic for
 * the API server, so any kind of patch replaces the whole list.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/service-account-v1/
 */
export async function changePullSecrets(
  change: "attach" | "detach",
  uses: readonly PullSecretUse[],
  accounts: Accounts,
  deadline: Deadline,
): Promise<ItemOutcome[]> {
  if (uses.length === 0) return [];
  const usesOf = Map.groupBy(uses, (use) => refKey(accountOf(use)));
  const outcomes = new Map<string, ItemOutcome>();

  async function once(keys: readonly string[]): Promise<void> {
    const refs = keys.map((key) => accountOf(usesOf.get(key)![0]!));
    const read = await accounts.read(refs, deadline);
    const found = new Map(read.map((account) => [refKey(account.metadata), account]));
    const changed: WireServiceAccount[] = [];
    for (const ref of refs) {
      const key = refKey(ref);
      const account = found.get(key);
      if (account === undefined) {
        const what = doing.useSecrets(ref);
        outcomes.set(key, notDone(accounts.cluster, what, FAILURES.notFound, ref));
        continue;
      }
      const { uid, resourceVersion } = account.metadata;
      outcomes.set(key, { kind: "done", uid, resourceVersion });
      const wanted = changedBy(change, account, usesOf.get(key)!);
      if (wanted !== account) changed.push(wanted);
    }
    if (changed.length === 0) return;
    const replaced = await accounts.replace(changed, deadline);
    changed.forEach(({ metadata }, i) => outcomes.set(refKey(metadata), replaced[i]!));
  }

  await once([...usesOf.keys()]);
  for (let retry = 1; retry <= CONFLICT_RETRIES; retry++) {
    const overtaken = [...outcomes].filter(([, outcome]) => isConflict(outcome));
    if (overtaken.length === 0) break;
    // Random, so that two requests with the same conflict do not meet again.
    await pause(50 * retry * Math.random(), deadline);
    if (deadline.signal.aborted) break;
    try {
      await once(overtaken.map(([key]) => key));
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      // Not thrown: other accounts may have been changed. These are unchanged, so they keep the conflict.
      for (const [key, conflict] of overtaken) outcomes.set(key, conflict);
      break;
    }
  }
  return uses.map((use) => outcomes.get(refKey(accountOf(use)))!);
}

function isConflict(outcome: ItemOutcome): boolean {
  return outcome.kind === "rejected" && outcome.error.kind === "conflict";
}

/** The service account after the change; the same object when nothing changes. */
function changedBy(
  change: "attach" | "detach",
  account: WireServiceAccount,
  uses: readonly PullSecretUse[],
): WireServiceAccount {
  const { imagePullSecrets: current = [] } = account;
  const names = [...new Set(uses.map(({ secret }) => secret))];
  const imagePullSecrets = change === "attach"
    ? [
      ...current,
      ...names.filter((name) => !current.some((one) => one.name === name)).map((name) => ({
        name,
      })),
    ]
    : current.filter(({ name = "" }) => !names.includes(name));
  return imagePullSecrets.length === current.length ? account : { ...account, imagePullSecrets };
}
