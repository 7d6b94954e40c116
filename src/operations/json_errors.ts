import { type ParseErrorCode, printParseErrorCode } from "jsonc-parser";

/** Describes a JSON syntax error without quoting the text. */
export function jsonError(code: ParseErrorCode): string {
  return WORDS[printParseErrorCode(code)] ?? "unexpected text";
}

const WORDS: Readonly<Record<string, string | undefined>> = {
  InvalidSymbol: "expected a string in double quotes, a number, true, false or null",
  InvalidNumberFormat: "invalid number",
  PropertyNameExpected: "expected a field name in double quotes",
  ValueExpected: "expected a value",
  ColonExpected: "expected a colon after the field name",
  CommaExpected: "expected a comma, a closing brace or a closing bracket",
  CloseBraceExpected: "expected a closing brace",
  CloseBracketExpected: "expected a closing bracket",
  EndOfFileExpected: "unexpected text after the end of the JSON",
  InvalidCommentToken: "comments are not allowed in JSON",
  UnexpectedEndOfComment: "comments are not allowed in JSON",
  UnexpectedEndOfString: "missing closing quote of a string",
  UnexpectedEndOfNumber: "incomplete number",
  InvalidUnicode: "expected four hexadecimal digits after \\u",
  InvalidEscapeCharacter: "invalid escape sequence",
  InvalidCharacter: "control character in a string is not escaped",
};
