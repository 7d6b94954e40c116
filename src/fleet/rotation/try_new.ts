import { Tries } from "../../credentials/checks/tries.ts";
import { type TryDeps, tryOnce } from "../../credentials/checks/try_once.ts";
import type { TriedValue } from "../../credentials/checks/tried_value.ts";
import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import type { TriedPlace } from "./shapes.ts";

export interface TryNewDeps extends TryDeps {
  readonly fingerprint: MakeFingerprint;
}

/** A place, and what tells whether another one is tried by it. */
interface Named {
  readonly told: TriedPlace;
  /** Whether something can be asked there. */
  readonly isTried: boolean;
  readonly username: string | undefined;
}

/**
 * Tries the new value where it will be used, each distinct place once, whatever is remembered of it: it may
 * have been given its rights since. A template that names no repository
 * is tried by a repository below its URL, of whichever cluster.
 * @param isDryRun whether nothing is asked, and it is told where it would be tried, and where it cannot be
 */
export async function tryNew(
  values: readonly TriedValue[],
  isDryRun: boolean,
  deps: TryNewDeps,
): Promise<TriedPlace[]> {
  const tries = new Tries<undefined>(deps);
  for (const value of values) await tries.add(value, undefined);
  const all = tries.all();
  const told = isDryRun
    ? all.map(foreseen)
    : (await tryOnce(all, { ...deps, isFresh: true })).map(toldOf);
  const named = told.map((each, i): Named => {
    const { username } = all[i]!;
    return { told: each, isTried: "what" in all[i]!, username };
  });
  return named.map((each) => each.isTried ? each.told : byAnother(each, named, isDryRun));
}

function foreseen(each: ReturnType<Tries<undefined>["all"]>[number]): TriedPlace {
  const { at } = each;
  return "what" in each
    ? { at, state: "not_tried", message: "It would be tried here" }
    : { at, state: "not_tried", message: each.notTried, untriable: true };
}

function toldOf(
  { place, state, message, expires, open, remembered }: Awaited<
    ReturnType<typeof tryOnce<undefined>>
  >[number],
): TriedPlace {
  return {
    at: place,
    state,
    message,
    ...expires !== undefined && { expires },
    ...open && { open },
    ...remembered && { remembered },
  };
}

/** What cannot be tried itself is, with the same login, by what is below its URL. */
function byAnother(
  { told, username }: Named,
  all: readonly Named[],
  isDryRun: boolean,
): TriedPlace {
  if (!told.at.includes("://")) return told;
  const below = told.at.endsWith("/") ? told.at : `${told.at}/`;
  const other = all.find((each) =>
    each.isTried && each.username === username && each.told.at.startsWith(below)
  );
  if (other === undefined) return told;
  const { at, state, open, expires } = other.told;
  const message = isDryRun
    ? `It would be tried at ${at}`
    : state === "accepted"
    ? `It was tried at ${at}`
    : `It was tried at ${at}: ${other.told.message}`;
  return {
    ...{ at: told.at, state, message },
    ...expires !== undefined && { expires },
    ...open && { open },
  };
}
