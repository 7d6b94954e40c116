import type { Command } from "commander";
export function addDemo(_program: Command, _finish: (exitCode: number) => void): void {}
