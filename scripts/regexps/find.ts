/** Finds the regular expressions of a source file in its syntax tree. */
import { parse } from "@babel/parser";

/** A regular expression in the source. */
export interface Found {
  /** Counted from 1. */
  readonly line: number;
  /** Absent if it is not made of constants only; then it needs a reason. */
  readonly pattern?: string;
  readonly flags: string;
  /** The reason in a comment before it, after {@link MARK}. */
  readonly reason?: string;
}

/**
 * Starts a comment, on the line of an expression or the line above, with the reason why an expression is
 * allowed that is not linear: it sees only trusted or short text.
 */
export const MARK = "regexp:";

interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number } };
  readonly [key: string]: unknown;
}

/**
 * Each literal, each `RegExp(…)` and `new RegExp(…)`, in the order of the source.
 * @param tsx whether the source may hold JSX
 * @throws {SyntaxError} when the source cannot be parsed
 */
export function findRegexps(source: string, tsx = false): Found[] {
  const { program, comments } = parse(source, {
    sourceType: "module",
    plugins: ["typescript", ...(tsx ? ["jsx" as const] : [])],
  });
  const reasons = new Map<number, string>();
  for (const { value, loc } of comments ?? []) {
    const text = value.trim();
    if (loc && text.startsWith(MARK)) reasons.set(loc.end.line, text.slice(MARK.length).trim());
  }
  const nodes = [...nodesOf(program)];
  const constants = constantsOf(nodes);
  return nodes.flatMap((node) => {
    const expression = expressionOf(node, constants);
    if (expression === undefined) return [];
    const { line } = node.loc.start;
    const reason = reasons.get(line) ?? reasons.get(line - 1);
    return [{ line, ...expression, ...(reason ? { reason } : {}) }];
  });
}

/** The values of names that are bound once in the file, by `const NAME = …`. */
type Constants = ReadonlyMap<string, Node | undefined>;

function constantsOf(nodes: readonly Node[]): Constants {
  const constants = new Map<string, Node | undefined>();
  const bind = (name: string, value?: Node) =>
    constants.set(name, constants.has(name) ? undefined : value);
  for (const node of nodes) {
    // Parameters and destructured values are unknown.
    for (const each of nodesOf(node.params ?? [])) {
      if (each.type === "Identifier") bind(String(each.name));
    }
    if (node.type !== "VariableDeclarator") continue;
    const { id, init } = node as unknown as { id: Node; init: Node | null };
    if (id.type === "Identifier") bind(String(id.name), init ?? undefined);
    else for (const each of nodesOf(id)) if (each.type === "Identifier") bind(String(each.name));
  }
  return constants;
}

function expressionOf(
  node: Node,
  constants: Constants,
): Pick<Found, "pattern" | "flags"> | undefined {
  if (node.type === "RegExpLiteral") {
    return { pattern: String(node.pattern), flags: String(node.flags) };
  }
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return undefined;
  const callee = node.callee as Node;
  if (callee.type !== "Identifier" || callee.name !== "RegExp") return undefined;
  const [pattern, flags] = node.arguments as Node[];
  const text = textOf(pattern, constants);
  return {
    ...(text === undefined ? {} : { pattern: text }),
    flags: textOf(flags, constants) ?? "",
  };
}

/** The text of an expression of constants. */
function textOf(node: Node | undefined, constants: Constants): string | undefined {
  switch (node?.type) {
    case "StringLiteral":
      return String(node.value);
    case "Identifier":
      return textOf(constants.get(String(node.name)), constants);
    case "BinaryExpression":
      return node.operator === "+"
        ? joined([textOf(node.left as Node, constants), textOf(node.right as Node, constants)])
        : undefined;
    case "TemplateLiteral":
      return templateOf(node, "cooked", constants);
    case "TaggedTemplateExpression": {
      const { object, property } = node.tag as { object?: Node; property?: Node };
      const isRaw = object?.name === "String" && property?.name === "raw";
      return isRaw ? templateOf(node.quasi as Node, "raw", constants) : undefined;
    }
    default:
      return undefined;
  }
}

function templateOf(
  node: Node,
  which: "cooked" | "raw",
  constants: Constants,
): string | undefined {
  const expressions = node.expressions as Node[];
  const quasis = node.quasis as { value: Record<string, string> }[];
  return joined(
    quasis.flatMap(({ value }, i) =>
      i < expressions.length ? [value[which], textOf(expressions[i], constants)] : [value[which]]
    ),
  );
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.every((part) => part !== undefined) ? parts.join("") : undefined;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) { for (const one of value) yield* nodesOf(one); }
  if (!isNode(value)) return;
  yield value;
  for (const [key, child] of Object.entries(value)) {
    if (typeof child === "object" && !SKIPPED.has(key)) yield* nodesOf(child);
  }
}

const SKIPPED = new Set(["loc", "leadingComments", "trailingComments", "innerComments", "extra"]);

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "loc" in value;
}
