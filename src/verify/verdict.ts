import type { Sealed } from "../log/sealed.ts";

/** How the program that will use a credential connects to the server. */
export interface TransportOptions {
  /** Whether to skip certificate verification. */
  readonly insecure?: boolean;
  /** Whether to use plain HTTP for a registry; other kinds have a URL with a scheme. */
  readonly insecureHttp?: boolean;
  /** PEM certificates that replace the default CAs, like Argo CD's certificates for a host. */
  readonly tlsCa?: string;
  /** PEM, sent only to the credential's own host. */
  readonly tlsClientCert?: Sealed<string>;
  readonly tlsClientKey?: Sealed<string>;
  /** URL of a proxy, which replaces the environment's proxy. */
  readonly proxy?: string;
  /** Hosts without that proxy, in the form of `NO_PROXY`. */
  readonly noProxy?: string;
}

/** A user name and password, either of which may be absent. */
export interface Login {
  readonly username?: string;
  readonly password?: Sealed<string>;
}

export interface RegistryCredential extends Login {
  readonly kind: "registry";
  /** With a port unless it is the default one; any name of Docker Hub. */
  readonly host: string;
  /** The path of the repository whose tags are listed: `org/charts`. */
  readonly repository?: string;
  readonly transport: TransportOptions;
}

export interface HelmCredential extends Login {
  readonly kind: "helm";
  /** The http or https URL of the directory with `index.yaml`. */
  readonly url: string;
  readonly transport: TransportOptions;
}

export interface GitCredential extends Login {
  readonly kind: "git";
  /** The http or https URL of the repository. */
  readonly url: string;
  /** Sent instead of user name and password. */
  readonly bearerToken?: Sealed<string>;
  readonly transport: TransportOptions;
}

export interface GitHubAppCredential {
  readonly kind: "github_app";
  /** App ID or client ID. */
  readonly id: string | number;
  readonly installationId: string | number;
  /** RSA key in PEM. */
  readonly privateKey: Sealed<string>;
  /** The API URL of a GitHub Enterprise Server: `https://HOST/api/v3`. */
  readonly enterpriseUrl?: string;
  readonly transport: TransportOptions;
}

/** A Google service account key. */
export interface GoogleKeyCredential {
  readonly kind: "google_key";
  /** The JSON file, with `client_email` and `private_key_id`. */
  readonly key: Sealed<string>;
  readonly transport: TransportOptions;
}

/** A credential that can be verified, and where. */
export type Verifiable =
  | RegistryCredential
  | HelmCredential
  | GitCredential
  | GitHubAppCredential
  | GoogleKeyCredential;

/** The result of verifying a credential. It contains no text of a response's body and no credential. */
export interface Verdict {
  /** Whether the server answered at all. */
  readonly reachable: boolean;
  /** `undefined` where it is unknown: there was no answer, or the server needs no credential. */
  readonly accepted: boolean | undefined;
  /**
   * Whether the registry or repository exists and needs no credential. Where it is absent and `accepted` is
   * `undefined`, the credential could not be verified.
   */
  readonly open?: true;
  /** In words: `read org/charts`, `list charts (12 entries)`. */
  readonly may: readonly string[];
  /** ISO time at which the credential expires, if the server reported it. */
  readonly expires?: string;
  /** HTTP status of the last response, or of a proxy's refusal. */
  readonly status?: number;
  /** The requested URL, without user information and query; empty where no request is possible. */
  readonly asked: string;
  /** One sentence without a period. */
  readonly why: string;
}

/** The part of a verdict that the server's response decides. */
export type ServerVerdict =
  & Pick<Verdict, "accepted" | "why">
  & Partial<Pick<Verdict, "open" | "may" | "expires">>;
