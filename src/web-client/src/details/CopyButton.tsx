import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useCopied } from '../copy/useCopied';
import classes from './CopyButton.module.css';

interface Props {
  text: string;
  label: string;
  /** Words beside the sign; without them only the sign is there. */
  children?: string;
}

/** A small button that copies a text and confirms it where it was pressed. */
export function CopyButton({ text, label, children }: Props) {
  const [copied, copy] = useCopied(text);
  return (
    <button
      type="button"
      className={classes.copy}
      aria-label={children ? undefined : label}
      title={label}
      data-words={children !== undefined}
      onClick={(event) => {
        // Inside a summary, the press is not meant for the fold.
        event.preventDefault();
        copy();
      }}
    >
      {copied ? <IconCheck size={13} aria-hidden="true" /> : <IconCopy size={13} aria-hidden="true" />}
      {children}
    </button>
  );
}
