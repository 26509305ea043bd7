import { ActionIcon, Button, Popover, TextInput, Tooltip } from '@mantine/core';
import { IconHighlight, IconPencil, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useActions } from '../actions/handlers';
import { deleteView, saveView } from '../api/rest';
import type { SavedView } from '../api/types';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import { useFilterHistory } from './filterHistory';
import { HighlightEditor } from './HighlightEditor';
import classes from './saved.module.css';
import { useSavedFilters } from './useSavedFilters';
import { viewTerm } from './viewTerm';

interface Props {
  filter: string;
  onFilter(filter: string): void;
}

/** The star of the filter bar: saves the filter, lists what is saved and what was used before, and leads to the highlights. */
export function SavedFiltersMenu({ filter, onFilter }: Props) {
  const { views, problem } = useSavedFilters();
  const [history] = useFilterHistory();
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  const [editing, setEditing] = useState<SavedView | null>(null);
  const [highlights, setHighlights] = useState(false);
  useActions({ 'filter.saved': () => setOpened(true) });
  const isSaved = views.some((view) => view.filter === filter || viewTerm(view.name) === filter);
  const use = (text: string) => {
    setOpened(false);
    onFilter(text);
  };
  // The button is never disabled: it would lose the focus when the name is empty again, and Escape would no longer close this.
  const save = () => {
    if (name.trim() === '') return;
    void tried(saveView(name.trim(), filter)).then((ok) => {
      if (ok) setName('');
    });
  };

  return (
    <>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" width={440} shadow="md" trapFocus>
        <Popover.Target>
          <Tooltip label={en.saved.title} disabled={opened}>
            <ActionIcon
              size={22}
              aria-label={en.saved.title}
              data-testid="saved-filters"
              onClick={() => setOpened(!opened)}
            >
              {isSaved && filter !== '' ? <IconStarFilled size={15} /> : <IconStar size={15} />}
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown className={classes.menu} aria-label={en.saved.title}>
          {problem !== null && (
            <p role="alert" className={classes.problem}>
              {problem}
            </p>
          )}
          {filter === '' ? (
            <p className={classes.hint}>{en.saved.nothingToSave}</p>
          ) : (
            <form
              className={classes.save}
              onSubmit={(event) => {
                event.preventDefault();
                save();
              }}
            >
              <TextInput
                size="xs"
                data-autofocus
                value={name}
                maxLength={60}
                placeholder={en.saved.name}
                aria-label={en.saved.name}
                onChange={({ currentTarget }) => setName(currentTarget.value)}
              />
              <Button size="xs" type="submit">
                {en.saved.save}
              </Button>
              <code>{filter}</code>
            </form>
          )}
          <h4>{en.saved.views}</h4>
          {views.length === 0 && <p className={classes.hint}>{en.saved.none}</p>}
          <div className={classes.list}>
            {views.map((view) =>
              editing?.name === view.name ? (
                <ViewEditor key={view.name} view={view} onDone={() => setEditing(null)} />
              ) : (
                <div key={view.name} className={classes.item} data-testid="saved-view">
                  <button type="button" title={view.description ?? undefined} onClick={() => use(viewTerm(view.name))}>
                    <b>{view.name}</b>
                    <code>{view.filter}</code>
                    {view.error !== null && <em>{view.error}</em>}
                  </button>
                  <ActionIcon size={20} aria-label={en.saved.edit(view.name)} onClick={() => setEditing(view)}>
                    <IconPencil size={14} />
                  </ActionIcon>
                  <ActionIcon
                    size={20}
                    aria-label={en.saved.remove(view.name)}
                    onClick={() => void tried(deleteView(view.name))}
                  >
                    <IconTrash size={14} />
                  </ActionIcon>
                </div>
              ),
            )}
          </div>
          {history.length > 0 && (
            <>
              <h4>{en.saved.history}</h4>
              <div className={classes.list}>
                {history.map((text) => (
                  <div key={text} className={classes.item}>
                    <button type="button" onClick={() => use(text)}>
                      <code>{text}</code>
                    </button>
                  </div>
                ))}
              </div>
            </>
          )}
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconHighlight size={15} />}
            onClick={() => {
              setOpened(false);
              setHighlights(true);
            }}
          >
            {en.saved.highlights}
          </Button>
        </Popover.Dropdown>
      </Popover>
      <HighlightEditor opened={highlights} current={filter} onClose={() => setHighlights(false)} />
    </>
  );
}

function ViewEditor({ view, onDone }: { view: SavedView; onDone(): void }) {
  const [name, setName] = useState(view.name);
  const [filter, setFilter] = useState(view.filter);
  return (
    <form
      className={classes.save}
      onSubmit={(event) => {
        event.preventDefault();
        void tried(saveView(view.name, filter, name.trim())).then((ok) => ok && onDone());
      }}
    >
      <TextInput
        size="xs"
        value={name}
        maxLength={60}
        aria-label={en.saved.name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <TextInput
        size="xs"
        value={filter}
        aria-label={en.filter.label}
        onChange={({ currentTarget }) => setFilter(currentTarget.value)}
      />
      <Button size="xs" type="submit">
        {en.saved.save}
      </Button>
      <Button size="xs" variant="default" onClick={onDone}>
        {en.cancel}
      </Button>
    </form>
  );
}
