import type { StrategyName } from '../../../contract/speculation'
import type { BenchCell, BenchSummary } from './bench-summary'

const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0) ?? 0};`)

const style = `
:root { color-scheme: light dark; --line: #8884; --bar: #2b81bb; --text: CanvasText; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 3rem auto; padding: 0 1.5rem; color: var(--text); background: Canvas; }
h1 { font-size: 1.7rem; letter-spacing: -.02em; } h2 { font-size: 1.1rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; } .best { font-weight: 700; } small { opacity: .7; display: block; }
figure { margin: 1rem 0; } figcaption { opacity: .75; font-size: .9rem; } svg { width: 100%; height: auto; } svg text { fill: currentColor; font: 12px system-ui, sans-serif; }
`

/** Bars of the speed-up in one category, plain decoding as a line at 1. */
function chart(summary: BenchSummary, category: string): string {
  const rows = summary.strategies
    .filter((name) => name !== 'plain')
    .flatMap((name) => {
      const cell = summary.cells[category]?.[name]
      return cell === undefined ? [] : [{ name, cell }]
    })
  const most = Math.max(1.2, ...rows.map(({ cell }) => cell.speedup))
  const scale = 560 / most
  const bars = rows.map(({ name, cell }, index) => {
    const y = 8 + index * 26
    return `<text x="108" y="${y + 14}" text-anchor="end">${escape(name)}</text><rect x="116" y="${y}" width="${(cell.speedup * scale).toFixed(1)}" height="19" rx="3" fill="var(--bar)" opacity="${cell.speedup >= 1 ? 1 : 0.45}"/><text x="${(122 + cell.speedup * scale).toFixed(1)}" y="${y + 14}">${cell.speedup.toFixed(2)}×</text>`
  })
  const one = (116 + scale).toFixed(1)
  const height = 16 + rows.length * 26
  return `<figure><svg viewBox="0 0 740 ${height}" role="img" aria-label="Speed-up over plain decoding, ${escape(category)}">${bars.join('')}<line x1="${one}" x2="${one}" y1="0" y2="${height}" stroke="currentColor" stroke-dasharray="3 3"/></svg><figcaption>${escape(category)}: speed-up over plain decoding (dashed), geometric mean over prompts</figcaption></figure>`
}

function cellText(cell: BenchCell | undefined): string {
  if (cell === undefined) return '–'
  const accepted =
    cell.acceptanceRate === null ? 'nothing drafted' : `${(100 * cell.acceptanceRate).toFixed(0)} % accepted`
  return `${cell.speedup.toFixed(2)}×<small>${accepted}, ${cell.tokensPerForward.toFixed(2)} a forward</small>`
}

/** A page that stands by itself: the table of strategies by categories, and a chart of each category. */
export function benchReport(summary: BenchSummary, facts: Readonly<Record<string, string>>): string {
  const best = (category: string): StrategyName | undefined =>
    [...summary.strategies]
      .filter((name) => name !== 'plain')
      .sort((a, b) => (summary.cells[category]?.[b]?.speedup ?? 0) - (summary.cells[category]?.[a]?.speedup ?? 0))[0]
  const winners = new Map(summary.categories.map((category) => [category, best(category)]))
  const head = summary.categories.map((category) => `<th>${escape(category)}</th>`).join('')
  const body = summary.strategies
    .map((name) => {
      const cells = summary.categories.map(
        (category) =>
          `<td${winners.get(category) === name ? ' class="best"' : ''}>${cellText(summary.cells[category]?.[name])}</td>`,
      )
      return `<tr><td>${escape(name)}</td>${cells.join('')}</tr>`
    })
    .join('\n')
  const list = Object.entries(facts)
    .map(([name, value]) => `${escape(name)}: ${escape(value)}`)
    .join(' · ')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Speculative decoding, measured</title><style>${style}</style>
<h1>Speculative decoding, measured</h1><p>${list}</p>
<p>Runs were measured one after another. The best of each category is bold. Copying tasks are left out of the overall column.</p>
<table><thead><tr><th>strategy</th>${head}</tr></thead><tbody>${body}</tbody></table>
<h2>Speed-up by category</h2>${summary.categories.map((category) => chart(summary, category)).join('\n')}</html>
`
}
