import type { KubernetesObject, Resource } from "./objects.ts";
import { badRequest, goQuote } from "./status.ts";

/** Whether an object matches. */
export type FieldSelector = (object: KubernetesObject) => boolean;

type Field = (object: KubernetesObject) => string;

const NAME: Readonly<Record<string, Field>> = {
  "metadata.name": (object) => object.metadata.name,
  "metadata.namespace": (object) => object.metadata.namespace ?? "",
};

const FIELDS: Readonly<Record<Resource, Readonly<Record<string, Field>>>> = {
  serviceaccounts: NAME,
  secrets: {
    ...NAME,
    "type": (object) => object.kind === "Secret" ? object.type : "",
  },
  namespaces: {
    "metadata.name": (object) => object.metadata.name,
    "status.phase": (object) => object.kind === "Namespace" ? object.status.phase : "",
  },
};

/**
 * Parses a field selector: `metadata.name=a`, `==`, `!=`, joined by commas. Backslash escapes are not
 * supported, since no value of these fields needs one.
 *
 * @throws {StatusError} 400 BadRequest in the server's words.
 * @see k8s.io/apimachinery v0.35 pkg/fields/selector.go
 */
export function parseFieldSelector(text: string, resource: Resource): FieldSelector {
  const terms = text.split(",").filter((term) => term !== "").map((term) => {
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = "", operator, value] = match;
    const valueOf = Object.hasOwn(FIELDS[resource], field) ? FIELDS[resource][field] : undefined;
    if (!valueOf) throw badRequest(unsupported(resource, field));
    return (object: KubernetesObject) => (valueOf(object) === value) === (operator !== "!=");
  });
  return (object) => terms.every((matches) => matches(object));
}

/** Resources without fields of their own share an error message. */
function unsupported(resource: Resource, field: string): string {
  return resource === "serviceaccounts"
    ? `${goQuote(field)} is not a known field selector: only ${
      Object.keys(NAME).map(goQuote).join(", ")
    }`
    : `field label not supported: ${field}`;
}
