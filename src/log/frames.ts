/** The name and the stack frames of an error, without its message, which may quote a secret. */
export function framesOf(error: unknown): string {
  if (!(error instanceof Error)) return `not an Error: a value of type ${typeof error} was thrown`;
  const { name, message, stack = "" } = error;
  const frames = stack.replace(message, () => "").split("\n")
    .filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line));
  return [/^\w{1,40}$/.test(name) ? name : "Error", ...frames].join("\n");
}
