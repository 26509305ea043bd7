import { type FormattedLanguage, format } from './format';

addEventListener('message', (event: MessageEvent<{ id: number; source: string; language: FormattedLanguage }>) => {
  const { id, source, language } = event.data;
  postMessage({ id, result: format(source, language) });
});
