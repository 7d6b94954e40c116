/** A kubeconfig for a URL where nobody answers anyway, so neither trust nor token matter. */
export function kubeconfigFor(url: string, token = "none"): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: test
    cluster:
      server: ${url}
      insecure-skip-tls-verify: true
users:
  - name: test
    user:
      token: ${token}
contexts:
  - name: test
    context:
      cluster: test
      user: test
current-context: test
`;
}

/** Below 1024, so that no program gets it as its free port; tcpmux, which nobody runs. */
export const CLOSED_PORT_URL = "https://127.0.0.1:1";
