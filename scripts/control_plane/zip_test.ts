import { deepEqual, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { readZipEntry } from "./zip.ts";

/** An archive with the fields that are read; the others are zero. */
function zip(files: { name: string; text: string; method: 0 | 8 }[], comment = ""): Uint8Array {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, text, method } of files) {
    const packed = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(4, 28); // an extra field
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(text.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), Buffer.alloc(4), packed);
    entries.push(entry, Buffer.from(name));
    offset += 34 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, ...entries, end, Buffer.from(comment)]);
}

const archive = zip([
  { name: "helm/helm", text: "not this one", method: 8 },
  { name: "kubectl/kubectl", text: "k".repeat(5000), method: 8 },
  { name: "plain", text: "as it is", method: 0 },
], "a comment");

Deno.test("a compressed and a stored file are read", () => {
  const text = (name: string) => new TextDecoder().decode(readZipEntry(archive, name));
  deepEqual(text("kubectl/kubectl"), "k".repeat(5000));
  deepEqual(text("plain"), "as it is");
});

Deno.test("a missing file and a file that is not an archive are reported", () => {
  throws(() => readZipEntry(archive, "kubectl"), /it has no file kubectl/);
  throws(() => readZipEntry(new Uint8Array(100), "a"), /it has no directory/);
  throws(() => readZipEntry(new Uint8Array(0), "a"), /it has no directory/);
});
