import { OperationError } from "../../operations/errors.ts";
import type { Operation } from "../../operations/operation.ts";
import { isTerminal, promptHidden, promptLine } from "../client/prompt.ts";
import { PASSWORD_VARIABLE } from "../client/secret_input.ts";
import type { Words } from "../client/error_text.ts";
import { type Input, partsOf } from "../client/backend.ts";
import { Failure } from "../failure.ts";
import type { LoadedOperation } from "./load.ts";

/** The required fields that an input lacks. */
export class Missing {
  /** @param isNamed whether clusters are named, or all are meant */
  constructor(
    readonly loaded: LoadedOperation,
    readonly words: Words,
    readonly isNamed: boolean,
  ) {}

  /** @throws {Failure} that lists all missing fields for which there is no prompt */
  refuse(input: Input): void {
    const lacking = this.#fields(input).filter((field) => !this.#isAskable(field));
    if (lacking.length > 0) throw new Failure(this.words.missing(lacking), 2, { isInHelp: true });
  }

  /**
   * Completes the input from the environment and from prompts on a terminal, the user name first.
   * @throws {Failure} as {@link refuse}
   */
  async completed(input: Input): Promise<Input> {
    for (let known = input;;) {
      this.refuse(known);
      const lacking = this.#fields(known);
      const field = lacking.find((each) => this.#formOf(each) === "login") ?? lacking[0];
      if (field === undefined) return known;
      known = withValue(known, this.#flagOf(field)!.path, await this.#answer(field, known));
    }
  }

  #fields(input: Input): readonly string[] {
    const { operation, module } = this.loaded;
    const named = this.isNamed ? anyCluster(operation) : {};
    try {
      module.take(partsOf(operation, { ...named, ...input }));
      return [];
    } catch (error) {
      // Other errors are reported when the operation is carried out.
      if (!(error instanceof OperationError) || !LACKING.includes(error.code)) return [];
      return [...new Set([...error.fields, ...this.#userBeside(input)])];
    }
  }

  /** The user name that belongs to a password, where the operation reports other fields first. */
  #userBeside({ password, username }: Input): readonly string[] {
    const user = this.loaded.flags.find(({ name }) => name === "username");
    const isMissed = password !== undefined && username === undefined;
    return isMissed && user !== undefined && user.flag.required === undefined ? ["username"] : [];
  }

  /** The flag of a field; for an object, the flag of the password in it. */
  #flagOf(field: string) {
    const { flags } = this.loaded;
    return flags.find(({ path }) => path.join(".") === field) ??
      flags.find(({ path, flag }) => path[0] === field && flag.by === "password");
  }

  #formOf(field: string) {
    return this.#flagOf(field)?.flag.by;
  }

  #isAskable(field: string): boolean {
    const form = this.#formOf(field);
    if (form === "password") return Boolean(Deno.env.get(PASSWORD_VARIABLE)) || isTerminal();
    return form === "login" && isTerminal();
  }

  async #answer(field: string, input: Input): Promise<string> {
    const { asks, questions = {} } = this.loaded.help;
    const place = asks === undefined ? "" : ` for ${asks(input)}`;
    if (this.#formOf(field) === "login") {
      const said = await promptLine(`User name${place}: `);
      if (said === "") throw new Failure(this.words.missing([field]), 2, { isInHelp: true });
      return said;
    }
    const whose = input.username === undefined ? "" : ` of ${input.username}`;
    const what = questions[this.#flagOf(field)!.path.join(".")] ?? "Password";
    return Deno.env.get(PASSWORD_VARIABLE) || await promptHidden(`${what}${whose}${place}: `);
  }
}

/** Codes of errors about missing fields. */
const LACKING: readonly string[] = ["missing_field", "selection_required"];

/** A placeholder for the named clusters. */
function anyCluster({ clusters, method }: Operation): Input {
  if (clusters !== "many") return { cluster: "one" };
  return { clusters: method === "post" ? ["one"] : "one" };
}

/** With a value at a path; missing objects on the path are created. */
function withValue(input: Input, [name, ...rest]: readonly string[], value: unknown): Input {
  if (rest.length === 0) return { ...input, [name!]: value };
  return { ...input, [name!]: withValue((input[name!] ?? {}) as Input, rest, value) };
}
