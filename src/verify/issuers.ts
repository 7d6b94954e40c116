import { seal, type Sealed } from "../log/sealed.ts";
import { urlHost } from "./address_rules.ts";
import type { Login } from "./verdict.ts";

/** The kinds of issuers that report when their tokens expire. */
export type IssuerKind = "github" | "gitlab" | "docker_hub";

/** An issuer of tokens. */
export interface Issuer {
  readonly kind: IssuerKind;
  /** The root of its API, with a trailing slash. */
  readonly api: string;
}

/** The issuers that are queried for the expiry of a credential. */
export interface Issuers {
  /** By the host at which the credential is used. Hosts that are not listed may be issuers themselves. */
  readonly byHost: Readonly<Record<string, Issuer>>;
  /** The URL of the certificates of Google service accounts, with a trailing slash. */
  readonly googleCertificates: string;
}

const GITHUB: Issuer = { kind: "github", api: "https://api.github.com/" };
const GITLAB: Issuer = { kind: "gitlab", api: "https://gitlab.com/api/v4/" };

/** The public issuers. */
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
 * Prefixes of tokens whose expiry the issuer reports: personal access tokens of GitHub (classic and fine-grained);
 * personal, project and group access tokens of GitLab, unless its administrators changed the prefix; personal access
 * tokens of Docker Hub.
 * @see https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
 * @see https://docs.gitlab.com/security/tokens/#token-prefixes
 */
const TOKENS: Readonly<Record<IssuerKind, RegExp>> = {
  github: /^(ghp_|github_pat_)/,
  gitlab: /^glpat-/,
  docker_hub: /^dckr_pat_/,
};

/**
 * The API paths of self-hosted servers that issue tokens themselves: GitHub Enterprise Server and GitLab.
 * @see https://docs.github.com/en/enterprise-server@3.17/rest/using-the-rest-api/getting-started-with-the-rest-api
 * @see https://docs.gitlab.com/api/rest/
 */
const OWN: readonly Issuer[] = [
  { kind: "github", api: "/api/v3/" },
  { kind: "gitlab", api: "/api/v4/" },
];

/** A query for the expiry of a token. */
export interface IssuerRequest extends Issuer {
  readonly token: Sealed<string>;
  /** Whether the issuer is the server at which the token is used. */
  readonly isOwn: boolean;
}

/** Remembers the answers of issuers. */
export interface IssuerMemory {
  /**
   * Queries an issuer for a token, or returns the remembered answer.
   * @returns ISO time; `undefined` where the issuer did not report an expiry
   */
  once(
    request: Pick<IssuerRequest, "api" | "token">,
    query: () => Promise<string | undefined>,
  ): Promise<string | undefined>;
}

/** The server that accepted a login. */
export interface Accepted {
  readonly url: URL;
  /** The registry's token server, which received the login. */
  readonly tokenServer?: URL | undefined;
}

/** The query for the expiry of a login's token; `undefined` where no issuer is known. */
export function issuerOf(
  { byHost }: Issuers,
  accepted: Accepted,
  { username = "", password, bearerToken }: Login & { readonly bearerToken?: Sealed<string> },
): IssuerRequest | undefined {
  const host = urlHost(accepted.url);
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
 * The API of a self-hosted issuer. GitLab's registry may have its own host; its token server is GitLab itself, at
 * `/jwt/auth` below its root.
 * @see https://docs.gitlab.com/administration/packages/container_registry/
 */
function ownApi({ kind, api }: Issuer, { url, tokenServer }: Accepted): string {
  const [, root] = /^(.*)\/jwt\/auth$/.exec(tokenServer?.pathname ?? "") ?? [];
  return kind === "gitlab" && root !== undefined
    ? new URL(root + api, tokenServer).href
    : new URL(api, url).href;
}

/**
 * GitHub Enterprise Cloud with data residency: `SUBDOMAIN.ghe.com` has its API at `api.SUBDOMAIN.ghe.com` and its
 * registry at `containers.SUBDOMAIN.ghe.com`.
 * @see https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
 */
function ofGitHubCloud(host: string): Issuer | undefined {
  const [, subdomain] = /^(?:containers\.)?([a-z0-9-]+)\.ghe\.com$/.exec(host) ?? [];
  return subdomain === undefined
    ? undefined
    : { kind: "github", api: `https://api.${subdomain}.ghe.com/` };
}
