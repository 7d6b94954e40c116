import assert from "node:assert/strict";
import { inAdvice, inFlagWords, missing } from "./flag_words.ts";

const FIELDS = { names: ["username", "registry", "registries", "all_namespaces"] };
const PLACES = { names: [], places: { cluster: "CLUSTER", name: "NAME" } };

const MESSAGES: [message: string, said: string, isUsage: boolean, fields?: typeof PLACES][] = [
  ["Missing required field: username", "Missing --username", true],
  ["Missing required field: cluster", "Missing --cluster", true],
  ["Missing required parameter 'name'", "Missing NAME", true, PLACES],
  ["Field 'tls_client_key' is missing", "Missing --tls-client-key-file", true],
  [
    "Missing required field: namespaces",
    "Missing --namespaces, --namespace-selector or --all-namespaces",
    true,
  ],
  ["Field 'password' must not be empty", "The password must not be empty", true],
  ["Parameter 'cluster' must be a name", "CLUSTER must be a name", true, PLACES],
  ["Field 'urls.1' has no host", "--url (at 1) has no host", true],
  ["Field 'github_app.id' must be a number", "--github-app-id must be a number", true],
  [
    'Field \'url\' must name one; send "as": "repo-creds" for all',
    "--url must name one; give --as repo-creds for all",
    true,
  ],
  [
    "Field 'registries' contradicts 'registry'; give one of them",
    "--registries-file contradicts --registry; give one of them",
    true,
  ],
  [
    "Field 'namespaces' must not name 'argocd': the secret is written there anyway",
    "--namespaces must not name 'argocd': the secret is written there anyway",
    true,
  ],
  [
    "Unknown field 'merge'; did you mean 'name'?",
    "Unknown field 'merge'; did you mean 'name'?",
    true,
  ],
  // What exists in the cluster may be called like a field.
  [
    "Secret 'registry' in namespace 'username' is immutable",
    "Secret 'registry' in namespace 'username' is immutable",
    false,
  ],
  ["Namespaces do not exist: a", "Namespaces do not exist: a", false],
];

for (const [message, said, isUsage, fields = FIELDS] of MESSAGES) {
  Deno.test(`${message} is told as: ${said}`, () => {
    assert.deepEqual(inFlagWords(message, fields), { message: said, isUsage });
  });
}

Deno.test("what is for machines is taken in place of what the message says", () => {
  const fields = ["cluster", "name"];
  assert.deepEqual(
    inFlagWords("Missing required parameters 'cluster', 'name'", PLACES, {
      code: "missing_field",
      field: "cluster",
      fields,
    }),
    { message: "Missing CLUSTER; NAME", isUsage: true },
  );
  assert.deepEqual(
    inFlagWords("Missing required field: url", FIELDS, { code: "missing_field", field: "url" }),
    { message: "Missing --url", isUsage: true },
  );
  const message = "Unknown field of a cluster's";
  assert.equal(inFlagWords(message, FIELDS, { code: "unknown_field" }).isUsage, true);
  assert.equal(inFlagWords(message, FIELDS, { code: "failed" }).isUsage, false);
});

const ADVICE: [text: string, told: string][] = [
  ['send "force": true to delete it', "give --force to delete it"],
  ["send force=true to delete it", "give --force to delete it"],
  ["they hold force=true", "they hold force=true"],
  ['send "force": true with "upsert": true to', "give --force with --upsert to"],
  ['send "upsert": true and "name": "a" to', "give --upsert and --name a to"],
  [
    'come (send "as": "repo-creds" and "url": "https://github.com/a/")',
    "come (give --as repo-creds and --url https://github.com/a/)",
  ],
  ['its type is "Opaque"', 'its type is "Opaque"'],
];

for (const [text, told] of ADVICE) {
  Deno.test(`advice to ${text} is to: ${told}`, () => {
    assert.equal(inAdvice(text), told);
  });
}

Deno.test("of all that is missing the flags come first, and then what takes more words", () => {
  const rows: [fields: string[], said: string][] = [
    [["name"], "Missing --name"],
    [["cluster", "type", "url"], "Missing --cluster, --type, --url"],
    [
      ["namespaces", "name"],
      "Missing --name; --namespaces, --namespace-selector or --all-namespaces",
    ],
  ];
  for (const [fields, said] of rows) assert.equal(missing(fields), said);
});
