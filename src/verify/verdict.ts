import type { Sealed } from "../log/sealed.ts";

/** How the one who will use a credential reaches its server. */
export interface TransportOptions {
  /** Certificates are not looked at. */
  readonly insecure?: boolean;
  /** A registry by plain HTTP; elsewhere the URL says so. */
  readonly insecureHttp?: boolean;
  /** Certificates in PEM that take the place of the usual authorities, as Argo CD's are a host's. */
  readonly tlsCa?: string;
  /** In PEM, shown to the credential's own host only. */
  readonly tlsClientCert?: Sealed<string>;
  readonly tlsClientKey?: Sealed<string>;
  /** URL of a proxy, which takes the place of the environment's. */
  readonly proxy?: string;
  /** Hosts that are reached without that proxy, written as in `NO_PROXY`. */
  readonly noProxy?: string;
}

/** A user name and password, either of which may be missing. */
export interface Login {
  readonly username?: string;
  readonly password?: Sealed<string>;
}

export interface RegistryCredential extends Login {
  readonly kind: "registry";
  /** With a port where it is not the usual one; Docker Hub by any of its names. */
  readonly host: string;
  /** Path below the host, whose tags are asked for: `org/charts`. */
  readonly repository?: string;
  readonly transport: TransportOptions;
}

export interface HelmCredential extends Login {
  readonly kind: "helm";
  /** Of the folder with `index.yaml`, by http or https. */
  readonly url: string;
  readonly transport: TransportOptions;
}

export interface GitCredential extends Login {
  readonly kind: "git";
  /** Of the repository, by http or https. */
  readonly url: string;
  /** Sent in place of user name and password. */
  readonly bearerToken?: Sealed<string>;
  readonly transport: TransportOptions;
}

export interface GitHubAppCredential {
  readonly kind: "github_app";
  /** App id or client id. */
  readonly id: string | number;
  readonly installationId: string | number;
  /** RSA key in PEM. */
  readonly privateKey: Sealed<string>;
  /** Of the API of a GitHub Enterprise server: `https://HOST/api/v3`. */
  readonly enterpriseUrl?: string;
  readonly transport: TransportOptions;
}

/** A key of a Google service account, of which Google is asked whether it is there. */
export interface GoogleKeyCredential {
  readonly kind: "google_key";
  /** Its JSON, with `client_email` and `private_key_id`. */
  readonly key: Sealed<string>;
  readonly transport: TransportOptions;
}

/** What can be tried, and where. */
export type Verifiable =
  | RegistryCredential
  | HelmCredential
  | GitCredential
  | GitHubAppCredential
  | GoogleKeyCredential;

/** What came of trying. Nothing in it is from an answer's body, or a credential. */
export interface Verdict {
  /** Whether the server answered at all. */
  readonly reachable: boolean;
  /** `undefined` when it could not be told: no answer, or one that asks nobody who they are. */
  readonly accepted: boolean | undefined;
  /**
   * Whether what is there is what it should be, and asks nobody who they are. Where it is missing
   * and `accepted` is `undefined`, the credential could not be tried.
   */
  readonly open?: true;
  /** In words: `read org/charts`, `list charts (12 entries)`. */
  readonly may: readonly string[];
  /** ISO time at which the credential expires, where the server said so. */
  readonly expires?: string;
  /** Of the last answer; of a proxy's that refused to pass the question on. */
  readonly status?: number;
  /** The URL that was asked, without user information and query; empty where none can be asked. */
  readonly asked: string;
  /** One sentence, without a period. */
  readonly why: string;
}

/** A verdict of one who has had an answer. */
export type Finding =
  & Pick<Verdict, "accepted" | "why">
  & Partial<Pick<Verdict, "open" | "may" | "expires">>;
