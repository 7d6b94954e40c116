import { type ParseErrorCode, printParseErrorCode } from "jsonc-parser";

/** What is wrong at a place of a text that is no JSON; nothing of the text is quoted. */
export function jsonError(code: ParseErrorCode): string {
  return WORDS[printParseErrorCode(code)] ?? "JSON does not allow what is there";
}

const WORDS: Readonly<Record<string, string | undefined>> = {
  InvalidSymbol: "what begins there is no text in double quotes, number, " +
    "true, false or null",
  InvalidNumberFormat: "a number is not written as JSON writes it",
  PropertyNameExpected: "the name of a field is expected, in double quotes",
  ValueExpected: "a value is expected",
  ColonExpected: "a colon is expected behind the name of a field",
  CommaExpected: "a comma, a closing brace or a closing bracket is expected",
  CloseBraceExpected: "a closing brace is expected",
  CloseBracketExpected: "a closing bracket is expected",
  EndOfFileExpected: "the end is expected, and there is more",
  InvalidCommentToken: "there is a comment, which JSON does not have",
  UnexpectedEndOfComment: "there is a comment, which JSON does not have",
  UnexpectedEndOfString: "a text has no closing quote on its line",
  UnexpectedEndOfNumber: "a number ends too early",
  InvalidUnicode: "four hexadecimal digits are expected behind \\u",
  InvalidEscapeCharacter: "a backslash stands before what it does not escape",
  InvalidCharacter: "a text has a control character that is not escaped",
};
