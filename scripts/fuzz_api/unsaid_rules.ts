/**
 * Rules by which the program may reject requests with 400 although the OpenAPI document allows them, since
 * JSON Schema cannot express them, or only by unreadable expressions. The document has all other rules.
 */
export interface UnsaidRule {
  /** The subject of the rule. */
  readonly what: string;
  /** Matches the message of the response. */
  readonly message: RegExp;
}

/** Field of a URL, or of one of several. */
const URL = "Field '(repository_)?url(s\\.\\d+)?'";
const KEY =
  "Field '(set\\.)?(ssh_private_key|github_app[._]private_key|gcp_service_account_key|tls_client_cert|tls_client_key)'";

export const UNSAID_RULES: readonly UnsaidRule[] = [
  {
    what: "what a URL means to Argo CD, to its type of repository and to OCI",
    message: new RegExp(
      `^${URL} (must (begin with |not contain credentials; |name (a host|one repository)|be one URL$|` +
        "be like git@host:path$|have a user, and no password|not contain white space)|" +
        "may have a '\\*' only|is not a URL$|ends with \\.git, |is a prefix that Argo CD cannot parse |" +
        "begins with oci://, )",
    ),
  },
  {
    what: "two URLs that are one repository to Argo CD",
    message: new RegExp(`^${URL} is the same repository for Argo CD as the URL at index \\d+$`),
  },
  {
    what: "how a repository is reached, and with what",
    message: new RegExp(
      `^(Field '\\w+' needs (an HTTPS URL|an SSH URL|a URL of an OCI registry$)|${URL} must be an HTTPS URL, because |` +
        "Field 'insecure_oci_http' is for OCI registries only$)",
    ),
  },
  {
    what: "whether a text is a key or a certificate that can be used, and a pair is one",
    message: new RegExp(`^${KEY} (must |is |has |needs a passphrase)`),
  },
  {
    what: "the room that a name leaves for those of secrets beside it",
    message:
      /^Field 'name' must (be a valid secret name: .* at most 24\d characters$|have at most \d+ characters )/,
  },
  {
    what: "a port or a name that is too long for a registry",
    message:
      /^Field '(find\.)?(registry|registries\.\d+\.registry)' must be the host of a registry, /,
  },
  {
    what: "two logins for one registry",
    message: /^Field 'registries' must name each registry once$/,
  },
  {
    what: "the number of namespaces, which may be named twice",
    message: /^(Field|Parameter) 'namespaces' must contain at most 1000 namespaces$/,
  },
  {
    what: "the namespace of Argo CD, which is a setting",
    message: /^Field 'namespaces' must not name '[\w-]+': the secret is written there anyway$/,
  },
  {
    what: "the grammar of Kubernetes' label selectors",
    message: /^(Field|Parameter) '(namespace|cluster)_selector' must be a label selector such as /,
  },
  {
    what: "half a character, which JSON can spell and no text has",
    message: /^Field '[\w.]+' must be valid Unicode$/,
  },
  {
    what: "lengths by characters of UTF-16, of which some letters take two",
    message:
      /^Field '[\w.]+' must (be shorter$|be at most \d+ characters long$|have at most \d+ characters$)/,
  },
  {
    what:
      "a field that stands twice in the JSON, an object that is too large, what is nested too deep",
    message:
      /^Request body (has a duplicate field|has an object with more than|is nested too deeply|is not valid JSON$)/,
  },
  {
    what: "the header Host",
    message: /^Header 'Host' is (missing|not a single host name)$/,
  },
  {
    what: "a cluster that is not there",
    message: /^Cluster '[\w.-]+' not found\. /,
  },
  {
    what:
      "which clusters, in one of two forms, and what else parameters of a query have to do with " +
      "each other, for which OpenAPI has no words",
    message:
      /^(Field 'cluster' is missing|Missing required parameter 'url'|(Field|Parameter) '\w+' (cannot be combined with '\w+'|requires '(clusters' or 'cluster_selector|image|url)')|No cluster selected: set 'cluster', 'clusters' \((\*|\["\*"\]) for all\) or 'cluster_selector')$/,
  },
  {
    what: "an old and a new credential that are the same, or a place that cannot hold the new one",
    message:
      /^(The old and the new credential are the same|Cannot store the new credential in secret .*)\. Nothing was changed$/,
  },
  {
    what: "what an image is called",
    message: /^Parameter 'image' must /,
  },
  {
    what: "what a list is filtered by: the host of a registry, the beginning of a URL",
    message: /^Parameter '(registry' must be a registry host$|url_prefix' must not contain )/,
  },
  {
    what: "how many names and patterns of clusters",
    message:
      /^(Field|Parameter) '(clusters|first)' must have at most (1000 names|64 patterns with '\*')$/,
  },
  {
    what: "the clusters that there are",
    message: new RegExp(
      "^(Field|Parameter) ('(clusters|first)' must (name existing clusters: there is no " +
        "'[\\w.-]+'(; did you mean '[\\w.-]+'\\?)?|match at least one cluster( of the selection)?: " +
        "'[\\w.*-]+' matches none|name clusters of the selection: '[\\w.-]+' is not selected" +
        "(; did you mean '[\\w.-]+'\\?)?)|'clusters' selects no cluster|'cluster_selector' matches no " +
        "(selected )?cluster)$|^No clusters are configured$|^No configured cluster is allowed for token '",
    ),
  },
  {
    what: "what is in a cluster: namespaces and service accounts",
    message:
      /^(Namespaces (do not exist|are being deleted)|Service accounts do not exist|Cannot select namespaces of cluster '[\w.-]+'): /,
  },
  {
    what: "what a cluster's API server holds against a write",
    message:
      /^Cannot .*\. (Nothing was changed|Not restored: .*|Namespaces created and not removed: .*)$/,
  },
];

/** The rule for a message; none for rules of the document. */
export function unsaidRule(message: string): UnsaidRule | undefined {
  return UNSAID_RULES.find((rule) => rule.message.test(message));
}
