import type { Sealed } from "../log/sealed.ts";
import type { AddressRules } from "./address_rules.ts";
import { type Clock, startClock } from "./clock.ts";
import { askExpiry } from "./expiry_api.ts";
import { verifyGit } from "./git.ts";
import { verifyGitHubApp } from "./github_app.ts";
import { verifyHelm } from "./helm.ts";
import { endOfGoogleKey, googleKeyIn, googleKeyOf, verifyGoogleKey } from "./google_key.ts";
import { type IssuerMemory, issuerOf, type Issuers, PUBLIC_ISSUERS } from "./issuers.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Env } from "./proxy.ts";
import { beginReading, ownBudgets, type ReadBudgets } from "./read_budget.ts";
import { verifyRegistry } from "./registry.ts";
import { registryUrls } from "./registry_urls.ts";
import { type Resolve, systemResolve } from "./resolve.ts";
import { openSession, type Session } from "./session.ts";
import type {
  Finding,
  GitCredential,
  HelmCredential,
  RegistryCredential,
  TransportOptions,
  Verdict,
  Verifiable,
} from "./verdict.ts";
import { type Send, wayOf } from "./way.ts";

export interface VerifyOptions {
  /** For all of it; what is under way then is ended. */
  readonly seconds: number;
  /** Where a credential may be sent. */
  readonly allowed: AddressRules;
  /** How much of answers may be read. @default as for a request that is alone */
  readonly budgets?: ReadBudgets;
  /** Variables that name proxies. @default none */
  readonly env?: Env;
  /** Aborted when nobody waits any longer. */
  readonly signal?: AbortSignal;
  /** @default the system's */
  readonly resolve?: Resolve;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** Who is asked when a credential expires. @default those that everybody can reach */
  readonly issuers?: Issuers;
  /** What they said before. @default they are asked each time */
  readonly issuerMemory?: IssuerMemory;
  /** Answers in place of every server; nothing is then connected to. @default they are asked */
  readonly send?: Send;
}

/** Longest wait for what is only good to know, in seconds. */
const EXPIRY_SECONDS = 3;

/**
 * Tries a credential where it will be used. Whatever comes of it is a verdict; nothing is written
 * anywhere, and neither a verdict nor an error holds a value of the credential.
 *
 * Permissions: `--allow-net` of the server, of what it names to get tokens from, and of proxies.
 */
export async function verify(what: Verifiable, options: VerifyOptions): Promise<Verdict> {
  const { seconds, allowed, env = {}, resolve = systemResolve, now = Date.now } = options;
  const { issuers = PUBLIC_ISSUERS } = options;
  const plan = planOf(what, { now, issuers });
  if (typeof plan === "string") {
    return { reachable: false, accepted: undefined, may: [], asked: "", why: plan };
  }
  const { url } = plan;
  const clock = startClock(seconds, options.signal);
  const reading = beginReading(options.budgets ?? ownBudgets());
  const begin = (transport: TransportOptions, clock: Clock) =>
    openSession(
      options.send ?? wayOf(url, transport, { allowed, resolve, env, clock, reading }),
      url,
      secretsOf(what),
    );
  const session = begin(what.transport, clock);
  try {
    const finding = await plan.find(session);
    const expires = finding.expires ?? session.expires ?? await furtherExpiry(finding);
    return verdict(finding, expires);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return verdict({ accepted: undefined, why: error.message }, session.expires);
  } finally {
    clock.stop();
    reading.end();
  }

  async function furtherExpiry({ accepted }: Finding): Promise<string | undefined> {
    if (!accepted || !hasLogin(what)) return undefined;
    const asked = issuerOf(issuers, { url, tokenServer: session.tokenServer }, what);
    const key = asked === undefined ? googleKeyOf(what.password) : undefined;
    if (asked === undefined && key === undefined) return undefined;
    // The proxy is the credential's; whom it trusts is no matter of another host.
    const { proxy, noProxy } = what.transport;
    const transport = asked?.isOwn ? what.transport : { proxy, noProxy };
    if (asked === undefined) {
      return await briefly((session) =>
        endOfGoogleKey(key!, certificatesOf(issuers, key!)!, session)
      );
    }
    const ask = () => briefly((session) => askExpiry(session, asked, what.username ?? ""));
    return await (options.issuerMemory?.once(asked, ask) ?? ask());

    async function briefly(
      ask: (session: Session) => Promise<string | undefined>,
    ): Promise<string | undefined> {
      const limit = startClock(Math.min(EXPIRY_SECONDS, clock.remaining() / 1000), clock.signal);
      try {
        return await ask(begin(transport, limit));
      } finally {
        limit.stop();
      }
    }
  }

  function verdict(
    { accepted, open, may = [], why }: Finding,
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

/** What is asked, and how it goes on from there. */
interface Plan {
  readonly url: URL;
  readonly find: (session: Session) => Promise<Finding>;
}

/** A text says why there is nothing to ask. */
function planOf(
  what: Verifiable,
  { now, issuers }: { readonly now: () => number; readonly issuers: Issuers },
): Plan | string {
  switch (what.kind) {
    case "registry": {
      const urls = registryUrls(what);
      if (typeof urls === "string") return urls;
      const find = (session: Session) => verifyRegistry(what, urls, session);
      return { url: urls.tags ?? urls.api, find };
    }
    case "helm": {
      const url = below(what.url, "index.yaml");
      if (url === undefined) return NO_URL;
      return { url, find: (session) => verifyHelm(what, url, session) };
    }
    case "git": {
      const url = below(what.url, "info/refs?service=git-upload-pack");
      if (url === undefined) return NO_URL;
      return { url, find: (session) => verifyGit(what, url, session) };
    }
    case "github_app": {
      const api = what.enterpriseUrl ?? "https://api.github.com";
      const installation = encodeURIComponent(String(what.installationId));
      const url = below(api, `app/installations/${installation}/access_tokens`);
      if (url === undefined) return NO_URL;
      return { url, find: (session) => verifyGitHubApp(what, url, session, now()) };
    }
    case "google_key": {
      const url = certificatesOf(issuers, what.key);
      if (url === undefined) return NO_GOOGLE_KEY;
      return { url, find: (session) => verifyGoogleKey(what, url, session) };
    }
  }
}

/** Where the certificates of a key's service account are. */
function certificatesOf(
  { googleCertificates }: Issuers,
  key: Sealed<string>,
): URL | undefined {
  const { clientEmail } = googleKeyIn(key.reveal()) ?? {};
  return clientEmail === undefined
    ? undefined
    : new URL(encodeURIComponent(clientEmail), googleCertificates);
}

const NO_GOOGLE_KEY =
  "There is nobody to ask: the key lacks its id, or is not of Google's own cloud";

const NO_URL = "There is nobody to ask: the URL is no http or https URL";

/** A path below a URL that a user has given, of which user information and query are dropped. */
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
