import { age, untilThen } from "./age.ts";
import type { ListedCluster } from "../client/cluster_names.ts";
import type { Columns } from "./view.ts";

type Listed = Exclude<ListedCluster, string>;

/** A cluster; an older server sends only its name. */
export type ClusterRow = Pick<Listed, "name"> & Partial<Omit<Listed, "name">>;

/** Clock skew in seconds that is worth a note. */
const SKEW = 5;

/** The columns of a check. */
export const CHECKED: Columns<ClusterRow> = {
  STATUS: ({ check }) => check && (check.status === "success" ? "ok" : STATUS_WORDS[check.status]),
  VERSION: ({ check }) => check?.version,
  ARGOCD: ({ check }) => check?.argocd_version,
  PERMISSIONS: rightsOf,
  EXPIRES: ({ check }) => check?.credential_expires && untilThen(check.credential_expires),
  NOTES: notesOf,
};

type Check = NonNullable<ClusterRow["check"]>;

const STATUS_WORDS: Readonly<Record<Exclude<Check["status"], "success">, string>> = {
  cluster_unreachable: "unreachable",
  timeout: "timeout",
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  invalid_kubeconfig: "kubeconfig rejected",
  error: "error",
};

/** The result in a word or two. */
export function inBrief(row: ClusterRow): string {
  if (row.check?.status !== "success" || passesCheck(row)) return CHECKED.STATUS!(row) ?? "done";
  return "unknown" in row.check.rights ? "permissions unknown" : "permissions missing";
}

/** Whether the check found nothing wrong; also true without a check. */
export function passesCheck({ check }: ClusterRow): boolean {
  if (check === undefined) return true;
  const { status, rights } = check;
  return status === "success" && !("unknown" in rights) && rights.missing.length === 0;
}

function rightsOf({ check }: ClusterRow): string | undefined {
  if (check === undefined || check.status !== "success") return undefined;
  const { rights } = check;
  if ("unknown" in rights) return "unknown";
  if (rights.missing.length > 0) return `missing: ${rights.missing.join("; ")}`;
  const { argocd_namespace: argocd, all_namespaces: all } = rights;
  const isEverywhere = argocd === undefined ||
    argocd.secrets.every((verb) => all.secrets.includes(verb));
  return isEverywhere ? "ok" : `ok in ${argocd.namespace} only`;
}

function notesOf({ name, reason, same_server_as, warnings = [], check }: ClusterRow): string {
  const { clock_skew_seconds: skew = 0, message } = check ?? {};
  const ahead = skew > 0 ? "ahead" : "behind";
  return [
    ...reason === undefined ? [] : [whyOf(reason)],
    ...message === undefined || message === reason
      ? []
      : [message.replace(`Cannot read the version of cluster '${name}': `, "")],
    ...Math.abs(skew) < SKEW ? [] : [`clock is ${duration(Math.abs(skew))} ${ahead}`],
    ...same_server_as === undefined ? [] : [`same server as ${same_server_as.join(", ")}`],
    ...warnings,
  ].join("; ");
}

const duration = (seconds: number) => age(new Date(0).toISOString(), new Date(seconds * 1000));

/**
 * The reason without the kubeconfig's path or the cluster's name, which the row implies. An unreadable labels
 * file is the same reason in each row: a warning says it once, in full.
 */
export const whyOf = (reason: string) =>
  /^Cannot read cluster labels in /.test(reason)
    ? "labels unreadable"
    : reason.replace(/^Cannot use (kubeconfig|cluster) '[^']*': /, "");
