import type { Sealed } from "../log/sealed.ts";
import type { ProxyEnv } from "../net/proxy.ts";
import type { AddressRules } from "./address_rules.ts";
import { type Clock, startClock } from "./clock.ts";
import { queryExpiry } from "./expiry_api.ts";
import { verifyGit } from "./git.ts";
import { verifyGitHubApp } from "./github_app.ts";
import { verifyHelm } from "./helm.ts";
import { endOfGoogleKey, googleKeyInfo, googleKeyOf, verifyGoogleKey } from "./google_key.ts";
import { type IssuerMemory, issuerOf, type Issuers, PUBLIC_ISSUERS } from "./issuers.ts";
import { NoAnswer } from "./no_answer.ts";
import { ownBudgets, type ReadBudgets, startReadMeter } from "./read_budget.ts";
import { verifyRegistry } from "./registry.ts";
import { registryUrls } from "./registry_urls.ts";
import { type Resolve, systemResolve } from "./resolve.ts";
import { openSession, type Session } from "./session.ts";
import type {
  GitCredential,
  HelmCredential,
  RegistryCredential,
  ServerVerdict,
  TransportOptions,
  Verdict,
  Verifiable,
} from "./verdict.ts";
import { type Send, wayOf } from "./way.ts";

export interface VerifyOptions {
  /** The timeout of the whole verification. */
  readonly seconds: number;
  /** Where a credential may be sent. */
  readonly allowed: AddressRules;
  /** How many bytes of responses may be read. @default the budgets of a single request */
  readonly budgets?: ReadBudgets;
  /** Environment variables that configure proxies. @default none */
  readonly env?: ProxyEnv;
  /** Aborted when the caller is gone. */
  readonly signal?: AbortSignal;
  /** @default the system's */
  readonly resolve?: Resolve;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** The issuers that are queried for the expiry of a credential. @default the public ones */
  readonly issuers?: Issuers;
  /** Remembered answers of issuers. @default they are queried each time */
  readonly issuerMemory?: IssuerMemory;
  /** Answers every request without a connection. @default requests are sent */
  readonly send?: Send;
}

/** The timeout for the query of the expiry, which is optional, in seconds. */
const EXPIRY_SECONDS = 3;

/**
 * Verifies a credential where it will be used. Every failure is a verdict. Nothing is written, and neither a verdict nor
 * an error contains a value of the credential.
 *
 * Permissions: `--allow-net` of the server, of its token server, and of proxies.
 */
export async function verifyCredential(what: Verifiable, options: VerifyOptions): Promise<Verdict> {
  const { seconds, allowed, env = {}, resolve = systemResolve, now = Date.now } = options;
  const { issuers = PUBLIC_ISSUERS } = options;
  const plan = planOf(what, { now, issuers });
  if (typeof plan === "string") {
    return { reachable: false, accepted: undefined, may: [], asked: "", why: plan };
  }
  const { url } = plan;
  const clock = startClock(seconds, options.signal);
  const reading = startReadMeter(options.budgets ?? ownBudgets());
  const open = (transport: TransportOptions, clock: Clock) =>
    openSession(
      options.send ?? wayOf(url, transport, { allowed, resolve, env, clock, reading }),
      url,
      secretsOf(what),
    );
  const session = open(what.transport, clock);
  try {
    const result = await plan.run(session);
    const expires = result.expires ?? session.expires ?? await issuerExpiry(result);
    return verdict(result, expires);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return verdict({ accepted: undefined, why: error.message }, session.expires);
  } finally {
    clock.stop();
    reading.end();
  }

  /** The expiry according to the issuer of an accepted token. */
  async function issuerExpiry({ accepted }: ServerVerdict): Promise<string | undefined> {
    if (!accepted || !hasLogin(what)) return undefined;
    const issuer = issuerOf(issuers, { url, tokenServer: session.tokenServer }, what);
    const key = issuer === undefined ? googleKeyOf(what.password) : undefined;
    if (issuer === undefined && key === undefined) return undefined;
    // The issuer is another host: the proxy applies to it, but not the TLS options.
    const { proxy, noProxy } = what.transport;
    const transport = issuer?.isOwn ? what.transport : { proxy, noProxy };
    if (issuer === undefined) {
      return await briefly((session) =>
        endOfGoogleKey(key!, certificatesOf(issuers, key!)!, session)
      );
    }
    const query = () => briefly((session) => queryExpiry(session, issuer, what.username ?? ""));
    return await (options.issuerMemory?.once(issuer, query) ?? query());

    async function briefly(
      query: (session: Session) => Promise<string | undefined>,
    ): Promise<string | undefined> {
      const limit = startClock(Math.min(EXPIRY_SECONDS, clock.remaining() / 1000), clock.signal);
      try {
        return await query(open(transport, limit));
      } finally {
        limit.stop();
      }
    }
  }

  function verdict(
    { accepted, open, may = [], why }: ServerVerdict,
    expires: string | undefined,
  ): Verdict {
    const { answered: reachable, status } = session;
    const asked = url.origin + url.pathname;
    return {
      reachable,
      accepted,
      ...(open ? { open } : {}),
      may,
      ...(expires ? { expires } : {}),
      ...(status === undefined ? {} : { status }),
      asked,
      why,
    };
  }
}

/** The URL of a verification, and how it is run. */
interface Plan {
  readonly url: URL;
  readonly run: (session: Session) => Promise<ServerVerdict>;
}

/** @returns a text that says why the credential cannot be verified, where it cannot */
function planOf(
  what: Verifiable,
  { now, issuers }: { readonly now: () => number; readonly issuers: Issuers },
): Plan | string {
  switch (what.kind) {
    case "registry": {
      const urls = registryUrls(what);
      if (typeof urls === "string") return urls;
      const run = (session: Session) => verifyRegistry(what, urls, session);
      return { url: urls.tags ?? urls.api, run };
    }
    case "helm": {
      const url = below(what.url, "index.yaml");
      if (url === undefined) return NO_URL;
      return { url, run: (session) => verifyHelm(what, url, session) };
    }
    case "git": {
      const url = below(what.url, "info/refs?service=git-upload-pack");
      if (url === undefined) return NO_URL;
      return { url, run: (session) => verifyGit(what, url, session) };
    }
    case "github_app": {
      const api = what.enterpriseUrl ?? "https://api.github.com";
      const installation = encodeURIComponent(String(what.installationId));
      const url = below(api, `app/installations/${installation}/access_tokens`);
      if (url === undefined) return NO_URL;
      return { url, run: (session) => verifyGitHubApp(what, url, session, now()) };
    }
    case "google_key": {
      const url = certificatesOf(issuers, what.key);
      if (url === undefined) return NO_GOOGLE_KEY;
      return { url, run: (session) => verifyGoogleKey(what, url, session) };
    }
  }
}

/** The URL of the certificates of a key's service account. */
function certificatesOf(
  { googleCertificates }: Issuers,
  key: Sealed<string>,
): URL | undefined {
  const { clientEmail } = googleKeyInfo(key.reveal()) ?? {};
  return clientEmail === undefined
    ? undefined
    : new URL(encodeURIComponent(clientEmail), googleCertificates);
}

const NO_GOOGLE_KEY =
  "Cannot verify: the key has no client_email or private_key_id, or is not for googleapis.com";

const NO_URL = "Cannot verify: the URL is not an http or https URL";

/** A path below a given URL, without user information and query. */
function below(text: string, path: string): URL | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  for (const part of ["username", "password", "search", "hash"] as const) url[part] = "";
  return new URL(`${url.href.replace(/(?<!\/)\/+$/, "")}/${path}`);
}

function secretsOf(what: Verifiable): (Sealed<string> | undefined)[] {
  switch (what.kind) {
    case "github_app":
      return [what.privateKey];
    case "google_key":
      return [what.key];
    default:
      return [what.password, what.kind === "git" ? what.bearerToken : undefined];
  }
}

const hasLogin = (what: Verifiable): what is RegistryCredential | HelmCredential | GitCredential =>
  what.kind !== "github_app" && what.kind !== "google_key";
