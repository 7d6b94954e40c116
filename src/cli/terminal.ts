import { coloredMessage, colors } from "./color.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./reason.ts";

/**
 * Writes data for the user or a script. A reader that has gone is no error.
 * @throws {Failure} when it cannot be written: the disk is full, say
 */
export function print(text: string): void {
  try {
    write(Deno.stdout, text);
  } catch (error) {
    throw new Failure(`Cannot write to standard output: ${reasonOf(error)}`);
  }
}

/**
 * Writes what is no data: errors, progress. Where that cannot be written there is nobody to tell. On
 * a terminal `error:`, `warning:` and `hint:` are coloured.
 */
export function printError(text: string): void {
  try {
    write(Deno.stderr, coloredMessage(text, colors("stderr")));
  } catch {
    // The exit code still tells.
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
