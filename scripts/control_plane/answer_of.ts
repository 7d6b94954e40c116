/** Runs a program that reads questions from standard input. */

/**
 * Writes to its standard input and reads its output at the same time, so that neither side blocks on a
 * full pipe.
 * @param whom name of the program, for the error
 * @returns standard output
 * @throws Error with the exit code and standard error, when it fails
 */
export async function answerOfProgram(
  whom: string,
  program: string,
  args: readonly string[],
  asked: string,
): Promise<string> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [output] = await Promise.all([child.output(), write(child.stdin, asked)]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!output.success) {
    throw new Error(`Cannot ask ${whom}: exit code ${output.code}: ${text(output.stderr)}`);
  }
  return text(output.stdout);
}

/** A write error is ignored: the exit code shows why the program exited early. */
async function write(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
