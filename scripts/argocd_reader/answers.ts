/** Questions and answers of the argocd reader, as in questions.go and answers.go. */

export interface Questions {
  /** The project of the Application. */
  readonly repositories?: readonly RepositoryQuestion[];
  /** URLs to find a template for. */
  readonly credentials?: readonly string[];
  /** For pushes of the source hydrator: secrets of type repository-write and repo-write-creds. */
  readonly writeRepositories?: readonly RepositoryQuestion[];
  readonly writeCredentials?: readonly string[];
}

export interface RepositoryQuestion {
  readonly url: string;
  /** @default "" */
  readonly project?: string;
}

/** An answer for each question, in the same order, and lists of everything. */
export interface Answers {
  /** The version of Argo CD whose code answered, such as `v3.5.6`. */
  readonly argocd: string;
  readonly repositories: readonly RepositoryAnswer[];
  readonly credentials: readonly CredentialsAnswer[];
  readonly writeRepositories: readonly RepositoryAnswer[];
  readonly writeCredentials: readonly CredentialsAnswer[];
  readonly lists: {
    readonly repositories: List<Repository>;
    /** Repositories that charts may depend on: of type helm, with a name. */
    readonly helmRepositories: List<Repository>;
    readonly ociRepositories: List<Repository>;
    readonly credentials: List<RepoCreds>;
    /** This and the next are sent with each Application, whatever its source. */
    readonly helmCredentials: List<RepoCreds>;
    readonly ociCredentials: List<RepoCreds>;
    readonly writeRepositories: List<Repository>;
  };
}

/** Warnings of Argo CD. */
export interface Told {
  readonly error?: string;
  /** Lines of its log. */
  readonly warnings?: readonly string[];
}

export interface RepositoryAnswer extends Told {
  /** Without a secret for the URL, the URL with the values of a template. */
  readonly repository?: Repository;
  /** Missing when there is an error. */
  readonly uses?: Uses;
}

export interface CredentialsAnswer extends Told {
  readonly credentials: RepoCreds | null;
}

/** Sorted by URL. */
export interface List<T> extends Told {
  readonly items: readonly T[];
}

/** Fields of repositories and templates. Argo CD leaves out empty values, false and 0. */
interface Common {
  readonly type?: string;
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
  readonly sshPrivateKey?: string;
  readonly tlsClientCertData?: string;
  readonly tlsClientCertKey?: string;
  readonly githubAppID?: number;
  readonly githubAppInstallationID?: number;
  readonly githubAppPrivateKey?: string;
  readonly githubAppEnterpriseBaseUrl?: string;
  readonly gcpServiceAccountKey?: string;
  readonly useAzureWorkloadIdentity?: true;
  /** Stored under `…ClientId` in a repository's secret, and under `…ClientID` in a template's. */
  readonly azureServicePrincipalClientId?: string;
  readonly azureServicePrincipalClientSecret?: string;
  /** Likewise `…TenantId` and `…TenantID`. */
  readonly azureServicePrincipalTenantId?: string;
  readonly azureActiveDirectoryEndpoint?: string;
  readonly forceHttpBasicAuth?: true;
  readonly enableOCI?: true;
  readonly insecureOCIForceHttp?: true;
  readonly proxy?: string;
  readonly noProxy?: string;
}

/** `Repository` of pkg/apis/application/v1alpha1/repository_types.go, Argo CD v3.5.6. */
export interface Repository extends Common {
  /** The URL. */
  readonly repo: string;
  readonly name?: string;
  readonly project?: string;
  readonly insecure?: true;
  readonly insecureIgnoreHostKey?: true;
  readonly enableLfs?: true;
  readonly depth?: number;
  readonly webhookManifestCacheWarmDisabled?: true;
  /** Whether its credential is from a template. */
  readonly inheritedCreds?: true;
  /** In lists: why the secret could not be read completely. */
  readonly connectionState?: { readonly status: string; readonly message: string };
}

/** `RepoCreds` of the same file. */
export interface RepoCreds extends Common {
  readonly url: string;
}

/**
 * The credential that each of Argo CD's three clients would use. The Application decides which client runs:
 * helm for a source with a chart, oci for a repoURL that starts with `oci://`, otherwise git.
 */
export interface Uses {
  readonly git: {
    readonly kind:
      | "https"
      | "ssh"
      | "githubApp"
      | "googleCloud"
      | "azureWorkloadIdentity"
      | "azureServicePrincipal"
      | "none";
    /** Whether git would present a client certificate, in addition to the credential. */
    readonly clientCertificate: boolean;
  };
  readonly helm: RegistryUse;
  readonly oci: RegistryUse;
}

export interface RegistryUse {
  /** With the latter, user name and password are Azure's. */
  readonly kind: "basic" | "azureWorkloadIdentity";
  readonly username?: string;
  readonly password?: string;
  readonly tlsClientCertData?: string;
  readonly tlsClientCertKey?: string;
  readonly insecure: boolean;
  readonly plainHTTP: boolean;
}

/** A case for `askMany`, as in cases.go: an Argo CD namespace that exists only in memory. */
export interface Case {
  readonly secrets?: readonly CaseSecret[];
  /** The project of the Application. */
  readonly repositories?: readonly RepositoryQuestion[];
  /** URLs to find a template for. */
  readonly credentials?: readonly string[];
  /** URLs to normalize, as Argo CD does before it compares them. */
  readonly normalize?: readonly string[];
  /**
   * How often each repository and template is looked up, at about 0.03 ms of CPU each time. When several
   * secrets match equally well, Argo CD takes one at random: its lister iterates a Go map, which starts
   * at a random slot. There are 8 slots for up to 8 secrets, 16 for up to 14, 32 for up to 28, and so a
   * given one of the tied secrets is taken at least once in 8, 16 or 32 times. With 8 slots, 100
   * repetitions miss it once in 600,000 cases.
   * @default 1
   */
  readonly repeat?: number;
}

/** Texts have to be well-formed Unicode: a lone surrogate becomes U+FFFD. */
export interface CaseSecret {
  /** Unique within the case. */
  readonly name: string;
  /** Value of the label `argocd.argoproj.io/secret-type`, such as `repository`. */
  readonly secretType: string;
  /** Plain text, not base64. */
  readonly data: Readonly<Record<string, string>>;
}

/**
 * The distinct answers to each question, in the order of the questions. There is exactly one, unless
 * the question was repeated and several secrets match equally well; then they are sorted by their JSON.
 * Without warnings, since Argo CD's log does not distinguish the cases.
 */
export interface CaseAnswer {
  readonly repositories: readonly (readonly RepositoryAnswer[])[];
  readonly credentials: readonly (readonly CredentialsAnswer[])[];
  /** Empty for a URL that Go cannot parse. */
  readonly normalized: readonly string[];
}
