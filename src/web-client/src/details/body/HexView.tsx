import { useRef } from 'react';
import { useFixedWindow } from '../../traffic/fixedWindow';
import classes from './BodyView.module.css';
import { hexLine, hexLineCount } from './hex';

const lineHeight = 19;

export function HexView({ bytes, label }: { bytes: Uint8Array; label: string }) {
  const scroller = useRef<HTMLElement>(null);
  const view = useFixedWindow(scroller, hexLineCount(bytes.length), lineHeight);
  const lines = [];
  for (let number = view.start; number < view.end; number++) {
    const line = hexLine(bytes, number);
    lines.push(
      <div key={number} className={classes.hexLine}>
        <span className={classes.hexOffset}>{line.offset}</span>
        <span>{line.hex}</span>
        <span className={classes.hexText}>{line.text}</span>
      </div>,
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
    <section ref={scroller} className={classes.hex} aria-label={label} tabIndex={0}>
      <div style={{ height: view.scrollHeight, position: 'relative' }}>
        <div style={{ transform: `translateY(${view.top}px)` }}>{lines}</div>
      </div>
    </section>
  );
}
