import { decodeBase64 } from "../../text/bytes.ts";
import { no, type Validated, yes } from "./validated.ts";

/** One block of a PEM text. */
export interface PemBlock {
  /** The label after BEGIN: `RSA PRIVATE KEY`. */
  readonly label: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether a header says that the bytes are encrypted; the label of PKCS#1 does not show it. */
  readonly encrypted: boolean;
  /**
   * The block without headers, with LF after every line including the last. The lines are as long as
   * those of ssh-keygen and openssl, so that their files stay unchanged.
   *
   * OpenSSH requires this of its own format: a carriage return, a leading blank or a missing last line
   * break is an "invalid format".
   * @see https://github.com/openssh/openssh-portable/blob/V_9_9_P1/sshkey.c private2_uudecode
   */
  readonly text: string;
}

/** The lines of OpenSSH's own format are longer than those of RFC 7468. */
const OPENSSH_LABEL = "OPENSSH PRIVATE KEY";
const OPENSSH_LINE = /.{1,70}/g;
const PEM_LINE = /.{1,64}/g;

const MARK = /-----(BEGIN|END) ([A-Z0-9][A-Z0-9 ]{0,60})-----/g;

/**
 * Parses the blocks of a text, in order. Text around the blocks is ignored, as Go and OpenSSL do; missing
 * and foreign line breaks are repaired. A text without blocks is not an error.
 * @see https://www.rfc-editor.org/rfc/rfc7468
 */
export function readPem(text: string): Validated<readonly PemBlock[]> {
  const blocks: PemBlock[] = [];
  const marks = [...text.matchAll(MARK)];
  for (let i = 0; i < marks.length; i += 2) {
    const [begin, end] = [marks[i]!, marks[i + 1]];
    const label = begin[2]!;
    if (begin[1] === "END") {
      return no("is incomplete: the first line, -----BEGIN …, is missing");
    }
    if (end === undefined || end[1] === "BEGIN" || end[2] !== label) {
      return no("is incomplete: the last line, -----END …, is missing");
    }
    const inside = text.slice(begin.index + begin[0].length, end.index);
    if (inside.includes("\\")) {
      return no("must have line breaks instead of the two characters \\n");
    }
    const { headers, body } = split(inside);
    const bytes = decodeBase64(body, true);
    if (bytes === undefined) {
      return no("is damaged: the text below the line -----BEGIN … is not base64");
    }
    blocks.push({
      label,
      bytes,
      encrypted: headers.includes("ENCRYPTED"),
      text: [begin[0], ...lines(label, body), end[0], ""].join("\n"),
    });
  }
  return yes(blocks);
}

/** Splits headers and body: headers end with an empty line (RFC 1421), and base64 has no colon. */
function split(inside: string): { headers: string; body: string } {
  const text = inside.replaceAll(/\r\n?/g, "\n").trim();
  if (!/^[^\n:]*:/.test(text)) return { headers: "", body: text.replaceAll(/\s+/g, "") };
  const [headers = "", ...body] = text.split(/\n[ \t]*\n/);
  return { headers, body: body.join("").replaceAll(/\s+/g, "") };
}

function lines(label: string, body: string): string[] {
  return body.match(label === OPENSSH_LABEL ? OPENSSH_LINE : PEM_LINE) ?? [];
}
