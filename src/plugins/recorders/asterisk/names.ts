/**
 * What Madoguchi makes in the exchange is named by the call's channel: after a restart it is found again by its name,
 * and a step that was done is not done twice.
 */
const RECORDED = 'recorded';
const UNRECORDED = 'unrecorded';
const OPERATOR = 'operator';

/** The bridge that is recorded, as soon as the caller is in it. */
export const conductedBridge = (prefix: string, call: string): string => `${prefix}-${RECORDED}-${call}`;
/** The bridge of a call that could not be told of the recording, and so is not recorded. */
export const unrecordedBridge = (prefix: string, call: string): string => `${prefix}-${UNRECORDED}-${call}`;
export const operatorChannel = (prefix: string, call: string): string => `${prefix}-${OPERATOR}-${call}`;
export const announcementPlayback = (prefix: string, call: string): string => `${prefix}-announcement-${call}`;
export const recordingName = (prefix: string, call: string): string => `${prefix}/${call}`;

/** The call that a bridge or an operator's channel was made for; undefined for what is not ours. */
export const callOf = (prefix: string, id: string): string | undefined => {
  const kind = [RECORDED, UNRECORDED, OPERATOR].find((word) => id.startsWith(`${prefix}-${word}-`));
  // The far end of a Local channel has the same id and `;2`.
  return kind && id.slice(`${prefix}-${kind}-`.length).replace(/;2$/, '');
};
