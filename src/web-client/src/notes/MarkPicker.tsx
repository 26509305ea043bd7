import { Tooltip } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { en } from '../strings/en';
import { markColors } from './marks';
import classes from './notes.module.css';

interface Props {
  value: string | null;
  onPick(marker: string): void;
}

/** The six colours in a row, and none; the keys 1 to 6 and 0 do the same. */
export function MarkPicker({ value, onPick }: Props) {
  return (
    <span className={classes.colors} role="group" aria-label={en.notes.mark}>
      {markColors.map((color, index) => (
        <Tooltip key={color} label={en.notes.colorKey(en.notes.colors[color], index + 1)}>
          <button
            type="button"
            className={classes.color}
            data-color={color}
            aria-label={en.notes.colors[color]}
            aria-pressed={value === color}
            onClick={() => onPick(value === color ? '' : color)}
          />
        </Tooltip>
      ))}
      <Tooltip label={en.notes.colorKey(en.notes.unmark, 0)}>
        <button type="button" className={classes.noColor} aria-label={en.notes.unmark} onClick={() => onPick('')}>
          <IconBan size={15} />
        </button>
      </Tooltip>
    </span>
  );
}
