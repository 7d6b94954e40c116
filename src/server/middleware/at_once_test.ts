import assert from "node:assert/strict";
import { OperationError } from "../../operations/errors.ts";
import { Places } from "./at_once.ts";

const isRefused = (error: unknown) =>
  error instanceof OperationError && error.status === 503 && error.headers["Retry-After"] === "1";

Deno.test("who finds no place is refused at once, and a place that is left is free", async () => {
  const places = new Places(2);
  const turns = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const results = turns.map(({ promise }) => places.during(() => promise));
  await assert.rejects(places.during(() => Promise.resolve()), isRefused);
  turns[0]!.resolve(1);
  assert.equal(await results[0], 1);
  assert.equal(await places.during(() => Promise.resolve(3)), 3);
  turns[1]!.resolve(2);
  assert.equal(await results[1], 2);
});

Deno.test("what fails leaves its place", async () => {
  const places = new Places(1);
  for (const _ of [1, 2, 3]) {
    await assert.rejects(places.during(() => Promise.reject(new Error("a bug"))), /a bug/);
  }
  assert.equal(await places.during(() => Promise.resolve(1)), 1);
});
