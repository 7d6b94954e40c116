/** A name or value in the configuration that has no effect, although somebody set it. */
export type ConfigWarning =
  | {
    readonly kind: "unknown_setting";
    readonly setting: string;
    /** Where it is set: `FILE:LINE`, or an environment variable. */
    readonly origin: string;
    readonly nearest?: string;
  }
  | {
    readonly kind: "unknown_variable";
    readonly variable: string;
    readonly nearest?: string;
  }
  | {
    readonly kind: "empty_variable";
    /** A protective setting. */
    readonly variable: string;
  };

/** The warning as a sentence without a full stop, for commands that print it. */
export function warningText(warning: ConfigWarning): string {
  switch (warning.kind) {
    case "unknown_setting":
      return `Unknown setting '${warning.setting}' in ${warning.origin}${question(warning)}`;
    case "unknown_variable":
      return `Unknown environment variable '${warning.variable}'${question(warning)}`;
    case "empty_variable":
      return `Environment variable '${warning.variable}' is empty and has no effect`;
  }
}

const question = ({ nearest }: { readonly nearest?: string }) =>
  nearest === undefined ? "" : `; did you mean '${nearest}'?`;
