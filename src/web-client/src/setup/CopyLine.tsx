import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { copyText } from '../copy/clipboard';
import { en } from '../strings/en';
import classes from './SetupScreen.module.css';

interface Props {
  name: string;
  line: string;
}

export function CopyLine({ name, line }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className={classes.line}>
      <span className={classes.lineName}>{name}</span>
      <code title={line}>{line}</code>
      <button
        type="button"
        aria-label={en.setup.copyLine(name)}
        onClick={() => {
          void copyText(line);
          setCopied(true);
        }}
      >
        {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
        {copied ? en.copied : en.copy}
      </button>
    </div>
  );
}
