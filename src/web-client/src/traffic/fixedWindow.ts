import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Browsers limit the height of an element (17 to 33 million pixels); above this one, scrolling is scaled. */
const maxScrollHeight = 12_000_000;
const overscan = 6;
/** Rows that are drawn on one sheet. */
const sheetRows = 500;

export interface Geometry {
  count: number;
  rowHeight: number;
  viewport: number;
}

export const scrollHeightOf = ({ count, rowHeight }: Geometry): number => Math.min(count * rowHeight, maxScrollHeight);

/** How many content pixels one pixel of scrolling stands for: 1 unless the list is huge. */
export function scaleOf(geometry: Geometry): number {
  const full = geometry.count * geometry.rowHeight - geometry.viewport;
  const scrolled = scrollHeightOf(geometry) - geometry.viewport;
  return full > scrolled && scrolled > 0 ? full / scrolled : 1;
}

export interface VisibleRows {
  start: number;
  end: number;
  /** Where the first row goes, in pixels of the scrolled element. */
  top: number;
  /**
   * The sheet that the rows stand on: from which row it begins, where that goes and how high it is, in pixels of the scrolled element. It changes
   * seldom, so that a row that has its place on it is not painted again when others scroll in. Where scrolling is scaled it may reach further than
   * the scrolled element, which has to clip it.
   */
  sheet: { first: number; top: number; height: number };
  /** The first and last row that are seen whole. */
  firstWhole: number;
  lastWhole: number;
  /** How many rows are drawn at most: row `index` can be drawn by the elements that drew `index - slots` before. */
  slots: number;
}

/**
 * The rows to draw at a scroll position, with some more on both sides. `rest` is what a scroll position, which is whole pixels, cannot say: how
 * many pixels further the content is.
 */
export function visibleRows(geometry: Geometry, scrollTop: number, rest = 0): VisibleRows {
  const { count, rowHeight, viewport } = geometry;
  const content = Math.max(0, scrollTop * scaleOf(geometry) + rest);
  const start = Math.max(0, Math.min(Math.floor(content / rowHeight), count) - overscan);
  const end = Math.min(count, Math.ceil((content + viewport) / rowHeight) + overscan);
  const firstWhole = Math.min(Math.ceil(content / rowHeight), Math.max(0, count - 1));
  const lastWhole = Math.max(firstWhole, Math.min(count, Math.floor((content + viewport) / rowHeight)) - 1);
  const slots = Math.ceil(viewport / rowHeight) + 1 + 2 * overscan;
  const topOf = (row: number) => row * rowHeight - content + scrollTop;
  const first = start - (start % sheetRows);
  const sheet = { first, top: topOf(first), height: (Math.min(count, first + sheetRows + slots) - first) * rowHeight };
  return { start, end, top: topOf(start), sheet, firstWhole, lastWhole, slots };
}

/** Where to scroll so that a row is seen; `scrollTop` when it already is. */
export function scrollTopFor(geometry: Geometry, index: number, scrollTop: number, center: boolean): number {
  const { rowHeight, viewport } = geometry;
  const scale = scaleOf(geometry);
  const content = scrollTop * scale;
  const rowTop = index * rowHeight;
  if (rowTop >= content && rowTop + rowHeight <= content + viewport) return scrollTop;
  let target = rowTop;
  if (center) target = rowTop - (viewport - rowHeight) / 2;
  else if (rowTop > content) target = rowTop + rowHeight - viewport;
  const end = scrollHeightOf(geometry) - viewport;
  return Math.max(0, Math.min(target / scale, end));
}

export interface FixedWindow extends VisibleRows {
  scrollHeight: number;
  viewport: number;
  width: number;
  scrollTo(index: number, center?: boolean): void;
  scrollToStart(): void;
  scrollToEnd(): void;
  /** Keeps on screen what is there when rows have come before it (or have gone: negative), or when there are more after it. */
  keep(rowsBefore: number): void;
}

/**
 * Windowing for rows of one height. (A general virtualizer keeps a measurement per row and rebuilds them when the count
 * changes, which is each frame here; with one height, arithmetic does.) `headerHeight` is sticky inside the scroller.
 */
export function useFixedWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
  headerHeight = 0,
): FixedWindow {
  const [place, setPlace] = useState({ scrollTop: 0, rest: 0 });
  const [size, setSize] = useState({ height: 0, width: 0 });
  const viewport = Math.max(0, size.height - headerHeight);
  const geometry = { count, rowHeight, viewport };
  /** Where the list is, in pixels of its content, and the scroll position that was set for it. */
  const content = useRef({ at: 0, scrollTop: 0, rest: 0 });
  const scale = useRef(1);
  scale.current = scaleOf(geometry);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setSize({ height: element.clientHeight, width: element.clientWidth });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onScroll = () => {
      // What was set by us keeps its rest; where a person scrolls to has none.
      if (Math.abs(element.scrollTop - content.current.scrollTop) < 1) return;
      content.current = { at: element.scrollTop * scale.current, scrollTop: element.scrollTop, rest: 0 };
      setPlace({ scrollTop: element.scrollTop, rest: 0 });
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [scroller]);

  const settle = useCallback(
    (scrollTop: number, at: number | null) => {
      const element = scroller.current;
      if (!element) return;
      element.scrollTop = scrollTop;
      const real = element.scrollTop;
      const rest = at === null ? 0 : at - real * scale.current;
      content.current = { at: real * scale.current + rest, scrollTop: real, rest };
      setPlace((old) => (old.scrollTop === real && old.rest === rest ? old : { scrollTop: real, rest }));
    },
    [scroller],
  );

  const scrollTo = useCallback(
    (index: number, center = false) => {
      const element = scroller.current;
      if (!element) return;
      const target = { count, rowHeight, viewport };
      const scrollTop = scrollTopFor(target, index, element.scrollTop, center);
      if (scrollTop !== element.scrollTop) settle(scrollTop, null);
    },
    [scroller, count, rowHeight, viewport, settle],
  );

  const scrollToStart = useCallback(() => settle(0, null), [settle]);
  const scrollToEnd = useCallback(() => settle(scroller.current?.scrollHeight ?? 0, null), [scroller, settle]);

  const keep = useCallback(
    (rowsBefore: number) => {
      const end = Math.max(0, count * rowHeight - viewport);
      const now = content.current;
      const at = Math.max(0, Math.min(now.at + rowsBefore * rowHeight, end));
      // When the list grows, the same scroll position stands for another place.
      const drawn = now.scrollTop * scale.current + now.rest;
      if (at !== now.at || Math.abs(at - drawn) > 0.01) settle(at / scale.current, at);
    },
    [count, rowHeight, viewport, settle],
  );

  const height = scrollHeightOf(geometry);
  const clamped = Math.min(place.scrollTop, Math.max(0, height - viewport));
  return {
    ...visibleRows(geometry, clamped, clamped === place.scrollTop ? place.rest : 0),
    scrollHeight: height,
    viewport,
    width: size.width,
    scrollTo,
    scrollToStart,
    scrollToEnd,
    keep,
  };
}
