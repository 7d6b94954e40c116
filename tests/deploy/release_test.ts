import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { TARGETS } from "../../scripts/build/compile.ts";
import { type Parsed, ROOT } from "./files.ts";
import { jobs, RELEASE_TEXT as text, script, steps, workflow } from "./release_stage.ts";

/** The rules of the release workflow. */

Deno.test("the workflow is started by a version's tag or manually, and by nothing that others can trigger", () => {
  deepEqual(Object.keys(workflow.on), ["push", "workflow_dispatch"]);
  deepEqual(workflow.on.push, { tags: ["v*"] });
});

Deno.test("every script is valid bash", async () => {
  deepEqual(workflow.defaults, { run: { shell: "bash" } });
  const scripts = steps.filter((step) => step.run !== undefined);
  ok(scripts.length > 5);
  for (const { run, shell } of scripts) {
    equal(shell, undefined);
    const { code, stderr } = await new Deno.Command("bash", { args: ["-n", "-c", run] }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
  }
});

Deno.test("no script contains an expression, since a tag's name would be run as shell code", () => {
  for (const { run } of steps) ok(!run?.includes("${{"), run);
});

Deno.test("no secret is used except the token of each run", () => {
  ok(!/\bsecrets\b/.test(text));
  const tokens = steps.filter((step) => JSON.stringify(step).includes("github.token"));
  deepEqual(tokens.map(({ id }) => id), ["push", "publish", "tags"]);
});

Deno.test("each job has minimal permissions, and the one with write permissions runs nothing that was built", () => {
  deepEqual(workflow.permissions, {});
  deepEqual(Object.fromEntries(jobs.map(([name, job]) => [name, job.permissions])), {
    test: { contents: "read" },
    build: { contents: "read" },
    image: { contents: "read" },
    publish: { contents: "write", packages: "write", "id-token": "write", attestations: "write" },
  });
  const programs = workflow.jobs.publish.steps.map(({ id, uses, run }: Parsed) =>
    uses?.replace(/@.*/, "") ?? id ?? run
  );
  deepEqual(programs, [
    "actions/download-artifact",
    "actions/download-artifact",
    "sha256sum --check --strict SHA256SUMS",
    "push",
    "actions/attest",
    "actions/attest",
    "publish",
    "tags",
  ]);
  for (const id of ["push", "publish", "tags"]) {
    ok(!/(^|[|;&(])\s*(podman|npx|tar|bash|sh|eval|source|\.\/\S+) /m.test(script(id)), id);
  }
});

Deno.test("archives and image are attested before anything but the image's version is published", () => {
  const steps: Parsed[] = workflow.jobs.publish.steps;
  const [files, image] = steps.filter(({ uses }) => uses?.startsWith("actions/attest@"));
  deepEqual(files.with, { "subject-path": "release/*" });
  deepEqual(image.with, {
    "subject-name": "${{ steps.push.outputs.image }}",
    "subject-digest": "${{ steps.push.outputs.digest }}",
    "push-to-registry": true,
    "create-storage-record": false,
  });
  match(script("push"), /docker:\/\/\$image:v\$VERSION"/);
});

Deno.test("every action is GitHub's own and pinned by its commit, with its tag in a comment", () => {
  const used = [...text.matchAll(/^ *(?:- )?uses: (.*)$/gm)].map(([, action]) => action!);
  equal(used.length, steps.filter((step) => step.uses !== undefined).length);
  for (const action of used) match(action, /^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

Deno.test("a checkout leaves no token behind for the scripts", () => {
  for (const { uses, with: given } of steps) {
    if (uses?.startsWith("actions/checkout@")) equal(given["persist-credentials"], false);
  }
});

Deno.test("the workflow builds for all targets, with the Deno that CI runs", async () => {
  deepEqual(workflow.env.TARGETS.split(" "), TARGETS);
  const ci = await Deno.readTextFile(join(ROOT, ".ci/run"));
  match(ci, new RegExp(`deno@${workflow.env.DENO_VERSION.replaceAll(".", "\\.")} task "`));
});

Deno.test("a release needs a tag and passed tests, and never follows a run that records checksums", () => {
  equal(workflow.jobs.build.needs, "test");
  deepEqual(workflow.jobs.image.needs, ["test", "build"]);
  deepEqual(workflow.jobs.publish.needs, ["test", "build", "image"]);
  equal(workflow.jobs.publish.if, "github.ref_type == 'tag' && !inputs.record");
  equal(workflow.jobs.publish.environment, "release");
  ok(workflow.jobs.test.steps.some((step: Parsed) => step.run === ".ci/run"));
});

Deno.test("the release workflow uses no cache", () => {
  ok(!/actions\/cache/.test(text));
  for (const { uses, with: given } of steps) {
    if (uses?.startsWith("actions/setup-go@")) equal(given.cache, false);
  }
});
