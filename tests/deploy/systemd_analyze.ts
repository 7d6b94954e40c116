import { onPath, realWorld, run } from "../../scripts/control_plane/cache.ts";

/**
 * systemd-analyze, which no running systemd is needed for. It needs more than a dozen libraries of
 * its own package's neighbours, so on a CI machine without it the package is installed.
 * @returns `undefined` where it is missing and this is not CI
 * @throws Error when it is missing in CI and cannot be installed
 */
export async function findSystemdAnalyze(): Promise<string | undefined> {
  const found = await onPath("systemd-analyze", realWorld);
  if (found !== undefined || Deno.env.get("CI") !== "true") return found;
  if (Deno.uid() !== 0) {
    throw new Error("Cannot check the systemd unit: install the package systemd");
  }
  realWorld.report("installing systemd for systemd-analyze …");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = () =>
    run("apt-get", ["install", "--yes", "--no-install-recommends", "systemd"], { env });
  await install().catch(async () => {
    await run("apt-get", ["update"], { env });
    await install();
  });
  return await onPath("systemd-analyze", realWorld);
}
