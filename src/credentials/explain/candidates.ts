import type { SecretRef } from "../../kube/store.ts";
import { normalizeGitUrl } from "../kinds/comparable_url.ts";
import { shownUrl } from "../kinds/url.ts";
import { type ArgocdSecret, isUsernameOnly } from "./argocd_secret.ts";
import { urlDifferences } from "./near_urls.ts";
import type { FoundByUrl } from "./resolve.ts";

/** A secret that Argo CD uses for a URL, or that a person may expect it to use. */
export interface Candidate extends SecretRef {
  readonly kind: ArgocdSecret["kind"];
  /** Masked for display. */
  readonly url: string;
  /** Only of a repository that is limited to a project. */
  readonly project?: string;
  /** `possible`: one of several that match equally well. */
  readonly state: "used" | "possible" | "not_used";
  /** One or two sentences. */
  readonly why: string;
}

/** The most secrets with a similar URL that are listed: one host may have many. */
const MOST_NEAR = 20;

/**
 * The secrets that match a URL or have a similar one, each with the reason why Argo CD uses it or not.
 * @param all secrets for reading
 * @returns in this order: used, possible, other matches, similar URLs
 */
export function candidatesOf(
  all: readonly ArgocdSecret[],
  found: FoundByUrl,
  url: string,
  project: string,
): readonly Candidate[] {
  const uses = found.uses(url, project);
  const repositories = found.ofUrl(url);
  const templates = found.matching(url);
  const whyRepository = repositoryReasons(found.repositories(url, project), project);
  const whyTemplate = templateReasons(found.templates(url), found.repositories(url, project));
  const matching = [
    ...repositories.map((each) => candidate(each, uses, whyRepository(each))),
    ...templates.map((each) => candidate(each, uses, whyTemplate(each))),
  ];
  const known = new Set([...repositories, ...templates]);
  const near = all.flatMap((each) => {
    if (known.has(each)) return [];
    const why = whyNot(each, url);
    return why === undefined ? [] : [candidate(each, uses, why)];
  });
  return [...matching.sort((a, b) => RANK[a.state] - RANK[b.state]), ...near.slice(0, MOST_NEAR)];
}

const RANK: Readonly<Record<Candidate["state"], number>> = { used: 0, possible: 1, not_used: 2 };

function candidate(
  secret: ArgocdSecret,
  uses: ReturnType<FoundByUrl["uses"]>,
  why: string,
): Candidate {
  const { ref, kind, url, project } = secret;
  const state = uses.get(secret) ?? "not_used";
  return {
    ...ref,
    kind,
    url: shownUrl(url),
    ...project === "" ? {} : { project },
    state,
    why: why + unread(secret, state !== "not_used"),
  };
}

function unread({ unparsable: [key] }: ArgocdSecret, isUsed: boolean): string {
  if (key === undefined) return "";
  const what = ` Argo CD cannot parse its key '${key}'`;
  return isUsed ? `${what}: an Application with this URL fails.` : `${what}.`;
}

/** @param chosen the repositories that Argo CD picks from, of which there may be thousands */
function repositoryReasons(
  chosen: readonly ArgocdSecret[],
  project: string,
): (secret: ArgocdSecret) => string {
  const all = new Set(chosen);
  return (secret) => {
    if (!all.has(secret)) {
      return secret.project === ""
        ? `Its URL matches, but a repository of project '${project}' takes precedence: ${
          names(chosen)
        }.`
        : `Its URL matches, but it is for project '${secret.project}' only.`;
    }
    const what = secret.project === ""
      ? "Its URL matches, and it is not limited to a project"
      : "Its URL and project match";
    return `${what}${tie(secret, chosen)}. ${ownCredential(secret)}`;
  };
}

function tie(secret: ArgocdSecret, tied: readonly ArgocdSecret[]): string {
  if (tied.length < 2) return "";
  const others = tied.slice(0, 3).filter((each) => each !== secret);
  return `, like ${names(others, tied.length - 1)}: Argo CD picks one at random`;
}

function ownCredential(secret: ArgocdSecret): string {
  if (!secret.hasOwnCredential) {
    return Object.hasOwn(secret.fields.reveal(), "gcpServiceAccountKey")
      ? "Its Google key does not count as its own credential, so Argo CD looks for a template."
      : "It has no credential of its own, so Argo CD looks for a template.";
  }
  return isUsernameOnly(secret)
    ? "Its user name alone counts as a credential, so Argo CD ignores templates."
    : "It has its own credential, so Argo CD ignores templates.";
}

/**
 * @param longest the templates with the longest matching prefix
 * @param chosen the repositories that Argo CD picks from
 */
function templateReasons(
  longest: readonly ArgocdSecret[],
  chosen: readonly ArgocdSecret[],
): (secret: ArgocdSecret) => string {
  const all = new Set(longest);
  const areUnread = chosen.length > 0 && chosen.every(({ unparsable }) => unparsable.length > 0);
  const areHolders = chosen.length > 0 && chosen.every(({ hasOwnCredential }) => hasOwnCredential);
  return (secret) => {
    if (!all.has(secret)) {
      return `Its URL is a prefix, but a longer one takes precedence: ${names(longest)}.`;
    }
    if (areUnread) {
      return `Its URL is the longest matching prefix, but Argo CD fails on the repository: ${
        names(chosen)
      }.`;
    }
    if (areHolders) {
      return `Its URL is the longest matching prefix, but a repository with its own credential takes precedence: ${
        names(chosen)
      }.`;
    }
    return `Its URL is the longest matching prefix${tie(secret, longest)}.`;
  };
}

/** Why Argo CD does not use a secret with a similar URL; `undefined` where the URL is not similar. */
function whyNot({ kind, url: stored, prefix }: ArgocdSecret, url: string): string | undefined {
  const found = urlDifferences(stored, url, kind);
  if (found === undefined) return undefined;
  if (kind === "template" && prefix === "") {
    return "Argo CD cannot parse its URL and never uses it.";
  }
  if (kind === "template" && normalizeGitUrl(url) === "") {
    return "Argo CD cannot parse the Application's URL and uses no template for it.";
  }
  const what = kind === "template" ? "Its URL is not a prefix" : "Its URL does not match";
  return `${what}: ${found.join(", and ")}.`;
}

/**
 * `'a'`, or `'a' and 'b'`, or `'a' and 7 others`.
 * @param secrets the first two, or all
 * @param total how many there are
 */
function names(secrets: readonly ArgocdSecret[], total = secrets.length): string {
  const [first, second] = secrets.slice(0, 2).map(({ ref }) => `'${ref.name}'`);
  if (total <= 2) return [first, second].filter((each) => each !== undefined).join(" and ");
  return `${first} and ${total - 1} others`;
}
