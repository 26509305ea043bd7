import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useCopied } from '../copy/useCopied';
import { en } from '../strings/en';
import classes from './SetupScreen.module.css';

interface Props {
  name: string;
  line: string;
}

export function CopyLine({ name, line }: Props) {
  const [copied, copy] = useCopied(line);
  return (
    <div className={classes.line}>
      <span className={classes.lineName}>{name}</span>
      <code title={line}>{line}</code>
      <button type="button" aria-label={en.setup.copyLine(name)} onClick={copy}>
        {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
        {copied ? en.copied : en.copy}
      </button>
    </div>
  );
}
