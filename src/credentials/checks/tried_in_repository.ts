import { seal } from "../../log/sealed.ts";
import type { Login, TransportOptions, Verifiable } from "../../verify/verdict.ts";
import type { ArgocdFields, ArgocdSecret } from "../explain/argocd_secret.ts";
import { credentialsFor } from "../explain/clients.ts";
import type { Resolution } from "../explain/resolve.ts";
import type { SecretKind } from "../kinds/credential_kind.ts";
import { BESIDE } from "../kinds/kinds.ts";
import { isBytes } from "../material/canonical.ts";
import { shownUrl } from "../kinds/url.ts";
import type { CredentialValue } from "../values.ts";
import type { Around } from "./around.ts";
import { kindWithKey, storedCredential } from "./stored_credential.ts";
import type { Where } from "./tried_value.ts";
import { loginIn, withoutLogin } from "./url_login.ts";
import { verifiable } from "./verifiable.ts";

/** Where a value of a repository or template of Argo CD would be tried. */
export function triedInRepository(
  secret: ArgocdSecret,
  value: CredentialValue,
  around: Around,
): Where {
  const at = shownUrl(withoutLogin(secret.url));
  if (isBytes(value.value)) return { at, notTried: "it is no text in UTF-8" };
  const [unparsable] = secret.unparsable;
  if (unparsable !== undefined) {
    return { at, notTried: `Argo CD cannot parse the secret's key '${unparsable}'` };
  }
  if (secret.kind === "repository") {
    const resolution = around.resolved(secret);
    if (resolution === undefined || resolution.failed !== undefined) {
      return {
        at,
        notTried: "Argo CD cannot use the repository, because of its URL or its template",
      };
    }
    return tried(resolution.fields.reveal(), "repository", value);
  }
  const alone = tried(secret.fields.reveal(), "repo-creds", value);
  if ("what" in alone) return alone;
  const user = around.userOf(secret);
  return user === undefined ? alone : byUser(user, value) ?? alone;
}

/** A template's value at a repository that gets it. */
function byUser({ fields, inherited }: Resolution, value: CredentialValue): Where | undefined {
  if (!inherited.includes(value.key)) return undefined;
  const where = tried(fields.reveal(), "repository", value);
  return "what" in where ? where : undefined;
}

function tried(fields: ArgocdFields, as: SecretKind, value: CredentialValue): Where {
  const text = (key: string) => String(fields[key] ?? "");
  const stored = text("url");
  const url = { url: withoutLogin(stored), oci: isOci(fields), over: overOf(stored) };
  const at = shownUrl(url.url);
  const type = text("type") === "helm" ? "helm" : url.oci ? "oci" : "git";
  const inUrl = loginIn(stored);
  const used = credentialsFor(type, fields)[0]?.credential;
  const no = (notTried: string): Where => ({ at, notTried });
  const { key } = value;
  if (key === "url" && inUrl === undefined) return no("it is not sent as a login");
  const kind = kindWithKey(key);
  if (kind === BESIDE.name && fields.tlsClientCertData === undefined) {
    return no("there is no certificate beside the key, so that Argo CD shows neither");
  }
  const isBeside = key === "proxy" || key === "url" || kind === BESIDE.name;
  if (!isBeside && kind !== used) {
    return no(
      `Argo CD uses another credential of the secret${used === undefined ? "" : `: ${used}`}`,
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

/** For Helm a flag says it, and in a template there may be no type. */
function isOci({ url = "", type, enableOCI }: ArgocdFields): boolean {
  return String(url).startsWith("oci://") || type === "oci" || type !== "git" && enableOCI === true;
}

/** By SSH also in Git's short form: `git@host:path`. */
function overOf(url: string): "http" | "ssh" {
  if (/^\s*ssh:\/\//i.test(url)) return "ssh";
  const [authority = ""] = url.split("/", 1);
  const at = authority.indexOf("@");
  return at !== -1 && authority.includes(":", at) ? "ssh" : "http";
}

/** The way that Argo CD takes. */
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
 * A password without a user name is shown with GitHub's one for tokens.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/git/creds.go HTTPSCreds.Environ
 */
const TOKEN_USER = "x-access-token";

function withLogin(what: Verifiable, inUrl: Login | undefined): Verifiable {
  if (what.kind === "github_app" || what.kind === "google_key") return what;
  // Of a URL with a user alone Git asks Argo CD for the password.
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
