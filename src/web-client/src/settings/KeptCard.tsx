import { Button, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { en } from '../strings/en';
import { forget, useKeptKeys } from '../theme/persistent';
import { type KeptPart, keptOf, keptParts } from './keptParts';
import classes from './SettingsPage.module.css';

const text = en.settings;
const parts = [...Object.keys(keptParts), 'others'] as KeptPart[];

/** What this browser keeps, and how to make it forget. */
export function KeptCard() {
  const kept = useKeptKeys();
  const { colorScheme, clearColorScheme } = useMantineColorScheme();
  const isChanged = (part: KeptPart) =>
    keptOf(part, kept).length > 0 || (part === 'appearance' && colorScheme !== 'auto');
  const reset = (part: KeptPart) => {
    forget(keptOf(part, kept));
    // The theme is kept by Mantine.
    if (part === 'appearance') clearColorScheme();
  };
  const shown = parts.filter((part) => part !== 'others' || isChanged(part));
  return (
    <section className={classes.card} aria-labelledby="settings-kept">
      <h2 id="settings-kept">{text.kept}</h2>
      <p>{text.keptHint}</p>
      <ul className={classes.kept}>
        {shown.map((part) => (
          <li key={part} data-testid={`kept-${part}`}>
            <span>{text.parts[part]}</span>
            {isChanged(part) ? (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={text.resetOf(text.parts[part])}
                onClick={() => reset(part)}
              >
                {text.reset}
              </Button>
            ) : (
              <em>{text.unchanged}</em>
            )}
          </li>
        ))}
      </ul>
      <Button
        variant="default"
        data-testid="forget-all"
        disabled={!parts.some(isChanged)}
        onClick={() => {
          for (const part of parts) reset(part);
          notifications.show({ message: text.forgotten, color: 'teal', autoClose: 4000 });
        }}
      >
        {text.forgetAll}
      </Button>
    </section>
  );
}
