/**
 * The command-line flag of a field. Its name is the field's name with hyphens; the name or prefix of an
 * enclosing object precedes it: `github_app.private_key` is `--github-app-private-key`.
 */
export interface Flag {
  readonly by: FlagForm;
  /** The whole name, without the prefix of an enclosing object: `url-prefix`. */
  readonly name?: string;
  /** Help text: starts with a capital, no full stop. */
  readonly brief: string;
  /** Placeholder for the value in help: `name`, `file`, `url`; a switch has none. */
  readonly value?: string;
  /** The allowed words of a `choice`, or of `commas`. */
  readonly words?: readonly string[];
  /** Present if help calls the flag required; names the alternatives: ``, `, or --registries-file`. */
  readonly required?: string;
  /** Shown if the value is missing, in place of the flag's name. */
  readonly missing?: string;
  /** For `repeated`: the field that takes several values; this one takes one. */
  readonly several?: string;
}

/**
 * - `text`, `number`, `choice`: `--name VALUE`
 * - `switch`: `--name`; `on_switch` is on unless `--no-name` is given
 * - `list`: `--name a,b --name c`, an array
 * - `commas`: the same, sent as one comma-separated text
 * - `repeated`: `--name a --name b`; commas are part of a value
 * - `file`: `--name-file FILE`, the file's text
 * - `json_file`: `--name-file FILE`, the file's JSON value
 * - `line`: `--name-stdin` or `--name-file FILE`, without the line break at the end: a secret
 * - `password`: the same; otherwise the environment variable or a prompt. The password belongs to the
 *   field `username` of the same object
 * - `login`: `--name VALUE`, otherwise a prompt
 * - `text_or_file`: `--name VALUE`, or `--name-file FILE` for a value with a password
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
