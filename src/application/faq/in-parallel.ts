/** What each of many comes to, in their order, so many of them under way at a time. The first one that throws ends all. */
export const inParallel = async <A, B>(
  items: ReadonlyArray<A>,
  atATime: number,
  step: (item: A, index: number) => Promise<B>,
): Promise<ReadonlyArray<B>> => {
  const results: B[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await step(items[index]!, index);
  };
  const stop = (error: unknown) => {
    next = items.length;
    throw error;
  };
  await Promise.all(Array.from({ length: atATime }, () => work().catch(stop)));
  return results;
};
