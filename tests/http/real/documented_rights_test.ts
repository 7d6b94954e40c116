import assert from "node:assert/strict";
import { RIGHTS } from "../../../scripts/write_docs/rights.ts";
import { uniqueName } from "../../support/api_objects.ts";
import { type RealProgram, realTests, TRANSPORTS } from "../../support/real_program.ts";
import { kubeconfigOf, putAccount, type Rule } from "./cluster.ts";

const { realTestOver } = realTests((test) => Deno.test(test));

/** Each operation works with exactly the rights that docs/operations.md names for it. */

const RESOURCES = ["secrets", "namespaces", "serviceaccounts"] as const;

/**
 * The rights in an operation's row: the unconditional ones and those of these conditions.
 * @param conditions as in the brackets: `upsert`
 */
function rulesOf(operation: string, conditions: readonly string[]): Rule[] {
  return RESOURCES.flatMap((resource) => {
    const verbs = (RIGHTS[operation]![resource] ?? "").split(";").flatMap((part) => {
      const [, names = "", condition] = /^([^(]*)(?:\(([^)]*)\))?$/.exec(part.trim())!;
      const isMeant = condition === undefined ||
        conditions.some((each) => condition.includes(each));
      return isMeant ? names.match(/[a-z]+/g) ?? [] : [];
    });
    return verbs.length === 0 ? [] : [{ resources: [resource], verbs }];
  });
}

interface Place {
  readonly program: RealProgram;
  readonly namespace: string;
  /** An existing pull secret and repository, written by the program. */
  readonly name: string;
  readonly url: string;
}

const docker = ({ program, namespace }: Place, more: object = {}) => ({
  cluster: "limited",
  name: uniqueName("pull"),
  namespaces: [namespace],
  username: "user",
  password: program.canary.value,
  ...more,
});

const repository = ({ program, url }: Place, more: object = {}) => ({
  cluster: "limited",
  name: uniqueName("repo"),
  type: "git",
  url: `${url}-${uniqueName("other")}`,
  username: "user",
  password: program.canary.value,
  ...more,
});

type Request = (place: Place) => ["get" | "post" | "delete", path: string, body?: object];

const CASES: readonly (readonly [operation: string, conditions: string[], request: Request])[] = [
  ["listSecrets", [], () => ["get", "/api/v1/secrets?cluster=limited"]],
  [
    "listSecrets",
    ["`username`"],
    // In its own namespace: other tests' secrets that cannot be parsed cause warnings.
    ({ namespace }) => [
      "get",
      `/api/v1/secrets?cluster=limited&username=user&namespace=${namespace}`,
    ],
  ],
  ["getSecret", [], ({ name }) => ["get", `/api/v1/secrets/${name}?cluster=limited`]],
  ["addDocker", [], (place) => ["post", "/api/v1/docker", docker(place)]],
  [
    "addDocker",
    ["`upsert`"],
    (place) => ["post", "/api/v1/docker", docker(place, { name: place.name, upsert: true })],
  ],
  [
    "addDocker",
    ["selectors"],
    (place) => [
      "post",
      "/api/v1/docker",
      docker(place, {
        namespaces: undefined,
        namespace_selector: `kubernetes.io/metadata.name=${place.namespace}`,
      }),
    ],
  ],
  [
    "addDocker",
    ["`create_namespaces`"],
    (place) => [
      "post",
      "/api/v1/docker",
      docker(place, { namespaces: [uniqueName("new")], create_namespaces: true }),
    ],
  ],
  [
    "addDocker",
    ["`service_accounts`"],
    (place) => ["post", "/api/v1/docker", docker(place, { service_accounts: ["default"] })],
  ],
  ["addRepo", [], (place) => ["post", "/api/v1/repositories", repository(place)]],
  [
    "addRepo",
    ["`upsert`"],
    (place) => [
      "post",
      "/api/v1/repositories",
      repository(place, { name: `${place.name}-git`, url: place.url, upsert: true }),
    ],
  ],
  [
    "addHelmRepo",
    [],
    (place) => {
      const { type: _, url, ...more } = repository(place);
      return ["post", "/api/v1/helm_repositories", { ...more, repository_url: url }];
    },
  ],
  [
    "deleteSecret",
    ["that use it"],
    ({ name }) => ["delete", `/api/v1/secrets?cluster=limited&name=${name}`],
  ],
  [
    "deleteSecret",
    [],
    ({ name }) => ["delete", `/api/v1/secrets?cluster=limited&name=${name}-git`],
  ],
  ["listCredentials", [], () => ["get", "/api/v1/credentials?clusters=limited"]],
  [
    "findCredential",
    [],
    ({ program }) => [
      "post",
      "/api/v1/credentials/find",
      { clusters: ["limited"], password: program.canary.value },
    ],
  ],
  [
    "explain",
    [],
    ({ url }) => ["get", `/api/v1/explain?cluster=limited&url=${encodeURIComponent(url)}`],
  ],
  [
    "explain",
    ["`image`"],
    ({ namespace }) => [
      "get",
      `/api/v1/explain?cluster=limited&image=ghcr.io/org/app&namespace=${namespace}`,
    ],
  ],
  [
    "rotateCredential",
    [],
    ({ program, name }) => [
      "post",
      "/api/v1/rotations",
      {
        clusters: ["limited"],
        find: { name },
        set: { username: "user", password: `${program.canary.value}-new` },
        verify: false,
      },
    ],
  ],
];

/** What the administrator has written before. */
async function prepared(program: RealProgram): Promise<Place> {
  const place = {
    program,
    namespace: await program.namespace(),
    name: uniqueName("there"),
    url: `https://git.example.com/${uniqueName("there")}`,
  };
  await putAccount(place.namespace, "default");
  const isThere = { cluster: "administrator", password: `${program.canary.value}-old` };
  const { name, url } = place;
  const written = [
    ["/api/v1/docker", docker(place, { ...isThere, name, service_accounts: ["default"] })],
    ["/api/v1/repositories", repository(place, { ...isThere, name: `${name}-git`, url })],
  ] as const;
  for (const [path, body] of written) {
    const answer = await program.post(path, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  return place;
}

for (const [operation, conditions, request] of CASES) {
  const isPlain = conditions.length === 0;
  const what = isPlain ? operation : `${operation} (${conditions.join()})`;
  // A process for each row takes seconds: with kubectl one row per operation.
  for (const transport of isPlain ? TRANSPORTS : ["api"] as const) {
    const sentence = `the documented rights for ${what} suffice`;
    realTestOver(transport, {}, sentence, async (program) => {
      const place = await prepared(program);
      await program.addCluster("limited", await kubeconfigOf(...rulesOf(operation, conditions)));
      const [method, path, body] = request(place);
      const { status, body: answer } = await program[method](path, body);
      assert.equal(status, 200, JSON.stringify(answer));
      assert.deepEqual(answer.warnings ?? [], [], "a missing right was skipped with a warning");
      for (const { status, warnings = [] } of answer.clusters ?? []) {
        assert.deepEqual(warnings, []);
        assert.ok(
          status === undefined || /^(success|rotated)$/.test(status),
          JSON.stringify(answer),
        );
      }
    });
  }
}
