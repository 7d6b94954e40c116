import { parseAddress } from "../net/address.ts";
import { urlHost } from "./address_rules.ts";

/**
 * Token servers whose domain differs from that of their registries.
 * Scaleway: `rg.REGION.scw.cloud` names `https://api.scaleway.com/registry-internal/…/tokens`.
 */
const PAIRS: readonly (readonly [registries: string, realm: string])[] = [
  ["scw.cloud", "api.scaleway.com"],
];

/** Domains in which anyone can register a name, so that names below them are unrelated. */
const SHARED = new Set([
  "amazonaws.com",
  "azurecr.io",
  "azurewebsites.net",
  "cloudapp.azure.com",
  "cloudfront.net",
  "cluster.local",
  "duckdns.org",
  "fly.dev",
  "github.io",
  "gitlab.io",
  "herokuapp.com",
  "jfrog.io",
  "netlify.app",
  "ngrok.app",
  "ngrok.io",
  "nip.io",
  "ondigitalocean.app",
  "pages.dev",
  "pkg.dev",
  "run.app",
  "scw.cloud",
  "sslip.io",
  "vercel.app",
  "web.app",
  "workers.dev",
]);

/** Second-level labels below which country registries sell names: `co.uk`, `com.au`. */
const SECOND_LEVEL = /^(ac|co|com|edu|go|gob|gov|govt|gv|ltd|me|mil|ne|net|nom|or|org|plc|sch)$/;

/**
 * Why a registry's credential is not sent to the token server that the registry names; `undefined` when it is. The
 * token server must use https, or http if the registry itself does, and be
 * - the registry's own host, on any port,
 * - a host of the same registered domain (`registry-1.docker.io` and `auth.docker.io`, `registry.gitlab.com` and
 *   `gitlab.com`); without a complete list of public suffixes, hosts count as unrelated in case of doubt, or
 * - a host that is known to belong to the registry.
 * @returns continues "the token server …"
 */
export function whyNotRealm(registry: URL, realm: URL): string | undefined {
  if (
    realm.protocol !== "https:" && !(realm.protocol === "http:" && registry.protocol === "http:")
  ) {
    return "does not use https";
  }
  const [own, other] = [urlHost(registry), urlHost(realm)];
  if (own === other) return undefined;
  const domain = registeredDomain(own);
  if (domain !== undefined && domain === registeredDomain(other)) return undefined;
  const isPair = PAIRS.some(([registries, host]) =>
    own.endsWith(`.${registries}`) && other === host
  );
  return isPair ? undefined : "belongs to another domain";
}

/** `docker.io` for `auth.docker.io`; `undefined` where it is unknown. */
function registeredDomain(host: string): string | undefined {
  if (parseAddress(host)) return undefined;
  const labels = host.split(".");
  const [second = "", top = ""] = labels.slice(-2);
  const isCountry = top.length === 2;
  const length = isCountry && SECOND_LEVEL.test(second) ? 3 : 2;
  if (labels.length < length || [...SHARED].some((domain) => host.endsWith(`.${domain}`))) {
    return undefined;
  }
  return labels.slice(-length).join(".");
}
