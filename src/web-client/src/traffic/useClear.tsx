import { useCallback } from 'react';
import { deleteFlowsUpTo, getNewestId } from '../api/rest';
import { showDeletion } from '../notes/deletionToast';
import { tried } from '../shell/tried';

/** Deletes all flows that are there now, whatever the filter; it can be taken back. */
export function useClear(): () => void {
  return useCallback(() => {
    const clear = async () => {
      const newest = await getNewestId();
      if (newest > 0) showDeletion(await deleteFlowsUpTo(newest));
    };
    void tried(clear());
  }, []);
}
