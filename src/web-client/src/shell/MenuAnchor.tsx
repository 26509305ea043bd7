import type { ComponentPropsWithRef } from 'react';
import { en } from '../strings/en';

interface Props extends ComponentPropsWithRef<'button'> {
  x: number;
  y: number;
}

/** Lets a context menu cover the point that it was opened at, where it has no room above or below. */
export const anywhere = {
  flip: true,
  shift: { crossAxis: true, limiter: { fn: ({ x, y }: { x: number; y: number }) => ({ x, y }) } },
};

/** What a context menu hangs on: a point where the pointer was. */
export function MenuAnchor({ x, y, ...rest }: Props) {
  return (
    <button
      {...rest}
      type="button"
      tabIndex={-1}
      aria-label={en.menu.more}
      style={{ position: 'fixed', left: x, top: y, width: 0, height: 0, padding: 0, border: 0, pointerEvents: 'none' }}
    />
  );
}
