import { isLogged, log } from "../log/logger.ts";
import { type DetailsOf, type EventName, EVENTS } from "./events.ts";

/** The details are left out where there are none. */
type Details<Name extends EventName> = keyof DetailsOf<Name> extends never ? []
  : [details: DetailsOf<Name>];

/**
 * Tells of an event. All that the program tells comes through here; what is made of it is a line of
 * the log.
 */
export function observe<Name extends EventName>(
  name: Name,
  ...[details = {}]: Details<Name>
): void {
  const { level, message } = EVENTS[name];
  const part = name.slice(0, name.indexOf("."));
  if (!isLogged(part, level)) return;
  const rest: Record<string, unknown> = { ...details };
  const text = message.replaceAll(/\{(\w+)\}/g, (_, key) => {
    const value = rest[key];
    delete rest[key];
    return String(value);
  });
  log(part, level, text, rest);
}
