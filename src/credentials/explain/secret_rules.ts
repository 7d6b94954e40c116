import type { Finding } from "../finding.ts";
import { shownUrl } from "../kinds/url.ts";
import { KINDS } from "../kinds/kinds.ts";
import { type ArgocdSecret, isUsernameOnly } from "./argocd_secret.ts";
import { credentialsFor } from "./clients.ts";

/** The findings about a single secret. */
export function secretFindings(secret: ArgocdSecret): readonly Finding[] {
  return RULES.flatMap((rule) => rule(secret)).map((each) => ({ ...each, secrets: [secret.ref] }));
}

type Rule = (secret: ArgocdSecret) => readonly Omit<Finding, "secrets">[];

/** `Repository 'app'` */
export const titleOf = ({ kind, isWrite, ref }: ArgocdSecret): string => {
  const what = isWrite ? `write ${kind}` : kind;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} '${ref.name}'`;
};

const NUMBERS = new Set(["githubAppID", "githubAppInstallationID", "depth"]);

const unparsableValue: Rule = (secret) =>
  secret.unparsable.map((key) => {
    const [form, remedy] = NUMBERS.has(key)
      ? ["an integer", "Set it to digits only, without white space or a line break"]
      : ["a boolean", 'Set it to "true" or "false", without white space or a line break'];
    return {
      code: "unparsable_value",
      message: `${titleOf(secret)} has a value in '${key}' that Argo CD cannot parse as ${form} ` +
        `(empty is invalid): ${brokenBy(secret)}`,
      remedy: `${remedy}, or remove the key`,
    };
  });

/**
 * The consequence of a secret that Argo CD cannot parse.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/controller/state.go GetRepoObjs
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/argo/argo.go GetAppProjectByName
 */
function brokenBy({ kind, isWrite, type, project }: ArgocdSecret): string {
  if (isWrite) return "nothing can be pushed with it";
  if (kind === "template") {
    return /^(helm|oci)$/i.test(type)
      ? "manifest generation fails for every Application of this Argo CD"
      : "every Application that would use it fails";
  }
  return project === ""
    ? "every Application with its URL fails"
    : `every Application of project '${project}' fails`;
}

const unparsableUrl: Rule = (secret) => {
  const { kind, url, prefix, comparable } = secret;
  if (prefix !== "") return [];
  const [what, remedy] = url.trim() === ""
    ? ["has no URL, so it is never used", "Set its url, or delete the secret"]
    : kind === "template" || comparable === ""
    ? ["has a URL that Argo CD cannot parse, so it is never used", "Correct its url"]
    : [
      "has a URL that Argo CD cannot parse: only Applications with exactly the same URL use it, " +
      "and it inherits from no template",
      "Correct its url, and the URL in the Applications",
    ];
  return [{ code: "unparsable_url", message: `${titleOf(secret)} ${what}`, remedy }];
};

const usernameOnly: Rule = (secret) => {
  if (secret.kind !== "repository" || !isUsernameOnly(secret)) return [];
  const isGit = !/^(helm|oci)$/.test(secret.type);
  return [{
    code: "username_only",
    message: `${titleOf(secret)} has a user name but no password. The user name counts as a ` +
      `credential, so Argo CD ignores templates${isGit ? ", and Git gets no credential" : ""}`,
    remedy: "Remove the user name, or add the password",
  }];
};

/** A credential that does not work with the URL: a password for SSH, or an SSH key for HTTPS. */
const credentialUnfit: Rule = (secret) => {
  const { prefix, type, fields } = secret;
  const over = /^https?:\/\//.test(prefix)
    ? "http"
    : /^[^/:@]+@[^/]+(\/|$)/.test(prefix)
    ? "ssh"
    : undefined;
  const [found] = credentialsFor("git", fields.reveal());
  if (over === undefined || found === undefined || !/^(git)?$/.test(type)) return [];
  const kind = KINDS.find(({ name }) => name === found.credential);
  const why = kind?.unfit({ over, oci: false }, "git");
  if (why === undefined) return [];
  return [{
    code: "credential_unfit",
    message:
      `${titleOf(secret)} has a credential (${found.credential}) that Git cannot use with its ` +
      `URL, ${shownUrl(secret.url)}`,
    remedy: over === "ssh"
      ? "Add an SSH key, or use an https:// URL in the secret and in the Applications"
      : "Add a password or token, or use an SSH URL in the secret and in the Applications",
  }];
};

/** Two keys are spelled differently in repositories and templates. */
const AZURE_KEYS = [
  ["azureServicePrincipalClientId", "azureServicePrincipalClientID"],
  ["azureServicePrincipalTenantId", "azureServicePrincipalTenantID"],
] as const;

const azureKeySpelling: Rule = (secret) =>
  AZURE_KEYS.flatMap(([repositorys, templates]) => {
    const isTemplate = secret.kind === "template";
    const [right, wrong] = isTemplate ? [templates, repositorys] : [repositorys, templates];
    if (!secret.keys.has(wrong) || secret.keys.has(right)) return [];
    return [{
      code: "azure_key_spelling",
      message: `${titleOf(secret)} has the key '${wrong}', which Argo CD reads only from ` +
        `${isTemplate ? "repositories" : "templates"}`,
      remedy: `Rename the key to '${right}'`,
    }];
  });

const plainHttp: Rule = (secret) => {
  const isForced = secret.fields.reveal().insecureOCIForceHttp === true;
  if (!isForced && !secret.prefix.startsWith("http://")) return [];
  const why = isForced ? "insecureOCIForceHttp is set" : "its URL starts with http://";
  return [{
    code: "plain_http",
    message: `${titleOf(secret)} uses plain HTTP (${why}): credential and content can be ` +
      "intercepted and changed in transit",
    remedy: isForced
      ? "Remove insecureOCIForceHttp if the registry supports HTTPS"
      : "Use https:// in the secret and in the Applications if the server supports it",
  }];
};

const tlsNotVerified: Rule = (secret) => {
  const fields = secret.fields.reveal();
  const key = ["insecure", "insecureIgnoreHostKey"].find((each) => fields[each] === true);
  if (key === undefined) return [];
  return [{
    code: "tls_not_verified",
    message: `${titleOf(secret)} does not verify the server's certificate or host key ` +
      `(${key} is set): the credential may be sent to an impostor`,
    remedy: "Add the certificate to argocd-tls-certs-cm, or the host key to " +
      `argocd-ssh-known-hosts-cm, and remove ${key}`,
  }];
};

const whiteSpaceAround: Rule = (secret) => {
  const fields = secret.fields.reveal();
  return ["username", "password", "bearerToken"].flatMap((key) => {
    const value = fields[key];
    if (typeof value !== "string" || value.trim() === value) return [];
    return [{
      code: "white_space_around",
      message:
        `${titleOf(secret)} has leading or trailing white space in '${key}', which Argo CD ` +
        "sends unchanged",
      remedy: `Store '${key}' without white space: echo appends a line break, printf %s does not`,
    }];
  });
};

/**
 * Hosts where anyone can have repositories, so that a template for the whole host also matches other owners'. Most
 * other hosts belong to one organisation.
 */
const SHARED_HOSTS =
  /^(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|dev\.azure\.com|ssh\.dev\.azure\.com|ghcr\.io|quay\.io|(index\.|registry-1\.)?docker\.io|registry\.gitlab\.com|gcr\.io|[a-z0-9-]+-docker\.pkg\.dev|public\.ecr\.aws)$/;

/**
 * Templates whose prefix matches unintended URLs: Argo CD compares prefixes as text, regardless of host and path
 * segments, after removing a trailing `.git`.
 */
const matchesOthers: Rule = (secret) => {
  const { kind, prefix, type } = secret;
  if (kind !== "template" || prefix === "") return [];
  // Masked before the text is extended, because masking recognizes tokens by letter case and by their end.
  const url = shownUrl(secret.url);
  const beginning = url.trim().replace(/\.git$/i, "");
  const [, authority = "", path = ""] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/]*)(.*)$/s.exec(prefix)!;
  const found = (what: string, remedy: string) => [{
    code: "template_matches_others",
    message: `${titleOf(secret)} (${url}) ${what}`,
    remedy,
  }];
  if (path === "") {
    return found(
      `also matches other hosts whose names start with the same text, such as ${beginning}.example.net`,
      "Add a trailing slash to its URL",
    );
  }
  if (!path.endsWith("/")) {
    const exact = /^(helm|oci)$/i.test(type)
      ? ", and add a repository secret for the URL without the slash, which Applications use as well"
      : "";
    return found(
      `also matches longer names of other owners, such as ${beginning}-other`,
      `Add a trailing slash to its URL${exact}`,
    );
  }
  const host = authority.slice(authority.lastIndexOf("@") + 1).replace(/:[0-9]*$/, "");
  if (/^\/+$/.test(path) && SHARED_HOSTS.test(host)) {
    return found(
      `matches every repository on ${host} without its own credential, of any owner`,
      `Use ${url.endsWith(":") ? url : `${url.slice(0, -path.length)}/`}ORG/ as the URL`,
    );
  }
  return [];
};

const RULES: readonly Rule[] = [
  unparsableValue,
  unparsableUrl,
  usernameOnly,
  credentialUnfit,
  azureKeySpelling,
  matchesOthers,
  plainHttp,
  tlsNotVerified,
  whiteSpaceAround,
];
