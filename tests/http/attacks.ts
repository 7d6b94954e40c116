import { ATTACK_STRINGS } from "../support/attack_strings.ts";
import { type Json, openapi, referred } from "./documented.ts";

/** Every place in every operation's request that takes a string from the client. */

export interface Attack {
  /** `POST /secrets/add_docker registries.0.username: slashes`. */
  readonly what: string;
  readonly request: () => Request;
}

/** Each attack string in each place that `/openapi.json` names, so that no new field is left out. */
export async function attacks(): Promise<Attack[]> {
  const root = await openapi();
  const found: Attack[] = [];
  for (const [path, item] of Object.entries<Json>(root.paths)) {
    for (const [verb, operation] of Object.entries<Json>(item)) {
      const method = verb.toUpperCase();
      const places = [
        ...(operation.parameters ?? []).map((one: Json) =>
          parameterPlace(method, path, operation.parameters, referred(one, root))
        ),
        ...bodyPlaces(method, path, operation.requestBody, root),
      ];
      for (const { name, make } of places) {
        for (const { what, text } of ATTACK_STRINGS) {
          found.push({ what: `${method} ${path} ${name}: ${what}`, request: () => make(text) });
        }
      }
      for (const [what, text] of operation.requestBody ? BODIES : QUERIES) {
        const make = () =>
          operation.requestBody
            ? new Request(`http://localhost${path}`, { method, headers, body: text })
            : new Request(`http://localhost${path.replace(/\{\w+\}/g, "a")}?${text}`, {
              method,
              headers,
            });
        found.push({ what: `${method} ${path} as a whole: ${what}`, request: make });
      }
    }
  }
  return found;
}

const many = (count: number, one: (i: number) => string, joint = ",") =>
  Array.from({ length: count }, (_, i) => one(i)).join(joint);

/** Bodies of at most one mebibyte with a large number of something costly. */
const BODIES: readonly (readonly [what: string, text: string])[] = [
  ["unknown fields", `{${many(80_000, (i) => `"u${i}":1`)}}`],
  ["misspelled fields", `{${many(50_000, (i) => `"username${i}":1`)}}`],
  ["unknown nested fields", `{"registries":[{${many(80_000, (i) => `"u${i}":1`)}}]}`],
  ["lists of empty objects", `{"registries":[${many(300_000, () => "{}")}]}`],
  ["lists of empty strings", `{"service_accounts":[${many(300_000, () => '""')}]}`],
  ["names", `{"namespaces":"${many(150_000, (i) => i.toString(36))}"}`],
  ["brackets", "[".repeat(1_000_000)],
  ["braces", '{"a":'.repeat(200_000)],
  ["quotes", '"'.repeat(1_000_000)],
  ["commas", `{${",".repeat(1_000_000)}`],
  ["comments", `{${"/*".repeat(500_000)}`],
  ["line breaks", "\n".repeat(1_000_000)],
  ["digits", `{"a":${"1".repeat(1_000_000)}}`],
];

const QUERIES: readonly (readonly [what: string, text: string])[] = [
  ["unknown parameters", many(60_000, (i) => `u${i}`, "&")],
  ["misspelled parameters", many(30_000, (i) => `cluster${i}`, "&")],
  ["one parameter", many(50_000, () => "cluster", "&")],
];

interface Place {
  readonly name: string;
  make(text: string): Request;
}

const headers = { Host: "localhost", "Content-Type": "application/json" };

/** Values of the other parameters without an example. */
const PARAMETERS: Readonly<Record<string, string>> = { name: "a", cluster: "test-cluster" };

function parameterPlace(
  method: string,
  path: string,
  all: Json[],
  { name, in: place }: Json,
): Place {
  return {
    name,
    make(text) {
      const values: Record<string, string> = Object.fromEntries(
        all.filter((one) => one.required).map((one) => [one.name, PARAMETERS[one.name] ?? "a"]),
      );
      const filled = path.replaceAll(
        /\{(\w+)\}/g,
        (_, one) => encodeURIComponent((one === name ? text : values[one] ?? "a").toWellFormed()),
      );
      if (place === "query") values[name] = text;
      const query = new URLSearchParams(
        Object.entries(values).filter(([one]) => !path.includes(`{${one}}`)),
      );
      return new Request(`http://localhost${filled}?${query}`, { method, headers });
    },
  };
}

function bodyPlaces(method: string, path: string, requestBody: Json, root: Json): Place[] {
  if (requestBody === undefined) return [];
  const { schema, examples } = requestBody.content["application/json"];
  const bodies = Object.values<Json>(examples).map(({ value }) => value);
  return placesIn(schema, root).map((place) => ({
    name: place.join("."),
    make(text) {
      const base = structuredClone(bodies.find((body) => has(body, place)) ?? bodies[0]);
      // Two alternatives contradict each other, which would end validation early.
      if (place[0] === "namespace_selector") delete base.namespaces;
      const body = JSON.stringify(withText(base, place, text));
      return new Request(`http://localhost${path}`, { method, headers, body });
    },
  }));
}

/** The paths of all strings in a schema; 0 stands for a list item. */
function placesIn(schema: Json, root: Json, at: string[] = []): string[][] {
  const node = referred(schema, root);
  const parts = [...(node.anyOf ?? []), ...(node.allOf ?? []), ...(node.oneOf ?? [])];
  const properties = Object.entries<Json>(node.properties ?? {});
  const isText = [node.type].flat().includes("string") || Object.keys(node).length === 0;
  const found = [
    ...(isText ? [at] : []),
    ...parts.flatMap((part: Json) => placesIn(part, root, at)),
    ...properties.flatMap(([name, one]) => placesIn(one, root, [...at, name])),
    ...(node.items ? placesIn(node.items, root, [...at, "0"]) : []),
  ];
  return [...new Map(found.map((place) => [place.join("."), place])).values()];
}

function has(value: Json, [first, ...rest]: string[]): boolean {
  if (first === undefined) return true;
  return typeof value === "object" && value !== null && first in value && has(value[first], rest);
}

function withText(value: Json, [first, ...rest]: string[], text: string): Json {
  if (first === undefined) return text;
  const whole = typeof value === "object" && value !== null ? value : first === "0" ? [] : {};
  whole[first] = withText(whole[first], rest, text);
  return whole;
}
