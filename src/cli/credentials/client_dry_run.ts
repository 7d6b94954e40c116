import { shownFields } from "../../fields/field.ts";
import type { Operation } from "../../operations/operation.ts";
import { answerTo } from "./answer_of.ts";
import { type Answer, type Input, partsOf, targetOf } from "./way.ts";

/**
 * Takes an input up to where it would be carried out: what is wrong with it is answered as ever, and
 * what is not with the request that would be sent, less its secrets.
 * @param argocdNamespace `""` where it is a server's and not known
 */
export async function unsent(
  operation: Operation,
  input: Input,
  argocdNamespace = "",
): Promise<Answer> {
  const { take, fields = {} } = await operation.load();
  try {
    take(partsOf(operation, input), { argocdNamespace });
  } catch (error) {
    return answerTo(error, crypto.randomUUID(), operation.method.toUpperCase());
  }
  const shown = partsOf(operation, shownFields(fields, input));
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
