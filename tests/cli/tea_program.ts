import { z } from "@hono/zod-openapi";
import { run } from "../../src/cli/run.ts";
import { open, secret, shapeOf } from "../../src/fields/field.ts";
import { Password } from "../../src/fields/texts.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { parseBody, parseQuery } from "../../src/operations/parse.ts";
import { OPERATIONS } from "../../src/operations/table.ts";

/** The program with additional operations, which no other file knows. */

const potFields = {
  colour: open(z.string(), "The pot's colour", { value: "colour" }),
  lid_key: secret(Password, "Key of its lid (PEM)", { by: "file" }),
};

const fields = {
  tea: open(z.enum(["green", "black"]), "Which tea", { required: "" }),
  guests: open(z.array(z.string()), "Who drinks it", { required: "" }),
  tin_code: secret(Password, "The code of the tin", { by: "line" }),
  milk: open(z.boolean().optional(), "With milk"),
  pot: open(z.strictObject(shapeOf(potFields)).optional(), "The pot", { fields: potFields }),
  dry_run: open(z.boolean().optional(), "Only look"),
};

const BODY = { schema: z.strictObject(shapeOf(fields)), fields };

const COMMON = { role: "anyone", clusters: "none", tag: "server" } as const;

const BREW: Operation = {
  ...COMMON,
  name: "brewTea",
  effect: "write",
  method: "post",
  path: "/teas",
  root: { path: "/teas" },
  summary: "Brew tea",
  command: { words: ["tea", "brew"], brief: "Brew tea for guests", group: "Make and read tea" },
  load: () =>
    Promise.resolve({
      fields,
      command: {
        full: "The tin is locked.",
        examples: [["--tea green --guests ann --tin-code-stdin < code", "Green tea for one"]],
      },
      describe: () => ({ answers: {} }),
      take({ query, body }) {
        const { guests, tin_code: code } = parseBody(query, body, BODY);
        const cups = guests.map((guest) => ({
          guest,
          letters: code.reveal().length,
          extras: ["spoon", "saucer"],
        }));
        return { run: () => Promise.resolve({ reply: () => ({ status: 200, body: { cups } }) }) };
      },
    }),
};

const leavesFields = {
  name: open(z.string(), "Whose", { value: "name" }),
};

const READ: Operation = {
  ...COMMON,
  name: "readLeaves",
  effect: "read",
  method: "get",
  path: "/leaves",
  root: { path: "/leaves" },
  summary: "Read tea leaves",
  command: { words: ["tea", "leaves"], brief: "Read tea leaves" },
  load: () =>
    Promise.resolve({
      fields: leavesFields,
      command: {
        examples: [["NAME", "Those of a guest"]],
        args: [{ field: "name", brief: "Whose" }],
      },
      describe: () => ({ answers: {} }),
      take({ query }) {
        const { name } = parseQuery(query, z.strictObject(shapeOf(leavesFields)));
        const body = { guest: name, future: { is: "bright" } };
        return { run: () => Promise.resolve({ reply: () => ({ status: 200, body }) }) };
      },
    }),
};

const scaldFields = {
  when: open(z.enum(["taken", "run", "shown"]), "When it goes wrong", { required: "" }),
  tin_code: fields.tin_code,
  dry_run: fields.dry_run,
};

const SCALD_BODY = {
  schema: z.strictObject(shapeOf(scaldFields)),
  fields: scaldFields,
};

/** Throws errors that quote its input. */
const SCALD: Operation = {
  ...BREW,
  name: "scaldTea",
  path: "/scalds",
  root: { path: "/scalds" },
  command: { words: ["tea", "scald"], brief: "Scald the tea" },
  load: () =>
    Promise.resolve({
      fields: scaldFields,
      command: { examples: [] },
      describe: () => ({ answers: {} }),
      take({ query, body }) {
        const { when, tin_code } = parseBody(query, body, SCALD_BODY);
        const fail = (): never => {
          throw new TypeError(`no tea for ${tin_code.reveal()}\n    at ${tin_code.reveal()}`);
        };
        if (when === "taken") fail();
        const answer = {
          get cups(): never {
            return fail();
          },
        };
        const reply = () => ({ status: 200, body: answer });
        return { run: () => Promise.resolve({ reply: when === "run" ? fail : reply }) };
      },
    }),
};

/** Of whose module nothing may be needed as long as it is not meant. */
const UNREADY: Operation = {
  ...BREW,
  name: "spillTea",
  path: "/spilt",
  root: { path: "/spilt" },
  command: { words: ["spill"], brief: "Spill the tea" },
  load: () => Promise.reject(new Error("the module of another command was loaded")),
};

if (import.meta.main) {
  (OPERATIONS as Operation[]).push(BREW, READ, SCALD, UNREADY);
  Deno.exit(await run(Deno.args));
}
