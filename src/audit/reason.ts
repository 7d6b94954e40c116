/** Why a file of the audit log's, or a key, cannot be used: in few words, for an answer. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "the server's user may not write it";
  if (error instanceof Deno.errors.NotCapable) return "Deno runs without --allow-write for it";
  const { message } = error as Error;
  return message.split(" (os error ")[0]!;
}
