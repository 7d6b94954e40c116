import assert from "node:assert/strict";
import pLimit from "p-limit";
import { uniqueName } from "../support/api_objects.ts";
import { trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Lists of namespaces that are too long, repeat entries, or name a prohibited namespace. */

/** The limit of namespaces in a request. */
const LIMIT = 1000;
/** Seconds for a thousand secrets: far more than it takes. */
const SECONDS = 300;
const AT_ONCE = 16;

const PROHIBITED = /must not name '[^']+': the secret is written there anyway$/;
const NO_NAMES = /^Field 'namespaces' must contain valid namespace names: /;

trustTest(
  "namespaces ' argocd ', 'ARGOCD', repeats, or 1,000 of them: 400, deduplicated, or all written",
  async (world) => {
    const running = await world.start({ settings: { kubectl_timeout: SECONDS } });
    const { argocd } = world;
    const one = await world.namespace();
    const name = uniqueName("pull");
    const refused: (readonly [namespaces: string | string[], why: RegExp])[] = [
      [` ${argocd} `, PROHIBITED],
      [`${one}, ${argocd}`, PROHIBITED],
      [[one, `\t${argocd}`], PROHIBITED],
      [argocd.toUpperCase(), NO_NAMES],
      [`${one},${argocd.toUpperCase()}`, NO_NAMES],
      [Array.from({ length: LIMIT + 1 }, (_, i) => `ns-${i}`), /at most 1000 namespaces$/],
      [
        Array.from({ length: LIMIT + 1 }, (_, i) => `ns-${i}`).join(","),
        /at most 1000 namespaces$/,
      ],
    ];
    for (const [namespaces, why] of refused) {
      const { status, body, text } = await running.addDocker({ name, namespaces });
      assert.equal(status, 400, text);
      assert.match(body.message, why);
    }
    assert.deepEqual(world.kubectlStarts(), []);

    const again = { name, namespaces: ` ${one},${one} ,, ${one}` };
    const { status, body } = await running.addDocker(again);
    assert.deepEqual([status, body.namespaces], [200, [one, argocd]]);
    assert.equal((await holders(world, name)).length, 2);

    const all = await many(world, LIMIT);
    const most = { name: uniqueName("pull"), namespaces: [...all, ...all].join(",") };
    const written = await running.addDocker(most);
    assert.equal(written.status, 200, written.text);
    assert.deepEqual(await holders(world, most.name), [...all, argocd].sort());
  },
);

async function many({ namespace }: World, count: number): Promise<string[]> {
  const prefix = uniqueName("many");
  const names = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
  await pLimit(AT_ONCE).map(names, (name) => namespace("Active", name));
  return names;
}

/** The namespaces with a secret of this name that holds a value. */
async function holders({ request }: World, name: string): Promise<string[]> {
  const path = `/api/v1/secrets?fieldSelector=metadata.name%3D${name}`;
  const { items } = (await request("GET", path)).body;
  return items.filter(({ data }: { data: Record<string, string> }) => data[".dockerconfigjson"])
    .map(({ metadata }: { metadata: { namespace: string } }) => metadata.namespace).sort();
}
