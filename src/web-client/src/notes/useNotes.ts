import { annotateFlows, deleteSelection } from '../api/rest';
import type { FlowSelection, NotesChange } from '../api/types';
import { tried } from '../shell/tried';
import { showDeletion } from './deletionToast';

/** Changes what is noted about flows; they come back as changed rows, like any change. */
export const annotate = (selection: FlowSelection, change: Partial<NotesChange>): Promise<boolean> =>
  tried(annotateFlows(selection, change));

export const remove = (selection: FlowSelection): Promise<boolean> =>
  tried(deleteSelection(selection).then(showDeletion));
