import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconLetterCase, IconRegex, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { formatCount } from '../../format/format';
import { en } from '../../strings/en';
import classes from './BodyView.module.css';
import type { BodySearch, FindQuery } from './useBodySearch';

interface Props {
  query: FindQuery;
  search: BodySearch;
  /** Changes when the person asks for it again. */
  asked: number;
  onQuery(query: FindQuery): void;
  onGo(step: 1 | -1): void;
  onClose(): void;
}

/** Finds something in the whole body. */
export function FindBar({ query, search, asked, onQuery, onGo, onClose }: Props) {
  const input = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time it is asked for, the field is where to write.
  useEffect(() => input.current?.select(), [asked]);

  return (
    <search className={classes.find} aria-label={en.find.title} data-testid="find-bar">
      <TextInput
        ref={input}
        size="xs"
        className={classes.findInput}
        placeholder={query.regex ? en.find.regexHint : en.find.hint}
        aria-label={en.find.title}
        value={query.text}
        error={search.state === 'failed'}
        onChange={(event) => onQuery({ ...query, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onGo(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape') onClose();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <Tooltip label={en.find.matchCase}>
        <ActionIcon
          aria-label={en.find.matchCase}
          aria-pressed={query.matchCase}
          data-on={query.matchCase}
          onClick={() => onQuery({ ...query, matchCase: !query.matchCase })}
        >
          <IconLetterCase size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={en.find.regex}>
        <ActionIcon
          aria-label={en.find.regex}
          aria-pressed={query.regex}
          data-on={query.regex}
          onClick={() => onQuery({ ...query, regex: !query.regex })}
        >
          <IconRegex size={16} />
        </ActionIcon>
      </Tooltip>
      <span className={classes.findCount} role="status" data-testid="find-count">
        {countText(query, search)}
      </span>
      <ActionIcon
        aria-label={en.find.previous}
        title={en.find.previous}
        disabled={search.count === 0}
        onClick={() => onGo(-1)}
      >
        <IconChevronUp size={16} />
      </ActionIcon>
      <ActionIcon aria-label={en.find.next} title={en.find.next} disabled={search.count === 0} onClick={() => onGo(1)}>
        <IconChevronDown size={16} />
      </ActionIcon>
      <ActionIcon aria-label={en.find.close} title={en.find.close} onClick={onClose}>
        <IconX size={16} />
      </ActionIcon>
      {search.problem && (
        <span className={classes.findProblem} role="alert">
          {search.problem}
        </span>
      )}
    </search>
  );
}

function countText(query: FindQuery, search: BodySearch): string {
  if (query.text === '' || search.state === 'failed' || search.state === 'idle') return '';
  if (search.state === 'searching' && search.count === 0) return en.find.searching;
  if (search.count === 0) return en.find.none;
  return en.find.place(formatCount(search.index + 1), formatCount(search.count));
}
