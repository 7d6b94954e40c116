/** Writes data for the user or a script. A reader that has gone is no error. */
export function print(text: string): void {
  write(Deno.stdout, text);
}

/** Writes what is no data: errors, progress. */
export function printError(text: string): void {
  write(Deno.stderr, text);
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
