import { Button, CloseButton, TextInput } from '@mantine/core';
import { IconArrowsDiff, IconPin, IconPinnedOff, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ActionTooltip } from '../actions/ActionTooltip';
import type { FlowSelection } from '../api/types';
import { CopyAsButton } from '../copy/CopyAsMenu';
import { en } from '../strings/en';
import { MarkPicker } from './MarkPicker';
import classes from './notes.module.css';
import { SelectionSummary } from './SelectionSummary';
import { annotate, remove } from './useNotes';

interface Props {
  count: number;
  selection: FlowSelection;
  onCompare(): void;
  onClear(): void;
}

/** What can be done to several flows at once. */
export function SelectionBar({ count, selection, onCompare, onClear }: Props) {
  const [tag, setTag] = useState('');
  const addTag = () => {
    if (tag.trim() === '') return;
    void annotate(selection, { addTags: [tag.trim()] });
    setTag('');
  };
  return (
    <div className={classes.bar} role="toolbar" aria-label={en.selection.label} data-testid="selection-bar">
      <div className={classes.barHead}>
        <b>{en.selection.count(count)}</b>
        <ActionTooltip action="leave" label={en.selection.clear}>
          <CloseButton size="sm" aria-label={en.selection.clear} onClick={onClear} />
        </ActionTooltip>
      </div>
      <SelectionSummary selection={selection} />
      <MarkPicker value={null} onPick={(marker) => void annotate(selection, { marker })} />
      <TextInput
        size="xs"
        w={120}
        value={tag}
        placeholder={en.selection.tag}
        aria-label={en.selection.tag}
        onChange={({ currentTarget }) => setTag(currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && addTag()}
      />
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPin size={13} />}
        onClick={() => void annotate(selection, { pinned: true })}
      >
        {en.notes.pin}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPinnedOff size={13} />}
        onClick={() => void annotate(selection, { pinned: false })}
      >
        {en.notes.unpin}
      </Button>
      {count === 2 && (
        <Button size="compact-xs" variant="default" leftSection={<IconArrowsDiff size={13} />} onClick={onCompare}>
          {en.diff.compare}
        </Button>
      )}
      <CopyAsButton selection={selection} isHttp position="bottom-start" />
      <Button
        size="compact-xs"
        variant="default"
        c="var(--red)"
        leftSection={<IconTrash size={13} />}
        onClick={() => void remove(selection).then((ok) => ok && onClear())}
      >
        {en.menu.delete}
      </Button>
    </div>
  );
}
