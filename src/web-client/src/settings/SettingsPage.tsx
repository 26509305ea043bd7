import { ShortcutEditor } from '../actions/ShortcutEditor';
import { Page } from '../shell/Page';
import { en } from '../strings/en';
import { AppearanceCard } from './AppearanceCard';
import { ElsewhereCard } from './ElsewhereCard';
import { KeptCard } from './KeptCard';
import classes from './SettingsPage.module.css';

/** What is set in this browser. */
export default function SettingsPage() {
  return (
    <Page title={en.settings.title} intro={en.settings.intro} testId="settings">
      <div className={classes.content}>
        <div className={classes.columns}>
          <div className={classes.stack}>
            <AppearanceCard />
            <ElsewhereCard />
          </div>
          <KeptCard />
        </div>
        <section className={classes.card} aria-labelledby="settings-shortcuts">
          <h2 id="settings-shortcuts">{en.shortcuts.title}</h2>
          <ShortcutEditor />
        </section>
      </div>
    </Page>
  );
}
