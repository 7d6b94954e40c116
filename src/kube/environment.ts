/** Variables that kubectl, and the exec plugins that it runs, may see: never ours. */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR|(KUBE|AWS_|GOOGLE_|AZURE_|CLOUDSDK_)\w*|(https?|no|all)_proxy)$/i;

/** What kubectl and exec plugins may see of the environment. */
export function kubectlEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
}
