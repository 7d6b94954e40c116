/**
 * What a success has to look like. A proxy, a page to log in and a server of another kind answer with
 * 200, too; taken for a list, such an answer would be one with nothing in it.
 */
import { isObject } from "../text/json.ts";
import type { Kind } from "./manifest.ts";
import { whyOtherAnswer } from "./reasons.ts";
import type { SecretRef } from "./store.ts";

/** An answer that is expected. */
export interface Shape {
  /** For messages: "a SecretList". */
  readonly what: string;
  fits(body: unknown): boolean;
}

type Fields = Readonly<Record<string, unknown>>;

function isOf(body: unknown, kind: string, apiVersion = "v1"): body is Fields {
  return isObject(body) && body.kind === kind && body.apiVersion === apiVersion;
}

/** Whether it has the metadata of an object that is in a cluster. */
function isNamed(object: unknown): object is { metadata: Fields } {
  return isObject(object) && isObject(object.metadata) &&
    typeof object.metadata.name === "string" && object.metadata.name !== "";
}

function isNamespaced(object: unknown): boolean {
  return isNamed(object) && typeof object.metadata.namespace === "string";
}

/** Go writes an empty list as `null` where nobody has made one. */
function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return value === null || (Array.isArray(value) && value.every(isItem));
}

const listShape = (kind: string, isItem: (item: unknown) => boolean): Shape => ({
  what: `a ${kind}`,
  fits: (body) => isOf(body, kind) && isListOf(body.items, isItem),
});

export const SECRET_LIST = listShape("SecretList", isNamespaced);
export const NAMESPACE_LIST = listShape("NamespaceList", isNamed);
export const ACCOUNT_LIST = listShape("ServiceAccountList", isNamespaced);

/** @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
export const SECRET_TABLE: Shape = {
  what: "a Table of secrets",
  fits: (body) =>
    isOf(body, "Table", "meta.k8s.io/v1") &&
    Array.isArray(body.columnDefinitions) &&
    body.columnDefinitions.some((column) => isObject(column) && column.name === "Type") &&
    isListOf(
      body.rows,
      (row) => isObject(row) && Array.isArray(row.cells) && isNamespaced(row.object),
    ),
};

/** A Table of deployments, whose images are among the columns. */
export const DEPLOYMENT_TABLE: Shape = {
  what: "a Table of deployments",
  fits: (body) =>
    isOf(body, "Table", "meta.k8s.io/v1") &&
    Array.isArray(body.columnDefinitions) &&
    body.columnDefinitions.some((column) => isObject(column) && column.name === "Images") &&
    isListOf(
      body.rows,
      (row) => isObject(row) && Array.isArray(row.cells) && isNamespaced(row.object),
    ),
};

/** @see https://pkg.go.dev/k8s.io/apimachinery/pkg/version#Info */
export const VERSION_ANSWER: Shape = {
  what: "the version of a Kubernetes API server",
  fits: (body) => isObject(body) && typeof body.gitVersion === "string",
};

/** An access review that is decided. */
export const REVIEW_ANSWER: Shape = {
  what: "an access review",
  fits: (body) =>
    isOf(body, "SelfSubjectAccessReview", "authorization.k8s.io/v1") &&
    isObject(body.status) && typeof body.status.allowed === "boolean",
};

/** The object of that name, and no other. */
export function objectShape(
  kind: Kind,
  { namespace, name }: Partial<SecretRef>,
): Shape {
  return {
    what: `the ${kind} that was asked for`,
    fits: (body) =>
      isOf(body, kind) && isNamed(body) && body.metadata.name === name &&
      (kind === "Namespace" || body.metadata.namespace === namespace),
  };
}

/** An object that was written: it has an identity, unless it was only tried. */
export function writtenShape(shape: Shape, dryRun: boolean): Shape {
  const isText = (value: unknown) => typeof value === "string" && value !== "";
  return {
    what: shape.what,
    fits: (body) =>
      shape.fits(body) &&
      (dryRun || (isNamed(body) && isText(body.metadata.uid) &&
        isText(body.metadata.resourceVersion))),
  };
}

/**
 * Of a deletion: a Status of success, or the object where it stays for its finalizers.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/#delete-delete-a-secret
 */
export function removedShape(ref: SecretRef): Shape {
  const secret = objectShape("Secret", ref);
  return {
    what: "a Status of success or the Secret",
    fits: (body) => (isOf(body, "Status") && body.status === "Success") || secret.fits(body),
  };
}

/** Kinds that are said as they are; any other text may be a value. */
const KINDS: ReadonlySet<unknown> = new Set([
  ...["Secret", "SecretList", "Namespace", "NamespaceList", "ServiceAccount"],
  ...["ServiceAccountList", "Table", "List", "PartialObjectMetadataList", "APIVersions"],
]);

/**
 * Why an answer is not what was expected, in our own words: nothing of it is quoted.
 * @param body `undefined` when it is no JSON
 */
export function whyOther({ what }: Shape, body: unknown): string {
  return whyOtherAnswer(described(body), what);
}

function described(body: unknown): string {
  if (body === undefined) return "no JSON";
  if (Array.isArray(body)) return "a JSON list";
  if (!isObject(body)) return "neither a JSON object nor a list";
  if (body.kind === "Status") {
    return body.status === "Failure" ? "a Status of failure" : "a Status";
  }
  if (KINDS.has(body.kind)) return `a ${body.kind} of another content`;
  return body.kind === undefined ? "an object without a kind" : "an object of another kind";
}
