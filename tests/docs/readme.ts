import { join } from "node:path";

/** The root of the project. */
export const ROOT = join(import.meta.dirname!, "..", "..");

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The heading above it. */
  readonly heading: string;
}

/**
 * All blocks in their order, those in lists without their indentation.
 * @param path of the document, from the root of the project
 */
export async function blocks(path = "README.md"): Promise<Block[]> {
  const found: Block[] = [];
  let heading = "";
  let open: { indent: string; language: string; lines: string[] } | undefined;
  for (const line of (await Deno.readTextFile(join(ROOT, path))).split("\n")) {
    const fence = /^( *)```(\w*)$/.exec(line);
    if (open === undefined) {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
      if (fence) open = { indent: fence[1]!, language: fence[2]!, lines: [] };
    } else if (fence) {
      found.push({ language: open.language, text: open.lines.join("\n"), heading });
      open = undefined;
    } else open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
  }
  return found;
}

/** The commands of a block, each complete, without comments. */
export function commandsOf({ text }: Block): string[] {
  const commands: string[] = [];
  let quoted = false;
  let command = "";
  for (const line of text.split("\n")) {
    if (command === "" && (line.trim() === "" || line.startsWith("#"))) continue;
    command += (command === "" ? "" : "\n") + line;
    if ((line.match(/'/g) ?? []).length % 2 === 1) quoted = !quoted;
    if (quoted || line.endsWith("\\")) continue;
    commands.push(command);
    command = "";
  }
  return commands;
}

/** The command with this password instead of its own. */
export function withPassword(command: string, password: string): string {
  return command.replace(/"password": ?"[^"]*"/, `"password": "${password}"`);
}
