/** A command of the command line, as the list of all commands shows it. */
export interface Command {
  /** `docker add` */
  readonly words: readonly string[];
  /** What the command does: an imperative clause without a full stop. */
  readonly brief: string;
  /** The brief of the group: of all commands with the same first word. @default the first command's brief */
  readonly group?: string;
}

/** The rest of a command's help, and how the command takes the operation's fields. */
export interface CommandHelp {
  /** One or more sentences; help adds what all commands have in common. */
  readonly full?: string;
  /** `1: refused; 2: …`, where the exit codes differ from those of all commands on clusters. */
  readonly exitCodes?: string;
  readonly examples: readonly (readonly [args: string, brief: string])[];
  /** Fields that are positional arguments and not flags, in order. */
  readonly args?: readonly {
    readonly field: string;
    readonly brief: string;
    /** Whether a flag can replace the argument. @default false */
    readonly isOptional?: true;
  }[];
  /** Which fields help shows together. @default by the field's form and the operation's effect */
  readonly groups?: Readonly<Partial<Record<FieldGroup, readonly string[]>>>;
  /** One-letter flags: `{ n: "namespaces" }` */
  readonly letters?: Readonly<Record<string, string>>;
  /** Fields whose flags come first; the others follow in the order of the fields. */
  readonly first?: readonly string[];
  /** Flag names that differ from the field's name, by field: `{ expires_within: "within" }` */
  readonly flagNames?: Readonly<Record<string, string>>;
  /** Defaults of flags in this command, by field; help shows them. */
  readonly defaults?: Readonly<Record<string, string | number>>;
  /** Prompts on a terminal, by the path of the field: `{ "set.password": "New password" }` */
  readonly questions?: Readonly<Record<string, string>>;
  /** What the credential is for, shown in the prompt for a missing part: the host of a registry. */
  asks?(input: Readonly<Record<string, unknown>>): string;
}

/** Groups of flags: the old credential, the new one, the target, the repository, filters, behaviour. */
export type FieldGroup = "old" | "credential" | "where" | "repository" | "which" | "how";
