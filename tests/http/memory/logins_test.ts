import assert from "node:assert/strict";
import { type Stage, stored, storedLogin } from "../stage.ts";
import { CANARY, docker, helm, refused, type Row, testsOf } from "../support.ts";

/** User names and passwords: what is rejected, and that the rest is stored byte for byte. */

const UNICODE = "must be valid Unicode";
const CONTROL = /^Field 'username' must not contain control characters$/;

const usernames: Row[] = [
  refused(
    "a docker user name with a colon is rejected",
    () => docker({ username: `a:${CANARY}` }),
    400,
    {
      error: true,
      message: "Field 'username' must not contain a colon",
      status_code: 400,
    },
  ),
  ...["a\nb", "a\0b", "a\x7f", "a\u0085b", "\t"].flatMap((username) => [
    refused(
      `docker user name ${JSON.stringify(username)} is rejected`,
      () => docker({ username }),
      400,
      CONTROL,
    ),
    refused(
      `helm user name ${JSON.stringify(username)} is rejected`,
      () => helm({ username }),
      400,
      CONTROL,
    ),
  ]),
  ...["password", "username"].flatMap((field) =>
    [docker, helm].flatMap((make) => [
      refused(
        `a lone surrogate in ${field} is rejected${make === helm ? " for helm too" : ""}`,
        () => make({ [field]: "a\ud800b" }),
        400,
        new RegExp(`^Field '${field}' ${UNICODE}$`),
      ),
      refused(
        `an empty ${field} is rejected${make === helm ? " for helm too" : ""}`,
        () => make({ [field]: "" }),
        400,
        new RegExp(`^Field '${field}' must not be empty$`),
      ),
    ])
  ),
  {
    name: "a helm user name may have a colon",
    request: () => helm({ username: "a:b" }),
    status: 200,
    after: ({ cluster }) => assert.equal(stored(cluster, "argocd/my-helm-repo", "username"), "a:b"),
  },
];

const passwords: [what: string, password: string][] = [
  ["line breaks", `a\nb\r\n${CANARY}\n`],
  ["quotes and backslashes", `'"\\\\"'${CANARY}`],
  ["a YAML document end", `---\n${CANARY}\n...\n`],
  ["emoji", `😀${CANARY}👩‍👩‍👧`],
  ["NUL and escapes", `\0\x1b[31m${CANARY}\u2028`],
  ["template marks", `{{.data}}$(id)\`id\`%s${CANARY}`],
  ["a colon", `:a:${CANARY}:`],
  ["surrounding white space", `  ${CANARY}\t`],
  ["4 KiB", CANARY.repeat(100).slice(0, 4096)],
  ["a byte order mark", `\ufeff${CANARY}`],
];

const kept = passwords.flatMap(([what, password]): Row[] => [
  {
    name: `a docker password with ${what} is stored byte for byte`,
    request: () => docker({ password, git_write_back: true }),
    status: 200,
    after: ({ cluster }: Stage) => {
      for (const namespace of ["default", "kube-system", "argocd"]) {
        const login = storedLogin(cluster, `${namespace}/my-docker-secret`);
        assert.equal(login.password, password);
        const auth = new TextDecoder("utf-8", { ignoreBOM: true })
          .decode(Uint8Array.fromBase64(login.auth));
        assert.equal(auth, `your_username:${password}`);
      }
      assert.equal(stored(cluster, "argocd/my-docker-secret-iu", "password"), password);
    },
  },
  {
    name: `a helm password with ${what} is stored byte for byte`,
    request: () => helm({ password }),
    status: 200,
    after: ({ cluster }) =>
      assert.equal(stored(cluster, "argocd/my-helm-repo", "password"), password),
  },
]);

for (const test of testsOf([...usernames, ...kept])) Deno.test(test);
