import type { Answer } from "./fidelity_server.ts";

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const VERSION_IN_TEXT = /((?:in object meta|in precondition): |(?:record|precondition) \()(\d+)/g;

/**
 * Makes responses of two servers comparable: a uid or resourceVersion becomes a number, the same
 * for each occurrence of the value, so that kept and changed values are still compared.
 * Times, ages, continue tokens and the versions of lists become words; managedFields are removed.
 */
export class Neutral {
  readonly #uids = new Map<string, string>();
  readonly #versions = new Map<string, string>();

  shown({ status, headers, body }: Answer): unknown {
    return { status, headers: this.#value(headers), body: this.#value(body) };
  }

  #value(value: unknown, key = ""): unknown {
    if (typeof value === "string") return this.#text(value, key);
    if (Array.isArray(value)) {
      if (key === "cells") return value.map((cell, i) => i === value.length - 1 ? "AGE" : cell);
      return value.map((item) => this.#value(item));
    }
    if (typeof value !== "object" || value === null) return value;
    const isList = "items" in value || "rows" in value;
    const entries = Object.entries(value).filter(([name]) => name !== "managedFields");
    return Object.fromEntries(entries.map(([name, inner]) => {
      if (isList && name === "metadata") {
        return [name, this.#value({ ...inner, resourceVersion: "LIST" })];
      }
      return [name, this.#value(inner, name)];
    }));
  }

  #text(text: string, key: string): string {
    if (key === "continue") return text && "CONTINUE";
    if (key === "resourceVersion" && /^\d+$/.test(text)) return number(this.#versions, text, "rv");
    return text
      .replace(UID, (uid) => number(this.#uids, uid, "uid"))
      .replace(
        VERSION_IN_TEXT,
        (_, before, version) => before + number(this.#versions, version, "rv"),
      )
      .replace(TIME, "TIME");
  }
}

function number(known: Map<string, string>, value: string, word: string): string {
  const given = known.get(value) ?? `${word}-${known.size + 1}`;
  known.set(value, given);
  return given;
}
