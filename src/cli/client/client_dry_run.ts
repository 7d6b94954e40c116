import { shownFields } from "../../fields/field.ts";
import type { ArgocdLocation, Operation } from "../../operations/operation.ts";
import { answerTo } from "./answer_of.ts";
import { type Answer, type Input, partsOf, pathAndQuery } from "./backend.ts";

/**
 * Validates an input without carrying it out. The answer is the usual error, or the request that would be
 * sent, with masked secrets.
 * @param place where Argo CD is on the cluster; absent where only a server knows
 * @param cluster the one of several to validate for
 */
export async function unsent(
  operation: Operation,
  input: Input,
  place?: ArgocdLocation,
  cluster?: string,
): Promise<Answer> {
  const { take, fields = {} } = await operation.load();
  try {
    const taken = take(partsOf(operation, input));
    const own = taken.selection === undefined ? taken : cluster && taken.of?.(cluster);
    if (own && place !== undefined) own.refuse?.(place);
  } catch (error) {
    return answerTo(error, crypto.randomUUID(), operation.method.toUpperCase());
  }
  const shown = partsOf(operation, { ...shownFields(fields, input), ...selectionIn(input) });
  const { method, body, hasBody } = shown;
  return {
    status: 200,
    body: {
      method,
      path: pathAndQuery(operation, shown),
      ...hasBody ? { body } : {},
    },
  };
}

/** The selection of clusters, which has no secrets. */
const selectionIn = ({ clusters, cluster_selector, first, max_failures }: Input): Input => ({
  clusters,
  cluster_selector,
  first,
  max_failures,
});
