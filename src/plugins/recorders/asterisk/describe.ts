/** What a log may say of an error: of the system's own the code alone, for their messages hold file names. */
export const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
};
