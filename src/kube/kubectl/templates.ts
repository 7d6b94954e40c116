import { decodeBase64Text } from "../base64.ts";
import type { RepositoryFields, SecretSummary } from "../store.ts";

/**
 * What kubectl is asked to print. Values other than these never leave the kubectl process.
 *
 * A template that fails makes kubectl print every object in full, so nothing here can fail: fields
 * are reached by dots inside `with`, never by `index`. One line a secret, fields separated by
 * spaces; base64 as it is, label keys and values as they are (their alphabets hold no space), free
 * text by `urlquery`.
 */
const METADATA = "{{.metadata.namespace}} {{.metadata.name}} {{with .type}}{{urlquery .}}{{end}}" +
  " {{.metadata.creationTimestamp}}" +
  " {{range $key, $value := .metadata.labels}}{{$key}}={{$value}},{{end}}";

const REPOSITORY_FIELDS = ["url", "name", "type", "username", "enableOCI", "project"] as const;

/** base64 of `x-oauth-basic`. */
const OAUTH_BASIC = "eC1vYXV0aC1iYXNpYw==";

const REPOSITORY = " {{with .data}}" +
  REPOSITORY_FIELDS.map((field) => `{{with .${field}}}{{.}}{{end}},`).join("") +
  `{{with .password}}{{if eq . "${OAUTH_BASIC}"}}token{{end}}{{end}}{{end}}`;

/** Prints a {@link SecretSummary} a line, for a list of secrets. */
export function summaryTemplate(repository: boolean): string {
  return `{{range .items}}${METADATA}${repository ? REPOSITORY : ""}{{"\\n"}}{{end}}`;
}

/** Parses what {@link summaryTemplate} printed. */
export function parseSummaries(stdout: string): SecretSummary[] {
  return stdout.split("\n").filter((line) => line !== "").map((line) => {
    const [namespace = "", name = "", type = "", created = "", labels = "", data] = line.split(" ");
    return {
      namespace,
      name,
      type: decodeURIComponent(type.replaceAll("+", " ")),
      creationTimestamp: created,
      labels: Object.fromEntries(
        labels.split(",").filter((pair) => pair !== "").map((pair) => {
          const equals = pair.indexOf("=");
          return [pair.slice(0, equals), pair.slice(equals + 1)];
        }),
      ),
      ...(data === undefined ? {} : { repository: parseRepository(data) }),
    };
  });
}

function parseRepository(text: string): RepositoryFields {
  const values = text.split(",");
  const fields: { -readonly [Key in keyof RepositoryFields]: RepositoryFields[Key] } = {
    usernameIsToken: values[REPOSITORY_FIELDS.length] === "token",
  };
  REPOSITORY_FIELDS.forEach((field, i) => {
    if (values[i]) fields[field] = decodeBase64Text(values[i]);
  });
  return fields;
}

/** Prints an object that was created or replaced: who, and the version that it now has. */
export const WRITTEN_TEMPLATE = "{{.metadata.namespace}}/{{.metadata.name}} {{.metadata.uid}}" +
  ' {{.metadata.resourceVersion}}{{"\\n"}}';

export interface Written {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Parses what {@link WRITTEN_TEMPLATE} printed, by `namespace/name`; anything else is dropped. */
export function parseWritten(stdout: string): Map<string, Written> {
  const complete = stdout.split("\n").slice(0, -1);
  return new Map(complete.flatMap((line) => {
    const [, key, uid, resourceVersion] = /^(\S+) ([0-9a-f-]+) ([0-9]+)$/.exec(line) ?? [];
    return key && uid && resourceVersion ? [[key, { uid, resourceVersion }] as const] : [];
  }));
}
