import assert from "node:assert/strict";
import { settingsOf } from "../../config/schema.ts";
import { send } from "../../fields/advice.ts";
import { ERROR_CODES, type ErrorCode, OperationError } from "../../operations/errors.ts";
import { ERRORS } from "../../operations/error_table.ts";
import { ALL_ERRORS } from "../../operations/fake/all_errors.ts";
import type { Operation } from "../../operations/operation.ts";
import { operationNamed } from "../../operations/table.ts";
import { createApp } from "../../server/app.ts";
import { wire } from "../../wire.ts";
import { thisMachine } from "../machine.ts";
import { inProcess } from "./in_process.ts";
import { remote } from "./remote.ts";
import { flagFor, notesOf, type Told, toldOf, type Words } from "./told.ts";
import type { Way } from "./way.ts";

/** Errors in the words of the command line, whichever way the operation was carried out. */

const NAMES: Pick<Words, "of" | "missing"> = {
  of: (path) => path === "password" ? "the password" : `--${path.replaceAll(/[_.]/g, "-")}`,
  missing: (paths) => `Missing ${paths.map((path) => NAMES.of(path)).join(", ")}`,
};

async function wordsOf(operation: Operation): Promise<Words> {
  const { fields = {} } = await operation.load();
  return { operation, fields: Object.keys(fields), ...NAMES };
}

/** What is told in other words than a server's message: about what was given, unless `isUsage` is false. */
const IN_FLAGS: Readonly<Record<string, { readonly says: string; readonly isUsage?: false }>> = {
  "Missing required field: username": { says: "Missing --username" },
  // The words of a command with such fields tell what else would do.
  "Missing one of the fields password, ssh_private_key, fingerprint": {
    says: "Missing the password",
  },
  "Missing required fields: password, username": { says: "Missing the password, --username" },
  "Missing required parameters 'cluster', 'name'": { says: "Missing --cluster, --name" },
  "Field 'urls.1' has no host": { says: "--urls-1 has no host" },
  "Field 'password' must not be empty": { says: "The password must not be empty" },
  "Field 'github_app' has an unknown field": { says: "--github-app has an unknown field" },
  "Parameter 'name' stands in the path": { says: "--name stands in the path" },
  "Parameter 'dry_run' belongs in the JSON body, as a field; there is no query": {
    says: "--dry-run belongs in the JSON body, as a field; there is no query",
  },
  "Field 'registries' contradicts 'registry'; give one of them": {
    says: "--registries contradicts --registry; give one of them",
  },
  "Field 'namespaces' must not name 'argocd': the secret is written there anyway": {
    says: "--namespaces must not name 'argocd': the secret is written there anyway",
  },
  'Field \'name\' must be another; send "force": true and "name": "a\\"b" to go on': {
    says: '--name must be another; give --force and --name a"b to go on',
  },
  "The credential is not accepted by ghcr.io: denied; nothing was written": {
    says:
      "The credential is not accepted by ghcr.io; nothing was written\n  ghcr.io: refused: denied",
    isUsage: false,
  },
  'The new credential cannot be tried at ghcr.io: no answer; nothing was written. To write it there untried, send "allow_untried": true':
    {
      says:
        "The new credential cannot be tried at ghcr.io; nothing was written. To write it there " +
        'untried, send "allow_untried": true\n  ghcr.io: no answer: no answer',
      isUsage: false,
    },
  "The credential cannot be tried at ghcr.io: no answer": {
    says: "The credential cannot be tried at ghcr.io\n  ghcr.io: unknown: no answer",
    isUsage: false,
  },
};

/** What is wrong with what was given, though it is told as it stands. */
const USAGE: readonly ErrorCode[] = [
  "invalid_field",
  "unknown_field",
  "misplaced_field",
  "same_value",
];

/** Advice, as each of the faces has it. */
const ADVICE: readonly (readonly [sent: string, given: string])[] = [
  ['send "force": true with "upsert": true', "give --force with --upsert"],
  ['send "upsert": true and "name": "b"', "give --upsert and --name b"],
  ['send "force": true', "give --force"],
  ["send force=true", "give --force"],
  ["send the same request again", "run the same command again"],
];

function expected({ code, message, more }: OperationError): Told {
  const known = IN_FLAGS[message];
  if (known !== undefined) {
    return { lines: known.says.split("\n"), isUsage: known.isUsage ?? true };
  }
  const [sent, given] = ADVICE.find(([sent]) => message.includes(sent)) ?? ["", ""];
  const isRequired = (more.body as { upsert_required?: true } | undefined)?.upsert_required;
  return {
    lines: [
      sent === "" ? message : message.replace(sent, given),
      ...isRequired ? ["  Give --upsert to replace what exists"] : [],
    ],
    isUsage: USAGE.includes(code),
  };
}

const MORE_RULES = [
  { kind: "field", field: "password", rule: "must not be empty" },
  { kind: "field", field: "registries", rule: "contradicts 'registry'; give one of them" },
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

/** Operations that end as they are told. */
function ending(name: string, thrown: () => Error): Operation {
  const operation = operationNamed(name);
  const take = () => {
    throw thrown();
  };
  return { ...operation, load: async () => ({ ...await operation.load(), take }) };
}

interface Stage {
  readonly ways: readonly (readonly [name: string, way: Way])[];
  /** What the operations end with from now on. */
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
    get ways() {
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

Deno.test("an error of any code is told in the same words in process and by a server", () =>
  onStage(async (stage) => {
    for (const error of allErrors()) {
      stage.thrown = error;
      const isInQuery = (error.details as { by?: string }).by === "query";
      // Of a write, but where the details say that nothing was to be written.
      const isWrite = (error.details as { isWrite?: boolean }).isWrite ?? true;
      const operation = isInQuery ? stage.remove : stage.docker;
      const words = await wordsOf(isWrite ? operation : { ...operation, effect: "try" });
      const answers: unknown[] = [];
      for (const [name, way] of stage.ways) {
        const { advice: _, ...answer } = await way.ask(operation, {});
        answers.push(answer);
        const message = `${name}: ${error}`;
        assert.deepEqual(toldOf(answer, words, false), expected(error), message);
      }
      assert.deepEqual(answers[0], answers[1]);
    }
  }));

Deno.test("a bug is told in the same words, too, and nothing of it", () =>
  onStage(async (stage) => {
    stage.thrown = new TypeError("Cannot read properties of not-a-password");
    const words = await wordsOf(stage.docker);
    for (const [name, way] of stage.ways) {
      const answer = await way.ask(stage.docker, {});
      assert.equal(answer.status, 500, name);
      const { lines } = toldOf(answer, words, false);
      assert.deepEqual(lines, ["Internal server error"], name);
    }
  }));

Deno.test("a hint advises flags, and what it quotes of a cluster stays as it is", async () => {
  const words = await wordsOf(operationNamed("addRepo"));
  const hint = `one template would do (${send({ as: "repo-creds", url: "https://h/" })}); 'url'`;
  assert.deepEqual(notesOf({ status: 200, body: { hint } }, words, false), [
    "hint: one template would do (give --as repo-creds and --url https://h/); 'url'",
  ]);
});

Deno.test("clusters that were not seen are told with the flag that leaves them out, once", async () => {
  const operation = operationNamed("rotateCredential");
  const { fields = {} } = await operation.load();
  const words = { operation, fields: Object.keys(fields), ...NAMES };
  const lines = (names: readonly string[]) => {
    const notSeen = names.map((cluster) => ({ cluster, status: "timeout", message: "no answer" }));
    const message = ERRORS.clusters_not_seen.sentence({ notSeen, maxFailures: 0 }, "v1");
    const body = { error: true, code: "clusters_not_seen", message, not_seen: notSeen };
    return toldOf({ status: 409, body }, words, false).lines;
  };
  assert.deepEqual(lines(["a"]), [
    "Cluster 'a' could not be read: no answer; nothing was written. Leave it out with --cluster '!a', " +
    "or give --max-failures 1",
  ]);
  assert.deepEqual(lines(["a", "b"]), [
    "2 clusters could not be read: 'a', 'b'; nothing was written. Leave them out with --cluster " +
    "'!a,!b', or give --max-failures 2",
    ...["  a: no answer", "  b: no answer"],
  ]);
});

Deno.test("a flag is advised as it is given, also one that is on unless it is negated", () => {
  assert.deepEqual(
    [flagFor("--force", true), flagFor("--managed-only", false), flagFor("--no-verify", false)],
    ["--force", "--no-managed-only", "--no-verify"],
  );
  assert.equal(flagFor("--as", "repo-creds"), "--as repo-creds");
});
