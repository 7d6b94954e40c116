import { join } from "node:path";

/** Numbers the data folders, of which each volume has one at a time. */
let made = 0;

/**
 * A volume as the kubelet fills it: each file is a link through `..data`, which is replaced when the
 * content changes.
 * @param mode of its root: 0o1777 for projected volumes and Secrets, 0o777 for ConfigMaps
 * @returns its path
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/util/atomic_writer.go
 */
export async function projected(
  volume: string,
  files: Readonly<Record<string, string>>,
  mode: number,
): Promise<string> {
  await Deno.mkdir(volume, { recursive: true });
  const data = `..2026_01_31_12_00_00.${++made}`;
  await Deno.mkdir(join(volume, data));
  for (const [name, content] of Object.entries(files)) {
    await Deno.writeTextFile(join(volume, data, name), content);
    await Deno.chmod(join(volume, data, name), 0o440);
  }
  await Deno.chmod(join(volume, data), 0o2755);
  await Deno.symlink(data, join(volume, "..data_tmp"));
  await Deno.rename(join(volume, "..data_tmp"), join(volume, "..data"));
  for (const name of Object.keys(files)) {
    await Deno.symlink(join("..data", name), join(volume, name)).catch((error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
  }
  await Deno.chmod(volume, mode);
  return volume;
}
