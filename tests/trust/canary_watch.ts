import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Canary, makeCanary } from "../support/canary.ts";
import type { ProcessWatch } from "./process_watch.ts";

/** Looks for the secrets of one test wherever they must not be. */
export interface CanaryWatch {
  /** A new secret, searched for from now on. */
  secret(): string;
  /** Excludes a file into which the test itself has written a secret. */
  except(path: string): void;
  /** @throws AssertionError when a secret is in this output of the program */
  said(text: string, where: string): void;
  /**
   * Searches the arguments and environments of the processes, and all files: those under the folder,
   * those that a process had open for writing, and new ones in the usual temporary folders.
   * @throws AssertionError when a secret is in one of them
   */
  everywhere(processes: ProcessWatch): void;
}

/** The length of either end by which a truncated secret is recognized. */
const PIECE = 16;
/** The program writes no larger files in a test. */
const MAX_FILE = 64 * 1024 * 1024;
/** Milliseconds by which a file's time may be behind the clock. */
const CLOCK = 1000;
const TEMPORARY = ["/tmp", "/var/tmp", "/dev/shm"];

/** @param folder with all files of the processes */
export function canaryWatch(folder: string): CanaryWatch {
  const began = Date.now() - CLOCK;
  const canaries: Canary[] = [];
  const excepted = new Set<string>();

  function look(text: string, where: string): void {
    const once = decoded(text);
    for (const each of [text, ...once, ...once.flatMap(decoded)]) {
      for (const canary of canaries) {
        canary.absentFrom(each, where);
        for (const piece of [canary.value.slice(0, PIECE), canary.value.slice(-PIECE)]) {
          assert.ok(!each.includes(piece), `a piece of the canary is in ${where}`);
        }
      }
    }
  }

  return {
    secret() {
      const canary = makeCanary();
      canaries.push(canary);
      return canary.value;
    },
    except: (path) => void excepted.add(path),
    said: look,
    everywhere(processes) {
      for (const text of processes.seen) look(text, "a command line or an environment");
      const paths = [...filesUnder(folder), ...processes.written, ...newFiles(began)];
      for (const path of new Set(paths)) {
        const text = excepted.has(path) ? undefined : textOf(path);
        if (text !== undefined) look(text, path);
      }
    },
  };
}

/** The decoded base64 in a text, at every offset. */
function decoded(text: string): string[] {
  const found: string[] = [];
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{24,}/g)) {
    const base64 = run.replaceAll("-", "+").replaceAll("_", "/");
    for (let start = 0; start < 4; start++) {
      const whole = base64.slice(start, start + Math.floor((base64.length - start) / 4) * 4);
      found.push(new TextDecoder().decode(Uint8Array.fromBase64(whole)));
    }
  }
  return found;
}

/** Paths of all files in a folder and its subfolders. */
export function filesUnder(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) => {
    const path = join(folder, name);
    return isDirectory ? filesUnder(path) : isFile ? [path] : [];
  });
}

/** Files of all users, since the owner does not matter. */
function newFiles(since: number): string[] {
  return TEMPORARY.flatMap((folder) => {
    if (!existsSync(folder)) return [];
    const files = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile);
    return files.map(({ name }) => join(folder, name)).filter((path) => changedAt(path) >= since);
  });
}

function changedAt(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    return 0; // it was removed meanwhile
  }
}

function textOf(path: string): string | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile || size > MAX_FILE) return undefined;
    return new TextDecoder().decode(Deno.readFileSync(path));
  } catch {
    return undefined; // it was removed meanwhile
  }
}
