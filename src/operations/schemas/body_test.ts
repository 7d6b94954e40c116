import assert from "node:assert/strict";
import type { z } from "@hono/zod-openapi";
import { OperationError } from "../errors.ts";
import { parseBody } from "../parse.ts";
import type { Examples } from "../../credentials/kinds/credential_kind.ts";
import { dockerExamples, helmExamples, repoExamples } from "../examples.ts";
import type { Body, ClusterField } from "./body.ts";
import { addDockerBody } from "./docker.ts";
import { addHelmRepoBody } from "./helm_repo.ts";
import { addRepoBody } from "./repo.ts";

const BODIES: [
  name: string,
  body: (clusterField: ClusterField) => Body<z.ZodType>,
  examples: (clusterField: ClusterField) => Examples,
  example: string,
][] = [
  ["add_docker", addDockerBody, dockerExamples, "one"],
  ["add_repo", addRepoBody, repoExamples, "password"],
  ["add_helm_repo", addHelmRepoBody, helmExamples, "https"],
];

const FORMS: [ClusterField, other: ClusterField][] = [
  ["cluster", "cluster_name"],
  ["cluster_name", "cluster"],
];

/** The error message for a body. */
function complaint(body: Body<z.ZodType>, sent: object): string {
  const bytes = new TextEncoder().encode(JSON.stringify(sent));
  try {
    parseBody(new URLSearchParams(), bytes, body);
  } catch (error) {
    assert.ok(error instanceof OperationError);
    return error.message;
  }
  assert.fail("it is accepted");
}

const names = ({ fields }: { readonly fields: object }) => Object.keys(fields);

for (const [name, body, examples, example] of BODIES) {
  const sent = (clusterField: ClusterField) => examples(clusterField)[example]!.value;

  Deno.test(`both forms of ${name} mean the same, each with its own field`, () => {
    const [first, second] = FORMS.map(([field]) => body(field).schema.parse(sent(field)));
    assert.equal((first as { target: unknown }).target, "test-cluster");
    assert.deepEqual(first, second);
  });

  for (const [field, other] of FORMS) {
    const form = body(field);

    Deno.test(`${name} by '${field}' is one schema, with that field in place of the other form's`, () => {
      assert.equal(body(field), form);
      assert.ok(names(form).includes(field));
      assert.ok(!names(form).includes(other));
      const place = names(body(other)).indexOf(other);
      assert.equal(names(form).indexOf(field), place);
    });

    Deno.test(`${name} by '${field}' does not accept '${other}' instead`, () => {
      // Root paths report a missing field first, as they always did.
      const expected = field === "cluster"
        ? "Unknown field 'cluster_name'; did you mean 'cluster'?"
        : "Missing required field: cluster_name";
      assert.equal(complaint(form, sent(other)), expected);
    });

    Deno.test(`${name} by '${field}' reports that field when it is missing or invalid`, () => {
      const { [field]: _, ...none } = sent(field) as Record<string, unknown>;
      const expected = field === "cluster"
        ? "No cluster selected: set 'cluster', 'clusters' ([\"*\"] for all) or 'cluster_selector'"
        : `Missing required field: ${field}`;
      assert.equal(complaint(form, none), expected);
      const wrong = complaint(form, { ...none, [field]: "../x" });
      assert.ok(wrong.startsWith(`Field '${field}' is invalid: a cluster name `), wrong);
    });
  }
}
