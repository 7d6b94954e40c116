import { AsyncLocalStorage } from "node:async_hooks";
import { keepFieldsIn, type LineFields } from "./logger.ts";

const fields = new AsyncLocalStorage<LineFields>();
keepFieldsIn(fields);

/** Handles a request. Every line that is logged meanwhile has the request's id. */
export function inRequest<T>(id: string, handle: () => T): T {
  return fields.run({ id }, handle);
}
