import { Modal } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Screen } from '../actions/actions';
import { useActions } from '../actions/handlers';
import { Keys } from '../actions/Keys';
import { en } from '../strings/en';
import classes from './Palette.module.css';
import { type FoundItem, findItems, type PaletteItem, usePaletteItems } from './usePaletteItems';

interface Props {
  screen: Screen;
  goTo(screen: Screen): void;
  onFilter(filter: string): void;
  onClose(): void;
}

const text = en.palette;

/** Everything that the dashboard can do, by its name. What is chosen is done where the focus was before. */
export default function Palette({ screen, goTo, onFilter, onClose }: Props) {
  const [wanted, setWanted] = useState('');
  const [active, setActive] = useState(0);
  const [before] = useState(() => document.activeElement);
  const items = usePaletteItems({ screen, goTo, onFilter });
  const found = useMemo(() => findItems(items, wanted), [items, wanted]);
  const filterItem: PaletteItem = {
    key: 'filter by',
    group: text.group.filter,
    title: text.filterBy(wanted.trim()),
    run: () => onFilter(wanted.trim()),
  };
  const shown: readonly FoundItem[] = wanted.trim() === '' ? found : [...found, { item: filterItem, at: [] }];
  const id = useId();
  const list = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is another one with another text.
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, wanted]);

  const close = () => {
    onClose();
    if (before instanceof HTMLElement) before.focus();
  };
  // Its key opens it, and closes it again.
  useActions({ palette: close });
  const run = (item: PaletteItem | undefined) => {
    if (!item || item.isDisabled) return;
    close();
    item.run();
  };
  const move = (by: number) => setActive((now) => (now + by + shown.length) % Math.max(shown.length, 1));
  const keyDown = (event: KeyboardEvent) => {
    const control = event.ctrlKey || event.metaKey;
    if (event.key === 'ArrowDown' || (control && event.key === 'n')) move(1);
    else if (event.key === 'ArrowUp' || (control && event.key === 'p')) move(-1);
    else if (event.key === 'PageDown') setActive(Math.min(active + 10, shown.length - 1));
    else if (event.key === 'PageUp') setActive(Math.max(active - 10, 0));
    else if (event.key === 'Enter') run(shown[active]?.item);
    else return;
    event.preventDefault();
  };

  return (
    <Modal
      opened
      onClose={close}
      returnFocus={false}
      withCloseButton={false}
      padding={0}
      size={620}
      yOffset="12vh"
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': text.title } }}
    >
      <div className={classes.palette} data-testid="palette">
        <label className={classes.field}>
          <IconSearch size={17} aria-hidden="true" />
          <input
            data-autofocus
            className={classes.input}
            type="text"
            role="combobox"
            spellCheck={false}
            autoComplete="off"
            value={wanted}
            placeholder={text.placeholder}
            aria-label={text.title}
            aria-expanded
            aria-controls={id}
            aria-autocomplete="list"
            aria-activedescendant={shown[active] ? `${id}-${active}` : undefined}
            data-testid="palette-input"
            onChange={({ currentTarget }) => {
              setWanted(currentTarget.value);
              setActive(0);
            }}
            onKeyDown={keyDown}
          />
        </label>
        <div ref={list} id={id} role="listbox" aria-label={text.title} className={classes.list}>
          {shown.map(({ item, at }, index) => (
            <div key={item.key} role="presentation">
              {wanted.trim() === '' && item.group !== shown[index - 1]?.item.group && (
                <div className={classes.group} role="presentation">
                  {item.group}
                </div>
              )}
              {/** biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys. */}
              <div
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                aria-disabled={item.isDisabled}
                className={classes.item}
                data-testid="palette-item"
                onPointerMove={() => setActive(index)}
                onClick={() => run(item)}
              >
                <span className={classes.title}>
                  <Marked text={item.title} at={at} />
                </span>
                {item.code !== undefined && <code>{item.code}</code>}
                <span className={classes.note}>
                  {[wanted.trim() === '' ? null : item.group, item.note].filter(Boolean).join(' · ')}
                </span>
                {item.action && <Keys of={item.action} />}
              </div>
            </div>
          ))}
        </div>
        <footer className={classes.foot} aria-hidden="true">
          <span>
            <kbd>↑</kbd> <kbd>↓</kbd> {text.keys.move}
          </span>
          <span>
            <kbd>Enter</kbd> {text.keys.run}
          </span>
          <span>
            <kbd>Esc</kbd> {text.keys.close}
          </span>
        </footer>
      </div>
    </Modal>
  );
}

function Marked({ text: title, at }: { text: string; at: readonly number[] }) {
  if (at.length === 0) return title;
  const marked = new Set(at);
  return [...title].map((character, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: characters of one text.
    marked.has(index) ? <b key={index}>{character}</b> : character,
  );
}
