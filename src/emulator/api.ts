import { binaryText } from "./base64.ts";
import type { EmulatedCluster } from "./cluster.ts";
import { decodeManifest, decodeObject, type RequestBody, unknownFieldWarnings } from "./decode.ts";
import { checkDryRun, checkFieldValidation, decodeDeleteOptions } from "./delete_options.ts";
import { discoveryDocument } from "./discovery.ts";
import { goJsonSyntaxError, goJsonType } from "./go_json.ts";
import { labelSelector, type ListOptions, type ObjectList } from "./list.ts";
import type { KubernetesObject, Resource } from "./objects.ts";
import { deploymentsIn, listDeployments, review, REVIEWS } from "./other_groups.ts";
import { mergePatch } from "./patch.ts";
import { fromProtobuf } from "./protobuf.ts";
import { inForm, negotiate } from "./representation.ts";
import {
  badRequest,
  goQuote,
  methodNotAllowed,
  noSuchResource,
  type Status,
  StatusError,
} from "./status.ts";

export interface DecodedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  /** Without parameters; empty stands for JSON. */
  readonly contentType: string;
  readonly body: RequestBody;
}

export interface ApiAnswer {
  readonly code: number;
  readonly contentType: string;
  readonly body: string;
  /** Texts for Warning headers. */
  readonly warnings: readonly string[];
}

const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** The object or collection that a path names; `name` is empty for a collection. */
export interface ResourcePath {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

/** Answers a request as the API server does. Errors are answers, too. */
export function answer(cluster: EmulatedCluster, request: DecodedRequest, now: Date): ApiAnswer {
  const path = request.path.replace(/(?<!\/)\/+$/, "");
  if (/^\/(healthz|livez|readyz)$/.test(path)) return text(200, "ok");
  try {
    const document = discoveryDocument(path);
    if (document !== undefined) {
      // The aggregator answers /apis, and ignores the method.
      if (request.method !== "GET" && path !== "/apis") throw methodNotAllowed();
      return json(200, document);
    }
    if (path === REVIEWS) {
      return json(201, review(request.method, request.body, cluster.isAllowed));
    }
    const place = deploymentsIn(path);
    if (place !== undefined) {
      const matches = labelSelector(request.query.get("labelSelector") ?? "");
      const there = cluster.deployments.filter(({ namespace }) => namespace === place);
      return json(200, listDeployments(there, matches, request));
    }
    if (!path.startsWith("/api/")) return text(404, "404 page not found\n");
    const target = resourceAt(path);
    if (!target) throw noSuchResource();
    return serve(cluster, request, target, now);
  } catch (error) {
    if (error instanceof StatusError) return statusAnswer(error);
    throw error;
  }
}

export function statusAnswer(error: StatusError): ApiAnswer {
  return json(error.code, error.toStatus());
}

/** @returns what the path names, or `undefined` if it is not one of the resources */
export function resourceAt(path: string): ResourcePath | undefined {
  const match =
    /^\/api\/v1\/(?:(secrets|serviceaccounts)|namespaces(?:\/([^/]+)(?:\/(secrets|serviceaccounts)(?:\/([^/]+))?)?)?)\/*$/
      .exec(path);
  if (!match) return undefined;
  const [, everywhere, namespace = "", inside, name = ""] = match;
  const resource = everywhere ?? inside;
  return resource
    ? {
      resource: resource as Resource,
      namespace: unescaped(namespace),
      name: unescaped(name),
    }
    : { resource: "namespaces", namespace: "", name: unescaped(namespace) };
}

function serve(
  cluster: EmulatedCluster,
  request: DecodedRequest,
  target: ResourcePath,
  now: Date,
): ApiAnswer {
  const { resource, namespace, name } = target;
  const { method, query } = request;
  const form = negotiate(request.accept, method === "GET" && !name);
  const shown = (code: number, object: Shown, warnings: readonly string[] = []) => {
    const body = inForm(form, resource, object, query.get("includeObject") ?? "", now);
    return json(code, body, warnings);
  };
  switch (method) {
    case "GET":
      return shown(
        200,
        name ? cluster.get(resource, namespace, name) : list(cluster, request, target),
      );
    case "POST":
      if (name || resource !== "namespaces" && !namespace) break;
      return write(cluster, request, target, shown);
    case "PUT":
    case "PATCH":
      if (!name) break;
      return write(cluster, request, target, shown);
    case "DELETE": {
      if (!name && !namespace) break;
      checkContentType(request);
      // Options in the body replace those of the query: `?dryRun=All` is ignored.
      const dryRun = request.body.bytes.length === 0 && isDryRun(request, "DeleteOptions");
      const options = decodeDeleteOptions(request.body, dryRun);
      return shown(
        200,
        name
          ? cluster.delete(resource, namespace, name, options)
          : cluster.deleteAll(resource, namespace, listOptions(request), options),
      );
    }
  }
  throw methodNotAllowed();
}

type Shown = KubernetesObject | ObjectList | Status;
type Show = (code: number, object: Shown, warnings?: readonly string[]) => ApiAnswer;

function list(
  cluster: EmulatedCluster,
  request: DecodedRequest,
  { resource, namespace }: ResourcePath,
): ObjectList {
  const { query } = request;
  if (["1", "true"].includes(query.get("watch") ?? "")) {
    const message = `watch is not supported on resources of kind ${goQuote(resource)}`;
    throw new StatusError(405, "MethodNotAllowed", message, { kind: resource });
  }
  return cluster.list(resource, namespace, listOptions(request));
}

function listOptions({ query }: DecodedRequest): ListOptions {
  const limit = query.get("limit") ?? "0";
  if (!/^[+-]?\d+$/.test(limit)) {
    throw badRequest(`strconv.ParseInt: parsing ${goQuote(limit)}: invalid syntax`);
  }
  if (query.get("continue") && !/^0?$/.test(query.get("resourceVersion") ?? "")) {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  return {
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: query.get("fieldSelector") ?? "",
    limit: Number(limit),
    continue: query.get("continue") ?? "",
  };
}

const WRITE_OPTIONS: Readonly<Record<string, string>> = {
  POST: "CreateOptions",
  PUT: "UpdateOptions",
  PATCH: "PatchOptions",
};

/** A create, an update or a patch, checked in the same order. */
function write(
  cluster: EmulatedCluster,
  request: DecodedRequest,
  { resource, namespace, name }: ResourcePath,
  shown: Show,
): ApiAnswer {
  const { method, contentType, query, body } = request;
  const isProtobuf = method === "POST" && contentType === PROTOBUF;
  const patch = method === "PATCH" ? patchType(contentType) : undefined;
  if (!isProtobuf && !patch) checkContentType(request);
  const dryRun = isDryRun(request, WRITE_OPTIONS[method]!);
  const { manifest, unknownFields } = patch
    ? decodeObject(patched(cluster.get(resource, namespace, name), body, patch), resource)
    : isProtobuf
    ? decodeObject(fromProtobuf(body.bytes, resource), resource)
    : decodeManifest(body, resource);
  const warnings = unknownFieldWarnings(unknownFields, query.get("fieldValidation"), resource);
  if (method === "POST") {
    return shown(201, cluster.create(resource, namespace, manifest, { dryRun }), warnings);
  }
  const options = { dryRun, uidIsPrecondition: !patch };
  return shown(200, cluster.update(resource, namespace, name, manifest, options), warnings);
}

type PatchType = "strategic" | "merge";

function patchType(contentType: string): PatchType {
  const match = /^application\/(strategic-)?merge-patch\+json$/.exec(contentType);
  if (match) return match[1] === undefined ? "merge" : "strategic";
  throw new StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
}

function patched(old: KubernetesObject, { value, bytes }: RequestBody, type: PatchType) {
  const isStrategic = type === "strategic";
  if (goJsonType(value) !== "object") {
    const why = value === undefined
      ? goJsonSyntaxError(binaryText(bytes))
      : `json: cannot unmarshal ${goJsonType(value)} into Go value of type map[string]interface {}`;
    throw badRequest(isStrategic ? why : `error decoding patch: ${why}`);
  }
  return mergePatch(old, value, isStrategic) as Record<string, unknown>;
}

function isDryRun({ query }: DecodedRequest, options: string): boolean {
  const values = query.getAll("dryRun");
  checkDryRun(values, options);
  if (options !== "DeleteOptions") checkFieldValidation(query.get("fieldValidation"), options);
  return values.length > 0;
}

/** Rejects YAML, which the real server accepts, and protobuf except for a create. */
function checkContentType({ contentType }: DecodedRequest): void {
  if (contentType === "" || contentType === "application/json") return;
  throw new StatusError(
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
  );
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function json(code: number, body: unknown, warnings: readonly string[] = []): ApiAnswer {
  return { code, contentType: "application/json", body: `${JSON.stringify(body)}\n`, warnings };
}

function text(code: number, body: string): ApiAnswer {
  return { code, contentType: "text/plain; charset=utf-8", body, warnings: [] };
}
