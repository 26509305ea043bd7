import { useMantineColorScheme } from '@mantine/core';
import type { Screen } from '../actions/actions';
import { useActions } from '../actions/handlers';
import { viewedSession } from '../api/viewed';
import { undoLast } from '../notes/deletionToast';
import { useRecording } from '../recording/useRecording';
import { useContrast, useIsHighContrast } from '../theme/contrast';
import { usePersistent } from '../theme/persistent';

interface Parts {
  goTo(screen: Screen): void;
  togglePalette(): void;
  toggleSheet(): void;
}

/** What can be done on every screen. */
export function useShellActions({ goTo, togglePalette, toggleSheet }: Parts): void {
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: false });
  const [, setContrast] = useContrast();
  const isHigh = useIsHighContrast();
  const [compact, setCompact] = usePersistent('compact', false);
  const { toggle: toggleRecording } = useRecording();
  useActions({
    palette: togglePalette,
    sheet: toggleSheet,
    // By its key only on the list, where the screen with the list takes it: elsewhere Space scrolls.
    record:
      viewedSession === null
        ? (event) => {
            if (event) return false;
            toggleRecording();
            return true;
          }
        : undefined,
    restore: viewedSession === null ? () => void undoLast() : undefined,
    'go.traffic': () => goTo('traffic'),
    'go.audit': () => goTo('audit'),
    'go.sql': () => goTo('sql'),
    'go.capture': () => goTo('capture'),
    'go.sessions': () => goTo('sessions'),
    'go.settings': () => goTo('settings'),
    'theme.auto': () => setColorScheme('auto'),
    'theme.light': () => setColorScheme('light'),
    'theme.dark': () => setColorScheme('dark'),
    contrast: () => setContrast(isHigh ? 'normal' : 'high'),
    density: () => setCompact(!compact),
  });
}
