import type { ArgocdDeployment } from "../argocd_version.ts";
import { namespacePhase } from "../manifest.ts";
import { OAUTH_BASIC, REPOSITORY_TEXTS, repositoryFields } from "../repository_fields.ts";
import type { NamespacePhase, RepositoryFields, SecretSummary, ServiceAccount } from "../store.ts";

/**
 * go-templates for kubectl's output. Values that they do not print never leave the kubectl process.
 *
 * When a template fails, kubectl prints every object in full, so nothing here can fail: fields are
 * accessed by dots inside `with`, never by `index`. Each secret is one line, with its fields separated by
 * spaces. base64 and labels are printed as they are, since their alphabets have no space; free text is
 * encoded by `urlquery`.
 */
const METADATA = "{{.metadata.namespace}} {{.metadata.name}} {{with .type}}{{urlquery .}}{{end}}" +
  " {{.metadata.creationTimestamp}}" +
  " {{range $key, $value := .metadata.labels}}{{$key}}={{$value}},{{end}}";

const REPOSITORY = " {{with .data}}" +
  REPOSITORY_TEXTS.map((field) => `{{with .${field}}}{{.}}{{end}},`).join("") +
  `{{with .password}}{{if eq . "${OAUTH_BASIC}"}}token{{end}}{{end}}{{end}}`;

/**
 * Prints one {@link SecretSummary} per line, for a list of secrets.
 * @param annotation key of the annotation to print
 */
export function summaryTemplate(repository: boolean, annotation?: string): string {
  const columns = METADATA + (annotation === undefined ? "" : annotationColumn(annotation)) +
    (repository ? REPOSITORY : "");
  return `{{range .items}}${columns}{{"\\n"}}{{end}}`;
}

/** Prints ` =VALUE`, or only the space when the annotation is missing. */
function annotationColumn(key: string): string {
  return ` {{range $key, $value := .metadata.annotations}}{{if eq $key ${JSON.stringify(key)}}}` +
    "={{urlquery $value}}{{end}}{{end}}";
}

/** Parses the output of {@link summaryTemplate}. */
export function parseSummaries(stdout: string, withAnnotation = false): SecretSummary[] {
  return nonEmptyLines(stdout).map((line) => {
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

/** Parses the output of {@link NAMESPACES_TEMPLATE}. */
export function parseNamespaces(stdout: string): Map<string, NamespacePhase> {
  return new Map(
    nonEmptyLines(stdout).map((line) => {
      const [name = "", phase] = line.split(" ");
      return [name, namespacePhase(phase)] as const;
    }),
  );
}

/** Prints each service account with its pull secrets, whose names the API server does not validate. */
export const ACCOUNTS_TEMPLATE = "{{range .items}}{{.metadata.namespace}} {{.metadata.name}} " +
  '{{range .imagePullSecrets}}{{with .name}}{{urlquery .}},{{end}}{{end}}{{"\\n"}}{{end}}';

/** Parses the output of {@link ACCOUNTS_TEMPLATE}. */
export function parseAccounts(stdout: string): ServiceAccount[] {
  return nonEmptyLines(stdout).map((line) => {
    const [namespace = "", name = "", names = ""] = line.split(" ");
    return { namespace, name, pullSecrets: names.split(",").slice(0, -1).map(decodeQuery) };
  });
}

/** Makes each line of a template start with the object's kind. */
export function kindFirst(template: string): string {
  return template.replace("{{range .items}}", "{{range .items}}{{with .kind}}{{.}}{{end}} ");
}

/** Removes the kind from the lines of {@link kindFirst}; `undefined` when a line has another kind. */
export function withoutKind(stdout: string, kind: string): string | undefined {
  const lines = nonEmptyLines(stdout);
  if (!lines.every((line) => line.startsWith(`${kind} `))) return undefined;
  return lines.map((line) => line.slice(kind.length + 1) + "\n").join("");
}

export function nonEmptyLines(stdout: string): string[] {
  return stdout.split("\n").filter((line) => line !== "");
}

/** Decodes the output of `urlquery`. */
export function decodeQuery(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/**
 * Prints the name, uid and new resourceVersion of an object that was created or replaced. A namespace has
 * no namespace, and an object that a dry run would create has no resourceVersion.
 */
export const WRITTEN_TEMPLATE =
  "{{with .metadata.namespace}}{{.}}{{end}}/{{.metadata.name}} {{.metadata.uid}}" +
  ' {{with .metadata.resourceVersion}}{{.}}{{end}}{{"\\n"}}';

/**
 * Parses the output of {@link WRITTEN_TEMPLATE}, by `namespace/name`; other lines are dropped. An object
 * without a resourceVersion is accepted only for a dry run: otherwise nothing was written.
 */
export function parseWritten(stdout: string, dryRun: boolean) {
  const complete = stdout.split("\n").slice(0, -1);
  return new Map(complete.flatMap((line) => {
    const [, key, uid, resourceVersion = ""] = /^(\S+) ([0-9a-f-]+) ([0-9]*)$/.exec(line) ?? [];
    const isWritten = key && uid && (dryRun || resourceVersion !== "");
    return isWritten ? [[key, { uid, resourceVersion }] as const] : [];
  }));
}

/** Prints the decision of each access review on a line. */
export const ALLOWED_TEMPLATE =
  '{{with .status}}{{if .allowed}}allowed{{else}}refused{{end}}{{end}}{{"\\n"}}';

/** Parses the output of {@link ALLOWED_TEMPLATE}; other lines are dropped. */
export function parseAllowed(stdout: string): boolean[] {
  return nonEmptyLines(stdout).flatMap((line) =>
    line === "allowed" ? [true] : line === "refused" ? [false] : []
  );
}

/**
 * Prints two labels and the images of each deployment. The rest, such as the environment variables of its
 * containers, stays in the kubectl process.
 */
export function deploymentTemplate(component: string, version: string): string {
  const label = (key: string) =>
    `{{range $key, $value := .metadata.labels}}{{if eq $key ${JSON.stringify(key)}}}` +
    "{{urlquery $value}}{{end}}{{end}}";
  return `{{range .items}}${label(component)} ${label(version)} ` +
    "{{with .spec}}{{with .template}}{{with .spec}}{{range .containers}}" +
    '{{with .image}}{{urlquery .}},{{end}}{{end}}{{end}}{{end}}{{end}}{{"\\n"}}{{end}}';
}

/** Parses the output of {@link deploymentTemplate}. */
export function parseDeployments(stdout: string): ArgocdDeployment[] {
  return nonEmptyLines(stdout).map((line) => {
    const [component = "", version = "", images = ""] = line.split(" ");
    return {
      component: decodeQuery(component),
      version: decodeQuery(version),
      images: images.split(",").slice(0, -1).map(decodeQuery),
    };
  });
}
