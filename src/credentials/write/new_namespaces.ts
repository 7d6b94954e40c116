import { errorsOf, sendBatch, type Work } from "./settle.ts";

/**
 * Makes namespaces. One that somebody else makes at the same time is as good. They stay when the
 * write fails: deleting one would delete whatever others have put there by then.
 * @returns those that this write has made, or may have, and why not all of them are there
 */
export async function makeNamespaces(
  names: readonly string[],
  { store, deadline, onFault }: Omit<Work, "pause">,
) {
  const create = () => store.createNamespaces(names, deadline);
  const outcomes = await sendBatch(names, create, onFault);
  const made = names.filter((_, i) => outcomes[i]!.kind !== "rejected");
  return { made, error: errorsOf(outcomes).find(({ kind }) => kind !== "exists") };
}
