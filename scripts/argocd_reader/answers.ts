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
  /** The version of Argo CD whose code answered, such as `v3.2.12`. */
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
  readonly forceHttpBasicAuth?: true;
  readonly enableOCI?: true;
  readonly insecureOCIForceHttp?: true;
  readonly proxy?: string;
  readonly noProxy?: string;
}

/** `Repository` of pkg/apis/application/v1alpha1/repository_types.go, Argo CD v3.2.12. */
export interface Repository extends Common {
  /** The URL. */
  readonly repo: string;
  readonly name?: string;
  readonly project?: string;
  readonly insecure?: true;
  readonly insecureIgnoreHostKey?: true;
  readonly enableLfs?: true;
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
    readonly kind: "https" | "ssh" | "githubApp" | "googleCloud" | "azureWorkloadIdentity" | "none";
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
