import type { Details, Removed } from "./answers.ts";
import { type Asked, isDone, type Job } from "./asked.ts";

/** Deletions of what is not there. */

/** Whether a deletion came to nothing because there is no such secret. */
const isNotFound = ({ answer }: Asked): boolean =>
  answer !== undefined && (answer.body as Details).code === "secret_not_found";

/** The same as a success, by which nothing was deleted. */
function asNothingDeleted(asked: Asked, absent: string[]): Asked {
  const { cluster = "", input: { name } } = asked;
  const { warnings, message } = asked.answer!.body as Pick<Removed, "warnings" | "message">;
  const body: Removed = {
    success: true,
    cluster,
    name: String(name),
    deleted: [],
    ...absent.length === 0 ? {} : { not_found: absent },
    ...warnings === undefined ? {} : { warnings },
    message: `${message}; nothing to delete`,
  };
  return { ...asked, answer: { status: 200, body } };
}

/**
 * Takes the failure of a deletion for a success where that is what was wanted: what is not there may be
 * none, or has gone with what the same command deleted before, as a write made it beside that.
 * @param isIgnored whether nothing that is not there is a failure
 * @returns what is told of each in turn
 */
export function takenAs(isIgnored: boolean): (asked: Asked) => Asked {
  const gone = new Set<string>();
  return (asked) => {
    if (isDone(asked)) {
      const { cluster, deleted = [] } = asked.answer.body as Partial<Removed>;
      for (const { namespace, name } of deleted) gone.add(`${cluster}/${namespace}/${name}`);
      return asked;
    }
    if (!isNotFound(asked)) return asked;
    const { cluster, input: { name } } = asked;
    const namespaces = namespacesOf(asked);
    const isGone = namespaces.length > 0 &&
      namespaces.every((namespace) => gone.has(`${cluster}/${namespace}/${name}`));
    return isIgnored || isGone ? asNothingDeleted(asked, isGone ? [] : namespaces) : asked;
  };
}

/** Those that are asked for, as a query has them. */
const namespacesOf = ({ input: { namespaces } }: Job): string[] =>
  typeof namespaces === "string" ? namespaces.split(",") : [];
