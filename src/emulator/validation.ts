import {
  dataKeyErrors,
  labelKeyErrors,
  labelNameErrors,
  labelValueErrors,
  pathSegmentErrors,
  subdomainErrors,
} from "../kube/formats.ts";
import { base64Length, byteLength } from "../text/bytes.ts";
import { goJsonSyntaxError, goJsonType } from "./go_json.ts";
import type { KubernetesObject, Manifest, ManifestMeta, ObjectMeta, Resource } from "./objects.ts";
import { type FieldError, goQuote } from "./status.ts";

/**
 * Validates creates and updates; the errors are in the server's order.
 *
 * @see k8s.io/kubernetes v1.35 pkg/apis/core/validation/validation.go, ValidateSecret
 * @see k8s.io/apiserver v0.35 pkg/registry/rest/create.go and update.go
 */

const MAX_SECRET_BYTES = 1024 * 1024;
const MAX_ANNOTATION_BYTES = 256 * 1024;
const IMMUTABLE = "field is immutable when `immutable` is set";

type NameRule = (name: string) => string[];

export function createErrors(manifest: Manifest, resource: Resource): FieldError[] {
  const errors = objectErrors(manifest, resource);
  return errors.length > 0 ? errors : metaErrors(manifest.metadata, pathSegmentErrors);
}

/** Some errors occur several times: the server runs these checks at several layers. */
export function updateErrors(
  manifest: Manifest,
  old: KubernetesObject,
  resource: Resource,
): FieldError[] {
  const { metadata } = manifest;
  const changes = metaChangeErrors(metadata, old.metadata);
  return [
    ...metaErrors(metadata, pathSegmentErrors),
    ...changes,
    ...(resource === "namespaces" ? objectErrors(manifest, resource) : []),
    ...changes,
    ...finalizerNameErrors(metadata.finalizers),
    ...(old.kind === "Secret" ? secretChangeErrors(manifest, old) : []),
    ...(resource === "namespaces" ? [] : objectErrors(manifest, resource)),
  ];
}

function objectErrors(manifest: Manifest, resource: Resource): FieldError[] {
  const name = resource === "namespaces" ? labelNameErrors : subdomainErrors;
  const errors = [
    ...metaErrors(manifest.metadata, name),
    ...finalizerNameErrors(manifest.metadata.finalizers),
  ];
  if (resource === "secrets") errors.push(...dataErrors(manifest), ...typeErrors(manifest));
  return errors;
}

function metaErrors(meta: ManifestMeta, nameRule: NameRule): FieldError[] {
  const errors: FieldError[] = [];
  if (meta.name === "") {
    errors.push(required("metadata.name", "name or generateName is required"));
  } else {
    errors.push(...nameRule(meta.name).map((why) => wrong("metadata.name", meta.name, why)));
  }
  errors.push(...labelErrors(meta.labels), ...annotationErrors(meta.annotations));
  for (const finalizer of meta.finalizers) {
    errors.push(
      ...labelKeyErrors(finalizer).map((why) => wrong("metadata.finalizers", finalizer, why)),
    );
  }
  return errors;
}

function labelErrors(labels: Readonly<Record<string, string>>): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...labelKeyErrors(key).map((why) => wrong("metadata.labels", key, why)),
    ...labelValueErrors(value).map((why) => wrong("metadata.labels", value, why)),
  ]);
}

function annotationErrors(annotations: Readonly<Record<string, string>>): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    errors.push(
      ...labelKeyErrors(key.toLowerCase()).map((why) => wrong("metadata.annotations", key, why)),
    );
    bytes += byteLength(key) + byteLength(value);
  }
  if (bytes > MAX_ANNOTATION_BYTES) {
    errors.push(tooLong("metadata.annotations", MAX_ANNOTATION_BYTES));
  }
  return errors;
}

const STANDARD_FINALIZERS = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

function finalizerNameErrors(finalizers: readonly string[]): FieldError[] {
  return finalizers.flatMap((finalizer, index) => {
    if (finalizer.includes("/") || STANDARD_FINALIZERS.has(finalizer)) return [];
    const why = "name is neither a standard finalizer name nor is it fully qualified";
    return [wrong(`metadata.finalizers[${index}]`, finalizer, why)];
  });
}

function metaChangeErrors(meta: ManifestMeta, old: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  const added = meta.finalizers.filter((finalizer) => !old.finalizers?.includes(finalizer)).sort();
  if (old.deletionTimestamp && added.length > 0) {
    const list = added.map(goQuote).join(", ");
    errors.push(forbids(
      "metadata.finalizers",
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ));
  }
  for (const field of ["uid", "deletionTimestamp", "deletionGracePeriodSeconds"] as const) {
    if (meta[field] !== old[field]) errors.push(immutable(`metadata.${field}`, meta[field]));
  }
  return [...errors, ...labelErrors(meta.labels), ...annotationErrors(meta.annotations)];
}

function secretChangeErrors(
  manifest: Manifest,
  old: { type: string; immutable?: boolean; data?: Readonly<Record<string, string>> },
): FieldError[] {
  const errors: FieldError[] = [];
  if (manifest.type !== old.type) errors.push(immutable("type", manifest.type));
  if (!old.immutable) return errors;
  if (!manifest.immutable) errors.push(forbids("immutable", IMMUTABLE));
  const oldData = old.data ?? {};
  const same = Object.keys(oldData).length === Object.keys(manifest.data).length &&
    Object.entries(oldData).every(([key, value]) =>
      Object.hasOwn(manifest.data, key) && manifest.data[key] === value
    );
  if (!same) errors.push(forbids("data", IMMUTABLE));
  return errors;
}

function dataErrors({ data }: Manifest): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...dataKeyErrors(key).map((why) => wrong(`data[${key}]`, key, why)));
    bytes += base64Length(value);
  }
  if (bytes > MAX_SECRET_BYTES) errors.push(tooLong("data", MAX_SECRET_BYTES));
  return errors;
}

function typeErrors({ type, data, metadata }: Manifest): FieldError[] {
  const has = (key: string) => Object.hasOwn(data, key);
  const missing = (...keys: string[]) => keys.map((key) => required(`data[${key}]`));
  switch (type) {
    case "kubernetes.io/dockerconfigjson":
      return jsonObjectErrors(data, ".dockerconfigjson");
    case "kubernetes.io/dockercfg":
      return jsonObjectErrors(data, ".dockercfg");
    case "kubernetes.io/basic-auth":
      return has("username") || has("password") ? [] : missing("username", "password");
    case "kubernetes.io/ssh-auth":
      return has("ssh-privatekey") && data["ssh-privatekey"] ? [] : missing("ssh-privatekey");
    case "kubernetes.io/tls":
      return missing(...["tls.crt", "tls.key"].filter((key) => !has(key)));
    case "kubernetes.io/service-account-token": {
      const key = "kubernetes.io/service-account.name";
      return Object.hasOwn(metadata.annotations, key) && metadata.annotations[key]
        ? []
        : [required(`metadata.annotations[${key}]`)];
    }
    default:
      return [];
  }
}

/** Whether a value is a JSON object or null; its contents are not checked. */
function jsonObjectErrors(data: Readonly<Record<string, string>>, key: string): FieldError[] {
  const field = `data[${key}]`;
  if (!Object.hasOwn(data, key)) return [required(field)];
  const text = atob(data[key] ?? "");
  let why: string | undefined;
  try {
    const type = goJsonType(JSON.parse(text));
    if (type !== "object" && type !== "null") {
      why = `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
    }
  } catch {
    why = goJsonSyntaxError(text);
  }
  return why === undefined ? [] : [wrong(field, "<secret contents redacted>", why)];
}

function wrong(field: string, value: string, why: string): FieldError {
  return invalid(field, goQuote(value), why);
}

/** The value's Go type is not string, so that it is printed as JSON. */
function immutable(field: string, value: unknown): FieldError {
  const json = (JSON.stringify(value) ?? "null").replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return invalid(field, json, "field is immutable");
}

function invalid(field: string, value: string, why: string): FieldError {
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${value}: ${why}` };
}

function required(field: string, why = ""): FieldError {
  return { reason: "FieldValueRequired", field, message: `Required value${why && `: ${why}`}` };
}

function forbids(field: string, why: string): FieldError {
  return { reason: "FieldValueForbidden", field, message: `Forbidden: ${why}` };
}

function tooLong(field: string, bytes: number): FieldError {
  const message = `Too long: may not be more than ${bytes} bytes`;
  return { reason: "FieldValueTooLong", field, message };
}
