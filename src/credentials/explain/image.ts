import {
  refKey,
  refOf,
  type SecretRef,
  type ServiceAccount,
  type StoredSecret,
} from "../../kube/store.ts";
import type { Finding } from "../finding.ts";
import { shownUsername } from "../kinds/password.ts";
import { shownUrl } from "../kinds/url.ts";
import { kubeletConfig, type KubeletLogin } from "./kubelet_config.ts";
import { KUBELET_RULES, kubeletKey, loginsInOrder } from "./kubelet_keyring.ts";
import { findingsIn, pullSecretFindings } from "./pull_secret_findings.ts";
import { isPlaceOf } from "./registry_keys.ts";
import { whyNotTried } from "./why_not_tried.ts";

/** The login that the kubelet tries first. */
export interface UsedLogin extends SecretRef {
  /** The entry's key, without a password in it. */
  readonly key: string;
  /** Masked for display; absent where the entry has none. */
  readonly username?: string;
}

/** A pull secret or one of its entries that the kubelet uses, or that a person may expect it to use. */
export interface LoginCandidate extends SecretRef {
  /** Absent for a secret as a whole. */
  readonly key?: string;
  readonly username?: string;
  /** `next`: tried if the registry refuses the previous ones; `possible`: one of several in random order. */
  readonly state: "used" | "possible" | "next" | "not_used";
  readonly why: string;
}

export interface ImageExplanation {
  readonly image: string;
  /** The name by which the kubelet looks up the login: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** `null` where the kubelet pulls without a login or fails. */
  readonly used: UsedLogin | null;
  /** Whether the kubelet picks the first of several entries of one secret at random. */
  readonly ambiguous: boolean;
  /** The secret that the kubelet cannot read, because of which it pulls nothing. */
  readonly failed: SecretRef | null;
  /** In the order in which the kubelet tries them, followed by the ones that it does not try. */
  readonly candidates: readonly LoginCandidate[];
  readonly findings: readonly Finding[];
  /** The Kubernetes version whose rules were applied. */
  readonly kubeletRules: string;
}

/** An image, and a pod without `imagePullSecrets` of its own. */
export interface ImageQuestion {
  readonly image: string;
  /** As `imageRepository` returns it. */
  readonly repository: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** The objects of the namespace that matter. */
export interface PullSecrets {
  /** `undefined` where the service account does not exist. */
  readonly account: ServiceAccount | undefined;
  /** The existing secrets that the service account names. */
  readonly named: readonly StoredSecret[];
  /** Other pull secrets of the namespace that were read. */
  readonly others: readonly StoredSecret[];
}

/**
 * Explains which login the kubelet uses for an image of a pod that has no `imagePullSecrets` of its own and so gets those
 * of its service account. The kubelet tries the node's credentials after them.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/plugin/pkg/admission/serviceaccount/admission.go
 *   Admit
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/kubelet_pods.go
 *   getPullSecretsForPod
 */
export function explainPull(question: ImageQuestion, there: PullSecrets): ImageExplanation {
  const { image, repository, namespace, serviceAccount } = question;
  const { account, others } = there;
  const byName = new Map(there.named.map((secret) => [secret.name, secret]));
  const names = [...new Set(account?.pullSecrets)];
  const read = names.map((name) => {
    const secret = byName.get(name);
    return { ref: { namespace, name }, config: secret && kubeletConfig(secret) };
  });
  const secretLogins = read.flatMap(({ ref, config }) =>
    config?.kind === "logins" ? [{ source: ref, logins: config.logins }] : []
  );
  const failed = read.find(({ config }) => config?.kind === "unreadable")?.ref;
  const tries = loginsInOrder(secretLogins, repository);
  const ambiguous = failed === undefined && isRandom(tries[0]?.logins ?? []);
  const first = failed === undefined ? tries[0] : undefined;
  const tried = tries.flatMap(({ source, logins }, i) =>
    logins.map((login, j): LoginCandidate => ({
      ...entryOf(source, login),
      ...stateOf({ isFirst: i === 0, isRandom: ambiguous, at: i + j, failed, login }),
    }))
  );
  const isTried = new Set(tries.flatMap(({ logins }) => logins));
  const rest = read.flatMap(({ ref, config }): LoginCandidate[] => {
    if (config?.kind !== "logins") {
      return [{ ...ref, state: "not_used", why: whyWithout(config) }];
    }
    return config.logins.filter((login) => !isTried.has(login)).map((login) => ({
      ...entryOf(ref, login),
      state: "not_used",
      why: whyNotTried(login.key, repository),
    }));
  });
  const unnamed = tries.length > 0 ? [] : unnamedFor(repository, others);
  return {
    image,
    repository,
    namespace,
    serviceAccount,
    used: first === undefined ? null : entryOf(first.source, first.logins[0]!),
    ambiguous,
    failed: failed ?? null,
    candidates: [...tried, ...rest, ...unnamed].map((each) => ({
      ...each,
      why: sentence(each.why),
    })),
    findings: findingsOf(question, there, unnamed, ambiguous ? first!.source : undefined),
    kubeletRules: KUBELET_RULES,
  };
}

/** Turns a clause into a sentence. */
const sentence = (clause: string) => `${clause[0]!.toUpperCase()}${clause.slice(1)}.`;

/** Whether one of several different logins of a secret comes first at random. */
function isRandom(logins: readonly KubeletLogin[]): boolean {
  const values = logins.map(({ username, password }) =>
    JSON.stringify([username, password.reveal()])
  );
  return new Set(values).size > 1;
}

interface LoginInOrder {
  readonly isFirst: boolean;
  readonly isRandom: boolean;
  /** The number of logins that are tried before it. */
  readonly at: number;
  readonly failed: SecretRef | undefined;
  readonly login: KubeletLogin;
}

function stateOf({ isFirst, isRandom, at, failed, login }: LoginInOrder) {
  const matches = kubeletKey(login.key) === "index.docker.io"
    ? "it is Docker Hub's login"
    : "its key matches the image";
  if (failed !== undefined) {
    const why = `${matches}, but the kubelet cannot read '${failed.name}' and pulls nothing`;
    return { state: "not_used", why } as const;
  }
  if (isFirst && isRandom) {
    const why =
      `${matches}, but so do other keys of this secret that the kubelet treats as equal: it tries them ` +
      "in random order";
    return { state: "possible", why } as const;
  }
  if (at === 0) return { state: "used", why: matches } as const;
  return {
    state: "next",
    why: `${matches}; the kubelet tries it if the registry refuses the previous logins`,
  } as const;
}

function whyWithout(config: ReturnType<typeof kubeletConfig> | undefined): string {
  if (config === undefined) return "the service account names it, but it does not exist";
  if (config.kind === "unreadable") {
    return `the kubelet cannot read it and pulls nothing: ${config.why}`;
  }
  return config.kind === "ignored" ? config.why : "";
}

/** Logins of other pull secrets of the namespace that the kubelet would try if the service account named them. */
function unnamedFor(repository: string, others: readonly StoredSecret[]): LoginCandidate[] {
  const secretLogins = others.flatMap((secret) => {
    const config = kubeletConfig(secret);
    return config.kind === "logins" ? [{ source: refOf(secret), logins: config.logins }] : [];
  });
  return loginsInOrder(secretLogins, repository).flatMap(({ source, logins }) =>
    logins.map((login): LoginCandidate => ({
      ...entryOf(source, login),
      state: "not_used",
      why: "its key matches the image, but the service account does not name the secret",
    }))
  );
}

function entryOf(
  { namespace, name }: SecretRef,
  { key, username, password }: KubeletLogin,
): UsedLogin {
  const usernameIsToken = password.reveal() === "x-oauth-basic";
  const shown = username === "" ? undefined : shownUsername({ username, usernameIsToken });
  return { namespace, name, key: shownUrl(key), ...shown === undefined ? {} : { username: shown } };
}

/** The findings about secrets that matter to the image, the most relevant first. */
function findingsOf(
  { repository, namespace, serviceAccount }: ImageQuestion,
  { account, named }: PullSecrets,
  unnamed: readonly LoginCandidate[],
  ambiguous: SecretRef | undefined,
): Finding[] {
  if (account === undefined) {
    return [{
      code: "service_account_missing",
      message: `Service account '${serviceAccount}' not found in namespace '${namespace}': pods ` +
        "that use it cannot be created",
      remedy: "Create the service account, or use another one",
      secrets: [],
    }];
  }
  const there = new Set(named.map(refKey));
  const absent = account.pullSecrets.map((name) => ({ namespace, name }))
    .filter((ref) => !there.has(refKey(ref)));
  const [first] = unnamed;
  return [
    ...named.flatMap((secret) => findingsIn(secret))
      .filter(({ place }) => place === undefined || isPlaceOf(place, repository))
      .map(({ finding }) => finding),
    ...pullSecretFindings([], [account], { absent }),
    ...ambiguous === undefined ? [] : [{
      code: "login_by_chance",
      message: `Pull secret '${ambiguous.name}' has different logins under keys that the kubelet ` +
        "treats as equal: it tries them in random order",
      remedy: "Keep one of these keys",
      secrets: [ambiguous],
    }],
    ...first === undefined ? [] : [{
      code: "pull_secret_not_named",
      message: `Pull secret '${first.name}' has a login for the image, but is not in ` +
        `imagePullSecrets of service account '${serviceAccount}'`,
      remedy: "Add it to imagePullSecrets of the service account or of the pod",
      secrets: [refOf(first)],
    }],
  ];
}
