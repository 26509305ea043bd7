import { Autocomplete, Button, Group, Modal, SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import type { Side } from '../api/types';
import { knownHeaders } from '../details/headerDocs';
import { en } from '../strings/en';
import { headerKey, headerKeys, maxHeaderColumns } from './columns';
import { useColumns } from './useColumns';

/** Asks for a header that is to be a column. */
export function HeaderColumnDialog({ onClose }: { onClose(): void }) {
  const [chosen, setChoice] = useColumns();
  const [name, setName] = useState('');
  const [side, setSide] = useState<Side>('response');
  const key = headerKey(side, name);
  const isFull = headerKeys(chosen).length >= maxHeaderColumns;
  const problem = isFull
    ? en.columns.headerLimit(maxHeaderColumns)
    : name.trim() !== '' && key === null
      ? en.columns.headerWrong
      : null;
  return (
    <Modal opened onClose={onClose} title={en.columns.addHeaderTitle} closeButtonProps={{ 'aria-label': en.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (key === null || isFull) return;
          const keys = chosen.map((column) => column.key);
          if (!keys.includes(key)) setChoice([...keys, key]);
          onClose();
        }}
      >
        <Stack gap={12}>
          <SegmentedControl
            size="xs"
            aria-label={en.columns.headerSide}
            value={side}
            onChange={(value) => setSide(value as Side)}
            data={(['request', 'response'] as const).map((value) => ({ value, label: en.columns.sides[value] }))}
          />
          <Autocomplete
            data-autofocus
            label={en.columns.headerName}
            data={[...knownHeaders]}
            limit={12}
            value={name}
            error={problem}
            onChange={setName}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {en.cancel}
            </Button>
            <Button type="submit" disabled={key === null || isFull}>
              {en.columns.addHeaderAction}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
