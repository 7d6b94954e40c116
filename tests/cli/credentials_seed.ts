import type { Stage } from "./credentials_support.ts";

/** Puts a pull secret, a repository and a template into cluster `one`, none of them managed by argocd-configurer. */
export function seed({ emulators: { one }, canary }: Stage): void {
  const login = { username: "ci", password: canary.value };
  one.cluster.put({
    metadata: {
      namespace: "team-a",
      name: "pull",
      labels: { "mcops.tech/secret-type": "docker-creds" },
    },
    type: "kubernetes.io/dockerconfigjson",
    stringData: { ".dockerconfigjson": JSON.stringify({ auths: { "ghcr.io": login } }) },
  });
  const argocd = (name: string, secretType: string, type: string, url: string) =>
    one.cluster.put({
      metadata: {
        namespace: "argocd",
        name,
        labels: { "argocd.argoproj.io/secret-type": secretType },
      },
      stringData: { ...login, type, url },
    });
  argocd("charts", "repository", "helm", "https://charts.example.com");
  argocd("github", "repo-creds", "git", "https://github.com/example/");
}

/** Arguments of commands that change nothing, so they can be repeated. */
export const COMMANDS = {
  clusters: ["clusters"],
  list: ["secrets", "one"],
  shown: ["secrets", "one", "pull"],
  docker: [
    ...["docker", "add", "--cluster", "one", "--name", "new", "--username", "ci"],
    ...["--password-stdin", "--namespaces", "team-b", "--service-accounts", "default"],
    ...["--git-write-back", "--dry-run", "server"],
  ],
  repo: [
    ...["repo", "add", "--cluster", "one", "--name", "github", "--type", "git"],
    ...["--as", "repo-creds", "--url", "https://github.com/example/", "--username", "new"],
    ...["--password-stdin", "--upsert", "--dry-run", "server"],
  ],
  verify: ["verify", "--type", "git", "--url", "git@git.example.com:apps.git"],
  delete: [
    ...["delete", "one", "pull", "--force", "--namespaces", "team-a,team-b"],
    ...["--dry-run", "server"],
  ],
} as const;

/** Replaces values that differ at each run. */
export function masked(text: string): string {
  return text.replaceAll(/\b[0-9a-f]{16}\b/g, "0123456789abcdef")
    .replace(/SERVER +/, "SERVER          ")
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+ +/g, "http://server   ");
}
