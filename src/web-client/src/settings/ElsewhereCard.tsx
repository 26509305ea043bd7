import { Link } from 'wouter';
import { en } from '../strings/en';
import classes from './SettingsPage.module.css';

const text = en.settings;
const links = [
  { what: text.retention, at: 'sessions' },
  { what: text.recording, at: 'sessions' },
  { what: text.certificate, at: 'capture' },
] as const;

/** What people look for in settings, but belongs to MitmWeb and not to this browser. */
export const ElsewhereCard = () => (
  <section className={classes.card} aria-labelledby="settings-elsewhere">
    <h2 id="settings-elsewhere">{text.elsewhere}</h2>
    <ul className={classes.kept}>
      {links.map(({ what, at }) => (
        <li key={what}>
          <span>{what}</span>
          <Link href={`/${at}`}>{text.at[at]}</Link>
        </li>
      ))}
    </ul>
  </section>
);
