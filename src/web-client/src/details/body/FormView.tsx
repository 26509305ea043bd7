import { en } from '../../strings/en';
import classes from './BodyView.module.css';

/** A URL-encoded form as a table of what it means. */
export function FormView({ text }: { text: string }) {
  const fields = [...new URLSearchParams(text)];
  return (
    <div className={classes.form}>
      <table>
        <thead>
          <tr>
            <th>{en.details.name}</th>
            <th>{en.details.value}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(([name, value], i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names repeat, and the order is what was sent.
            <tr key={i}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
