/** The settings that most rules share: both languages, an error in both configurations, proofs only in `recommended`. */
export const EVERYWHERE = {
  languages: ['typescript', 'c'],
  recommended: { typescript: 'error', c: 'error' },
  strict: { typescript: 'error', c: 'error' },
  certainty: 'proved',
} as const;
