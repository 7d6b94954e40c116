import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { programCommand } from "../cli/support.ts";
import { denoFolder } from "../../scripts/test/deno_folder.ts";

/** The user's machine in the README's examples. */
export interface Home {
  readonly path: string;
  /** Contents of the files that the examples name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Installs the program under its name. @returns the variables with which a shell finds it */
export async function install({ path }: Pick<Home, "path">): Promise<Record<string, string>> {
  const bin = join(path, "bin");
  await Deno.mkdir(bin);
  const command = programCommand([]).map((word) => `"${word}"`).join(" ");
  await Deno.writeTextFile(join(bin, "argocd-configurer"), `#!/bin/sh\nexec ${command} "$@"\n`, {
    mode: 0o755,
  });
  return { HOME: path, PATH: `${bin}:${Deno.env.get("PATH")}`, DENO_DIR: await denoFolder() };
}

/** @param password of every example that takes it from a file */
export async function makeHome(path: string, password: string): Promise<Home> {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
    .export({ type: "pkcs1", format: "pem" }).toString();
  const client = makeAuthority("example").issue({ commonName: "robot", for: "client" });
  const files = {
    "app.pem": rsa,
    token: `${password}-token\n`,
    password: `${password}\n`,
    "client-secret": `${password}-client\n`,
    "client.crt": client.certificate,
    "client.key": client.key,
    "key.json": JSON.stringify({
      type: "service_account",
      client_email: "argocd@your-project.iam.gserviceaccount.com",
      private_key: rsa,
    }),
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(path, name), text, { mode: 0o600 });
  }
  const key = join(path, ".ssh", "argocd");
  await Deno.mkdir(join(path, ".ssh"), { mode: 0o700 });
  const made = await new Deno.Command("ssh-keygen", {
    args: ["-q", "-t", "ed25519", "-N", "", "-C", "argocd", "-f", key],
  }).output();
  assert.ok(made.success, new TextDecoder().decode(made.stderr));
  return { path, files: { ...files, ".ssh/argocd": await Deno.readTextFile(key) } };
}
