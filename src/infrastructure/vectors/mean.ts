/** The scalar product with the mean of vectors is the mean of the products: one vector stands for several. */
export const meanOf = (vectors: ReadonlyArray<Float32Array>): Float32Array => {
  const mean = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < mean.length; i++) mean[i]! += vector[i]! / vectors.length;
  return mean;
};
