import { IconAlertTriangleFilled } from '@tabler/icons-react';
import { en } from '../strings/en';
import classes from './TypeToggles.module.css';
import { chosenTypes, hasErrors, type TypeWord, toggleErrors, toggleType, typeWords } from './typeToggles';

interface Props {
  filter: string;
  onFilter(filter: string): void;
}

/** Which types of responses the list shows: buttons that write the filter and show what it says. */
export function TypeToggles({ filter, onFilter }: Props) {
  const chosen = chosenTypes(filter);
  const errors = hasErrors(filter);
  return (
    <div className={classes.types} role="toolbar" aria-label={en.types.label} data-testid="type-toggles">
      {(Object.keys(typeWords) as TypeWord[]).map((word) => (
        <button
          key={word}
          type="button"
          title={en.types.hint(en.types.name[word], `is:${word}`)}
          aria-pressed={chosen.includes(word)}
          data-category={typeWords[word]}
          onClick={() => onFilter(toggleType(filter, word))}
        >
          <span className={classes.dot} aria-hidden="true" />
          {en.types.name[word]}
        </button>
      ))}
      <span className={classes.line} aria-hidden="true" />
      <button
        type="button"
        title={en.types.errorsHint}
        aria-pressed={errors}
        data-category="error"
        onClick={() => onFilter(toggleErrors(filter))}
      >
        <IconAlertTriangleFilled size={11} className={classes.glyph} aria-hidden="true" />
        {en.types.errors}
      </button>
    </div>
  );
}
