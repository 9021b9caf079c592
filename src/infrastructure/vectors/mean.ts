/** The scalar product with the mean of vectors is the mean of the products: one vector stands for several. */
export const meanOf = (vectors: ReadonlyArray<Float32Array>): Float32Array =>
  vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / vectors.length);
