import { servesOnlyOci } from "./oci_hosts.ts";

/** A repository URL as a user gives it, understood. */
export interface RepositoryUrl {
  /** What is stored: without scheme for OCI, absolute otherwise. */
  readonly url: string;
  readonly oci: boolean;
  /** How it is reached. */
  readonly over: "http" | "ssh";
  /** Prefix for a template, where a repository secret alone would match no chart. */
  readonly templatePrefix?: string;
  /** What to write as `repoURL` into an Application. */
  readonly applicationRepoUrl: string;
  readonly hints: readonly string[];
}

/** A URL as the user spelled it, and understood. */
export interface SpelledUrl {
  readonly spelled: string;
  readonly url: RepositoryUrl;
}

export type ParsedUrl =
  | { readonly ok: true; readonly value: RepositoryUrl }
  | { readonly ok: false; readonly why: string };

/** Longest URL that is accepted, in characters. */
export const MAX_LENGTH = 2048;

const no = (why: string): ParsedUrl => ({ ok: false, why });

/**
 * Understands a Helm repository URL in any of its usual spellings.
 * @param useOci what the user says; when absent the scheme and the host decide
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#helm for `enableOCI`
 */
export function parseRepositoryUrl(text: string, useOci?: boolean): ParsedUrl {
  if (text.length > MAX_LENGTH) return no(`must be at most ${MAX_LENGTH} characters long`);
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\s\u0000-\u001f\u007f-\u009f\\]/u.test(text)) {
    return no("must not contain white space, control characters or backslashes");
  }
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?([^/?#]*)(\/[^?#]*)?([?#].*)?$/s.exec(text);
  if (!match) return no("is not a URL");
  const scheme = match[1]?.toLowerCase();
  const authority = match[2] ?? "";
  const path = match[3] ?? "";
  if (scheme !== undefined && !["http", "https", "oci"].includes(scheme)) {
    return no("must begin with https://, http:// or oci://, or with the host");
  }
  if (authority.includes("@")) {
    return no("must not contain credentials; give them as username and password");
  }
  if (match[4] !== undefined) return no("must not have a query or a fragment");
  if (path.includes("://")) return no("must be one URL");
  const host = hostOf(authority);
  if (host === undefined) return no("must name a host");
  if (scheme === "oci" && useOci === false) {
    return no("begins with oci://, which contradicts use_oci: false");
  }
  if (path.slice(0, -1).includes("*") || (path.endsWith("*") && !path.endsWith("/*"))) {
    return no("may have a '*' only as its last path segment");
  }
  const oci = useOci ?? (scheme === "oci" || servesOnlyOci(host.name));
  return { ok: true, value: understood({ scheme, host: host.text, path, oci }) };
}

/** The host of a URL's authority without user information: its name, and it as a text with port. */
export function hostOf(authority: string): { name: string; text: string } | undefined {
  const text = authority.toLowerCase();
  const match = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?$/.exec(text);
  if (!match || Number(match[3] ?? 0) > 65535 || !URL.canParse(`https://${text}`)) return undefined;
  return { name: match[1]!, text };
}

interface Parts {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly path: string;
  readonly oci: boolean;
}

function understood({ scheme, host, path, oci }: Parts): RepositoryUrl {
  const hints: string[] = [];
  const wildcard = path.endsWith("/*");
  const withoutStar = wildcard ? path.slice(0, -1) : path;
  const trimmed = withoutStar.replace(/(?<!\/)\/+$/, "");
  const bare = trimmed === "";
  const root = oci ? host : `${scheme === "http" ? "http" : "https"}://${host}`;
  if (oci && scheme === "http") {
    hints.push("Argo CD reaches OCI registries by HTTPS; the http:// was dropped");
  }
  if (wildcard || (oci && bare)) {
    return {
      url: root + trimmed,
      oci,
      over: "http",
      // Ended by a slash: Argo CD compares prefixes without regard to path segments, and a bare
      // host would hand the credential to a look-alike such as ghcr.io.example.com too.
      templatePrefix: `${root}${trimmed}/`,
      applicationRepoUrl: bare ? `${root}/<path>` : root + trimmed,
      hints,
    };
  }
  if (!oci && withoutStar.endsWith("/")) {
    hints.push(
      "The URL ends with a slash, which Argo CD takes literally: an Application needs it too",
    );
  }
  const url = root + (oci ? trimmed : withoutStar);
  return { url, oci, over: "http", applicationRepoUrl: url, hints };
}

/**
 * A URL as Argo CD compares it: two secrets whose URLs are equal by this hold one repository.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.0/util/git/git.go NormalizeGitURL
 */
export function comparableUrl(url: string): string {
  let text = url.trim().toLowerCase();
  // What Go cannot parse (a port where a scheme would end) it compares as it is.
  if (/^[0-9][^/]*:/.test(text)) return url;
  if (/^(ssh:\/\/)?[^/:]*?@[^@]+$/.test(text) && !text.startsWith("ssh://")) {
    text = "ssh://" + text.replace(":", "/");
  }
  return text.replace(/\.git$/, "").replace(/#$/, "").replace(/^ssh:\/\//, "");
}

/**
 * The URL with user information masked, for showing what others stored: up to the last `@`, even
 * behind what a parser takes for the end of the host, since too much masked is better than too little. The `git@` of an
 * SSH URL is no secret.
 */
export function shownUrl(url: string): string {
  const query = url.indexOf("?");
  if (query !== -1) return `${shownUrl(url.slice(0, query))}?***`; // where some put a token
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(url.trim()) ?? [];
  const user = rest.slice(0, rest.lastIndexOf("@") + 1);
  const isSsh = scheme === "" || scheme.toLowerCase() === "ssh://";
  if (isSsh && /^[a-z][a-z0-9.-]{0,31}@$/i.test(user)) return scheme + rest;
  // An `@` behind a slash and without a colon before it is the path's.
  if (user === "" || /^[^/?#@:]*[/?#][^:]*@$/.test(user)) return scheme + rest;
  return `${scheme}***@${rest.slice(user.length)}`;
}
