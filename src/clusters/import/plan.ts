import { NotUsable } from "../../kube/kubeconfig/not_usable.ts";
import type { Config } from "../../kube/kubeconfig/shape.ts";
import type { Sealed } from "../../log/sealed.ts";
import type { VetRules } from "../vet.ts";
import { type ContextLogin, loginOf } from "./login.ts";
import type { ClusterName } from "./names.ts";
import type { ExistingCluster } from "./existing.ts";

/** What the import does with a context. */
export type Action =
  /** `replace` overwrites an existing kubeconfig. */
  | { readonly kind: "create" | "replace"; readonly text: Sealed<string> }
  /** The folder has it already, perhaps under another name. */
  | { readonly kind: "unchanged" }
  /** Another context has the same cluster and user, and differs only by its namespace. */
  | { readonly kind: "same"; readonly as: string }
  | { readonly kind: "skipped"; readonly why: string };

export interface PlannedContext {
  readonly context: string;
  /** Absent when the context gets no cluster. */
  readonly cluster?: string;
  /** Absent when unknown. */
  readonly server?: string;
  /** The shorter name, which several contexts would have. */
  readonly insteadOf?: string;
  /** Another cluster with the same API server. */
  readonly sameServerAs?: string;
  readonly action: Action;
}

export interface PlanOptions {
  readonly config: Config;
  /** The contexts to import, each once. */
  readonly contexts: readonly string[];
  /** The cluster names of all contexts of the kubeconfig. */
  readonly names: ReadonlyMap<string, ClusterName>;
  readonly rules: VetRules;
  /** The clusters that exist in the folder. */
  readonly there: ReadonlyMap<string, ExistingCluster>;
  /** Whether to replace existing clusters. */
  readonly overwrite: boolean;
  /** Whether an existing cluster with the same connection also counts under another name. @default true */
  readonly anyName?: boolean;
}

/** Plans the import of contexts, in their order; nothing is changed. */
export function planImport({ contexts, ...given }: PlanOptions): PlannedContext[] {
  const options = { ...given, renamed: given.anyName === false ? new Map() : renamedIn(given) };
  const planned: PlannedContext[] = [];
  const servers = new Map<string, string>(); // clusters by their API server's identity
  for (const { name, login, isSource } of options.there.values()) {
    if (login !== undefined && !isSource && !servers.has(login.identity)) {
      servers.set(login.identity, name);
    }
  }
  const taken = new Map<string, string>(); // contexts by their cluster names
  for (const context of contexts) {
    const one = planOne(context, options, taken);
    const { cluster, identity } = one;
    if (cluster !== undefined && !taken.has(cluster)) taken.set(cluster, context);
    const other = identity === undefined ? undefined : servers.get(identity);
    if (identity !== undefined && cluster !== undefined && other === undefined) {
      servers.set(identity, cluster);
    }
    const isOther = other !== undefined && other !== cluster;
    planned.push({ ...one, ...isOther ? { sameServerAs: other } : {} });
  }
  return planned;
}

interface Options extends Omit<PlanOptions, "contexts"> {
  /** Existing clusters whose name no context would get, by their connection. */
  readonly renamed: ReadonlyMap<string, ExistingCluster>;
}

function renamedIn({ names, there }: Pick<PlanOptions, "names" | "there">): Options["renamed"] {
  const claimed = new Set([...names.values()].map((each) => "name" in each ? each.name : ""));
  const renamed = new Map<string, ExistingCluster>();
  for (const each of there.values()) {
    const { name, isSource, login } = each;
    if (login === undefined || isSource || claimed.has(name) || renamed.has(login.key)) continue;
    renamed.set(login.key, each);
  }
  return renamed;
}

function planOne(
  context: string,
  options: Options,
  taken: ReadonlyMap<string, string>,
): PlannedContext & { readonly identity?: string } {
  const { config, names, rules, there, overwrite } = options;
  const skipped = (why: string) => ({ context, action: { kind: "skipped", why } }) as const;
  let login: ContextLogin;
  try {
    login = loginOf(config, context, rules);
  } catch (error) {
    // The row shows the context, so "current" would be misleading.
    if (error instanceof NotUsable) return skipped(error.why.replaceAll("its current ", "its "));
    throw error;
  }
  const { server, identity, key, text } = login;
  const name = names.get(context)!;
  if ("why" in name) return { ...skipped(name.why), server };
  const known = knownAs(name.name, key, options);
  const cluster = known?.name ?? name.name;
  const { instead } = name;
  const row = {
    context,
    cluster,
    server,
    identity,
    ...instead === undefined || cluster !== name.name ? {} : { insteadOf: instead },
  };
  const first = taken.get(cluster);
  if (first !== undefined) return { ...row, action: { kind: "same", as: first } };
  if (known !== undefined) return { ...row, action: { kind: "unchanged" } };
  const old = there.get(cluster);
  if (old === undefined) return { ...row, action: { kind: "create", text } };
  // A file that is being imported is not replaced, since its other contexts would be lost.
  if (overwrite && !old.isSource) return { ...row, action: { kind: "replace", text } };
  return { ...row, action: { kind: "skipped", why: whyKept(old, login) } };
}

/** The existing cluster with the same connection: by name, otherwise one that was renamed by the user. */
function knownAs(
  name: string,
  key: string,
  { there, renamed }: Options,
): ExistingCluster | undefined {
  const own = there.get(name);
  return own?.login?.key === key ? own : renamed.get(key);
}

function whyKept({ isSource, login, why }: ExistingCluster, { identity }: ContextLogin): string {
  if (isSource) {
    return "its cluster is the file being imported; move the file out of the clusters folder first";
  }
  const how = login === undefined
    ? `already exists with an unusable kubeconfig (${why})`
    : login.identity !== identity
    ? "already exists with another server"
    : "already exists with another credential";
  return `its cluster ${how}; --overwrite replaces it`;
}
