import { useEffect, useRef } from 'react';
import type { FilterCompletion, FilterInfo } from '../api/types';
import { en } from '../strings/en';
import classes from './FilterBar.module.css';

interface Props {
  id: string;
  info: FilterInfo;
  items: readonly FilterCompletion[];
  active: number;
  /** Whether more is to come, so that what is missing is said as a help. */
  unfinished: boolean;
  onPick(item: FilterCompletion): void;
  onSuggestion(): void;
}

export const itemId = (id: string, index: number): string => `${id}-${index}`;

/** Below the filter bar: what is wrong with it, or what it says, and what could be written at the cursor. */
export function FilterPopup({ id, info, items, active, unfinished, onPick, onSuggestion }: Props) {
  const { error, description } = info;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done here but leaving the focus to the field
    <div className={classes.popup} onMouseDown={(event) => event.preventDefault()} data-testid="filter-popup">
      {error && unfinished ? (
        <div className={classes.meaning}>{en.filter.expected(error.expected)}</div>
      ) : error ? (
        <div className={classes.error} role="alert" data-testid="filter-error">
          <span>{error.message}</span>
          {error.suggestion !== null && (
            <button type="button" onClick={onSuggestion} data-testid="filter-suggestion">
              {en.filter.replaceWith(error.suggestion)}
            </button>
          )}
          {error.expected !== '' && <small>{en.filter.expected(error.expected)}</small>}
        </div>
      ) : (
        description && <div className={classes.meaning}>{description}</div>
      )}
      {items.length > 0 && (
        <div ref={list} id={id} role="listbox" aria-label={en.filter.completions} className={classes.items}>
          {items.map((item, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus
            <div
              key={item.insert}
              id={itemId(id, index)}
              role="option"
              aria-selected={index === active}
              className={classes.item}
              onClick={() => onPick(item)}
            >
              <code>{item.insert}</code>
              <span>{item.help}</span>
              {item.count !== null && <output>{en.filter.seen(item.count)}</output>}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
