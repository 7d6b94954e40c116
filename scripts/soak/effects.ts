import type { Effect } from "./history.ts";
import type { Answered } from "./http.ts";

interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** The result of a write for each of its secrets, from the response. */
export function effectOf(answered: Answered): (place: Place) => Effect {
  const { status, text } = answered;
  if (status >= 200 && status < 300) return () => "written";
  // After a bug or without a response, the result is unknown.
  const body = status === 0 || status === 500 ? undefined : parsed(text);
  if (body === undefined) return () => "maybe";
  const left = (body.not_restored ?? []) as (Place & { state: string })[];
  const states = new Map(left.map(({ namespace, name, state }) => [`${namespace}/${name}`, state]));
  return ({ namespace, name }) => {
    const state = states.get(`${namespace}/${name}`);
    if (state === undefined) return "not written";
    return state === "new" ? "written" : "maybe";
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
