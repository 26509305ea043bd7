import type { BodyPart } from '../../api/rest';
import type { Side } from '../../api/types';

/** A body of which the beginning is loaded. */
export interface BodySource {
  id: number;
  side: Side;
  charset: string;
  /** Bytes as stored, so far: tells the versions of a growing body apart. */
  storedSize: number;
  part: BodyPart;
}

/** Whether the part that is loaded is all of it. */
export const isWhole = ({ bytes, total }: BodyPart): boolean => total !== null && bytes.length >= total;
