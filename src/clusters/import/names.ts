import { isClusterName } from "../folder.ts";

/** A context of a kubeconfig, as far as its cluster's name depends on it. */
export interface NamedContext {
  readonly context: string;
  /** Names of the entries that it uses. */
  readonly cluster: string;
  readonly user: string;
}

/** The cluster name of a context, or why it has none. */
export type ClusterName =
  | {
    readonly name: string;
    /** The name that it would have, were it not that of another context, too. */
    readonly instead?: string;
  }
  | { readonly why: string };

/** How names are made, for help. */
export const NAMING_RULE =
  "A cluster is named after its context: arn:aws:eks:REGION:ACCOUNT:cluster/NAME, " +
  "gke_PROJECT_LOCATION_NAME and USER@NAME give NAME, and NAMESPACE/HOST:PORT/USER (OpenShift) gives " +
  "HOST. Other characters than letters, digits, '.', '_' and '-' become '-'. Where two contexts give " +
  "the same name, both get their full one (NAME-REGION-ACCOUNT, NAME-LOCATION-PROJECT, USER-NAME), " +
  "and where that is the same, too, neither is imported.";

/** Longest name whose file, `NAME.kubeconfig`, file systems take. */
const MAX_LENGTH = 255 - ".kubeconfig".length;

/**
 * Names of clusters, by their contexts. They do not depend on the contexts' order.
 * @param contexts all of a kubeconfig, whichever of them are imported, so that names stay the same
 */
export function clusterNames(
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

/** Of those with one name, and of these with the same entries, the first: by both. */
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

/** The same for contexts that differ in nothing but their names and namespaces. */
const entriesOf = ({ cluster, user }: NamedContext) => JSON.stringify([cluster, user]);

const clash = (name: string, other: string) =>
  `its cluster name would be '${name}', as that of context '${other}'; ${REMEDY}`;

const REMEDY = "give it another one with 'clusters add NAME --context CONTEXT'";

function checked(name: string, instead: string | undefined): ClusterName {
  if (name === "") return { why: `no letter or digit is in its name; ${REMEDY}` };
  if (name.length > MAX_LENGTH) {
    return { why: `its name is longer than ${MAX_LENGTH} characters; ${REMEDY}` };
  }
  if (!isClusterName(name)) return { why: `its name cannot be a cluster's; ${REMEDY}` };
  return instead === undefined || instead === name ? { name } : { name, instead };
}

/**
 * The name that tells most, and one that tells all.
 * @see https://docs.aws.amazon.com/cli/latest/reference/eks/update-kubeconfig.html --alias: the ARN
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
 * @see https://github.com/openshift/oc/blob/main/pkg/helpers/kubeconfig/smart_merge.go: dots of
 * the host are hyphens, as a slash is what separates
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

/** With a hyphen in the place of what cannot be in a cluster's name, and none at its ends. */
function safe(text: string): string {
  const hyphened = text.replace(/[^A-Za-z0-9._-]+/g, "-");
  const start = hyphened.search(/[A-Za-z0-9]/);
  if (start < 0) return "";
  let end = hyphened.length;
  while (hyphened[end - 1] === "-") end--;
  return hyphened.slice(start, end);
}
