import { send } from "../../fields/advice.ts";
import { comparableUrl, normalizeGitUrl, templateKey } from "./comparable_url.ts";
import type { RepositoryType, SecretKind } from "./credential_kind.ts";
import { ONE_REPOSITORY, parseGitUrl } from "./git_url.ts";
import { type ParsedUrl, parseRepositoryUrl, type RepositoryUrl } from "./url.ts";

export interface UrlQuestion {
  readonly type: RepositoryType;
  readonly as: SecretKind;
  /** Whether a Helm repository is an OCI registry. @default as the URL suggests */
  readonly useOci?: boolean;
}

/** Parses a URL as a repository of this type, or as the prefix of a template. */
export function parseUrl(text: string, question: UrlQuestion): ParsedUrl {
  const parsed = understood(text, question);
  if (!parsed.ok) return parsed;
  const literal = text.replace(/\*$/, "");
  const key = question.as === "repo-creds" ? templateKey : comparableUrl;
  if (key(literal) === key(parsed.value.url)) return parsed;
  return { ok: true, value: { ...parsed.value, literal } };
}

function understood(text: string, question: UrlQuestion): ParsedUrl {
  if (question.as === "repo-creds") return template(text, question);
  const parsed = repository(text, question);
  if (!parsed.ok || question.type === "helm") return parsed;
  const [host, path] = hostAndPath(parsed.value.url);
  if (path !== "") return parsed;
  const hint = "Argo CD uses this only for Applications with exactly this URL: for all " +
    `repositories on ${host} ${send({ as: "repo-creds" })}`;
  return { ok: true, value: { ...parsed.value, hints: [...parsed.value.hints, hint] } };
}

function repository(text: string, { type, useOci }: UrlQuestion): ParsedUrl {
  if (type === "git") return parseGitUrl(text);
  return type === "helm" ? parseRepositoryUrl(text, useOci) : parseOciUrl(text);
}

/**
 * Parses the URL of an OCI repository. For the type `oci`, Argo CD needs the scheme `oci://`.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/oci/
 */
function parseOciUrl(text: string): ParsedUrl {
  if (/^http:\/\//i.test(text)) {
    const why = `must begin with oci://; ${send({ insecure_oci_http: true })} for HTTP`;
    return { ok: false, why };
  }
  const parsed = parseRepositoryUrl(text, true);
  if (!parsed.ok) return parsed;
  if (text.endsWith("*")) {
    return { ok: false, why: ONE_REPOSITORY };
  }
  const { hints } = parsed.value;
  const url = `oci://${parsed.value.url}`;
  return { ok: true, value: { url, oci: true, over: "http", applicationRepoUrl: url, hints } };
}

/**
 * The start of the hint about an appended slash. The hint is dropped where an existing template keeps its
 * URL without the slash.
 */
export const ENDED_BY_SLASH = "A slash was appended to the prefix";

/**
 * Parses the prefix of a template and appends a slash. Argo CD compares prefixes as plain text, so
 * `https://github.com/org` would match `https://github.com/org-of-others`, too.
 */
function template(text: string, question: UrlQuestion): ParsedUrl {
  const withoutStar = text.replace(/\*$/, "");
  if (withoutStar.includes("*")) {
    return { ok: false, why: "may have a '*' only as its last path segment" };
  }
  const isWholeHost = /^[^@/:]+@[^@/:]+$/.test(withoutStar);
  const parsed = repository(isWholeHost ? `${withoutStar}:` : withoutStar, question);
  if (!parsed.ok) return parsed;
  const { url, oci, over, hints } = parsed.value;
  if (/\.git$/i.test(withoutStar)) {
    const others = `${url.replace(/\.git$/i, "")}-other`;
    const why =
      "ends with .git, which Argo CD cuts off before it compares prefixes, so a template " +
      `would be used for ${others} too: ${
        send({ as: "repository" })
      }, or end the prefix with a slash`;
    return { ok: false, why };
  }
  // In SSH's short form, the colon after the host counts as the slash. Argo CD removes `.git` at the end,
  // even if it is a whole segment, so such a prefix needs a slash.
  const isWhole = normalizeGitUrl(url).endsWith("/") && !/\.git$/i.test(url);
  const prefix = isWhole ? url : `${url}/`;
  const isEnded = isWhole || /[/:]$/.test(withoutStar);
  if (normalizeGitUrl(prefix) === "") {
    const why = `is a prefix that Argo CD cannot parse (${prefix}), so it would never use the ` +
      "template: add each repository by its own URL";
    return { ok: false, why };
  }
  // The hint about a trailing slash is for repositories; a prefix needs the slash.
  const kept = hints.filter((hint) => !hint.startsWith("The URL ends with a slash"));
  const value: RepositoryUrl = {
    url: prefix,
    oci,
    over,
    ...exactUrl(prefix, question),
    applicationRepoUrl: `${prefix}<path>`,
    hints: [
      ...kept,
      ...(isEnded ? [] : [
        `${ENDED_BY_SLASH} (${prefix}), so that it matches what is below, not longer names`,
      ]),
      ...ownersHint(prefix),
    ],
  };
  return { ok: true, value };
}

/**
 * The template's URL without the slash, where Applications may use it as repoURL: a chart's name is not
 * part of the repoURL, so Applications name the folder of the charts, which the prefix does not match.
 */
function exactUrl(prefix: string, { type }: UrlQuestion): Pick<RepositoryUrl, "exactUrl"> {
  const [, path] = hostAndPath(prefix);
  const url = prefix.replace(/\/$/, "");
  return type === "git" || /^\/*$/.test(path) || /\.git$/i.test(url) ? {} : { exactUrl: url };
}

/** A hint for a prefix that is only a host, since most hosts have repositories of others, too. */
function ownersHint(prefix: string): string[] {
  const [host, path] = hostAndPath(prefix);
  if (path !== "") return [];
  return [
    `Argo CD uses the template for every repository on ${host} without its own credential, ` +
    "whoever owns the repository",
  ];
}

function hostAndPath(url: string): [host: string, path: string] {
  const [, host = "", path = ""] =
    /^(?:[a-z]+:\/\/)?(?:[^@/]+@)?(\[[^\]]*\](?::\d+)?|[^/:]+(?::\d+(?=\/|$))?)[/:]?(.*)/s.exec(
      url,
    ) ?? [];
  return [host, path];
}
