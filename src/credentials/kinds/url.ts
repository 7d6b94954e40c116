import { comparableUrl, normalizeGitUrl } from "./comparable_url.ts";
import { HIDDEN } from "../../fields/field.ts";
import { maskTokens } from "../../log/token_shapes.ts";
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
  /**
   * Of a template: the URL that it is named by, where Applications use that too. The prefix does not
   * match it.
   */
  readonly exactUrl?: string;
  /** The URL as it was given, where Argo CD takes it for another one than what is stored. */
  readonly literal?: string;
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
  if (hasUnfitCharacter(text)) return no(UNFIT_CHARACTER);
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
  if (oci && path.includes(" ")) return no(UNFIT_CHARACTER);
  return { ok: true, value: understood({ scheme, host: host.text, path, oci }) };
}

/** What is wrong with a URL that {@link hasUnfitCharacter}. */
export const UNFIT_CHARACTER = "must not contain white space, control characters or backslashes";

/** Whether there is one that no URL may have. A space may stand inside of it: folders have some. */
export function hasUnfitCharacter(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return /^ | $|[^\S ]|[\u0000-\u001f\u007f-\u009f\\]/u.test(text);
}

/** A URL over HTTP as clients can send it: with `%20` for a space, if that is the same to Argo CD. */
export function withoutSpaces(url: string): string {
  const encoded = url.replaceAll(" ", "%20");
  return comparableUrl(encoded) === comparableUrl(url) ? encoded : url;
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
  const bare = /^\/*$/.test(withoutStar);
  const root = oci ? host : `${scheme === "http" ? "http" : "https"}://${host}`;
  const whole = withoutSpaces(root + withoutStar);
  const trimmed = whole.replace(/(?<!\/)\/+$/, "");
  if (oci && scheme === "http") {
    hints.push("Argo CD reaches OCI registries by HTTPS; the http:// was dropped");
  }
  if (wildcard || (oci && bare)) {
    // Ended by a slash: Argo CD compares prefixes without regard to path segments, and a bare
    // host would hand the credential to a look-alike such as ghcr.io.example.com too.
    const templatePrefix = `${trimmed}/`;
    const common = { url: trimmed, oci, over: "http" } as const;
    if (normalizeGitUrl(templatePrefix) === "") {
      const hint = `Argo CD cannot parse ${templatePrefix}, so it would never use a template for ` +
        "what is below: add each repository by its own URL";
      return { ...common, applicationRepoUrl: trimmed, hints: [...hints, hint] };
    }
    const applicationRepoUrl = bare ? `${trimmed}/<path>` : trimmed;
    return { ...common, templatePrefix, applicationRepoUrl, hints };
  }
  if (!oci && withoutStar.endsWith("/")) {
    hints.push(
      "The URL ends with a slash, which Argo CD takes literally: an Application needs it too",
    );
  }
  const url = oci ? trimmed : whole;
  return { url, oci, over: "http", applicationRepoUrl: url, hints };
}

/**
 * The URL for showing what others stored: tokens are masked wherever they stand, as some put one into
 * the path, and user information up to the last `@`, even behind what a parser takes for the end of the
 * host, since too much masked is better than too little. The `git@` of an SSH URL is no secret.
 */
export function shownUrl(url: string): string {
  return maskTokens(withoutUser(url));
}

/** What may be shown of what was given for a URL. */
export function shownText(given: unknown): string {
  return typeof given === "string" ? shownUrl(given) : HIDDEN;
}

function withoutUser(url: string): string {
  const query = url.indexOf("?");
  if (query !== -1) return `${withoutUser(url.slice(0, query))}?***`; // where some put a token
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(url.trim()) ?? [];
  const user = rest.slice(0, rest.lastIndexOf("@") + 1);
  const isSsh = scheme === "" || scheme.toLowerCase() === "ssh://";
  if (isSsh && /^[a-z][a-z0-9.-]{0,31}@$/i.test(user)) return scheme + rest;
  // An `@` behind a slash and without a colon before it is the path's.
  if (user === "" || /^[^/?#@:]*[/?#][^:]*@$/.test(user)) return scheme + rest;
  return `${scheme}***@${rest.slice(user.length)}`;
}
