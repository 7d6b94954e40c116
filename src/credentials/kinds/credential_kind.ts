import type { z } from "@hono/zod-openapi";
import type { Field, Fields, SecretField } from "../../fields/field.ts";
import type { SecretData } from "../../kube/store.ts";
import type { Sealed } from "../../log/sealed.ts";
import type {
  GitCredential,
  GitHubAppCredential,
  GoogleKeyCredential,
} from "../../verify/verdict.ts";
import type { Checked } from "../material/checked.ts";
import type { Material } from "../material/material.ts";
import type { RepositoryUrl } from "./url.ts";

export type RepositoryType = "git" | "helm" | "oci";

/** A repository, or a template for all repositories whose URLs begin with its own. */
export type SecretKind = "repository" | "repo-creds";

/**
 * One kind of a repository's credential: all that is known of it. It is in one file, and in the list
 * of `kinds.ts`; everything else derives.
 */
export interface CredentialKind<Credential = unknown, Of extends Fields = Fields> {
  readonly name: string;
  /** What a request has of it: all of these fields or none, so that each schema is optional. */
  readonly fields: Of;
  /** Types of repositories for which Argo CD uses it. */
  readonly types: readonly RepositoryType[];
  /** Why it is not for a URL: a clause after "Field 'x' …"; `undefined` where it is. */
  unfit(url: Pick<RepositoryUrl, "over" | "oci">, type: RepositoryType): string | undefined;
  /**
   * Understands its fields.
   * @returns `why` is about the field at the path, else the first one, and quotes nothing of it
   */
  understand(given: Given<Of>): Understood<Credential>;
  /** What the user should know about a credential that can be used. */
  hints?(credential: Credential): readonly string[];
  /** Argo CD's keys in the data of a secret. */
  readonly keys: Readonly<Record<string, Key<Credential>>>;
  /** Those by which a secret is seen to hold one. @default all of them */
  readonly marks?: readonly string[];
  /** With what it is tried, where it would be used or at its own service; or why it is not. */
  tried(credential: Credential): Tried | string;
  /** When it ends, in ISO time, where it tells that itself. */
  expires?(credential: Credential): string | undefined;
  /** Bodies of `POST /repositories`, but for the cluster. */
  readonly examples: Examples;
}

type Given<Of extends Fields> = {
  readonly [Name in keyof Of]: Exclude<z.output<Of[Name]["schema"]>, undefined>;
};

export type Understood<Credential> = Checked<Credential> | {
  readonly ok: false;
  readonly path: readonly string[];
  readonly why: string;
};

/** One key of a secret's data. */
export type Key<Credential = unknown> = OpenKey<Credential> | SecretKey<Credential>;

interface SecretKey<Credential> extends Omit<KeyOf, "shown"> {
  /** Where its value comes from. */
  readonly field: SecretField;
  readonly shown?: undefined;
  of(credential: Credential): Sealed<string> | undefined;
}

interface OpenKey<Credential> extends KeyOf {
  /** Where its value comes from, and so what may be shown of it. */
  readonly field: Field;
  of(credential: Credential): string | undefined;
}

interface KeyOf {
  /** How templates spell it. */
  readonly inTemplates?: string;
  /**
   * That Argo CD looks at no template for a repository with it.
   * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go HasCredentials
   */
  readonly isOwn?: true;
  /** What is shown of it. @default by its field */
  readonly shown?: (text: string, all: SecretData) => string;
  /** Whether it says anything. @default unless it is empty, as to Argo CD */
  readonly isSet?: (text: string) => boolean;
  /** Whether this text in it is a credential by itself. @default whether its field is secret */
  readonly isCredential?: (text: string, all: SecretData) => boolean;
  /**
   * The text by which two are told to be the same credential, however it was stored.
   * @default byte for byte
   */
  readonly canonical?: (text: string) => string;
  /**
   * When the stored credential ends, in ISO time, where another key of the secret tells it.
   * @default what its text itself tells
   */
  readonly expires?: (all: SecretData) => string | undefined;
  /** What it is made of. @default any text, as passwords and tokens are */
  readonly material?: Exclude<Material, "token">;
}

export type Tried =
  | Pick<GitCredential, "username" | "password" | "bearerToken">
  | Omit<GitHubAppCredential, "transport">
  | Omit<GoogleKeyCredential, "transport">;

export type Examples = Readonly<
  Record<string, { readonly summary: string; readonly value: object }>
>;

/** One of {@link Examples}. */
export const example = (summary: string, value: object) => ({ summary, value });

/**
 * A key of what the credential has by this name.
 * @param field where that comes from
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

/** {@link CredentialKind.unfit} of what needs HTTPS. */
export const byHttps: CredentialKind["unfit"] = ({ over }) =>
  over === "http" ? undefined : "needs a URL by HTTPS; for SSH give 'ssh_private_key'";

/** What stands for values in examples, and is none. */
export const TOKEN = "your_token";
export const PEM = "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n";
export const CERTIFICATE = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n";
export const GIT = { type: "git", url: "https://github.com/your-org/app.git" };
