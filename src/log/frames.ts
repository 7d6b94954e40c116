/** An error as its name and where it was thrown, without its message, which may quote anything. */
export function framesOf(error: unknown): string {
  if (!(error instanceof Error)) return `what was thrown is no error, but of type ${typeof error}`;
  const { name, message, stack = "" } = error;
  const frames = stack.replace(message, () => "").split("\n")
    .filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
  return [/^\w{1,40}$/.test(name) ? name : "Error", ...frames].join("\n");
}
