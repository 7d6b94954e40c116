import type { Resource } from "./objects.ts";
import { badRequest } from "./status.ts";

/**
 * Converts the protobuf body of a create to JSON: since 1.32, `kubectl create namespace` sends protobuf.
 * Fields that a create ignores are left out.
 *
 * @see k8s.io/api v0.35 core/v1/generated.proto, k8s.io/apimachinery v0.35 pkg/runtime/generated.proto
 */
export function fromProtobuf(bytes: Uint8Array, resource: Resource): Record<string, unknown> {
  const envelope = PREFIX.every((byte, at) => bytes[at] === byte)
    ? new Message(bytes.subarray(PREFIX.length))
    : undefined;
  if (!envelope) throw badRequest("provided data does not appear to be a protobuf message");
  const typeMeta = envelope.message(1);
  const object = envelope.message(2);
  return {
    apiVersion: typeMeta.text(1),
    kind: typeMeta.text(2),
    metadata: metadata(object.message(1)),
    ...(resource === "secrets" && {
      data: Object.fromEntries(
        object.messages(2).map((entry) => [entry.text(1), entry.bytes(2).toBase64()]),
      ),
      type: object.text(3),
      stringData: textMap(object.messages(4)),
      ...(object.has(5) && { immutable: object.number(5) === 1 }),
    }),
    ...(resource === "serviceaccounts" && {
      secrets: object.messages(2).map((reference) => ({ name: reference.text(3) })),
      imagePullSecrets: object.messages(3).map((reference) => ({ name: reference.text(1) })),
      ...(object.has(4) && { automountServiceAccountToken: object.number(4) === 1 }),
    }),
  };
}

const PREFIX = [0x6b, 0x38, 0x73, 0x00];

function metadata(meta: Message): Record<string, unknown> {
  return {
    name: meta.text(1),
    generateName: meta.text(2),
    namespace: meta.text(3),
    uid: meta.text(5),
    resourceVersion: meta.text(6),
    labels: textMap(meta.messages(11)),
    annotations: textMap(meta.messages(12)),
    finalizers: meta.texts(14),
  };
}

function textMap(entries: readonly Message[]): Record<string, string> {
  return Object.fromEntries(entries.map((entry) => [entry.text(1), entry.text(2)]));
}

/** The fields of a message by number; a missing field is empty. */
class Message {
  readonly #fields = new Map<number, (Uint8Array | number)[]>();

  constructor(bytes: Uint8Array) {
    let at = 0;
    const varint = () => {
      let value = 0;
      for (let scale = 1;; scale *= 128) {
        const byte = bytes[at++];
        if (byte === undefined) throw badRequest("unexpected EOF");
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) return value;
      }
    };
    while (at < bytes.length) {
      const tag = varint();
      const values = this.#fields.get(tag >>> 3) ?? [];
      this.#fields.set(tag >>> 3, values);
      if ((tag & 7) === 0) values.push(varint());
      else if ((tag & 7) === 2) {
        const length = varint();
        values.push(bytes.subarray(at, at += length));
      } else throw badRequest(`proto: illegal wireType ${tag & 7}`);
    }
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  number(field: number): number {
    const value = this.#fields.get(field)?.at(-1);
    return typeof value === "number" ? value : 0;
  }

  bytes(field: number): Uint8Array {
    return this.#all(field).at(-1) ?? new Uint8Array(0);
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }

  texts(field: number): string[] {
    return this.#all(field).map((bytes) => new TextDecoder().decode(bytes));
  }

  message(field: number): Message {
    return new Message(this.bytes(field));
  }

  messages(field: number): Message[] {
    return this.#all(field).map((bytes) => new Message(bytes));
  }

  #all(field: number): Uint8Array[] {
    const values = this.#fields.get(field) ?? [];
    return values.filter((value) => typeof value !== "number");
  }
}
