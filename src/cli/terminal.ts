import { coloredMessage, colors } from "./color.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./reason.ts";

/**
 * Writes to standard output. A closed pipe is not an error.
 * @throws {Failure} when it cannot be written, such as on a full disk
 */
export function print(text: string): void {
  try {
    write(Deno.stdout, text);
  } catch (error) {
    throw new Failure(`Cannot write to standard output: ${reasonOf(error)}`);
  }
}

/**
 * Writes to standard error: errors, warnings, progress. A failure is ignored. On a terminal, `error:`,
 * `warning:` and `hint:` are coloured.
 */
export function printError(text: string): void {
  try {
    write(Deno.stderr, coloredMessage(text, colors("stderr")));
  } catch {
    // The exit code still reports the result.
  }
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
