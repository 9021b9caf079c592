import type { TypeOf } from 'io-ts';
import { oneOf } from './codec.js';

/** For what call data may be used (K8): analysis by the managing section. Other uses need a ground and a decision. */
export const AnalysisPurpose = oneOf('complaint-analysis', 'inquiry-analysis');
export type AnalysisPurpose = TypeOf<typeof AnalysisPurpose>;
