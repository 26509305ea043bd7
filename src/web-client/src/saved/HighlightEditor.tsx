import { ActionIcon, Button, Checkbox, Group, Modal, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { setHighlights } from '../api/rest';
import type { Highlight } from '../api/types';
import { markColors } from '../notes/marks';
import notes from '../notes/notes.module.css';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import classes from './saved.module.css';
import { useSavedFilters } from './useSavedFilters';

interface Props {
  opened: boolean;
  /** The filter of the list, which is offered for a new highlight. */
  current: string;
  onClose(): void;
}

type Draft = Highlight & { key: number };
let lastKey = 0;

/** The ordered list of highlights; the first that matches a flow gives it its colour. */
export function HighlightEditor({ opened, current, onClose }: Props) {
  const saved = useSavedFilters();
  const [rules, setRules] = useState<Draft[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what others save meanwhile must not take away what is being written.
  useEffect(() => {
    if (opened) setRules(saved.highlights.map((rule) => ({ ...rule, key: ++lastKey })));
  }, [opened]);

  const change = (key: number, part: Partial<Highlight>) =>
    setRules(rules.map((rule) => (rule.key === key ? { ...rule, ...part } : rule)));
  const move = (index: number, by: number) => {
    const next = [...rules];
    const [rule] = next.splice(index, 1);
    if (rule) next.splice(index + by, 0, rule);
    setRules(next);
  };
  const add = () => {
    const color = markColors.find((one) => rules.every((rule) => rule.color !== one)) ?? 'red';
    setRules([...rules, { filter: current, color, enabled: true, error: null, key: ++lastKey }]);
  };

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={en.saved.highlights}
      size={720}
      closeButtonProps={{ 'aria-label': en.close }}
      transitionProps={{ duration: 100 }}
    >
      <p className={classes.hint}>{en.saved.highlightsHint}</p>
      <div className={classes.rules} data-testid="highlights">
        {rules.map((rule, index) => (
          <div key={rule.key} className={classes.rule}>
            <Checkbox
              size="xs"
              checked={rule.enabled}
              aria-label={en.saved.enabled}
              onChange={({ currentTarget }) => change(rule.key, { enabled: currentTarget.checked })}
            />
            <span className={notes.colors} role="group" aria-label={en.saved.color}>
              {markColors.map((color) => (
                <button
                  key={color}
                  type="button"
                  className={notes.color}
                  data-color={color}
                  aria-label={en.notes.colors[color]}
                  aria-pressed={rule.color === color}
                  onClick={() => change(rule.key, { color })}
                />
              ))}
            </span>
            <TextInput
              size="xs"
              className={classes.grow}
              value={rule.filter}
              error={rule.error}
              placeholder={en.filter.placeholder}
              aria-label={en.filter.label}
              onChange={({ currentTarget }) => change(rule.key, { filter: currentTarget.value, error: null })}
            />
            <ActionIcon size={22} aria-label={en.saved.up} disabled={index === 0} onClick={() => move(index, -1)}>
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon
              size={22}
              aria-label={en.saved.down}
              disabled={index === rules.length - 1}
              onClick={() => move(index, 1)}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
            <ActionIcon
              size={22}
              aria-label={en.saved.removeHighlight(index + 1)}
              onClick={() => setRules(rules.filter((one) => one !== rule))}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </div>
        ))}
      </div>
      <Group mt={12} justify="space-between">
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
          {en.saved.addHighlight}
        </Button>
        <Group gap={8}>
          <Button size="xs" variant="default" onClick={onClose}>
            {en.cancel}
          </Button>
          <Button size="xs" onClick={() => void tried(setHighlights(rules)).then((ok) => ok && onClose())}>
            {en.saved.save}
          </Button>
        </Group>
      </Group>
    </Modal>
  );
}
