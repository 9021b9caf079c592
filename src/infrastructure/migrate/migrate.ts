import type { TransferableVault } from '../keys/vault-transfer.js';
import { moveEvents, type Moved, type MoveProgress } from './move-events.js';
import type { Side } from './side.js';

/** Nothing was moved, and why. */
export class CannotMove extends Error {}

export interface MigrateProgress extends Partial<MoveProgress> {
  readonly doing: string;
}

const AT_A_TIME = 500;

/**
 * Moves everything from one side to the other: the ledger of erasures before the keys, then the events in their order,
 * then it is compared whole; last the source says where its events are, and loses its keys. Broken off at any point, it
 * goes on where it stood, and at no point do both sides start: an erasure on one of them would miss the other. Throws
 * `CannotMove` and `TargetDiffers`.
 */
export const migrate = async (
  source: Side,
  target: Side,
  tell: (progress: MigrateProgress) => void,
): Promise<Moved> => {
  refuseWrongWay(source, target);
  await target.store.note({ direction: 'away', store: source.store.identity.id });
  tell({ doing: 'moving the ledger of erasures' });
  for await (const erased of inBatches(source.vault.erasures())) await target.vault.takeErasures(erased);
  // An earlier move that was broken off after its end has no keys to give any more.
  tell({ doing: 'moving the keys' });
  for await (const keys of inBatches(source.vault.wrappedKeys())) await target.vault.takeKeys(keys);
  const moved = await moveEvents(source.store, target.store, (progress) =>
    tell({ doing: `${progress.step} events`, ...progress }),
  );
  await verifyVault(source.vault, target.vault);
  tell({ doing: 'noting where the events are' });
  await target.beginWith(await source.cursors());
  await source.store.note({ direction: 'away', store: target.store.identity.id });
  await target.store.note({ direction: 'here', store: source.store.identity.id });
  tell({ doing: `destroying the keys of ${source.name}` });
  await source.vault.destroyKeys();
  return moved;
};

const refuseWrongWay = (source: Side, target: Side): void => {
  const { movedTo } = source.store.identity;
  if (movedTo !== undefined && movedTo !== target.store.identity.id)
    throw new CannotMove(
      `the events of ${source.name} are in the store ${movedTo} already, which is not ${target.name}`,
    );
  const back = target.store.identity.movedTo;
  if (back !== undefined && back !== source.store.identity.id)
    throw new CannotMove(`the events of ${target.name} were moved to the store ${back}: move them from there`);
};

/** Every erasure and every key of the source stands in the target; only then may the source lose its keys. */
const verifyVault = async (source: TransferableVault, target: TransferableVault): Promise<void> => {
  const erasures = new Map(
    (await Array.fromAsync(target.erasures())).map((e) => [e.stream, JSON.stringify(e.erasure)]),
  );
  for await (const { stream, erasure } of source.erasures())
    if (erasures.get(stream) !== JSON.stringify(erasure))
      throw new CannotMove(`the erasure of ${stream} was not moved`);
  const keys = new Map((await Array.fromAsync(target.wrappedKeys())).map(({ stream, keyId }) => [stream, keyId]));
  for await (const { stream, keyId } of source.wrappedKeys())
    if (keys.get(stream) !== keyId) throw new CannotMove(`the key of ${stream} was not moved`);
};

async function* inBatches<A>(items: AsyncIterable<A>): AsyncGenerator<ReadonlyArray<A>> {
  let batch: A[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < AT_A_TIME) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
