import type { TransportOptions, Verifiable } from "../../verify/verdict.ts";
import type { RepositoryType, SecretKind } from "../kinds/credential_kind.ts";
import { kindOf, type RepositoryCredential } from "../kinds/kinds.ts";
import type { RepositoryUrl } from "../kinds/url.ts";

/** A repository or template, as it is given or as it is stored, with what it is reached with. */
export interface ToVerify {
  readonly as: SecretKind;
  readonly type: RepositoryType;
  readonly url: Pick<RepositoryUrl, "url" | "oci" | "over">;
  readonly credential?: RepositoryCredential | undefined;
  readonly transport: TransportOptions;
}

/**
 * What is to be asked about the credential of a repository or template: the one rule for what is about to be
 * written and for what is stored.
 * @returns a text where nothing can be asked: why
 */
export function verifiable(
  { as, type, url, credential, transport }: ToVerify,
): Verifiable | string {
  const tried = credential === undefined ? {} : kindOf(credential).tried(credential);
  if (typeof tried !== "string" && "kind" in tried) return { ...tried, transport };
  if (as === "repo-creds" && !url.oci) return "a template names no repository that could be asked";
  if (typeof tried === "string") return tried;
  if (url.oci) {
    const [host = "", ...parts] = url.url.replace(/^oci:\/\//, "").split("/");
    const path = parts.join("/").replace(/\/$/, "");
    // Below a template's prefix no repository is known.
    const repository = as === "repo-creds" || path === "" ? {} : { repository: path };
    return { kind: "registry", host, ...repository, ...tried, transport };
  }
  if (url.over === "ssh") return "the key can be read; by SSH it is not tried";
  return { kind: type === "helm" ? "helm" : "git", url: url.url, ...tried, transport };
}
