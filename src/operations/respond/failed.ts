/** What became of one secret of a write or removal that came to nothing. */
export function failedResult(
  { namespace, name, why }: { namespace: string; name: string; why: string },
) {
  return { namespace, result: { success: false, namespace, error: `secret/${name}: ${why}` } };
}
