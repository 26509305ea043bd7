import { Button, Progress } from '@mantine/core';
import { removeSessionJob } from '../api/rest';
import type { SessionJob } from '../api/types';
import { tried } from '../shell/tried';
import { en } from '../strings/en';
import classes from './SessionsPage.module.css';

/** What goes on in the background, and what came of it. */
export function JobList({ jobs, onChange }: { jobs: SessionJob[]; onChange(): void }) {
  const text = en.sessions.job;
  if (jobs.length === 0) return null;
  return (
    <ul className={classes.jobs} aria-label={text.list}>
      {jobs.map((job) => (
        <li key={job.id} data-state={job.state} data-testid="session-job">
          <b>{text.kind[job.kind](job.session)}</b>
          {job.state === 'running' ? (
            <Progress
              className={classes.progress ?? ''}
              value={job.progress * 100}
              animated
              aria-label={text.kind[job.kind](job.session)}
            />
          ) : (
            <span role="status">{job.problem ?? job.result ?? text.cancelled}</span>
          )}
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => void tried(removeSessionJob(job.id)).then(onChange)}
            aria-label={`${job.state === 'running' ? text.stop : text.dismiss}: ${text.kind[job.kind](job.session)}`}
          >
            {job.state === 'running' ? text.stop : text.dismiss}
          </Button>
        </li>
      ))}
    </ul>
  );
}
