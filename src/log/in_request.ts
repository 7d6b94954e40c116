import { AsyncLocalStorage } from "node:async_hooks";
import { keepFieldsIn, type LineFields } from "./logger.ts";

const fields = new AsyncLocalStorage<LineFields>();
keepFieldsIn(fields);

/**
 * Does something for a request: each line that is logged of it has the request's id, whatever part
 * of the program it is from.
 */
export function inRequest<T>(id: string, handle: () => T): T {
  return fields.run({ id }, handle);
}
