/** A command of the command line, as far as its list of all commands shows it. */
export interface Command {
  /** `docker add` */
  readonly words: readonly string[];
  /** What it does, in a clause without a period. */
  readonly brief: string;
  /** What all commands that begin with the same word have in common. @default that of the first */
  readonly group?: string;
}

/** What help says of a command besides, and how it takes its fields. */
export interface CommandHelp {
  /** One or more sentences, between what all commands have in common. */
  readonly full?: string;
  /** `1: refused; 2: …`, where they are others than those of all commands on clusters. */
  readonly exitCodes?: string;
  readonly examples: readonly (readonly [args: string, brief: string])[];
  /** Fields that are arguments by their place and not flags, in order. */
  readonly args?: readonly {
    readonly field: string;
    readonly brief: string;
    /** Whether a flag may stand in its place. @default false */
    readonly isOptional?: true;
  }[];
  /** Which fields help shows together; what is not named here by its form and what the operation does. */
  readonly groups?: Readonly<Partial<Record<FieldGroup, readonly string[]>>>;
  /** Flags by one letter: `{ n: "namespaces" }` */
  readonly letters?: Readonly<Record<string, string>>;
  /** Fields whose flags come before all others, which have the order of the fields. */
  readonly first?: readonly string[];
  /** Other names of fields' flags in this command, by field: `{ expires_within: "within" }` */
  readonly flagNames?: Readonly<Record<string, string>>;
  /** What is meant where the flag of a field is absent, by field; help tells it. */
  readonly defaults?: Readonly<Record<string, string | number>>;
  /** What is asked for at a terminal, by the path of its field: `{ "set.password": "New password" }` */
  readonly questions?: Readonly<Record<string, string>>;
  /** What the credential is for, where some of it is asked for at a terminal: a registry's host. */
  asks?(input: Readonly<Record<string, unknown>>): string;
}

/** Of fields: what is replaced, what is written, where to, what kind of repository, what is asked for, and how. */
export type FieldGroup = "old" | "credential" | "where" | "repository" | "which" | "how";
