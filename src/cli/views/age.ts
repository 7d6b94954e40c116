const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** `from` which age a unit is used, and up to which one (`exactTo`) with the next smaller unit, in seconds. */
const UNITS = [
  { name: "y", of: YEAR, from: 2 * YEAR, exactTo: 8 * YEAR, smaller: "d", ofSmaller: DAY },
  { name: "d", of: DAY, from: 2 * DAY, exactTo: 8 * DAY, smaller: "h", ofSmaller: HOUR },
  { name: "h", of: HOUR, from: 3 * HOUR, exactTo: 8 * HOUR, smaller: "m", ofSmaller: MINUTE },
  { name: "m", of: MINUTE, from: 2 * MINUTE, exactTo: 10 * MINUTE, smaller: "s", ofSmaller: 1 },
] as const;

/**
 * The age of something, as in kubectl's column AGE: `95s`, `5m12s`, `3d4h`, `400d`.
 * @param time ISO 8601
 * @see k8s.io/apimachinery v0.35 pkg/util/duration/duration.go, HumanDuration
 */
export function age(time: string, now = new Date()): string {
  const seconds = Math.trunc((now.getTime() - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds)) return "<unknown>";
  if (seconds < -1) return "<invalid>";
  const unit = UNITS.find(({ from }) => seconds >= from);
  if (unit === undefined) return `${Math.max(0, seconds)}s`;
  const whole = Math.floor(seconds / unit.of);
  const rest = Math.floor((seconds % unit.of) / unit.ofSmaller);
  return `${whole}${unit.name}${seconds < unit.exactTo && rest > 0 ? rest + unit.smaller : ""}`;
}

/**
 * When something expires: `in 12d`, or `expired 3d ago`.
 * @param time ISO 8601
 */
export function untilThen(time: string, now = new Date()): string {
  const then = Date.parse(time);
  if (Number.isNaN(then)) return "<unknown>";
  return then > now.getTime()
    ? `in ${age(now.toISOString(), new Date(then))}`
    : `expired ${age(time, now)} ago`;
}
