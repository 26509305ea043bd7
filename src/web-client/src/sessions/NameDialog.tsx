import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { en } from '../strings/en';

export interface NameQuestion {
  title: string;
  text: string;
  label: string;
  initial: string;
  /** What the button says. */
  action: string;
  placeholder?: string;
  /** Whether it may be left empty. */
  optional?: boolean;
  /** Does it; its failure is shown beside the field. */
  run(name: string): Promise<unknown>;
}

/** Asks for a name, and stays open with the reason when it cannot be taken. */
export function NameDialog({ question, onClose }: { question: NameQuestion | null; onClose(): void }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    setName(question?.initial ?? '');
    setProblem(null);
  }, [question]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!question) return;
    setBusy(true);
    question
      .run(name.trim())
      .then(onClose)
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setBusy(false));
  };

  return (
    <Modal
      opened={question !== null}
      onClose={onClose}
      title={question?.title}
      closeButtonProps={{ 'aria-label': en.close }}
      transitionProps={{ duration: 100 }}
    >
      {question && (
        <form onSubmit={submit}>
          <TextInput
            data-autofocus
            label={question.label}
            description={question.text}
            placeholder={question.placeholder ?? ''}
            value={name}
            error={problem}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setProblem(null);
            }}
          />
          <Group justify="flex-end" mt="md" gap={8}>
            <Button variant="default" onClick={onClose}>
              {en.sessions.cancel}
            </Button>
            <Button type="submit" loading={busy} disabled={!question.optional && name.trim() === ''}>
              {question.action}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
