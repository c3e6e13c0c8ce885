/** What to do about a failed run once its cause is mended: it is stored, and must be true however late somebody reads it. */
export const RETRY_ADVICE = 'retry the run while its query result is fresh, else start a new one';
