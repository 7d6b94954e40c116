import { send } from "../../fields/advice.ts";
import { comparableUrl, normalizeGitUrl, templateKey } from "./comparable_url.ts";
import type { RepositoryType, SecretKind } from "./credential_kind.ts";
import { ONE_REPOSITORY, parseGitUrl } from "./git_url.ts";
import { type ParsedUrl, parseRepositoryUrl, type RepositoryUrl } from "./url.ts";

export interface UrlQuestion {
  readonly type: RepositoryType;
  readonly as: SecretKind;
  /** Of a Helm repository: whether its charts are OCI artifacts. Absent: the URL decides. */
  readonly useOci?: boolean;
}

/** Understands a URL as a repository of this type, or as the prefix of a template. */
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
  const hint = "Argo CD uses this for an Application with exactly this URL only: for all " +
    `repositories on ${host} ${send({ as: "repo-creds" })}`;
  return { ok: true, value: { ...parsed.value, hints: [...parsed.value.hints, hint] } };
}

function repository(text: string, { type, useOci }: UrlQuestion): ParsedUrl {
  if (type === "git") return parseGitUrl(text);
  return type === "helm" ? parseRepositoryUrl(text, useOci) : parseOciUrl(text);
}

/**
 * Understands the URL of an OCI repository, which Argo CD wants with `oci://` where its type is
 * `oci`.
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

/** How a hint begins that is untrue where a template keeps the spelling that it has. */
export const ENDED_BY_SLASH = "The prefix was ended by a slash";

/**
 * The prefix that a template is for. Argo CD compares it as a text, so `https://github.com/org`
 * would match `https://github.com/org-of-others` too: it is ended by a slash.
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
  // Of SSH's short form the colon behind the host is the slash; another one is a part of the path.
  // Argo CD cuts `.git` off, also where it is a whole segment.
  const isWhole = normalizeGitUrl(url).endsWith("/") && !/\.git$/i.test(url);
  const prefix = isWhole ? url : `${url}/`;
  const isEnded = isWhole || /[/:]$/.test(withoutStar);
  if (normalizeGitUrl(prefix) === "") {
    const why = `is a prefix that Argo CD cannot parse (${prefix}), so it would never use the ` +
      "template: add each repository by its own URL";
    return { ok: false, why };
  }
  // The warning of a repository's trailing slash says nothing of a prefix.
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
        `${ENDED_BY_SLASH} (${prefix}): it is for what is below, not for longer names`,
      ]),
      ...ownersHint(prefix),
    ],
  };
  return { ok: true, value };
}

/**
 * A chart's name is no part of a repoURL, so what is above the charts is the usual one, and it does not
 * begin with the prefix.
 */
function exactUrl(prefix: string, { type }: UrlQuestion): Pick<RepositoryUrl, "exactUrl"> {
  const [, path] = hostAndPath(prefix);
  const url = prefix.replace(/\/$/, "");
  return type === "git" || /^\/*$/.test(path) || /\.git$/i.test(url) ? {} : { exactUrl: url };
}

/** A host alone is shared with others on most of them. */
function ownersHint(prefix: string): string[] {
  const [host, path] = hostAndPath(prefix);
  if (path !== "") return [];
  return [
    `The template is used for every repository on ${host} that has no credential of its own, ` +
    "whoever owns it",
  ];
}

function hostAndPath(url: string): [host: string, path: string] {
  const [, host = "", path = ""] =
    /^(?:[a-z]+:\/\/)?(?:[^@/]+@)?(\[[^\]]*\](?::\d+)?|[^/:]+(?::\d+(?=\/|$))?)[/:]?(.*)/s.exec(
      url,
    ) ?? [];
  return [host, path];
}
