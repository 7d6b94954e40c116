/**
 * The reason of a failed file operation, for the end of a message: without the path, which the message
 * has, and without Deno's advice on its own flags, which an executable does not accept.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "not permitted";
  const text = error instanceof Error ? error.message : String(error);
  const [plain] = text.split(/ \(os error \d+\)/);
  return plain!.charAt(0).toLowerCase() + plain!.slice(1);
}
