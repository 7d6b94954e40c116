import assert from "node:assert/strict";
import { uniqueName } from "../support/api_objects.ts";
import { decodeBase64, encodeBase64 } from "../support/base64.ts";
import { trustTests, type World } from "./world.ts";

const trustTest = trustTests((test) => Deno.test(test));

/** Passwords that a careless program would change, truncate or misinterpret. */

const KIB = 1024;

/** Each contains the password that is searched for. */
function passwords(password: string): Record<string, string> {
  return {
    "a line break at the end": `${password}\n`,
    "line breaks of both kinds": `\n${password}\r\nsecond\n\n`,
    "quotes": `"${password}'\`"`,
    "---": `---\n${password}\n...\n---\na: b`,
    "emoji and others": `🗝️${password}é\u2028\u{1f468}\u200d\u{1f469}ü`,
    "what shells and templates know": `$(x) \${x} {{.data}} %s \\n \\ ${password} <&> #`,
    "blanks around it": ` \t${password} `,
    "what looks like another type": `{"${password}": null}`,
    "4 KiB": password.repeat(Math.ceil(4 * KIB / password.length)).slice(0, 4 * KIB),
    "64 KiB of all that": `${password}\n"'---\r\n🗝️`.repeat(1200),
  };
}

async function storedOf(world: World, namespace: string, name: string, key: string) {
  const found = await world.find(namespace, name);
  assert.ok(found?.data?.[key], `${namespace}/${name} holds ${key}`);
  return found.data[key];
}

trustTest(
  "a password with a line break, quotes, ---, emoji, or of 4 KiB: stored byte for byte",
  async (world) => {
    const running = await world.start();
    const namespace = await world.namespace();
    const [pull, repository] = [uniqueName("pull"), uniqueName("repo")];
    const repository_url = `https://${repository}.example.com/x`;
    for (const [what, password] of Object.entries(passwords(world.password))) {
      const docker = { name: pull, namespaces: namespace, git_write_back: true };
      const answers = [
        await running.addDocker({ ...docker, password, upsert: true }),
        await running.addHelmRepo({ name: repository, repository_url, password, upsert: true }),
      ];
      for (const { status, text } of answers) assert.equal(status, 200, `${what}: ${text}`);

      for (const where of [namespace, world.argocd]) {
        const config = decodeBase64(await storedOf(world, where, pull, ".dockerconfigjson"));
        const { username, password: stored, auth } = JSON.parse(config).auths["ghcr.io"];
        assert.deepEqual([username, stored], ["user", password], what);
        assert.equal(auth, encodeBase64(`user:${password}`), what);
      }
      for (const name of [`${pull}-iu`, repository]) {
        const stored = await storedOf(world, world.argocd, name, "password");
        assert.equal(stored, encodeBase64(password), `${what} in ${name}`);
      }
    }
  },
);
