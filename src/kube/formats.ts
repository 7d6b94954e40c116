/**
 * The formats of names, labels and keys. Each function returns the errors in the API server's words, and
 * an empty list when the value is valid.
 *
 * @see k8s.io/apimachinery v0.35 pkg/util/validation/validation.go, pkg/api/validate/content
 */

import { byteLength } from "../text/bytes.ts";

const LABEL_1123 = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_1123 = `${LABEL_1123}(\\.${LABEL_1123})*`;
const QUALIFIED_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;
const CONFIG_KEY = "[-._a-zA-Z0-9]+";

const label1123 = new RegExp(`^${LABEL_1123}$(?!\n)`);
const subdomain1123 = new RegExp(`^${SUBDOMAIN_1123}$(?!\n)`);
const qualifiedName = new RegExp(`^${QUALIFIED_NAME}$(?!\n)`);
const validLabelValue = new RegExp(`^${LABEL_VALUE}$(?!\n)`);
const configKey = new RegExp(`^${CONFIG_KEY}$(?!\n)`);

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character" +
  ` (e.g. 'example.com', regex used for validation is '${SUBDOMAIN_1123}')`;
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character" +
  ` (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL_1123}')`;
const QUALIFIED_NAME_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character" +
  ` (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_NAME}')`;
const LABEL_VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character" +
  ` (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE}')`;
const CONFIG_KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'" +
  ` (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${CONFIG_KEY}')`;

/** The name of a Secret. */
export function subdomainErrors(value: string): string[] {
  const errors = value.length > 253 ? ["must be no more than 253 characters"] : [];
  return subdomain1123.test(value) ? errors : [...errors, SUBDOMAIN_RULE];
}

/** The name of a Namespace. */
export function labelNameErrors(value: string): string[] {
  const errors = value.length > 63 ? ["must be no more than 63 characters"] : [];
  if (label1123.test(value)) return errors;
  return [...errors, subdomain1123.test(value) ? "must not contain dots" : LABEL_RULE];
}

/** The key of a label, of an annotation in lower case, or a finalizer. */
export function labelKeyErrors(value: string): string[] {
  const parts = value.split("/");
  if (parts.length > 2) {
    return [
      `a valid label key ${QUALIFIED_NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const errors: string[] = [];
  if (prefix === "") errors.push("prefix part must be non-empty");
  else if (prefix) errors.push(...subdomainErrors(prefix).map((error) => `prefix part ${error}`));
  if (name === "") errors.push("name part must be non-empty");
  else if (byteLength(name) > 63) errors.push("name part must be no more than 63 bytes");
  if (!qualifiedName.test(name)) errors.push(`name part ${QUALIFIED_NAME_RULE}`);
  return errors;
}

export function labelValueErrors(value: string): string[] {
  const errors = byteLength(value) > 63 ? ["must be no more than 63 bytes"] : [];
  return validLabelValue.test(value) ? errors : [...errors, LABEL_VALUE_RULE];
}

/** A key of a Secret's data. */
export function dataKeyErrors(value: string): string[] {
  const errors = value.length > 253 ? ["must be no more than 253 characters"] : [];
  if (!configKey.test(value)) errors.push(CONFIG_KEY_RULE);
  if (value === ".") errors.push("must not be '.'");
  else if (value === "..") errors.push("must not be '..'");
  else if (value.startsWith("..")) errors.push("must not start with '..'");
  return errors;
}

/** The rule for the name of any object, as a segment of a URL's path. */
export function pathSegmentErrors(value: string): string[] {
  if (value === "." || value === "..") return [`may not be '${value}'`];
  return ["/", "%"].filter((c) => value.includes(c)).map((c) => `may not contain '${c}'`);
}

/** Quotes a text like Go's `%q`. */
export function goQuote(text: string): string {
  return JSON.stringify(text)
    .replace(
      /\\u00([01][0-9a-f])/g,
      (_, hex) => hex === "07" ? "\\a" : hex === "0b" ? "\\v" : `\\x${hex}`,
    )
    .replaceAll("\x7f", "\\x7f");
}
