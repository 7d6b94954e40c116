import { shownFields } from "../../fields/field.ts";
import type { Operation, Place } from "../../operations/operation.ts";
import { answerTo } from "./answer_of.ts";
import { type Answer, type Input, partsOf, targetOf } from "./way.ts";

/**
 * Takes an input up to where it would be carried out: what is wrong with it is answered as ever, and
 * what is not with the request that would be sent, less its secrets.
 * @param place where Argo CD is on the cluster; absent where only a server knows
 * @param cluster of several, the one that is looked at
 */
export async function unsent(
  operation: Operation,
  input: Input,
  place?: Place,
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
      path: targetOf(operation, shown),
      ...hasBody ? { body } : {},
    },
  };
}

/** How several clusters are chosen, which is nothing secret. */
const selectionIn = ({ clusters, cluster_selector, first, max_failures }: Input): Input => ({
  clusters,
  cluster_selector,
  first,
  max_failures,
});
