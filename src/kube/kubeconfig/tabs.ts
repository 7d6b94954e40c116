import { COLLECTION_STYLE, type Event, EVENT_ID, SCALAR_STYLE } from "js-yaml";

/**
 * The offset of a tab at the start of a line, where kubectl's parser does not allow it: outside of brackets,
 * quotes and blocks, even in a blank line. `undefined` when there is none.
 * @see https://github.com/yaml/go-yaml/blob/v2.4.3/scannerc.go
 */
export function wrongTab(source: string, events: readonly Event[]): number | undefined {
  if (!/^\t/m.test(source)) return undefined;
  const ranges = rangesOf(source, events).sort(([a], [b]) => a - b);
  let next = 0;
  let end = 0; // the furthest end of the ranges that start before the tab
  for (const { index } of source.matchAll(/^\t/gm)) {
    for (; next < ranges.length && ranges[next]![0] < index; next++) {
      end = Math.max(end, ranges[next]![1]);
    }
    if (index >= end) return index;
  }
  return undefined;
}

/** The ranges in which lines may start with a tab. */
function rangesOf(source: string, events: readonly Event[]): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  const open: (number | undefined)[] = []; // starts of the open collections; undefined without a bracket
  let last = 0; // the end of the previous event
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
