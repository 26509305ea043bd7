import { Tooltip, type TooltipProps } from '@mantine/core';
import { cloneElement, type ReactElement } from 'react';
import classes from './ActionTooltip.module.css';
import type { ActionId } from './actions';
import { Keys } from './Keys';
import { ariaKeys } from './keys';
import { useKeysOf } from './useKeysOf';

interface Props extends Omit<TooltipProps, 'label' | 'children'> {
  action: ActionId;
  /** What the button does now. */
  label: string;
  children: ReactElement<{ 'aria-keyshortcuts'?: string | undefined }>;
}

/** A tooltip that says which keys do the same. */
export function ActionTooltip({ action, label, children, ...tooltip }: Props) {
  const keys = ariaKeys(useKeysOf(action));
  return (
    <Tooltip
      {...tooltip}
      label={
        <span className={classes.tip}>
          {label}
          <Keys of={action} />
        </span>
      }
    >
      {keys === undefined ? children : cloneElement(children, { 'aria-keyshortcuts': keys })}
    </Tooltip>
  );
}
