import assert from "node:assert/strict";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { vetKubeconfig, type VetRules } from "./vet.ts";

/** Certificates, keys and tokens in separate files. */

const rules: VetRules = { owners: [Deno.uid()!], group: Deno.gid()!, allowExecPlugins: true };

async function withFile(
  content: string,
  mode: number,
  test: (file: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "x.kubeconfig");
    await Deno.writeTextFile(file, content, { mode });
    await test(file, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A kubeconfig with these fields of its cluster and its user. */
const withFields = (cluster: string, user: string) =>
  `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443"${cluster}}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`;

const { certificate, key } = makeAuthority("a").issue({ commonName: "u", for: "client" });
const other = makeAuthority("a").issue({ commonName: "u", for: "client" });

const NAMING_FILES: [entry: string, kubeconfig: string, good: string, bad: [string, string][]][] = [
  [
    "certificate-authority",
    withFields(", certificate-authority: FILE", "token: x"),
    certificate,
    [["x", "contains no PEM certificate"]],
  ],
  [
    "client-certificate",
    withFields("", `client-certificate: FILE, client-key-data: ${btoa(key)}`),
    certificate,
    [["", "contains no PEM certificate"], [other.certificate, "does not match its client key"]],
  ],
  [
    "client-key",
    withFields("", `client-key: FILE, client-certificate-data: ${btoa(certificate)}`),
    key,
    [],
  ],
  ["tokenFile", withFields("", "tokenFile: FILE"), "x\n", [
    ["\n", "is empty"],
    ["x\ny", "is not allowed in an HTTP header"],
  ]],
];

for (const [entry, kubeconfig, good, bad] of NAMING_FILES) {
  Deno.test(`${entry} is resolved against the kubeconfig's folder, again each time`, () =>
    withFile(kubeconfig.replace("FILE", "it.pem"), 0o600, async (file, folder) => {
      const seen = new Map();
      const named = join(await Deno.realPath(folder), "it.pem");
      const refusal = (why: string) => ({
        message: new RegExp(
          `^Cannot use kubeconfig '.*': the '${entry}' of .* \\(${named}\\) ${why}$`,
        ),
      });
      await assert.rejects(vetKubeconfig(file, rules, seen), refusal("does not exist"));
      await Deno.mkdir(named);
      await assert.rejects(vetKubeconfig(file, rules, seen), refusal("is a folder"));
      await Deno.remove(named);
      await Deno.symlink(join(folder, "elsewhere"), named);
      await assert.rejects(vetKubeconfig(file, rules, seen), refusal("does not exist"));
      await Deno.writeTextFile(join(folder, "elsewhere"), good);
      const { version } = await vetKubeconfig(file, rules, seen);
      for (const [content, why] of bad) {
        await Deno.writeTextFile(join(folder, "elsewhere"), content);
        await assert.rejects(vetKubeconfig(file, rules, seen), { message: new RegExp(why) });
      }
      await Deno.remove(join(folder, "elsewhere"));
      await assert.rejects(vetKubeconfig(file, rules, seen), refusal("does not exist"));
      await Deno.writeTextFile(join(folder, "elsewhere"), good);
      assert.equal((await vetKubeconfig(file, rules, seen)).version, version);
    }));
}

Deno.test("a file that the server's user cannot read is reported", () =>
  withFile(withFields("", "tokenFile: token"), 0o600, async (file, folder) => {
    await Deno.writeTextFile(join(folder, "token"), "x", { mode: 0 });
    const vetting = vetKubeconfig(file, rules);
    if (Deno.uid() === 0) await vetting; // root can read everything
    else {await assert.rejects(
        vetting,
        /token\) cannot be read by the server's user \(permission denied\)$/,
      );}
  }));

const NOT_OPENED = [
  ["a key without a certificate", withFields("", "token: x, client-key: gone.pem")],
  ["a tokenFile beside a token", withFields("", "token: x, tokenFile: gone")],
  [
    "a tokenFile over plain HTTP",
    withFields("", "tokenFile: gone").replace("https:", "http:"),
  ],
  ["an empty entry", withFields(", certificate-authority: ''", "token: x")],
] as const;

for (const [what, kubeconfig] of NOT_OPENED) {
  Deno.test(`${what} is not opened, as in kubectl`, () =>
    withFile(kubeconfig, 0o600, async (file) => {
      await vetKubeconfig(file, rules);
    }));
}

const MISTAKEN = [
  "MIIEpAIBAAKCAQEAfake".repeat(40),
  "c2VjcmV0LWZha2U/dG9rZW4".repeat(3),
  "0123456789abcdef0123456789abcdef",
];

for (const value of MISTAKEN) {
  Deno.test(`a value that is not a path but may be a secret is not shown: ${value.slice(0, 8)}`, () =>
    withFile(withFields("", `tokenFile: "${value}"`), 0o600, async (file) => {
      await assert.rejects(vetKubeconfig(file, rules), ({ message }: Error) => {
        assert.match(
          message,
          /the 'tokenFile' of its current user (does not exist|is not a file name)$/,
        );
        return true;
      });
    }));
}
