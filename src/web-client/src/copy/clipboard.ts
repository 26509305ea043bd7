import { notifications } from '@mantine/notifications';
import { en } from '../strings/en';

/** Copies text and says so. Works without the clipboard API too, which browsers only give to secure addresses. */
export async function copyText(text: string, done: string = en.copyDone.value): Promise<void> {
  const ok = (await writeModern(text)) || writeOld(text);
  notifications.show({
    id: 'copy',
    message: ok ? done : en.copyFailed,
    color: ok ? 'teal' : 'red',
    autoClose: 1800,
    withCloseButton: false,
  });
}

async function writeModern(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function writeOld(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const ok = document.execCommand('copy');
  area.remove();
  return ok;
}
