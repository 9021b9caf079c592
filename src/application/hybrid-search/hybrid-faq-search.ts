import type { ArticleId } from '../../domain/kernel/ids.js';
import {
  FaqSearch,
  type FaqArticle,
  type FaqFound,
  type FaqProposal,
  type FaqQuery,
  type LexicalFaqSearch,
  type RankedArticle,
  type Vocabulary,
} from '../ports/faq-search.js';
import type { Similar, Vectors } from '../ports/vectors.js';
import { fuse } from './fusion.js';
import type { QueryVectors } from './query-vectors.js';

/** Of words and of meaning each: what is not among them does not come first in both together. */
const CANDIDATES = 200;
const PROPOSALS = 5;
/** To compare takes some milliseconds; a cluster that takes longer keeps nobody waiting. */
const COMPARISON_MS = 250;

const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * Search by words and by meaning (S1). Whatever keeps meaning away, what words find is answered, and in time; `ranking`
 * tells. As you type, words alone are searched: half a word means nothing yet.
 */
export class HybridFaqSearch extends FaqSearch {
  constructor(
    private readonly lexical: LexicalFaqSearch,
    private readonly vectors: Vectors,
    private readonly queries: QueryVectors,
    private readonly comparisonMs = COMPARISON_MS,
  ) {
    super();
  }

  async search(query: FaqQuery): Promise<FaqFound> {
    if (query.unfinished === true || !letterOrDigit.test(query.text)) return this.lexical.search(query);
    const [ranked, vector] = await Promise.all([
      this.lexical.rank({ ...query, limit: CANDIDATES }),
      this.queries.vectorOf(query.text),
    ]);
    const similar = vector === undefined ? [] : await this.#similar(query, ranked, vector);
    if (ranked.length === 0) return this.#nothingFound(query, similar);
    const items = await this.lexical.show(firstOf(similar.length === 0 ? ranked : fuse(ranked, similar), query), query);
    return { items, ranking: similar.length === 0 ? 'lexical' : 'hybrid', proposals: [] };
  }

  get(id: ArticleId): Promise<FaqArticle | undefined> {
    return this.lexical.get(id);
  }

  vocabulary(text: string): Promise<Vocabulary> {
    return this.lexical.vocabulary(text);
  }

  /**
   * No article has a word of the query. Some are always nearest, however far they are, and no cosine tells whether one
   * is near: so they are proposed and not found, and it stays known what citizens ask for in vain.
   */
  async #nothingFound(query: FaqQuery, similar: ReadonlyArray<Similar>): Promise<FaqFound> {
    const { items, proposals } = await this.lexical.search(query);
    const nearest = similar.slice(0, PROPOSALS).map(({ id, similarity }) => ({ id, score: similarity }));
    if (nearest.length === 0 || items.length > 0) return { items, ranking: 'lexical', proposals };
    const near = (await this.lexical.show(nearest, query)).map(({ id, question }) => ({ id, question: question.text }));
    const others = near.filter(({ id }) => proposals.every((proposal) => proposal.id !== id));
    return { items, ranking: 'hybrid', proposals: firstProposals([...proposals, ...others]) };
  }

  /** The nearest, and how near what words found is; nothing where vectors cannot be compared now. */
  async #similar(
    { category, department }: FaqQuery,
    ranked: ReadonlyArray<RankedArticle>,
    vector: Float32Array,
  ): Promise<ReadonlyArray<Similar>> {
    const asked = {
      vector,
      limit: CANDIDATES,
      also: ranked.map(({ id }) => id),
      ...(category !== undefined && { category }),
      ...(department !== undefined && { department }),
    };
    try {
      return await this.vectors.similar(asked, AbortSignal.timeout(this.comparisonMs));
    } catch {
      return [];
    }
  }
}

const firstOf = (ranked: ReadonlyArray<RankedArticle>, { limit }: FaqQuery) => ranked.slice(0, limit);
const firstProposals = (all: ReadonlyArray<FaqProposal>) => all.slice(0, PROPOSALS);
