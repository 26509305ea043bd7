import { Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { getFilterHelp } from '../api/rest';
import type { FilterHelpLine } from '../api/types';
import { en } from '../strings/en';
import classes from './FilterHelp.module.css';

interface Props {
  opened: boolean;
  onClose(): void;
  onExample(filter: string): void;
}

/** All operators and fields, as the server describes them. */
export function FilterHelp({ opened, onClose, onExample }: Props) {
  const [lines, setLines] = useState<FilterHelpLine[]>([]);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!opened || lines.length > 0) return;
    const abort = new AbortController();
    getFilterHelp(abort.signal).then(
      (answer) => {
        setLines(answer);
        setFailed(false);
      },
      () => setFailed(!abort.signal.aborted),
    );
    return () => abort.abort();
  }, [opened, lines]);

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={en.filter.help}
      size={860}
      closeButtonProps={{ 'aria-label': en.close }}
      transitionProps={{ duration: 100 }}
    >
      <p className={classes.text}>{en.filter.sheet.intro}</p>
      <p className={classes.text}>{en.filter.sheet.values}</p>
      {failed && <p role="alert">{en.filter.sheet.failed}</p>}
      <table className={classes.table} data-testid="filter-help">
        <thead>
          <tr>
            {en.filter.sheet.head.map((title) => (
              <th key={title}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.operator} ${line.field}`} data-missing={line.missing !== null}>
              <td>
                <code>{line.operator}</code>
              </td>
              <td>
                <code>{line.field}</code>
              </td>
              <td>
                {line.help}
                {line.missing !== null && <em> ({line.missing})</em>}
              </td>
              <td>
                <button type="button" onClick={() => onExample(line.example)}>
                  <code>{line.example}</code>
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
