import type { z } from "@hono/zod-openapi";
import type { Field, Fields, SecretField } from "../../fields/field.ts";
import type { SecretData } from "../../kube/store.ts";
import type { Sealed } from "../../log/sealed.ts";
import type {
  GitCredential,
  GitHubAppCredential,
  GoogleKeyCredential,
} from "../../verify/verdict.ts";
import type { Validated } from "../material/validated.ts";
import type { Material } from "../material/material.ts";
import type { RepositoryUrl } from "./url.ts";

export type RepositoryType = "git" | "helm" | "oci";

/** A repository, or a template for all repositories whose URLs begin with its own. */
export type SecretKind = "repository" | "repo-creds";

/**
 * One kind of repository credential: everything that the program knows about it. A new kind is one file
 * with a descriptor like this and one line in `kinds.ts`. The API's schemas, the command line's flags,
 * completion, masking, fingerprints, rotation and the generated documents derive from it.
 *
 * @typeParam Credential the parsed credential: `{ kind: NAME, … }` with its secrets sealed
 * @typeParam Of the fields of a request, as `open()` and `secret()` declare them
 */
export interface CredentialKind<Credential = unknown, Of extends Fields = Fields> {
  /** The `kind` of the parsed credential, and the kind's name in answers. */
  readonly name: string;
  /**
   * The fields of a request, by their names in JSON. A request gives all required ones or none of them, so
   * every schema must be optional. `secret()` fields are masked everywhere.
   */
  readonly fields: Of;
  /** The types of repositories for which Argo CD uses this kind. */
  readonly types: readonly RepositoryType[];
  /**
   * Why this kind cannot be used for a URL, as the predicate of "Field 'x' …"; `undefined` when it can.
   * @see {@link byHttps} for kinds that need HTTPS
   */
  unfit(url: Pick<RepositoryUrl, "over" | "oci">, type: RepositoryType): string | undefined;
  /**
   * Checks the fields beyond their schemas, and makes the credential of them.
   * @returns the credential, or the `path` of the wrong field (default: the kind's first field) and `why`,
   * a predicate as above. It must not quote the value.
   */
  parse(given: Given<Of>): ParsedCredential<Credential>;
  /** Hints about a valid credential that may not work as the user expects. */
  hints?(credential: Credential): readonly string[];
  /** Argo CD's keys in the data of a secret, by their names in a repository secret. */
  readonly keys: Readonly<Record<string, Key<Credential>>>;
  /** The keys that show that a secret has a credential of this kind. @default all keys */
  readonly marks?: readonly string[];
  /**
   * How to verify the credential: the login to send to the Git server or registry, or a credential that
   * its issuer (GitHub, Google) verifies. A string instead is the reason why it cannot be verified.
   */
  verifyWith(credential: Credential): VerifyWith | string;
  /** When the credential expires, in ISO 8601, if its value says so (a certificate does). */
  expires?(credential: Credential): string | undefined;
  /** Example bodies of `POST /repositories`, without the cluster. */
  readonly examples: Examples;
}

type Given<Of extends Fields> = {
  readonly [Name in keyof Of]: Exclude<z.output<Of[Name]["schema"]>, undefined>;
};

export type ParsedCredential<Credential> = Validated<Credential> | {
  readonly ok: false;
  readonly path: readonly string[];
  readonly why: string;
};

/** One key of a secret's data. Use {@link key} to make it from a property of the credential. */
export type Key<Credential = unknown> = OpenKey<Credential> | SecretKey<Credential>;

interface SecretKey<Credential> extends Omit<KeyOf, "shown"> {
  /** The field of the request that the value comes from. */
  readonly field: SecretField;
  readonly shown?: undefined;
  /** The value for this key; `undefined` leaves the key out. */
  of(credential: Credential): Sealed<string> | undefined;
}

interface OpenKey<Credential> extends KeyOf {
  /** The field of the request that the value comes from; it decides how the value is masked. */
  readonly field: Field;
  /** The value for this key; `undefined` leaves the key out. */
  of(credential: Credential): string | undefined;
}

interface KeyOf {
  /** The key's name in templates. @default the same name */
  readonly inTemplates?: string;
  /**
   * Set when Argo CD uses no template for a repository that has this key.
   * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go HasCredentials
   */
  readonly isOwn?: true;
  /** Masks the value for output. @default as the field does */
  readonly shown?: (text: string, all: SecretData) => string;
  /** Whether Argo CD takes the key as set. @default when it is not empty */
  readonly isSet?: (text: string) => boolean;
  /** Whether the value is a credential on its own. @default when the field is secret */
  readonly isCredential?: (text: string, all: SecretData) => boolean;
  /**
   * The canonical form of the value: two values are the same credential when these are equal.
   * @default `canonicalValue`: the value itself, except for a Google service account key
   */
  readonly canonical?: (text: string) => string;
  /**
   * When the stored value expires, in ISO 8601, for a value whose expiry is in another key of the secret.
   * @default as the value itself says
   */
  readonly expires?: (all: SecretData) => string | undefined;
  /** What the value is made of; a rotation replaces like with like. @default "token": any text */
  readonly material?: Exclude<Material, "token">;
}

export type VerifyWith =
  | Pick<GitCredential, "username" | "password" | "bearerToken">
  | Omit<GitHubAppCredential, "transport">
  | Omit<GoogleKeyCredential, "transport">;

export type Examples = Readonly<
  Record<string, { readonly summary: string; readonly value: object }>
>;

/** Makes one of {@link Examples}. */
export const example = (summary: string, value: object) => ({ summary, value });

/**
 * Makes a key whose value is a property of the credential.
 * @param field the field of the request that the value comes from
 * @param name the property of the credential
 */
export function key<Name extends string>(
  field: SecretField,
  name: Name,
  more?: Omit<KeyOf, "shown">,
): SecretKey<{ readonly [Each in Name]?: Sealed<string> }>;
export function key<Name extends string>(
  field: Field,
  name: Name,
  more?: KeyOf,
): OpenKey<{ readonly [Each in Name]?: string }>;
export function key(field: Field, name: string, more: KeyOf = {}): Key<never> {
  return { field, of: (credential: Readonly<Record<string, string>>) => credential[name], ...more };
}

/** {@link CredentialKind.unfit} for kinds that need HTTPS. */
export const byHttps: CredentialKind["unfit"] = ({ over }) =>
  over === "http" ? undefined : "needs an HTTPS URL; for SSH give 'ssh_private_key'";

/** Placeholders for values in examples. */
export const TOKEN = "your_token";
export const PEM = "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n";
export const CERTIFICATE = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n";
export const GIT = { type: "git", url: "https://github.com/your-org/app.git" };
