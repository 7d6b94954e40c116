import type { TransportOptions, Verifiable } from "../../verify/verdict.ts";
import type { RepositoryType, SecretKind } from "../kinds/credential_kind.ts";
import { credentialKindOf, type RepositoryCredential } from "../kinds/kinds.ts";
import type { RepositoryUrl } from "../kinds/url.ts";

/** A repository or template of a request or of a secret, with its transport options. */
export interface RepositoryToVerify {
  readonly as: SecretKind;
  readonly type: RepositoryType;
  readonly url: Pick<RepositoryUrl, "url" | "oci" | "over">;
  readonly credential?: RepositoryCredential | undefined;
  readonly transport: TransportOptions;
}

/**
 * How the credential of a repository or template is verified. The same rule holds for new and for stored ones.
 * @returns a text that says why it cannot be verified, where it cannot
 */
export function verifiable(
  { as, type, url, credential, transport }: RepositoryToVerify,
): Verifiable | string {
  const tried = credential === undefined ? {} : credentialKindOf(credential).verifyWith(credential);
  if (typeof tried !== "string" && "kind" in tried) return { ...tried, transport };
  if (as === "repo-creds" && !url.oci) {
    return "A credential template is a URL prefix: it has no repository of its own to verify the credential at";
  }
  if (typeof tried === "string") return tried;
  if (url.oci) {
    const [host = "", ...parts] = url.url.replace(/^oci:\/\//, "").split("/");
    const path = parts.join("/").replace(/\/$/, "");
    // A template's prefix is not a repository.
    const repository = as === "repo-creds" || path === "" ? {} : { repository: path };
    return { kind: "registry", host, ...repository, ...tried, transport };
  }
  if (url.over === "ssh") return "SSH logins are not verified";
  return { kind: type === "helm" ? "helm" : "git", url: url.url, ...tried, transport };
}
