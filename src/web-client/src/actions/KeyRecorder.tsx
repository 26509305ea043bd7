import { Button } from '@mantine/core';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { en } from '../strings/en';
import { type ActionId, actionTitle } from './actions';
import { clashesOf, type KeyChoices, keysOf, ownerOfKeys } from './bindings';
import { keyName, keysText, pressesOf } from './keys';
import classes from './ShortcutEditor.module.css';

interface Props {
  action: ActionId;
  choices: KeyChoices;
  /** The keys that are replaced, which can be removed as well. */
  replaced: string | undefined;
  /** All keys of the action, when nothing has to be pressed. */
  proposed: readonly string[] | undefined;
  /** All keys of the action with those that were pressed. */
  keysAfter(pressed: string): readonly string[];
  onSave(keys: readonly string[]): void;
  onCancel(): void;
}

const text = en.shortcuts;

/** Takes the next presses as an action's keys, and says who has them already. */
export function KeyRecorder({ action, choices, replaced, proposed, keysAfter, onSave, onCancel }: Props) {
  const [pressed, setPressed] = useState<string | null>(null);
  const field = useRef<HTMLDivElement>(null);
  const keys = proposed ?? (pressed === null ? null : keysAfter(pressed));
  const owner = pressed === null ? null : ownerOfKeys(pressed);
  const clashes = keys === null ? [] : clashesOf(choices, action, keys);
  const canSave = keys !== null && owner === null;
  const isPlainReset = proposed !== undefined && clashes.length === 0;

  useEffect(() => {
    field.current?.focus();
    field.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  // A reset that takes nothing from others needs no question.
  const save = useRef(onSave);
  save.current = onSave;
  useEffect(() => {
    if (isPlainReset && proposed) save.current(proposed);
  }, [isPlainReset, proposed]);

  const keyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const press = keyName(event.nativeEvent);
    if (press === null || press === 'Tab' || press === 'Shift+Tab') return;
    event.preventDefault();
    if (press === 'Escape') onCancel();
    else if (press === 'Enter' && canSave) onSave(keys);
    else if (!proposed && !event.repeat) {
      const before = pressed === null || owner !== null ? [] : pressesOf(pressed);
      setPressed(before.length === 1 ? `${before[0]} ${press}` : press);
    }
  };
  if (isPlainReset) return null;
  const shown = proposed ?? (pressed === null ? [] : [pressed]);
  return (
    <div className={classes.recorder} data-testid="key-recorder">
      <div
        ref={field}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes keys as they are pressed.
        tabIndex={0}
        className={classes.field}
        aria-label={text.record(actionTitle(action))}
        data-mantine-stop-propagation="true"
        data-testid="key-field"
        onKeyDown={keyDown}
      >
        {shown.length === 0 ? (
          <span className={classes.press}>{text.press}</span>
        ) : (
          shown.map((one) => <kbd key={one}>{keysText(one)}</kbd>)
        )}
      </div>
      <span className={classes.buttons}>
        <Button size="compact-xs" disabled={!canSave} onClick={() => keys && onSave(keys)}>
          {clashes.length > 0 ? text.take : text.save}
        </Button>
        {replaced !== undefined && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => onSave(keysOf(choices, action).filter((one) => one !== replaced))}
          >
            {text.removeKeys}
          </Button>
        )}
        <Button size="compact-xs" variant="default" onClick={onCancel}>
          {en.cancel}
        </Button>
      </span>
      {pressed !== null && owner !== null ? (
        <p role="alert" data-problem="true">
          {text.owner[owner](keysText(pressed))}
        </p>
      ) : clashes.length > 0 ? (
        <p role="alert" data-problem="true">
          {text.clash(clashes.map((one) => text.clashWith(actionTitle(one.action), keysText(one.keys))).join(', '))}
        </p>
      ) : (
        <p>{text.pressHint}</p>
      )}
    </div>
  );
}
