import type { ArgocdDeployment } from "../argocd_version.ts";
import { namespacePhase } from "../manifest.ts";
import { OAUTH_BASIC, REPOSITORY_TEXTS, repositoryFields } from "../repository_fields.ts";
import type { NamespacePhase, RepositoryFields, SecretSummary, ServiceAccount } from "../store.ts";

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

const REPOSITORY = " {{with .data}}" +
  REPOSITORY_TEXTS.map((field) => `{{with .${field}}}{{.}}{{end}},`).join("") +
  `{{with .password}}{{if eq . "${OAUTH_BASIC}"}}token{{end}}{{end}}{{end}}`;

/**
 * Prints a {@link SecretSummary} a line, for a list of secrets.
 * @param annotation key of the one to print
 */
export function summaryTemplate(repository: boolean, annotation?: string): string {
  const columns = METADATA + (annotation === undefined ? "" : annotationColumn(annotation)) +
    (repository ? REPOSITORY : "");
  return `{{range .items}}${columns}{{"\\n"}}{{end}}`;
}

/** ` =VALUE`, or only the space when there is none. The others stay in the kubectl process. */
function annotationColumn(key: string): string {
  return ` {{range $key, $value := .metadata.annotations}}{{if eq $key ${JSON.stringify(key)}}}` +
    "={{urlquery $value}}{{end}}{{end}}";
}

/** Parses what {@link summaryTemplate} printed, with an annotation or without. */
export function parseSummaries(stdout: string, withAnnotation = false): SecretSummary[] {
  return linesOf(stdout).map((line) => {
    const [namespace = "", name = "", type = "", created = "", labels = "", ...more] = line
      .split(" ");
    const annotation = withAnnotation ? more.shift() ?? "" : "";
    const [data] = more;
    return {
      namespace,
      name,
      type: decodeQuery(type),
      creationTimestamp: created,
      labels: Object.fromEntries(
        labels.split(",").filter((pair) => pair !== "").map((pair) => {
          const equals = pair.indexOf("=");
          return [pair.slice(0, equals), pair.slice(equals + 1)];
        }),
      ),
      ...(annotation === "" ? {} : { annotation: decodeQuery(annotation.slice(1)) }),
      ...(data === undefined ? {} : { repository: parseRepository(data) }),
    };
  });
}

function parseRepository(text: string): RepositoryFields {
  const values = text.split(",");
  const texts = REPOSITORY_TEXTS.map((key, i) => [key, values[i] ?? ""]);
  const isToken = values[REPOSITORY_TEXTS.length] === "token";
  return repositoryFields({
    ...Object.fromEntries(texts),
    ...(isToken ? { password: OAUTH_BASIC } : {}),
  });
}

/** Prints name and phase of each namespace. */
export const NAMESPACES_TEMPLATE =
  '{{range .items}}{{.metadata.name}} {{with .status}}{{with .phase}}{{.}}{{end}}{{end}}{{"\\n"}}{{end}}';

/** Parses what {@link NAMESPACES_TEMPLATE} printed. */
export function parseNamespaces(stdout: string): Map<string, NamespacePhase> {
  return new Map(
    linesOf(stdout).map((line) => {
      const [name = "", phase] = line.split(" ");
      return [name, namespacePhase(phase)] as const;
    }),
  );
}

/** Prints each service account with its pull secrets, whose names the API server does not check. */
export const ACCOUNTS_TEMPLATE = "{{range .items}}{{.metadata.namespace}} {{.metadata.name}} " +
  '{{range .imagePullSecrets}}{{with .name}}{{urlquery .}},{{end}}{{end}}{{"\\n"}}{{end}}';

/** Parses what {@link ACCOUNTS_TEMPLATE} printed. */
export function parseAccounts(stdout: string): ServiceAccount[] {
  return linesOf(stdout).map((line) => {
    const [namespace = "", name = "", names = ""] = line.split(" ");
    return { namespace, name, pullSecrets: names.split(",").slice(0, -1).map(decodeQuery) };
  });
}

/** A template of lines, each of which begins with the kind of its object. */
export function kindFirst(template: string): string {
  return template.replace("{{range .items}}", "{{range .items}}{{with .kind}}{{.}}{{end}} ");
}

/** What such a template printed, less the kinds; `undefined` when one is another. */
export function withoutKind(stdout: string, kind: string): string | undefined {
  const lines = linesOf(stdout);
  if (!lines.every((line) => line.startsWith(`${kind} `))) return undefined;
  return lines.map((line) => line.slice(kind.length + 1) + "\n").join("");
}

export function linesOf(stdout: string): string[] {
  return stdout.split("\n").filter((line) => line !== "");
}

/** What `urlquery` encodes. */
export function decodeQuery(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/**
 * Prints an object that was created or replaced: who, and the version that it now has. A namespace
 * is in none; what a dry run would create has no version.
 */
export const WRITTEN_TEMPLATE =
  "{{with .metadata.namespace}}{{.}}{{end}}/{{.metadata.name}} {{.metadata.uid}}" +
  ' {{with .metadata.resourceVersion}}{{.}}{{end}}{{"\\n"}}';

/**
 * Parses what {@link WRITTEN_TEMPLATE} printed, by `namespace/name`; anything else is dropped. Only
 * of a dry run is something without a version accepted: else it would be one that nobody asked for.
 */
export function parseWritten(stdout: string, dryRun: boolean) {
  const complete = stdout.split("\n").slice(0, -1);
  return new Map(complete.flatMap((line) => {
    const [, key, uid, resourceVersion = ""] = /^(\S+) ([0-9a-f-]+) ([0-9]*)$/.exec(line) ?? [];
    const isWritten = key && uid && (dryRun || resourceVersion !== "");
    return isWritten ? [[key, { uid, resourceVersion }] as const] : [];
  }));
}

/** Prints whether an access review allows what it asks for, a line each. */
export const ALLOWED_TEMPLATE =
  '{{with .status}}{{if .allowed}}allowed{{else}}refused{{end}}{{end}}{{"\\n"}}';

/** Parses what {@link ALLOWED_TEMPLATE} printed; what is neither is left out. */
export function parseAllowed(stdout: string): boolean[] {
  return linesOf(stdout).flatMap((line) =>
    line === "allowed" ? [true] : line === "refused" ? [false] : []
  );
}

/**
 * Prints two labels and the images of each deployment; what else is in it, such as the environment of
 * its containers, stays in the kubectl process.
 */
export function deploymentTemplate(component: string, version: string): string {
  const label = (key: string) =>
    `{{range $key, $value := .metadata.labels}}{{if eq $key ${JSON.stringify(key)}}}` +
    "{{urlquery $value}}{{end}}{{end}}";
  return `{{range .items}}${label(component)} ${label(version)} ` +
    "{{with .spec}}{{with .template}}{{with .spec}}{{range .containers}}" +
    '{{with .image}}{{urlquery .}},{{end}}{{end}}{{end}}{{end}}{{end}}{{"\\n"}}{{end}}';
}

/** Parses what {@link deploymentTemplate} printed. */
export function parseDeployments(stdout: string): ArgocdDeployment[] {
  return linesOf(stdout).map((line) => {
    const [component = "", version = "", images = ""] = line.split(" ");
    return {
      component: decodeQuery(component),
      version: decodeQuery(version),
      images: images.split(",").slice(0, -1).map(decodeQuery),
    };
  });
}
