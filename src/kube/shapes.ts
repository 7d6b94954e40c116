/**
 * The shapes of successful responses. A proxy, a login page and another kind of server respond with 200,
 * too; read as a list, such a response would be an empty list.
 */
import { isObject } from "../text/json.ts";
import type { ObjectKind } from "./manifest.ts";
import { whyOtherAnswer } from "./reasons.ts";
import type { SecretRef } from "./store.ts";

/** An expected response. */
export interface AnswerShape {
  /** For messages: "a SecretList". */
  readonly what: string;
  fits(body: unknown): boolean;
}

type Fields = Readonly<Record<string, unknown>>;

function isOf(body: unknown, kind: string, apiVersion = "v1"): body is Fields {
  return isObject(body) && body.kind === kind && body.apiVersion === apiVersion;
}

/** Whether it has the metadata of an object in a cluster. */
function isNamed(object: unknown): object is { metadata: Fields } {
  return isObject(object) && isObject(object.metadata) &&
    typeof object.metadata.name === "string" && object.metadata.name !== "";
}

function isNamespaced(object: unknown): boolean {
  return isNamed(object) && typeof object.metadata.namespace === "string";
}

/** Go encodes a nil slice as `null`, which is an empty list. */
function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return value === null || (Array.isArray(value) && value.every(isItem));
}

const listShape = (kind: string, isItem: (item: unknown) => boolean): AnswerShape => ({
  what: `a ${kind}`,
  fits: (body) => isOf(body, kind) && isListOf(body.items, isItem),
});

export const SECRET_LIST = listShape("SecretList", isNamespaced);
export const NAMESPACE_LIST = listShape("NamespaceList", isNamed);
export const ACCOUNT_LIST = listShape("ServiceAccountList", isNamespaced);

/** @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
export const SECRET_TABLE: AnswerShape = {
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

/** A Table of deployments with a column `Images`. */
export const DEPLOYMENT_TABLE: AnswerShape = {
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
export const VERSION_ANSWER: AnswerShape = {
  what: "the version of a Kubernetes API server",
  fits: (body) => isObject(body) && typeof body.gitVersion === "string",
};

/** An access review with a decision. */
export const REVIEW_ANSWER: AnswerShape = {
  what: "an access review",
  fits: (body) =>
    isOf(body, "SelfSubjectAccessReview", "authorization.k8s.io/v1") &&
    isObject(body.status) && typeof body.status.allowed === "boolean",
};

/** The object with this name, and no other. */
export function objectShape(
  kind: ObjectKind,
  { namespace, name }: Partial<SecretRef>,
): AnswerShape {
  return {
    what: `the requested ${kind}`,
    fits: (body) =>
      isOf(body, kind) && isNamed(body) && body.metadata.name === name &&
      (kind === "Namespace" || body.metadata.namespace === namespace),
  };
}

/** An object that was written: it has a uid and a resourceVersion, except after a dry run. */
export function writtenShape(shape: AnswerShape, dryRun: boolean): AnswerShape {
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
 * The response to a deletion: a Status `Success`, or the object when finalizers keep it.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/#delete-delete-a-secret
 */
export function removedShape(ref: SecretRef): AnswerShape {
  const secret = objectShape("Secret", ref);
  return {
    what: "a Status 'Success' or the Secret",
    fits: (body) => (isOf(body, "Status") && body.status === "Success") || secret.fits(body),
  };
}

/** Kinds that are named in messages; any other text may be a value. */
const KINDS: ReadonlySet<unknown> = new Set([
  ...["Secret", "SecretList", "Namespace", "NamespaceList", "ServiceAccount"],
  ...["ServiceAccountList", "Table", "List", "PartialObjectMetadataList", "APIVersions"],
]);

/**
 * Why a response is not the expected one, without a quote from it.
 * @param body `undefined` when the response is not JSON
 */
export function whyOther({ what }: AnswerShape, body: unknown): string {
  return whyOtherAnswer(described(body), what);
}

function described(body: unknown): string {
  if (body === undefined) return "a response that is not JSON";
  if (Array.isArray(body)) return "a JSON array";
  if (!isObject(body)) return "JSON that is neither an object nor an array";
  if (body.kind === "Status") {
    return body.status === "Failure" ? "a Status 'Failure'" : "a Status";
  }
  if (KINDS.has(body.kind)) return `a ${body.kind} with other content`;
  return body.kind === undefined ? "an object without a kind" : "an object of another kind";
}
