import { NotUsable } from "../../kube/kubeconfig/refused.ts";
import type { Config } from "../../kube/kubeconfig/shape.ts";
import type { Sealed } from "../../log/sealed.ts";
import type { VetRules } from "../vet.ts";
import { type Login, loginOf } from "./login.ts";
import type { ClusterName } from "./names.ts";
import type { ThereCluster } from "./there.ts";

/** What is to become of a context. */
export type Action =
  /** `replace` takes the place of a kubeconfig that is there. */
  | { readonly kind: "create" | "replace"; readonly text: Sealed<string> }
  /** The folder has it already, be it under another name. */
  | { readonly kind: "unchanged" }
  /** Another context has the same cluster and user, and differs by its namespace only. */
  | { readonly kind: "same"; readonly as: string }
  | { readonly kind: "left out"; readonly why: string };

export interface PlannedContext {
  readonly context: string;
  /** Absent where it gets none. */
  readonly cluster?: string;
  /** Absent where it cannot be told. */
  readonly server?: string;
  /** The shorter name that several contexts would have. */
  readonly insteadOf?: string;
  /** The cluster with another name that has the same API server. */
  readonly sameServerAs?: string;
  readonly action: Action;
}

export interface PlanOptions {
  readonly config: Config;
  /** Those to import, each once. */
  readonly contexts: readonly string[];
  /** Of all contexts of the kubeconfig. */
  readonly names: ReadonlyMap<string, ClusterName>;
  readonly rules: VetRules;
  /** What the folder has. */
  readonly there: ReadonlyMap<string, ThereCluster>;
  /** Whether what is there is replaced. */
  readonly overwrite: boolean;
  /** Whether a cluster that connects in the same way counts under another name, too. @default true */
  readonly anyName?: boolean;
}

/** What is to be done with contexts, in their order; nothing is changed yet. */
export function plan({ contexts, ...given }: PlanOptions): PlannedContext[] {
  const options = { ...given, renamed: given.anyName === false ? new Map() : renamedIn(given) };
  const planned: PlannedContext[] = [];
  const servers = new Map<string, string>(); // clusters by what tells API servers apart
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
  /** Clusters of the folder with a name that no context has, by how they connect. */
  readonly renamed: ReadonlyMap<string, ThereCluster>;
}

function renamedIn({ names, there }: Pick<PlanOptions, "names" | "there">): Options["renamed"] {
  const claimed = new Set([...names.values()].map((each) => "name" in each ? each.name : ""));
  const renamed = new Map<string, ThereCluster>();
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
  const leftOut = (why: string) => ({ context, action: { kind: "left out", why } }) as const;
  let login: Login;
  try {
    login = loginOf(config, context, rules);
  } catch (error) {
    // What is the current one is told by the row.
    if (error instanceof NotUsable) return leftOut(error.why.replaceAll("its current ", "its "));
    throw error;
  }
  const { server, identity, key, text } = login;
  const name = names.get(context)!;
  if ("why" in name) return { ...leftOut(name.why), server };
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
  // Its other contexts would be lost.
  if (overwrite && !old.isSource) return { ...row, action: { kind: "replace", text } };
  return { ...row, action: { kind: "left out", why: whyKept(old, login) } };
}

/** The cluster of the folder that connects in the same way: of its name, else one that the user named. */
function knownAs(
  name: string,
  key: string,
  { there, renamed }: Options,
): ThereCluster | undefined {
  const own = there.get(name);
  return own?.login?.key === key ? own : renamed.get(key);
}

function whyKept({ isSource, login, why }: ThereCluster, { identity }: Login): string {
  if (isSource) {
    return "its cluster is the file that is imported from; move that out of the folder first";
  }
  const how = login === undefined
    ? `is there already, and is refused: ${why}`
    : login.identity !== identity
    ? "is there already, for another server"
    : "is there already, with another credential";
  return `its cluster ${how}; --overwrite replaces it`;
}
