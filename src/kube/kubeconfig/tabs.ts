import { COLLECTION_STYLE, type Event, EVENT_ID, SCALAR_STYLE } from "js-yaml";

/**
 * Where a line begins with a tab that kubectl's parser does not take, or `undefined`: outside of
 * brackets, quotes and blocks, be the line empty but for that.
 * @see https://github.com/yaml/go-yaml/blob/v2.4.3/scannerc.go
 * @returns an offset
 */
export function wrongTab(source: string, events: readonly Event[]): number | undefined {
  if (!/^\t/m.test(source)) return undefined;
  const ranges = rangesOf(source, events).sort(([a], [b]) => a - b);
  let next = 0;
  let end = 0; // of all ranges that begin before
  for (const { index } of source.matchAll(/^\t/gm)) {
    for (; next < ranges.length && ranges[next]![0] < index; next++) {
      end = Math.max(end, ranges[next]![1]);
    }
    if (index >= end) return index;
  }
  return undefined;
}

/** Of what may have such lines in it. */
function rangesOf(source: string, events: readonly Event[]): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  const open: (number | undefined)[] = []; // where brackets begin, of each that is open
  let last = 0; // where the event before ends
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      const start = open.pop();
      if (start === undefined) continue;
      const close = source.slice(last).search(/[\]}]/);
      last = close < 0 ? source.length : last + close + 1;
      ranges.push([start, last]);
    } else if (event.type === EVENT_ID.SCALAR) {
      if (event.style !== SCALAR_STYLE.PLAIN) ranges.push([event.valueStart, event.valueEnd]);
      last = Math.max(last, event.valueEnd);
    } else if (event.type !== EVENT_ID.ALIAS) {
      const isFlow = "start" in event && event.style === COLLECTION_STYLE.FLOW;
      open.push(isFlow ? event.start : undefined);
      if (isFlow) last = event.start + 1;
    } else last = event.anchorEnd;
  }
  return ranges;
}
