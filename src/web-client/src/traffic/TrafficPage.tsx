import { ActionIcon, Button, VisuallyHidden } from '@mantine/core';
import {
  IconBaselineDensityMedium,
  IconBaselineDensitySmall,
  IconColumns,
  IconLayoutBottombar,
  IconLayoutList,
  IconLayoutSidebarRight,
  IconListTree,
  IconTrash,
} from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ActionTooltip } from '../actions/ActionTooltip';
import type { FlowRow } from '../api/types';
import { viewedSession } from '../api/viewed';
import { FlowDetails } from '../details/FlowDetails';
import { DeletionsMenu } from '../notes/DeletionsMenu';
import { SelectionBar } from '../notes/SelectionBar';
import { annotate } from '../notes/useNotes';
import { RecordButton } from '../recording/RecordButton';
import { useRecording } from '../recording/useRecording';
import { SetupScreen } from '../setup/SetupScreen';
import { RejectionBanner } from '../shell/RejectionBanner';
import { Splitter } from '../shell/Splitter';
import { en } from '../strings/en';
import { usePersistent } from '../theme/persistent';
import { ColumnsMenu } from './ColumnsMenu';
import { toggleColumn } from './columns';
import { EmptyByFilter } from './EmptyByFilter';
import { FilterBar } from './FilterBar';
import { FlowList, type FlowListHandle } from './FlowList';
import { usePlace } from './location';
import { OutlinePane } from './OutlinePane';
import { RowMenu } from './RowMenu';
import { SearchProgress } from './SearchProgress';
import { toSelection } from './selection';
import { useSampled, useSession } from './sessionContext';
import classes from './TrafficPage.module.css';
import { TypeToggles } from './TypeToggles';
import { useClear } from './useClear';
import { useColumns } from './useColumns';
import { useCompare } from './useCompare';
import { useRowActions } from './useRowActions';
import { useSelection } from './useSelection';
import { useTrafficActions } from './useTrafficActions';

export type Layout = 'right' | 'bottom' | 'list';
export const layouts: readonly Layout[] = ['right', 'bottom', 'list'];
const defaultShares = { right: 0.56, bottom: 0.55 };
/** What is left for the rest beside the outline. */
const defaultBesideOutline = 0.8;
const layoutIcons = {
  right: <IconLayoutSidebarRight size={17} />,
  bottom: <IconLayoutBottombar size={17} />,
  list: <IconLayoutList size={17} />,
};

export function TrafficPage() {
  const session = useSession();
  const [place, go] = usePlace();
  const [layout, setLayout] = usePersistent<Layout>('layout', 'right');
  const [shares, setShares] = usePersistent('shares', defaultShares);
  const [outline, setOutline] = usePersistent('outline', false);
  const [besideOutline, setBesideOutline] = usePersistent('besideOutline', defaultBesideOutline);
  const [compact, setCompact] = usePersistent('compact', false);
  const [menu, setMenu] = useState<{ row: FlowRow; x: number; y: number } | null>(null);
  const [choosing, setChoosing] = useState(false);
  const list = useRef<FlowListHandle>(null);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => session.setView(place.filter, place.sort), [session, place.filter, place.sort]);

  const view = useSampled(
    useCallback(() => {
      const { list: model } = session;
      if (model.total > 0) return 'list';
      if (!model.isReady) return model.error ? 'failed' : 'list';
      if (session.filter !== '') return 'nothing';
      return viewedSession === null ? 'setup' : 'empty';
    }, [session]),
    30,
  );
  const clear = useClear();
  const { toggle: toggleRecording } = useRecording();
  const selection = useSelection(session, place.filter, place.flowId);
  const nextLayout = () => setLayout(layouts[(layouts.indexOf(layout) + 1) % layouts.length] ?? 'right');
  const toggleOutline = () => setOutline(!outline);
  const [chosenColumns, setColumns] = useColumns();
  const toggleWaterfall = () =>
    setColumns(
      toggleColumn(
        chosenColumns.map((column) => column.key),
        'waterfall',
      ),
    );
  const actions = useRowActions({ session, place, go, list, layout, setLayout });
  const compare = useCompare({ place, go, selection, open: actions.open });
  useTrafficActions({
    session,
    place,
    go,
    actions,
    compare,
    selection,
    clear,
    toggleRecording,
    nextLayout,
    toggleOutline,
    chooseColumns: () => setChoosing(true),
    toggleWaterfall,
    list,
    input,
  });
  const several = toSelection(selection.chosen, null);

  const isOpen = place.flowId !== null && layout !== 'list';
  const side = layout === 'bottom' ? 'bottom' : 'right';
  const share = shares[side];

  return (
    <main className={classes.page}>
      {view !== 'setup' && <VisuallyHidden component="h1">{en.shell.traffic}</VisuallyHidden>}
      <div className={classes.toolbar}>
        {viewedSession === null && <RecordButton />}
        <ActionTooltip action="outline" label={outline ? en.outline.hide : en.outline.show}>
          <ActionIcon
            aria-label={outline ? en.outline.hide : en.outline.show}
            aria-pressed={outline}
            data-testid="toggle-outline"
            onClick={toggleOutline}
          >
            <IconListTree size={17} />
          </ActionIcon>
        </ActionTooltip>
        <FilterBar
          filter={place.filter}
          inputRef={input}
          onFilter={(filter) => go({ filter })}
          onLeave={() => list.current?.focus()}
        />
        <ColumnsMenu opened={choosing} onChange={setChoosing}>
          <ActionTooltip action="columns" label={en.columns.choose}>
            <ActionIcon aria-label={en.columns.choose} data-testid="choose-columns">
              <IconColumns size={17} />
            </ActionIcon>
          </ActionTooltip>
        </ColumnsMenu>
        <ActionTooltip action="density" label={compact ? en.toolbar.density.compact : en.toolbar.density.comfortable}>
          <ActionIcon
            aria-label={compact ? en.toolbar.density.compact : en.toolbar.density.comfortable}
            onClick={() => setCompact(!compact)}
          >
            {compact ? <IconBaselineDensitySmall size={17} /> : <IconBaselineDensityMedium size={17} />}
          </ActionIcon>
        </ActionTooltip>
        <ActionTooltip action="layout" label={en.toolbar.layout[layout]}>
          <ActionIcon aria-label={en.toolbar.layout[layout]} onClick={nextLayout}>
            {layoutIcons[layout]}
          </ActionIcon>
        </ActionTooltip>
        <DeletionsMenu />
        <ActionTooltip action="clear" label={en.toolbar.clear}>
          <ActionIcon
            aria-label={en.toolbar.clear}
            data-testid="clear-flows"
            disabled={view === 'setup' || viewedSession !== null}
            onClick={clear}
          >
            <IconTrash size={17} />
          </ActionIcon>
        </ActionTooltip>
      </div>
      {view !== 'setup' && <TypeToggles filter={place.filter} onFilter={(filter) => go({ filter })} />}
      <RejectionBanner onOpen={actions.open} />
      <SearchProgress onCancel={(filter) => go({ filter })} />
      <div className={classes.panes}>
        {outline && view !== 'setup' && (
          <>
            <div className={classes.first}>
              <OutlinePane filter={place.filter} onFilter={(filter) => go({ filter })} />
            </div>
            <Splitter
              share={besideOutline}
              vertical
              onShare={setBesideOutline}
              onReset={() => setBesideOutline(defaultBesideOutline)}
            />
          </>
        )}
        <div
          className={outline && view !== 'setup' ? classes.beside : classes.panes}
          data-layout={layout}
          style={outline && view !== 'setup' ? { flexBasis: `${besideOutline * 100}%` } : undefined}
        >
          <div className={classes.first}>
            {view === 'setup' && <SetupScreen empty />}
            {view === 'empty' && <p className={classes.failed}>{en.sessions.viewing.empty}</p>}
            {view === 'nothing' && <EmptyByFilter onClear={() => go({ filter: '' })} />}
            {view === 'failed' && (
              <div className={classes.failed} role="alert">
                <p>
                  {en.list.loadFailed}: {session.list.error}
                </p>
                <Button variant="default" onClick={session.refilter}>
                  {en.list.retry}
                </Button>
                {place.filter !== '' && (
                  <Button variant="default" onClick={() => go({ filter: '' })}>
                    {en.filter.clear}
                  </Button>
                )}
              </div>
            )}
            {view === 'list' && several && selection.count > 0 && (
              <SelectionBar
                count={selection.count}
                selection={several}
                onCompare={() => compare.two()}
                onClear={selection.clear}
              />
            )}
            {view === 'list' && (
              <FlowList
                handle={list}
                selectedId={place.flowId}
                compact={compact}
                sort={place.sort}
                onSort={(sort) => go({ sort })}
                // The second click of a double click opens, it does not close again.
                onSelect={(id, event) => {
                  if (selection.click(id, event)) return;
                  selection.clear();
                  if (event.detail > 1) actions.open(id);
                  else actions.toggle(id);
                }}
                isChosen={selection.has}
                onMenu={(id, { x, y }) => {
                  const row = session.list.find(id);
                  if (row) setMenu({ row, x, y });
                }}
              />
            )}
          </div>
          {isOpen && place.flowId !== null && (
            <>
              <Splitter
                share={share}
                vertical={side === 'right'}
                onShare={(value) => setShares({ ...shares, [side]: value })}
                onReset={() => setShares({ ...shares, [side]: defaultShares[side] })}
              />
              <div className={classes.second} style={{ flexBasis: `${share * 100}%` }}>
                <FlowDetails
                  id={place.flowId}
                  tab={place.tab}
                  compare={place.compare}
                  onTab={(tab) => go({ tab })}
                  onClose={() => {
                    go({ flowId: null });
                    list.current?.focus();
                  }}
                />
              </div>
            </>
          )}
        </div>
      </div>
      <RowMenu
        row={menu?.row ?? null}
        position={menu ?? { x: 0, y: 0 }}
        onClose={() => setMenu(null)}
        onOpen={(row) => actions.open(row.id)}
        onFilter={(filter) => go({ filter })}
        selection={toSelection(selection.chosen, menu?.row.id ?? null)}
        compare={menu ? compare.offered(menu.row.id) : null}
        count={menu && selection.has(menu.row.id) ? selection.count : 1}
        onDelete={(id) => {
          const meant = toSelection(selection.chosen, id);
          if (meant) actions.remove(meant);
          selection.clear();
        }}
        onNotes={(change) => {
          const meant = toSelection(selection.chosen, menu?.row.id ?? null);
          if (meant) void annotate(meant, change);
        }}
        onComment={(row) => {
          actions.open(row.id);
          go({ tab: 'notes' });
        }}
      />
    </main>
  );
}
