import { isClusterName } from "../folder.ts";

/** The parts of a context that its cluster's name depends on. */
export interface NamedContext {
  readonly context: string;
  /** The names of its `cluster` and `user` entries. */
  readonly cluster: string;
  readonly user: string;
}

/** The cluster name of a context, or why it has none. */
export type ClusterName =
  | {
    readonly name: string;
    /** The short name that another context has, too. */
    readonly instead?: string;
  }
  | { readonly why: string };

/** How clusters are named, for help. */
export const NAMING_RULE =
  "A cluster is named after its context: arn:aws:eks:REGION:ACCOUNT:cluster/NAME, " +
  "gke_PROJECT_LOCATION_NAME and USER@NAME become NAME, and NAMESPACE/HOST:PORT/USER (OpenShift) becomes " +
  "HOST. Characters other than letters, digits, '.', '_' and '-' are replaced by '-'. If two contexts " +
  "have the same name, both get their full name (NAME-REGION-ACCOUNT, NAME-LOCATION-PROJECT, " +
  "USER-NAME). If the full names are also the same, neither context is imported.";

/** Longest name for which file systems accept the file name `NAME.kubeconfig`. */
const MAX_LENGTH = 255 - ".kubeconfig".length;

/**
 * The names of clusters by their contexts. They do not depend on the order of the contexts.
 * @param contexts all contexts of the kubeconfig, even those that are not imported, so that names are stable
 */
export function clusterNamesOf(
  contexts: readonly NamedContext[],
): ReadonlyMap<string, ClusterName> {
  const sorted = contexts.toSorted((a, b) => a.context < b.context ? -1 : 1);
  const named = sorted.map((each) => ({ ...each, ...formsOf(each.context) }));
  const byShort = firsts(named, ({ short }) => short);
  const chosen = named.map((each) => {
    const those = byShort.get(each.short)!;
    return those.size === 1
      ? { ...each, name: each.short, instead: undefined }
      : { ...each, name: those.get(entriesOf(each))!.full, instead: each.short };
  });
  const byName = firsts(chosen, ({ name }) => name);
  return new Map(chosen.map((each) => {
    const { context, name, instead } = each;
    const [first, second] = byName.get(name)!.values();
    const isFirst = entriesOf(first!) === entriesOf(each);
    const other = isFirst ? second : first;
    return [
      context,
      other === undefined ? checked(name, instead) : { why: clash(name, other.context) },
    ];
  }));
}

/** Groups contexts by name, then by their entries, and keeps the first of each. */
function firsts<Named extends NamedContext>(
  contexts: readonly Named[],
  nameOf: (context: Named) => string,
): ReadonlyMap<string, ReadonlyMap<string, Named>> {
  const found = new Map<string, Map<string, Named>>();
  for (const each of contexts) {
    const those = found.get(nameOf(each)) ?? new Map<string, Named>();
    found.set(nameOf(each), those);
    if (!those.has(entriesOf(each))) those.set(entriesOf(each), each);
  }
  return found;
}

/** A key that is equal for contexts with the same cluster and user, which differ only by namespace. */
const entriesOf = ({ cluster, user }: NamedContext) => JSON.stringify([cluster, user]);

const clash = (name: string, other: string) =>
  `its cluster name '${name}' is also that of context '${other}'; ${REMEDY}`;

const REMEDY = "choose a name with 'clusters add NAME --context CONTEXT'";

function checked(name: string, instead: string | undefined): ClusterName {
  if (name === "") return { why: `its name contains no letter or digit; ${REMEDY}` };
  if (name.length > MAX_LENGTH) {
    return { why: `its name is longer than ${MAX_LENGTH} characters; ${REMEDY}` };
  }
  if (!isClusterName(name)) return { why: `its name is not a valid cluster name; ${REMEDY}` };
  return instead === undefined || instead === name ? { name } : { name, instead };
}

/**
 * The short and the full name for a context.
 * @see https://docs.aws.amazon.com/cli/latest/reference/eks/update-kubeconfig.html --alias: the ARN
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
 * @see https://github.com/openshift/oc/blob/main/pkg/helpers/kubeconfig/smart_merge.go: parts are separated
 * by slashes, and dots of the host become hyphens
 */
function formsOf(context: string): { readonly short: string; readonly full: string } {
  const eks = /^arn:aws[a-z-]*:eks:([^:/]+):([^:/]+):cluster\/([^/]+)$/.exec(context);
  if (eks !== null) {
    const [, region, account, name] = eks;
    return forms(name!, `${name}-${region}-${account}`);
  }
  const gke = /^gke_([^_]+)_([^_]+)_([^_]+)$/.exec(context);
  if (gke !== null) {
    const [, project, location, name] = gke;
    return forms(name!, `${name}-${location}-${project}`);
  }
  const openshift = /^[^/]*\/([^/:]+):([0-9]+)(\/.*)?$/s.exec(context);
  if (openshift !== null) {
    const [, host, port] = openshift;
    return forms(port === "443" || port === "6443" ? host! : `${host}-${port}`, context);
  }
  return forms(context.slice(context.lastIndexOf("@") + 1), context);
}

function forms(short: string, full: string) {
  const whole = safe(full);
  return { short: safe(short) || whole, full: whole };
}

/** Replaces characters that are not allowed in cluster names by hyphens, and trims both ends. */
function safe(text: string): string {
  const hyphened = text.replace(/[^A-Za-z0-9._-]+/g, "-");
  const start = hyphened.search(/[A-Za-z0-9]/);
  if (start < 0) return "";
  let end = hyphened.length;
  while (hyphened[end - 1] === "-") end--;
  return hyphened.slice(start, end);
}
