import { goQuote, labelKeyErrors, labelValueErrors } from "./formats.ts";

/** Whether an object with these labels matches. */
export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

type Token =
  | { kind: "identifier" | "in" | "notin" | "end"; text: string }
  | { kind: "symbol"; text: string };

const SYMBOLS = new Set([")", ",", "!", "==", "=", ">", "<", "!=", "("]);
const COMPARISONS = new Set(["=", "==", "!=", ">", "<"]);
const INTEGER = /^[+-]?[0-9]+$/;
const OPERATORS = "in, notin, =, ==, !=, gt, lt";

/** An invalid label selector. The message is the API server's, which quotes the selector. */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
}

/**
 * Parses a label selector like the API server, in linear time: `a=b`, `a==b`, `a!=b`, `a in (b,c)`,
 * `a notin (b,c)`, `a`, `!a`, `a>1`, `a<1`, separated by commas, which mean "and". An empty or blank
 * selector matches every object.
 *
 * @throws {SelectorError}
 * @see https://github.com/kubernetes/apimachinery/blob/v0.35.0/pkg/labels/selector.go
 */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = parseRequirements(text);
  return (labels) => requirements.every((matches) => matches(labels));
}

/** The requirements of a label selector, all of which must match; without any, every object matches. */
export function parseRequirements(text: string): LabelSelector[] {
  return new Parser(tokens(text)).requirements();
}

class Parser {
  #position = 0;

  constructor(readonly tokens: readonly Token[]) {}

  requirements(): LabelSelector[] {
    const requirements: LabelSelector[] = [];
    let next = this.#peek();
    if (next.kind === "end") return requirements;
    if (!startsRequirement(next)) {
      throw new SelectorError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
    }
    for (;;) {
      requirements.push(this.#requirement());
      const separator = this.#take();
      if (separator.kind === "end") return requirements;
      if (separator.text !== ",") {
        throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
      }
      next = this.#peek();
      if (!startsRequirement(next)) {
        throw new SelectorError(`found '${next.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): LabelSelector {
    let token = this.#take();
    const negated = isSymbol(token, "!");
    if (negated) token = this.#take();
    if (!isWord(token)) throw unparsable(`found '${token.text}', expected: identifier`);
    const key = token.text;
    rejectIf("<nil>", key, labelKeyErrors(key));
    if (negated) return (labels) => !Object.hasOwn(labels, key);
    const next = this.#peek();
    if (next.kind === "end" || isSymbol(next, ",")) return (labels) => Object.hasOwn(labels, key);
    return this.#comparison(key);
  }

  #comparison(key: string): LabelSelector {
    const operator = this.#take();
    const word = operator.kind === "in" || operator.kind === "notin";
    if (!word && !(operator.kind === "symbol" && COMPARISONS.has(operator.text))) {
      throw unparsable(`found '${operator.text}', expected: ${OPERATORS}`);
    }
    const values = word ? this.#values() : new Set([this.#exactValue()]);
    const sorted = [...values].sort();
    const numeric = operator.text === ">" || operator.text === "<";
    const [first = ""] = sorted;
    if (numeric && !INTEGER.test(first)) {
      rejectIf("values[0]", first, ["for 'Gt', 'Lt' operators, the value must be an integer"]);
    }
    for (const [index, value] of sorted.entries()) {
      rejectIf(`values[${index}][${key}]`, value, labelValueErrors(value));
    }
    const valueOf = (labels: Readonly<Record<string, string>>) =>
      Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (numeric) {
      const limit = BigInt(first);
      return (labels) => {
        const value = valueOf(labels);
        if (value === undefined || !INTEGER.test(value)) return false;
        return operator.text === ">" ? BigInt(value) > limit : BigInt(value) < limit;
      };
    }
    const wanted = operator.text !== "!=" && operator.text !== "notin";
    return (labels) => {
      const value = valueOf(labels);
      return value === undefined ? !wanted : values.has(value) === wanted;
    };
  }

  /** Parses `(a,b)`. `()`, `(,a)` and `(a,,b)` also contain the empty value. */
  #values(): Set<string> {
    const open = this.#take();
    if (!isSymbol(open, "(")) throw unparsable(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (isSymbol(first, ")")) {
      this.#take();
      return new Set([""]);
    }
    if (!isWord(first) && !isSymbol(first, ",")) {
      throw unparsable(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = new Set<string>();
    for (;;) {
      const token = this.#take();
      const next = this.#peek();
      if (isWord(token)) {
        values.add(token.text);
        if (!isSymbol(next, ",") && !isSymbol(next, ")")) {
          throw unparsable(`found '${next.text}', expected: ',' or ')'`);
        }
      } else if (isSymbol(token, ",")) {
        if (values.size === 0 || isSymbol(next, ",") || isSymbol(next, ")")) values.add("");
      } else {
        throw unparsable(`found '${token.text}', expected: ',', or identifier`);
      }
      if (isSymbol(next, ")")) {
        this.#take();
        return values;
      }
    }
  }

  #exactValue(): string {
    const next = this.#peek();
    if (next.kind === "end" || isSymbol(next, ",")) return "";
    this.#take();
    if (!isWord(next)) throw unparsable(`found '${next.text}', expected: identifier`);
    return next.text;
  }

  #peek(): Token {
    return this.tokens[this.#position] ?? { kind: "end", text: "" };
  }

  #take(): Token {
    const token = this.#peek();
    this.#position++;
    return token;
  }
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const [run] of text.matchAll(/[=!(),><]+|[^=!(),>< \t\r\n]+/g)) {
    if (!/^[=!(),><]/.test(run)) {
      found.push({ kind: run === "in" || run === "notin" ? run : "identifier", text: run });
      continue;
    }
    for (let at = 0; at < run.length;) {
      const pair = run.slice(at, at + 2);
      const symbol = pair.length === 2 && SYMBOLS.has(pair) ? pair : run.charAt(at);
      found.push({ kind: "symbol", text: symbol });
      at += symbol.length;
    }
  }
  found.push({ kind: "end", text: "" });
  return found;
}

/** Whether a token can be a key or value; `in` and `notin` can, where no operator is expected. */
function isWord(token: Token): boolean {
  return token.kind !== "symbol" && token.kind !== "end";
}

function isSymbol(token: Token, text: string): boolean {
  return token.kind === "symbol" && token.text === text;
}

function startsRequirement(token: Token): boolean {
  return isWord(token) || isSymbol(token, "!");
}

/** @throws {SelectorError} when there are errors */
function rejectIf(field: string, value: string, wrong: readonly string[]): void {
  if (wrong.length === 0) return;
  throw unparsable(`${field}: Invalid value: ${goQuote(value)}: ${wrong.join("; ")}`);
}

function unparsable(why: string) {
  return new SelectorError(`unable to parse requirement: ${why}`);
}
