import type { SecretReference } from "./objects.ts";
import { type Fields, Reader } from "./reader.ts";

/** Where a service account names secrets: by these fields, the Go structs of these names. */
const REFERENCES: Readonly<Record<string, { struct: string; fields: Fields }>> = {
  secrets: {
    struct: "ObjectReference",
    fields: Object.fromEntries(
      ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]
        .map((field) => [field, "string"]),
    ),
  },
  imagePullSecrets: { struct: "LocalObjectReference", fields: { name: "string" } },
};

export interface References {
  readonly references: SecretReference[];
  /** As `imagePullSecrets[0].foo`. */
  unknownFields(): string[];
}

/**
 * Reads a list of references. Only the names are kept.
 *
 * @throws {DecodeError}
 * @see k8s.io/kubernetes v1.35 pkg/registry/core/serviceaccount/strategy.go, cleanSecretReferences
 */
export function decodeReferences(reader: Reader, field: keyof typeof REFERENCES): References {
  const { struct, fields } = REFERENCES[field]!;
  const elements = reader.array(field).map((value) =>
    new Reader(reader.asObject(value, field, `v1.${struct}`), struct, fields, `${field}.`)
  );
  const names = elements.map((element) => element.string("name"));
  return {
    references: names.map((name) => name === "" ? {} : { name }),
    unknownFields: () =>
      elements.flatMap(({ source }, i) =>
        Object.keys(source)
          .filter((key) => !Object.hasOwn(fields, key))
          .map((key) => `${field}[${i}].${key}`)
      ),
  };
}
