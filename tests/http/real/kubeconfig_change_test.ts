import assert from "node:assert/strict";
import { realTests } from "../../support/real_program.ts";

const { realTest } = realTests((test) => Deno.test(test));

/** A kubeconfig changed while the program runs. */

realTest(
  "a changed kubeconfig is used immediately, and its old credentials no longer",
  async (program) => {
    const get = async () => (await program.get("/secrets?cluster=changing")).body.status;
    const copy = async (name: string) => {
      const text = await Deno.readTextFile(`${program.folder}/${name}.kubeconfig`);
      await program.addCluster("changing", text);
    };
    await copy("administrator");
    assert.equal(await get(), "success");
    await copy("wrong-token");
    assert.equal(await get(), "unauthorized");
    await copy("no-rights");
    assert.equal(await get(), "forbidden");
    await copy("administrator");
    assert.equal(await get(), "success");
    await Deno.remove(`${program.folder}/changing.kubeconfig`);
    assert.equal((await program.get("/secrets?cluster=changing")).status, 404);
  },
);
