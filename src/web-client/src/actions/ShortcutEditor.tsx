import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconPlus, IconSearch } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { en } from '../strings/en';
import { type ActionId, actionGroups, actionIds, actions, actionTitle } from './actions';
import { isChanged, keysOf, rebound } from './bindings';
import { KeyRecorder } from './KeyRecorder';
import { keysText } from './keys';
import classes from './ShortcutEditor.module.css';
import { useKeyChoices } from './useKeyChoices';

/** Keys that somebody is about to choose for an action. */
interface Edit {
  action: ActionId;
  /** Which of the action's keys are replaced; without it, others are added. */
  replaced?: string;
  /** All of the action's keys at once, as a reset proposes them. */
  proposed?: readonly string[];
}

const text = en.shortcuts;

/** What was looked for, in the action's name, its group, or its keys. */
function isFound(id: ActionId, keys: readonly string[], wanted: string): boolean {
  const name = `${actionTitle(id)} ${en.actions.groups[actions[id].group]}`.toLowerCase();
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = keys.map((one) => keysText(one).toLowerCase());
  return words.every((word) => name.includes(word)) || shown.includes(wanted.trim().toLowerCase());
}

/** All actions with their keys, which a click changes. */
export function ShortcutEditor() {
  const [choices, setChoices] = useKeyChoices();
  const [wanted, setWanted] = useState('');
  const [edit, setEdit] = useState<Edit | null>(null);
  const found = actionIds.filter((id) => isFound(id, keysOf(choices, id), wanted));

  const afterEdit = ({ action, replaced }: Edit, keys: string): readonly string[] => {
    const now = keysOf(choices, action);
    return replaced === undefined ? [...now, keys] : now.map((one) => (one === replaced ? keys : one));
  };
  const root = useRef<HTMLDivElement>(null);
  /** The focus goes back to where the keys are. */
  const endEdit = (action: ActionId) => {
    setEdit(null);
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-action="${action}"] button`)?.focus());
  };
  const reset = (action: ActionId) => setEdit({ action, proposed: actions[action].keys });

  return (
    <div ref={root}>
      <div className={classes.tools}>
        <TextInput
          data-autofocus
          className={classes.search}
          size="xs"
          leftSection={<IconSearch size={14} />}
          placeholder={text.search}
          aria-label={text.search}
          value={wanted}
          data-testid="shortcut-search"
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        />
        <Tooltip label={text.resetAllHint}>
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={14} />}
            disabled={Object.keys(choices).length === 0}
            onClick={() => {
              setEdit(null);
              setChoices({});
            }}
          >
            {text.resetAll}
          </Button>
        </Tooltip>
      </div>
      <p className={classes.hint}>{text.hint}</p>
      {found.length === 0 && <p className={classes.hint}>{text.none(wanted.trim())}</p>}
      <div className={classes.groups}>
        {actionGroups.map((group) => {
          const ids = found.filter((id) => actions[id].group === group);
          return (
            ids.length > 0 && (
              <section key={group}>
                <h3>{en.actions.groups[group]}</h3>
                {ids.map((id) => (
                  <div key={id} className={classes.action} data-action={id} data-testid={`shortcut-${id}`}>
                    <div className={classes.row}>
                      <span className={classes.title}>{actionTitle(id)}</span>
                      {isChanged(choices, id) && <ResetButton id={id} onClick={() => reset(id)} />}
                      {keysOf(choices, id).map((keys) => (
                        <button
                          key={keys}
                          type="button"
                          className={classes.keys}
                          aria-label={text.change(actionTitle(id), keysText(keys))}
                          onClick={() => setEdit({ action: id, replaced: keys })}
                        >
                          <kbd>{keysText(keys)}</kbd>
                        </button>
                      ))}
                      <ActionIcon
                        className={classes.add}
                        size={20}
                        aria-label={text.add(actionTitle(id))}
                        title={text.add(actionTitle(id))}
                        onClick={() => setEdit({ action: id })}
                      >
                        <IconPlus size={13} />
                      </ActionIcon>
                    </div>
                    {edit?.action === id && (
                      <KeyRecorder
                        key={edit.replaced}
                        action={id}
                        choices={choices}
                        replaced={edit.replaced}
                        proposed={edit.proposed}
                        keysAfter={(keys) => afterEdit(edit, keys)}
                        onSave={(keys) => {
                          setChoices(rebound(choices, id, keys));
                          endEdit(id);
                        }}
                        onCancel={() => endEdit(id)}
                      />
                    )}
                  </div>
                ))}
              </section>
            )
          );
        })}
      </div>
    </div>
  );
}

function ResetButton({ id, onClick }: { id: ActionId; onClick(): void }) {
  const label = text.reset(actionTitle(id), actions[id].keys.map((keys) => keysText(keys)).join(', '));
  return (
    <ActionIcon size={20} aria-label={label} title={label} onClick={onClick}>
      <IconArrowBackUp size={14} />
    </ActionIcon>
  );
}
