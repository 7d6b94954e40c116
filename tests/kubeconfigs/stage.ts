import { load } from "js-yaml";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import type { ControlPlaneClient } from "../../scripts/control_plane/connect.ts";
import { draftOf, type Parts, type Row } from "./row.ts";

/** The parts of kubeconfigs, from the control plane's own. */
export async function partsOf(plane: ControlPlaneClient, plain: string): Promise<Parts> {
  const { url, dir, kubeconfigs } = plane;
  // deno-lint-ignore no-explicit-any
  const read = async (file: string) => load(await Deno.readTextFile(file)) as any;
  const administrator = await read(kubeconfigs.administrator);
  const certified = (await read(kubeconfigs["client-certificate"])).users[0].user;
  const proxied = await read(kubeconfigs.proxy);
  const other = makeAuthority("of somebody else");
  return {
    url,
    ca: atob(administrator.clusters[0].cluster["certificate-authority-data"]),
    otherCa: other.certificate,
    token: administrator.users[0].user.token,
    client: {
      certificate: atob(certified["client-certificate-data"]),
      key: atob(certified["client-key-data"]),
    },
    otherKey: other.issue({ commonName: "x", for: "client" }).key,
    plain,
    proxy: proxied.clusters[0].cluster["proxy-url"],
    canary: `canary-${crypto.randomUUID()}`,
    plugin: join(dir, "credentials", "plugin.sh"),
    failingPlugin: join(dir, "credentials", "failing_plugin.sh"),
  };
}

/**
 * Writes a row's kubeconfig as `folder/clusters/NAME.kubeconfig`. Each row needs its own folder,
 * since the files beside it may have the same names.
 * @returns the path of the file
 */
export async function write(row: Row, parts: Parts, folder: string, name: string): Promise<string> {
  const draft = draftOf(parts);
  const made = row.make(draft, parts) ?? draft;
  const content = made instanceof Uint8Array
    ? made
    : new TextEncoder().encode(typeof made === "string" ? made : JSON.stringify(made, null, 2));
  const clusters = join(folder, name);
  await Deno.mkdir(clusters, { mode: 0o700 });
  const file = join(clusters, `${name}.kubeconfig`);
  if (row.isLink) {
    const real = join(folder, `${name}.real`);
    await Deno.writeFile(real, content, { mode: 0o600 });
    await Deno.symlink(real, file);
  } else await Deno.writeFile(file, content, { mode: 0o600 });
  for (const [beside, text] of Object.entries(row.files?.(parts) ?? {})) {
    const mode = beside.endsWith(".sh") ? 0o700 : 0o600;
    await Deno.writeTextFile(join(clusters, beside), text, { mode });
  }
  return file;
}

export interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/** The output of kubectl itself when it lists secrets with a kubeconfig. */
export async function judgedByKubectl(
  kubectl: string,
  kubeconfig: string,
  env: Record<string, string>,
  cacheDir: string,
): Promise<Ended> {
  const { code, stderr } = await new Deno.Command(kubectl, {
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--cache-dir=${cacheDir}`,
      "--request-timeout=20s",
      "get",
      "secrets",
      "--all-namespaces",
      "--selector=tests.invalid/kind=none",
    ],
    env: { ...env, KUBERC: "off" },
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}
