/** kube-apiserver, built from its Go module, since it is not published for every machine. */
import { join } from "node:path";
import { cacheFolder, makeOnce, type World } from "./cache.ts";
import { goBuild } from "./go.ts";

export const kubernetesVersion = "v1.35.4";

export function cachedKubeApiserver(world: World): string {
  return join(cacheFolder(world), "kube-apiserver", kubernetesVersion, "kube-apiserver");
}

export function makeKubeApiserver(world: World): Promise<string> {
  const what = `building kube-apiserver ${kubernetesVersion} with Go (3 to 10 minutes, only once)`;
  return makeOnce(cachedKubeApiserver(world), what, world, async (temporaryFolder) => {
    const made = join(temporaryFolder, "kube-apiserver");
    const cwd = join(import.meta.dirname!, "apiserver");
    await goBuild(buildArguments(made), { cwd, what: "kube-apiserver", world });
    return made;
  });
}

/** Flags of `go build`. Without the version flags the server would report v0.0.0, which clients take for very old. */
export function buildArguments(output: string): string[] {
  const version = "k8s.io/component-base/version";
  const [major, minor] = kubernetesVersion.slice(1).split(".");
  const flags = [
    "-s -w",
    `-X ${version}.gitVersion=${kubernetesVersion}`,
    `-X ${version}.gitMajor=${major}`,
    `-X ${version}.gitMinor=${minor}`,
  ];
  const command = "k8s.io/kubernetes/cmd/kube-apiserver";
  return ["-trimpath", "-o", output, "-ldflags", flags.join(" "), command];
}
