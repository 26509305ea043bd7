import { Popover, Switch } from '@mantine/core';
import { useState } from 'react';
import { switchBodyIndex } from '../api/rest';
import type { BodyIndex } from '../api/types';
import { formatSize } from '../format/format';
import { en } from '../strings/en';
import classes from './StatusBar.module.css';

/** How far the index of bodies is, and its switch. */
export function BodyIndexStatus({ index }: { index: BodyIndex }) {
  const [problem, setProblem] = useState<string | null>(null);
  const text = !index.on
    ? en.bodyIndex.off
    : index.done < 1
      ? en.bodyIndex.building(Math.floor(index.done * 100))
      : en.bodyIndex.ready(formatSize(index.sizeBytes));
  const turn = (on: boolean) => {
    setProblem(null);
    switchBodyIndex(on).catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  };
  return (
    <Popover position="top-end" width={340} shadow="md" withinPortal>
      <Popover.Target>
        <button
          type="button"
          className={classes.index}
          data-problem={index.problem !== null}
          data-testid="body-index"
          title={en.bodyIndex.title}
        >
          {text}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.indexMore}>
        <Switch
          label={en.bodyIndex.title}
          checked={index.on}
          onChange={(event) => turn(event.currentTarget.checked)}
          data-testid="body-index-switch"
        />
        <p>{en.bodyIndex.text}</p>
        {(index.problem ?? problem) && (
          <p className={classes.problem} role="alert">
            {index.problem ?? problem}
          </p>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
