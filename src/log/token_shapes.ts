/**
 * Shapes of tokens that are recognized by their prefix: one list for log lines, URLs and user names.
 * Other secrets are recognized only by where they stand.
 *
 * @see https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
 * @see https://docs.gitlab.com/security/tokens/#token-prefixes
 */

/** Prefixes that only tokens have, without the secret part. */
const BEGINNINGS = [
  "gh[pousr]_", // GitHub
  "github_pat_",
  "gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-", // GitLab
  "dckr_[po]at_", // Docker Hub
  "xox[abeoprs]-", // Slack
  "do[opr]_v1_", // DigitalOcean
  "ATATT3x", // Atlassian
  "ATCTT3x",
  "acfg_", // argocd-configurer
] as const;

/** Whole shapes, for prefixes that other words may have, too. */
const SHAPES = [
  "(npm_)[A-Za-z0-9]{36}",
  "(hf_)[A-Za-z0-9]{30,}",
  "(pypi-)[A-Za-z0-9_-]{50,}",
  "(ATBB)[A-Za-z0-9]{24,}", // Bitbucket
  "(A[KS]IA)[A-Z0-9]{16}", // Amazon
  "(AKCp)[A-Za-z0-9]{60,}", // Artifactory
  "(AIza)[A-Za-z0-9_-]{35}", // Google
  "(ya29\\.)[A-Za-z0-9_-]{20,}",
] as const;

// regexp: of the constants above; no character can follow a repeated part that is also in it
const WHOLE = new RegExp(
  `(?<![A-Za-z0-9])(?:${
    [`(${BEGINNINGS.join("|")})[A-Za-z0-9_-]{10,}`, ...SHAPES].join("|")
  })(?![A-Za-z0-9])`,
  "g",
);
/** Text that may contain a JWT: three parts in base64url, the first of which starts like JSON. */
const PARTS = /[\w.-]{24,}/g;

/** Replaces the secret part of each token in a text by `***`: `glpat-***`. */
export function maskTokens(text: string): string {
  return text
    .replace(WHOLE, (...match) => `${match.slice(1, 2 + SHAPES.length).find(isText)}***`)
    .replace(PARTS, maskJwts);
}

/** In linear time: a regular expression would search the rest of the text for each `eyJ`. */
function maskJwts(parts: string): string {
  let shown = "";
  let from = 0;
  let [first, second] = [-1, -1]; // the dots behind `at`
  for (
    let at = parts.indexOf("eyJ");
    at >= 0;
    at = parts.indexOf("eyJ", Math.max(at + 3, from))
  ) {
    if (/[A-Za-z0-9]/.test(parts[at - 1] ?? "")) continue;
    if (first < at) {
      first = parts.indexOf(".", at);
      second = first < 0 ? -1 : parts.indexOf(".", first + 1);
    }
    if (second < 0) break;
    if (first - at < 13 || second - first <= 10) continue;
    const end = parts.indexOf(".", second + 1);
    shown += `${parts.slice(from, at)}***`;
    from = end < 0 ? parts.length : end;
  }
  return shown + parts.slice(from);
}

const isText = (value: unknown): value is string => typeof value === "string";

// regexp: of the constants above, anchored
const BEGIN = new RegExp(`^(?:${BEGINNINGS.join("|")}|eyJ)`);

/** The prefix of a token, which may be cut; `undefined` when the text is not a token. */
export function beginningOfToken(text: string): string | undefined {
  const [beginning] = BEGIN.exec(text) ?? [];
  if (beginning !== undefined) return beginning;
  const masked = maskTokens(text);
  return masked !== text && masked.endsWith("***") ? masked.slice(0, -3) : undefined;
}
