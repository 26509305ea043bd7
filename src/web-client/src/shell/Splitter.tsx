import type { KeyboardEvent, PointerEvent } from 'react';
import { en } from '../strings/en';
import classes from './Splitter.module.css';

interface Props {
  /** The share of the second pane, 0 to 1. */
  share: number;
  vertical: boolean;
  onShare(share: number): void;
  onReset(): void;
}

const clamp = (share: number) => Math.min(0.85, Math.max(0.15, share));

/** Between two panes; the handle sets the second one's share of both. */
export function Splitter({ share, vertical, onShare, onReset }: Props) {
  const drag = (event: PointerEvent<HTMLElement>) => {
    const handle = event.currentTarget;
    const parent = handle.parentElement;
    if (!parent) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const box = parent.getBoundingClientRect();
    const move = (moved: globalThis.PointerEvent) =>
      onShare(clamp(vertical ? (box.right - moved.clientX) / box.width : (box.bottom - moved.clientY) / box.height));
    const end = () => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('lostpointercapture', end);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', end);
  };
  const keys = (event: KeyboardEvent) => {
    const more = vertical ? 'ArrowLeft' : 'ArrowUp';
    const less = vertical ? 'ArrowRight' : 'ArrowDown';
    if (event.key !== more && event.key !== less) return;
    event.preventDefault();
    onShare(clamp(share + (event.key === more ? 0.03 : -0.03)));
  };
  return (
    <div
      role="separator"
      className={classes.splitter}
      aria-orientation={vertical ? 'vertical' : 'horizontal'}
      aria-label={en.details.resize}
      aria-valuemin={15}
      aria-valuemax={85}
      aria-valuenow={Math.round(share * 100)}
      tabIndex={0}
      title={en.details.resize}
      onPointerDown={drag}
      onDoubleClick={onReset}
      onKeyDown={keys}
    />
  );
}
