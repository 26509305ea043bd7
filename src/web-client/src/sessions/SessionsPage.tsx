import { Button } from '@mantine/core';
import { IconArrowMerge, IconFileImport, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useActions } from '../actions/handlers';
import {
  compactSession,
  createSession,
  deleteSession,
  duplicateSession,
  forgetSession,
  mergeSessions,
  recordSession,
  rememberSession,
  renameSession,
  upgradeSession,
} from '../api/rest';
import type { StoredSession } from '../api/types';
import { Page, PageProblem } from '../shell/Page';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import { useProxyState } from '../traffic/sessionContext';
import { DeleteDialog } from './DeleteDialog';
import { JobList } from './JobList';
import { NameDialog, type NameQuestion } from './NameDialog';
import { RetentionCard } from './RetentionCard';
import type { SessionAction } from './SessionMenu';
import classes from './SessionsPage.module.css';
import { SessionTable } from './SessionTable';
import { useSessions } from './useSessions';

/** The sessions: what there is, which one is recorded, what can be done to them, and how much is kept. */
export default function SessionsPage() {
  const { list, problem, reload } = useSessions();
  const state = useProxyState();
  const [question, setQuestion] = useState<NameQuestion | null>(null);
  const [deleting, setDeleting] = useState<StoredSession | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const text = en.sessions;

  const sessions = list?.sessions ?? [];
  const toMerge = sessions.filter((session) => chosen.has(session.key));
  const ask = (asked: NameQuestion) =>
    setQuestion({
      ...asked,
      run: (name) => asked.run(name).then(reload),
    });

  const askNew = () =>
    ask({
      ...text.asking.create,
      initial: '',
      optional: true,
      run: (name) => createSession(name || null),
    });
  const askElsewhere = () => ask({ ...text.asking.elsewhere, initial: '', run: rememberSession });
  useActions({ 'session.create': askNew, 'session.add': askElsewhere });
  const askMerge = () =>
    ask({
      ...text.asking.merge,
      text: text.asking.merge.of(toMerge.map((session) => session.name)),
      initial: text.merged,
      run: (name) =>
        mergeSessions(
          toMerge.map((session) => session.key),
          name,
        ).then(() => setChosen(new Set())),
    });
  const act = (action: SessionAction, session: StoredSession) => {
    const { key, name } = session;
    const run = (work: Promise<unknown>) => void tried(work).then(reload);
    if (action === 'record') run(recordSession(key));
    else if (action === 'rename') {
      ask({ ...text.asking.rename, initial: name, run: (next) => renameSession(key, next) });
    } else if (action === 'duplicate') {
      ask({ ...text.asking.duplicate, initial: text.copyOf(name), run: (next) => duplicateSession(key, next) });
    } else if (action === 'compact') run(compactSession(key));
    else if (action === 'upgrade') run(upgradeSession(key));
    else if (action === 'forget') run(forgetSession(key));
    else setDeleting(session);
  };

  return (
    <Page
      title={text.title}
      intro={text.intro}
      testId="sessions"
      tools={
        <>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconArrowMerge size={14} />}
            disabled={toMerge.length === 0}
            onClick={askMerge}
          >
            {text.mergeChosen(toMerge.length)}
          </Button>
          <Button variant="default" size="compact-sm" leftSection={<IconFileImport size={14} />} onClick={askElsewhere}>
            {text.addFile}
          </Button>
          <Button size="compact-sm" leftSection={<IconPlus size={14} />} onClick={askNew} data-testid="new-session">
            {text.create}
          </Button>
        </>
      }
    >
      {problem && <PageProblem what={text.failed} why={problem} />}
      <div className={classes.content}>
        <JobList jobs={list?.jobs ?? []} onChange={reload} />
        {list && (
          <>
            <SessionTable
              sessions={sessions}
              chosen={chosen}
              onChoose={(key, isChosen) =>
                setChosen((before) => new Set(isChosen ? [...before, key] : [...before].filter((one) => one !== key)))
              }
              onAction={act}
            />
            <p className={classes.path}>{text.folder(list.folder)}</p>
          </>
        )}
        {state && <RetentionCard retention={state.retention} />}
      </div>
      <NameDialog question={question} onClose={() => setQuestion(null)} />
      <DeleteDialog
        session={deleting}
        onClose={() => setDeleting(null)}
        onDelete={(session) => {
          setDeleting(null);
          void tried(deleteSession(session.key)).then(reload);
        }}
      />
    </Page>
  );
}
