/** An instruction of a Containerfile. */
export interface Instruction {
  /** In upper case. */
  readonly name: string;
  /** The rest, on one line. */
  readonly text: string;
  /** Its `--FLAG=VALUE`s. */
  readonly flags: Readonly<Record<string, string>>;
  /** Its words without the flags; for the JSON form, its strings. */
  readonly words: readonly string[];
}

/** Parses a Containerfile without here-documents and escaped quotes. */
export function parseContainerfile(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line)).join("\n")
    .replaceAll(/\\\n/g, " ").split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.map((line) => {
    const [, name, rest] = /^([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`Not an instruction: ${line}`);
    const flags: Record<string, string> = {};
    const text = rest.replace(/^(--[a-z]+=\S+\s+)+/, (all) => {
      for (const [, flag, value] of all.matchAll(/--([a-z]+)=(\S+)/g)) flags[flag!] = value!;
      return "";
    });
    const words: string[] = text.startsWith("[")
      ? JSON.parse(text)
      : [...text.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ""));
    return { name: name.toUpperCase(), text, flags, words };
  });
}
