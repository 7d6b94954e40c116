import { join } from "node:path";
import { PERMISSIONS, unstableFlags } from "./permissions.ts";
import { V8_FLAGS } from "./v8_flags.ts";

export interface OfflineOptions {
  /** The bundle. */
  readonly bundle: string;
  /** The output file. */
  readonly output: string;
  readonly version: string;
  /** Unstable features in deno.json. */
  readonly unstable: readonly string[];
  /** The time of the commit, for the packed files. */
  readonly time: Date;
  /** A temporary folder, which is created and removed. */
  readonly workFolder: string;
  /** The Deno executable to pack. @default the running one */
  readonly deno?: string;
}

/** Flags so that the program runs as if compiled, and ignores files in the working directory. */
export const ALONE: readonly string[] = [
  "--no-config",
  "--no-lock",
  "--no-npm",
  "--no-remote",
  "--cached-only",
  "--quiet",
];

/** The file name of the runtime, which `ps` and `pgrep` show; also in launcher.sh. */
const PROCESS_NAME = "argocd-configurer";

/** Builds one self-unpacking executable from this Deno and the bundle. */
export async function buildOffline(options: OfflineOptions): Promise<void> {
  const { bundle, output, version, unstable, time, workFolder } = options;
  const whole = join(workFolder, "whole");
  const program = join(whole, "program");
  await Deno.mkdir(program, { recursive: true });
  await Deno.copyFile(options.deno ?? Deno.execPath(), join(whole, PROCESS_NAME));
  await Deno.chmod(join(whole, PROCESS_NAME), 0o700);
  const pieces = [...Deno.readDirSync(bundle)].map(({ name }) => name).sort();
  for (const name of pieces) await Deno.copyFile(join(bundle, name), join(program, name));

  const files = [PROCESS_NAME, ...pieces.map((name) => `program/${name}`)];
  const sums = (await Promise.all(
    files.map(async (file) => `${await sha256(join(whole, file))}  ${file}`),
  )).join("\n");
  const payload = join(workFolder, "payload.tar.gz");
  await pack(whole, files, payload, time);

  const template = await Deno.readTextFile(new URL("./launcher.sh", import.meta.url));
  const flags = [...ALONE, ...unstableFlags(unstable), ...V8_FLAGS, ...PERMISSIONS];
  const fill = (offset: string) =>
    template
      .replaceAll("@VERSION@", version)
      .replaceAll("@SUMS@", sums)
      .replaceAll("@FLAGS@", flags.join(" "))
      .replaceAll("@OFFSET@", offset);
  // The length of the offset is part of the offset.
  const width = 8;
  const hash = (await digest(new TextEncoder().encode(fill("").replaceAll("@HASH@", "")))).slice(
    0,
    32,
  );
  const length = fill("0".repeat(width)).replaceAll("@HASH@", hash).length;
  const launcher = fill(String(length + 1).padStart(width, "0")).replaceAll("@HASH@", hash);
  await Deno.writeTextFile(output, launcher);
  await Deno.writeFile(output, await Deno.readFile(payload), { append: true });
  await Deno.chmod(output, 0o755);
}

/** Packs files reproducibly. */
async function pack(
  folder: string,
  files: readonly string[],
  payload: string,
  time: Date,
): Promise<void> {
  for (const file of files) await Deno.utime(join(folder, file), time, time);
  const { success, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      'out=$1; shift; tar --format=ustar --owner=0 --group=0 --numeric-owner -cf - "$@" | gzip -9n > "$out"',
      "sh",
      payload,
      ...files,
    ],
    cwd: folder,
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot pack: ${new TextDecoder().decode(stderr).trim()}`);
}

async function sha256(path: string): Promise<string> {
  return await digest(await Deno.readFile(path));
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
