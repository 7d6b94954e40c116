import { encodeBase64 } from "../support/base64.ts";
import type { Answer, Ask } from "./fidelity_server.ts";

/** Where the requests of a row go: an Active namespace of its own, and what is in it. */
export interface Place {
  readonly namespace: string;
  /** Paths. */
  readonly secrets: string;
  readonly accounts: string;
  readonly namespaces: "/api/v1/namespaces";
}

/** One test: requests one after the other, each answer of which is compared. */
export interface Row {
  readonly name: string;
  readonly requests: (place: Place) => Iterator<Ask, void, Answer>;
  /** The part of an answer's body that is compared. @default all of it */
  readonly part?: (body: Answer["body"]) => unknown;
}

/** A row whose requests do not depend upon answers. */
export function row(name: string, requests: (place: Place) => readonly Ask[]): Row {
  return {
    name,
    *requests(place) {
      yield* requests(place);
    },
  };
}

/** The same with the answers: `const made = yield [...]`. */
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

/** A query's value. */
export const query = encodeURIComponent;
