import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from 'react';

/** Browsers limit the height of an element (17 to 33 million pixels); above this one, scrolling is scaled. */
const maxScrollHeight = 12_000_000;
const overscan = 6;

export interface Geometry {
  count: number;
  rowHeight: number;
  viewport: number;
}

export const scrollHeightOf = ({ count, rowHeight }: Geometry): number => Math.min(count * rowHeight, maxScrollHeight);

/** How many content pixels one pixel of scrolling stands for: 1 unless the list is huge. */
function scaleOf(geometry: Geometry): number {
  const full = geometry.count * geometry.rowHeight - geometry.viewport;
  const scrolled = scrollHeightOf(geometry) - geometry.viewport;
  return full > scrolled && scrolled > 0 ? full / scrolled : 1;
}

export interface VisibleRows {
  start: number;
  end: number;
  /** Where the first row goes, in pixels of the scrolled element. */
  top: number;
  /** The first and last row that are seen whole. */
  firstWhole: number;
  lastWhole: number;
}

/** The rows to draw at a scroll position, with some more on both sides. */
export function visibleRows(geometry: Geometry, scrollTop: number): VisibleRows {
  const { count, rowHeight, viewport } = geometry;
  const content = Math.max(0, scrollTop) * scaleOf(geometry);
  const start = Math.max(0, Math.min(Math.floor(content / rowHeight), count) - overscan);
  const end = Math.min(count, Math.ceil((content + viewport) / rowHeight) + overscan);
  const firstWhole = Math.min(Math.ceil(content / rowHeight), Math.max(0, count - 1));
  const lastWhole = Math.max(firstWhole, Math.min(count, Math.floor((content + viewport) / rowHeight)) - 1);
  return { start, end, top: start * rowHeight - content + scrollTop, firstWhole, lastWhole };
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
  scrollToEnd(): void;
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
  const [scrollTop, setScrollTop] = useState(0);
  const [size, setSize] = useState({ height: 0, width: 0 });
  const viewport = Math.max(0, size.height - headerHeight);
  const geometry = { count, rowHeight, viewport };

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
    const onScroll = () => setScrollTop(element.scrollTop);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [scroller]);

  const scrollTo = useCallback(
    (index: number, center = false) => {
      const element = scroller.current;
      if (!element) return;
      const target = { count, rowHeight, viewport };
      element.scrollTop = scrollTopFor(target, index, element.scrollTop, center);
      setScrollTop(element.scrollTop);
    },
    [scroller, count, rowHeight, viewport],
  );

  const scrollToEnd = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    setScrollTop(element.scrollTop);
  }, [scroller]);

  const height = scrollHeightOf(geometry);
  const clamped = Math.min(scrollTop, Math.max(0, height - viewport));
  return {
    ...visibleRows(geometry, clamped),
    scrollHeight: height,
    viewport,
    width: size.width,
    scrollTo,
    scrollToEnd,
  };
}
