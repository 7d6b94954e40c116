import { printError } from "../terminal.ts";
import type { Removed } from "./answers.ts";
import { askYes } from "./ask.ts";
import type { Asked, Look } from "./carry_out.ts";
import type { Fields } from "./flag_words.ts";
import type { ApiAnswer, ApiRequest } from "./request.ts";
import { plain } from "./table.ts";
import { notesOf, toldOf } from "./told.ts";
import { objectOf } from "./written_rows.ts";

/**
 * Asks each cluster what would go, and then the user whether it shall. Where nothing would go, or it
 * cannot be told, nothing is deleted; where that is so everywhere, nobody is asked.
 * @param dryRunFor the request for a cluster that changes nothing
 */
export function lookBeforeDelete(
  dryRunFor: (cluster: string | undefined) => ApiRequest,
  fields: Fields,
): Look {
  return async (clusters, ask) => {
    const looked = await Promise.all(clusters.map(async (cluster): Promise<Asked> => {
      const request = dryRunFor(cluster);
      return { cluster, request, ...await ask(request) };
    }));
    const failed = looked.filter((each) => !isFound(each));
    if (failed.length < looked.length) {
      for (const each of looked) printError(seen(each, fields).map((line) => `${line}\n`).join(""));
      if (!await askYes(question(looked.filter(isFound)))) {
        printError("Nothing was deleted\n");
        return undefined;
      }
    }
    return new Map(failed.map((each) => [each.cluster, each]));
  };
}

const isFound = (asked: Asked): asked is Asked & { answer: ApiAnswer } =>
  asked.answer !== undefined && asked.answer.status < 300;

function question(found: readonly { readonly answer: ApiAnswer }[]): string {
  const secrets = found.flatMap(({ answer }) => (answer.body as Removed).deleted);
  return secrets.length === 1 ? "Delete this secret?" : `Delete these ${secrets.length} secrets?`;
}

/** What is to be seen before somebody says yes. */
function seen(asked: Asked, fields: Fields): string[] {
  const { cluster, answer, failure } = asked;
  if (!isFound(asked)) {
    const why = answer === undefined ? failure!.message : toldOf(answer, fields, false).lines[0]!;
    return [`${cluster}: nothing would be deleted: ${plain(why)}`];
  }
  return [
    ...placesOf(asked.answer.body as Removed),
    ...notesOf(asked.answer, false),
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

type Done = readonly { readonly namespace: string; readonly output: string }[];

function byObject(done: Done): [object: string, namespaces: string][] {
  const places = new Map<string, string[]>();
  for (const { namespace, output } of done) {
    const object = objectOf(output);
    places.set(object, [...places.get(object) ?? [], namespace]);
  }
  return [...places].map(([object, namespaces]) => [object, some(namespaces)]);
}

/** Most names in one line. */
const MOST = 20;

function some(names: readonly string[]): string {
  const rest = names.length - MOST;
  const shown = names.slice(0, MOST).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
