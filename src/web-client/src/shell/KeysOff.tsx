import { useEffect } from 'react';

/** What is typed while something that takes it is still being fetched must not be done to the page behind. */
export function KeysOff() {
  useEffect(() => {
    const stop = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('keydown', stop, { capture: true });
    return () => window.removeEventListener('keydown', stop, { capture: true });
  }, []);
  return null;
}
