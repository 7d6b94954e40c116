import { printError } from "../terminal.ts";
import type { Removed } from "./answers.ts";
import { askYes } from "./ask.ts";
import { type Asked, type Done, isDone } from "./asked.ts";
import { plain } from "./table.ts";
import { notesOf, toldOf, type Words } from "./told.ts";
import { objectOf } from "../views/written.ts";

/**
 * Shows what would go, and asks the user whether it shall. Where nothing would go, or it cannot be
 * told, nothing is deleted; where that is so everywhere, nobody is asked.
 * @param looked what a dry run tells
 * @returns those clusters where nothing is left to do, and why; `undefined` where nothing is to be
 * done at all
 */
export async function lookBeforeDelete(
  looked: readonly Asked[],
  words: Words,
): Promise<readonly Asked[] | undefined> {
  const found = looked.filter(isThere);
  if (found.length > 0) {
    const lines = new Set(looked.flatMap((each) => seen(each, words)));
    printError([...lines].map((line) => `${line}\n`).join(""));
    if (!await askYes(question(found))) {
      printError("Nothing was deleted\n");
      return undefined;
    }
  }
  return looked.filter((each) => !isThere(each));
}

/** Whether something would be deleted. */
export const isThere = (asked: Asked): asked is Done =>
  isDone(asked) && (asked.answer.body as Removed).deleted.length > 0;

function question(found: readonly Done[]): string {
  // What goes with another one may be named itself, too.
  const { size } = new Set(
    found.flatMap(({ cluster, answer }) =>
      (answer.body as Removed).deleted.map(({ namespace, name }) =>
        `${cluster}/${namespace}/${name}`
      )
    ),
  );
  return size === 1 ? "Delete this secret?" : `Delete these ${size} secrets?`;
}

/** What is to be seen before somebody says yes. */
function seen(asked: Asked, words: Words): string[] {
  const { cluster, answer, failure } = asked;
  if (!isThere(asked)) {
    const why = answer === undefined
      ? failure!.message
      : isDone(asked)
      ? String(answer.body.message)
      : toldOf(answer, words, false).lines[0]!;
    return [`${cluster}: nothing would be deleted: ${plain(why)}`];
  }
  return [
    ...placesOf(asked.answer.body as Removed),
    ...notesOf(asked.answer, words, false),
  ].map((line) => `${cluster}: ${plain(line)}`);
}

/** Objects and the namespaces that each is in. */
function placesOf({ name, deleted, service_accounts = [], not_found = [] }: Removed): string[] {
  const missing = not_found.length === 0 ? [] : [`secret/${name} is not in ${some(not_found)}`];
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
    .map(([object, places]) => [object, some(places.map(({ namespace }) => namespace))]);
}

/** Most names in one line. */
const MOST = 20;

function some(names: readonly string[]): string {
  const rest = names.length - MOST;
  const shown = names.slice(0, MOST).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
