import { goUrlString } from "./go_url.ts";

/**
 * A URL as Argo CD compares it; empty when Go cannot parse it, and then no template is used for it.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/git/git.go NormalizeGitURL
 */
export function normalizeGitUrl(url: string): string {
  let text = goLowerCase(trimmed(url));
  const isSsh = /^(ssh:\/\/)?[^/:]*@[^@]+$/.test(text);
  if (isSsh && !text.startsWith("ssh://")) text = `ssh://${text.replace(":", "/")}`;
  return (goUrlString(text.replace(/\.git$/, "")) ?? "").replace(/^ssh:\/\//, "");
}

/**
 * What a repository's URL is known by: two secrets whose URLs are equal by this hold one repository.
 * What Go cannot parse is compared as it is written. Empty for a URL that is never found.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/git/git.go NormalizeGitURLAllowInvalid
 */
export function comparableUrl(url: string): string {
  return normalizeGitUrl(url) || url;
}

/**
 * What a template is known by here: with and without a slash at its end it is one for what is below.
 * Empty for a template that Argo CD never uses.
 */
export function templateKey(url: string): string {
  return normalizeGitUrl(url).replace(/\/$/, "");
}

/** Without the white space around it, that of Unicode. */
function trimmed(text: string): string {
  if (/^[!-~](?:.*[!-~])?$/.test(text)) return text; // as nearly all are; what follows takes longer
  return text.replace(/^\p{White_Space}+|(?<!\p{White_Space})\p{White_Space}+$/gu, "");
}

/** One character at a time and without regard to its place, as Go does it. */
function goLowerCase(text: string): string {
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, (char) => char === "\u0130" ? "i" : char.toLowerCase()).join("");
}
