import { IconBan } from '@tabler/icons-react';
import { ActionTooltip } from '../actions/ActionTooltip';
import { en } from '../strings/en';
import { markColors } from './marks';
import classes from './notes.module.css';

interface Props {
  value: string | null;
  onPick(marker: string): void;
}

/** The six colours in a row, and none; keys do the same. */
export function MarkPicker({ value, onPick }: Props) {
  return (
    <span className={classes.colors} role="group" aria-label={en.notes.mark}>
      {markColors.map((color) => (
        <ActionTooltip key={color} action={`mark.${color}`} label={en.notes.colors[color]}>
          <button
            type="button"
            className={classes.color}
            data-color={color}
            aria-label={en.notes.colors[color]}
            aria-pressed={value === color}
            onClick={() => onPick(value === color ? '' : color)}
          />
        </ActionTooltip>
      ))}
      <ActionTooltip action="mark.none" label={en.notes.unmark}>
        <button type="button" className={classes.noColor} aria-label={en.notes.unmark} onClick={() => onPick('')}>
          <IconBan size={15} />
        </button>
      </ActionTooltip>
    </span>
  );
}
