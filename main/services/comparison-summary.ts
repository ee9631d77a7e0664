import type { ComparedPicture, PrecisionSettings } from '../../contract/precision'
import type { Comparison, ComparisonSummary } from '../../contract/precision-results'

/** What a comparison is called in lists and in the queue. */
export function comparisonTitle({ subject }: Pick<PrecisionSettings, 'subject'>): string {
  const words =
    subject.kind === 'graph'
      ? subject.role
      : subject.kind === 'detection'
        ? picturesWords(subject.pictures)
        : subject.prompt.trim().replace(/\s+/g, ' ')
  return words.length > 60 ? `${words.slice(0, 59).trimEnd()}…` : words
}

function picturesWords([first, ...others]: readonly ComparedPicture[]): string {
  const name = first?.name ?? 'No picture'
  return others.length === 0 ? name : `${name} and ${others.length} more`
}

/** A comparison as lists show it. */
export function comparisonSummary(comparison: Comparison): ComparisonSummary {
  const { id, createdAt, modelName, provider, threads, partial, columns } = comparison
  return {
    id,
    createdAt,
    title: comparisonTitle(comparison.settings),
    modelName,
    provider,
    threads,
    partial,
    columns: columns.map(({ label, bytes, run, errors, failure }) => ({
      label,
      bytes,
      milliseconds: run.median,
      sqnr: errors.sqnr,
      failed: failure !== null,
    })),
  }
}
