import { type LabelSelector, parseLabelSelector, SelectorError } from "../kube/label_selector.ts";
import { encodeBase64Url } from "../text/bytes.ts";
import { parseFieldSelector } from "./field_selector.ts";
import { goJsonSyntaxError } from "./go_json.ts";
import { KIND, type KubernetesObject, type Resource } from "./objects.ts";
import { badRequest, StatusError } from "./status.ts";

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** The most objects to return; 0 or less means no limit. */
  readonly limit?: number;
  /** The token from the previous page. */
  readonly continue?: string;
}

export interface ObjectList {
  readonly kind: `${KubernetesObject["kind"]}List`;
  readonly apiVersion: "v1";
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  /** Without `kind` and `apiVersion`, as the server lists them. */
  readonly items: readonly Omit<KubernetesObject, "kind" | "apiVersion">[];
}

/** The most paged lists under way. The oldest expires first, as by etcd's compaction. */
const MAX_SNAPSHOTS = 16;

/** Divides lists into pages. Later pages show the state at the time of the first request. */
export class Lister {
  readonly #snapshots = new Map<string, readonly KubernetesObject[]>();

  /**
   * @param objects All objects of the resource in the namespace, sorted.
   * @param namespace Empty for all namespaces.
   * @throws {StatusError} 400 for an invalid selector or token, 410 Expired for a token whose list is no
   * longer kept.
   */
  page(
    resource: Resource,
    objects: readonly KubernetesObject[],
    namespace: string,
    resourceVersion: number,
    options: ListOptions,
  ): ObjectList {
    const labels = labelSelector(options.labelSelector ?? "");
    const fields = parseFieldSelector(options.fieldSelector ?? "", resource);
    const token = options.continue ? parseToken(options.continue) : undefined;
    const version = token?.rv ?? resourceVersion;
    const snapshot = `${resource}/${namespace}/${version}`;
    const all = token ? this.#snapshots.get(snapshot) : objects;
    if (!all) throw expired();
    const limit = options.limit && options.limit > 0 ? options.limit : Infinity;

    const items: KubernetesObject[] = [];
    let last: KubernetesObject | undefined;
    let left = 0;
    for (const object of all) {
      if (token && pathOf(object, namespace) < token.start) continue;
      if (items.length === limit) {
        left++;
        continue;
      }
      last = object;
      if (fields(object) && labels(object.metadata.labels ?? {})) items.push(object);
    }
    if (left > 0) this.#hold(snapshot, all);
    const selecting = Boolean(options.labelSelector || options.fieldSelector);
    return {
      kind: `${KIND[resource]}List`,
      apiVersion: "v1",
      metadata: {
        resourceVersion: String(version),
        ...(last && left > 0 && {
          continue: makeToken({ rv: version, start: `${pathOf(last, namespace)}\0` }),
          ...(!selecting && { remainingItemCount: left }),
        }),
      },
      items: items.map(({ kind: _kind, apiVersion: _version, ...object }) => object),
    };
  }

  #hold(snapshot: string, objects: readonly KubernetesObject[]): void {
    this.#snapshots.set(snapshot, objects);
    for (const oldest of this.#snapshots.keys()) {
      if (this.#snapshots.size <= MAX_SNAPSHOTS) return;
      this.#snapshots.delete(oldest);
    }
  }
}

/** The sort key of an object in its list. */
function pathOf({ metadata }: KubernetesObject, namespace: string): string {
  return metadata.namespace && !namespace
    ? `${metadata.namespace}/${metadata.name}`
    : metadata.name;
}

interface ContinueToken {
  readonly rv: number;
  readonly start: string;
}

/** @see k8s.io/apiserver v0.35 pkg/storage/continue.go */
function makeToken({ rv, start }: ContinueToken): string {
  const json = JSON.stringify({ v: "meta.k8s.io/v1", rv, start });
  return encodeBase64Url(json);
}

function parseToken(token: string): ContinueToken {
  const invalid = (why: string) =>
    badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const stray = token.search(/[^\w-]/);
  if (stray >= 0 || token.length % 4 === 1) {
    throw invalid(`illegal base64 data at input byte ${stray >= 0 ? stray : token.length - 1}`);
  }
  const text = atob(token.replaceAll("-", "+").replaceAll("_", "/"));
  let content: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    content = JSON.parse(text);
  } catch {
    throw invalid(goJsonSyntaxError(text));
  }
  const { v = "", rv = 0, start = "" } = content;
  if (v !== "meta.k8s.io/v1") {
    throw invalid(`server does not recognize this encoded version ${v}`);
  }
  if (typeof rv !== "number" || rv === 0) {
    throw invalid("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  }
  if (typeof start !== "string" || start === "") {
    throw invalid("encoded start key empty (version meta.k8s.io/v1)");
  }
  return { rv, start };
}

function expired(): StatusError {
  return new StatusError(
    410,
    "Expired",
    "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.",
  );
}

/** @throws {StatusError} 400 BadRequest in the server's words */
export function labelSelector(text: string): LabelSelector {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw error instanceof SelectorError ? badRequest(error.message) : error;
  }
}
