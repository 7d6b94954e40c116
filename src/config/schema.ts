import { z } from "zod";
import { wording } from "../text/wording.ts";
import type { SettingTable } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

export type SettingKey = keyof typeof SETTINGS;

/** The settings in effect. */
export type Settings = z.output<
  z.ZodObject<{ [Key in SettingKey]: (typeof SETTINGS)[Key]["schema"] }>
>;

/** Keys of the settings that a reload does not change. */
export function boundKeys(table: SettingTable = SETTINGS): SettingKey[] {
  return (Object.keys(table) as SettingKey[]).filter((key) => table[key]!.reloadable === false);
}

/** The settings in effect after a reload of a server that started with `bound`. */
export function withBound(settings: Settings, bound: Settings): Settings {
  const kept = boundKeys().map((key) => [key, bound[key]]);
  return { ...settings, ...Object.fromEntries(kept) };
}

/** A setting has an invalid value. */
export class SettingInvalid extends Error {
  override readonly name = "SettingInvalid";

  /** @param path of the value: `docker-namespaces.1`, whose setting is `docker-namespaces` */
  constructor(readonly path: string, message: string) {
    super(message);
  }

  get key(): string {
    return this.path.split(".", 1)[0]!;
  }

  /** The value, for messages: `'docker-namespaces' (item 2)`, `'docker-labels.team'`. */
  get subject(): string {
    const item = /^([^.]+)\.(\d+)$/.exec(this.path);
    return item === null ? `'${this.path}'` : `'${item[1]}' (item ${Number(item[2]) + 1})`;
  }
}

/**
 * Validates the given values and adds defaults.
 * @throws {SettingInvalid}
 */
export function settingsOf(
  given: Readonly<Record<string, unknown>>,
  table: SettingTable = SETTINGS,
): Settings {
  const schemas = Object.entries(table).map(([key, { schema }]) => [key, schema]);
  // jitless: compiling the schema takes longer than its single use.
  const parsed = z.object(Object.fromEntries(schemas)).safeParse(given, {
    error: wording,
    jitless: true,
  });
  if (parsed.success) return parsed.data as Settings;
  const { path, message } = parsed.error.issues[0]!;
  throw new SettingInvalid(path.join("."), message);
}
