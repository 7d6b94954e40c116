import assert from "node:assert/strict";
import { settingsOf } from "../../config/schema.ts";
import { send } from "../../fields/advice.ts";
import { ERROR_CODES, type ErrorCode, ERRORS, OperationError } from "../../operations/errors.ts";
import { ALL_ERRORS } from "../../operations/fake/all_errors.ts";
import type { Operation } from "../../operations/operation.ts";
import { operationNamed } from "../../operations/table.ts";
import { createApp } from "../../server/app.ts";
import { wire } from "../../wire.ts";
import { thisMachine } from "../machine.ts";
import { inProcess } from "./in_process.ts";
import { remote } from "./remote.ts";
import { type ErrorText, errorText, flagFor, notesOf, type Words } from "./error_text.ts";
import type { Backend } from "./backend.ts";

/** Errors in the words of the command line, whichever backend ran the operation. */

const NAMES: Pick<Words, "of" | "missing"> = {
  of: (path) => path === "password" ? "the password" : `--${path.replaceAll(/[_.]/g, "-")}`,
  missing: (paths) => `Missing ${paths.map((path) => NAMES.of(path)).join(", ")}`,
};

async function wordsOf(operation: Operation): Promise<Words> {
  const { fields = {} } = await operation.load();
  return { operation, fields: Object.keys(fields), ...NAMES };
}

/** Messages that differ from the server's; usage errors, unless `isUsage` is false. */
const IN_FLAGS: Readonly<Record<string, { readonly says: string; readonly isUsage?: false }>> = {
  "Missing required field: username": { says: "Missing --username" },
  // The command itself names the alternatives.
  "Missing one of the fields password, ssh_private_key, fingerprint": {
    says: "Missing the password",
  },
  "Missing required fields: password, username": { says: "Missing the password, --username" },
  "Missing required parameters 'cluster', 'name'": { says: "Missing --cluster, --name" },
  "Field 'urls.1' has no host": { says: "--urls-1 has no host" },
  "Field 'password' must not be empty": { says: "The password must not be empty" },
  "Field 'github_app' has an unknown field": { says: "--github-app has an unknown field" },
  "Parameter 'name' is part of the path and not allowed in the query": {
    says: "--name is part of the path and not allowed in " +
      "the query",
  },
  "Parameter 'dry_run' is a field of the JSON body and not allowed in the query": {
    says: "--dry-run is a field of the JSON body and not allowed in the query",
  },
  "Field 'registries' cannot be combined with 'registry'": {
    says: "--registries cannot be combined with --registry",
  },
  "Field 'namespaces' must not name 'argocd': the secret is written there anyway": {
    says: "--namespaces must not name 'argocd': the secret is written there anyway",
  },
  'Field \'name\' must be another; send "force": true and "name": "a\\"b" to go on': {
    says: '--name must be another; give --force and --name a"b to go on',
  },
  // The advice, which only a remote backend adds, names the variable.
  "Token missing. Send the header 'Authorization: Bearer TOKEN'": {
    says: "The server requires a token",
    isUsage: false,
  },
  "Credential refused by ghcr.io: denied. Nothing was changed": {
    says: "Credential refused by ghcr.io. Nothing was changed\n  ghcr.io: refused: denied",
    isUsage: false,
  },
  'Cannot verify the new credential at ghcr.io: no answer. Nothing was changed. To write it there unverified, send "allow_untried": true':
    {
      says: "Cannot verify the new credential at ghcr.io. Nothing was changed. To write it " +
        'there unverified, send "allow_untried": true\n  ghcr.io: unreachable: no answer',
      isUsage: false,
    },
  "Cannot verify the credential at ghcr.io: no answer": {
    says: "Cannot verify the credential at ghcr.io\n  ghcr.io: unknown: no answer",
    isUsage: false,
  },
};

/** Codes of usage errors whose message stays unchanged. */
const USAGE: readonly ErrorCode[] = [
  "invalid_field",
  "unknown_field",
  "misplaced_field",
  "same_value",
];

/** Advice of the API, and that of the command line. */
const ADVICE: readonly (readonly [sent: string, given: string])[] = [
  ['send "force": true with "upsert": true', "give --force with --upsert"],
  ['Send "upsert": true and "name": "b"', "Give --upsert and --name b"],
  ['send "force": true', "give --force"],
  ['Send "force": true', "Give --force"],
  [
    "send force=true and its namespaces in 'namespaces'",
    "give --force and its namespaces in --namespaces",
  ],
  ["send force=true", "give --force"],
  ["Send force=true", "Give --force"],
  ["Send the same request again", "Run the same command again"],
  ["Leave out 'git_write_back' for", "Leave out --git-write-back for"],
  ["Use 'upsert' instead of 'merge'", "Use --upsert instead of --merge"],
  ["from 'first'", "from --first"],
  ["clusters of 'first'", "clusters of --first"],
  ["GET /api/v1/credentials", "'fleet -o json'"],
];

function expected({ code, message, more }: OperationError): ErrorText {
  const known = IN_FLAGS[message];
  if (known !== undefined) {
    return { lines: known.says.split("\n"), isUsage: known.isUsage ?? true };
  }
  const [sent, given] = ADVICE.find(([sent]) => message.includes(sent)) ?? ["", ""];
  const isRequired = (more.body as { upsert_required?: true } | undefined)?.upsert_required;
  return {
    lines: [
      sent === "" ? message : message.replace(sent, given),
      ...isRequired ? ["  Give --upsert to replace existing secrets"] : [],
    ],
    isUsage: USAGE.includes(code),
  };
}

const MORE_RULES = [
  { kind: "field", field: "password", rule: "must not be empty" },
  { kind: "field", field: "registries", rule: "cannot be combined with 'registry'" },
  {
    kind: "field",
    field: "namespaces",
    rule: "must not name 'argocd': the secret is written there anyway",
  },
  {
    kind: "field",
    field: "name",
    rule: `must be another; ${send({ force: true, name: 'a"b' })} to go on`,
  },
] as const;

/** All errors, as operations throw them. */
function allErrors(): OperationError[] {
  const all = ERROR_CODES.flatMap((code) =>
    ALL_ERRORS[code].map(([details, { more }]) => new OperationError(code, details, more))
  );
  const rules = MORE_RULES.map((details) => new OperationError("invalid_field", details));
  return [...all, ...rules].map((error) => {
    const { code, details, more } = error;
    const body = { ...more.body, ...bodyOf(error) };
    return new OperationError(code, details, { ...more, body });
  });
}

function bodyOf({ code, details }: OperationError): object {
  if (code === "exists") return { upsert_required: true };
  if (code === "credential_untried") {
    const { at, why: message } = details as { at: string; why: string };
    return { verified: [{ at, state: "unreachable", message }] };
  }
  if (code !== "credential_refused" && code !== "credential_unverifiable") return {};
  const { at, why } = details as { at: string; why: string };
  const accepted = code === "credential_refused" ? false : null;
  return { verified: [{ at, tried: true, reachable: true, accepted, may: [], message: why }] };
}

/** An operation that throws. */
function ending(name: string, thrown: () => Error): Operation {
  const operation = operationNamed(name);
  const take = () => {
    throw thrown();
  };
  return { ...operation, load: async () => ({ ...await operation.load(), take }) };
}

interface Stage {
  readonly backends: readonly (readonly [name: string, backend: Backend])[];
  /** What the operations throw from now on. */
  thrown: Error;
  readonly docker: Operation;
  readonly remove: Operation;
}

async function onStage(test: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const settings = settingsOf({ "clusters-folder": folder });
  const here = await inProcess(settings);
  const { close, ...wired } = wire(settings, thisMachine(), "1.2.3");
  const stage: Stage = {
    thrown: new Error("nothing yet"),
    docker: ending("addDocker", () => stage.thrown),
    remove: ending("deleteSecret", () => stage.thrown),
    get backends() {
      return [["in process", here], ["by a server", there]] as const;
    },
  };
  const services = { ...wired.services, operations: [stage.docker, stage.remove] };
  const app = createApp({ ...wired, services, allowedHosts: [], corsOrigins: [] });
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => app.fetch(request),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const there = remote({ url, namedBy: "--server", plainHttp: false });
  try {
    await test(stage);
  } finally {
    await Promise.all([here.close(), there.close()]);
    close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an error of any code has the same text in process and by a server", () =>
  onStage(async (stage) => {
    for (const error of allErrors()) {
      stage.thrown = error;
      const isInQuery = (error.details as { by?: string }).by === "query";
      // Of a write, but where the details say that nothing was to be written.
      const isWrite = (error.details as { isWrite?: boolean }).isWrite ?? true;
      const operation = isInQuery ? stage.remove : stage.docker;
      const words = await wordsOf(isWrite ? operation : { ...operation, effect: "try" });
      const answers: unknown[] = [];
      for (const [name, backend] of stage.backends) {
        const { advice: _, ...answer } = await backend.request(operation, {});
        answers.push(answer);
        const message = `${name}: ${error}`;
        assert.deepEqual(errorText(answer, words, false), expected(error), message);
      }
      assert.deepEqual(answers[0], answers[1]);
    }
  }));

Deno.test("a bug has the same text, too, without its message; a server's log has that", () =>
  onStage(async (stage) => {
    stage.thrown = new TypeError("Cannot read properties of not-a-password");
    const words = await wordsOf(stage.docker);
    for (const [name, backend] of stage.backends) {
      const { advice, ...answer } = await backend.request(stage.docker, {});
      assert.equal(answer.status, 500, name);
      const id = answer.body.request_id;
      const inLog = backend.isRemote ? `The server's log has the reason, with id=${id}` : undefined;
      assert.equal(advice, inLog, name);
      const { lines } = errorText(answer, words, false);
      assert.deepEqual(lines, ["Internal server error"], name);
    }
  }));

Deno.test("a hint names flags instead of fields, and its quotes from a cluster are unchanged", async () => {
  const words = await wordsOf(operationNamed("addRepo"));
  const hint = `one template would do (${send({ as: "repo-creds", url: "https://h/" })}); 'url'`;
  assert.deepEqual(notesOf({ status: 200, body: { hint } }, words, false), [
    "hint: one template would do (give --as repo-creds and --url https://h/); 'url'",
  ]);
});

Deno.test("clusters that could not be read are named once, with the flag that excludes them", async () => {
  const operation = operationNamed("rotateCredential");
  const { fields = {} } = await operation.load();
  const words = { operation, fields: Object.keys(fields), ...NAMES };
  const lines = (names: readonly string[]) => {
    const notSeen = names.map((cluster) => ({ cluster, status: "timeout", message: "no answer" }));
    const message = ERRORS.clusters_not_seen.sentence(
      { notSeen, isFirst: false, maxFailures: 0 },
      "v1",
    );
    const body = { error: true, code: "clusters_not_seen", message, not_seen: notSeen };
    return errorText({ status: 409, body }, words, false).lines;
  };
  assert.deepEqual(lines(["a"]), [
    "Cannot read cluster 'a': no answer. Nothing was changed. Leave it out with " +
    "--cluster '!a', or give --max-failures 1",
  ]);
  assert.deepEqual(lines(["a", "b"]), [
    "Cannot read 2 clusters: 'a', 'b'. Nothing was changed. Leave them out with " +
    "--cluster '!a,!b', or give --max-failures 2",
    ...["  a: no answer", "  b: no answer"],
  ]);
});

Deno.test("a hint names a flag as the user gives it", () => {
  assert.deepEqual(
    [flagFor("--force", true), flagFor("--managed-only", false), flagFor("--no-verify", false)],
    ["--force", "--no-managed-only", "--no-verify"],
  );
  assert.equal(flagFor("--as", "repo-creds"), "--as repo-creds");
});
