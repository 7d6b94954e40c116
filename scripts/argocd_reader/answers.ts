/** What the argocd reader is asked and answers, as questions.go and answers.go have it. */

export interface Questions {
  /** Read as for an Application of that project. */
  readonly repositories?: readonly RepositoryQuestion[];
  /** URLs whose template is looked for. */
  readonly credentials?: readonly string[];
  /** What the source hydrator pushes with: secrets of type repository-write and repo-write-creds. */
  readonly writeRepositories?: readonly RepositoryQuestion[];
  readonly writeCredentials?: readonly string[];
}

export interface RepositoryQuestion {
  readonly url: string;
  /** @default "" */
  readonly project?: string;
}

/** An answer for each question, in the order of the questions, and all that there is. */
export interface Answers {
  /** The version of Argo CD whose code answered, such as `v3.5.6`. */
  readonly argocd: string;
  readonly repositories: readonly RepositoryAnswer[];
  readonly credentials: readonly CredentialsAnswer[];
  readonly writeRepositories: readonly RepositoryAnswer[];
  readonly writeCredentials: readonly CredentialsAnswer[];
  readonly lists: {
    readonly repositories: List<Repository>;
    /** Those that charts may depend on: of type helm, with a name. */
    readonly helmRepositories: List<Repository>;
    readonly ociRepositories: List<Repository>;
    readonly credentials: List<RepoCreds>;
    /** These two go along with each Application, whatever its source. */
    readonly helmCredentials: List<RepoCreds>;
    readonly ociCredentials: List<RepoCreds>;
    readonly writeRepositories: List<Repository>;
  };
}

/** What Argo CD said besides. */
export interface Told {
  readonly error?: string;
  /** Lines of its log. */
  readonly warnings?: readonly string[];
}

export interface RepositoryAnswer extends Told {
  /** Without a secret for the URL still the URL, with what a template gives it. */
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

/** What a repository and a template both have. Argo CD leaves out what is empty, false or 0. */
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
  /** Its credential is a template's. */
  readonly inheritedCreds?: true;
  /** In lists, when the secret could not be read to its end. */
  readonly connectionState?: { readonly status: string; readonly message: string };
}

/** `RepoCreds` of the same file. */
export interface RepoCreds extends Common {
  readonly url: string;
}

/**
 * What each of Argo CD's three clients would take of the repository. Which of them runs is not the
 * secret's to say: an Application's source with a chart is for helm, a repoURL that begins with
 * `oci://` for oci, all else for git.
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
    /** git would show one, besides the credential. */
    readonly clientCertificate: boolean;
  };
  readonly helm: RegistryUse;
  readonly oci: RegistryUse;
}

export interface RegistryUse {
  /** With the latter the user name and password are Azure's. */
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
  /** Read as for an Application of that project. */
  readonly repositories?: readonly RepositoryQuestion[];
  /** URLs whose template is looked for. */
  readonly credentials?: readonly string[];
  /** URLs to normalise, as Argo CD does with both sides before it compares them. */
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

/** Text in it has to be well-formed Unicode: a lone surrogate arrives as U+FFFD. */
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
 * Warnings are left out: Argo CD's log does not tell the cases apart.
 */
export interface CaseAnswer {
  readonly repositories: readonly (readonly RepositoryAnswer[])[];
  readonly credentials: readonly (readonly CredentialsAnswer[])[];
  /** Empty for a URL that Go cannot parse. */
  readonly normalized: readonly string[];
}
