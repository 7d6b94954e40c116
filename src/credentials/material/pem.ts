import { decodeBase64 } from "../../text/bytes.ts";
import { type Checked, no, yes } from "./checked.ts";

/** One block of a PEM text. */
export interface PemBlock {
  /** What stands behind BEGIN: `RSA PRIVATE KEY`. */
  readonly label: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether a header says that the bytes are encrypted, which the label of PKCS#1 does not tell. */
  readonly encrypted: boolean;
  /**
   * The block alone: no headers, no white space but LF behind each line, the last one too. The lines
   * are as long as ssh-keygen and openssl make them, so that what these wrote stays as it was.
   *
   * OpenSSH reads its own format only so: a carriage return, a blank in front or a missing last line
   * end is an "invalid format" to it.
   * @see https://github.com/openssh/openssh-portable/blob/V_9_9_P1/sshkey.c private2_uudecode
   */
  readonly text: string;
}

/** OpenSSH breaks the lines of its own format later than RFC 7468 does. */
const OPENSSH_LABEL = "OPENSSH PRIVATE KEY";
const OPENSSH_LINE = /.{1,70}/g;
const PEM_LINE = /.{1,64}/g;

const MARK = /-----(BEGIN|END) ([A-Z0-9][A-Z0-9 ]{0,60})-----/g;

/**
 * The blocks of a text, in their order. What stands around them is passed over, as Go and OpenSSL do;
 * lost and foreign line ends are mended. None at all is no error.
 * @see https://www.rfc-editor.org/rfc/rfc7468
 */
export function readPem(text: string): Checked<readonly PemBlock[]> {
  const blocks: PemBlock[] = [];
  const marks = [...text.matchAll(MARK)];
  for (let i = 0; i < marks.length; i += 2) {
    const [begin, end] = [marks[i]!, marks[i + 1]];
    const label = begin[2]!;
    if (begin[1] === "END") {
      return no("is cut off: the line that belongs at the beginning, -----BEGIN …, is missing");
    }
    if (end === undefined || end[1] === "BEGIN" || end[2] !== label) {
      return no("is cut off: the line that belongs at the end, -----END …, is missing");
    }
    const inside = text.slice(begin.index + begin[0].length, end.index);
    if (inside.includes("\\")) {
      return no("must have line ends where it has a backslash and the letter n");
    }
    const { headers, body } = split(inside);
    const bytes = decodeBase64(body, true);
    if (bytes === undefined) {
      return no("is damaged: what stands below the line -----BEGIN … is no base64");
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

/** Headers stand above an empty line (RFC 1421), and no base64 has a colon. */
function split(inside: string): { headers: string; body: string } {
  const text = inside.replaceAll(/\r\n?/g, "\n").trim();
  if (!/^[^\n:]*:/.test(text)) return { headers: "", body: text.replaceAll(/\s+/g, "") };
  const [headers = "", ...body] = text.split(/\n[ \t]*\n/);
  return { headers, body: body.join("").replaceAll(/\s+/g, "") };
}

function lines(label: string, body: string): string[] {
  return body.match(label === OPENSSH_LABEL ? OPENSSH_LINE : PEM_LINE) ?? [];
}
