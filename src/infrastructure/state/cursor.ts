/** What a plugin instance keeps under one name. Checkpoints of reactions are none: they hang on one store's positions. */
export interface Cursor {
  readonly instance: string;
  readonly key: string;
  readonly value: string;
}
