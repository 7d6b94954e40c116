import assert from "node:assert/strict";
import { pullSecrets } from "../../contract/accounts.ts";
import { uniqueName } from "../../support/api_objects.ts";
import { encodeBase64 } from "../../support/base64.ts";
import { assertAnswer, type RealProgram, realTests } from "../../support/real_program.ts";
import {
  argocdNamespaceTests,
  findAccount,
  kubectlData,
  labelledNamespace,
  namespaceIsThere,
  putAccount,
  versions,
} from "./cluster.ts";

const { realTest } = realTests((test) => Deno.test(test));
const argocdNamespaceTest = argocdNamespaceTests((test) => Deno.test(test));

/** Several registries, merging, service accounts and selected namespaces on the real API server. */

const DOCKER_CONFIG = "kubernetes.io/dockerconfigjson";

const add = (program: RealProgram, name: string, more: object) =>
  program.post("/secrets/add_docker", {
    password: program.canary.value,
    username: "user",
    cluster_name: "administrator",
    name,
    ...more,
  });

const NO_LOGIN = { username: undefined, password: undefined };
const entry = (username: string, password: string) => ({
  username,
  password,
  auth: encodeBase64(`${username}:${password}`),
});

async function configIn(namespace: string, name: string): Promise<string> {
  const data = await kubectlData(namespace, name);
  assert.deepEqual(Object.keys(data ?? {}), [".dockerconfigjson"]);
  return data![".dockerconfigjson"]!;
}

/** A name that is unused in all namespaces, and namespaces for it. */
const several = (program: RealProgram) => Promise.all([program.namespace(), program.namespace()]);

realTest(
  "several registries are stored in one secret, as kubectl reads it back",
  async (program) => {
    const namespace = await program.namespace();
    const name = uniqueName("pull");
    const { value: password } = program.canary;
    const registries = [
      { registry: "ghcr.io", username: "one", password },
      { registry: "docker.io", username: "two", password: `${password}2` },
      { registry: "Registry.example.com:5000", username: "three", password: `${password}3` },
    ];
    const more = { ...NO_LOGIN, namespaces: namespace, registries };
    assert.equal((await add(program, name, more)).status, 200);
    const hub = entry("two", `${password}2`);
    for (const each of [namespace, "argocd"]) {
      assert.deepEqual(JSON.parse(await configIn(each, name)), {
        auths: {
          "ghcr.io": entry("one", password),
          "https://index.docker.io/v1/": hub,
          "https://registry-1.docker.io": hub,
          "registry.example.com:5000": entry("three", `${password}3`),
        },
      });
    }
  },
);

realTest("merge keeps another registry byte for byte", async (program) => {
  const [a, b] = await several(program);
  const name = uniqueName("pull");
  const other = `{ "username" : "o" , "password":"p\\u0041", "weight": 1.0e3 }`;
  const text = `{"auths": {"quay.io": ${other}}, "credHelpers": {"x": "y"}}`;
  await program.put({
    metadata: { namespace: b, name },
    type: DOCKER_CONFIG,
    data: { ".dockerconfigjson": encodeBase64(text) },
  });
  const answer = await add(program, name, { namespaces: [a, b], merge: true });
  assert.equal(answer.status, 200);
  const outputs = answer.body.results.map(({ result }: { result: { output: string } }) =>
    result.output
  );
  assert.deepEqual(outputs, [
    `secret/${name} created`,
    `secret/${name} replaced`,
    `secret/${name} created`,
  ]);
  const merged = await configIn(b, name);
  assert.ok(merged.startsWith(`{"auths":{"quay.io":${other},"ghcr.io":`), "quay.io is unchanged");
  assert.ok(merged.endsWith(`,"credHelpers": {"x": "y"}}`), "other fields are unchanged");
  const login = entry("user", program.canary.value);
  assert.deepEqual(JSON.parse(merged).auths["ghcr.io"], login);
  assert.deepEqual(JSON.parse(await configIn(a, name)), { auths: { "ghcr.io": login } });

  const before = await versions([a, b]);
  const again = await add(program, name, { namespaces: [a, b], merge: true });
  assert.equal(again.status, 200);
  assert.deepEqual(await versions([a, b]), before, "the same request again changes nothing");
});

realTest("a secret that cannot be merged stays, and nothing else is written", async (program) => {
  const [a, b] = await several(program);
  const name = uniqueName("pull");
  await program.put({
    metadata: { namespace: b, name },
    type: DOCKER_CONFIG,
    data: { ".dockerconfigjson": encodeBase64(`{"auths": []}`) },
  });
  const before = await versions([a, b]);
  assertAnswer(await add(program, name, { namespaces: [a, b], merge: true }), 409, {
    error: true,
    message: `Secret ${b}/${name} cannot be merged: its Docker configuration must have ` +
      "an object in its field 'auths'. Use 'upsert' instead of 'merge' to replace the whole secret",
    status_code: 409,
  });
  assert.deepEqual(await versions([a, b]), before);
});

realTest(
  "service accounts in several namespaces get the secret beside their own",
  async (program) => {
    const [a, b] = await several(program);
    const name = uniqueName("pull");
    await putAccount(a, "default", {
      imagePullSecrets: [{ name: "old" }],
      secrets: [{ name: "s" }],
    });
    await putAccount(b, "default", { automountServiceAccountToken: false });
    await putAccount(a, "apart");
    const more = { namespaces: [a, b], service_accounts: ["default"] };
    const { status, body } = await add(program, name, more);
    const patched = (namespace: string) => ({
      namespace,
      name: "default",
      output: "serviceaccount/default patched",
    });
    assert.deepEqual([status, body.service_accounts], [200, [patched(a), patched(b)]]);
    const [first, second] = [await findAccount(a, "default"), await findAccount(b, "default")];
    assert.deepEqual(pullSecrets(first), ["old", name]);
    assert.deepEqual(first!.secrets, [{ name: "s" }]);
    assert.deepEqual(pullSecrets(second), [name]);
    assert.equal(second!.automountServiceAccountToken, false);
    assert.deepEqual(pullSecrets(await findAccount(a, "apart")), []);

    const again = await add(program, name, { ...more, upsert: true });
    assert.deepEqual([again.status, again.body.service_accounts], [200, undefined]);
    assert.deepEqual(await findAccount(a, "default"), first);
  },
);

realTest(
  "a service account missing in one namespace prevents every change",
  async (program) => {
    const [a, b] = await several(program);
    const name = uniqueName("pull");
    await putAccount(a, "default");
    await putAccount(b, "default");
    await putAccount(b, "builder");
    const before = await versions([a, b]);
    const more = { namespaces: [a, b], service_accounts: ["default", "builder"] };
    assertAnswer(await add(program, name, more), 400, {
      error: true,
      message: `Service accounts do not exist: ${a}/builder`,
      status_code: 400,
    });
    assert.deepEqual(await versions([a, b]), before);
    assert.equal(await program.find("argocd", name), undefined);
  },
);

realTest(
  "missing namespaces are created, written to, and named in the response",
  async (program) => {
    const namespace = await program.namespace();
    const fresh = uniqueName("fresh");
    const name = uniqueName("pull");
    const more = { namespaces: [namespace, fresh], create_namespaces: true };
    const { status, body } = await add(program, name, more);
    assert.deepEqual([status, body.namespaces_created], [200, [fresh]]);
    for (const each of [namespace, fresh]) {
      assert.deepEqual(JSON.parse(await configIn(each, name)), {
        auths: { "ghcr.io": entry("user", program.canary.value) },
      });
    }
    const again = await add(program, name, { ...more, upsert: true });
    assert.deepEqual([again.status, again.body.namespaces_created], [200, undefined]);
  },
);

argocdNamespaceTest("namespaces are selected by label, excluding a pattern", async (program) => {
  const team = uniqueName("team");
  const [a, b, c] = [
    await labelledNamespace({ team, env: "prod" }),
    await labelledNamespace({ team, env: "test" }),
    await labelledNamespace({ team }),
  ];
  const named = await program.namespace();
  const selected: [more: object, expected: string[]][] = [
    [{ namespace_selector: `team=${team}` }, [a, b, c].sort()],
    [{ namespace_selector: `team = ${team}, env in (prod,test), env != test` }, [a]],
    [{ namespace_selector: `team=${team},!env`, namespaces: named }, [named, c]],
    [{ namespace_selector: `team=${team}`, exclude_namespaces: [`${b}*`, c] }, [a]],
  ];
  for (const [more, expected] of selected) {
    const name = uniqueName("pull");
    const { status, body } = await add(program, name, more);
    assert.equal(status, 200, JSON.stringify(body));
    const [argocd] = body.namespaces.slice(-1);
    assert.deepEqual(body.namespaces, [...expected, argocd]);
    for (const each of [a, b, c, named, argocd]) {
      const isThere = await program.find(each, name) !== undefined;
      assert.equal(isThere, body.namespaces.includes(each), each);
    }
  }
  const none = await add(program, uniqueName("pull"), { namespace_selector: `team=${team}x` });
  assert.equal(none.status, 400);
  assert.match(none.body.message, /^Cannot select namespaces of cluster .*no namespace matches$/);
});

realTest("all_namespaces with an exclusion writes to every other namespace", async (program) => {
  const prefix = uniqueName("all");
  const wanted = [`${prefix}-a`, `${prefix}-b`];
  for (const each of wanted) await program.namespace("Active", each);
  const name = uniqueName("pull");
  const more = { all_namespaces: true, exclude_namespaces: ["*"], dry_run: true };
  const none = await add(program, name, more);
  assert.equal(none.status, 400);
  const { status, body } = await add(program, name, { ...more, exclude_namespaces: ["ns-*"] });
  assert.equal(status, 200);
  const found = new Set<string>(body.namespaces);
  for (const each of [...wanted, "team-a", "argocd"]) assert.ok(found.has(each), each);
  assert.ok(body.namespaces.every((each: string) => !each.startsWith("ns-")));
});

argocdNamespaceTest(
  "a dry run changes nothing: no secret, no service account, no namespace",
  async (program, argocd) => {
    const [a, b] = await several(program);
    const name = uniqueName("pull");
    await putAccount(a, "default");
    await add(program, name, { namespaces: a });
    const before = await versions([a, b, argocd]);
    const fresh = uniqueName("fresh");
    const { status, body } = await add(program, name, {
      namespaces: [a, b, fresh],
      create_namespaces: true,
      merge: true,
      registry: "quay.io",
      dry_run: true,
    });
    assert.deepEqual([status, body.dry_run, body.namespaces_created], [200, true, [fresh]]);
    const actions = body.results.map(({ result }: { result: { output: string } }) =>
      result.output.split(" ").slice(1).join(" ")
    );
    assert.deepEqual(actions, [
      "replaced (dry run)",
      "created (dry run)",
      "created (dry run)",
      "replaced (dry run)",
    ]);
    assert.deepEqual(body.results[0].result.changes, [{
      field: "data..dockerconfigjson",
      before: "ghcr.io (user)",
      after: "ghcr.io (user), quay.io (user)",
    }]);
    const account = { namespaces: [a], service_accounts: ["default"], upsert: true, dry_run: true };
    const use = await add(program, name, account);
    assert.deepEqual(use.body.service_accounts, [{
      namespace: a,
      name: "default",
      output: "serviceaccount/default patched (dry run)",
    }]);
    assert.deepEqual(await versions([a, b, argocd]), before);
    assert.equal(await namespaceIsThere(fresh), false);
  },
);
