import { goUrlString } from "./go_url.ts";

/**
 * Normalises a URL as Argo CD does before comparing. Empty when Go cannot parse the URL; then Argo CD
 * uses no template for it.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/git/git.go NormalizeGitURL
 */
export function normalizeGitUrl(url: string): string {
  let text = goLowerCase(trimmed(url));
  const isSsh = /^(ssh:\/\/)?[^/:]*@[^@]+$/.test(text);
  if (isSsh && !text.startsWith("ssh://")) text = `ssh://${text.replace(":", "/")}`;
  return (goUrlString(text.replace(/\.git$/, "")) ?? "").replace(/^ssh:\/\//, "");
}

/**
 * The form in which Argo CD compares repository URLs: two secrets with equal results hold the same
 * repository. A URL that Go cannot parse is compared as it is. Empty for a URL that is never found.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/git/git.go NormalizeGitURLAllowInvalid
 */
export function comparableUrl(url: string): string {
  return normalizeGitUrl(url) || url;
}

/**
 * The form in which this program compares template URLs: with and without a trailing slash they mean the
 * same prefix. Empty for a template that Argo CD never uses.
 */
export function templateKey(url: string): string {
  return normalizeGitUrl(url).replace(/\/$/, "");
}

/** Trims white space as Go's `strings.TrimSpace` does: all of Unicode's. */
function trimmed(text: string): string {
  if (/^[!-~](?:.*[!-~])?$/.test(text)) return text; // the usual case, quickly
  return text.replace(/^\p{White_Space}+|(?<!\p{White_Space})\p{White_Space}+$/gu, "");
}

/** Lower case as Go's `strings.ToLower`: character by character, whatever its neighbours. */
function goLowerCase(text: string): string {
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, (char) => char === "\u0130" ? "i" : char.toLowerCase()).join("");
}
