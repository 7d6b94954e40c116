import { comparableUrl, normalizeGitUrl } from "./comparable_url.ts";
import { HIDDEN } from "../../fields/field.ts";
import { maskTokens } from "../../log/token_shapes.ts";
import { servesOnlyOci } from "./oci_hosts.ts";

/** A parsed repository URL. */
export interface RepositoryUrl {
  /** The URL to store: without scheme for charts in an OCI registry, absolute otherwise. */
  readonly url: string;
  readonly oci: boolean;
  /** The protocol; `http` includes HTTPS and OCI. */
  readonly over: "http" | "ssh";
  /** The prefix of the template to write beside a repository that matches no chart on its own. */
  readonly templatePrefix?: string;
  /**
   * Only for a template: its URL without the slash, where Applications may use that as repoURL. The
   * template's prefix does not match it.
   */
  readonly exactUrl?: string;
  /** The URL as given, where Argo CD compares it as different from the stored URL. */
  readonly literal?: string;
  /** The `repoURL` to write into an Application. */
  readonly applicationRepoUrl: string;
  readonly hints: readonly string[];
}

/** A URL as the user spelled it, and parsed. */
export interface SpelledUrl {
  readonly spelled: string;
  readonly url: RepositoryUrl;
}

export type ParsedUrl =
  | { readonly ok: true; readonly value: RepositoryUrl }
  | { readonly ok: false; readonly why: string };

/** The longest URL that is accepted, in characters. */
export const MAX_LENGTH = 2048;

const no = (why: string): ParsedUrl => ({ ok: false, why });

/**
 * Parses a Helm repository URL in any of its usual spellings.
 * @param useOci whether the user says that it is an OCI registry. @default by scheme and host
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

/** The error of a URL for which {@link hasUnfitCharacter} is true. */
export const UNFIT_CHARACTER = "must not contain white space, control characters or backslashes";

/** Whether a URL has a character that no URL may have. Spaces inside are allowed: folders have them. */
export function hasUnfitCharacter(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return /^ | $|[^\S ]|[\u0000-\u001f\u007f-\u009f\\]/u.test(text);
}

/** Encodes spaces as `%20`, as HTTP clients need, if the URL stays the same to Argo CD. */
export function withoutSpaces(url: string): string {
  const encoded = url.replaceAll(" ", "%20");
  return comparableUrl(encoded) === comparableUrl(url) ? encoded : url;
}

/**
 * Parses the authority of a URL without user information: `name` is the host, `text` the host with its
 * port, both in lower case. `undefined` when it is not valid.
 */
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
    hints.push("Argo CD uses HTTPS for OCI registries, so http:// was dropped");
  }
  if (wildcard || (oci && bare)) {
    // With a slash: Argo CD compares prefixes as plain text, so a bare host would give the credential to
    // a look-alike such as ghcr.io.example.com, too.
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
 * Masks a stored URL for output: tokens anywhere, since some people put one into the path, and all user
 * information up to the last `@`, even after what a parser takes for the end of the host. Masking too much
 * is better than too little. The `git@` of an SSH URL is not secret, and stays.
 */
export function shownUrl(url: string): string {
  return maskTokens(withoutUser(url));
}

/** Masks a given value of a URL field for output; anything but a string is hidden. */
export function shownText(given: unknown): string {
  return typeof given === "string" ? shownUrl(given) : HIDDEN;
}

function withoutUser(url: string): string {
  const query = url.indexOf("?");
  if (query !== -1) return `${withoutUser(url.slice(0, query))}?***`; // may hold a token
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(url.trim()) ?? [];
  const user = rest.slice(0, rest.lastIndexOf("@") + 1);
  const isSsh = scheme === "" || scheme.toLowerCase() === "ssh://";
  if (isSsh && /^[a-z][a-z0-9.-]{0,31}@$/i.test(user)) return scheme + rest;
  // An `@` after a slash, without a colon before it, is part of the path.
  if (user === "" || /^[^/?#@:]*[/?#][^:]*@$/.test(user)) return scheme + rest;
  return `${scheme}***@${rest.slice(user.length)}`;
}
