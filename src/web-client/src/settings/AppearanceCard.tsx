import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { en } from '../strings/en';
import { contrasts, useContrast } from '../theme/contrast';
import { usePersistent } from '../theme/persistent';
import classes from './SettingsPage.module.css';

const text = en.settings;
const schemes = ['auto', 'light', 'dark'] as const;

/** Theme, contrast and density. */
export function AppearanceCard() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: false });
  const [contrast, setContrast] = useContrast();
  const [compact, setCompact] = usePersistent('compact', false);
  return (
    <section className={classes.card} aria-labelledby="settings-appearance">
      <h2 id="settings-appearance">{text.appearance}</h2>
      <Choice label={text.theme}>
        <SegmentedControl
          size="xs"
          aria-label={text.theme}
          value={colorScheme}
          onChange={setColorScheme}
          data={schemes.map((value) => ({ value, label: text.themes[value] }))}
          data-testid="settings-theme"
        />
      </Choice>
      <Choice label={text.contrast}>
        <SegmentedControl
          size="xs"
          aria-label={text.contrast}
          value={contrast}
          onChange={setContrast}
          data={contrasts.map((value) => ({ value, label: text.contrasts[value] }))}
          data-testid="settings-contrast"
        />
      </Choice>
      <p>{text.contrastHint}</p>
      <Choice label={text.density}>
        <SegmentedControl
          size="xs"
          aria-label={text.density}
          value={compact ? 'compact' : 'comfortable'}
          onChange={(value) => setCompact(value === 'compact')}
          data={[
            { value: 'comfortable', label: text.densities.comfortable },
            { value: 'compact', label: text.densities.compact },
          ]}
          data-testid="settings-density"
        />
      </Choice>
      <p>{text.motion}</p>
    </section>
  );
}

const Choice = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className={classes.choice}>
    <span>{label}</span>
    {children}
  </div>
);
