import { encodeBase64Text } from "../text/bytes.ts";
import { binaryText } from "./base64.ts";
import { goJsonSyntaxError, goJsonType } from "./go_json.ts";
import { KIND, type Manifest, type ManifestMeta, type Resource } from "./objects.ts";
import { DecodeError, type FieldTypes, Reader } from "./reader.ts";
import { decodeReferences } from "./references.ts";
import { badRequest, goQuote } from "./status.ts";

/** A request body, read but not yet understood. */
export interface RequestBody {
  readonly bytes: Uint8Array;
  /** `undefined` where the body is no JSON. */
  readonly value: unknown;
}

export interface Decoded {
  readonly manifest: Manifest;
  /** Fields that the kind does not have, as `metadata.foo`; they are dropped. */
  readonly unknownFields: readonly string[];
}

const OBJECT_META: FieldTypes = {
  name: "string",
  generateName: "string",
  namespace: "string",
  selfLink: "string",
  uid: "types.UID",
  resourceVersion: "string",
  generation: "int64",
  creationTimestamp: "Time",
  deletionTimestamp: "Time",
  deletionGracePeriodSeconds: "int64",
  labels: "map[string]string",
  annotations: "map[string]string",
  ownerReferences: "[]v1.OwnerReference",
  finalizers: "[]string",
  managedFields: "[]v1.ManagedFieldsEntry",
};

const KIND_FIELDS: Readonly<Record<Resource, FieldTypes>> = {
  secrets: {
    kind: "string",
    apiVersion: "string",
    metadata: "v1.ObjectMeta",
    immutable: "bool",
    data: "map[string][]uint8",
    stringData: "map[string]string",
    type: "v1.SecretType",
  },
  namespaces: {
    kind: "string",
    apiVersion: "string",
    metadata: "v1.ObjectMeta",
    spec: "v1.NamespaceSpec",
    status: "v1.NamespaceStatus",
  },
  serviceaccounts: {
    kind: "string",
    apiVersion: "string",
    metadata: "v1.ObjectMeta",
    secrets: "[]v1.ObjectReference",
    imagePullSecrets: "[]v1.LocalObjectReference",
    automountServiceAccountToken: "bool",
  },
};

/** Other common kinds of version v1. */
const CORE_KINDS = new Set(
  "Binding ConfigMap Endpoints Event LimitRange List Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount"
    .split(" "),
);

/**
 * The body of a create or an update as the server decodes and defaults it: `stringData` merged into
 * `data`, `type` Opaque where it is empty.
 *
 * @throws {StatusError} 400 BadRequest in the server's words.
 */
export function decodeManifest(body: RequestBody, resource: Resource): Decoded {
  const kind = KIND[resource];
  const object = body.value === null ? {} : body.value; // in Go, null leaves a struct empty
  if (goJsonType(object) !== "object") {
    const why = object === undefined
      ? goJsonSyntaxError(binaryText(body.bytes))
      : `json: cannot unmarshal ${
        goJsonType(object)
      } into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${
        shorten(body.bytes, object !== undefined)
      })`,
    );
  }
  return decodeObject(object as Record<string, unknown>, resource);
}

/** As {@linkcode decodeManifest}, from parsed JSON. */
export function decodeObject(object: Record<string, unknown>, resource: Resource): Decoded {
  const kind = KIND[resource];
  const given = typeof object.kind === "string" && object.kind || kind;
  const version = typeof object.apiVersion === "string" && object.apiVersion || "v1";
  const refuse = (why: string) =>
    badRequest(
      `${given} in version ${goQuote(version)} cannot be handled as a ${kind}: ${why}`,
    );
  if (given !== kind || version !== "v1") {
    if (version === "v1" && CORE_KINDS.has(given)) {
      throw refuse(`converting (v1.${given}) to (core.${kind}): unknown conversion`);
    }
    throw refuse(
      `no kind ${goQuote(given)} is registered for version ${
        goQuote(version)
      } in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  try {
    const reader = new Reader(object, kind, KIND_FIELDS[resource]);
    const meta = new Reader(reader.object("metadata"), "ObjectMeta", OBJECT_META, "metadata.");
    const metadata = decodeMeta(meta);
    if (resource === "serviceaccounts") {
      const secrets = decodeReferences(reader, "secrets");
      const imagePullSecrets = decodeReferences(reader, "imagePullSecrets");
      return {
        manifest: {
          ...BARE,
          metadata,
          secrets: secrets.references,
          imagePullSecrets: imagePullSecrets.references,
          automountServiceAccountToken: reader.bool("automountServiceAccountToken"),
        },
        unknownFields: reader.unknownFields({ metadata: meta, secrets, imagePullSecrets }),
      };
    }
    return {
      manifest: {
        ...BARE,
        metadata,
        ...(resource === "secrets" && {
          data: { ...reader.bytesMap("data"), ...encoded(reader.stringMap("stringData")) },
          type: reader.string("type") || "Opaque",
          immutable: reader.bool("immutable"),
        }),
      },
      unknownFields: reader.unknownFields({ metadata: meta }),
    };
  } catch (error) {
    throw error instanceof DecodeError ? refuse(error.message) : error;
  }
}

/** Values of the fields that a kind does not have. */
const BARE = { data: {}, type: "", secrets: [], imagePullSecrets: [] } satisfies Partial<Manifest>;

function decodeMeta(reader: Reader): ManifestMeta {
  reader.time("creationTimestamp");
  return {
    name: reader.string("name"),
    generateName: reader.string("generateName"),
    namespace: reader.string("namespace"),
    uid: reader.string("uid"),
    resourceVersion: reader.string("resourceVersion"),
    generation: reader.integer("generation") ?? 0,
    deletionTimestamp: reader.time("deletionTimestamp"),
    deletionGracePeriodSeconds: reader.integer("deletionGracePeriodSeconds"),
    labels: reader.stringMap("labels"),
    annotations: reader.stringMap("annotations"),
    ownerReferences: reader.array("ownerReferences"),
    finalizers: reader.array("finalizers").map((value) => reader.asString(value, "finalizers")),
  };
}

/** @returns the warnings for unknown fields. @throws {StatusError} with `Strict` */
export function unknownFieldWarnings(
  unknownFields: readonly string[],
  fieldValidation: string | null,
  resource: Resource,
): string[] {
  if (unknownFields.length === 0 || fieldValidation === "Ignore") return [];
  const warnings = unknownFields.map((field) => `unknown field ${goQuote(field)}`);
  if (fieldValidation !== "Strict") return warnings;
  const kind = KIND[resource];
  throw badRequest(
    `${kind} in version "v1" cannot be handled as a ${kind}: strict decoding error: ${
      warnings.join(", ")
    }`,
  );
}

function encoded(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, encodeBase64Text(value)]),
  );
}

/** How the server quotes a body that it cannot parse: as text, or in hexadecimal digits. */
function shorten(bytes: Uint8Array, hex: boolean): string {
  if (bytes.length === 0) return "<empty>";
  const start = bytes.subarray(0, 1024);
  if (!hex) return new TextDecoder().decode(start);
  return Array.from(start, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
