/** Names of environment variables that kubectl and exec plugins get; none of argocd-configurer's own. */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR|(KUBE|AWS_|GOOGLE_|AZURE_|CLOUDSDK_)\w*|(https?|no|all)_proxy)$/i;

/** The environment of kubectl and of exec plugins. */
export function kubectlEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
}
