/**
 * How a command line gives a field. Its name is the field's with hyphens, below an object after the
 * object's or its prefix: `github_app.private_key` is `--github-app-private-key`.
 */
export interface Flag {
  readonly by: FlagForm;
  /** Its whole name, wherever it stands: `url-prefix`. */
  readonly name?: string;
  /** For help: a clause that begins with a capital, without a period. */
  readonly brief: string;
  /** Stands for the value in help: `name`, `file`, `url`. Of a switch none. */
  readonly value?: string;
  /** The words that it takes, of a `choice`. */
  readonly words?: readonly string[];
  /** That help calls it required, with what may stand in for it: ``, `, or --registries-file`. */
  readonly required?: string;
  /** What is told where nothing was given, if the flag's name alone does not tell it. */
  readonly missing?: string;
  /** Of `repeated`: the field that takes several, where this one takes one. */
  readonly several?: string;
}

/**
 * - `text`, `number`, `choice`: `--name VALUE`
 * - `switch`: `--name`; `on_switch` is on unless `--no-name` stands there
 * - `list`: `--name a,b --name c`, an array
 * - `commas`: the same, a text with the commas in it
 * - `repeated`: `--name a --name b`; commas belong to a value
 * - `file`: `--name-file FILE`, the text of it
 * - `json_file`: `--name-file FILE`, what its JSON stands for
 * - `line`: `--name-stdin` or `--name-file FILE`, without the line break at its end: a secret
 * - `password`: the same; else the variable of the environment, else a question at the terminal. It
 *   is that of the field `username` beside it
 * - `login`: `--name VALUE`, else a question at the terminal
 * - `text_or_file`: `--name VALUE`, or `--name-file FILE` where there is a password in it
 */
export type FlagForm =
  | "text"
  | "number"
  | "choice"
  | "switch"
  | "on_switch"
  | "list"
  | "commas"
  | "repeated"
  | "file"
  | "json_file"
  | "line"
  | "password"
  | "login"
  | "text_or_file";
