import { objectOf } from "../views/written.ts";
import { printError } from "../terminal.ts";
import type { RemovedBody } from "./answers.ts";
import { errorText, notesOf, type Words } from "./error_text.ts";
import { hasSucceeded, type JobResult, type SucceededJob } from "./job.ts";
import { promptYes } from "./prompt.ts";
import { printable, shortList } from "./table.ts";

/**
 * Shows what would be deleted, and asks the user. Clusters with nothing to delete, or where the dry run
 * failed, are left out; there is no prompt if these are all.
 * @param dryRun results of the dry run
 * @returns the clusters that are left out; `undefined` when the user said no
 */
export async function confirmDeletion(
  dryRun: readonly JobResult[],
  words: Words,
): Promise<readonly JobResult[] | undefined> {
  const found = dryRun.filter(wouldDelete);
  if (found.length > 0) {
    const lines = new Set(dryRun.flatMap((each) => linesOf(each, words)));
    printError([...lines].map((line) => `${line}\n`).join(""));
    if (!await promptYes(question(found))) {
      printError("Nothing was deleted\n");
      return undefined;
    }
  }
  return dryRun.filter((each) => !wouldDelete(each));
}

/** Whether something would be deleted. */
export const wouldDelete = (result: JobResult): result is SucceededJob =>
  hasSucceeded(result) && (result.answer.body as RemovedBody).deleted.length > 0;

function question(found: readonly SucceededJob[]): string {
  // A secret that is deleted together with another one may be named itself, too.
  const { size } = new Set(
    found.flatMap(({ cluster, answer }) =>
      (answer.body as RemovedBody).deleted.map(({ namespace, name }) =>
        `${cluster}/${namespace}/${name}`
      )
    ),
  );
  return size === 1 ? "Delete this secret?" : `Delete these ${size} secrets?`;
}

/** The lines of one cluster above the prompt. */
function linesOf(result: JobResult, words: Words): string[] {
  const { cluster, answer, failure } = result;
  if (!wouldDelete(result)) {
    const why = answer === undefined
      ? failure!.message
      : hasSucceeded(result)
      ? String(answer.body.message)
      : errorText(answer, words, false).lines[0]!;
    return [`${cluster}: nothing would be deleted: ${printable(why)}`];
  }
  return [
    ...placesOf(result.answer.body as RemovedBody),
    ...notesOf(result.answer, words, false),
  ].map((line) => `${cluster}: ${printable(line)}`);
}

/** Objects, each with its namespaces. */
function placesOf(
  { name, deleted, service_accounts = [], not_found = [] }: RemovedBody,
): string[] {
  const missing = not_found.length === 0
    ? []
    : [`secret/${name} not found in ${shortList(not_found, MOST)}`];
  return [
    ...byObject(deleted).map(([object, places]) => `${object} would be deleted from ${places}`),
    ...byObject(service_accounts).map(([object, places]) =>
      `${object} would no longer use it in ${places}`
    ),
    ...missing,
  ];
}

function byObject(
  done: readonly { readonly namespace: string; readonly output: string }[],
): [object: string, namespaces: string][] {
  return [...Map.groupBy(done, ({ output }) => objectOf(output))]
    .map(([object, places]) => [object, shortList(places.map(({ namespace }) => namespace), MOST)]);
}

/** Most names in one line. */
const MOST = 20;
