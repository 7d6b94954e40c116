/** A kubeconfig for a URL where nothing responds, so that trust and token do not matter. */
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

/** A port below 1024, which no program gets as a free port: tcpmux, which is not in use. */
export const CLOSED_PORT_URL = "https://127.0.0.1:1";
