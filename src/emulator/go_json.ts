import { goQuote } from "../kube/formats.ts";

/**
 * Error messages of Go's encoding/json, which the server passes on to the client.
 *
 * @see go1.26 src/encoding/json/scanner.go
 */

/** The JSON type of a value, as Go's "cannot unmarshal … into" names it. */
export function goJsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** @param text invalid JSON, with one character for each byte */
export function goJsonSyntaxError(text: string): string {
  try {
    // Go appends a blank at the end, which an unfinished number or literal then meets.
    new Scanner(`${text} `).document();
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message;
    throw error;
  }
  return "unexpected end of JSON input";
}

class JsonSyntaxError extends Error {}

class Scanner {
  #at = 0;

  constructor(readonly text: string) {}

  document(): void {
    this.#value();
    this.#skipBlanks();
    if (this.#at < this.text.length) this.#unexpected("after top-level value");
  }

  #value(): void {
    const c = this.#next();
    if (c === "{") this.#items("}", "after object key:value pair", () => this.#member());
    else if (c === "[") this.#items("]", "after array element", () => this.#value());
    else if (c === '"') this.#string();
    else if (c === "-" || isDigit(c)) this.#number();
    else if (c === "t") this.#literal("true");
    else if (c === "f") this.#literal("false");
    else if (c === "n") this.#literal("null");
    else this.#unexpected("looking for beginning of value");
  }

  #items(close: string, after: string, item: () => void): void {
    this.#at++;
    if (this.#next() === close) return void this.#at++;
    for (;;) {
      item();
      const c = this.#next();
      if (c !== "," && c !== close) this.#unexpected(after);
      this.#at++;
      if (c === close) return;
    }
  }

  #member(): void {
    if (this.#next() !== '"') this.#unexpected("looking for beginning of object key string");
    this.#string();
    if (this.#next() !== ":") this.#unexpected("after object key");
    this.#at++;
    this.#value();
  }

  #string(): void {
    this.#at++;
    for (;; this.#at++) {
      const c = this.#here();
      if (c === '"') return void this.#at++;
      if (c < " ") this.#unexpected("in string literal");
      if (c !== "\\") continue;
      this.#at++;
      if (this.#here() === "u") {
        for (let digits = 0; digits < 4; digits++) {
          this.#at++;
          if (!/[0-9a-fA-F]/.test(this.#here())) {
            this.#unexpected("in \\u hexadecimal character escape");
          }
        }
      } else if (!'"\\/bfnrt'.includes(this.#here())) {
        this.#unexpected("in string escape code");
      }
    }
  }

  #number(): void {
    if (this.#here() === "-") this.#at++;
    if (this.#here() === "0") this.#at++;
    else this.#digits("in numeric literal");
    if (this.#here() === ".") {
      this.#at++;
      this.#digits("after decimal point in numeric literal");
    }
    if (this.#here() === "e" || this.#here() === "E") {
      this.#at++;
      if (this.#here() === "+" || this.#here() === "-") this.#at++;
      this.#digits("in exponent of numeric literal");
    }
  }

  #digits(where: string): void {
    if (!isDigit(this.#here())) this.#unexpected(where);
    while (isDigit(this.#here())) this.#at++;
  }

  #literal(word: string): void {
    for (const letter of word) {
      if (this.#here() !== letter) this.#unexpected(`in literal ${word} (expecting '${letter}')`);
      this.#at++;
    }
  }

  #skipBlanks(): void {
    while (this.#at < this.text.length && " \t\r\n".includes(this.text.charAt(this.#at))) {
      this.#at++;
    }
  }

  #next(): string {
    this.#skipBlanks();
    return this.#here();
  }

  #here(): string {
    if (this.#at >= this.text.length) throw new JsonSyntaxError("unexpected end of JSON input");
    return this.text.charAt(this.#at);
  }

  #unexpected(where: string): never {
    throw new JsonSyntaxError(`invalid character ${quoteCharacter(this.#here())} ${where}`);
  }
}

function isDigit(c: string): boolean {
  return c >= "0" && c <= "9";
}

function quoteCharacter(c: string): string {
  if (c === '"') return `'"'`;
  if (c === "'") return "'\\''";
  const isUnseen = /[\x80-\xa0\xad]/.test(c);
  return `'${isUnseen ? `\\u00${c.charCodeAt(0).toString(16)}` : goQuote(c).slice(1, -1)}'`;
}
