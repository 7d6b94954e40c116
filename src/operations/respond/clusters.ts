import type { DescribedCluster } from "../../clusters/describe.ts";
import { type ClusterCheck, NEEDED, notAsked, type Rights } from "../../kube/check.ts";
import { statusWord } from "../cluster_errors.ts";
import type { CheckAnswer, ClusterAnswer } from "../cluster_answers.ts";

export function clusterAnswer(
  cluster: DescribedCluster,
  checked: ReadonlyMap<string, ClusterCheck> | undefined,
): ClusterAnswer {
  const { name, source, labels, transport, server = null, problem, sameServerAs, warnings } =
    cluster;
  const refused = problem && checked && notAsked(problem);
  const check = refused ?? checked?.get(name);
  return {
    name,
    source,
    server,
    labels: { ...labels },
    usable: problem === undefined,
    ...problem === undefined ? {} : { reason: problem.message },
    ...sameServerAs.length === 0 ? {} : { same_server_as: [...sameServerAs] },
    transport,
    ...warnings.length === 0 ? {} : { warnings: [...warnings] },
    ...check === undefined ? {} : { check: checkAnswer(check) },
  };
}

function checkAnswer(checked: ClusterCheck): CheckAnswer {
  const { isReachable, error, version, argocdVersion, rights, notKnown } = checked;
  const { credentialExpires, clockSkewSeconds } = checked;
  const whys = [error, rights instanceof Error ? rights : undefined, ...notKnown]
    .flatMap((each) => each?.message ?? []);
  const message = [...new Set(whys)].join("; ");
  return {
    reachable: isReachable,
    status: error === undefined ? "success" : statusWord(error),
    ...version === undefined ? {} : { version },
    ...argocdVersion === undefined ? {} : { argocd_version: argocdVersion },
    rights: rights instanceof Error ? { unknown: rights.message } : rightsAnswer(rights),
    ...credentialExpires === undefined
      ? {}
      : { credential_expires: credentialExpires.toISOString() },
    ...clockSkewSeconds === undefined ? {} : { clock_skew_seconds: clockSkewSeconds },
    ...message === "" ? {} : { message },
  };
}

/**
 * Without an Argo CD namespace, permissions on secrets in all namespaces are required. With one,
 * permissions there are enough: the kubeconfig may be for that namespace and a few others, which are not
 * known here.
 */
function rightsAnswer(
  { argocd, allNamespaces: all }: Rights,
): Exclude<CheckAnswer["rights"], { unknown: string }> {
  const lacking = (wanted: readonly string[], granted: readonly string[]) =>
    wanted.filter((verb) => !granted.includes(verb)).join(", ");
  const clause = (verbs: string, what: string) => verbs === "" ? [] : [`${verbs} ${what}`];
  const everywhere = lacking(NEEDED.secrets, all.secrets);
  const missing = argocd === undefined ? clause(everywhere, "secrets in all namespaces") : clause(
    lacking(NEEDED.secrets, argocd.secrets),
    `secrets in namespace '${argocd.namespace}'`,
  );
  return {
    missing,
    limited: [
      ...argocd === undefined || everywhere === "" ||
          lacking(NEEDED.secrets, argocd.secrets) === everywhere
        ? []
        : [
          `${everywhere} secrets in all namespaces: namespaces other than ` +
          `'${argocd.namespace}' need their own permission`,
        ],
      ...clause(
        lacking(["get", "list"], all.namespaces),
        "namespaces: missing namespaces are not detected before a write",
      ),
      ...clause(lacking(["create"], all.namespaces), "namespaces: 'create_namespaces' fails"),
      ...clause(
        lacking(NEEDED.serviceaccounts, all.serviceaccounts),
        "service accounts in all namespaces: 'service_accounts' fails",
      ),
    ],
    ...argocd === undefined
      ? {}
      : { argocd_namespace: { namespace: argocd.namespace, secrets: [...argocd.secrets] } },
    all_namespaces: {
      secrets: [...all.secrets],
      namespaces: [...all.namespaces],
      service_accounts: [...all.serviceaccounts],
    },
  };
}
