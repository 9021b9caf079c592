import type { Similar } from '../../application/ports/vectors.js';

export const nearestFirst = (a: Similar, b: Similar): number => b.similarity - a.similarity || (a.id < b.id ? -1 : 1);
