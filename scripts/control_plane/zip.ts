/** One file out of a zip archive, so that no machine needs `unzip`. */
import { inflateRawSync } from "node:zlib";

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;

/**
 * The content of the file called `name` in a zip archive (stored or deflated, below 4 GiB).
 * @see APPNOTE.TXT of PKWARE, 4.3.7, 4.3.12 and 4.3.16
 */
export function readZipEntry(archive: Uint8Array, name: string): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let end = archive.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== endOfDirectory) end--;
  if (end < 0) throw new Error("Cannot read the zip archive: it has no directory");

  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== directoryEntry) break;
    const nameLength = view.getUint16(at + 28, true);
    const entryName = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameLength));
    if (entryName === name) return content(archive, view, at, name);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  throw new Error(`Cannot read the zip archive: it has no file ${name}`);
}

function content(archive: Uint8Array, view: DataView, entry: number, name: string): Uint8Array {
  const method = view.getUint16(entry + 10, true);
  const packedSize = view.getUint32(entry + 20, true);
  const size = view.getUint32(entry + 24, true);
  const local = view.getUint32(entry + 42, true);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const packed = archive.subarray(start, start + packedSize);
  if (method !== 0 && method !== 8) {
    throw new Error(`Cannot read ${name} in the zip archive: unknown method ${method}`);
  }
  const bytes = method === 0 ? packed : inflateRawSync(packed);
  if (bytes.length !== size) {
    throw new Error(`Cannot read ${name} in the zip archive: ${bytes.length} of ${size} bytes`);
  }
  return bytes;
}
