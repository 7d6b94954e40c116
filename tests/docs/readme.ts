import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..", "..");
const README = join(ROOT, "README.md");

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The heading that it stands under. */
  readonly heading: string;
}

/**
 * All blocks in their order, those in lists without their indentation.
 * @param path of the document
 */
export async function blocks(path = README): Promise<Block[]> {
  const found: Block[] = [];
  let heading = "";
  let open: { indent: string; language: string; lines: string[] } | undefined;
  for (const line of (await Deno.readTextFile(path)).split("\n")) {
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

/** The commands of a block, each whole, comments left out. */
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

/** Paths of all documents that tell how to use the program. */
export async function documents(): Promise<string[]> {
  const docs = join(ROOT, "docs");
  const names = (await Array.fromAsync(Deno.readDir(docs))).map(({ name }) => name);
  return [
    README,
    ...names.filter((name) => name.endsWith(".md")).sort().map((name) => join(docs, name)),
  ];
}

/** A request that a document shows as a command of curl. */
export interface ShownRequest {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/** Each request with a body in all documents, in their order. */
export async function shownRequests(): Promise<ShownRequest[]> {
  const all = await Promise.all((await documents()).map(blocks));
  return all.flat().filter(({ language }) => language === "sh").flatMap(commandsOf)
    .flatMap((command) => {
      const [, path] = /^curl .*http:\/\/localhost:8091(\/[\w/]+)/.exec(command) ?? [];
      const [, body] = / -d '([^']+)'/.exec(command) ?? [];
      return path === undefined || body === undefined ? [] : [{ path, body: JSON.parse(body) }];
    });
}

/** A command with this password where it has one. */
export function withPassword(command: string, password: string): string {
  return command.replace(/"password": ?"[^"]*"/, `"password": "${password}"`);
}
