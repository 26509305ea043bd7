import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFilter, IconX } from '@tabler/icons-react';
import { type Ref, useCallback, useEffect, useRef, useState } from 'react';
import { formatCount } from '../format/format';
import { en } from '../strings/en';
import classes from './FilterBar.module.css';
import { useSampled, useSession } from './sessionContext';

const debounceMs = 150;

interface Props {
  filter: string;
  inputRef: Ref<HTMLInputElement>;
  onFilter(filter: string): void;
  onLeave(): void;
}

export function FilterBar({ filter, inputRef, onFilter, onLeave }: Props) {
  const [text, setText] = useState(filter);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(filter);

  // The address changed by something else than this field: back, forward, the menu of a row.
  useEffect(() => {
    if (filter === sent.current) return;
    sent.current = filter;
    setText(filter);
  }, [filter]);

  const send = (value: string) => {
    clearTimeout(timer.current);
    const trimmed = value.trim();
    sent.current = trimmed;
    onFilter(trimmed);
  };
  const change = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(value), debounceMs);
  };
  const clear = () => {
    setText('');
    send('');
  };

  return (
    <search className={classes.bar}>
      <IconFilter size={15} className={classes.icon} aria-hidden="true" />
      <input
        ref={inputRef}
        className={classes.input}
        type="text"
        spellCheck={false}
        autoComplete="off"
        value={text}
        placeholder={en.filter.placeholder}
        aria-label={en.filter.label}
        data-testid="filter-input"
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            send(text);
            onLeave();
          } else if (event.key === 'Escape') {
            event.preventDefault();
            if (text === '') onLeave();
            else clear();
          } else if (event.key === 'ArrowDown') {
            event.preventDefault();
            onLeave();
          }
        }}
      />
      {text === '' ? (
        <kbd className={classes.key}>/</kbd>
      ) : (
        <Tooltip label={en.filter.clear}>
          <ActionIcon size={22} aria-label={en.filter.clear} onClick={clear}>
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      <FilterCount filtered={filter !== ''} />
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
