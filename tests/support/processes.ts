/** Command lines of running processes, on Linux only; elsewhere none. */
export function commandLines(): string[] {
  if (Deno.build.os !== "linux") return [];
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      return [Deno.readTextFileSync(`/proc/${pid.name}/cmdline`).replaceAll("\0", " ")];
    } catch {
      return []; // it has just exited
    }
  });
}

/** All command lines that were seen until `work` was finished. */
export async function commandLinesDuring(work: Promise<unknown>): Promise<Set<string>> {
  const seen = new Set<string>();
  let done = false;
  const end = () => done = true;
  work.then(end, end);
  while (!done) {
    for (const line of commandLines()) seen.add(line);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return seen;
}
