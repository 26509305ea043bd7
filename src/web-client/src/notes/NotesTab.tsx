import { ActionIcon, Button, TagsInput, Textarea, TextInput } from '@mantine/core';
import { IconPin, IconPinFilled, IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { FlowDetail } from '../api/types';
import { en } from '../strings/en';
import { MarkPicker } from './MarkPicker';
import { isMarkColor } from './marks';
import classes from './notes.module.css';
import { annotate } from './useNotes';

const maxTags = 50;

/** What people noted about a flow. A field is saved when it is left, or with Ctrl+Enter. */
export function NotesTab({ flow }: { flow: FlowDetail }) {
  const change = (notes: Parameters<typeof annotate>[1]) =>
    void annotate({ ids: [flow.id], filter: null, upTo: null }, notes);
  return (
    <div className={classes.tab} data-testid="notes">
      <div className={classes.line}>
        <MarkPicker value={flow.marker} onPick={(marker) => change({ marker })} />
        <Draft
          value={isMarkColor(flow.marker) ? '' : (flow.marker ?? '')}
          onSave={(marker) => change({ marker })}
          render={(props) => (
            <TextInput
              {...props}
              size="xs"
              w={150}
              maxLength={64}
              placeholder={en.notes.otherMark}
              aria-label={en.notes.otherMark}
            />
          )}
        />
        <Button
          size="compact-sm"
          variant={flow.pinned ? 'light' : 'default'}
          aria-pressed={flow.pinned}
          leftSection={flow.pinned ? <IconPinFilled size={14} /> : <IconPin size={14} />}
          onClick={() => change({ pinned: !flow.pinned })}
        >
          {flow.pinned ? en.notes.unpin : en.notes.pin}
        </Button>
      </div>
      <Draft
        value={flow.comment ?? ''}
        onSave={(comment) => change({ comment })}
        render={(props) => (
          <Textarea
            {...props}
            label={en.notes.comment}
            placeholder={en.notes.commentHint}
            autosize
            minRows={3}
            maxRows={16}
            maxLength={10_000}
            data-testid="comment"
          />
        )}
      />
      <TagsInput
        label={en.notes.tags}
        placeholder={flow.tags.length === 0 ? en.notes.tagsHint : ''}
        value={flow.tags}
        maxTags={maxTags}
        splitChars={[',']}
        acceptValueOnBlur
        onChange={(tags) => change({ tags })}
        data-testid="tags"
      />
      <Meta meta={flow.meta} onSave={(name, value) => change({ meta: { [name]: value } })} />
    </div>
  );
}

interface FieldProps {
  value: string;
  onChange(event: { currentTarget: { value: string } }): void;
  onBlur(): void;
  onKeyDown(event: React.KeyboardEvent): void;
}

/** A field that is the person's own while they write in it, whatever comes from elsewhere. */
function Draft({
  value,
  onSave,
  render,
}: {
  value: string;
  onSave(value: string): void;
  render(props: FieldProps): React.ReactNode;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was saved has come back.
  useEffect(() => setDraft(null), [value]);
  const save = () => {
    if (draft !== null && draft !== value) onSave(draft);
    else setDraft(null);
  };
  return render({
    value: draft ?? value,
    onChange: ({ currentTarget }) => setDraft(currentTarget.value),
    onBlur: save,
    onKeyDown: (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement)) save();
      if (event.key === 'Escape') {
        event.preventDefault();
        setDraft(null);
        if (event.target instanceof HTMLElement) event.target.blur();
      }
    },
  });
}

function Meta({ meta, onSave }: { meta: Record<string, string>; onSave(name: string, value: string): void }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const add = () => {
    if (name.trim() === '' || value === '') return;
    onSave(name.trim(), value);
    setName('');
    setValue('');
  };
  return (
    <div>
      <div className={classes.label}>{en.notes.meta}</div>
      <div className={classes.meta}>
        {Object.entries(meta).map(([key, text]) => (
          <MetaLine key={key} name={key} value={text} onSave={onSave} />
        ))}
        <TextInput
          size="xs"
          placeholder={en.notes.metaName}
          aria-label={en.notes.metaName}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextInput
          size="xs"
          placeholder={en.notes.metaValue}
          aria-label={en.notes.metaValue}
          value={value}
          onChange={({ currentTarget }) => setValue(currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && add()}
        />
        <ActionIcon aria-label={en.notes.metaAdd} onClick={add}>
          <IconPlus size={15} />
        </ActionIcon>
      </div>
    </div>
  );
}

function MetaLine({ name, value, onSave }: { name: string; value: string; onSave(name: string, value: string): void }) {
  return (
    <>
      <code>{name}</code>
      <Draft
        value={value}
        onSave={(text) => onSave(name, text)}
        render={(props) => <TextInput {...props} size="xs" aria-label={name} />}
      />
      <ActionIcon aria-label={en.notes.metaRemove(name)} onClick={() => onSave(name, '')}>
        <IconTrash size={15} />
      </ActionIcon>
    </>
  );
}
