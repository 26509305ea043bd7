import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFilter, IconHelp, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, type Ref, useCallback, useEffect, useId, useRef, useState } from 'react';
import { useActions } from '../actions/handlers';
import { Keys } from '../actions/Keys';
import { describeFilter } from '../api/rest';
import type { FilterCompletion, FilterInfo } from '../api/types';
import { formatCount } from '../format/format';
import { useFilterHistory } from '../saved/filterHistory';
import { SavedFiltersMenu } from '../saved/SavedFiltersMenu';
import { en } from '../strings/en';
import classes from './FilterBar.module.css';
import { FilterHelp } from './FilterHelp';
import { FilterPopup, itemId } from './FilterPopup';
import { errorParts, nextItem, replacePart } from './filterText';
import { useSampled, useSession } from './sessionContext';

const debounceMs = 150;
const nothingKnown: FilterInfo = { description: null, error: null, completions: null };

interface Props {
  filter: string;
  inputRef: Ref<HTMLInputElement>;
  onFilter(filter: string): void;
  onLeave(): void;
}

/** The filter as a text. While what is written is wrong, the last filter that was right stays active. */
export function FilterBar({ filter, inputRef, onFilter, onLeave }: Props) {
  const [text, setText] = useState(filter);
  const [info, setInfo] = useState(nothingKnown);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [help, setHelp] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asking = useRef<AbortController>(undefined);
  const sent = useRef(filter);
  const listId = useId();

  /** Asks what the text says; a text that is right (or that nobody can judge, because MitmWeb is away) becomes the filter. */
  const ask = useCallback(
    async (value: string, cursor: number | null, apply: boolean) => {
      clearTimeout(timer.current);
      asking.current?.abort();
      const abort = new AbortController();
      asking.current = abort;
      let answer = nothingKnown;
      try {
        answer = await describeFilter(value, cursor, abort.signal);
      } catch {
        // What is known stays nothing.
      }
      if (abort.signal.aborted) return;
      setInfo(answer);
      setActive(-1);
      const trimmed = value.trim();
      if (!apply || answer.error || trimmed === sent.current) return;
      sent.current = trimmed;
      onFilter(trimmed);
    },
    [onFilter],
  );

  // The address says what the filter is: at the start, and when something else than this field changes it.
  const asked = useRef<string | null>(null);
  useEffect(() => {
    if (filter === sent.current && asked.current !== null) return;
    asked.current = filter;
    sent.current = filter;
    setText(filter);
    setOpen(false);
    if (filter !== '') void ask(filter, null, false);
    else setInfo(nothingKnown);
  }, [filter, ask]);

  useActions({ 'filter.help': () => setHelp(true) });
  const [history, keep] = useFilterHistory();
  /** Where in the history the field is; -1 for what was written. */
  const at = useRef(-1);
  const change = (value: string, cursor: number) => {
    at.current = -1;
    setText(value);
    setOpen(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void ask(value, cursor, true), debounceMs);
  };
  const clear = () => {
    setText('');
    setOpen(false);
    setInfo(nothingKnown);
    asking.current?.abort();
    clearTimeout(timer.current);
    sent.current = '';
    onFilter('');
  };
  const write = (start: number, length: number, insert: string) => {
    const replaced = replacePart(text, start, length, insert);
    setText(replaced.text);
    void ask(replaced.text, replaced.cursor, true);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(replaced.cursor, replaced.cursor);
    });
  };
  const items = info.completions?.items ?? [];
  const pick = (item: FilterCompletion) => {
    const { completions } = info;
    if (completions) write(completions.start, completions.length, item.insert);
  };
  const keyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const listed = open && items.length > 0;
    const item = listed ? items[active] : undefined;
    if (event.key === 'Enter' || event.key === 'Tab') {
      if (item) {
        event.preventDefault();
        pick(item);
      } else if (event.key === 'Enter') {
        setOpen(false);
        void ask(text, null, true);
        if (!info.error) {
          keep(text.trim());
          onLeave();
        }
      }
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (open) setOpen(false);
      else if (text === '') onLeave();
      else clear();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (listed) setActive(nextItem(active, items.length, event.key === 'ArrowDown' ? 1 : -1));
      else if (event.key === 'ArrowDown' && at.current < 0) onLeave();
      else {
        // Back and forth through the filters used before, as in a shell.
        const last = at.current;
        at.current = Math.min(Math.max(last + (event.key === 'ArrowUp' ? 1 : -1), -1), history.length - 1);
        if (last === -1 && at.current === 0 && history[0] === text.trim() && history.length > 1) at.current = 1;
        if (at.current !== last) use(at.current < 0 ? '' : (history[at.current] ?? ''));
      }
    } else if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      setOpen(true);
      void ask(text, event.currentTarget.selectionStart, true);
    }
  };

  /** A filter from a list: saved, or used before. */
  const use = (value: string) => {
    setText(value);
    setOpen(false);
    void ask(value, null, true);
  };

  const { error } = info;
  // While somebody is writing on and is offered what could come next, what is missing is no mistake yet.
  const unfinished =
    error !== null && open && items.length > 0 && error.length === 0 && error.position >= text.trimEnd().length;
  const isWrong = error !== null && !unfinished;
  const [before, wrong, after] = error ? errorParts(text, error) : ['', '', ''];
  return (
    <search className={classes.bar} data-wrong={isWrong}>
      <Tooltip label={info.description ?? en.filter.label} multiline maw={420} position="bottom-start">
        <IconFilter size={15} className={classes.icon} aria-hidden="true" />
      </Tooltip>
      <div className={classes.field}>
        {isWrong && (
          <div ref={mirror} className={classes.mirror} aria-hidden="true" data-testid="filter-mark">
            {before}
            <mark>{wrong}</mark>
            {after}
          </div>
        )}
        <input
          ref={(element) => {
            field.current = element;
            if (typeof inputRef === 'function') inputRef(element);
            else if (inputRef) inputRef.current = element;
          }}
          className={classes.input}
          type="text"
          role="combobox"
          spellCheck={false}
          autoComplete="off"
          value={text}
          placeholder={en.filter.placeholder}
          aria-label={en.filter.label}
          aria-invalid={isWrong}
          aria-expanded={open && items.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={open && active >= 0 ? itemId(listId, active) : undefined}
          data-testid="filter-input"
          onChange={({ currentTarget }) =>
            change(currentTarget.value, currentTarget.selectionStart ?? currentTarget.value.length)
          }
          onScroll={({ currentTarget }) => {
            if (mirror.current) mirror.current.scrollLeft = currentTarget.scrollLeft;
          }}
          onBlur={() => {
            setOpen(false);
            if (!info.error) keep(text.trim());
          }}
          onKeyDown={keyDown}
        />
      </div>
      {text === '' ? (
        <Keys of="filter.focus" className={classes.key} />
      ) : (
        <Tooltip label={en.filter.clear}>
          <ActionIcon size={22} aria-label={en.filter.clear} onClick={clear}>
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      <Tooltip label={en.filter.help}>
        <ActionIcon size={22} aria-label={en.filter.help} onClick={() => setHelp(true)}>
          <IconHelp size={15} />
        </ActionIcon>
      </Tooltip>
      <SavedFiltersMenu filter={filter} onFilter={use} />
      <FilterCount filtered={filter !== ''} />
      {((open && (items.length > 0 || info.description)) || error) && text !== '' && (
        <FilterPopup
          id={listId}
          info={info}
          items={open ? items : []}
          active={active}
          unfinished={unfinished}
          onPick={pick}
          onSuggestion={() => error && write(error.position, error.length, error.suggestion ?? '')}
        />
      )}
      <FilterHelp
        opened={help}
        onClose={() => setHelp(false)}
        onExample={(example) => {
          setHelp(false);
          setText(example);
          void ask(example, null, true);
        }}
      />
    </search>
  );
}

function FilterCount({ filtered }: { filtered: boolean }) {
  const session = useSession();
  const matching = useSampled(
    useCallback(() => session.list.total, [session]),
    120,
  );
  const all = useSampled(
    useCallback(() => session.allFlows, [session]),
    120,
  );
  return (
    <output className={classes.count} aria-label={en.filter.countLabel(matching, all)}>
      {filtered ? en.filter.count(matching, all) : formatCount(matching)}
    </output>
  );
}
