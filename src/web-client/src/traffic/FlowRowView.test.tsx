import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { FlowRow } from '../api/types';
import { columns } from './columns';
import { FlowRowView } from './FlowRowView';
import { flowRow } from './testing';

const hostOf = (part: Partial<FlowRow>) => {
  const visible = columns.filter((column) => column.key === 'host');
  return renderToStaticMarkup(
    <FlowRowView
      index={0}
      row={flowRow(part)}
      selected={false}
      chosen={false}
      color={undefined}
      visible={visible}
      now={0}
    />,
  );
};

it('tells the servers of one host apart by their ports, and what is not encrypted', () => {
  expect(hostOf({ host: 'localhost', port: 8443 })).toContain('title="https://localhost:8443"');
  expect(hostOf({ host: 'localhost', port: 8443 })).toContain('>:8443</span>');
  expect(hostOf({ host: 'localhost' })).not.toContain(':443');
  expect(hostOf({ scheme: 'http', port: 80 })).toContain('not encrypted');
  expect(hostOf({ scheme: 'http', port: 80 })).toContain('<svg');
  expect(hostOf({})).not.toContain('<svg');
});
