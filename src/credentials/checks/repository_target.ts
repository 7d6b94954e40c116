import { seal } from "../../log/sealed.ts";
import type { Login, TransportOptions, Verifiable } from "../../verify/verdict.ts";
import type { ArgocdFields, ArgocdSecret } from "../explain/argocd_secret.ts";
import { credentialsFor } from "../explain/clients.ts";
import type { Resolution } from "../explain/resolve.ts";
import type { SecretKind } from "../kinds/credential_kind.ts";
import { CLIENT_CERTIFICATE } from "../kinds/kinds.ts";
import { isBytes } from "../material/canonical.ts";
import { shownUrl } from "../kinds/url.ts";
import type { CredentialValue } from "../values.ts";
import type { RepositoryResolver } from "./repository_resolver.ts";
import { kindWithKey, storedCredential } from "./stored_credential.ts";
import type { CheckTarget } from "./check_target.ts";
import { loginIn, withoutLogin } from "./url_login.ts";
import { verifiable } from "./verifiable.ts";

/** Where a value of an Argo CD repository or template is checked. */
export function repositoryTarget(
  secret: ArgocdSecret,
  value: CredentialValue,
  resolver: RepositoryResolver,
): CheckTarget {
  const at = shownUrl(withoutLogin(secret.url));
  if (isBytes(value.value)) return { at, notTried: "The value is not UTF-8 text" };
  const [unparsable] = secret.unparsable;
  if (unparsable !== undefined) {
    return { at, notTried: `Argo CD cannot parse key '${unparsable}' of the secret` };
  }
  if (secret.kind === "repository") {
    const resolution = resolver.resolved(secret);
    if (resolution === undefined || resolution.failed !== undefined) {
      return {
        at,
        notTried: "Argo CD cannot use the repository because of its URL or its template",
      };
    }
    return target(resolution.fields.reveal(), "repository", value);
  }
  const alone = target(secret.fields.reveal(), "repo-creds", value);
  if ("what" in alone) return alone;
  const user = resolver.userOf(secret);
  return user === undefined ? alone : targetAtUser(user, value) ?? alone;
}

/** A template's value at a repository that inherits it. */
function targetAtUser(
  { fields, inherited }: Resolution,
  value: CredentialValue,
): CheckTarget | undefined {
  if (!inherited.includes(value.key)) return undefined;
  const where = target(fields.reveal(), "repository", value);
  return "what" in where ? where : undefined;
}

function target(fields: ArgocdFields, as: SecretKind, value: CredentialValue): CheckTarget {
  const text = (key: string) => String(fields[key] ?? "");
  const stored = text("url");
  const url = { url: withoutLogin(stored), oci: isOci(fields), over: overOf(stored) };
  const at = shownUrl(url.url);
  const type = text("type") === "helm" ? "helm" : url.oci ? "oci" : "git";
  const inUrl = loginIn(stored);
  const used = credentialsFor(type, fields)[0]?.credential;
  const no = (notTried: string): CheckTarget => ({ at, notTried });
  const { key } = value;
  if (key === "url" && inUrl === undefined) return no("The URL contains no login that is sent");
  const kind = kindWithKey(key);
  if (kind === CLIENT_CERTIFICATE.name && fields.tlsClientCertData === undefined) {
    return no("Argo CD does not use a client certificate's key without the certificate");
  }
  const isBeside = key === "proxy" || key === "url" || kind === CLIENT_CERTIFICATE.name;
  if (!isBeside && kind !== used) {
    return no(
      `Argo CD does not use it${used === undefined ? "" : `, but ${used} of the same secret`}`,
    );
  }
  const credential = used === undefined ? undefined : storedCredential(used, fields);
  if (typeof credential === "string") return no(credential);
  const asked = verifiable({ as, type, url, credential, transport: transportOf(fields) });
  if (typeof asked === "string") return no(asked);
  const what = withLogin(asked, key === "url" ? inUrl : undefined);
  return {
    at: key === "proxy" ? shownUrl(withoutLogin(text("proxy"))) : placeOf(what, at),
    what,
    by: key === "proxy" ? "proxy" : "login",
  };
}

/** A Helm repository is OCI by `enableOCI`; a template may have no type. */
function isOci({ url = "", type, enableOCI }: ArgocdFields): boolean {
  return String(url).startsWith("oci://") || type === "oci" || type !== "git" && enableOCI === true;
}

/** SSH also in Git's short form: `git@host:path`. */
function overOf(url: string): "http" | "ssh" {
  if (/^\s*ssh:\/\//i.test(url)) return "ssh";
  const [authority = ""] = url.split("/", 1);
  const at = authority.indexOf("@");
  return at !== -1 && authority.includes(":", at) ? "ssh" : "http";
}

/** The transport options that Argo CD uses. */
function transportOf(fields: ArgocdFields): TransportOptions {
  const text = (key: string) => fields[key] === undefined ? undefined : String(fields[key]);
  const [cert, key] = [text("tlsClientCertData"), text("tlsClientCertKey")];
  const proxy = text("proxy");
  const noProxy = text("noProxy");
  return {
    ...(fields.insecure === true || fields.insecureIgnoreHostKey === true) && { insecure: true },
    ...fields.insecureOCIForceHttp === true && { insecureHttp: true },
    ...proxy !== undefined && { proxy },
    ...noProxy !== undefined && { noProxy },
    ...cert !== undefined && key !== undefined &&
      { tlsClientCert: seal(cert), tlsClientKey: seal(key) },
  };
}

/**
 * The user name that Argo CD sends with a password that has none: GitHub's for tokens.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/git/creds.go HTTPSCreds.Environ
 */
const TOKEN_USER = "x-access-token";

function withLogin(what: Verifiable, inUrl: Login | undefined): Verifiable {
  if (what.kind === "github_app" || what.kind === "google_key") return what;
  // For a URL with a user name only, Git gets the password from Argo CD.
  const login = { ...what, ...inUrl };
  const isNameless = login.kind === "git" && login.username === undefined;
  return isNameless && login.password !== undefined ? { ...login, username: TOKEN_USER } : login;
}

function placeOf(what: Verifiable, url: string): string {
  switch (what.kind) {
    case "registry":
      return shownUrl(
        [what.host, ...what.repository === undefined ? [] : [what.repository]].join("/"),
      );
    case "github_app": {
      const api = shownUrl(what.enterpriseUrl ?? "https://api.github.com");
      return `${api} (installation ${what.installationId} of app ${what.id})`;
    }
    case "google_key":
      return "Google";
    default:
      return shownUrl(what.url) || url;
  }
}
