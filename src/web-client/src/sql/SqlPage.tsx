import { ActionIcon, Button, Checkbox, Menu, NativeSelect } from '@mantine/core';
import { IconDownload, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useRef } from 'react';
import { ActionTooltip } from '../actions/ActionTooltip';
import { useActions } from '../actions/handlers';
import { ariaKeys } from '../actions/keys';
import { useKeysOf } from '../actions/useKeysOf';
import { Page, PageColumns } from '../shell/Page';
import { en } from '../strings/en';
import { usePersistent } from '../theme/persistent';
import { ResultTable } from './ResultTable';
import { SqlAside } from './SqlAside';
import classes from './SqlPage.module.css';
import { remember, rowLimits } from './statements';
import { type SqlProblem, useSql } from './useSql';

const firstStatement = 'SELECT id, method, host, path, status, response_size\nFROM flows\nORDER BY id DESC\nLIMIT 100';
const noHistory: string[] = [];

/** The session in SQL: a statement, what it gives, and what there is to ask. */
export default function SqlPage() {
  const [text, setText] = usePersistent('sql.statement', firstStatement);
  const [history, setHistory] = usePersistent('sql.history', noHistory);
  const [limit, setLimit] = usePersistent('sql.limit', 1000);
  const [guard, setGuard] = usePersistent('sql.guardFormulas', false);
  const { answer, asked, running, problem, run, download, cancel } = useSql();
  const editor = useRef<HTMLTextAreaElement>(null);

  const runKeys = useKeysOf('sql.run');

  const start = (statement: string) => {
    setHistory(remember(history, statement));
    run(statement, limit);
  };
  const take = (statement: string) => {
    setText(statement);
    start(statement);
    editor.current?.focus();
  };
  const insert = (word: string) => {
    const area = editor.current;
    if (!area) return;
    area.focus();
    area.setRangeText(word, area.selectionStart, area.selectionEnd, 'end');
    setText(area.value);
  };
  useActions({ 'sql.run': running ? undefined : () => start(text), 'sql.stop': running ? cancel : undefined });
  const show = (wrong: SqlProblem) => {
    if (wrong.position === null) return;
    editor.current?.focus();
    editor.current?.setSelectionRange(wrong.position, wrong.position + wrong.length);
  };
  const correct = (wrong: SqlProblem) => {
    if (wrong.position === null || wrong.suggestion === null) return;
    const right =
      wrong.statement.slice(0, wrong.position) +
      wrong.suggestion +
      wrong.statement.slice(wrong.position + wrong.length);
    take(right);
  };

  return (
    <Page title={en.sql.title} intro={en.sql.intro} testId="sql">
      <PageColumns>
        <SqlAside history={history} onTake={take} onInsert={insert} onForget={() => setHistory(noHistory)} />
        <section className={classes.work} aria-label={en.sql.title}>
          <textarea
            ref={editor}
            className={classes.editor}
            value={text}
            rows={8}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            aria-label={en.sql.statement}
            aria-keyshortcuts={ariaKeys(runKeys)}
            data-testid="sql-statement"
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <div className={classes.tools}>
            {running ? (
              <ActionTooltip action="sql.stop" label={en.sql.stop}>
                <Button
                  size="compact-sm"
                  color="red"
                  variant="light"
                  leftSection={<IconPlayerStop size={14} />}
                  onClick={cancel}
                >
                  {en.sql.stop}
                </Button>
              </ActionTooltip>
            ) : (
              <ActionTooltip action="sql.run" label={en.sql.runHint}>
                <Button
                  size="compact-sm"
                  leftSection={<IconPlayerPlay size={14} />}
                  data-testid="sql-run"
                  onClick={() => start(text)}
                >
                  {en.sql.run}
                </Button>
              </ActionTooltip>
            )}
            <NativeSelect
              size="xs"
              aria-label={en.sql.limit}
              value={limit}
              data={rowLimits.map((rows) => ({ value: String(rows), label: en.sql.rowsAtMost(rows) }))}
              onChange={(event) => setLimit(Number(event.currentTarget.value))}
            />
            <Menu position="bottom-start" withinPortal>
              <Menu.Target>
                <ActionIcon
                  variant="default"
                  size="md"
                  aria-label={en.sql.download}
                  title={en.sql.download}
                  disabled={running}
                >
                  <IconDownload size={15} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{en.sql.downloadHint}</Menu.Label>
                <Menu.Item onClick={() => download(text, 'csv', guard)}>{en.sql.csv}</Menu.Item>
                <Menu.Item onClick={() => download(text, 'json', guard)}>{en.sql.json}</Menu.Item>
                <Menu.Item onClick={() => download(text, 'jsonl', guard)}>{en.sql.jsonLines}</Menu.Item>
                <Menu.Divider />
                <Checkbox
                  size="xs"
                  className={classes.guard}
                  label={en.sql.guard}
                  checked={guard}
                  onChange={(event) => setGuard(event.currentTarget.checked)}
                />
              </Menu.Dropdown>
            </Menu>
            <span className={classes.outcome} role="status" data-testid="sql-outcome">
              {running
                ? en.sql.running
                : answer && !problem && en.sql.outcome(answer.rows.length, answer.elapsedMs, answer.cut ?? null)}
            </span>
          </div>
          {problem && (
            <div className={classes.problem} role="alert" data-testid="sql-problem">
              <span>{problem.message}</span>
              {problem.position !== null && (
                <button type="button" onClick={() => show(problem)}>
                  {en.sql.showPlace}
                </button>
              )}
              {problem.suggestion !== null && (
                <button type="button" onClick={() => correct(problem)}>
                  {en.sql.use(problem.suggestion)}
                </button>
              )}
            </div>
          )}
          {answer && <ResultTable key={answer.elapsedMs} answer={answer} statement={asked} />}
          {!answer && !problem && !running && <p className={classes.hint}>{en.sql.empty}</p>}
        </section>
      </PageColumns>
    </Page>
  );
}
