import { IconArrowDown } from '@tabler/icons-react';
import {
  type MouseEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useHighlights } from '../saved/useHighlights';
import { MenuAnchor } from '../shell/MenuAnchor';
import { en } from '../strings/en';
import { usePersistent } from '../theme/persistent';
import { ColumnsMenu } from './ColumnsMenu';
import { idWidth } from './cellRoom';
import { type ColumnKey, type ColumnWidths, fitColumns, headerKeys, isByArrival, moveColumn } from './columns';
import classes from './FlowList.module.css';
import { FlowListHeader } from './FlowListHeader';
import { FlowRowView, rowElementId } from './FlowRowView';
import { type FixedWindow, useFixedWindow } from './fixedWindow';
import { useListVersion, useSession } from './sessionContext';
import { useColumns } from './useColumns';
import { Waterfall } from './Waterfall';
import { timeRange } from './waterfall';

const headerHeight = 28;
/** A scroll this soon after a wheel, touch or scroll bar was moved is one that the person made. */
const handMadeMs = 600;
const noWidths: ColumnWidths = {};

export interface FlowListHandle {
  reveal(index: number, center?: boolean): void;
  follow(): void;
  /** The first and last row on screen. */
  seen(): { first: number; last: number };
  focus(): void;
}

interface Props {
  handle: Ref<FlowListHandle>;
  selectedId: number | null;
  compact: boolean;
  /** Whether a flow is one of several that are chosen. */
  isChosen(id: number): boolean;
  sort: string;
  onSort(sort: string): void;
  onSelect(id: number, event: MouseEvent): void;
  onMenu(id: number, position: { x: number; y: number }): void;
}

export function FlowList({ handle, selectedId, compact, isChosen, sort, onSort, onSelect, onMenu }: Props) {
  const session = useSession();
  const { list } = session;
  useListVersion();
  const scroller = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const rowHeight = compact ? 22 : 28;
  const total = list.total;
  const view = useFixedWindow(scroller, total, rowHeight, headerHeight);
  const [widths, setWidths] = usePersistent<ColumnWidths>('columns', noWidths);
  const [chosen, setChoice] = useColumns();
  const forIds = idWidth(list.lastId);
  const fit = useMemo(
    () => fitColumns(view.width - 8, { id: forIds, ...widths }, chosen),
    [view.width, widths, chosen, forIds],
  );
  const [columnsMenu, setColumnsMenu] = useState<{ at: ColumnKey; x: number; y: number } | null>(null);
  const byArrival = isByArrival(sort);
  const { leftAt, setLeftAt, touched } = useTailFollow(
    scroller,
    total,
    selectedId,
    rowHeight,
    view,
    list.isReady,
    byArrival,
  );
  const follow = byArrival && leftAt === null;
  const anchor = useSteadyRows(view, selectedId, follow, byArrival);

  const headers = headerKeys(fit.visible);
  useEffect(() =>
    list.ensure({ start: view.start, end: view.end, follow, anchor: anchor.current?.id ?? null, headers }),
  );

  // The list gets lower when details open below it: the selected row stays in view.
  const lastViewport = useRef(view.viewport);
  useLayoutEffect(() => {
    const shrunk = view.viewport < lastViewport.current;
    lastViewport.current = view.viewport;
    const index = selectedId === null ? undefined : list.indexOf(selectedId);
    if (shrunk && index !== undefined) view.scrollTo(index);
  });

  useImperativeHandle(handle, () => ({
    reveal: (index, center) => {
      setLeftAt((value) => value ?? total);
      view.scrollTo(index, center);
    },
    seen: () => ({ first: view.firstWhole, last: view.lastWhole }),
    follow: () => {
      if (byArrival) setLeftAt(null);
      view.scrollToEnd();
    },
    focus: () => scroller.current?.focus(),
  }));

  const rows = [];
  let running = false;
  for (let index = view.start; index < view.end; index++) {
    const row = list.row(index);
    if (row && row.state !== 'done' && row.state !== 'error') running = true;
    rows.push({ index, row });
  }
  useReadingOrder(sheet, view);
  const now = useNow(running);
  const waterfallAt = fit.visible.findIndex((column) => column.key === 'waterfall');
  const range =
    waterfallAt < 0
      ? null
      : timeRange(
          rows.flatMap(({ index, row }) => (row && index >= view.firstWhole && index <= view.lastWhole ? row : [])),
          now,
        );
  const colors = useHighlights(rows.map(({ row }) => row));

  const idOf = (event: MouseEvent): number | null => {
    const element = event.target instanceof Element ? event.target.closest('[data-flow-id]') : null;
    return element instanceof HTMLElement ? Number(element.dataset.flowId) : null;
  };
  const fresh = leftAt === null ? 0 : total - leftAt;

  return (
    <div className={classes.wrap}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the page's shortcuts move and open the selection. */}
      <div
        ref={scroller}
        className={classes.scroller}
        role="grid"
        tabIndex={0}
        aria-label={en.list.label}
        aria-multiselectable="true"
        aria-rowcount={total + 1}
        aria-colcount={fit.visible.length}
        aria-activedescendant={
          rows.some(({ row }) => row?.id === selectedId) && selectedId !== null ? rowElementId(selectedId) : undefined
        }
        data-testid="flow-list"
        style={{ '--columns': fit.template, '--list-width': `${fit.width + 8}px`, '--row-height': `${rowHeight}px` }}
        onWheel={touched}
        onTouchMove={touched}
        onPointerDown={touched}
        onMouseDown={(event) => {
          // Shift chooses rows; the text between would be selected as well.
          if (!event.shiftKey) return;
          event.preventDefault();
          scroller.current?.focus();
        }}
        onClick={(event) => {
          const id = idOf(event);
          if (id !== null) onSelect(id, event);
        }}
        onContextMenu={(event) => {
          // From the keyboard, the menu is that of the selected row.
          const id = idOf(event) ?? selectedId;
          const row = id === null ? null : document.getElementById(rowElementId(id));
          if (id === null || !row) return;
          event.preventDefault();
          const box = row.getBoundingClientRect();
          onMenu(
            id,
            idOf(event) === null ? { x: box.left + 40, y: box.bottom } : { x: event.clientX, y: event.clientY },
          );
        }}
      >
        <FlowListHeader
          fit={fit}
          widths={widths}
          onWidths={setWidths}
          waterfallMs={range && range.to - range.from}
          sort={sort}
          onSort={onSort}
          onMove={(key, to) =>
            setChoice(
              moveColumn(
                chosen.map((column) => column.key),
                key,
                to,
              ),
            )
          }
          onMenu={(at, position) => setColumnsMenu({ at, ...position })}
        />
        <div className={classes.rows} style={{ height: view.scrollHeight }} role="presentation">
          <div
            ref={sheet}
            className={classes.sheet}
            style={{ transform: `translateY(${view.sheet.top}px)`, height: view.sheet.height }}
            role="rowgroup"
          >
            {bySlot(rows, view.slots).map(({ index, row }) => (
              <FlowRowView
                // Elements that scroll away draw the next rows: that costs half of making new ones.
                key={index % view.slots}
                index={index}
                top={(index - view.sheet.first) * rowHeight}
                row={row}
                selected={row !== undefined && row.id === selectedId}
                chosen={row !== undefined && isChosen(row.id)}
                color={row && colors.get(row.id)}
                visible={fit.visible}
                widths={fit.widths}
                now={row && row.state !== 'done' && row.state !== 'error' ? now : 0}
              />
            ))}
          </div>
          {range && (
            <Waterfall
              rows={rows}
              range={range}
              rowHeight={rowHeight}
              slots={view.slots}
              top={view.top}
              left={8 + fit.widths.slice(0, waterfallAt).reduce((sum, width) => sum + width, 0)}
              width={fit.widths[waterfallAt] ?? 0}
              now={now}
            />
          )}
        </div>
      </div>
      <ColumnsMenu
        opened={columnsMenu !== null}
        onChange={(opened) => !opened && setColumnsMenu(null)}
        at={columnsMenu?.at ?? null}
      >
        <MenuAnchor x={columnsMenu?.x ?? 0} y={columnsMenu?.y ?? 0} />
      </ColumnsMenu>
      {fresh > 0 && (
        <button
          type="button"
          className={classes.newPill}
          data-testid="new-pill"
          aria-label={en.list.newFlowsLabel(fresh)}
          onClick={() => {
            if (byArrival) {
              setLeftAt(null);
              view.scrollToEnd();
              return;
            }
            // Sorted, new flows stand anywhere: the newest one is shown.
            setLeftAt(total);
            void session.locate(list.lastId).then(
              (index) => index !== undefined && view.scrollTo(index, true),
              () => {},
            );
          }}
        >
          <IconArrowDown size={14} aria-hidden="true" />
          {en.list.newFlows(fresh)}
        </button>
      )}
    </div>
  );
}

/** In the order of their elements, so that React never moves one: scrolling up it would put all but a few back anew. */
const bySlot = <T extends { index: number }>(rows: readonly T[], slots: number): T[] =>
  rows.toSorted((a, b) => (a.index % slots) - (b.index % slots));

/** Puts the elements of rows, which stand where they are seen, in the order in which they are read; as few as that needs are moved. */
function useReadingOrder(sheet: React.RefObject<HTMLElement | null>, { start, end, slots }: FixedWindow) {
  const lastStart = useRef(start);
  // biome-ignore lint/correctness/useExhaustiveDependencies: which rows are drawn, and by which elements, is what decides the order.
  useLayoutEffect(() => {
    const parent = sheet.current;
    if (!parent) return;
    const place = (row: Element) => Number(row.getAttribute('aria-rowindex'));
    const wanted = [...parent.children].sort((a, b) => place(a) - place(b));
    if (start < lastStart.current) {
      // Those that came in before the others go to the front; from there on all is in order.
      let next = parent.firstElementChild;
      for (const row of wanted) {
        if (row === next) next = row.nextElementSibling;
        else parent.insertBefore(row, next);
      }
    } else {
      let next: Element | null = null;
      for (const row of wanted.reverse()) {
        if (row.nextElementSibling !== next) parent.insertBefore(row, next);
        next = row;
      }
    }
    lastStart.current = start;
  }, [sheet, start, end, slots]);
}

/** The time of day, each half second while something on screen is going on. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/**
 * Keeps the rows on screen where they are when others come or go before them, and when the list grows. It gives the row that they are kept by;
 * none while the end is followed, and at the beginning of a sorted list, where what comes first is what is wanted.
 */
function useSteadyRows(view: FixedWindow, selectedId: number | null, follow: boolean, byArrival: boolean) {
  const { list } = useSession();
  const anchor = useRef<{ view: string; id: number; index: number } | null>(null);

  useLayoutEffect(() => {
    const known = anchor.current;
    const index = known?.view === list.view && list.isReady ? list.indexOf(known.id) : undefined;
    if (!follow) view.keep(known && index !== undefined ? index - known.index : 0);
  });

  // After the rows have moved, what is on screen is another part of the list.
  useLayoutEffect(() => {
    // While the rows of a place far away are on their way, nothing there is known to stay.
    anchor.current = null;
    if (follow || !list.isReady) return;
    const selected = selectedId === null ? undefined : list.indexOf(selectedId);
    const isSeen = selected !== undefined && selected >= view.start && selected < view.end;
    if (!isSeen && !byArrival && view.firstWhole === 0) return;
    let at = isSeen ? selected : view.firstWhole;
    while (at < view.end && !list.row(at)) at++;
    const row = list.row(at);
    if (row) anchor.current = { view: list.view, id: row.id, index: at };
  });
  return anchor;
}

/**
 * Follows the end of the list while the person is there. `leftAt` is the number of flows there were when they left it,
 * or null while following. A selected row never moves: with one, only scrolling to the end by hand follows again.
 * A sorted list is never followed: it begins at its beginning.
 */
function useTailFollow(
  scroller: React.RefObject<HTMLDivElement | null>,
  total: number,
  selectedId: number | null,
  rowHeight: number,
  view: FixedWindow,
  isReady: boolean,
  byArrival: boolean,
) {
  const { scrollToEnd, scrollToStart, viewport } = view;
  const [leftAt, setLeftAt] = useState<number | null>(null);
  const lastTouch = useRef(0);
  const known = useRef({ total, selectedId });
  known.current = { total, selectedId };

  useEffect(() => {
    const element = scroller.current;
    if (!element || !byArrival) return;
    const onScroll = () => {
      const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
      const byHand = performance.now() - lastTouch.current < handMadeMs;
      if (!atEnd) setLeftAt((value) => value ?? known.current.total);
      else if (byHand || known.current.selectedId === null) setLeftAt(null);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [scroller, rowHeight, byArrival]);

  useEffect(() => {
    if (selectedId !== null && isReady) setLeftAt((value) => value ?? known.current.total);
  }, [selectedId, isReady]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: total and viewport are what moves the end.
  useLayoutEffect(() => {
    // Before this is painted: by the next scroll event, rows for the old place would have been seen, or none.
    if (leftAt === null && byArrival) scrollToEnd();
    // A new list starts at its end again; one that got shorter has nothing new.
    if (!isReady) setLeftAt(null);
    else if (leftAt !== null && total < leftAt) setLeftAt(total);
    else if (leftAt === null && !byArrival) {
      scrollToStart();
      setLeftAt(total);
    }
  }, [scrollToEnd, scrollToStart, total, viewport, leftAt, isReady, byArrival]);

  const touched = () => {
    lastTouch.current = performance.now();
  };
  return { leftAt, setLeftAt, touched };
}
