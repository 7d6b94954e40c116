import { encodeBase64 } from "../support/base64.ts";
import type { Answer, Ask } from "./fidelity_server.ts";

/** The targets of a row's requests: an Active namespace of its own, and its resources. */
export interface Place {
  readonly namespace: string;
  /** Paths. */
  readonly secrets: string;
  readonly accounts: string;
  readonly namespaces: "/api/v1/namespaces";
}

/** One test: successive requests whose responses are compared. */
export interface Row {
  readonly name: string;
  readonly requests: (place: Place) => Iterator<Ask, void, Answer>;
  /** The part of a response's body that is compared. @default all of it */
  readonly part?: (body: Answer["body"]) => unknown;
}

/** A row whose requests do not depend on responses. */
export function row(name: string, requests: (place: Place) => readonly Ask[]): Row {
  return {
    name,
    *requests(place) {
      yield* requests(place);
    },
  };
}

/** A row whose requests use earlier responses: `const made = yield [...]`. */
export function talk(name: string, requests: Row["requests"]): Row {
  return { name, requests };
}

export const namespaces = "/api/v1/namespaces";

export const encoded = (text: string) => encodeBase64(text);

export function secret(name: string, more: object = {}, metadata: object = {}) {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, ...metadata }, ...more };
}

export function account(name: string, more: object = {}, metadata: object = {}) {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, ...metadata }, ...more };
}

export function namespace(name: string, metadata: object = {}) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, ...metadata } };
}

/** An encoded value for a query. */
export const query = encodeURIComponent;
