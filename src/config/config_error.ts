/** A configuration that cannot be used; the start ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
