import { useEffect, useMemo } from 'react';
import { isDialogOpen, isField } from './focus';
import { pressAction } from './handlers';
import { KeyReader } from './keyReader';
import { keyName } from './keys';
import { useKeyChoices } from './useKeyChoices';

/**
 * The keys of the whole window: finds the action that a press asks for, and does it. Presses that something else took
 * (preventDefault) are left alone, and so are menus. Once per page.
 */
export function useKeyboard(): void {
  const [choices] = useKeyChoices();
  const reader = useMemo(() => new KeyReader(choices), [choices]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // A browser that fills a form in sends presses without a key.
      if (event.defaultPrevented || event.isComposing || event.key === undefined) return;
      if (event.target instanceof Element && event.target.closest('[role="menu"]')) return;
      const press = keyName(event);
      if (press === null) return;
      const place = { inField: isField(event.target), overDialog: isDialogOpen() };
      for (const id of reader.read(press, event.timeStamp, place)) {
        if (!pressAction(id, event)) continue;
        event.preventDefault();
        return;
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [reader]);
}
