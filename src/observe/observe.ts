import { isLogged, log } from "../log/logger.ts";
import { type DetailsOf, type EventName, EVENTS } from "./events.ts";

/** An event without details takes no second argument. */
type Details<Name extends EventName> = keyof DetailsOf<Name> extends never ? []
  : [details: DetailsOf<Name>];

/** Logs an event. Every line of the log comes from here. */
export function observe<Name extends EventName>(
  name: Name,
  ...[details = {}]: Details<Name>
): void {
  const { level, message } = EVENTS[name];
  const part = name.slice(0, name.indexOf("."));
  if (isLogged(part, level, name)) log(part, level, message, { ...details }, name);
}
