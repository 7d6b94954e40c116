import type { SecretReference } from "./objects.ts";
import { type FieldTypes, Reader } from "./reader.ts";

/** The fields in which a service account refers to secrets, with their Go structs. */
const REFERENCES: Readonly<Record<string, { struct: string; fields: FieldTypes }>> = {
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
  const elements = reader.array(field).map((value, i) => {
    const object = reader.asObject(value, field, `v1.${struct}`);
    return new Reader(object, struct, fields, `${field}.`, `${field}[${i}].`);
  });
  const names = elements.map((element) => element.string("name"));
  return {
    references: names.map((name) => name === "" ? {} : { name }),
    unknownFields: () => elements.flatMap((element) => element.unknownFields()),
  };
}
