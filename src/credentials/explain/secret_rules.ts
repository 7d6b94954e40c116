import type { Finding } from "../finding.ts";
import { shownUrl } from "../kinds/url.ts";
import { KINDS } from "../kinds/kinds.ts";
import { type ArgocdSecret, isUsernameOnly } from "./argocd_secret.ts";
import { credentialsFor } from "./clients.ts";

/** What is wrong with one secret alone. */
export function ofEach(secret: ArgocdSecret): readonly Finding[] {
  return RULES.flatMap((rule) => rule(secret)).map((told) => ({ ...told, secrets: [secret.ref] }));
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
      ? ["a whole number", "Write it in digits alone, without white space or a line break"]
      : ["a boolean", 'Set it to "true" or "false", without white space or a line break'];
    return {
      code: "unparsable_value",
      message: `${titleOf(secret)} has a value in '${key}' that Argo CD cannot parse as ${form} ` +
        `(empty is invalid): ${brokenBy(secret)}`,
      remedy: `${remedy}, or remove the key`,
    };
  });

/**
 * What fails with a secret that cannot be read.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/controller/state.go GetRepoObjs
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/argo/argo.go GetAppProjectByName
 */
function brokenBy({ kind, isWrite, type, project }: ArgocdSecret): string {
  if (isWrite) return "nothing can be pushed with it";
  if (kind === "template") {
    return /^(helm|oci)$/i.test(type)
      ? "no Application of this Argo CD gets its manifests"
      : "each Application that it would be used for fails";
  }
  return project === ""
    ? "each Application with its URL fails"
    : `each Application of project '${project}' fails`;
}

const unparsableUrl: Rule = (secret) => {
  const { kind, url, prefix, comparable } = secret;
  if (prefix !== "") return [];
  const [what, remedy] = url.trim() === ""
    ? ["has no URL, so it is never used", "Set its url, or delete it"]
    : kind === "template" || comparable === ""
    ? ["has a URL that Argo CD cannot parse, so it is never used", "Correct its url"]
    : [
      "has a URL that Argo CD cannot parse: only an Application with exactly the same text uses it, " +
      "and no template is used for it",
      "Correct its url, and that of the Applications",
    ];
  return [{ code: "unparsable_url", message: `${titleOf(secret)} ${what}`, remedy }];
};

const usernameOnly: Rule = (secret) => {
  if (secret.kind !== "repository" || !isUsernameOnly(secret)) return [];
  const isGit = !/^(helm|oci)$/.test(secret.type);
  return [{
    code: "username_only",
    message: `${titleOf(secret)} has a user name and no password. That counts as a credential, ` +
      `so Argo CD ignores templates${isGit ? ", and Git gets no credential" : ""}`,
    remedy: "Remove its user name, or add the password",
  }];
};

/** What Git takes of it, and cannot use where the URL leads: a password by SSH, a key by HTTPS. */
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
      `${titleOf(secret)} has a credential (${found.credential}) that Git does not use for its ` +
      `URL, ${shownUrl(secret.url)}`,
    remedy: over === "ssh"
      ? "Add an SSH key, or use an https:// URL, here and in the Applications"
      : "Add a password or token, or use an SSH URL, here and in the Applications",
  }];
};

/** Repositories and templates spell two keys in two ways. */
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
      message: `${titleOf(secret)} has the key '${wrong}', which Argo CD reads from ` +
        `${isTemplate ? "repositories" : "templates"} only`,
      remedy: `Rename the key to '${right}'`,
    }];
  });

const plainHttp: Rule = (secret) => {
  const isForced = secret.fields.reveal().insecureOCIForceHttp === true;
  if (!isForced && !secret.prefix.startsWith("http://")) return [];
  const why = isForced ? "insecureOCIForceHttp is set" : "its URL begins with http://";
  return [{
    code: "plain_http",
    message: `${titleOf(secret)} uses plain HTTP (${why}): credential and content can be ` +
      "read and changed in transit",
    remedy: isForced
      ? "Remove insecureOCIForceHttp, where the registry has TLS"
      : "Use https://, here and in the Applications, where the server has it",
  }];
};

const tlsNotVerified: Rule = (secret) => {
  const fields = secret.fields.reveal();
  const key = ["insecure", "insecureIgnoreHostKey"].find((each) => fields[each] === true);
  if (key === undefined) return [];
  return [{
    code: "tls_not_verified",
    message: `${titleOf(secret)} does not verify the server's certificate or host key ` +
      `(${key} is set): the credential may go to another server`,
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
      message: `${titleOf(secret)} has leading or trailing white space in '${key}', and Argo CD ` +
        "sends it as it is",
      remedy: `Store '${key}' without it: echo appends a line break, printf %s does not`,
    }];
  });
};

/**
 * Where everybody may have repositories, so that a template for the whole host is for others', too. Other
 * hosts are mostly an organisation's own.
 */
const SHARED_HOSTS =
  /^(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|dev\.azure\.com|ssh\.dev\.azure\.com|ghcr\.io|quay\.io|(index\.|registry-1\.)?docker\.io|registry\.gitlab\.com|gcr\.io|[a-z0-9-]+-docker\.pkg\.dev|public\.ecr\.aws)$/;

/**
 * Templates whose prefix matches what is not meant: Argo CD compares it as a text, without regard to hosts
 * and segments of the path, and cuts `.git` off its end first.
 */
const matchesOthers: Rule = (secret) => {
  const { kind, prefix, type } = secret;
  if (kind !== "template" || prefix === "") return [];
  // Masked before it is lengthened, since tokens are known by their letters' case and by how they end.
  const url = shownUrl(secret.url);
  const beginning = url.trim().replace(/\.git$/i, "");
  const [, authority = "", path = ""] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/]*)(.*)$/s.exec(prefix)!;
  const found = (what: string, remedy: string) => [{
    code: "template_matches_others",
    message: `${titleOf(secret)} (${url}) is used ${what}`,
    remedy,
  }];
  if (path === "") {
    return found(
      `also for other hosts, whose names begin like its own: ${beginning}.example.net`,
      "End its URL with a slash",
    );
  }
  if (!path.endsWith("/")) {
    const exact = /^(helm|oci)$/i.test(type)
      ? ", and add a repository secret for the URL without it, which Applications use too"
      : "";
    return found(
      `also for longer names, whoever owns them: ${beginning}-other`,
      `End its URL with a slash${exact}`,
    );
  }
  const host = authority.slice(authority.lastIndexOf("@") + 1).replace(/:[0-9]*$/, "");
  if (/^\/+$/.test(path) && SHARED_HOSTS.test(host)) {
    return found(
      `for every repository on ${host} that has no credential of its own, whoever owns it`,
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
