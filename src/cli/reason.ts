/**
 * Why something could not be done with a file, for the end of a message: without the path, which the
 * message has, and without Deno's advice on flags of its own, which nobody can give to an executable.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "not permitted";
  const text = error instanceof Error ? error.message : String(error);
  const [plain] = text.split(/ \(os error \d+\)/);
  return plain!.charAt(0).toLowerCase() + plain!.slice(1);
}
