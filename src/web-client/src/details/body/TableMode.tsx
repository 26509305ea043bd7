import { useMemo } from 'react';
import { en } from '../../strings/en';
import classes from './BodyView.module.css';
import type { BodyFacts } from './detectBody';
import { MultipartView } from './MultipartView';
import { TableView } from './TableView';
import { csvTable, formTable, jsonTable } from './tables';

interface Props {
  facts: BodyFacts;
  contentType: string;
  text: string;
  bytes: Uint8Array;
  label: string;
}

/** A body of which there is a table. */
export default function TableMode({ facts, contentType, text, bytes, label }: Props) {
  const result = useMemo(() => {
    if (facts.kind === 'json') return jsonTable(text);
    const table = facts.kind === 'csv' ? csvTable(text) : formTable(text, [en.details.name, en.details.value]);
    return { ok: true as const, table };
  }, [facts, text]);
  if (facts.kind === 'multipart') return <MultipartView contentType={contentType} bytes={bytes} label={label} />;
  if (!result.ok) return <p className={classes.note}>{result.reason ?? en.table.none}</p>;
  return <TableView table={result.table} label={label} />;
}
