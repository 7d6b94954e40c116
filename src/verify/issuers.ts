import { seal, type Sealed } from "../log/sealed.ts";
import { hostOf } from "./address_rules.ts";
import type { Login } from "./verdict.ts";

/** What tells when its tokens end. */
export type IssuerKind = "github" | "gitlab" | "docker_hub";

/** One who is asked, at the root of its API. */
export interface Issuer {
  readonly kind: IssuerKind;
  /** Ends in a slash. */
  readonly api: string;
}

/** Who is asked when a credential ends. */
export interface Issuers {
  /** By the host at which it is used, where that is not asked itself. */
  readonly byHost: Readonly<Record<string, Issuer>>;
  /** Where the certificates of Google's service accounts are; ends in a slash. */
  readonly googleCertificates: string;
}

const GITHUB: Issuer = { kind: "github", api: "https://api.github.com/" };
const GITLAB: Issuer = { kind: "gitlab", api: "https://gitlab.com/api/v4/" };

/** Those that everybody can reach. */
export const PUBLIC_ISSUERS: Issuers = {
  byHost: {
    "github.com": GITHUB,
    "ghcr.io": GITHUB,
    "gitlab.com": GITLAB,
    "registry.gitlab.com": GITLAB,
    "registry-1.docker.io": { kind: "docker_hub", api: "https://hub.docker.com/v2/" },
  },
  googleCertificates: "https://www.googleapis.com/robot/v1/metadata/x509/",
};

/**
 * Tokens whose issuers tell when they end: personal ones of GitHub, classic and fine-grained; personal, project
 * and group ones of GitLab, unless its administrators chose another beginning; personal ones of Docker Hub.
 * @see https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
 * @see https://docs.gitlab.com/security/tokens/#token-prefixes
 */
const TOKENS: Readonly<Record<IssuerKind, RegExp>> = {
  github: /^(ghp_|github_pat_)/,
  gitlab: /^glpat-/,
  docker_hub: /^dckr_pat_/,
};

/**
 * The API of a server that issues tokens itself, from its root: of GitHub Enterprise Server and of GitLab.
 * @see https://docs.github.com/en/enterprise-server@3.17/rest/using-the-rest-api/getting-started-with-the-rest-api
 * @see https://docs.gitlab.com/api/rest/
 */
const OWN: readonly Issuer[] = [
  { kind: "github", api: "/api/v3/" },
  { kind: "gitlab", api: "/api/v4/" },
];

/** Who is asked about a token, and whether that is the server at which it is used. */
export interface Asked extends Issuer {
  readonly token: Sealed<string>;
  readonly isOwn: boolean;
}

/** Remembers what issuers said of tokens. */
export interface IssuerMemory {
  /**
   * Asks an issuer of a token, or tells what came of asking it before.
   * @returns ISO time; `undefined` where the issuer did not tell
   */
  once(
    asked: Pick<Asked, "api" | "token">,
    ask: () => Promise<string | undefined>,
  ): Promise<string | undefined>;
}

/** Who has accepted a login. */
export interface Accepted {
  readonly url: URL;
  /** Of a registry: who gave its token, and has seen the login. */
  readonly tokenServer?: URL | undefined;
}

/** Who tells when a login's token ends; `undefined` where nobody is known to. */
export function issuerOf(
  { byHost }: Issuers,
  accepted: Accepted,
  { username = "", password, bearerToken }: Login & { readonly bearerToken?: Sealed<string> },
): Asked | undefined {
  const host = hostOf(accepted.url);
  const tokenFor = ({ kind }: Issuer): Sealed<string> | undefined =>
    [bearerToken, password, seal(username)].find((each) => TOKENS[kind].test(each?.reveal() ?? ""));
  const known = Object.hasOwn(byHost, host) ? byHost[host] : ofGitHubCloud(host);
  for (const issuer of known === undefined ? OWN : [known]) {
    const token = tokenFor(issuer);
    if (token === undefined) continue;
    const api = known === undefined ? ownApi(issuer, accepted) : issuer.api;
    return { kind: issuer.kind, api, token, isOwn: known === undefined };
  }
  return undefined;
}

/**
 * GitLab's registry may have a host of its own; the tokens for it GitLab gives itself, at `/jwt/auth` below its
 * root.
 * @see https://docs.gitlab.com/administration/packages/container_registry/
 */
function ownApi({ kind, api }: Issuer, { url, tokenServer }: Accepted): string {
  const [, root] = /^(.*)\/jwt\/auth$/.exec(tokenServer?.pathname ?? "") ?? [];
  return kind === "gitlab" && root !== undefined
    ? new URL(root + api, tokenServer).href
    : new URL(api, url).href;
}

/**
 * GitHub Enterprise Cloud with data residency: `SUBDOMAIN.ghe.com` has its API at `api.SUBDOMAIN.ghe.com`, and
 * its registry at `containers.SUBDOMAIN.ghe.com`.
 * @see https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
 */
function ofGitHubCloud(host: string): Issuer | undefined {
  const [, subdomain] = /^(?:containers\.)?([a-z0-9-]+)\.ghe\.com$/.exec(host) ?? [];
  return subdomain === undefined
    ? undefined
    : { kind: "github", api: `https://api.${subdomain}.ghe.com/` };
}
