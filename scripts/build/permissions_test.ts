import { match } from "node:assert/strict";
import { PERMISSIONS } from "./permissions.ts";

// Hosts that Deno allows by default, and others.
for (const host of ["deno.land", "jsr.io", "esm.sh", "raw.githubusercontent.com", "localhost"]) {
  Deno.test(`a built program cannot import from ${host}`, async () => {
    const program =
      `import("https://" + Deno.args[0]).catch((error) => console.log(error.message));`;
    const file = await Deno.makeTempFile({ suffix: ".js" });
    try {
      await Deno.writeTextFile(file, program);
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-config", ...PERMISSIONS, file, `${host}/module.js`],
        env: { NO_COLOR: "1" },
        stdin: "null",
        stderr: "null",
      }).output();
      match(new TextDecoder().decode(stdout), /^Requires import access to /);
    } finally {
      await Deno.remove(file);
    }
  });
}
