import { notifications } from '@mantine/notifications';
import { en } from '../strings/en';

/** Waits for something that a person asked for, and says why when it fails. */
export async function tried(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    notifications.show({ title: en.failed, message, color: 'red', autoClose: 8000 });
    return false;
  }
}
