import { useMemo } from 'react';
import { formatSize } from '../../format/format';
import { en } from '../../strings/en';
import classes from './BodyView.module.css';
import { looksLikeText } from './detectBody';
import { type FormPart, multipartParts } from './tables';

const maxShown = 2000;

interface Props {
  contentType: string;
  bytes: Uint8Array;
  label: string;
}

/** The parts of a form with files. */
export function MultipartView({ contentType, bytes, label }: Props) {
  const parts = useMemo(() => multipartParts(contentType, bytes), [contentType, bytes]);
  if (!parts) return <p className={classes.note}>{en.table.noBoundary}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
    <section className={classes.form} aria-label={label} tabIndex={0} data-testid="body-table">
      <table>
        <thead>
          <tr>
            <th>{en.details.name}</th>
            <th>{en.table.file}</th>
            <th>{en.table.type}</th>
            <th>{en.table.size}</th>
            <th>{en.details.value}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, and the order is what was sent.
            <tr key={i}>
              <th scope="row">{part.name}</th>
              <td>{part.fileName}</td>
              <td>{part.type}</td>
              <td>{formatSize(part.bytes.length)}</td>
              <td>
                <PartContent part={part} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PartContent({ part }: { part: FormPart }) {
  const text = useMemo(() => (looksLikeText(part.bytes) ? new TextDecoder().decode(part.bytes) : null), [part]);
  const save = () => {
    // What is saved has no type that a browser would open.
    const address = URL.createObjectURL(
      new Blob([part.bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }),
    );
    const link = document.createElement('a');
    link.href = address;
    link.download = part.fileName.replace(/[^\w.-]+/g, '_') || part.name.replace(/[^\w.-]+/g, '_') || 'part';
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  return (
    <>
      {text === null ? en.table.binary : text.length > maxShown ? `${text.slice(0, maxShown)}…` : text}
      {(text === null || text.length > maxShown || part.fileName !== '') && (
        <button type="button" className={classes.link} onClick={save}>
          {en.table.save}
        </button>
      )}
    </>
  );
}
