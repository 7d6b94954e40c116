import { join } from "node:path";
import { type Stage, storedData, storedPassword } from "./credentials_support.ts";

/** The starting point of the tests of `rotate`. */

/** Of which the old value is the stage's canary; both stand in files, with a line break at their ends. */
export const OLD = ["--old-password-file", "old"];
export const NEW = ["--password-file", "new"];

/** Nothing listens there, since the emulated world has no Git server. */
const REGISTRY = "127.0.0.1:1";

export const ROTATE = ["rotate", ...OLD, ...NEW, "--no-verify"];

/** Labels of a secret that argocd-configurer manages. */
const OURS = { "app.kubernetes.io/managed-by": "argocd-configurer" };

/** Puts the old value on both clusters in a pull secret, and on `two` in a repository too. */
export async function store({ emulators, canary, folder }: Stage, fresh: string): Promise<void> {
  await folder.write("old", `${canary.value}\n`);
  await folder.write("new", `${fresh}\n`);
  const { one, two } = emulators;
  const login = { username: "ci", password: canary.value };
  for (const { cluster } of [one, two]) {
    for (const namespace of ["argocd", "team-a"]) {
      const labels = { ...OURS, "mcops.tech/secret-type": "docker-creds" };
      cluster.put({
        metadata: { namespace, name: "ghcr", labels },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": JSON.stringify({ auths: { [REGISTRY]: login } }) },
      });
    }
  }
  const labels = { ...OURS, "argocd.argoproj.io/secret-type": "repository" };
  two.cluster.put({
    metadata: { namespace: "argocd", name: "app", labels },
    stringData: { ...login, type: "git", url: "https://git.example.com/org/app.git" },
  });
}

/** The values in the places of the old value, of `one` and then `two`. */
export function stored({ emulators: { one, two } }: Stage): (string | undefined)[] {
  return [
    storedPassword(one, "argocd", "ghcr", REGISTRY),
    storedPassword(one, "team-a", "ghcr", REGISTRY),
    storedPassword(two, "argocd", "ghcr", REGISTRY),
    storedPassword(two, "team-a", "ghcr", REGISTRY),
    storedData(two, "argocd", "app")?.password,
  ];
}

/** Removes `gone`, so that all clusters can be read. */
export async function forgetGone({ folder: { path } }: Stage): Promise<void> {
  await Deno.remove(join(path, "clusters", "gone.kubeconfig"));
}

/** A template without a repository below it, so that its login cannot be verified. */
export const untriable = ({ canary: { value } }: Stage) => ({
  metadata: {
    namespace: "argocd",
    name: "template",
    labels: { ...OURS, "argocd.argoproj.io/secret-type": "repo-creds" },
  },
  stringData: { type: "git", url: "https://git.example.net/", username: "ci", password: value },
});
