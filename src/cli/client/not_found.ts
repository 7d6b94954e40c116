import type { ErrorBody, RemovedBody } from "./answers.ts";
import { hasSucceeded, type Job, type JobResult } from "./job.ts";

/** Whether a deletion failed because there is no such secret. */
const isNotFound = ({ answer }: JobResult): boolean =>
  answer !== undefined && (answer.body as ErrorBody).code === "secret_not_found";

/** The result as a success that deleted nothing. */
function asNothingDeleted(result: JobResult, absent: string[]): JobResult {
  const { cluster = "", input: { name } } = result;
  const { warnings, message } = result.answer!.body as Pick<RemovedBody, "warnings" | "message">;
  const body: RemovedBody = {
    success: true,
    cluster,
    name: String(name),
    deleted: [],
    ...absent.length === 0 ? {} : { not_found: absent },
    ...warnings === undefined ? {} : { warnings },
    message: `${message.split(". To delete ")[0]}. Nothing to delete`,
  };
  return { ...result, answer: { status: 200, body } };
}

/**
 * Accepts a missing secret at a deletion if `--ignore-not-found` is given, or if the same command has
 * deleted it before, together with the secret that it belongs to.
 * @returns adjusts each result, in order
 */
export function acceptingNotFound(isIgnored: boolean): (result: JobResult) => JobResult {
  const gone = new Set<string>();
  return (result) => {
    if (hasSucceeded(result)) {
      const { cluster, deleted = [] } = result.answer.body as Partial<RemovedBody>;
      for (const { namespace, name } of deleted) gone.add(`${cluster}/${namespace}/${name}`);
      return result;
    }
    if (!isNotFound(result)) return result;
    const { cluster, input: { name } } = result;
    const namespaces = namespacesOf(result);
    const isGone = namespaces.length > 0 &&
      namespaces.every((namespace) => gone.has(`${cluster}/${namespace}/${name}`));
    return isIgnored || isGone ? asNothingDeleted(result, isGone ? [] : namespaces) : result;
  };
}

/** The requested namespaces, from the query. */
const namespacesOf = ({ input: { namespaces } }: Job): string[] =>
  typeof namespaces === "string" ? namespaces.split(",") : [];
