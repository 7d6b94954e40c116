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
import { KUBELET_RULES, kubeletKey, kubeletTries } from "./kubelet_keyring.ts";
import { findingsIn, pullSecretFindings } from "./pull_secret_findings.ts";
import { isPlaceOf } from "./registry_keys.ts";
import { whyNot } from "./why_not.ts";

/** The entry whose login kubelet tries first. */
export interface UsedLogin extends SecretRef {
  /** The entry's key as it stands, less a password in it. */
  readonly key: string;
  /** As it may be shown; absent where the entry has none. */
  readonly username?: string;
}

/** A pull secret, or an entry of it, that is used or that a person may expect to be. */
export interface ImageCandidate extends SecretRef {
  /** Absent where it is about the secret as a whole. */
  readonly key?: string;
  readonly username?: string;
  /** `next`: tried where the registry refuses those above; `possible`: one of several, at random. */
  readonly state: "used" | "possible" | "next" | "not_used";
  readonly why: string;
}

export interface ImageExplanation {
  readonly image: string;
  /** As kubelet looks it up: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** `null` where kubelet pulls without a login, or not at all. */
  readonly used: UsedLogin | null;
  /** Whether chance decides which of several entries of one secret is tried first. */
  readonly ambiguous: boolean;
  /** The secret that kubelet cannot read, so that it pulls nothing. */
  readonly failed: SecretRef | null;
  /** In the order in which kubelet tries, then those that it does not try. */
  readonly candidates: readonly ImageCandidate[];
  readonly findings: readonly Finding[];
  /** The version of Kubernetes whose rules these are. */
  readonly kubeletRules: string;
}

/** An image, and a pod that names no pull secrets itself. */
export interface ImageQuestion {
  readonly image: string;
  /** As `imageRepository` gives it. */
  readonly repository: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** What is there. */
export interface PullSecrets {
  /** `undefined` where there is no such service account. */
  readonly account: ServiceAccount | undefined;
  /** Secrets that the service account names, as far as they are there. */
  readonly named: readonly StoredSecret[];
  /** Other pull secrets of the namespace, as far as they were read. */
  readonly others: readonly StoredSecret[];
}

/**
 * Which login kubelet takes for an image, of a pod that names a service account and no pull secrets itself:
 * the pod then gets those of the service account. What the node has besides is tried after them.
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
  const holders = read.flatMap(({ ref, config }) =>
    config?.kind === "logins" ? [{ source: ref, logins: config.logins }] : []
  );
  const failed = read.find(({ config }) => config?.kind === "unreadable")?.ref;
  const tries = kubeletTries(holders, repository);
  const ambiguous = failed === undefined && isByChance(tries[0]?.logins ?? []);
  const first = failed === undefined ? tries[0] : undefined;
  const tried = tries.flatMap(({ source, logins }, i) =>
    logins.map((login, j): ImageCandidate => ({
      ...entryOf(source, login),
      ...triedAs({ isFirst: i === 0, isChance: ambiguous, at: i + j, failed, login }),
    }))
  );
  const isTried = new Set(tries.flatMap(({ logins }) => logins));
  const rest = read.flatMap(({ ref, config }): ImageCandidate[] => {
    if (config?.kind !== "logins") {
      return [{ ...ref, state: "not_used", why: whyWithout(config) }];
    }
    return config.logins.filter((login) => !isTried.has(login)).map((login) => ({
      ...entryOf(ref, login),
      state: "not_used",
      why: whyNot(login.key, repository),
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

/** A clause as a sentence. */
const sentence = (clause: string) => `${clause[0]!.toUpperCase()}${clause.slice(1)}.`;

/** Whether several of one secret may come first, and it matters which. */
function isByChance(logins: readonly KubeletLogin[]): boolean {
  const values = logins.map(({ username, password }) =>
    JSON.stringify([username, password.reveal()])
  );
  return new Set(values).size > 1;
}

interface TriedAs {
  readonly isFirst: boolean;
  readonly isChance: boolean;
  /** How many were tried before it. */
  readonly at: number;
  readonly failed: SecretRef | undefined;
  readonly login: KubeletLogin;
}

function triedAs({ isFirst, isChance, at, failed, login }: TriedAs) {
  const matches = kubeletKey(login.key) === "index.docker.io"
    ? "it is Docker Hub's login"
    : "its key matches the image";
  if (failed !== undefined) {
    const why = `${matches}, but kubelet cannot read '${failed.name}' and pulls nothing`;
    return { state: "not_used", why } as const;
  }
  if (isFirst && isChance) {
    const why =
      `${matches}, as do other keys of this secret that are the same to kubelet: it tries them in ` +
      "random order";
    return { state: "possible", why } as const;
  }
  if (at === 0) return { state: "used", why: matches } as const;
  return { state: "next", why: `${matches}; tried if the registry refuses those above` } as const;
}

function whyWithout(config: ReturnType<typeof kubeletConfig> | undefined): string {
  if (config === undefined) return "the service account names it, and it is not there";
  if (config.kind === "unreadable") {
    return `kubelet cannot read it and pulls nothing: ${config.why}`;
  }
  return config.kind === "passed_over" ? config.why : "";
}

/** Logins of other pull secrets of the namespace that would be tried if the service account named them. */
function unnamedFor(repository: string, others: readonly StoredSecret[]): ImageCandidate[] {
  const holders = others.flatMap((secret) => {
    const config = kubeletConfig(secret);
    return config.kind === "logins" ? [{ source: refOf(secret), logins: config.logins }] : [];
  });
  return kubeletTries(holders, repository).flatMap(({ source, logins }) =>
    logins.map((login): ImageCandidate => ({
      ...entryOf(source, login),
      state: "not_used",
      why: "would be tried, but the service account does not name the secret",
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

/** What is wrong with the secrets that matter to the image, the most telling first. */
function findingsOf(
  { repository, namespace, serviceAccount }: ImageQuestion,
  { account, named }: PullSecrets,
  unnamed: readonly ImageCandidate[],
  chance: SecretRef | undefined,
): Finding[] {
  if (account === undefined) {
    return [{
      code: "service_account_missing",
      message: `Namespace '${namespace}' has no service account '${serviceAccount}': a pod that ` +
        "names it is not created",
      remedy: "Create the service account, or name another one",
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
    ...chance === undefined ? [] : [{
      code: "login_by_chance",
      message: `Several keys of '${chance.name}' are the same to kubelet, with different logins: ` +
        "it tries them in random order",
      remedy: "Keep one of them",
      secrets: [chance],
    }],
    ...first === undefined ? [] : [{
      code: "pull_secret_not_named",
      message: `Pull secret '${first.name}' has a login for the image, and service account ` +
        `'${serviceAccount}' does not name it`,
      remedy: "Add it to 'imagePullSecrets' of the service account, or of the pod",
      secrets: [refOf(first)],
    }],
  ];
}
