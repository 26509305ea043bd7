import { IconAlertTriangleFilled, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { OutlineEntry } from '../api/types';
import { formatCount } from '../format/format';
import { en } from '../strings/en';
import classes from './OutlinePane.module.css';
import { OutlineTree } from './OutlineTree';
import { outlineFilter, pathFilter, refine } from './outlineFilter';
import type { OutlineList, OutlineName } from './outlineModel';
import { useSession } from './sessionContext';

const sections: readonly OutlineName[] = ['hosts', 'clients', 'types'];

interface Props {
  filter: string;
  onFilter(filter: string): void;
}

/** The whole session by host and path, by client, and by media type. A click or Enter shows only that, with Alt all but that. */
export function OutlinePane({ filter, onFilter }: Props) {
  const { outline } = useSession();
  useSyncExternalStore(outline.onChange, outline.getVersion);
  useEffect(() => outline.show(), [outline]);
  const before = useRef<string | null>(null);
  const [closed, setClosed] = useState<readonly OutlineName[]>([]);

  const pick = (part: string, leaveOut: boolean) => {
    onFilter(refine(filter, part, leaveOut, before.current));
    if (!leaveOut) before.current = part;
  };
  const line = (key: string, label: string, entry: OutlineEntry, part: string, depth: number, path: string | null) => {
    const open = path !== null && outline.isOpen(path);
    return (
      <div
        key={key}
        className={classes.line}
        role="treeitem"
        aria-label={en.outline.item(label, entry.flows)}
        aria-level={depth + 1}
        aria-expanded={path === null ? undefined : open}
        aria-selected={` ${filter} `.includes(` ${part} `)}
        tabIndex={-1}
        data-part={part}
        data-path={path ?? undefined}
        style={{ paddingInlineStart: 4 + depth * 14 }}
      >
        {path === null ? (
          <span className={classes.chevron} />
        ) : (
          <button
            type="button"
            className={classes.chevron}
            tabIndex={-1}
            aria-label={open ? en.outline.close(label) : en.outline.open(label)}
            onClick={() => outline.toggle(path)}
          >
            {open ? <IconChevronDown size={13} /> : <IconChevronRight size={13} />}
          </button>
        )}
        <button
          type="button"
          className={classes.name}
          tabIndex={-1}
          data-outline={part}
          title={`${label}\n${en.outline.hint}`}
          onClick={(event) => pick(part, event.altKey)}
        >
          <span>{label}</span>
          {entry.errors > 0 && (
            <em title={en.outline.errors(entry.errors)}>
              <IconAlertTriangleFilled size={10} aria-hidden="true" />
              {formatCount(entry.errors)}
            </em>
          )}
          <output>{formatCount(entry.flows)}</output>
        </button>
      </div>
    );
  };
  const more = (key: string, list: OutlineList, depth: number) =>
    list.moreFlows > 0 && (
      <div key={`${key} more`} className={classes.more} style={{ paddingInlineStart: 22 + depth * 14 }}>
        {en.outline.more(list.moreNames, list.moreFlows)}
      </div>
    );
  const paths = (host: string, path: string, depth: number): React.ReactNode => {
    const list = outline.below(host + path);
    if (!list) return <div className={classes.more}>{en.outline.counting}</div>;
    return (
      <>
        {list.entries.map((entry) => {
          const own = `${path}/${entry.name}`;
          const below = entry.hasMore ? host + own : null;
          return (
            <div key={entry.name} role="presentation">
              {line(entry.name, `/${entry.name}`, entry, pathFilter(host, own, entry.hasMore), depth, below)}
              {below !== null && outline.isOpen(below) && paths(host, own, depth + 1)}
            </div>
          );
        })}
        {more(host + path, list, depth)}
      </>
    );
  };

  return (
    <nav className={classes.pane} aria-label={en.outline.label} data-testid="outline">
      {outline.error !== null && <p className={classes.more}>{en.outline.failed(outline.error)}</p>}
      {sections.map((name) => {
        const list = outline.list(name);
        const isClosed = closed.includes(name);
        return (
          <section key={name} aria-label={en.outline.section[name]}>
            <button
              type="button"
              className={classes.title}
              aria-expanded={!isClosed}
              onClick={() => setClosed(isClosed ? closed.filter((one) => one !== name) : [...closed, name])}
            >
              {isClosed ? <IconChevronRight size={13} /> : <IconChevronDown size={13} />}
              {en.outline.section[name]}
              {list && <output>{formatCount(list.entries.length + list.moreNames)}</output>}
            </button>
            {!isClosed && !list && <div className={classes.more}>{en.outline.counting}</div>}
            {!isClosed && list && (
              <OutlineTree label={en.outline.section[name]} onToggle={(path) => outline.toggle(path)} onPick={pick}>
                {list.entries.map((entry) => {
                  const label = entry.name || en.outline.unknown;
                  const path = entry.hasMore ? entry.name : null;
                  return (
                    <div key={entry.name} role="presentation">
                      {line(entry.name, label, entry, outlineFilter(name, entry.name), 0, path)}
                      {path !== null && outline.isOpen(path) && paths(path, '', 1)}
                    </div>
                  );
                })}
                {more(name, list, 0)}
              </OutlineTree>
            )}
          </section>
        );
      })}
    </nav>
  );
}
