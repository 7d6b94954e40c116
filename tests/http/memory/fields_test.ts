import {
  CANARY,
  DOCKER,
  docker,
  DOCKER_BODY,
  HELM,
  helm,
  HELM_BODY,
  post,
  refused,
  type Row,
  testsOf,
} from "../support.ts";

/** Missing, wrong and unknown fields; none is echoed. */

type Make = (more?: object) => Request;

const missing = (endpoint: string, path: string, body: object): Row[] => {
  const fields = Object.keys(body);
  const envelope = (field: string) => ({
    error: true,
    message: `Missing required field: ${field}`,
    status_code: 400,
  });
  const without = (gone: (index: number) => boolean) =>
    Object.fromEntries(Object.entries(body).filter((_, index) => !gone(index)));
  return fields.flatMap((field, index) => [
    refused(
      `${endpoint} without ${field} reports it as missing`,
      () => post(path, without((each) => each === index)),
      400,
      envelope(field),
    ),
    refused(
      `${endpoint} without ${field} and the fields after it reports ${field}, the first in order`,
      () => post(path, without((each) => each >= index)),
      400,
      envelope(field),
    ),
    refused(
      `${endpoint} reports a missing ${field} before other errors`,
      () => post(path, { ...without((each) => each === index), upsert: CANARY, [CANARY]: 1 }),
      400,
      envelope(field),
    ),
  ]);
};

const STRING = "must be a string";
const BOOLEAN = "must be a boolean";
const LIST = "must be a comma-separated string or an array of strings";
const NO_STRINGS = [null, 1, true, [], [CANARY], {}, { value: CANARY }];
const NO_BOOLEANS = [null, 0, 1, "", "true", "false", CANARY, [], [true], {}];

const wrongTypes = (endpoint: string, make: Make, types: Record<string, string>): Row[] =>
  Object.entries(types).flatMap(([field, expected]) => {
    const wrong = expected === BOOLEAN
      ? NO_BOOLEANS
      : expected === LIST
      ? [null, 1, true, {}, [1], [null], [["default"]], ["default", CANARY.length]]
      : NO_STRINGS;
    return wrong.map((value) =>
      refused(
        `${endpoint} with ${field} ${shown(value)}: ${expected}`,
        () => make({ [field]: value }),
        400,
        { error: true, message: `Field '${field}' ${expected}`, status_code: 400 },
      )
    );
  });

const shown = (value: unknown) => JSON.stringify(value).replaceAll(CANARY, "x");

const far = (path: string) =>
  path === DOCKER
    ? /^Unknown field\. Known fields: password, username, cluster_name, name, namespaces, upsert, force, registry, git_write_back, registries, merge, service_accounts, namespace_selector, all_namespaces, exclude_namespaces, create_namespaces, expires, verify, dry_run$/
    : /^Unknown field\. Known fields: name, repository_url, cluster_name, username, password, use_oci, upsert, force, template, type, repository_urls, expires, verify, dry_run$/;

const unknown = (endpoint: string, path: string, make: Make): Row[] => [
  ...[
    ["usernam", "username"],
    ["Password", "password"],
    ["upserts", "upsert"],
    ["USERNAME", "username"],
  ].map(([field, nearest]) =>
    refused(
      `${endpoint} with the unknown field ${field} suggests ${nearest}`,
      () => make({ [field!]: CANARY }),
      400,
      {
        error: true,
        message: `Unknown field '${field}'; did you mean '${nearest}'?`,
        status_code: 400,
      },
    )
  ),
  ...[
    ["usernme", "username"],
    ["clustername", "cluster_name"],
    ["Name", "name"],
  ].map(([field, nearest]) =>
    refused(
      `${endpoint} with ${field} instead of ${nearest} suggests ${nearest}`,
      () => make({ [field!]: CANARY, [nearest!]: undefined }),
      400,
      {
        error: true,
        message: `Unknown field '${field}'; did you mean '${nearest}'?`,
        status_code: 400,
      },
    )
  ),
  ...[
    ["something_else", "username"],
    ["usernme", "cluster_name"],
    [CANARY, "name"],
  ].map(([field, missing]) =>
    refused(
      `${endpoint} without ${missing} and with ${shown(field)} reports what is missing`,
      () => make({ [field!]: CANARY, [missing!]: undefined }),
      400,
      { error: true, message: `Missing required field: ${missing}`, status_code: 400 },
    )
  ),
  ...[
    ["an unrelated one", "something_else"],
    ["the password itself", CANARY],
    ["the password in quotes", `"${CANARY}"`],
    ["an empty one", ""],
    ["a line break", "user\nname"],
    ["a million characters", "x".repeat(1_000_000)],
    ["toString", "toString"],
    ["hasOwnProperty", "hasOwnProperty"],
  ].map(([what, field]) =>
    refused(
      `${endpoint} with an unknown field, ${what}, lists the known fields without echoing it`,
      () => make({ [field!]: 1 }),
      400,
      far(path),
      { absent: field!.length > 5 ? [field!] : [] },
    )
  ),
];

for (
  const test of testsOf([
    ...missing("add_docker", DOCKER, DOCKER_BODY),
    ...missing("add_helm_repo", HELM, HELM_BODY),
    ...wrongTypes("add_docker", docker, {
      password: STRING,
      username: STRING,
      cluster_name: STRING,
      name: STRING,
      namespaces: LIST,
      upsert: BOOLEAN,
      force: BOOLEAN,
      registry: STRING,
      git_write_back: BOOLEAN,
    }),
    ...wrongTypes("add_helm_repo", helm, {
      name: STRING,
      repository_url: STRING,
      cluster_name: STRING,
      username: STRING,
      password: STRING,
      use_oci: BOOLEAN,
      upsert: BOOLEAN,
      force: BOOLEAN,
      template: BOOLEAN,
    }),
    ...unknown("add_docker", DOCKER, docker),
    ...unknown("add_helm_repo", HELM, helm),
    refused(
      "a field of the other endpoint is rejected as unknown",
      () => docker({ repository_url: "https://x" }),
      400,
      far(DOCKER),
    ),
  ])
) Deno.test(test);
