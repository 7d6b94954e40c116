import assert from "node:assert/strict";
import { uniqueName } from "../support/api_objects.ts";
import { decodeBase64 } from "../support/base64.ts";
import { type Answered, trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Concurrent writes of the same secret. */

/** Seconds for one of many requests that wait for each other: far more than all of them take. */
const SECONDS = 120;

async function valuesOf(world: World, name: string, namespaces: readonly string[]) {
  return await Promise.all(namespaces.map(async (namespace) => {
    const config = (await world.find(namespace, name))?.data?.[".dockerconfigjson"];
    assert.ok(config, `${namespace} holds a value`);
    const { auths } = JSON.parse(decodeBase64(config));
    const { username, password, auth } = auths["ghcr.io"];
    assert.equal(atob(auth), `${username}:${password}`);
    return password as string;
  }));
}

const statuses = (answers: readonly Answered[]) => answers.map(({ status }) => status).sort();

trustTest("50 concurrent upserts of one secret: one complete value", async (world) => {
  const running = await world.start({ settings: { kubectl_timeout: SECONDS } });
  const namespaces = [await world.namespace(), await world.namespace()];
  const name = uniqueName("pull");
  const passwords = Array.from({ length: 50 }, (_, i) => `${world.password}-${i}`);
  const answers = await Promise.all(
    passwords.map((password) => running.addDocker({ name, namespaces, password, upsert: true })),
  );
  assert.deepEqual(new Set(statuses(answers)), new Set([200]));
  const [value, ...others] = await valuesOf(world, name, [...namespaces, world.argocd]);
  assert.ok(passwords.includes(value!));
  assert.deepEqual(others, [value, value]);
});

trustTest("12 concurrent creates: one succeeds", async (world) => {
  // Two independent servers.
  const start = () => world.start({ settings: { kubectl_timeout: SECONDS } });
  const servers = await Promise.all([start(), start()]);
  const namespaces = [await world.namespace(), await world.namespace()];
  const name = uniqueName("pull");
  const passwords = Array.from({ length: 12 }, (_, i) => `${world.password}-${i}`);
  const answers = await Promise.all(
    passwords.map((password, i) => servers[i % 2]!.addDocker({ name, namespaces, password })),
  );
  assert.deepEqual(statuses(answers), [200, ...Array(11).fill(409)]);
  const winner = passwords[answers.findIndex(({ status }) => status === 200)]!;
  const values = await valuesOf(world, name, [...namespaces, world.argocd]);
  assert.deepEqual(values, [winner, winner, winner]);
});
