import { notifications } from '@mantine/notifications';
import { en } from '../strings/en';

/** Copies text and says so. Works without the clipboard API too, which browsers only give to secure addresses. */
export async function copyText(text: string, done: string = en.copyDone.value): Promise<void> {
  const ok = (await writeModern(text)) || writeOld(text);
  tellOfCopy(ok ? done : en.copyFailed, ok ? 'teal' : 'red', 1800);
}

/** Says how copying went; what was said of the copy before goes. */
export function tellOfCopy(message: string, color: string, autoClose: number): void {
  notifications.hide('copy');
  notifications.show({ id: 'copy', message, color, autoClose, withCloseButton: false });
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
