import { join } from "node:path";

/** A kubectl that records its arguments and environment before it executes the real one. */
export interface RecordingKubectl {
  /** A folder to put first in PATH. */
  readonly folder: string;
  /** Arguments and environment of each start so far. */
  starts(): string[];
}

/**
 * @param folder for the program and its records
 * @param kubectl path of the real kubectl
 */
export async function recordingKubectl(folder: string, kubectl: string): Promise<RecordingKubectl> {
  const notes = join(folder, "kubectl_starts");
  const bin = join(folder, "bin");
  await Promise.all([notes, bin].map((path) => Deno.mkdir(path)));
  const script = `#!/bin/sh
{ printf '%s\\n' "$@"; export -p; } >'${notes}'/$$
exec '${kubectl}' "$@"
`;
  await Deno.writeTextFile(join(bin, "kubectl"), script, { mode: 0o755 });
  return {
    folder: bin,
    starts: () =>
      [...Deno.readDirSync(notes)].map(({ name }) => Deno.readTextFileSync(join(notes, name))),
  };
}
