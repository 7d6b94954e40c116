import { join } from "node:path";

/** A kubectl that notes what it was given before it becomes the real one. */
export interface RecordingKubectl {
  /** To stand first in PATH. */
  readonly folder: string;
  /** Arguments and environment of each start so far. */
  starts(): string[];
}

/**
 * @param folder for the program and its notes
 * @param kubectl path of the real one
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
