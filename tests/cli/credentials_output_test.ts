import assert from "node:assert/strict";
import { load } from "js-yaml";
import { COMMANDS, masked, seed } from "./credentials_seed.ts";
import { eachOf, testsBothWays } from "./credentials_support.ts";

const bothWays = testsBothWays((test) => Deno.test(test));

/** Output for programs: the API's response as JSON and YAML. */

const JSON_TEXT: Partial<Record<keyof typeof COMMANDS, string>> = {
  clusters: `{
  "clusters": [
    {
      "name": "gone",
      "source": "folder",
      "server": "http://127.0.0.1:1",
      "labels": {},
      "usable": true,
      "transport": "api"
    },
    {
      "name": "one",
      "source": "folder",
      "server": "http://127.0.0.1:PORT",
      "labels": {},
      "usable": true,
      "transport": "api"
    },
    {
      "name": "two",
      "source": "folder",
      "server": "http://127.0.0.1:PORT",
      "labels": {},
      "usable": true,
      "transport": "api"
    }
  ],
  "total": 3
}
`,
  repo: `{
  "success": true,
  "cluster": "one",
  "type": "git",
  "as": "repo-creds",
  "results": [
    {
      "name": "github",
      "url": "https://github.com/example/",
      "result": {
        "success": true,
        "namespace": "argocd",
        "output": "secret/github replaced (dry run)",
        "changes": [
          {
            "field": "labels.app.kubernetes.io/managed-by",
            "after": "argocd-configurer"
          },
          {
            "field": "annotations.managed-by",
            "after": "argocd.argoproj.io"
          },
          {
            "field": "data.username",
            "before": "ci",
            "after": "new"
          }
        ]
      },
      "application_repo_url": "https://github.com/example/<path>"
    }
  ],
  "dry_run": true,
  "message": "Repository template secret would be updated"
}
`,
  verify: `{
  "success": true,
  "verified": [
    {
      "at": "git@git.example.com:apps.git",
      "tried": false,
      "message": "SSH logins are not verified"
    }
  ],
  "message": "The credential is well-formed. It was not verified"
}
`,
  delete: `{
  "success": true,
  "cluster": "one",
  "name": "pull",
  "deleted": [
    {
      "namespace": "team-a",
      "name": "pull",
      "output": "secret/pull deleted (dry run)"
    }
  ],
  "not_found": [
    "team-b"
  ],
  "dry_run": true,
  "message": "1 secret would be deleted"
}
`,
};

const YAML_TEXT: Partial<Record<keyof typeof COMMANDS, string>> = {
  clusters: `clusters:
  - name: gone
    source: folder
    server: http://127.0.0.1:1
    labels: {}
    usable: true
    transport: api
  - name: one
    source: folder
    server: http://127.0.0.1:PORT
    labels: {}
    usable: true
    transport: api
  - name: two
    source: folder
    server: http://127.0.0.1:PORT
    labels: {}
    usable: true
    transport: api
total: 3
`,
  repo: `success: true
cluster: one
type: git
as: repo-creds
results:
  - name: github
    url: https://github.com/example/
    result:
      success: true
      namespace: argocd
      output: secret/github replaced (dry run)
      changes:
        - field: labels.app.kubernetes.io/managed-by
          after: argocd-configurer
        - field: annotations.managed-by
          after: argocd.argoproj.io
        - field: data.username
          before: ci
          after: new
    application_repo_url: https://github.com/example/<path>
dry_run: true
message: Repository template secret would be updated
`,
  delete: `success: true
cluster: one
name: pull
deleted:
  - namespace: team-a
    name: pull
    output: secret/pull deleted (dry run)
not_found:
  - team-b
dry_run: true
message: 1 secret would be deleted
`,
};

bothWays("-o json and -o yaml print the API's response and nothing else", async (stage) => {
  seed(stage);
  await eachOf(Object.entries(COMMANDS), async ([name, args]) => {
    const command = name as keyof typeof COMMANDS;
    const given = { stdin: stage.canary.value };
    const json = await stage.run([...args, "--output", "json"], given);
    const yaml = await stage.run([...args, "--output=yaml"], given);
    assert.deepEqual([json.code, json.stderr, yaml.code, yaml.stderr], [0, "", 0, ""], command);
    const parsed = JSON.parse(masked(json.stdout));
    assert.equal(masked(json.stdout), JSON.stringify(parsed, null, 2) + "\n");
    assert.deepEqual(load(masked(yaml.stdout)), parsed);
    const [jsonText, yamlText] = [json, yaml].map(({ stdout }) =>
      stdout.replaceAll(/(127\.0\.0\.1:)\d{2,}/g, "$1PORT")
    );
    assert.equal(jsonText, JSON_TEXT[command] ?? jsonText);
    assert.equal(yamlText, YAML_TEXT[command] ?? yamlText);
  });
});

bothWays(
  "-o json of a read prints the same bytes in process and through a server",
  async (stage, way) => {
    seed(stage);
    const { stdout } = await stage.run(["secrets", "one", "-o", "json"]);
    const expected = ["repo_creds", "docker_creds", "helm_creds", "repository"].map((list) =>
      JSON.parse(stdout)[`${list}_secrets`].map(({ name }: { name: string }) => name)
    );
    assert.deepEqual(expected, [["github"], ["pull"], ["charts"], ["charts"]]);
    if (way === "in process") return;
    const own = await stage.runAlone(["secrets", "one", "-o", "json"]);
    assert.equal(own.stdout, stdout);
  },
);

bothWays("-o json prints the response of an error, and standard error its message", async (
  stage,
) => {
  const ended = await stage.run(["secrets", "missing", "-o", "json"]);
  const message = "Cluster 'missing' not found. No kubeconfig file at clusters/missing.kubeconfig";
  assert.deepEqual(ended, {
    code: 1,
    stdout: `{\n  "error": true,\n  "message": "${message}",\n  "status_code": 404,\n` +
      '  "code": "cluster_not_found",\n  "field": "cluster"\n}\n',
    stderr: `error: ${message}. 'argocd-configurer clusters' lists the clusters\n`,
  });
});

bothWays("with several clusters each response is an item with its status", async (stage) => {
  const args = ["delete", "absent", "--cluster", "one,gone", "--yes", "-o"];
  const ended = await stage.run([...args, "yaml"]);
  assert.equal(ended.code, 1, ended.stderr);
  const answers = load(ended.stdout);
  assert.deepEqual(answers, JSON.parse((await stage.run([...args, "json"])).stdout));
  const [one, other] = answers as Record<string, unknown>[];
  assert.deepEqual(one, {
    cluster: "one",
    status_code: 404,
    answer: {
      error: true,
      message:
        "No secret 'absent' managed by argocd-configurer found in cluster 'one'. To delete a secret " +
        "that it does not manage, send force=true and its namespaces in 'namespaces'",
      status_code: 404,
      code: "secret_not_found",
      field: "name",
    },
    transport: "api",
  });
  assert.deepEqual([other!.cluster, other!.status_code], ["gone", 503]);
});
